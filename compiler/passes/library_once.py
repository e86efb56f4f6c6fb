"""Work on the functions of library procedures, done once per process.

A program contains the library procedures that it uses, most programs use some, and they are half of what a compiler
of generated programs sees. What flattening makes of one depends on few facts and is the same object each time
(:mod:`compiler.passes.flatten`); so what a pass makes of that object, looking at nothing else, is the same too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from compiler.context import CompileOptions, Context


class _OfLibrary(Hashable, Protocol):
    @property
    def library(self) -> int | None: ...


F = TypeVar("F", bound=_OfLibrary)
R = TypeVar("R")

_LIMIT = 8192  # results remembered by a process


def once(work: Callable[[F, Context], R], function: F, context: Context) -> R:
    """``work(function, context)``, remembered if ``function`` is of the library; what it counts is counted each time.

    ``work`` may ask its context for nothing but planted faults, with which nothing is remembered.
    """
    if function.library is None or context.options.plants:
        return work(function, context)
    result: R
    result, counters = _remembered(work, function)
    context.counters.update(counters)
    return result


@lru_cache(maxsize=_LIMIT)
def _remembered(work: Callable[[Any, Context], Any], function: Any) -> tuple[Any, Counter[str]]:
    context = Context(CompileOptions())
    return work(function, context), context.counters
