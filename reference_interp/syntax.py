"""Syntax trees: what the reader produces, the expander consumes and the reducer takes apart.

A node knows its place in the source (:class:`~reference_interp.core.Span`). Nodes are immutable; a
changed tree is built with :meth:`Syntax.replace_items` or the constructors below, and
:func:`unparse` turns a tree back into text that reads as the same tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Final

from reference_interp.core import Span
from reference_interp.identifiers import Alias, Identifier
from reference_interp.printer import write_atom
from reference_interp.records import tree_node
from reference_interp.values import Symbol, Value, intern

#: The span of nodes that were built rather than read.
NOWHERE: Final = Span("<generated>", 0, 0)

#: Prefix characters and the form that each stands for.
ABBREVIATIONS: Final = {"'": "quote", "`": "quasiquote", ",": "unquote", ",@": "unquote-splicing"}

#: Comments that say whether the symbols and character names behind them are read in lower case.
FOLDING_DIRECTIVES: Final = {"#!fold-case": True, "#!no-fold-case": False}
_PREFIXES: Final = {name: prefix for prefix, name in ABBREVIATIONS.items()}

_WIDTH: Final = 96  # columns that unparse tries not to exceed


class Kind(Enum):
    """The shapes a node can have."""

    ATOM = "atom"  # symbol, number, boolean, character or string
    LIST = "list"  # (a b), () and, with a tail, (a b . c)
    VECTOR = "vector"  # #(a b)
    LABEL = "label"  # #0=a: the number is the datum, a the only item
    REFERENCE = "reference"  # #0#: the number is the datum


@tree_node
class Syntax:
    """One datum of a program: an atom with its ``datum``, or a list or vector with its ``items``.

    ``tail`` is what follows the dot of an improper list; it is never itself a list.
    """

    kind: Kind
    span: Span
    datum: Value = None
    items: tuple[Syntax, ...] = ()
    tail: Syntax | None = None

    @property
    def symbol(self) -> str | None:
        """The name as it is spelled, if this is a symbol, written by the programmer or inserted by a macro."""
        return self.datum.name if type(self.datum) is Symbol or type(self.datum) is Alias else None

    @property
    def identifier(self) -> Identifier | None:
        """What scopes know this symbol by: its name, or the alias if a macro inserted it."""
        return self.datum if type(self.datum) is Alias else self.symbol

    @property
    def is_list(self) -> bool:
        """Whether this is a list, proper or not, empty or not."""
        return self.kind is Kind.LIST

    @property
    def is_proper_list(self) -> bool:
        """Whether this is a list without a tail, empty or not."""
        return self.kind is Kind.LIST and self.tail is None

    def replace_items(self, items: Iterable[Syntax], tail: Syntax | None = None) -> Syntax:
        """The same kind of node, at the same place, with other children.

        A list as ``tail`` is spliced, since ``(a . (b))`` and ``(a b)`` are one datum; without items
        the tail itself is the result.
        """
        children = tuple(items)
        while tail is not None and tail.kind is Kind.LIST:
            children, tail = children + tail.items, tail.tail
        if tail is not None and not children:
            return tail
        return Syntax(self.kind, self.span, self.datum, children, tail)

    def children(self) -> tuple[Syntax, ...]:
        """``items``, and ``tail`` last when there is one."""
        return self.items if self.tail is None else (*self.items, self.tail)


def atom(value: Value, span: Span = NOWHERE) -> Syntax:
    """A number, boolean, character, string or symbol."""
    return Syntax(Kind.ATOM, span, value)


def symbol(name: str, span: Span = NOWHERE) -> Syntax:
    """The symbol ``name``."""
    return Syntax(Kind.ATOM, span, intern(name))


def list_of(*items: Syntax, span: Span = NOWHERE) -> Syntax:
    """The proper list of ``items``."""
    return Syntax(Kind.LIST, span, None, items)


def vector_of(*items: Syntax, span: Span = NOWHERE) -> Syntax:
    """The vector of ``items``."""
    return Syntax(Kind.VECTOR, span, None, items)


def walk(forms: Sequence[Syntax]) -> Iterator[Syntax]:
    """Every node, parents before children, in the order of the text."""
    stack = list(reversed(forms))
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children()))


def count_nodes(forms: Sequence[Syntax]) -> int:
    """The number of nodes: atoms, lists and vectors."""
    return sum(1 for _ in walk(forms))


def same_syntax(left: Sequence[Syntax], right: Sequence[Syntax]) -> bool:
    """Whether two sequences of trees are the same data; places in the source are not compared."""
    pairs = [(left, right)]
    while pairs:
        a, b = pairs.pop()
        if len(a) != len(b):
            return False
        for x, y in zip(a, b, strict=True):
            if x.kind is not y.kind or (x.tail is None) is not (y.tail is None):
                return False
            if x.datum is not None or y.datum is not None:
                if type(x.datum) is not type(y.datum) or write_atom(x.datum) != write_atom(y.datum):
                    return False
            pairs.append((x.children(), y.children()))
    return True


def unparse(forms: Sequence[Syntax]) -> str:
    """Program text for ``forms``, indented, one top-level form after the other.

    Reading the text gives the same trees again (up to positions).
    """
    lines: list[str] = []
    for form in forms:
        widths = _widths(form)
        out = _Lines()
        stack: list[tuple[Syntax | str, int]] = [(form, 0)]
        while stack:
            node, indent = stack.pop()
            if isinstance(node, str):
                out.put(node, indent)
            elif node.kind is Kind.ATOM:
                out.put(write_atom(node.datum), indent)
            elif widths[id(node)] <= _WIDTH - indent or len(node.items) < 2:
                stack.extend(reversed([(piece, indent) for piece in _flat_pieces(node)]))
            else:
                stack.extend(reversed(_broken_pieces(node, indent)))
        lines.append(out.text())
    return "".join(line + "\n" for line in lines)


class _Lines:
    """Text under construction; the piece ``"\\n"`` starts a line at the given indentation."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def put(self, piece: str, indent: int) -> None:
        self._pieces.append("\n" + " " * indent if piece == "\n" else piece)

    def text(self) -> str:
        return "".join(self._pieces)


def _prefix_of(node: Syntax) -> str | None:
    """What ``node`` is written with before its last child: ``'`` for ``(quote x)``, ``#0=`` for a label."""
    if node.kind is Kind.LABEL and len(node.items) == 1:
        return f"#{node.datum}="
    if node.kind is Kind.LIST and len(node.items) == 2 and node.tail is None:
        name = node.items[0].symbol
        prefix = _PREFIXES.get(name) if name is not None else None
        if prefix == "," and (node.items[1].symbol or "").startswith("@"):
            return None  # ,@x would read as something else
        return prefix
    return None


def _flat_pieces(node: Syntax) -> list[Syntax | str]:
    prefix = _prefix_of(node)
    if prefix is not None:
        return [prefix, node.items[-1]]
    if node.kind is Kind.REFERENCE:
        return [f"#{node.datum}#"]
    pieces: list[Syntax | str] = ["#(" if node.kind is Kind.VECTOR else "("]
    for position, item in enumerate(node.items):
        if position:
            pieces.append(" ")
        pieces.append(item)
    if node.tail is not None:
        pieces += [" . ", node.tail]
    pieces.append(")")
    return pieces


def _broken_pieces(node: Syntax, indent: int) -> list[tuple[Syntax | str, int]]:
    """The pieces of a list that does not fit on its line: head (and a short second item), then one item a line."""
    prefix = _prefix_of(node)
    if prefix is not None:
        return [(prefix, indent), (node.items[-1], indent + len(prefix))]
    opener = "#(" if node.kind is Kind.VECTOR else "("
    inner = indent + (1 if node.items[0].kind is not Kind.ATOM and opener == "(" else 2)
    pieces: list[tuple[Syntax | str, int]] = [(opener, indent), (node.items[0], inner)]
    keep = 2 if node.items[0].kind is Kind.ATOM and node.kind is Kind.LIST else 1
    for position, item in enumerate(node.items[1:], start=1):
        pieces.append((" " if position < keep else "\n", inner))
        pieces.append((item, inner))
    if node.tail is not None:
        pieces += [("\n", inner), (". ", inner), (node.tail, inner)]
    pieces.append((")", indent))
    return pieces


def _widths(form: Syntax) -> dict[int, int]:
    """The width of every list and vector below ``form`` on one line, by ``id``; children first."""
    widths: dict[int, int] = {}
    order = [node for node in walk([form]) if node.kind is not Kind.ATOM]
    for node in reversed(order):
        total = 0
        for piece in _flat_pieces(node):
            if isinstance(piece, str):
                total += len(piece)
            elif piece.kind is Kind.ATOM:
                total += len(write_atom(piece.datum))
            else:
                total += widths[id(piece)]
        widths[id(node)] = total
    return widths
