"""Characters: their classes, values and cases, as Unicode 14.0 defines them (see :mod:`reference_interp.unicode_data`).

- *Alphabetic* are the letters (general categories L and Nl) and whatever is in upper or lower case. That is Unicode's
  property of that name without the combining vowel signs.
- *Upper case*, *lower case* and *white space* are the properties Uppercase, Lowercase and White_Space.
- *Numeric* are the decimal digits (general category Nd).
- The simple case mappings give a character for a character; the full ones, for strings, can give up to three. None of
  them depends on the context or on a locale.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reference_interp import unicode_data


@dataclass(frozen=True, slots=True)
class Run:
    """Every ``step``-th code point from ``first`` to ``last``; in a mapping, each maps to itself plus ``distance``."""

    first: int
    last: int
    step: int
    distance: int


def runs_of(table: str) -> list[Run]:
    """The runs of a set or a simple mapping of :mod:`reference_interp.unicode_data`, in ascending order."""
    runs = []
    for token in table.split():
        places, _, target = token.partition(":")
        places, _, step = places.partition("/")
        first, _, last = places.partition("-")
        start = int(first, 16)
        distance = int(target, 16) - start if target else 0
        runs.append(Run(start, int(last or first, 16), int(step or "1"), distance))
    return runs


def expansions_of(table: str) -> dict[int, tuple[int, ...]]:
    """The mapping to several characters that a table of :mod:`reference_interp.unicode_data` holds."""
    pairs = (token.split(":") for token in table.split())
    return {int(code, 16): tuple([int(part, 16) for part in parts.split("+")]) for code, parts in pairs}


class _CodeSet:
    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self._firsts = [run.first for run in runs]

    def __contains__(self, code: int) -> bool:
        position = bisect_right(self._firsts, code) - 1
        if position < 0:
            return False
        run = self._runs[position]
        return code <= run.last and (code - run.first) % run.step == 0


def _simple(table: str) -> dict[int, int]:
    return {code: code + run.distance for run in runs_of(table) for code in range(run.first, run.last + 1, run.step)}


def _full(simple: dict[int, int], expansions: str) -> dict[int, int | str]:
    return {**simple, **{code: "".join(map(chr, parts)) for code, parts in expansions_of(expansions).items()}}


_ALPHABETIC: Final = _CodeSet(runs_of(unicode_data.ALPHABETIC))
_UPPER_CASE: Final = _CodeSet(runs_of(unicode_data.UPPER_CASE))
_LOWER_CASE: Final = _CodeSet(runs_of(unicode_data.LOWER_CASE))
_WHITE_SPACE: Final = _CodeSet(runs_of(unicode_data.WHITE_SPACE))
_DIGITS: Final = {
    code: code - run.first for run in runs_of(unicode_data.DIGITS) for code in range(run.first, run.last + 1)
}
_UPCASE: Final = _simple(unicode_data.UPCASE)
_DOWNCASE: Final = _simple(unicode_data.DOWNCASE)
_FOLDCASE: Final = _simple(unicode_data.FOLDCASE)
_FULL_UPCASE: Final = _full(_UPCASE, unicode_data.UPCASE_EXPANSIONS)
_FULL_DOWNCASE: Final = _full(_DOWNCASE, unicode_data.DOWNCASE_EXPANSIONS)
_FULL_FOLDCASE: Final = _full(_FOLDCASE, unicode_data.FOLDCASE_EXPANSIONS)


def is_alphabetic(code: int) -> bool:
    """Whether the character is alphabetic, as defined above."""
    return code in _ALPHABETIC


def is_upper_case(code: int) -> bool:
    """Whether the character is in upper case."""
    return code in _UPPER_CASE


def is_lower_case(code: int) -> bool:
    """Whether the character is in lower case."""
    return code in _LOWER_CASE


def is_white_space(code: int) -> bool:
    """Whether the character is white space."""
    return code in _WHITE_SPACE


def digit_value(code: int) -> int | None:
    """The value, 0 to 9, of a decimal digit; None for any other character."""
    return _DIGITS.get(code)


def upcase(code: int) -> int:
    """The simple upper-case mapping."""
    return _UPCASE.get(code, code)


def downcase(code: int) -> int:
    """The simple lower-case mapping."""
    return _DOWNCASE.get(code, code)


def foldcase(code: int) -> int:
    """The simple case folding."""
    return _FOLDCASE.get(code, code)


# On ASCII, Python's own methods agree with every version of Unicode, and are faster.


def upcase_text(text: str) -> str:
    """``text`` with the full upper-case mapping of each character."""
    return text.upper() if text.isascii() else text.translate(_FULL_UPCASE)


def downcase_text(text: str) -> str:
    """``text`` with the full lower-case mapping of each character. A final sigma is mapped like any other."""
    return text.lower() if text.isascii() else text.translate(_FULL_DOWNCASE)


def foldcase_text(text: str) -> str:
    """``text`` with the full case folding of each character."""
    return text.lower() if text.isascii() else text.translate(_FULL_FOLDCASE)
