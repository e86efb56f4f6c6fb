"""All programs of a small grammar, smallest first, one for each class up to the renaming of variables.

Random programs that are small repeat themselves, and those that are large rarely have two unusual things right beside
one another. Here every combination of a few nodes comes once. Programs are numbered: the order is fixed, and the
program of a number is found by counting, without those before it. So ranges of numbers can be given to workers.

A variable is named by how many others are visible where it is bound, so that programs that differ in names only are
one program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Final


@dataclass(frozen=True, slots=True)
class Shape:
    """A form: one node and an expression for each of ``binds``, which says how many variables that sees bound.

    In ``text``, ``{0}``, ``{1}`` … are the expressions, ``{a}`` and ``{b}`` the variables that the form binds. With
    ``assigns`` there is one form for each variable in scope, ``{x}``.
    """

    text: str
    binds: tuple[int, ...]
    assigns: bool = False


#: A value of each type that has literals, and what the forms below make of them.
LEAVES: Final = ("1", "-0.5", "#f", '"a"', "#\\a", "'a", "'()")
SHAPES: Final = (
    Shape("(car {0})", (0,)),
    Shape("(not {0})", (0,)),
    Shape("(raise {0})", (0,)),
    Shape("(display {0})", (0,)),
    Shape("(lambda ({a}) {0})", (1,)),
    Shape("(call/cc (lambda ({a}) {0}))", (1,)),
    Shape("(set! {x} {0})", (0,), assigns=True),
    Shape("(+ {0} {1})", (0, 0)),
    Shape("(cons {0} {1})", (0, 0)),
    Shape("(set-car! {0} {1})", (0, 0)),
    Shape("({0} {1})", (0, 0)),
    Shape("(let (({a} {0})) {1})", (0, 1)),
    Shape("(letrec (({a} (lambda ({b}) {0}))) {1})", (2, 1)),
    Shape("(guard ({a} (#t {1})) {0})", (0, 1)),
    Shape("(dynamic-wind (lambda () {0}) (lambda () {1}) (lambda () #f))", (0, 0)),
    Shape("(if {0} {1} {2})", (0, 0, 0)),
)


class Enumeration:
    """The programs of ``leaves`` and ``shapes``."""

    def __init__(self, leaves: tuple[str, ...] = LEAVES, shapes: tuple[Shape, ...] = SHAPES) -> None:
        self._leaves: Final = leaves
        self._shapes: Final = shapes
        self._count = cache(self._counted)

    def count(self, nodes: int) -> int:
        """How many programs have exactly so many nodes."""
        return self._count(nodes, 0)

    def up_to(self, nodes: int) -> int:
        """How many programs have at most so many nodes: their numbers are those below."""
        return sum(self.count(n) for n in range(1, nodes + 1))

    def program(self, number: int) -> str:
        """The program with this number, from 0 on."""
        nodes = 1
        while number >= self.count(nodes):
            number -= self.count(nodes)
            nodes += 1
        return self._text(nodes, 0, number)

    def programs(self, start: int, end: int) -> Iterator[str]:
        """The programs with the numbers from ``start`` up to ``end``, which is excluded."""
        return map(self.program, range(start, end))

    def _counted(self, nodes: int, variables: int) -> int:
        """How many expressions of so many nodes there are where so many variables are visible."""
        if nodes == 1:
            return len(self._leaves) + variables
        return sum(self._of_shape(shape, nodes, variables) for shape in self._shapes)

    def _of_shape(self, shape: Shape, nodes: int, variables: int) -> int:
        forms = variables if shape.assigns else 1
        return forms * sum(self._of_sizes(shape, sizes, variables) for sizes in _sizes(nodes - 1, len(shape.binds)))

    def _of_sizes(self, shape: Shape, sizes: tuple[int, ...], variables: int) -> int:
        return prod(self._count(size, variables + bound) for size, bound in zip(sizes, shape.binds, strict=True))

    def _text(self, nodes: int, variables: int, number: int) -> str:
        """The expression with this number among those of so many nodes and visible variables."""
        if nodes == 1:
            if number < len(self._leaves):
                return self._leaves[number]
            return _name(number - len(self._leaves))
        for shape in self._shapes:
            count = self._of_shape(shape, nodes, variables)
            if number < count:
                return self._form(shape, nodes, variables, number)
            number -= count
        raise IndexError("no expression has that number")

    def _form(self, shape: Shape, nodes: int, variables: int, number: int) -> str:
        target = 0
        if shape.assigns:
            target, number = divmod(number, self._of_shape(shape, nodes, variables) // variables)
        for sizes in _sizes(nodes - 1, len(shape.binds)):
            count = self._of_sizes(shape, sizes, variables)
            if number < count:
                break
            number -= count
        parts: list[str] = []
        for size, bound in reversed(list(zip(sizes, shape.binds, strict=True))):
            number, own = divmod(number, self._count(size, variables + bound))
            parts.append(self._text(size, variables + bound, own))
        names = {"a": _name(variables), "b": _name(variables + 1), "x": _name(target)}
        return shape.text.format(*reversed(parts), **names)


def _name(index: int) -> str:
    return f"v{index}"


@cache
def _sizes(total: int, parts: int) -> tuple[tuple[int, ...], ...]:
    """All ways to give each of ``parts`` expressions at least one of ``total`` nodes."""
    if parts == 1:
        return ((total,),) if total > 0 else ()
    return tuple((first, *rest) for first in range(1, total) for rest in _sizes(total - first, parts - 1))
