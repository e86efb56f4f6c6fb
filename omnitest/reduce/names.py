"""Passes for names and order: they make programs that show the same bug the same text more often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from string import ascii_lowercase
from typing import Final

from omnitest.reduce.forest import Forest, Forms, rewritten, substituted
from omnitest.reduce.problem import Problem
from omnitest.reduce.scope import definitions, head
from reference_interp.forms import KEYWORDS
from reference_interp.syntax import Kind, Syntax, symbol

#: Names with a meaning of their own, which renaming would only destroy.
_KEPT: Final = frozenset((*KEYWORDS, "true", "false", "nothing"))

_MOST_MERGED: Final = 8  # variables that are considered for taking the place of another one


def _names(forest: Forest) -> list[str]:
    """The names in a program that could be variables, in the order of their first occurrence from the top."""
    return [name for name in dict.fromkeys(node.symbol for node in forest.nodes) if name and name not in _KEPT]


def shorten_names(problem: Problem) -> None:
    """Rename variables, wherever they occur, to the first letters: all of them at once, or one after the other."""
    problem.first_better(_with_letters(problem.forms))

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        names = {name: index for index, node in reversed(list(enumerate(forest.nodes))) if (name := node.symbol)}
        free = next((letter for letter in ascii_lowercase if letter not in names), None)
        if free is None:
            return
        for name, index in sorted(names.items(), key=lambda entry: entry[1]):
            if index >= first and name not in _KEPT:
                yield index, tuple(substituted(form, name, symbol(free)) for form in forest.forms)

    problem.sweep(proposals)


def _with_letters(forms: Forms) -> Iterator[tuple[int, Forms]]:
    forest = Forest(forms)
    bound = _bound_names(forest)
    new = {name: symbol(letter) for name, letter in zip(bound, ascii_lowercase, strict=False)}

    def renamed(node: Syntax) -> Syntax:
        return new.get(node.symbol, node) if node.symbol is not None else node

    yield 0, tuple(rewritten(form, renamed) for form in forms)


def _bound_names(forest: Forest) -> list[str]:
    """The names that definitions, bindings and parameter lists of a program seem to bind."""
    found: set[str] = set()
    for node in forest.nodes:
        found |= definitions(node)
        match head(node):
            case "lambda" | "fn" | "let" | "let*" | "letrec" | "letrec*" | "do" | "guard":
                for part in node.items[1:3]:
                    found.update(name for item in (part, *part.children()) if (name := _binder(item)))
            case "define":
                found.update(name for part in node.items[1:2] for item in part.children() if (name := item.symbol))
            case _:
                pass
    return [name for name in _names(forest) if name in found]


def _binder(node: Syntax) -> str | None:
    return node.symbol if node.kind is Kind.ATOM else head(node)


def merge_variables(problem: Problem) -> None:
    """Drop the binding or definition of a variable and let another variable take its place."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        names = _bound_names(forest)[:_MOST_MERGED]
        for index in range(first, len(forest.nodes)):
            bound = _bound_at(forest, index)
            if bound is None:
                continue
            rest = forest.replaced(index, [])
            for name in names:
                if name != bound:
                    yield index, tuple(substituted(form, bound, symbol(name)) for form in rest)

    problem.sweep(proposals)


def _bound_at(forest: Forest, index: int) -> str | None:
    """The variable that a node, a binding ``(name value)`` or a definition, gives a value."""
    node = forest.nodes[index]
    if head(node) == "define":
        return next(iter(definitions(node)), None)
    if node.kind is Kind.LIST and len(node.items) == 2 and node.items[0].symbol not in _KEPT:
        return node.items[0].symbol
    return None


def sort_neighbours(problem: Problem) -> None:
    """Exchange forms, or operands, that stand side by side if the text that results is the first in alphabetical
    order.
    """

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        for place, exchanged in enumerate(_exchanged(forest.forms)):
            if place >= first:
                yield place, tuple(exchanged)
        for index in range(first, len(forest.nodes)):
            node = forest.nodes[index]
            kept = 0 if head(node) is None else 1
            for items in _exchanged(node.items[kept:]):
                yield index, forest.replaced(index, [node.replace_items((*node.items[:kept], *items), node.tail)])

    problem.sweep(proposals)


def _exchanged(nodes: Sequence[Syntax]) -> Iterator[list[Syntax]]:
    for place, (left, right) in enumerate(pairwise(nodes)):
        yield [*nodes[:place], right, left, *nodes[place + 2 :]]
