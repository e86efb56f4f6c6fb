"""``write`` and ``display``: values as text. Iterative, so that depth costs no stack."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from reference_interp.conditions import message_line
from reference_interp.numbers import IntegerOutOfRange, format_float, parse_number
from reference_interp.values import (
    NIL,
    Bytevector,
    Char,
    Condition,
    Pair,
    Port,
    Procedure,
    Singleton,
    String,
    Symbol,
    Value,
    Vector,
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

#: Symbols made of these characters only need no bars (unless they spell a number or are ``.``).
BARE_SYMBOL: Final = re.compile(r"[A-Za-z0-9!$%&*/:<=>?^_~+.@\-\u00a0-\U0010ffff]+\Z")


class TextTooLong(Exception):
    """The text of a value passes the limit that the caller gave; ``text`` is its beginning, past the limit."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def write(value: Value, limit: int | None = None) -> str:
    """``value`` as ``write`` prints it: what reads back as the same value, where that is possible.

    Raises :class:`TextTooLong` when that takes more than ``limit`` characters, as cyclic data does.
    """
    return _text(value, True, limit)


def display(value: Value, limit: int | None = None) -> str:
    """``value`` as ``display`` prints it: strings, characters and symbols raw, also inside of data."""
    return _text(value, False, limit)


def write_atom(value: Value) -> str:
    """The written form of anything that is neither a pair nor a vector nor a condition."""
    return _atom(value, True)


# What is still to be printed, on the stack of _text.
_TEXT, _VALUE, _REST = 0, 1, 2  # a piece of text; a value; the cdr of a pair whose car is printed


def _text(value: Value, quoted: bool, limit: int | None) -> str:
    pieces: list[str] = []
    size = 0
    stack: list[tuple[int, Value, bool]] = [(_VALUE, value, quoted)]
    while stack:
        what, item, quoted = stack.pop()
        kind = type(item)
        if what == _TEXT:
            piece = item
        elif what == _REST and item is NIL:
            piece = ")"
        elif what == _REST and kind is not Pair:
            piece = " . "
            stack.append((_TEXT, ")", quoted))
            stack.append((_VALUE, item, quoted))
        elif kind is Pair:
            piece = "(" if what == _VALUE else " "
            stack.append((_REST, item.cdr, quoted))
            stack.append((_VALUE, item.car, quoted))
        elif kind is Vector:
            piece = "#("
            _push_items(stack, item.items, ")", quoted)
        elif kind is Condition:
            # Irritants are always in written form: their types matter to whoever reads the message.
            line = message_line(item.kind, item.message, [""] if item.irritants else [])
            piece = "#<condition " + line
            _push_items(stack, item.irritants, ">", True)
        else:
            piece = _atom(item, quoted)
        pieces.append(piece)
        size += len(piece)
        if limit is not None and size > limit:
            raise TextTooLong("".join(pieces))
    return "".join(pieces)


def _push_items(stack: list[tuple[int, Value, bool]], items: Sequence[Value], closer: str, quoted: bool) -> None:
    """Leave ``items``, spaces between them and then ``closer`` to be printed."""
    stack.append((_TEXT, closer, quoted))
    for position in range(len(items) - 1, -1, -1):
        stack.append((_VALUE, items[position], quoted))
        if position:
            stack.append((_TEXT, " ", quoted))


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
    if kind is Bytevector:
        return "#u8(" + " ".join(map(str, value.data)) + ")"
    if isinstance(value, Port):
        return f"#<{'' if value.is_textual else 'binary-'}{'input' if value.is_input else 'output'}-port>"
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
        return False


def _char(code: int) -> str:
    name = _NAME_OF_CHAR.get(code)
    if name is not None:
        return "#\\" + name
    if code < 0x20 or 0x80 <= code <= 0x9F:
        return f"#\\x{code:x}"
    return "#\\" + chr(code)
