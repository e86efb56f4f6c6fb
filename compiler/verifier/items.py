"""Emitted text read item by item, so that pycparser parses what repeats once per process.

The text is cut into items: declarations, rows of tables, heads of functions, and the statements of their bodies.
pycparser parses each *shape* of item once (:mod:`compiler.verifier.shapes`), and this proves as much as a parse
of the whole text. The grammar makes a translation unit a list of declarations and definitions, a table a list of
initializers, a compound statement a list of block items; what was parsed one by one is such a list in any order.
C looks beyond the end of an item in three places only, and cuts that they could concern are refused:

- a label needs a statement behind it;
- ``else`` continues a statement, and so does not parse at the beginning of one;
- what a ``typedef`` makes a type is read in another way from there on, so no item declares a type, or
  declares a name that the header uses for one.

Whatever cannot be cut with certainty sends the whole text to pycparser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pycparser import c_ast

from compiler.verifier import forms
from compiler.verifier.parse import Signature, header, parse_program, signature
from compiler.verifier.shapes import STRING, Maker, Place, Prototype, Shape, Unexpected, parse_shapes, shape_of

_LIMIT = 100_000  # statements and shapes remembered by a process

_LINE = re.compile(rf"#line ([1-9][0-9]*) ({STRING})")
_LABEL = re.compile(r"[A-Z][A-Za-z0-9_]*")
#: A statement up to its semicolon, where strings may contain others.
_STATEMENT = re.compile(rf'((?:[^";]++|{STRING})*+);')
_STATEMENTS = (forms.Assign, forms.Call, forms.Test, forms.Goto, forms.Return)


@dataclass(frozen=True, slots=True)
class Unit:
    """What an emitted text declares and defines."""

    prototypes: dict[str, Signature]
    functions: list[forms.Definition]


def read_whole(c_text: str) -> Unit:
    """The declarations and functions of a text that pycparser parses as a whole.

    :raises compiler.verifier.NotPlainC: when the text does not parse.
    """
    tree = parse_program(c_text)
    prototypes = {
        item.name: signature(item.type)
        for item in tree.ext
        if isinstance(item, c_ast.Decl) and isinstance(item.type, c_ast.FuncDecl)
    }
    return Unit(prototypes, [forms.definition(item) for item in tree.ext if isinstance(item, c_ast.FuncDef)])


@dataclass(slots=True)
class _Body:
    """A function that is being cut: its head, and its statements and labels with the place of each."""

    head: str
    pieces: list[str]
    places: list[forms.Place]


#: What a piece of a body is: a declaration may be of several locals.
_Found = forms.Statement | forms.Label | tuple[forms.Local, ...]


class ItemReader:
    """Reads emitted texts, and remembers what pycparser said about the items of earlier ones."""

    def __init__(self) -> None:
        self._shapes: dict[Shape, tuple[Maker, ...]] = {}
        self._pieces: dict[str, _Found] = {}

    def read(self, c_text: str) -> Unit:
        """The declarations and functions of an emitted text.

        :raises compiler.verifier.NotPlainC: when the text does not parse.
        """
        try:
            return self.read_items(c_text)
        except Unexpected:
            return read_whole(c_text)

    def read_items(self, c_text: str) -> Unit:
        """As :meth:`read`, never parsing the text as a whole.

        :raises Unexpected: when the text cannot be cut with certainty, or an item does not parse.
        """
        if len(self._shapes) > _LIMIT:
            self._shapes.clear()
        if len(self._pieces) > _LIMIT:
            self._pieces.clear()
        declarations, rows, bodies = _cut(c_text)
        fresh = list(dict.fromkeys(p for body in bodies for p in body.pieces if p not in self._pieces))
        labels = [piece for piece in fresh if piece.endswith(":")]
        statements = [piece for piece in fresh if not piece.endswith(":")]
        for label in labels:
            self._pieces[label] = _label(label[:-1])
        groups = ((Place.STATEMENT, statements), (Place.ROW, rows), (Place.DECLARATION, declarations))
        opened = [shape_of(place, text) for place, texts in groups for text in texts]
        opened += [shape_of(Place.HEAD, body.head) for body in bodies]
        self._shapes |= parse_shapes(dict.fromkeys(shape for shape, _ in opened if shape not in self._shapes))
        made = [[make(atoms) for make in self._shapes[shape]] for shape, atoms in opened]
        for piece, found in zip(statements, made, strict=False):
            self._pieces[piece] = _statement(found)
        known = [meaning for (meaning,) in made[len(statements) + len(rows) :]]
        declared, heads = known[: len(declarations)], known[len(declarations) :]
        prototypes = {d.name: d.signature for d in declared if isinstance(d, Prototype)}
        return Unit(prototypes, [self._definition(head, body) for head, body in zip(heads, bodies, strict=True)])

    def _definition(self, head: forms.Item | Prototype | None, body: _Body) -> forms.Definition:
        if not isinstance(head, Prototype):
            raise Unexpected(f"a function without parameters: {body.head}")
        parameters = tuple(zip(head.parameters, head.signature.params, strict=True))
        result = forms.Definition(head.name, parameters)
        statements, places = result.statements, result.places
        labelled = False
        for piece, place in zip(body.pieces, body.places, strict=True):
            found = self._pieces[piece]
            if isinstance(found, tuple):
                if labelled:
                    raise Unexpected(f"a label before a declaration in {head.name}")
                result.locals += [(local, place) for local in found]
            elif isinstance(found, forms.Label):
                labelled = True
                result.labels[found.name] = len(statements)
            else:
                labelled = False
                statements.append(found)
                places.append(place)
        if labelled:
            raise Unexpected(f"a label at the end of {head.name}")
        return result


def _label(name: str) -> forms.Label:
    if _LABEL.fullmatch(name) is None:
        raise Unexpected(f"a label called {name}")
    return forms.Label(name)


def _statement(found: list[forms.Item | Prototype | None]) -> _Found:
    """One statement or the declaration of locals, of the kinds that change nothing for the parse of others."""
    if isinstance(found[0], _STATEMENTS) and len(found) == 1:
        return found[0]
    locals_ = tuple([item for item in found if isinstance(item, forms.Local) and item.name not in header().types])
    if len(locals_) != len(found):
        raise Unexpected("a statement of another kind than the compiler emits")
    return locals_


def _cut(c_text: str) -> tuple[list[str], list[str], list[_Body]]:
    """Declarations (without their semicolons), rows of tables, and functions."""
    declarations: list[str] = []
    rows: list[str] = []
    bodies: list[_Body] = []
    body: _Body | None = None
    table = ""
    place = ("emitted.c", 0)
    for line in c_text.split("\n"):
        if line.startswith("#"):
            directive = _LINE.fullmatch(line)
            if directive is None:
                raise Unexpected("a directive that is no #line")
            place = (directive[2][1:-1], int(directive[1]) - 1)
            continue
        place = (place[0], place[1] + 1)
        if body is not None:
            if line == "}":
                body = None
                continue
            pieces = _pieces(line)
            body.pieces += pieces
            body.places += [place] * len(pieces)
        elif table:
            if line == "};":
                declarations.append(f"{table} = {{0}}")
                table = ""
            else:
                rows.append(line.strip(" ").removesuffix(","))
        elif line.endswith(" = {"):
            table = line.removesuffix(" = {")
        elif line.endswith(") {"):
            body = _Body(line.removesuffix(" {"), [], [])
            bodies.append(body)
        elif line.endswith(";"):
            declarations.append(line.removesuffix(";"))
        elif line:
            raise Unexpected(f"a line that is neither a declaration nor the beginning of a function: {line}")
    if body is not None or table:
        raise Unexpected("the text ends inside of a function or table")
    return declarations, rows, bodies


def _labels(piece: str) -> list[str]:
    """The labels before a statement, with their colons, and the rest."""
    parts: list[str] = []
    label, colon, statement = piece.partition(":")
    while colon and '"' not in label:
        parts.append(label + colon)
        piece = statement
        label, colon, statement = piece.partition(":")
    return [*parts, piece]


def _pieces(line: str) -> list[str]:
    """The statements on a line, without their semicolons, and the labels, with their colons."""
    if '"' in line:
        pieces = _STATEMENT.findall(line)
        rest = line[sum(len(piece) + 1 for piece in pieces) :]
        if ";".join([*pieces, rest]) != line:
            raise Unexpected(f"a string that may not be plain: {line}")
    else:
        *pieces, rest = line.split(";")
    if ":" in line:
        separate: list[str] = []
        for piece in pieces:
            separate += _labels(piece) if ":" in piece else [piece]
        *labels, rest = _labels(rest)
        separate += labels
        pieces = separate
    if rest.strip(" "):
        raise Unexpected(f"a statement that does not end on its line: {line}")
    return [piece.strip(" ") for piece in pieces]
