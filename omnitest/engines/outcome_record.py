"""Parser of the outcome record that the runtime writes when a program has ended (``runtime/README.md``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from omnitest.outcome import Finished, Raised

_HEADER: Final = b"omni-outcome 1\n"


class MalformedRecord(ValueError):
    """The bytes are not an outcome record."""


class _CutShort(Exception):
    """The record ends too early."""


@dataclass(frozen=True, slots=True)
class CycleWork:
    """What reclaiming cycles took: how many ``collections``, the ``candidates`` they began with, the objects they
    ``visited`` and ``freed``, and the objects and fields that the ``longest`` one looked at."""

    collections: int
    candidates: int
    visited: int
    freed: int
    longest: int


@dataclass(frozen=True, slots=True)
class Record:
    """``end`` of the program, the number of objects that were still ``live`` after everything had been
    released, and how many ``allocations`` it made. ``caught`` is the kind of a resource condition that the
    program caught, None if it caught none. ``cycles`` is None in records of runtimes that reclaim none."""

    end: Finished | Raised
    live: int
    allocations: int
    caught: str | None = None
    cycles: CycleWork | None = None


class _Reader:
    """Takes a record apart from its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def line(self) -> str:
        end = self._data.find(b"\n", self._at)
        if end < 0:
            raise _CutShort
        text = self._data[self._at : end].decode("utf-8", "replace")
        self._at = end + 1
        return text

    def field(self, key: str) -> str:
        """What follows ``key`` on the next line."""
        line = self.line()
        if not line.startswith(f"{key} "):
            raise MalformedRecord(f"outcome record: {line!r} where {key!r} belongs")
        return line[len(key) + 1 :]

    def number(self, key: str) -> int:
        return _number(self.field(key))

    def text(self, key: str) -> str:
        """The text of ``key``: its size in bytes on the key's line, then the bytes and a newline."""
        size = self.number(key)
        end = self._at + size
        if end >= len(self._data):
            raise _CutShort
        if self._data[end : end + 1] != b"\n":
            raise MalformedRecord(f"outcome record: {key} does not have {size} bytes")
        text = self._data[self._at : end].decode("utf-8", "replace")
        self._at = end + 1
        return text

    def at_end(self) -> bool:
        return self._at == len(self._data)

    def next_is(self, key: str) -> bool:
        return self._data.startswith(f"{key} ".encode(), self._at)


def parse_record(data: bytes) -> Record | None:
    """The record in ``data``; None if its end is missing because the process died while writing it.

    Raises :class:`MalformedRecord` for anything else.
    """
    if not (data.startswith(_HEADER) or _HEADER.startswith(data)):
        raise MalformedRecord(f"outcome record: begins with {data[: len(_HEADER)]!r}")
    reader = _Reader(data)
    try:
        reader.line()
        end = _end(reader)
        caught = reader.field("caught") if reader.next_is("caught") else None
        live, allocations = reader.number("live"), reader.number("allocations")
        cycles = _cycles(reader.field("cycles")) if reader.next_is("cycles") else None
        record = Record(end, live, allocations, caught, cycles)
        complete = reader.line() == "complete"
    except _CutShort:
        return None
    if not complete or not reader.at_end():
        raise MalformedRecord("outcome record: does not end where it should")
    return record


def _end(reader: _Reader) -> Finished | Raised:
    match reader.field("end"):
        case "value":
            return Finished(reader.text("value"))
        case "condition":
            kind, message = reader.field("kind"), reader.text("message")
            irritants = []
            while reader.next_is("irritant"):
                irritants.append(reader.text("irritant"))
            line, _, column = reader.field("position").partition(" ")
            return Raised(kind, message, tuple(irritants), _number(line), _number(column))
        case other:
            raise MalformedRecord(f"outcome record: ends with {other!r}")


def _cycles(text: str) -> CycleWork:
    numbers = [_number(word) for word in text.split(" ")]
    if len(numbers) != 5:
        raise MalformedRecord(f"outcome record: {text!r} is no account of cycles")
    return CycleWork(*numbers)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise MalformedRecord(f"outcome record: {text!r} is no number")
    return int(text)
