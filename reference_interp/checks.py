"""What primitives check themselves, beyond the types of their arguments."""

from __future__ import annotations

from reference_interp.errors import failure
from reference_interp.values import Value


def want_mutable(who: str, value: Value) -> None:
    """Check that the pair, vector, string or bytevector ``value`` may be changed."""
    if value.immutable:
        raise failure("immutable", value, who=who)


def slice_bounds(who: str, length: int, start: int, end: int | None) -> tuple[int, int]:
    """Check optional bounds: the end against the length, then the start against the end."""
    if end is None:
        end = length
    elif end > length:
        raise failure("index", end, who=who)
    if start > end:
        raise failure("index", start, who=who)
    return start, end


def copy_bounds(
    who: str, target_length: int, at: int, source_length: int, start: int, end: int | None
) -> tuple[int, int]:
    """Check where a part of a sequence is copied from, as :func:`slice_bounds` does, and then that it fits in
    behind ``at``, where it is copied to."""
    start, end = slice_bounds(who, source_length, start, end)
    if at + end - start > target_length:
        raise failure("index", at, who=who)
    return start, end
