"""Productions of characters, strings and symbols."""

from __future__ import annotations

from omnitest.generate.builder import PER_ITEM, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import string_literal
from omnitest.generate.tree import Tree
from omnitest.generate.types import CHAR, FLOAT, HUGE, SMALL, SYM, Char, Int, List, Str, Sym


@production(Char, weight=8)
def char_function(g: Builder, type_: Char, size: int) -> Tree | None:
    return [g.pick(("char-upcase", "char-downcase")), g.expr(CHAR, size - 1)]


@production(Char, weight=4)
def char_of_code(g: Builder, type_: Char, size: int) -> Tree | None:
    low, high = g.pick(((97, 122), (48, 57), (32, 126), (0x3B1, 0x3C9), (0x1F600, 0x1F64F)))
    return ["integer->char", g.expr(Int(low, high), size - 1)]


@production(Char, weight=4, needs=(Feature.STRINGS,))
def char_of_string(g: Builder, type_: Char, size: int) -> Tree | None:
    left, right = g.split(size - 1, 2)
    least = g.between(1, 4)
    return ["string-ref", g.expr(Str(least, 60), left), g.expr(Int(0, least - 1), right)]


@production(Str, weight=8)
def concatenation(g: Builder, type_: Str, size: int) -> Tree | None:
    count = g.pick((2, 2, 3, 1, 0)) if type_.least == 0 else 2
    if type_.most < count:
        return None
    if count == 0:
        return ["string-append"]
    cut = g.between(0, type_.least)
    leasts = [cut, type_.least - cut] if count == 2 else [0] * count
    most = max(*leasts, type_.most // count) if count == 2 else type_.most // count
    if sum(max(least, most) for least in leasts) > type_.most:
        return None
    parts = (g.expr(Str(least, most), piece) for least, piece in zip(leasts, g.split(size - 1, count), strict=True))
    return ["string-append", *parts]


@production(Str, weight=4)
def part_of_string(g: Builder, type_: Str, size: int) -> Tree | None:
    """A substring; its bounds are constants or within the shortest that the string can be."""
    length = g.between(type_.least, min(type_.most, type_.least + 4))
    start = g.between(0, 3)
    whole = Str(start + length, min(start + length + 20, 60))
    if whole.most < whole.least:
        return None
    if g.randrange(3) == 0:
        return ["string-copy", g.expr(whole, size - 3), str(start), str(start + length)]
    if type_.least == 0 and length > 0 and g.randrange(2):
        left, right = g.split(size - 2, 2)
        end = g.expr(Int(start, start + length), right)
        return ["substring", g.expr(whole, left), str(start), end]
    return ["substring", g.expr(whole, size - 3), str(start), str(start + length)]


@production(Str, weight=4)
def same_length(g: Builder, type_: Str, size: int) -> Tree | None:
    name = g.pick(("string-copy", "string-upcase", "string-downcase"))
    return [name, g.expr(type_, size - 1)]


@production(Str, weight=3)
def tail_of_string(g: Builder, type_: Str, size: int) -> Tree | None:
    start = g.between(0, 2)
    if type_.most + start > 60:
        return None
    return ["string-copy", g.expr(Str(type_.least + start, type_.most + start), size - 2), str(start)]


@production(Str, weight=5)
def number_as_text(g: Builder, type_: Str, size: int) -> Tree | None:
    if type_.least > 1:
        return None
    if type_.most >= 66 and g.randrange(3) == 0:
        return ["number->string", g.expr(HUGE, size - 2), g.pick(("2", "3", "10", "16", "36"))]
    if type_.most >= 26 and g.has(Feature.FLOATS) and g.randrange(3) == 0:
        return ["number->string", g.expr(FLOAT, size - 1)]
    if type_.most < 8:
        return ["number->string", g.expr(Int(0, 9), size - 1)] if type_.most else None
    return ["number->string", g.expr(SMALL, size - 1)]


@production(Str, weight=5, needs=(Feature.SYMBOLS,))
def name_of_symbol(g: Builder, type_: Str, size: int) -> Tree | None:
    if type_.least > 0 or type_.most < 12:
        return None
    return ["symbol->string", g.expr(SYM, size - 1)]


@production(Str, weight=4, needs=(Feature.CHARS,))
def string_of_chars(g: Builder, type_: Str, size: int) -> Tree | None:
    choice = g.randrange(3)
    if choice == 0:
        return (
            ["list->string", g.expr(List(CHAR, type_.least, min(type_.most, 20)), size - 1)]
            if type_.least <= 20
            else None
        )
    if choice == 1:
        count = g.between(type_.least, min(type_.most, type_.least + 3))
        return ["string", *(g.expr(CHAR, piece) for piece in g.split(size - 1, count))] if count else ["string"]
    left, right = g.split(size - 1, 2)
    length = g.expr(Int(type_.least, min(type_.most, 12)), left) if type_.least <= 12 else str(type_.least)
    return ["make-string", length, g.expr(CHAR, right)]


@production(Str, weight=3, needs=(Feature.HIGHER_ORDER,))
def joined(g: Builder, type_: Str, size: int) -> Tree | None:
    if type_.least > 0 or type_.most < 20 or not g.affords(8 * PER_ITEM):
        return None
    g.charge(8 * PER_ITEM)
    left, right = g.split(size - 1, 2)
    most = type_.most // 8
    return ["string-join", g.expr(List(Str(0, most), 0, 4), left), g.expr(Str(0, most), right)]


@production(Sym, weight=4, needs=(Feature.STRINGS,))
def symbol_of_string(g: Builder, type_: Sym, size: int) -> Tree | None:
    return ["string->symbol", g.expr(Str(0, 12), size - 1)]


@production(Sym, weight=2)
def chosen_symbol(g: Builder, type_: Sym, size: int) -> Tree | None:
    if g.randrange(3) == 0:
        return ["gensym"]
    name = "".join(g.pick("abcxyz-!?") for _ in range(g.between(1, 4)))
    return ["quote", name if name[0] != "-" else "s" + name] if size < 4 else ["string->symbol", string_literal(name)]
