"""Passes that make atoms simpler: numbers, strings, characters, names."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from string import ascii_lowercase
from typing import Final

from omnitest.reduce.forest import Forest, Forms, rewritten
from omnitest.reduce.problem import Problem
from reference_interp.syntax import Kind, Syntax, atom, symbol
from reference_interp.values import INT_MIN, Char, String

#: Names with a meaning of their own, which renaming would only destroy.
_KEPT: Final = frozenset((
    "define", "lambda", "fn", "let", "let*", "letrec", "letrec*", "if", "cond", "case", "when", "unless", "and",
    "or", "do", "begin", "set!", "quote", "quasiquote", "unquote", "unquote-splicing", "guard", "else", "=>",
    "true", "false", "nothing",
))  # fmt: skip


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


def shorten_names(problem: Problem) -> None:
    """Rename variables, wherever they occur, to the first letters that are free."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        names = {name: index for index, node in reversed(list(enumerate(forest.nodes))) if (name := node.symbol)}
        free = next((letter for letter in ascii_lowercase if letter not in names), None)
        if free is None:
            return
        for name, index in sorted(names.items(), key=lambda entry: entry[1]):
            if index >= first and name not in _KEPT:
                yield index, tuple(_renamed(form, name, free) for form in forest.forms)

    problem.sweep(proposals)


def _renamed(form: Syntax, name: str, new: str) -> Syntax:
    return rewritten(form, lambda node: symbol(new) if node.symbol == name else node)
