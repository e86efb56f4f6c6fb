"""What hash tables know their keys by: Python keys that are the same exactly when the OmniLisp keys are."""

from __future__ import annotations

import struct
from collections.abc import Hashable
from typing import Final

from reference_interp.equality import is_equal
from reference_interp.values import Bytevector, Char, Pair, String, Value, Vector

#: Parts of a key that its hash depends on: looking at more would not make most tables faster. The C runtime
#: looks at the same ones, so that a key that was changed is found, or not, on both sides alike.
HASHED_PARTS: Final = 64

_NAN: Final = ("float", b"nan")


def table_key(value: Value, by_content: bool) -> Hashable:
    """The Python key for ``value`` in a table that compares with ``equal?`` if ``by_content``, else ``eqv?``."""
    if by_content and type(value) in (String, Bytevector, Pair, Vector):
        return _Content(value)
    return _token(value)


class _Content:
    """A key that is compared by its contents: those that the hash depends on as they were when it was made, all of
    them as they are now."""

    __slots__ = ("_hash", "_hashed", "_value")

    def __init__(self, value: Value) -> None:
        self._value = value
        self._hashed = _hashed_parts(value)
        self._hash = hash(self._hashed)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return type(other) is _Content and self._hashed == other._hashed and is_equal(self._value, other._value)


def _hashed_parts(value: Value) -> tuple[Hashable, ...]:
    """The first parts of ``value``, depth first. Those of equal values are equal, whatever objects they share."""
    tokens: list[Hashable] = []
    stack = [value]
    while stack and len(tokens) < HASHED_PARTS:
        item = stack.pop()
        kind = type(item)
        if kind is Pair:
            tokens.append("pair")
            stack.append(item.cdr)
            stack.append(item.car)
        elif kind is Vector:
            tokens.append(("vector", len(item.items)))
            stack.extend(reversed(item.items[:HASHED_PARTS]))
        elif kind is String:
            tokens.append(("string", item.text))
        elif kind is Bytevector:
            tokens.append(("bytevector", bytes(item.data)))
        else:
            tokens.append(_token(item))
    return tuple(tokens)


def _token(value: Value) -> Hashable:
    """The same for values that are ``eqv?``, and for no others. Objects must outlive their tokens."""
    kind = type(value)
    if kind is int:
        return int(value)
    if kind is Char:
        return ("char", value.code)
    if kind is float:
        return _NAN if value != value else ("float", struct.pack("d", value))
    return ("object", id(value))
