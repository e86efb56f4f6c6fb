"""Strings that are changed, characters and their cases beyond ASCII, symbols with odd names."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import PER_ITEM, VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import string_literal
from omnitest.generate.template import tree
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    CHAR,
    NOTHING,
    SYM,
    Any,
    Bool,
    Char,
    Fresh,
    Int,
    List,
    Nothing,
    Proc,
    Str,
    Sym,
    Type,
    Vec,
)

#: Characters whose class or case is out of the ordinary: ß, dotted İ, final sigma, titlecase, ligatures, digits of
#: other scripts, numerals that are no digits, marks, spaces, the ends of the ranges of code points.
_SPECIAL: Final = (
    "ß", "ẞ", "İ", "ı", "Σ", "σ", "ς", "ǅ", "ŉ", "ΐ", "ﬃ", "Å", "K", "ſ", "٤", "७", "𝟘", "Ⅷ", "½", "ª", "ά", "ω", "ᾳ",
    "Ω", "Ⓐ", "あ", "中", "😀", "𐐀", "𐐨", "Ꭰ", "ꭰ", "ა", "Ა",
)  # fmt: skip
_CODES: Final = (
    "#\\xA0", "#\\x2003", "#\\x2028", "#\\x200B", "#\\xFEFF", "#\\x301", "#\\xD7FF", "#\\xE000", "#\\xFFFD", "#\\xFFFF",
    "#\\x10FFFF", "#\\x7F", "#\\x80", "#\\x7FF", "#\\x800", "#\\x10000", "#\\x1E9E", "#\\x85", "#\\x1680", "#\\x661",
)  # fmt: skip
_WORDS: Final = ("Straße", "STRASSE", "ΑΣ", "ας", "İi", "ıI", "ﬃ", "ǅ", "aΣ", "σς", "Ὦ", "ŉ", "ß", "ẞ", "K", "ſt")
_ORDERS: Final = ("=", "<", ">", "<=", ">=")
_CLASSES: Final = ("alphabetic", "numeric", "whitespace", "upper-case", "lower-case")
_ODD_SYMBOLS: Final = (
    "||", "|a b|", "|;|", "|1|", "|+1|", "|-|", "|.|", "..", "|a\\|b|", "|\\x41;|", "|#t|", "|A|", "é", "|\"|", "|(|",
    "|1.5e3|", "|+inf.0|", "|\\n|", "->", "...", "+.", "1+", "-1x", "|'|", "nothing", "true", "λ→", "|\\x7f;|",
)  # fmt: skip
#: Of these, the ones whose classes and cases are the same in implementations with other versions of Unicode, and in
#: those that class characters by their general categories alone.
_OPEN_ELSEWHERE: Final = frozenset(("ẞ", "ı", "ª", "Ⅷ", "½", "Ⓐ", "٤", "७", "𝟘", "Ꭰ", "ꭰ", "ა", "Ა"))
_COMMON_SPECIAL: Final = tuple(char for char in _SPECIAL if char not in _OPEN_ELSEWHERE)
_COMMON_CODES: Final = tuple(code for code in _CODES if code not in ("#\\x1E9E", "#\\x85", "#\\x661"))
_COMMON_WORDS: Final = tuple(word for word in _WORDS if not _OPEN_ELSEWHERE.intersection(word))
#: Other readers know no escapes between bars.
_COMMON_ODD_SYMBOLS: Final = tuple(name for name in _ODD_SYMBOLS if "\\" not in name)


# ---- strings that are changed -----------------------------------------------------------------------
@production(weight=3, needs=(Feature.MUTABLE_TEXT, Feature.MUTATION))
def changed_under_two_names(g: Builder, type_: Type, size: int) -> Tree | None:
    """A string known by two names, changed by one of them."""
    if size < 12:
        return None
    length = g.between(1, 5)
    of = Fresh(Str(length, length))
    one, other = Var(of), Var(of)
    left, middle, right = g.split(size - 8, 3)
    value = g.expr(of, left)
    with g.visible(one, other):
        body = [
            tree("(string-set! $one $index $char)", one=one, index=str(g.randrange(length)), char=g.expr(CHAR, middle)),
            *g.body(type_, right),
        ]
    inner = Form(["let", [[other, one]], *body], ([other], body))
    return Form(["let", [[one, value]], inner], ([one], [inner]))


@production(Str, weight=4, needs=(Feature.HIGHER_ORDER, Feature.CHARS))
def mapped_string(g: Builder, type_: Str, size: int) -> Tree | None:
    """string-map over one string or two."""
    if type_.most > 12:
        return None
    cost = g.procedure_cost(type_.most)
    if cost is None:
        return None
    g.charge(type_.most * (cost + 2 * PER_ITEM))
    count = g.pick((1, 1, 2))
    left, *sizes = g.split(size - 1, count + 1)
    procedure = g.expr(Proc((CHAR,) * count, CHAR, cost), left)
    return ["string-map", procedure, *(g.expr(type_, piece) for piece in sizes)]


@production(Nothing, weight=4, needs=(Feature.HIGHER_ORDER, Feature.CHARS))
def each_char(g: Builder, type_: Nothing, size: int) -> Tree | None:
    times = g.iterations(2 * PER_ITEM + 4 * size, 6)
    if size < 8 or times < 2:
        return None
    g.charge(times * 2 * PER_ITEM)
    params = [Var(CHAR) for _ in range(g.pick((1, 1, 2)))]
    left, right = g.split(size - 4, 2)
    with g.repeated(times), g.visible(*params):
        body = g.body(NOTHING, left)
    procedure = Form(["lambda", list(params), *body], (params, body))
    return ["string-for-each", procedure, *(g.expr(Str(0, times), piece) for piece in g.split(right, len(params)))]


@production(Str, weight=2, needs=(Feature.VECTORS, Feature.CHARS))
def string_of_vector(g: Builder, type_: Str, size: int) -> Tree | None:
    length = g.between(type_.least, min(type_.most, type_.least + 4))
    if not 0 < length <= 6:
        return None
    start = g.pick((0, 0, 1))
    return ["vector->string", g.expr(Vec(CHAR, length + start), size - 2), *([str(start)] if start else [])]


@production(Vec, weight=3, needs=(Feature.STRINGS,))
def vector_of_string(g: Builder, type_: Vec, size: int) -> Tree | None:
    if not isinstance(type_.item, Char):
        return None
    start, after = g.between(0, 2), g.between(0, 2)
    whole = g.expr(Str(start + type_.length + after, start + type_.length + after), size - 3)
    return ["string->vector", whole, str(start), str(start + type_.length)]


@production(Str, weight=2, needs=(Feature.UNICODE,))
def mapped_case(g: Builder, type_: Str, size: int) -> Tree | None:
    """Full case mappings; a character becomes at most three."""
    name = g.pick(("string-upcase", "string-downcase", "string-foldcase"))
    return [name, g.expr(Str(type_.least, type_.most // 3), size - 1)] if type_.most // 3 >= type_.least else None


# ---- characters -------------------------------------------------------------------------------------
def special_char(g: Builder) -> Tree:
    if g.portable:
        return f"#\\{g.pick(_COMMON_SPECIAL)}" if g.randrange(3) else g.pick(_COMMON_CODES)
    return f"#\\{g.pick(_SPECIAL)}" if g.randrange(3) else g.pick(_CODES)


def _special_words(g: Builder) -> tuple[str, ...]:
    return _COMMON_WORDS if g.portable else _WORDS


@production(Char, weight=5, needs=(Feature.UNICODE,))
def character_beyond_ascii(g: Builder, type_: Char, size: int) -> Tree | None:
    char = special_char(g)
    return [g.pick(("char-upcase", "char-downcase", "char-foldcase")), char] if g.randrange(2) else char


@production(Str, weight=3, needs=(Feature.UNICODE,))
def text_beyond_ascii(g: Builder, type_: Str, size: int) -> Tree | None:
    words = [word for word in _special_words(g) if type_.least <= len(word) <= type_.most]
    return string_literal(g.pick(words)) if words else None


@production(Bool, weight=4, needs=(Feature.UNICODE,))
def class_or_order(g: Builder, type_: Bool, size: int) -> Tree | None:
    """The class of a character, or comparisons that leave case out of account."""
    left, right = g.split(size - 1, 2)
    match g.randrange(3):
        case 0:
            return [f"char-{g.pick(_CLASSES)}?", special_char(g)]
        case 1:
            return [f"char-ci{g.pick(_ORDERS)}?", g.expr(CHAR, left), special_char(g)]
        case _:
            words: list[Tree] = [string_literal(g.pick(_special_words(g))), g.expr(Str(0, 12), right)]
            return [f"string-ci{g.pick(_ORDERS)}?", *(words if g.randrange(2) else reversed(words))]


@production(Any, weight=3, needs=(Feature.UNICODE,))
def all_about_a_character(g: Builder, type_: Any, size: int) -> Tree | None:
    """The classes, the cases and the digit of one character."""
    char = Var(CHAR)
    parts: list[Tree] = [[f"char-{name}?", char] for name in _CLASSES]
    parts += [["char-upcase", char], ["char-downcase", char], ["char-foldcase", char], ["digit-value", char]]
    parts += [[name, ["string", char]] for name in ("string-upcase", "string-downcase", "string-foldcase")]
    chosen: list[Tree] = [parts.pop(g.randrange(len(parts))) for _ in range(g.between(1, 5))]
    body: Tree = ["list", *chosen]
    return Form(["let", [[char, special_char(g)]], body], ([char], [body]))


# ---- symbols ----------------------------------------------------------------------------------------
@production(Sym, weight=4)
def odd_symbol(g: Builder, type_: Sym, size: int) -> Tree | None:
    return ["quote", g.pick(_COMMON_ODD_SYMBOLS if g.portable else _ODD_SYMBOLS)]


@production(Bool, weight=1, needs=(Feature.SYMBOLS,))
def same_symbols(g: Builder, type_: Bool, size: int) -> Tree | None:
    return ["symbol=?", *(g.expr(SYM, piece) for piece in g.split(size - 1, g.between(1, 3)))]


@production(Any, weight=1, needs=(Feature.SYMBOLS, Feature.STRINGS))
def name_of_symbol(g: Builder, type_: Any, size: int) -> Tree | None:
    """What a symbol looks like, and whether its name gives it back."""
    symbol = Var(SYM)
    body = tree("(list $s (symbol->string $s) (eq? $s (string->symbol (symbol->string $s))))", s=symbol)
    return Form(["let", [[symbol, g.expr(SYM, size // 2)]], body], ([symbol], [body]))


@production(Bool, weight=1, needs=(Feature.CLOSURES,))
def text_call_by_value(g: Builder, type_: Bool, size: int) -> Tree | None:
    """A predicate of characters or of anything, called as a value."""
    if not g.affords(VALUE_COST):
        return None
    g.charge(VALUE_COST)
    kind = CHAR if g.has(Feature.CHARS) else ANY
    left, right = g.split(size - 1, 2)
    return [g.expr(Proc((kind,), type_, VALUE_COST), left), g.expr(kind, right)]


@production(List, weight=2, needs=(Feature.STRINGS, Feature.CHARS))
def part_of_string_as_list(g: Builder, type_: List, size: int) -> Tree | None:
    if not isinstance(type_.item, Char) or type_.most > 40:
        return None
    start = g.between(0, 2)
    whole = g.expr(Str(type_.least + start, min(type_.most, type_.least + 8) + start), size - 2)
    return ["string->list", whole, str(start)]


@production(Char, weight=2, needs=(Feature.STRINGS,))
def char_at(g: Builder, type_: Char, size: int) -> Tree | None:
    left, right = g.split(size - 1, 2)
    length = g.between(1, 3)
    return ["string-ref", g.expr(Str(length, 12), left), g.expr(Int(0, length - 1), right)]
