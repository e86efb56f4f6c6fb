"""The numeric primitives. Arguments have been checked against the primitive table."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Final

from reference_interp.errors import failure, type_failure
from reference_interp.primitives import Type
from reference_interp.values import INT_MAX, INT_MIN, Value

Number = int | float


def _in_range(who: str, n: int) -> int:
    if INT_MIN <= n <= INT_MAX:
        return n
    raise failure("overflow", who=who)


# ---- the four operations --------------------------------------------------------------------------------
# Mixed operands convert the integer to the nearest double, which is what Python does, too.


def add(a: Number = 0, b: Number | None = None) -> Number:
    if b is None:
        return a  # not a + 0: that would make 0.0 of -0.0
    result = a + b
    if type(result) is int and not INT_MIN <= result <= INT_MAX:
        raise failure("overflow", who="+")
    return result


def multiply(a: Number = 1, b: Number = 1) -> Number:
    result = a * b
    if type(result) is int:
        if not INT_MIN <= result <= INT_MAX:
            raise failure("overflow", who="*")
        return result
    return result


def subtract(a: Number, b: Number | None = None) -> Number:
    result = -a if b is None else a - b
    if type(result) is int and not INT_MIN <= result <= INT_MAX:
        raise failure("overflow", who="-")
    return result


def divide(a: Number, b: Number | None = None) -> Number:
    if b is None:
        a, b = 1, a
    if type(a) is int and type(b) is int:
        if b == 0:
            raise failure("division", who="/")
        if a % b == 0:
            return _in_range("/", a // b)
    return _float_quotient(float(a), float(b))


def _float_quotient(a: float, b: float) -> float:
    if b != 0.0:
        return a / b
    if a == 0.0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


# ---- integer division -----------------------------------------------------------------------------------
# Of integral numbers. If one of the operands is a float, both are taken as floats, and so is the result.


def is_integral(a: Value) -> bool:
    """Whether a value is an integer or a float without a fraction."""
    return type(a) is int or (type(a) is float and a.is_integer())


def _division(
    who: str, integers: Callable[[int, int], int], floats: Callable[[float, float], float]
) -> Callable[[Number, Number], Number]:
    """A division whose second operand must not be zero."""

    def divided(a: Number, b: Number) -> Number:
        if b == 0:
            raise failure("division", who=who)
        if type(a) is int and type(b) is int:
            return _in_range(who, integers(a, b))
        return floats(float(a), float(b))

    return divided


def _truncated_quotient(a: int, b: int) -> int:
    magnitude = abs(a) // abs(b)
    return magnitude if (a < 0) is (b < 0) else -magnitude


def _truncated_remainder(a: int, b: int) -> int:
    magnitude = abs(a) % abs(b)
    return -magnitude if a < 0 else magnitude


def _quotient_without(rest: Callable[[float, float], float]) -> Callable[[float, float], float]:
    """The quotient that leaves ``rest``: the difference is a multiple of the divisor, up to rounding."""

    def quotient(a: float, b: float) -> float:
        exact = (a - rest(a, b)) / b
        return math.copysign(float(round(exact)), exact)

    return quotient


def _quotient(who: str) -> Callable[[Number, Number], Number]:
    """The quotient rounded towards zero."""
    return _division(who, _truncated_quotient, _quotient_without(math.fmod))


def _remainder(who: str) -> Callable[[Number, Number], Number]:
    """The remainder with the sign of the dividend."""
    return _division(who, _truncated_remainder, math.fmod)


def _modulo(who: str) -> Callable[[Number, Number], Number]:
    """The remainder with the sign of the divisor, which is what Python computes."""
    return _division(who, operator.mod, operator.mod)


def _floor_quotient(who: str) -> Callable[[Number, Number], Number]:
    """The quotient rounded down."""
    return _division(who, operator.floordiv, _quotient_without(operator.mod))


def gcd(a: Number = 0, b: Number = 0) -> Number:
    if type(a) is int and type(b) is int:
        return _in_range("gcd", math.gcd(a, b))
    return float(math.gcd(int(float(a)), int(float(b))))


def lcm(a: Number = 1, b: Number = 1) -> Number:
    if type(a) is int and type(b) is int:
        return _in_range("lcm", math.lcm(a, b))
    if a == 0 or b == 0:
        return 0.0
    return abs(float(a)) / gcd(float(a), float(b)) * abs(float(b))


# ---- comparison and selection ---------------------------------------------------------------------------


def comparison(compare: Callable[[Value, Value], bool]) -> Callable[..., bool]:
    """An n-ary comparison: ``compare`` holds between all neighbours. Python compares int and float exactly."""

    def compare_all(first: Value, *others: Value) -> bool:
        for other in others:
            if not compare(first, other):
                return False
            first = other
        return True

    return compare_all


def _select(prefer_second: Callable[[Number, Number], bool]) -> Callable[..., Number]:
    def select(a: Number, b: Number | None = None) -> Number:
        if b is None:
            return a
        if a != a or b != b:
            return math.nan
        chosen = b if prefer_second(a, b) else a
        return float(chosen) if type(a) is float or type(b) is float else chosen

    return select


def _absolute(who: str) -> Callable[[Number], Number]:
    return lambda a: _in_range(who, abs(a)) if type(a) is int else abs(a)


def square(a: Number) -> Number:
    return _in_range("square", a * a) if type(a) is int else a * a


# ---- powers and transcendental functions ----------------------------------------------------------------
# Python's math module is C's libm, except that it raises where C returns an infinity or a NaN.


def expt(a: Number, b: Number) -> Number:
    if type(a) is int and type(b) is int:
        if b >= 0:
            # Beyond these every power of another base than -1, 0 and 1 is out of range.
            return _in_range("expt", a**b if b <= 63 else a ** (64 + b % 2))
        if a == 0:
            raise failure("division", who="expt")
    return _pow(float(a), float(b))


def _pow(a: float, b: float) -> float:
    odd = math.isfinite(b) and b == math.floor(b) and math.fmod(b, 2.0) != 0.0
    try:
        return math.pow(a, b)
    except ValueError:
        if a == 0.0:  # zero to a negative power
            return math.copysign(math.inf, a) if odd else math.inf
        return math.nan
    except OverflowError:
        return -math.inf if a < 0.0 and odd else math.inf


def square_root(a: Number) -> Number:
    if type(a) is int and a >= 0:
        root = math.isqrt(a)
        if root * root == a:
            return root
    return math.nan if a < 0 else math.sqrt(a)


def exponential(a: Number) -> float:
    try:
        return math.exp(a)
    except OverflowError:
        return math.inf


def logarithm(a: Number, base: Number | None = None) -> float:
    if base is not None:
        return _float_quotient(logarithm(a), logarithm(base))
    x = float(a)
    if x > 0.0:
        return math.log(x)
    return -math.inf if x == 0.0 else math.nan


def arctangent(a: Number, b: Number | None = None) -> float:
    return math.atan(a) if b is None else math.atan2(a, b)


def _in_unit_interval(function: Callable[[float], float]) -> Callable[[Number], float]:
    return lambda a: function(a) if -1 <= a <= 1 else math.nan


def _periodic(function: Callable[[float], float]) -> Callable[[Number], float]:
    def apply(a: Number) -> float:
        return math.nan if math.isinf(a) else function(a)

    return apply


def _rounding(function: Callable[[float], int]) -> Callable[[Number], Number]:
    def apply(a: Number) -> Number:
        if type(a) is int or not math.isfinite(a):
            return a
        return math.copysign(float(function(a)), a)  # -0.5 rounds to -0.0

    return apply


# ---- conversion and bits --------------------------------------------------------------------------------


def numerator(a: Number) -> Number:
    if isinstance(a, int) or not math.isfinite(a) or a.is_integer():
        return a
    return float(a.as_integer_ratio()[0])


def denominator(a: Number) -> Number:
    if type(a) is int:
        return 1
    if not math.isfinite(a):
        return math.nan if a != a else 1.0
    try:
        return float(a.as_integer_ratio()[1])
    except OverflowError:  # the denominator of the least floats is not a float
        return math.inf


def _exact(who: str) -> Callable[[Number], int]:
    def exact(a: Number) -> int:
        if type(a) is float:
            if not a.is_integer():
                raise type_failure(who, Type.INTEGER, a)
            return _in_range(who, int(a))
        return int(a)

    return exact


def arithmetic_shift(n: int, k: int) -> int:
    if k <= 0:
        return n >> min(-k, 64)
    # 64 places are enough to leave the range for every number but zero.
    return _in_range("arithmetic-shift", n << min(k, 64))


def is_integer(a: Value) -> bool:
    """Whether a value is an integer, not a float."""
    return type(a) is int


def is_number(a: Value) -> bool:
    return type(a) is int or type(a) is float


IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "quotient": _quotient("quotient"),
    "remainder": _remainder("remainder"),
    "modulo": _modulo("modulo"),
    "%": _remainder("%"),
    "floor-quotient": _floor_quotient("floor-quotient"),
    "floor-remainder": _modulo("floor-remainder"),
    "truncate-quotient": _quotient("truncate-quotient"),
    "truncate-remainder": _remainder("truncate-remainder"),
    "=": comparison(operator.eq),
    "<": comparison(operator.lt),
    ">": comparison(operator.gt),
    "<=": comparison(operator.le),
    ">=": comparison(operator.ge),
    "zero?": lambda a: a == 0,
    "positive?": lambda a: a > 0,
    "negative?": lambda a: a < 0,
    "odd?": lambda a: a % 2 == 1,
    "even?": lambda a: a % 2 == 0,
    "max": _select(operator.lt),
    "min": _select(operator.gt),
    "abs": _absolute("abs"),
    "magnitude": _absolute("magnitude"),
    "square": square,
    "gcd": gcd,
    "lcm": lcm,
    "expt": expt,
    "sqrt": square_root,
    "%integer-sqrt": math.isqrt,
    "exp": exponential,
    "log": logarithm,
    "sin": _periodic(math.sin),
    "cos": _periodic(math.cos),
    "tan": _periodic(math.tan),
    "asin": _in_unit_interval(math.asin),
    "acos": _in_unit_interval(math.acos),
    "atan": arctangent,
    "floor": _rounding(math.floor),
    "ceiling": _rounding(math.ceil),
    "round": _rounding(round),
    "truncate": _rounding(math.trunc),
    "numerator": numerator,
    "denominator": denominator,
    "exact": _exact("exact"),
    "inexact->exact": _exact("inexact->exact"),
    "inexact": float,
    "exact->inexact": float,
    "bitwise-and": operator.and_,
    "bitwise-ior": operator.or_,
    "bitwise-xor": operator.xor,
    "bitwise-not": operator.invert,
    "arithmetic-shift": arithmetic_shift,
    "number?": is_number,
    "complex?": is_number,
    "real?": is_number,
    "rational?": lambda a: is_number(a) and math.isfinite(a),
    "integer?": is_integral,
    "exact-rational?": is_integer,
    "exact-integer?": is_integer,
    "exact?": is_integer,
    "inexact?": lambda a: type(a) is float,
    "finite?": math.isfinite,
    "infinite?": math.isinf,
    "float?": lambda a: type(a) is float,
    "nan?": lambda a: a != a,
}
