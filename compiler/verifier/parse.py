"""Reading the runtime header and emitted C with pycparser.

The header is the source of all annotations: the typedefs in its prototypes. Emitted programs need no
system headers; their type names are introduced by a prelude that is derived from the header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from pycparser import c_ast
from pycparser.c_parser import CParser, ParseError

from reference_interp.records import record
from runtime import include_directory

#: What the header itself takes from <stddef.h> and <stdint.h>.
_SYSTEM_TYPES = "".join(
    f"typedef {base} {name};\n"
    for base, name in (
        ("unsigned long", "size_t"),
        ("unsigned long", "uint64_t"),
        ("long", "int64_t"),
        ("unsigned int", "uint32_t"),
        ("int", "int32_t"),
        ("unsigned char", "uint8_t"),
    )
)


class NotPlainC(Exception):
    """The emitted text is not the plain C99 that the verifier reads; ``line`` is a source line if known."""

    def __init__(self, message: str) -> None:
        super().__init__(f"emitted C does not parse: {message}")


@dataclass(frozen=True)
class Signature:
    """The typedef names of a function's result and parameters; pointers end in ``*``."""

    result: str
    params: tuple[str, ...]

    @cached_property
    def owned(self) -> tuple[int, ...]:
        """The positions of the arguments that a call consumes."""
        return self._positions("omni_owned")

    @cached_property
    def borrowed(self) -> tuple[int, ...]:
        """The positions of the arguments that a call only uses."""
        return self._positions("omni_borrowed")

    @cached_property
    def immediate(self) -> tuple[int, ...]:
        """The positions of the arguments that must not hold a reference."""
        return self._positions("omni_immediate")

    @cached_property
    def pending(self) -> tuple[int, ...]:
        """The positions of the arguments that are calls of compiled functions."""
        return self._positions("omni_pending")

    @cached_property
    def plain(self) -> tuple[int, ...]:
        """The positions of the arguments that are no values of OmniLisp."""
        kinds = ("omni_owned", "omni_borrowed", "omni_immediate", "omni_pending")
        return tuple([i for i, kind in enumerate(self.params) if kind not in kinds])

    def _positions(self, kind: str) -> tuple[int, ...]:
        return tuple([i for i, param in enumerate(self.params) if param == kind])


@record
class Header:
    """What the runtime's public header declares."""

    signatures: dict[str, Signature]
    types: frozenset[str]  # the names that it makes types
    names: frozenset[str]  # those, and the names of its functions
    prelude: str  # C text that makes the header's type names known


@cache
def header() -> Header:
    """The parsed public header of the runtime (read once per process)."""
    text = _SYSTEM_TYPES
    for name in ("omni.h", "omni_primitives.h"):
        text += without_directives((include_directory() / name).read_text())
    tree = CParser().parse(text, "omni.h")
    signatures: dict[str, Signature] = {}
    names: list[str] = []
    for item in tree.ext:
        declaration = item.decl if isinstance(item, c_ast.FuncDef) else item
        if isinstance(item, c_ast.Typedef):
            names.append(item.name)
        elif isinstance(declaration, c_ast.Decl) and isinstance(declaration.type, c_ast.FuncDecl):
            signatures[declaration.name] = signature(declaration.type)
    prelude = " ".join(f"typedef int {name};" for name in dict.fromkeys(names))
    return Header(signatures, frozenset(names), frozenset((*names, *signatures)), prelude)


def without_directives(text: str) -> str:
    """``text`` with comments removed and preprocessor lines (and their continuations) blanked."""
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*$", "", text, flags=re.M)


def parse_program(c_text: str) -> c_ast.FileAST:
    """The tree of one emitted program; coordinates follow its ``#line`` directives.

    :raises NotPlainC: when pycparser cannot read it.
    """
    try:
        return CParser().parse(f'{header().prelude}\n#line 1 "emitted.c"\n{c_text}', "emitted.c")
    except ParseError as problem:
        raise NotPlainC(str(problem)) from problem


def signature(declaration: c_ast.FuncDecl) -> Signature:
    """The annotation of a function declarator."""
    params = declaration.args.params if declaration.args is not None else []
    names = tuple(type_name(p.type) for p in params)
    return Signature(type_name(declaration.type), () if names == ("void",) else names)


def type_name(node: c_ast.Node) -> str:
    """``omni_owned``, ``omni_context*``, …"""
    match node:
        case c_ast.TypeDecl():
            return type_name(node.type)
        case c_ast.IdentifierType():
            return " ".join(node.names)
        case c_ast.PtrDecl() | c_ast.ArrayDecl():
            return type_name(node.type) + "*"
        case c_ast.Struct():
            return f"struct {node.name}"
        case _:
            return type(node).__name__
