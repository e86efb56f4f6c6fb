"""Passes that delete nodes or put a part in the place of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from omnitest.reduce.forest import ROOT, Forest, Forms
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
_MOST_HOISTED: Final = 60  # descendants of a node that are tried in its place
_MOST_HOISTED_OF_LARGE: Final = 8


#: Programs up to this size are worth trying everything on: a test then costs little.
SMALL: Final = 40


def runs(count: int) -> Iterator[tuple[int, int]]:
    """Runs of ``count`` neighbours to delete: all of them, halves, quarters … single ones, as delta debugging does.

    Later ones come first: what follows depends on what precedes.
    """
    length = count
    while length > 0:
        for end in range(count, 0, -length):
            yield max(0, end - length), end
        length //= 2


def delete_top_level_forms(problem: Problem) -> None:
    """Delete runs of top-level forms, long ones and those at the end first."""
    while problem.first_better(_without_forms(problem.forms)) is not None:
        pass


def _without_forms(forms: Forms) -> Iterator[tuple[int, Forms]]:
    for start, end in runs(len(forms)):
        yield 0, (*forms[:start], *forms[end:])


def delete_levels(problem: Problem) -> None:
    """Delete, or replace by 0, many nodes of one depth at once, level by level from the top.

    This is hierarchical delta debugging (Misherghi and Su, "HDD: Hierarchical Delta Debugging", ICSE 2006), but for the
    steps that concern a single node: the passes that follow make those.
    """
    depth = 1
    while _level(Forest(problem.forms), depth):
        while problem.first_better(_without_part_of_level(problem.forms, depth)) is not None:
            pass
        depth += 1


def _level(forest: Forest, depth: int) -> list[int]:
    """The lists and vectors with so many nodes above them, in order."""
    level = [ROOT]
    for _ in range(depth + 1):
        above = set(level)
        level = [index for index, parent in enumerate(forest.parents) if parent in above]
    return [index for index in level if forest.nodes[index].kind is not Kind.ATOM]


def _without_part_of_level(forms: Forms, depth: int) -> Iterator[tuple[int, Forms]]:
    forest = Forest(forms)
    level = _level(forest, depth)
    for start, end in runs(len(level)):
        if end - start > 1:
            part = level[start:end]
            yield 0, forest.with_replacements(dict.fromkeys(part, ()))
            yield 0, forest.with_replacements(dict.fromkeys(part, CONSTANTS[:1]))


def delete_children(problem: Problem) -> None:
    """Delete runs of the parts of every list and vector, big ones first."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        for index in range(first, len(forest.nodes)):
            node = forest.nodes[index]
            if node.kind is Kind.ATOM:
                continue
            items = node.items
            for start, end in runs(len(items)):
                yield index, forest.replaced(index, [node.replace_items((*items[:start], *items[end:]), node.tail)])
            if node.tail is not None:
                yield index, forest.replaced(index, [node.replace_items(items)])

    problem.sweep(proposals)


def replace_by_constant(problem: Problem) -> None:
    """Replace subtrees, big ones first, by simple constants; in large programs only by the simplest."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        constants = CONSTANTS if len(forest.nodes) <= SMALL else CONSTANTS[:1]
        for index in range(first, len(forest.nodes)):
            for constant in constants:
                yield index, forest.replaced(index, [constant])

    problem.sweep(proposals)


def hoist(problem: Problem) -> None:
    """Put a part of a list in the place of the list, or several: ``(if a b c)`` → ``b``, ``(begin a b)`` → ``a b``."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        most = _MOST_HOISTED if len(forest.nodes) <= SMALL else _MOST_HOISTED_OF_LARGE
        for index in range(first, len(forest.nodes)):
            node = forest.nodes[index]
            if node.kind is Kind.ATOM:
                continue
            for start in range(1, 4):
                if len(node.items) > start + 1:
                    yield index, forest.replaced(index, node.items[start:])
            for part in islice(_descendants(node), most):
                yield index, forest.replaced(index, [part])

    problem.sweep(proposals)


def _descendants(node: Syntax) -> Iterator[Syntax]:
    """The nodes below ``node``, breadth first."""
    level: Sequence[Syntax] = node.children()
    while level:
        yield from level
        level = [child for parent in level for child in parent.children()]
