"""A program's trees with their nodes numbered, so that any node can be replaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

    def replaced(self, index: int, new: Sequence[Syntax]) -> Forms:
        """The forms with node ``index`` replaced by the nodes ``new``, which may be none or several."""
        while True:
            parent, place = self.parents[index], self.places[index]
            if parent == ROOT:
                return (*self.forms[:place], *new, *self.forms[place + 1 :])
            new = [_with_child(self.nodes[parent], place, new)]
            index = parent


def _with_child(node: Syntax, place: int, new: Sequence[Syntax]) -> Syntax:
    if place == len(node.items):  # the tail
        return node.replace_items((*node.items, *new[:-1]), new[-1] if new else None)
    return node.replace_items((*node.items[:place], *new, *node.items[place + 1 :]), node.tail)


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
