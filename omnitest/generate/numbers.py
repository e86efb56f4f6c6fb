"""Productions of integers, floats and numbers.

Integer productions divide the interval they are asked for among their operands, so that no result
leaves it: ``(+ a b)`` in [-2m, 2m] has operands in [-m, m].
"""

from __future__ import annotations

from math import isqrt
from typing import Final

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.tree import Tree, Var
from omnitest.generate.types import (
    CHAR,
    FLOAT,
    HUGE,
    NUMBER,
    SMALL,
    WIDE,
    Float,
    Int,
    List,
    Number,
    Str,
    Vec,
)
from reference_interp.values import INT_MAX

_NUMERALS: Final = (
    "12", "-7", "+3", "1.5", "-.5e3", "1e", "abc", "#xff", "#b101", "", "1e400", "--1", "+inf.0", "0009",
)  # fmt: skip

_ROUNDINGS: Final = ("floor", "ceiling", "round", "truncate")


def _around_zero(type_: Int) -> bool:
    return type_.low <= 0 <= type_.high


@production(Int, weight=9)
def add(g: Builder, type_: Int, size: int) -> Tree | None:
    if not _around_zero(type_):
        return None
    count = g.pick((2, 2, 2, 3, 1, 4, 0)) if size > 2 else 2
    if count == 0:
        return ["+"]
    part = Int(-(-type_.low // count), type_.high // count)
    return ["+", *(g.expr(part, piece) for piece in g.split(size - 1, count))]


@production(Int, weight=5)
def subtract(g: Builder, type_: Int, size: int) -> Tree | None:
    if not _around_zero(type_):
        return None
    if g.randrange(6) == 5:
        bound = min(-type_.low, type_.high)
        return ["-", g.expr(Int(-bound, bound), size - 1)]
    left, right = g.split(size - 1, 2)
    half = Int(-(-type_.low // 2), type_.high // 2)
    return ["-", g.expr(half, left), g.expr(Int(-half.high, -half.low), right)]


@production(Int, weight=4)
def multiply(g: Builder, type_: Int, size: int) -> Tree | None:
    if g.randrange(12) == 11 and type_.low <= 1 <= type_.high:
        return ["*"]
    if not _around_zero(type_):
        return None
    root = isqrt(min(-type_.low, type_.high) if type_.low < 0 else type_.high)
    if root < 2:
        return None
    part = Int(-root if type_.low < 0 else 0, root)
    left, right = g.split(size - 1, 2)
    return ["*", g.expr(part, left), g.expr(part, right)]


def _modulus_operand(g: Builder, size: int) -> Tree:
    return g.expr(HUGE if g.has(Feature.BIG_INTEGERS) and g.chance(30) else WIDE, size)


@production(Int, weight=4)
def modulo(g: Builder, type_: Int, size: int) -> Tree | None:
    """(modulo x k) with a constant k, negative now and then, shifted when the interval does not hold 0."""
    if type_.high < 1:
        return None
    if type_.low > 0:
        width = type_.high - type_.low + 1
        return ["+", str(type_.low), ["modulo", _modulus_operand(g, size - 2), str(g.between(1, min(width, 100)))]]
    divisor = g.between(1, min(type_.high + 1, g.pick((10, 100, 2**31))))
    if type_.low < 0 and g.randrange(4) == 3:  # the result has the sign of the divisor
        divisor = -min(divisor + 1, 1 - type_.low)
    return ["modulo", _modulus_operand(g, size - 1), str(divisor)]


@production(Int, weight=4)
def divide(g: Builder, type_: Int, size: int) -> Tree | None:
    """Integer division; the divisor is positive, or a literal below -1 (-1 can overflow)."""
    if not _around_zero(type_):
        return None
    name = g.pick(("quotient", "quotient", "remainder", "%"))
    left, right = g.split(size - 1, 2)
    bound = min(-type_.low, type_.high)
    dividend = g.expr(Int(-bound, bound), left)
    divisor = g.expr(Int(1, 1000), right) if g.randrange(4) else str(-g.between(2, 9))
    return [name, dividend, divisor]


@production(Float, weight=2)
def divide_floats(g: Builder, type_: Float, size: int) -> Tree | None:
    """Integer division of floats without a fraction, or of one and an integer; the divisor is not zero."""
    if g.portable:
        return None
    name = g.pick(("quotient", "remainder", "modulo", "floor-quotient", "floor-remainder", "gcd", "lcm"))
    dividend = g.expr(WIDE, size - 3)
    if g.randrange(4) == 3:
        return [name, dividend, g.pick(("2.0", "-3.0", "1e10", "-9007199254740993.0"))]
    return [name, ["inexact", dividend], g.pick(("2", "-3", "7.0", "-2.0", "1e21"))]


@production(Int, weight=3)
def clamp(g: Builder, type_: Int, size: int) -> Tree | None:
    """max with something that is not too small, or min with something that is not too big."""
    left, right = g.split(size - 1, 2)
    inside = g.expr(type_, left)
    bound = min(max(abs(type_.low), abs(type_.high)), INT_MAX)
    if g.randrange(2):
        other = g.expr(Int(-bound, type_.high), right)
        return ["max", inside, other] if g.randrange(2) else ["max", other, inside]
    other = g.expr(Int(type_.low, bound), right)
    return ["min", inside, other, inside] if type(inside) is Var and g.randrange(4) == 3 else ["min", other, inside]


@production(Int, weight=3)
def one_operand(g: Builder, type_: Int, size: int) -> Tree | None:
    if not _around_zero(type_):
        return None
    bound = min(-type_.low, type_.high) if type_.low < 0 else type_.high
    choice = g.randrange(6)
    if choice == 0:
        low = 0 if type_.low == 0 else -bound
        return ["abs", g.expr(Int(-type_.high, type_.high) if type_.low == 0 else Int(low, bound), size - 1)]
    if choice == 1:
        return ["square", g.expr(Int(-isqrt(type_.high), isqrt(type_.high)), size - 1)]
    if choice == 2:
        name = g.pick(("floor", "ceiling", "round", "truncate"))
        return [name, g.expr(type_, size - 1)]
    if choice == 3 and g.has(Feature.FLOATS):
        part = Int(max(type_.low, -(2**53)), min(type_.high, 2**53))
        return ["exact", ["inexact", g.expr(part, size - 2)]]
    if choice == 4 and g.has(Feature.FLOATS):
        name = g.pick(("floor", "round", "truncate"))
        part = Int(max(type_.low, -(2**31)), min(type_.high, 2**31))
        return ["exact", [name, ["/", g.expr(part, size - 3), g.pick(("2", "4", "3.0", "7"))]]]
    root = min(isqrt(type_.high), 2**31)
    return ["sqrt", ["square", g.expr(Int(-root, root), size - 2)]]


@production(Int, weight=3)
def measured(g: Builder, type_: Int, size: int) -> Tree | None:
    """The length of something."""
    if type_.low > 0 or type_.high < 1:
        return None
    most = min(type_.high, 12)
    choice = g.randrange(5)
    if choice == 0 and g.has(Feature.STRINGS):
        return ["string-length", g.expr(Str(0, min(type_.high, 60)), size - 1)]
    if choice == 1 and g.has(Feature.VECTORS):
        return ["vector-length", g.expr(Vec(g.data_type(1), g.between(1, min(most, 6))), size - 1)]
    if choice == 2 and g.has(Feature.CHARS):
        return ["or", ["digit-value", g.expr(CHAR, size - 3)], "0"] if type_.high >= 9 else None
    if choice == 3 and type_.high >= 0x10FFFF and g.has(Feature.CHARS):
        return ["char->integer", g.expr(CHAR, size - 1)]
    return ["length", g.expr(List(g.data_type(1), 0, most), size - 1)]


@production(Int, weight=4, needs=(Feature.BITWISE,))
def bitwise(g: Builder, type_: Int, size: int) -> Tree | None:
    if not _around_zero(type_) or type_.high < 1:
        return None
    bits = (type_.high + 1).bit_length() - 1
    mask = Int(0, 2**bits - 1)
    left, right = g.split(size - 1, 2)
    choice = g.randrange(6)
    if choice == 0:
        return ["bitwise-and", g.expr(HUGE if g.randrange(3) == 2 else WIDE, left), g.expr(mask, right)]
    if choice == 1:
        return [g.pick(("bitwise-ior", "bitwise-xor")), g.expr(mask, left), g.expr(mask, right)]
    if choice == 2:
        return ["bitwise-not", g.expr(Int(-type_.high - 1, -type_.low - 1), size - 1)]
    if choice == 3:
        return ["arithmetic-shift", g.expr(type_, left), g.expr(Int(-70, 0), right)]
    shift = g.between(1, 20)
    if choice == 4 and shift < bits:
        part = Int(-(-type_.low >> shift), type_.high >> shift)
        return ["arithmetic-shift", g.expr(part, size - 2), str(shift)]
    bound = min(isqrt(type_.high), 2**20)
    name = g.pick(("gcd", "lcm"))
    if g.randrange(8) == 7 and type_.low <= 0 and type_.high >= 1:
        return [name]
    return [name, g.expr(Int(-bound, bound), left), g.expr(Int(-bound, bound), right)]


@production(Int, weight=2)
def power(g: Builder, type_: Int, size: int) -> Tree | None:
    if not _around_zero(type_) or type_.high < 8:
        return None
    exponent = g.between(0, 3)
    base = int(type_.high ** (1 / 3)) - 1 if exponent == 3 else isqrt(type_.high) if exponent == 2 else type_.high
    low = 0 if type_.low == 0 else -min(base, -type_.low)
    if base < 1 or 0 < -type_.low < type_.high:
        return None
    return ["expt", g.expr(Int(low, base), size - 2), str(exponent)]


@production(Int, weight=1, needs=(Feature.STRINGS,))
def through_text(g: Builder, type_: Int, size: int) -> Tree | None:
    radix = g.pick(("", "", "2", "8", "16", "36"))
    inner: Tree = ["number->string", g.expr(type_, size - 2), *([radix] if radix else [])]
    return ["string->number", inner, *([radix] if radix else [])]


@production(Int, weight=2, needs=(Feature.BIG_INTEGERS,))
def near_the_limits(g: Builder, type_: Int, size: int) -> Tree | None:
    """Exact arithmetic that comes close to 64 bits and back."""
    if not _around_zero(type_) or type_.high < 2**20:
        return None
    small = Int(0, 2**20 - 1)
    choice = g.randrange(3)
    if choice == 0:
        return ["-", "9223372036854775807", ["-", "9223372036854775807", g.expr(small, size - 4)]]
    if choice == 1:
        return ["+", ["+", "-9223372036854775808", g.expr(small, size - 4)], "9223372036854775807", "1"]
    if type_.high >= 2**62:
        product: Tree = ["*", "4611686018427387904", g.expr(Int(0, 1), size - 4)]
        return ["quotient", product, g.pick(("4611686018427387904", "2"))]
    return ["modulo", ["*", g.expr(Int(-(2**31), 2**31), size - 4), "2147483648"], "1000003"]


# ---- floats and numbers -----------------------------------------------------------------------------
@production(Float, weight=10)
def float_arithmetic(g: Builder, type_: Float, size: int) -> Tree | None:
    """A float operand makes the result a float; the other operands may be integers."""
    name = g.pick(("+", "-", "*", "/", "max", "min"))
    count = g.pick((2, 2, 2, 3))
    sizes = g.split(size - 1, count)
    operands = [g.expr(NUMBER, piece) for piece in sizes]
    operands[g.randrange(count)] = g.expr(FLOAT, sizes[0])
    if name == "/":  # an exact zero is the only divisor that raises
        operands = [operands[0], *(g.expr(FLOAT, piece) for piece in sizes[1:])]
    return [name, *operands]


@production(Float, weight=9)
def float_function(g: Builder, type_: Float, size: int) -> Tree | None:
    name = g.pick(("inexact", "exp", "log", "sin", "cos", "tan", "atan"))
    return [name, g.expr(NUMBER, size - 1)]


@production(Float, weight=5)
def float_to_float(g: Builder, type_: Float, size: int) -> Tree | None:
    name = g.pick(("floor", "ceiling", "round", "truncate", "abs", "square", "-", "sqrt"))
    if name in _ROUNDINGS and size > 3 and g.randrange(2):  # between two integers, where roundings differ
        return [name, ["+", g.expr(SMALL, size - 3), g.pick(("0.5", "0.5", "-0.5", "0.25"))]]
    return [name, g.expr(FLOAT, size - 1)]


@production(Float, weight=1)
def float_power(g: Builder, type_: Float, size: int) -> Tree | None:
    left, right = g.split(size - 1, 2)
    if g.randrange(2):
        return ["expt", g.expr(Int(2, 9), left), g.expr(Int(-9, -1), right)]
    return ["expt", g.expr(FLOAT, left), g.expr(NUMBER, right)]


@production(Float, weight=1, needs=(Feature.STRINGS,))
def float_through_text(g: Builder, type_: Float, size: int) -> Tree | None:
    return ["string->number", ["number->string", g.expr(FLOAT, size - 2)]]


@production(Number, weight=8)
def some_number(g: Builder, type_: Number, size: int) -> Tree | None:
    return g.expr(FLOAT if g.has(Feature.FLOATS) and g.randrange(2) else SMALL, size)


@production(Number, weight=4)
def number_operation(g: Builder, type_: Number, size: int) -> Tree | None:
    choice = g.randrange(4)
    if choice == 0:
        left, right = g.split(size - 1, 2)
        return ["/", g.expr(SMALL, left), g.expr(Int(1, 12), right)]
    if choice == 1:
        return ["sqrt", g.expr(SMALL, size - 1)]
    if choice == 2:
        left, right = g.split(size - 1, 2)
        return [g.pick(("max", "min")), g.expr(NUMBER, left), g.expr(NUMBER, right)]
    return [g.pick(("floor", "ceiling", "round", "truncate", "abs")), g.expr(NUMBER, size - 1)]


@production(Number, weight=1, needs=(Feature.FLOATS,))
def read_number(g: Builder, type_: Number, size: int) -> Tree | None:
    """Text that may or may not be a number; 0 when it is not."""
    return ["or", ["string->number", f'"{g.pick(_NUMERALS)}"'], "0"]
