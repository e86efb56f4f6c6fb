"""Bytevectors: parts, changes, conversions to and from text."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import bytes_literal
from omnitest.generate.tree import Tree
from omnitest.generate.types import ANY, BYTE, TEXT, Any, Bool, Bytes, Int, Str

#: Bytes that are not UTF-8: cut short, overlong, surrogates, beyond the last code point, bytes that never occur.
_MALFORMED: Final = (
    "#u8(226 130 97)", "#u8(192 128)", "#u8(237 160 128)", "#u8(244 144 128 128)", "#u8(255 254)", "#u8(240 159 152)",
    "#u8(128)", "#u8(97 224 128 128)", "#u8(206 187 206)", "#u8(245 128 128 128)", "#u8(239 187 191 97)",
    "#u8(240 128 128)",
)  # fmt: skip


@production(Bytes, weight=8)
def bytes_of_items(g: Builder, type_: Bytes, size: int) -> Tree | None:
    if type_.least > 8:
        return None
    if type_.least > 0 and g.randrange(3) == 2:
        return ["make-bytevector", str(type_.least), g.expr(BYTE, size - 2)]
    count = g.between(type_.least, min(type_.most, type_.least + 2))
    return ["bytevector", *(g.expr(BYTE, piece) for piece in g.split(size - 1, count))] if count else ["bytevector"]


@production(Bytes, weight=4)
def part_of_bytes(g: Builder, type_: Bytes, size: int) -> Tree | None:
    if g.randrange(3) == 2:
        left, right = g.split(size - 1, 2)
        cut = g.between(0, type_.least)
        rest = Bytes(type_.least - cut, type_.most - cut)
        return ["bytevector-append", g.expr(Bytes(cut, cut), left), g.expr(rest, right)]
    start, after = g.between(0, 2), g.between(0, 2)
    length = type_.least + start + after
    return ["bytevector-copy", g.expr(Bytes(length, length), size - 3), str(start), str(start + type_.least)]


@production(Bytes, weight=3)
def bytes_of_text(g: Builder, type_: Bytes, size: int) -> Tree | None:
    """The UTF-8 of a string: one to four bytes for a character."""
    if type_.most // 4 < type_.least:
        return None
    return ["string->utf8", g.expr(Str(type_.least, type_.most // 4), size - 1)]


@production(Int, weight=3, needs=(Feature.BYTEVECTORS,))
def byte_or_length(g: Builder, type_: Int, size: int) -> Tree | None:
    left, right = g.split(size - 1, 2)
    if type_.low <= 0 and type_.high >= 255:
        length = g.between(1, 4)
        return ["bytevector-u8-ref", g.expr(Bytes(length, length), left), g.expr(Int(0, length - 1), right)]
    if type_.low <= 0 < type_.high:
        return ["bytevector-length", g.expr(Bytes(0, min(type_.high, 12)), size - 1)]
    return None


@production(Str, weight=2, needs=(Feature.BYTEVECTORS,))
def text_of_bytes(g: Builder, type_: Str, size: int) -> Tree | None:
    if type_.least > 0:
        return None
    most = min(type_.most, 12)
    if most >= 6 and g.randrange(3) == 2:
        return ["utf8->string", g.pick(_MALFORMED)]
    return ["utf8->string", g.expr(Bytes(0, most), size - 1)]


@production(Bool, weight=1, needs=(Feature.BYTEVECTORS,))
def same_bytes(g: Builder, type_: Bool, size: int) -> Tree | None:
    left, right = g.split(size - 1, 2)
    if g.randrange(3) == 2:
        return ["bytevector?", g.expr(ANY, size - 1)]
    return [g.pick(("equal?", "eqv?")), g.expr(Bytes(0, 4), left), g.expr(Bytes(0, 4), right)]


@production(Any, weight=3, needs=(Feature.BYTEVECTORS,))
def some_bytes(g: Builder, type_: Any, size: int) -> Tree | None:
    choice = g.randrange(4)
    if choice == 0:
        return bytes_literal(g, 0, 6)
    if choice == 1:
        return ["utf8->string", g.pick(_MALFORMED), *(["1"] * g.randrange(2))]
    if choice == 2:
        return ["string->utf8", g.expr(TEXT, size - 1)]
    return g.expr(Bytes(0, 8), size)
