"""``eqv?`` (which is also ``eq?``) and ``equal?``."""

from __future__ import annotations

import math
from typing import Final

from reference_interp.values import Bytevector, Char, Pair, String, Value, Vector

# Comparisons after which equal? starts to remember which objects it has compared.
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

    Ends for cyclic data too, as R7RS demands.
    """
    stack = [(a, b)]
    comparisons = 0
    assumed: set[tuple[int, int]] = set()
    while stack:
        a, b = stack.pop()
        if is_eqv(a, b):
            continue
        kind = type(a)
        if kind is not type(b):
            return False
        if kind is String:
            if a.text != b.text:
                return False
            continue
        if kind is Bytevector:
            if a.data != b.data:
                return False
            continue
        if kind is not Pair and kind is not Vector:
            return False
        comparisons += 1
        if comparisons > _PATIENCE:
            # Two objects under comparison are equal unless some difference is found elsewhere.
            if (id(a), id(b)) in assumed:
                continue
            assumed.add((id(a), id(b)))
        if kind is Pair:
            stack.append((a.cdr, b.cdr))
            stack.append((a.car, b.car))
        else:
            if len(a.items) != len(b.items):
                return False
            stack.extend(zip(reversed(a.items), reversed(b.items), strict=True))
    return True
