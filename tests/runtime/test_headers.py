"""The public headers say the same as the primitive table, and are what the ownership verifier can read."""

from __future__ import annotations

import re

import pytest
from pycparser import c_ast, c_parser

import runtime
from reference_interp.primitives import PRIMITIVES

TYPEDEFS = "".join(f"typedef unsigned long {name};\n" for name in ("uint64_t", "uint32_t", "int64_t", "size_t"))
PUBLIC = ("omni_primitives.h", "omni.h", "omni_host.h", "omni_literal.h")
OWNERSHIP = {"omni_owned": "o", "omni_borrowed": "b"}

Prototypes = dict[str, tuple[str, tuple[str, ...]]]


def plain_text(name: str) -> str:
    """The header without comments and preprocessor lines."""
    folder = runtime.source_directory() if name == "variadic.h" else runtime.include_directory()
    text = re.sub(r"/\*.*?\*/", "", (folder / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not line.startswith("#")) + "\n"


def parse(text: str) -> Prototypes:
    """The functions that C text declares or defines: result type and parameter types by name."""
    prototypes: Prototypes = {}
    for node in c_parser.CParser().parse(TYPEDEFS + text).ext:
        declaration = node.decl if isinstance(node, c_ast.FuncDef) else node
        if isinstance(declaration, c_ast.Decl) and isinstance(declaration.type, c_ast.FuncDecl):
            function = declaration.type
            parameters = function.args.params if function.args is not None else []
            prototypes[declaration.name] = (_name(function.type), tuple(_name(each.type) for each in parameters))
    return prototypes


def _name(node: c_ast.Node) -> str:
    while isinstance(node, c_ast.PtrDecl):
        node = node.type
    return " ".join(node.type.names) if isinstance(node, c_ast.TypeDecl) and hasattr(node.type, "names") else ""


def declared(header: str) -> Prototypes:
    base = parse(plain_text("omni.h"))
    if header == "omni.h":
        return base
    both = parse(plain_text("omni.h") + plain_text(header))
    return {name: prototype for name, prototype in both.items() if name not in base}


@pytest.mark.parametrize("header", PUBLIC)
def test_public_headers_are_plain(header: str) -> None:
    functions = declared(header)
    assert functions
    text = (runtime.include_directory() / header).read_text(encoding="utf-8")
    macros = set(re.findall(r"^\s*#\s*define\s+(\w+)\(", text, re.MULTILINE))
    assert macros <= set(functions), "a macro without a function of the same name"


def test_the_header_has_exactly_the_functions_of_the_table() -> None:
    expected = {
        direct.symbol: (direct.result.value, direct.ownership)
        for row in PRIMITIVES.values()
        for direct in row.direct.values()
    }
    found = {
        name: (result, "".join(OWNERSHIP[parameter] for parameter in parameters[1:]))
        for name, (result, parameters) in declared("omni_primitives.h").items()
    }
    assert found == expected


def test_comments_give_the_names_of_the_table() -> None:
    text = (runtime.include_directory() / "omni_primitives.h").read_text(encoding="utf-8")
    found = set(re.findall(r"\b(omni_\w+)\(.*\); +/\* (\S+) \*/", text))
    expected = {(direct.symbol, row.name) for row in PRIMITIVES.values() for direct in row.direct.values()}
    assert found == expected


def test_variadic_functions_are_those_of_the_table() -> None:
    assert declared("variadic.h").keys() == {row.variadic for row in PRIMITIVES.values() if row.variadic is not None}
