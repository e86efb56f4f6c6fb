"""``write`` and ``display``: values as text. Iterative, so that depth costs no stack."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from reference_interp.compounds import compound_of
from reference_interp.datum_labels import NO_LABELS, Labels, find_labels
from reference_interp.numbers import IntegerOutOfRange, format_float, parse_number
from reference_interp.values import (
    NIL,
    Char,
    HashTable,
    Pair,
    Procedure,
    Singleton,
    String,
    Symbol,
    Value,
)

CHAR_NAMES: Final = {
    "alarm": 0x07,
    "backspace": 0x08,
    "delete": 0x7F,
    "escape": 0x1B,
    "newline": 0x0A,
    "null": 0x00,
    "return": 0x0D,
    "space": 0x20,
    "tab": 0x09,
}
_NAME_OF_CHAR: Final = {code: name for name, code in CHAR_NAMES.items()}

_CONTROL: Final = [*range(0x20), *range(0x7F, 0xA0)]
_SHARED_ESCAPES: Final = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\a": "\\a", "\b": "\\b"}
_HEX_ESCAPES: Final = {chr(code): f"\\x{code:x};" for code in _CONTROL}
_STRING_ESCAPES: Final = str.maketrans({**_HEX_ESCAPES, **_SHARED_ESCAPES, '"': '\\"'})
_SYMBOL_ESCAPES: Final = str.maketrans({**_HEX_ESCAPES, **_SHARED_ESCAPES, "|": "\\|"})

# Longer texts are worth a search for cycles.
_SHORT: Final = 4096

#: Symbols made of these characters only need no bars (unless they spell a number or are ``.``).
BARE_SYMBOL: Final = re.compile(r"[A-Za-z0-9!$%&*/:<=>?^_~+.@\-\u00a0-\U0010ffff]+\Z")


class TextTooLong(Exception):
    """The text of a value passes the limit that the caller gave; ``text`` is its beginning, past the limit."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Style(Enum):
    """The ways of printing a value; each is the name of a primitive."""

    DISPLAY = "display"  # strings, characters and symbols raw, also inside of data; labels as WRITE
    WRITE = "write"  # what reads back as the same value, where that is possible; labels for cycles only
    WRITE_SHARED = "write-shared"  # labels for all objects that come up more than once
    WRITE_SIMPLE = "write-simple"  # no labels: there is no end to cyclic data


def printed(value: Value, style: Style, limit: int | None = None) -> str:
    """``value`` as text. Raises :class:`TextTooLong` when that takes more than ``limit`` characters."""
    quoted = style is not Style.DISPLAY
    if style is Style.WRITE_SIMPLE:
        return _text(value, quoted, NO_LABELS, limit)
    if style is not Style.WRITE_SHARED:
        try:  # what has a short text contains no cycle
            return _text(value, quoted, NO_LABELS, _SHORT if limit is None else min(limit, _SHORT))
        except TextTooLong:
            pass
    return _text(value, quoted, find_labels(value, style is Style.WRITE_SHARED), limit)


def write(value: Value, limit: int | None = None) -> str:
    """``value`` as ``write`` prints it."""
    return printed(value, Style.WRITE, limit)


def display(value: Value, limit: int | None = None) -> str:
    """``value`` as ``display`` prints it."""
    return printed(value, Style.DISPLAY, limit)


def write_atom(value: Value) -> str:
    """The written form of a value without parts."""
    return _atom(value, True)


# What is still to be printed, on the stack of _text.
_TEXT, _VALUE, _REST = 0, 1, 2  # a piece of text; a value; the cdr of a pair whose car is printed


def _text(value: Value, quoted: bool, labels: Labels, limit: int | None) -> str:
    pieces: list[str] = []
    size = 0
    stack: list[tuple[int, Value, bool]] = [(_VALUE, value, quoted)]
    while stack:
        what, item, quoted = stack.pop()
        if what == _TEXT:
            piece = item
        elif what == _REST:
            piece = _rest(stack, item, quoted, labels)
        elif item in labels:
            number, is_first = labels.next_mention(item)
            piece = f"#{number}=" + _begin(stack, item, quoted) if is_first else f"#{number}#"
        else:
            piece = _begin(stack, item, quoted)
        pieces.append(piece)
        size += len(piece)
        if limit is not None and size > limit:
            raise TextTooLong("".join(pieces))
    return "".join(pieces)


def _begin(stack: list[tuple[int, Value, bool]], value: Value, quoted: bool) -> str:
    """The beginning of a value's text; the rest of it is left on the stack."""
    if type(value) is Pair:
        stack.append((_REST, value.cdr, quoted))
        stack.append((_VALUE, value.car, quoted))
        return "("
    compound = compound_of(value)
    if compound is None:
        return _atom(value, quoted)
    stack.append((_TEXT, compound.closer, quoted))
    quoted = quoted or compound.written
    for position in range(len(compound.parts) - 1, -1, -1):
        stack.append((_VALUE, compound.parts[position], quoted))
        if position:
            stack.append((_TEXT, " ", quoted))
    return compound.opener


def _rest(stack: list[tuple[int, Value, bool]], value: Value, quoted: bool, labels: Labels) -> str:
    """What follows the car of a pair whose cdr is ``value``. A label has no place in the middle of a list."""
    if value is NIL:
        return ")"
    if type(value) is Pair and value not in labels:
        stack.append((_REST, value.cdr, quoted))
        stack.append((_VALUE, value.car, quoted))
        return " "
    stack.append((_TEXT, ")", quoted))
    stack.append((_VALUE, value, quoted))
    return " . "


def _atom(value: Value, quoted: bool) -> str:
    kind = type(value)
    if kind is int:
        return str(value)
    if kind is bool:
        return "#t" if value else "#f"
    if kind is Symbol:
        return _symbol(value.name) if quoted else str(value.name)
    if kind is String:
        return '"' + value.text.translate(_STRING_ESCAPES) + '"' if quoted else str(value.text)
    if kind is float:
        return format_float(value)
    if kind is Char:
        return _char(value.code) if quoted else chr(value.code)
    if kind is Singleton:
        return str(value.text)
    if kind is HashTable:
        return f"#<hash-table {len(value.entries)}>"
    assert isinstance(value, Procedure), f"not an OmniLisp value: {value!r}"
    return f"#<procedure {value.name}>" if value.name else "#<procedure>"


def _symbol(name: str) -> str:
    if BARE_SYMBOL.match(name) and name != "." and not _is_number(name):
        return name
    return "|" + name.translate(_SYMBOL_ESCAPES) + "|"


def _is_number(text: str) -> bool:
    try:
        return parse_number(text) is not None
    except IntegerOutOfRange:
        return True


def _char(code: int) -> str:
    name = _NAME_OF_CHAR.get(code)
    if name is not None:
        return "#\\" + name
    if code < 0x20 or 0x80 <= code <= 0x9F:
        return f"#\\x{code:x}"
    return "#\\" + chr(code)
