"""Numbers as text, and arithmetic at the edges of the 64-bit range."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_interp.builtins_numbers import IMPLEMENTATIONS
from reference_interp.errors import Raised
from reference_interp.numbers import IntegerOutOfRange, format_float, format_integer, parse_number
from reference_interp.values import INT_MAX, INT_MIN, Condition

INTEGERS = st.one_of(st.integers(INT_MIN, INT_MAX), st.sampled_from([0, 1, -1, INT_MIN, INT_MAX, 2**53, 2**53 + 1]))
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def _same(a: float, b: float) -> bool:
    return a == b and math.copysign(1.0, a) == math.copysign(1.0, b)


@settings(max_examples=500, deadline=None)
@given(FINITE)
def test_floats_read_back(x: float) -> None:
    back = parse_number(format_float(x))
    assert type(back) is float and _same(back, x)


@settings(max_examples=500, deadline=None)
@given(FINITE.filter(lambda x: x != 0.0))
def test_floats_have_the_fewest_digits_that_printf_needs(x: float) -> None:
    """The definition, taken literally: the least p for which ``%.{p-1}e`` reads back as x."""
    fewest = next(p for p in range(1, 18) if float(f"{x:.{p - 1}e}") == x)
    expected = f"{abs(x):.{fewest - 1}e}".split("e")[0].replace(".", "").strip("0")
    printed = format_float(x).lstrip("-").split("e")[0].replace(".", "").strip("0")
    assert printed == expected


@settings(max_examples=300, deadline=None)
@given(FINITE.filter(lambda x: x != 0.0))
def test_floats_are_positional_in_the_middle_range(x: float) -> None:
    text = format_float(x)
    if 1e-7 <= abs(x) < 1e21:
        assert re.fullmatch(r"-?(0|[1-9][0-9]*)\.([0-9]*[1-9]|0)", text)
    else:
        assert re.fullmatch(r"-?[1-9](\.[0-9]*[1-9])?e[+-][1-9][0-9]*", text)


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0.0"), (-0.0, "-0.0"), (math.inf, "+inf.0"), (-math.inf, "-inf.0"), (math.nan, "+nan.0"),
        (1e-7, "0.0000001"), (9.999e-8, "9.999e-8"), (1e21, "1e+21"),
        (123456789012345680000.0, "123456789012345680000.0"),
        (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (-100.0, "-100.0"),
        (9007199254740993.0, "9007199254740992.0"), (2.0**-44, "5.6843418860808015e-14"),  # repr needs one digit less
    ],
)  # fmt: skip
def test_printed_floats(x: float, text: str) -> None:
    assert format_float(x) == text


@given(INTEGERS, st.integers(2, 36))
def test_integers_read_back_in_every_radix(n: int, radix: int) -> None:
    text = format_integer(n, radix)
    assert parse_number(text, radix) == n
    assert parse_number(text.upper(), radix) == n


@pytest.mark.parametrize(
    "text",
    ["", "+", "-", ".", "-.", "1e", "e1", "1e+", "1.2.3", "--1", "1_000", "0x10", " 1", "1 ", "+inf", "inf", "nan",
     "-nan.00", "١", "1/2", "#e1", "#q1", "#", "#x", "1\n", "1e5\n"],
)  # fmt: skip
def test_texts_that_are_no_numbers(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize("text", ["9223372036854775808", "-9223372036854775809", "#xffffffffffffffff", "1" * 5000])
def test_integers_out_of_range(text: str) -> None:
    with pytest.raises(IntegerOutOfRange):
        parse_number(text)


def test_leading_zeros_do_not_count() -> None:
    assert parse_number("-" + "0" * 5000 + "9223372036854775808") == INT_MIN


def _call(name: str, *args: int | float) -> int | float | bool | str:
    """The primitive's result, or the kind of the condition it raised."""
    try:
        result: int | float | bool = IMPLEMENTATIONS[name](*args)
    except Raised as raised:
        assert type(raised.payload) is Condition
        return raised.payload.kind
    return result


def _expected(n: int) -> int | str:
    return n if INT_MIN <= n <= INT_MAX else "integer-overflow"


@given(INTEGERS, INTEGERS)
def test_integer_arithmetic_is_exact_or_overflows(a: int, b: int) -> None:
    assert _call("+", a, b) == _expected(a + b)
    assert _call("-", a, b) == _expected(a - b)
    assert _call("*", a, b) == _expected(a * b)
    assert _call("-", a) == _expected(-a)
    assert _call("abs", a) == _expected(abs(a))
    assert _call("gcd", a, b) == _expected(math.gcd(a, b))
    assert _call("lcm", a, b) == _expected(math.lcm(a, b))


@given(INTEGERS, INTEGERS.filter(lambda b: b != 0))
def test_integer_division(a: int, b: int) -> None:
    quotient, remainder, modulo = (_call(name, a, b) for name in ("quotient", "remainder", "modulo"))
    assert isinstance(remainder, int) and isinstance(modulo, int)
    if quotient == "integer-overflow":
        assert (a, b) == (INT_MIN, -1)
    else:
        assert isinstance(quotient, int) and quotient * b + remainder == a
    assert abs(remainder) < abs(b) and (remainder == 0 or (remainder < 0) == (a < 0))
    assert (modulo - a) % b == 0 and (modulo == 0 or (modulo < 0) == (b < 0))


@given(INTEGERS, st.integers(-200, 200))
def test_shifts(n: int, k: int) -> None:
    assert _call("arithmetic-shift", n, k) == (_expected(n << k) if k >= 0 else n >> -k)


@given(st.integers(-12, 12), st.integers(0, 80))
def test_integer_powers(base: int, exponent: int) -> None:
    assert _call("expt", base, exponent) == _expected(base**exponent)


@pytest.mark.parametrize(
    ("name", "args", "result"),
    [
        ("expt", (0.0, -1.0), math.inf), ("expt", (-0.0, -3), -math.inf), ("expt", (-0.0, -2), math.inf),
        ("expt", (-8.0, 1 / 3), math.nan), ("expt", (-10.0, 309), -math.inf), ("expt", (10.0, 400), math.inf),
        ("expt", (2, -1074), 5e-324), ("expt", (-1, -3), -1.0), ("expt", (1, INT_MAX), 1), ("expt", (-1, INT_MAX), -1),
        ("sqrt", (-0.0,), -0.0), ("sqrt", (4611686014132420609,), 2147483647), ("sqrt", (math.inf,), math.inf),
        ("log", (0.0,), -math.inf), ("log", (-0.0,), -math.inf), ("sin", (math.inf,), math.nan),
        ("/", (1, -0.0), -math.inf), ("/", (0, 0.0), math.nan), ("/", (math.nan, 0.0), math.nan), ("/", (7,), 1 / 7),
        ("round", (0.5,), 0.0), ("round", (-0.5,), -0.0), ("round", (-2.5,), -2.0), ("ceiling", (-0.5,), -0.0),
        ("floor", (math.inf,), math.inf), ("truncate", (math.nan,), math.nan), ("exact", (-0.0,), 0),
        ("max", (0.0, -0.0), 0.0), ("max", (-0.0, 0.0), -0.0), ("min", (1, 1.0), 1.0), ("max", (2, 1.0), 2.0),
        ("max", (1, math.nan), math.nan), ("/", (INT_MAX, 2), INT_MAX / 2), ("+", (INT_MAX, 0.0), 2.0**63),
        ("exact", (2.0**63,), "integer-overflow"), ("exact", (-(2.0**63),), INT_MIN),
        ("exact", (math.inf,), "type-error"),
        ("/", (INT_MIN, -1), "integer-overflow"), ("gcd", (INT_MIN, INT_MIN), "integer-overflow"),
        ("square", (3037000500,), "integer-overflow"), ("square", (3037000499,), 3037000499**2),
        ("remainder", (INT_MIN, -1), 0), ("bitwise-not", (INT_MIN,), INT_MAX),
    ],
)  # fmt: skip
def test_edges(name: str, args: tuple[int | float, ...], result: int | float | str) -> None:
    actual = _call(name, *args)
    assert type(actual) is type(result)
    if isinstance(result, float) and isinstance(actual, float):
        assert _same(actual, result) or (math.isnan(actual) and math.isnan(result))
    else:
        assert actual == result
