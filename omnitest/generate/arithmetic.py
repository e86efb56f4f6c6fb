"""Operations on numbers with two results, the older names, radixes, classes of numbers, extreme floats."""

from __future__ import annotations

from math import isqrt
from typing import Final

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import EDGES, FLOATS, string_literal
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import ANY, FLOAT, HUGE, NUMBER, SMALL, Any, Bool, Float, Int, Number, Type

_EXTREMES: Final = (
    "2.2250738585072014e-308", "1.7976931348623157e308", "-1.7976931348623157e308", "4.9e-324", "9007199254740991.0",
    "9007199254740992.0", "9223372036854775808.0", "-9223372036854775808.0", "9223372036854774784.0", "1e22", "1e23",
    "123456789012345680.0", "5e-324", "0.30000000000000004", "-0.0", "+nan.0", "1e-7", "1e-6", "1e20", "1e21", "0.5",
    "1.5",
    "2.5", "-0.5", "4503599627370497.5", "0.49999999999999994",
)  # fmt: skip
_NUMERALS: Final = (
    "1/2", "#xff", "#b-101", "#e1.5", "#e1e3", "#i5", "#x#i10", "1e400", "-1e-400", "+inf.0", "-nan.0", "+5", "1.",
    ".5",
    ".", "+", "--1", "1e", "1e+", "#e#x10", "#x#e10", "#d10", "#o8", "0x10", " 1", "1 ", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "#e9223372036854775808", "#i9223372036854775808", "1_000", "١",
    "1e1.5",
    "#e-0.0", "00012", "-0", "inf", "+inf.", "1E5", "#XFF", "#Ie5", "",
)  # fmt: skip
_CLASSES: Final = (
    "complex?", "real?", "rational?", "exact-rational?", "exact-integer?", "number?", "integer?", "float?",
)  # fmt: skip
_TESTS: Final = ("exact?", "inexact?", "finite?", "infinite?", "nan?")


@production(Int, weight=4, needs=(Feature.BITWISE, Feature.SEVERAL_VALUES))
def one_of_two_results(g: Builder, type_: Int, size: int) -> Tree | None:
    """floor/, truncate/ and exact-integer-sqrt by call-with-values."""
    if not type_.low <= 0 <= type_.high or size < 8:
        return None
    bound = min(-type_.low, type_.high)
    left, right = g.split(size - 6, 2)
    first, second = Var(SMALL), Var(SMALL)
    if g.randrange(3) == 2:
        root = min(isqrt(type_.high), 3037000499)
        made: Tree = ["exact-integer-sqrt", g.expr(Int(0, min(type_.high, root * root)), left)]
    elif bound >= 1:
        made = [g.pick(("floor/", "truncate/")), g.expr(Int(-bound // 2, bound // 2), left)]
        made.append(g.expr(Int(2, 1000), right) if bound >= 1000 else str(g.between(2, bound + 1)))
    else:
        return None
    chosen = g.pick((first, second))
    result: Tree = ["abs", chosen] if type_.low == 0 else chosen
    g.charge(60)
    if g.randrange(2):
        return Form(["let-values", [[[first, second], made]], result], ([first, second], [result]))
    consumer = Form(["lambda", [first, second], result], ([first, second], [result]))
    return ["call-with-values", ["lambda", [], made], consumer]


@production(Int, weight=2, needs=(Feature.BITWISE,))
def division_by_name(g: Builder, type_: Int, size: int) -> Tree | None:
    """The divisions with long names; magnitude; the older names of conversions."""
    if not type_.low <= 0 <= type_.high:
        return None
    bound = min(-type_.low, type_.high)
    left, right = g.split(size - 1, 2)
    if g.randrange(5) == 4:
        return ["magnitude", g.expr(Int(-type_.high, type_.high), size - 1)]
    if bound < 2000:
        return None
    name = g.pick(("floor-quotient", "floor-remainder", "truncate-quotient", "truncate-remainder", "modulo"))
    divisor = g.expr(Int(1, 1000), right) if g.randrange(2) else str(-g.between(2, 9))
    return [name, g.expr(Int(-bound + 1, bound), left), divisor]


@production(Float, weight=5)
def extreme_float(g: Builder, type_: Float, size: int) -> Tree | None:
    return g.pick(_EXTREMES)


@production(Float, weight=5)
def more_float_functions(g: Builder, type_: Float, size: int) -> Tree | None:
    choice = g.randrange(4)
    left, right = g.split(size - 1, 2)
    if choice == 0:
        return [g.pick(("asin", "acos", "exact->inexact")), g.expr(NUMBER, size - 1)]
    if choice == 1:
        return [g.pick(("atan", "log")), g.expr(FLOAT, left), g.expr(NUMBER, right)]
    if choice == 2:
        return [g.pick(("numerator", "denominator")), g.expr(FLOAT, size - 1)]
    return ["inexact", g.expr(HUGE if g.has(Feature.BIG_INTEGERS) else SMALL, size - 1)]


@production(Bool, weight=4)
def class_of_number(g: Builder, type_: Bool, size: int) -> Tree | None:
    if g.randrange(2):
        return [g.pick(_CLASSES), g.expr(ANY, size - 1)]
    return [g.pick(_TESTS), g.expr(NUMBER, size - 1)]


@production(Bool, weight=1)
def same_booleans(g: Builder, type_: Bool, size: int) -> Tree | None:
    return ["boolean=?", *(g.expr(type_, piece) for piece in g.split(size - 1, g.between(1, 3)))]


@production(Bool, weight=2, needs=(Feature.FLOATS,))
def comparison_across_types(g: Builder, type_: Bool, size: int) -> Tree | None:
    """An integer and a float that are close to each other."""
    integer, floating = str(g.pick(EDGES)), g.pick(FLOATS + _EXTREMES)
    operands: list[Tree] = [integer, floating] if g.randrange(2) else [floating, integer]
    return [g.pick(("=", "<", ">", "<=", ">=", "eqv?", "equal?")), *operands]


@production(Number, weight=3, needs=(Feature.STRINGS,))
def read_with_radix(g: Builder, type_: Number, size: int) -> Tree | None:
    """What text of any form, in any radix, stands for; 0 if it is no number or a big one."""
    number = Var(ANY)
    radix = [str(g.pick((2, 8, 10, 16, 36, 3)))] if g.randrange(2) else []
    bounded: Tree = ["if", ["and", number, ["<", "-1000000", number, "1000000"]], number, "0"]
    search: Tree = ["string->number", string_literal(g.pick(_NUMERALS)), *radix]
    return Form(["let", [[number, search]], bounded], ([number], [bounded]))


@production(Any, weight=3)
def number_as_text(g: Builder, type_: Any, size: int) -> Tree | None:
    choice = g.randrange(4)
    kind: Type = HUGE if g.has(Feature.BIG_INTEGERS) else SMALL
    if choice == 0:
        return ["number->string", g.expr(kind, size - 2), str(g.between(2, 36))]
    if choice == 1:
        return ["string->number", string_literal(g.pick(_NUMERALS)), *(["16"] * g.randrange(2))]
    if choice == 2:
        return ["inexact->exact", ["floor", ["/", g.expr(SMALL, size - 4), "8.0"]]]
    return [g.pick(("numerator", "denominator")), g.expr(kind, size - 1)]
