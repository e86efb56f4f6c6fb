"""``eqv?`` (which is also ``eq?``) and ``equal?``."""

from __future__ import annotations

import math
from typing import Final

from reference_interp.values import Bytevector, Char, Pair, String, Value, Vector

# Parts that equal? compares before it starts to remember what it has compared: most comparisons are over long
# before, and those of cyclic data must not go on for ever.
_PATIENCE: Final = 10_000


def is_eqv(a: Value, b: Value) -> bool:
    """Numbers by exactness and value (all NaNs are one value, 0.0 and -0.0 two), characters by value,
    everything else by identity."""
    if a is b:
        return True
    kind = type(a)
    if kind is not type(b):
        return False
    if kind is int or kind is Char:
        return bool(a == b)
    if kind is float:
        if a == b:
            return math.copysign(1.0, a) == math.copysign(1.0, b)
        return bool(a != a and b != b)
    return False


def is_equal(a: Value, b: Value) -> bool:
    """``eqv?``, or strings, bytevectors, pairs or vectors with equal parts.

    Ends for cyclic data too, and takes almost linear time: two objects under comparison are equal unless a
    difference is found elsewhere, and so are all that have been taken for equal before (union-find, as in Adams
    and Dybvig, "Efficient nondestructive equality checking for trees and graphs", ICFP 2008).
    """
    stack = [(a, b)]
    patience = _PATIENCE
    classes = _Classes()
    while stack:
        a, b = stack.pop()
        if is_eqv(a, b):
            continue
        kind = type(a)
        if kind is not type(b):
            return False
        if kind is Pair:
            size = 2
        elif kind is Vector:
            size = len(a.items)
            if size != len(b.items):
                return False
        elif (kind is String and a.text == b.text) or (kind is Bytevector and a.data == b.data):
            continue
        else:
            return False
        if patience > 0:
            patience -= size
        elif not classes.unite(id(a), id(b)):
            continue
        if kind is Pair:
            stack.append((a.cdr, b.cdr))
            stack.append((a.car, b.car))
        else:
            stack.extend(zip(reversed(a.items), reversed(b.items), strict=True))
    return True


class _Classes:
    """Objects, by identity, in classes of those that are taken for equal."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def unite(self, a: int, b: int) -> bool:
        """Make one class of those of ``a`` and ``b``; False if they were one already."""
        a, b = self._representative(a), self._representative(b)
        self._parents[b] = a
        return a != b

    def _representative(self, key: int) -> int:
        parents = self._parents
        parent = parents.setdefault(key, key)
        while parent != key:  # halving the path: whoever comes next has half as far to go
            parents[key] = grandparent = parents[parent]
            key, parent = grandparent, parents[grandparent]
        return key
