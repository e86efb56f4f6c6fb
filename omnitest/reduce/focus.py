"""Passes that ask where in a program the failure is, by a run of the reference: they take most for the fewest tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from omnitest.reduce.forest import Forest, Forms, rewritten
from omnitest.reduce.problem import Problem
from omnitest.reduce.scope import Expression, Names, definitions, expressions, head, needed, symbols
from omnitest.reduce.trace import Trace, quoted, traced
from reference_interp.syntax import Kind, Syntax, atom, count_nodes, walk

_UNUSED: Final = atom(0)


def _trace(problem: Problem) -> Trace:
    return traced(problem.subject.program, problem.subject.stdin)


# ---- one expression instead of the program ---------------------------------------------------------------


def keep_one_expression(problem: Problem) -> None:
    """Keep a single expression of the program, with the values that its variables had, and the definitions it
    needs.

    What stands on lines that reports point at comes first, and then the smallest: trying many small programs costs less
    than trying the first halves of a large one.
    """
    while problem.first_better(_single_expressions(problem)) is not None:
        pass


def _single_expressions(problem: Problem) -> Iterator[tuple[int, Forms]]:
    trace, forms = _trace(problem), problem.forms
    suspicious = {id(node) for number, node in enumerate(walk(forms)) if number in problem.suspicious}
    found: list[tuple[bool, int, int, Forms]] = []
    for number, expression in enumerate(expressions(forms)):
        node = expression.node
        if node.kind is Kind.ATOM or head(node) == "quote" or definitions(node):
            continue
        for closed in _closed(expression, trace):
            program = (*needed(forms, symbols([closed])), closed)
            found.append((id(node) not in suspicious, count_nodes(program), number, program))
    found.sort(key=lambda entry: entry[:3])
    return ((number, program) for _, _, number, program in found)


def _closed(expression: Expression, trace: Trace) -> Iterator[Syntax]:
    """The expression with its variables, or the local ones, replaced by their values, as literals and as fresh
    objects.
    """
    node = expression.node
    used = symbols([node])
    for names in (used, used & expression.local):
        if names:
            for number in range(2):
                for literal in (True, False):
                    yield _with_values(node, names, trace, number, literal)
    yield node


def _with_values(node: Syntax, names: Names, trace: Trace, number: int, literal: bool) -> Syntax:
    def value(part: Syntax) -> Syntax:
        if part.symbol not in names:
            return part
        values = trace.values(part)
        if len(values) <= number:
            return part
        return quoted(values[number]) if literal else values[number]

    return rewritten(node, value)


# ---- what is not evaluated, and what is evaluated to something simple -------------------------------------


def drop_unreached(problem: Problem) -> None:
    """Replace expressions that are never evaluated by 0: all at once if that does, else halves, quarters and so on."""
    while problem.first_better(_without_unreached(problem)) is not None:
        pass


def _without_unreached(problem: Problem) -> Iterator[tuple[int, Forms]]:
    trace, forest = _trace(problem), Forest(problem.forms)
    unreached: list[int] = []
    for expression in expressions(problem.forms):
        index = forest.index(expression.node)
        if expression.node.kind is not Kind.ATOM and not trace.reached(expression.node):
            if not set(unreached).intersection(forest.ancestors(index)):
                unreached.append(index)
    size = len(unreached)
    while size:
        for start in range(0, len(unreached), size):
            part = unreached[start : start + size]
            yield start, forest.with_replacements({index: [] for index in part})
            yield start, forest.with_replacements({index: [_UNUSED] for index in part})
        size //= 2


def use_computed_values(problem: Problem) -> None:
    """Replace expressions, big ones first, by a value that the reference interpreter computed for them."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        trace = _trace(problem)
        for index in sorted({forest.index(expression.node) for expression in expressions(forest.forms)}):
            node = forest.nodes[index]
            if index < first or (node.kind is Kind.ATOM and node.symbol is None):
                continue
            for value in trace.values(node):
                yield index, forest.replaced(index, [quoted(value)])
                yield index, forest.replaced(index, [value])

    problem.sweep(proposals)
