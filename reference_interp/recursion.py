"""Recursion along the nesting of programs, which may be deep.

Calls from Python to Python take no C stack, so that the interpreter's limit guards nothing there; what recurses in C
(``repr``, comparing, pickling) still needs it, so it is lifted only for a while.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: Python frames: more than the deepest program needs, whose nesting the reader limits; derived forms add a factor.
_LIMIT: Final = 1_000_000


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let Python code recurse as deeply as any program nests."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
