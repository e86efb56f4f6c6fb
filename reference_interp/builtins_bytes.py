"""The primitives on bytevectors, and between them and strings. Arguments have been checked against the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reference_interp.checks import copy_bounds, slice_bounds, want_mutable
from reference_interp.errors import failure
from reference_interp.session import Session
from reference_interp.values import NOTHING, Bytevector, String, Value


def is_byte(value: Value) -> bool:
    """Whether ``value`` is an integer that fits in a byte."""
    return type(value) is int and 0 <= value <= 255


def make_bytevector(session: Session, size: int, fill: int = 0) -> Bytevector:
    session.allocate(size)
    return Bytevector(bytearray([fill]) * size)


def bytevector_ref(bytevector: Bytevector, index: int) -> int:
    if index >= len(bytevector.data):
        raise failure("index", index, who="bytevector-u8-ref")
    return bytevector.data[index]


def bytevector_set(bytevector: Bytevector, index: int, byte: int) -> Value:
    want_mutable("bytevector-u8-set!", bytevector)
    if index >= len(bytevector.data):
        raise failure("index", index, who="bytevector-u8-set!")
    bytevector.data[index] = byte
    return NOTHING


def bytevector_fill(bytevector: Bytevector, byte: int, start: int = 0, end: int | None = None) -> Value:
    want_mutable("bytevector-fill!", bytevector)
    start, end = slice_bounds("bytevector-fill!", len(bytevector.data), start, end)
    bytevector.data[start:end] = bytes([byte]) * (end - start)
    return NOTHING


def bytevector_copy(bytevector: Bytevector, start: int = 0, end: int | None = None) -> Bytevector:
    start, end = slice_bounds("bytevector-copy", len(bytevector.data), start, end)
    return Bytevector(bytevector.data[start:end])


def bytevector_copy_into(
    target: Bytevector, at: int, source: Bytevector, start: int = 0, end: int | None = None
) -> Value:
    want_mutable("bytevector-copy!", target)
    start, end = copy_bounds("bytevector-copy!", len(target.data), at, len(source.data), start, end)
    target.data[at : at + end - start] = source.data[start:end]
    return NOTHING


def bytevector_append(session: Session, *bytevectors: Bytevector) -> Bytevector:
    session.allocate(sum(len(bytevector.data) for bytevector in bytevectors))
    return Bytevector(bytearray().join([bytevector.data for bytevector in bytevectors]))


def string_to_utf8(string: String, start: int = 0, end: int | None = None) -> Bytevector:
    start, end = slice_bounds("string->utf8", len(string.text), start, end)
    return Bytevector(bytearray(string.text[start:end].encode("utf-8")))


def utf8_to_string(bytevector: Bytevector, start: int = 0, end: int | None = None) -> String:
    """Bytes that are not UTF-8 become U+FFFD, one for each maximal part of a character."""
    start, end = slice_bounds("utf8->string", len(bytevector.data), start, end)
    return String(bytevector.data[start:end].decode("utf-8", "replace"))


IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "bytevector?": lambda value: type(value) is Bytevector,
    "bytevector": lambda *items: Bytevector(bytearray(items)),
    "bytevector-length": lambda bytevector: len(bytevector.data),
    "bytevector-u8-ref": bytevector_ref,
    "bytevector-u8-set!": bytevector_set,
    "bytevector-fill!": bytevector_fill,
    "bytevector-copy": bytevector_copy,
    "bytevector-copy!": bytevector_copy_into,
    "string->utf8": string_to_utf8,
    "utf8->string": utf8_to_string,
}

SESSION_IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "make-bytevector": make_bytevector,
    "bytevector-append": bytevector_append,
}
