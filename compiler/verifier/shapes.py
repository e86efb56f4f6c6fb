"""Shapes: what pycparser has to parse of an emitted text, each once per process.

A *shape* is an item of C (a declaration, a statement, a row of a table, the head of a function) with the spellings
of names, numbers and strings left open. The parser sees the class of a token, never its spelling, and whatever
stands in an open place has the same class as what stands there in the *representative*, which pycparser parses: a name
left open is neither a keyword (none has a digit) nor a type of the header, a number is a decimal constant, a
string a plain string.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache

from pycparser import c_ast
from pycparser.c_parser import CParser, ParseError

from compiler.verifier import forms
from compiler.verifier.parse import Signature, header, signature

#: A string literal of nothing but printable characters and the escapes that the compiler writes.
STRING = r'"(?:[ !#-\[\]-~]|\\["\\]|\\[0-7]{3})*+"'

#: What may stand between the open places of an item. None of it can end a statement or begin another.
_FIXED_PARTS = re.compile(r"[A-Za-z0-9_(),&=*\[\]{} -]*+")
_BRACES = re.compile(r"[{}]")
_OPEN_IN_SHAPE = re.compile(r"[@#]")


class Unexpected(Exception):
    """The text is not of the kind that can be read item by item with certainty."""


class Place(Enum):
    """Where an item stands; the value is the declaration in which pycparser is shown its representative."""

    __hash__ = object.__hash__  # as equality is: much cheaper than that of the name

    STATEMENT = "void holder(void) {{ {}; }}"
    ROW = "int holder[] = {{ {} }};"
    HEAD = "{} {{ }}"
    DECLARATION = "{};"


#: The place of an item, and its text with ``@`` for names, ``#`` for numbers and ``""`` for strings.
Shape = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Prototype:
    """What a declaration or the head of a definition says of a function."""

    name: str
    signature: Signature
    parameters: tuple[str, ...]


#: What makes the meaning of an item from the spellings in its open places; None for declarations of other things.
Maker = Callable[[forms.Atoms], forms.Item | Prototype | None]


@cache
def _open_places() -> re.Pattern[str]:
    """Names with a digit that are none of the header's, decimal constants, and strings."""
    fixed = "|".join(sorted(name for name in header().names if any(c.isdecimal() for c in name)))
    name = rf"\b(?!(?:{fixed})\b)[A-Za-z]\w*[0-9]\w*"
    return re.compile(rf"({STRING}|\b(?:0|[1-9][0-9]*)\b|{name})", re.ASCII)


def shape_of(place: Place, text: str) -> tuple[Shape, list[str]]:
    """The shape of an item, and the names and numbers that it leaves open.

    :raises Unexpected: when something in the item is not of the language that the compiler emits.
    """
    parts = _open_places().split(text)
    atoms: list[str] = []
    for i in range(1, len(parts), 2):
        spelling = parts[i]
        if spelling[0] == '"':
            if parts[i - 1][-1:] not in ("", " ", "(", "{", ","):
                raise Unexpected(f"a string that may not be plain: {text}")
            parts[i] = '""'
        else:
            parts[i] = "#" if spelling[0].isdecimal() else "@"
            atoms.append(spelling)
    fixed = "".join(parts[::2])
    if _FIXED_PARTS.fullmatch(fixed) is None or (place is Place.STATEMENT and _BRACES.search(fixed) is not None):
        raise Unexpected(f"an item with something unusual: {text}")
    return (place, "".join(parts)), atoms


_FIRST_NUMBER = 9000


def _representative(shape: str) -> tuple[str, dict[str, int]]:
    """A text of this shape, and which atom each name and number in it stands for."""
    slots: dict[str, int] = {}

    def stand_in(place: re.Match[str]) -> str:
        spelling = f"open{len(slots)}" if place[0] == "@" else str(_FIRST_NUMBER + len(slots))
        slots[spelling] = len(slots)
        return spelling

    return _OPEN_IN_SHAPE.sub(stand_in, shape), slots


def parse_shapes(shapes: Iterable[Shape]) -> dict[Shape, tuple[Maker, ...]]:
    """What pycparser makes of the representatives of ``shapes``, which it parses in one text.

    A declaration between any two proves that each was parsed by itself.

    :raises Unexpected: when one does not parse, or not as one item of its kind.
    """
    shapes = list(shapes)
    if not shapes:
        return {}
    representatives = [_representative(text) for _, text in shapes]
    parts = [
        f"{place.value.format(text)}\nint after{n};"
        for n, ((place, _), (text, _)) in enumerate(zip(shapes, representatives, strict=True))
    ]
    try:
        tree = CParser().parse("\n".join([header().prelude, *parts]), "items.c")
    except ParseError as problem:
        raise Unexpected(str(problem)) from problem
    found = [node for node in tree.ext if not isinstance(node, c_ast.Typedef)]
    if len(found) != 2 * len(shapes) or any(
        getattr(node, "name", "") != f"after{n}" for n, node in enumerate(found[1::2])
    ):
        raise Unexpected("an item that is several, or none")
    return {
        shape: _makers(shape[0], node, slots)
        for shape, node, (_, slots) in zip(shapes, found[::2], representatives, strict=True)
    }


def _makers(place: Place, node: c_ast.Node, slots: forms.Slots) -> tuple[Maker, ...]:
    match place, node:
        case Place.STATEMENT, c_ast.FuncDef(body=c_ast.Compound(block_items=[_, *_] as parts)):
            return tuple([forms.item(part, slots) for part in parts])
        case Place.ROW, c_ast.Decl(init=c_ast.InitList(exprs=[_])):
            return ()
        case (Place.HEAD, c_ast.FuncDef(decl=c_ast.Decl() as declaration)) | (
            Place.DECLARATION,
            c_ast.Decl() as declaration,
        ):
            return (_declaration(declaration, slots),)
        case _:
            raise Unexpected("an item that is not what it looks like")


def _declaration(declaration: c_ast.Decl, slots: forms.Slots) -> Maker:
    name = declaration.name
    if name is None or name in header().types:
        raise Unexpected("a declaration that changes what the name of a type means")
    if not isinstance(declaration.type, c_ast.FuncDecl):
        return lambda atoms: None
    known = signature(declaration.type)
    names = [parameter for parameter, _ in forms.parameters(declaration.type)]
    if len(names) != len(known.params):
        raise Unexpected("parameters without names")

    def make(atoms: forms.Atoms) -> Prototype:
        spellings = [atoms[slots[text]] if text in slots else text for text in (name, *names)]
        return Prototype(spellings[0], known, tuple(spellings[1:]))

    return make
