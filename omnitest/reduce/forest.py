"""A program's trees with their nodes numbered, so that any node can be replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from reference_interp.syntax import Kind, Syntax

Forms = tuple[Syntax, ...]

ROOT: Final = -1


class Forest:
    """The nodes of ``forms`` in breadth-first order: big subtrees come before their parts.

    ``nodes[i]`` is child number ``places[i]`` (of ``children()``) of node ``parents[i]``, or top-level form
    number ``places[i]`` where the parent is :data:`ROOT`. Nothing here recurses: trees may be deep.
    """

    def __init__(self, forms: Sequence[Syntax]) -> None:
        self.forms: Final = tuple(forms)
        self.nodes: Final[list[Syntax]] = list(forms)
        self.parents: Final[list[int]] = [ROOT] * len(self.nodes)
        self.places: Final[list[int]] = list(range(len(self.nodes)))
        done = 0
        while done < len(self.nodes):
            for place, child in enumerate(self.nodes[done].children()):
                self.nodes.append(child)
                self.parents.append(done)
                self.places.append(place)
            done += 1
        self._numbers = {id(node): number for number, node in enumerate(self.nodes)}

    def index(self, node: Syntax) -> int:
        """The number of a node, by identity; where one stands in several places, the last of them."""
        return self._numbers[id(node)]

    def ancestors(self, index: int) -> Iterator[int]:
        """The nodes that node ``index`` is inside of, inner ones first."""
        while (index := self.parents[index]) != ROOT:
            yield index

    def replaced(self, index: int, new: Sequence[Syntax]) -> Forms:
        """The forms with node ``index`` replaced by the nodes ``new``, which may be none or several."""
        while True:
            parent, place = self.parents[index], self.places[index]
            if parent == ROOT:
                return (*self.forms[:place], *new, *self.forms[place + 1 :])
            new = [_with_children(self.nodes[parent], {place: new})]
            index = parent

    def with_replacements(self, new: Mapping[int, Sequence[Syntax]]) -> Forms:
        """The forms with several nodes replaced at once; what is replaced inside of another that is, is lost with
        it.
        """
        changed: dict[int, Sequence[Syntax]] = dict(new)
        below: dict[int, dict[int, Sequence[Syntax]]] = {}  # by parent, then by place
        for index in range(max(changed, default=-1), -1, -1):
            if index in below and index not in changed:
                changed[index] = [_with_children(self.nodes[index], below[index])]
            if index in changed:
                below.setdefault(self.parents[index], {})[self.places[index]] = changed[index]
        return tuple(_spliced(self.forms, below.get(ROOT, {})))


def _with_children(node: Syntax, new: Mapping[int, Sequence[Syntax]]) -> Syntax:
    items = _spliced(node.items, new)
    tail = [node.tail] if node.tail is not None else []
    rest = list(new.get(len(node.items), tail))  # of several nodes in the place of the tail, the last one is it
    return node.replace_items((*items, *rest[:-1]), rest[-1] if rest else None)


def _spliced(nodes: Sequence[Syntax], new: Mapping[int, Sequence[Syntax]]) -> list[Syntax]:
    return [part for place, node in enumerate(nodes) for part in new.get(place, (node,))]


def rewritten(node: Syntax, rewrite: Callable[[Syntax], Syntax]) -> Syntax:
    """``node`` with ``rewrite`` applied to every node, parts before the wholes that are built of them."""
    results: list[Syntax] = []
    stack: list[tuple[Syntax, bool]] = [(node, False)]
    while stack:
        current, entered = stack.pop()
        if current.kind is Kind.ATOM:
            results.append(rewrite(current))
        elif not entered:
            stack.append((current, True))
            stack.extend((child, False) for child in reversed(current.children()))
        else:
            count = len(current.children())
            parts = results[len(results) - count :]
            del results[len(results) - count :]
            tail = parts.pop() if current.tail is not None else None
            results.append(rewrite(current.replace_items(parts, tail)))
    return results[0]


def substituted(node: Syntax, name: str, value: Syntax) -> Syntax:
    """``node`` with every symbol ``name`` replaced by ``value``; scopes are not looked at."""
    return rewritten(node, lambda atom: value if atom.symbol == name else atom)
