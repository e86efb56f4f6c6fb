"""Patterns, after their syntax has been checked and their names have become variables."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from reference_interp.core import Variable
from reference_interp.definitions import RecordType
from reference_interp.printer import write_atom
from reference_interp.values import Pair, Value, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Anything:
    """``_``"""


ANYTHING: Final = Anything()


@dataclass(frozen=True, slots=True, eq=False)
class Bind:
    """``name``, and ``(name @ pattern)``: binds ``variable`` to what ``pattern`` matches."""

    variable: Variable
    pattern: Pattern


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A value without parts, or a string: matches what is ``equal?`` to it."""

    value: Value

    @property
    def head(self) -> Hashable:
        return type(self.value), write_atom(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Compound:
    """A quoted pair, vector or other object with parts: matches what is ``equal?`` to it."""

    value: Value


@dataclass(frozen=True, slots=True)
class PairShape:
    """Pairs: car and cdr."""


@dataclass(frozen=True, slots=True)
class VectorShape:
    """Vectors of one length: their items."""

    length: int


@dataclass(frozen=True, slots=True)
class RecordShape:
    """Records of one type: their fields."""

    type: RecordType


Shape = PairShape | VectorShape | RecordShape


@dataclass(frozen=True, slots=True, eq=False)
class Construct:
    """Matches an object of a certain shape whose parts match ``parts``."""

    shape: Shape
    parts: tuple[Pattern, ...]

    @property
    def head(self) -> Hashable:
        return self.shape


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """One pattern of an ``or``. Its own ``variables`` stand for those of the ``or``, in the same order."""

    pattern: Pattern
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """``(or pattern ...)``: the first alternative that matches binds ``variables``."""

    variables: tuple[Variable, ...]
    alternatives: tuple[Alternative, ...]


Pattern = Anything | Bind | Literal | Compound | Construct | Either


def is_irrefutable(pattern: Pattern) -> bool:
    """Whether the pattern, as it is written, matches every value."""
    while isinstance(pattern, Bind):
        pattern = pattern.pattern
    return isinstance(pattern, Anything)


def quoted(value: Value) -> Literal | Compound:
    """The pattern that matches what is ``equal?`` to ``value``."""
    return Compound(value) if type(value) is Pair or type(value) is Vector else Literal(value)


def opened(compound: Compound) -> Construct:
    """The same pattern with one level of the value taken apart."""
    value = compound.value
    if type(value) is Pair:
        return Construct(PairShape(), (quoted(value.car), quoted(value.cdr)))
    return Construct(VectorShape(len(value.items)), tuple([quoted(item) for item in value.items]))
