"""Which passes of the compiler a divergence needs.

Passes are left out one after the other as long as the program goes on failing. What cannot be left out is to blame; a
bug that needs none of them is in the runtime or in a part of the compiler that always runs. A program is also easier to
reduce with fewer passes: without ``fold-constants``, say, arguments can be literals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compiler.pipeline import OPTIONAL_PASSES


@dataclass(frozen=True, slots=True)
class PassBlame:
    """``passes`` are optional passes without any of which the divergence vanishes while the others are left out;
    ``disabled`` are those that may be left out."""

    passes: tuple[str, ...]
    disabled: frozenset[str]


def blame_passes(fails_without: Callable[[frozenset[str]], bool], disabled: frozenset[str]) -> PassBlame:
    """A minimal set of passes with which the program fails.

    ``fails_without`` tells whether it does with the given passes left out; it does so without ``disabled``.
    """
    everything = frozenset(OPTIONAL_PASSES)
    if everything != disabled and fails_without(everything):
        return PassBlame((), everything)
    for name in OPTIONAL_PASSES:
        if name not in disabled and fails_without(disabled | {name}):
            disabled |= {name}
    return PassBlame(tuple(name for name in OPTIONAL_PASSES if name not in disabled), disabled)
