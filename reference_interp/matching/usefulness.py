"""Which clauses of a ``match`` can never be chosen.

A clause is *useful* if some value matches it and none of the clauses before it (Maranget, "Warnings for
pattern matching", 2007). Since values of any type can be matched, no set of constructors is complete, which
leaves the simple half of the algorithm: below a wildcard only wildcards matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from reference_interp.matching.patterns import (
    ANYTHING,
    Anything,
    Bind,
    Compound,
    Construct,
    Either,
    Literal,
    Pattern,
    opened,
)

_Row = tuple[Pattern, ...]

#: Rows looked at for one ``match`` form before the analysis gives up. Ordinary ones take some hundreds.
_PATIENCE = 200_000


class Usefulness:
    """What the clauses of one ``match`` form cover so far."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._left = _PATIENCE

    def covers(self, pattern: Pattern) -> bool:
        """Whether the covered values are all that ``pattern`` matches; False also if that is too hard to say."""
        return not self._is_useful(self._rows, (pattern,))

    def add(self, pattern: Pattern) -> None:
        """From now on the values that ``pattern`` matches are covered."""
        self._rows.append((pattern,))

    def _is_useful(self, rows: Sequence[_Row], wanted: _Row) -> bool:
        while wanted and rows:
            self._left -= len(rows)
            if self._left < 0:
                return True
            first = _stripped(wanted[0])
            match first:
                case Anything():
                    rows = [rest for row in rows for rest in _below_wildcard(row)]
                    wanted = wanted[1:]
                case Either(alternatives=alternatives):
                    for each in alternatives:
                        if self._is_useful(rows, (each.pattern, *wanted[1:])):
                            return True
                    return False
                case Literal() | Construct():
                    rows = [rest for row in rows for rest in _below(first, row)]
                    wanted = (*_parts(first), *wanted[1:])
        return not rows


def _below(constructor: Literal | Construct, row: _Row) -> list[_Row]:
    """What remains of ``row`` for values that begin with ``constructor``."""
    first = _stripped(row[0])
    match first:
        case Anything():
            return [(*[ANYTHING for _ in _parts(constructor)], *row[1:])]
        case Either(alternatives=alternatives):
            return [rest for each in alternatives for rest in _below(constructor, (each.pattern, *row[1:]))]
        case _:
            return [(*_parts(first), *row[1:])] if first.head == constructor.head else []


def _below_wildcard(row: _Row) -> list[_Row]:
    """What remains of ``row`` for values that begin with a constructor that no row mentions."""
    first = _stripped(row[0])
    match first:
        case Anything():
            return [row[1:]]
        case Either(alternatives=alternatives):
            return [rest for each in alternatives for rest in _below_wildcard((each.pattern, *row[1:]))]
        case _:
            return []


def _parts(constructor: Literal | Construct) -> _Row:
    return constructor.parts if isinstance(constructor, Construct) else ()


def _stripped(pattern: Pattern) -> Anything | Literal | Construct | Either:
    """The pattern without the names for all of it, and a quoted object as one level of constructors."""
    while isinstance(pattern, Bind):
        pattern = pattern.pattern
    return opened(pattern) if isinstance(pattern, Compound) else pattern
