"""The pass that makes literals simpler: numbers, strings, characters."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from omnitest.reduce.forest import Forest, Forms
from omnitest.reduce.problem import Problem
from reference_interp.syntax import Kind, Syntax, atom
from reference_interp.values import INT_MIN, Char, String


def simplify_literals(problem: Problem) -> None:
    """Make numbers small, strings short, characters plain."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        for index in range(first, len(forest.nodes)):
            node = forest.nodes[index]
            if node.kind is Kind.ATOM:
                for simpler in _simpler(node):
                    yield index, forest.replaced(index, [simpler])

    problem.sweep(proposals)


def _simpler(node: Syntax) -> Iterator[Syntax]:
    match node.datum:
        case bool():
            return
        case int(n):
            yield from map(atom, _simpler_integers(n))
        case float(x):
            if isfinite(x):
                yield from map(atom, (int(x), round(x, 1)))
            yield from map(atom, (0, 1, 0.0, 1.0))
        case String(text=text):
            yield from (atom(String(shorter, immutable=True)) for shorter in _simpler_texts(text))
        case Char():
            yield atom(Char(ord("a")))
        case _:
            return


def _simpler_integers(n: int) -> Iterator[int]:
    yield from (0, 1, 2)
    sign = -1 if n < 0 else 1
    if n < 0:
        yield -1
    if INT_MIN < n < 0:
        yield -n
    size = abs(n)
    digits = len(str(size))
    for kept in range(1, digits):
        yield sign * (size // 10 ** (digits - kept))
    yield sign * 10 ** (digits - 1)
    part = size // 2
    while part > 0:  # as a binary search would
        yield sign * (size - part)
        part //= 2


def _simpler_texts(text: str) -> Iterator[str]:
    """Shorter texts, then the text with its characters made plain."""
    half = len(text) // 2
    yield from ("", text[:half], text[half:])
    for position in range(len(text)):
        yield text[:position] + text[position + 1 :]
    yield "a" * len(text)
    for position, character in enumerate(text):
        if character != "a":
            yield f"{text[:position]}a{text[position + 1 :]}"
