"""Productions of truth values: predicates and comparisons."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import PER_ITEM, VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.tree import Tree
from omnitest.generate.types import (
    ANY,
    BOOL,
    CHAR,
    FLOAT,
    HUGE,
    NUMBER,
    SMALL,
    SYM,
    WIDE,
    Bool,
    Char,
    Float,
    Int,
    List,
    Number,
    Proc,
    Str,
    Sym,
    Type,
)

_NUMBER_TESTS: Final = ("zero?", "positive?", "negative?")
_CHAR_TESTS: Final = ("char-alphabetic?", "char-numeric?", "char-whitespace?", "char-upper-case?", "char-lower-case?")
_TYPE_TESTS: Final = (
    "number?", "integer?", "float?", "boolean?", "nothing?", "char?", "string?", "symbol?", "pair?", "null?",
    "vector?", "procedure?", "condition?", "eof-object?", "list?", "not", "error-object?",
)  # fmt: skip
_RELATIONS: Final = ("=", "<", ">", "<=", ">=")


def _operands(g: Builder, type_: Type, size: int) -> list[Tree]:
    """Two operands, sometimes one or three."""
    return [g.expr(type_, piece) for piece in g.split(size, g.pick((2, 2, 2, 2, 3, 1)))]


@production(Bool, weight=10)
def number_comparison(g: Builder, type_: Bool, size: int) -> Tree | None:
    kinds: tuple[Type, ...] = (WIDE, WIDE, NUMBER, HUGE if g.has(Feature.BIG_INTEGERS) else SMALL)
    kind = g.pick(kinds)
    return [g.pick(_RELATIONS), *_operands(g, kind, size - 1)]


@production(Bool, weight=8)
def number_test(g: Builder, type_: Bool, size: int) -> Tree | None:
    if g.randrange(2):
        return [g.pick(("odd?", "even?")), g.expr(WIDE, size - 1)]
    return [g.pick(_NUMBER_TESTS), g.expr(NUMBER, size - 1)]


@production(Bool, weight=1, needs=(Feature.FLOATS,))
def nan_test(g: Builder, type_: Bool, size: int) -> Tree | None:
    return ["nan?", g.expr(FLOAT, size - 1)]


@production(Bool, weight=14)
def type_test(g: Builder, type_: Bool, size: int) -> Tree | None:
    if g.has(Feature.CLOSURES) and g.randrange(10) == 9:
        return ["procedure?", g.expr(g.proc_type(), size - 1)]
    return [g.pick(_TYPE_TESTS), g.expr(ANY, size - 1)]


@production(Bool, weight=6)
def same(g: Builder, type_: Bool, size: int) -> Tree | None:
    left, right = g.split(size - 1, 2)
    kind = g.data_type() if g.randrange(3) else ANY
    names = ("equal?", "equal?", "eqv?", "eq?")
    if g.portable and not isinstance(kind, (Int, Float, Number, Bool, Char, Sym)):
        names = ("equal?", "equal?", "equal?", "equal?")  # the identity of literals and of empty data is open
    return [g.pick(names), g.expr(kind, left), g.expr(kind, right)]


@production(Bool, weight=9, needs=(Feature.CHARS,))
def char_test(g: Builder, type_: Bool, size: int) -> Tree | None:
    if g.randrange(2):
        return [f"char{g.pick(_RELATIONS)}?", *_operands(g, CHAR, size - 1)]
    return [g.pick(_CHAR_TESTS), g.expr(CHAR, size - 1)]


@production(Bool, weight=7, needs=(Feature.STRINGS,))
def string_comparison(g: Builder, type_: Bool, size: int) -> Tree | None:
    return [f"string{g.pick(_RELATIONS)}?", *_operands(g, Str(0, 20), size - 1)]


@production(Bool, weight=1, needs=(Feature.SYMBOLS,))
def symbol_comparison(g: Builder, type_: Bool, size: int) -> Tree | None:
    left, right = g.split(size - 1, 2)
    return ["eq?", g.expr(SYM, left), g.expr(SYM, right)]


@production(Bool, weight=5)
def connective(g: Builder, type_: Bool, size: int) -> Tree | None:
    name = g.pick(("and", "or"))
    count = g.pick((2, 2, 3, 1, 0))
    return [name, *(g.expr(BOOL, piece) for piece in g.split(size - 1, count))] if count else [name]


@production(Bool, weight=2, needs=(Feature.HIGHER_ORDER,))
def quantifier(g: Builder, type_: Bool, size: int) -> Tree | None:
    item = g.scalar_type()
    most = g.iterations(VALUE_COST + PER_ITEM, 8)
    if most < 2:
        return None
    g.charge(most * (VALUE_COST + PER_ITEM))
    left, right = g.split(size - 1, 2)
    test = g.expr(Proc((item,), BOOL, VALUE_COST), left)
    return [g.pick(("any", "every")), test, g.expr(List(item, 0, most), right)]


@production(Bool, weight=2)
def end_of_input(g: Builder, type_: Bool, size: int) -> Tree | None:
    """The standard input of generated programs is empty."""
    return ["eof-object?", [g.pick(("eof-object", "read-line"))]]
