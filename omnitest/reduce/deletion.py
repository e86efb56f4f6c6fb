"""Passes that delete nodes or put a part in the place of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from omnitest.reduce.forest import Forest, Forms
from omnitest.reduce.problem import Problem
from reference_interp.syntax import Kind, Syntax, atom, list_of, symbol, vector_of
from reference_interp.values import String

#: What a subtree may be replaced by, simplest first.
CONSTANTS: Final = (
    atom(0),
    atom(1),
    atom(True),
    atom(False),
    list_of(symbol("quote"), list_of()),
    atom(String("", immutable=True)),
    vector_of(),
    symbol("nothing"),
)
_DEEPEST_HOIST: Final = 60  # descendants of a node that are tried in its place


def _runs(count: int) -> Iterator[tuple[int, int]]:
    """Runs of ``count`` children to delete: all of them, halves, quarters … single ones, as delta debugging does."""
    length = count
    while length > 0:
        for start in range(0, count, length):
            yield start, min(start + length, count)
        length //= 2


def delete_top_level_forms(problem: Problem) -> None:
    """Delete runs of top-level forms, long ones first."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        forms = forest.forms
        for start, end in _runs(len(forms)):
            yield 0, (*forms[:start], *forms[end:])

    problem.sweep(proposals)


def delete_children(problem: Problem) -> None:
    """Delete runs of the parts of every list and vector, big ones first."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        for index in range(first, len(forest.nodes)):
            node = forest.nodes[index]
            if node.kind is Kind.ATOM:
                continue
            items = node.items
            for start, end in _runs(len(items)):
                yield index, forest.replaced(index, [node.replace_items((*items[:start], *items[end:]), node.tail)])
            if node.tail is not None:
                yield index, forest.replaced(index, [node.replace_items(items)])

    problem.sweep(proposals)


def replace_by_constant(problem: Problem) -> None:
    """Replace subtrees, big ones first, by simple constants."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        for index in range(first, len(forest.nodes)):
            for constant in CONSTANTS:
                yield index, forest.replaced(index, [constant])

    problem.sweep(proposals)


def hoist(problem: Problem) -> None:
    """Put a part of a list in the place of the list, or several: ``(if a b c)`` → ``b``, ``(begin a b)`` → ``a b``."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        for index in range(first, len(forest.nodes)):
            node = forest.nodes[index]
            if node.kind is Kind.ATOM:
                continue
            for part in islice(_descendants(node), _DEEPEST_HOIST):
                yield index, forest.replaced(index, [part])
            for start in range(3):
                if len(node.items) > start + 1:
                    yield index, forest.replaced(index, node.items[start:])

    problem.sweep(proposals)


def _descendants(node: Syntax) -> Iterator[Syntax]:
    """The nodes below ``node``, breadth first."""
    level: Sequence[Syntax] = node.children()
    while level:
        yield from level
        level = [child for parent in level for child in parent.children()]
