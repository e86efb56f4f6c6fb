"""Reading JSON that somebody else may have written: every field is checked, and errors name the field."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

#: Deeper documents are refused: Python's JSON parser recurses on the C stack.
NESTING_LIMIT: Final = 100

_STRING_OR_BRACKET: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)


class FieldProblem(ValueError):
    """A field is missing or holds the wrong thing; the message names it as ``program.reduced``."""


def parse_json(text: str) -> object:
    """The document that ``text`` holds. Raises :class:`FieldProblem`."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        first = match.group()[0]
        depth += 1 if first in "[{" else -1 if first in "]}" else 0
        if depth > NESTING_LIMIT:
            raise FieldProblem(f"not JSON of ours: nested more than {NESTING_LIMIT} levels deep")
    try:
        document: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise FieldProblem(f"not JSON: {error}") from None
    return document


def _what(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"


class Fields:
    """The fields of one JSON object. ``where`` is its place in the document, empty for the document itself.

    Every method raises :class:`FieldProblem`.
    """

    def __init__(self, value: object, where: str = "") -> None:
        if not isinstance(value, dict):
            raise FieldProblem(f"{where or 'document'}: expected an object, got {_what(value)}")
        self._values: dict[str, object] = value
        self._where = where

    def place(self, name: str) -> str:
        """Where the field ``name`` is in the document, for messages."""
        return f"{self._where}.{name}" if self._where else name

    def _get(self, name: str) -> object:
        if name not in self._values:
            raise FieldProblem(f"{self.place(name)}: missing")
        return self._values[name]

    def _wrong(self, name: str, expected: str) -> FieldProblem:
        return FieldProblem(f"{self.place(name)}: expected {expected}, got {_what(self._get(name))}")

    def text(self, name: str) -> str:
        """A field that is text; raises :class:`FieldProblem`, as all of these do."""
        value = self._get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "text")
        return value

    def integer(self, name: str, minimum: int | None = None) -> int:
        """An integer that is not less than ``minimum``."""
        value = self._get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, "an integer")
        if minimum is not None and value < minimum:
            raise FieldProblem(f"{self.place(name)}: expected at least {minimum}, got {value}")
        return value

    def boolean(self, name: str) -> bool:
        """True or false."""
        value = self._get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def number(self, name: str) -> float:
        """A finite number that is not negative."""
        value = self._get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._wrong(name, "a number")
        if not math.isfinite(value) or value < 0:
            raise FieldProblem(f"{self.place(name)}: expected a finite number from 0 on, got {value}")
        return float(value)

    def optional(self, name: str, read: Callable[[str], T]) -> T | None:
        """What ``read`` (another method of this object) makes of the field, or ``None`` where it holds null."""
        return None if self._get(name) is None else read(name)

    def fields(self, name: str) -> Fields:
        """An object inside of this one."""
        return Fields(self._get(name), self.place(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self.items(name, self._text_item))

    def items(self, name: str, read: Callable[[object, str], T]) -> list[T]:
        """A list; ``read`` gets each item and its place."""
        value = self._get(name)
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return [read(item, f"{self.place(name)}[{index}]") for index, item in enumerate(value)]

    def names(self) -> list[str]:
        """The names of the fields that are there."""
        return list(self._values)

    @staticmethod
    def _text_item(value: object, place: str) -> str:
        if not isinstance(value, str):
            raise FieldProblem(f"{place}: expected text, got {_what(value)}")
        return value
