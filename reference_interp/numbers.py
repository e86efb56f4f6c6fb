"""Numbers: 64-bit integers and doubles, as text and in arithmetic shared by several primitives."""

from __future__ import annotations

import math
import re
from typing import Final

from reference_interp.values import INT_MAX, INT_MIN

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_RADIX_PREFIXES: Final = {"x": 16, "b": 2, "o": 8, "d": 10}
_SPECIAL: Final = {"+inf.0": math.inf, "-inf.0": -math.inf, "+nan.0": math.nan, "-nan.0": math.nan}
_DECIMAL_FLOAT: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
# An integer of 64 bits has at most this many digits in the smallest radix.
_MOST_DIGITS: Final = 64


class IntegerOutOfRange(ValueError):
    """Text that is an integer, but not one of 64 bits."""


def fits(n: int) -> bool:
    """Whether ``n`` is in the signed 64-bit range."""
    return INT_MIN <= n <= INT_MAX


def parse_number(text: str, radix: int = 10) -> int | float | None:
    """The number that ``text`` spells in ``radix`` (2 to 36), or None if it spells none.

    A prefix ``#x`` ``#b`` ``#o`` ``#d`` overrides ``radix``. Decimals and exponents are read in radix 10
    only. Raises :class:`IntegerOutOfRange` for an integer outside the 64-bit range.
    """
    if len(text) >= 2 and text[0] == "#":
        prefix = _RADIX_PREFIXES.get(text[1].lower())
        if prefix is None:
            return None
        text, radix = text[2:], prefix
    integer = _parse_integer(text, radix)
    if integer is not None or radix != 10:
        return integer
    special = _SPECIAL.get(text.lower())
    if special is not None:
        return special
    return float(text) if _DECIMAL_FLOAT.match(text) else None


def parse_numeral(text: str, radix: int) -> int | float | None:
    """What :func:`parse_number` gives, for text that may also have a prefix ``#e`` or ``#i`` before or behind the
    other one. None for text that is no number, or has no exact value that is an integer where one is demanded.

    Raises :class:`IntegerOutOfRange` for an integer outside the 64-bit range.
    """
    exactness, rest = split_exactness(text)
    number = parse_number(rest, radix)
    if number is None or not exactness:
        return number
    if exactness == "i":
        return float(number)
    if type(number) is float and not number.is_integer():
        return None
    if not fits(int(number)):
        raise IntegerOutOfRange(text)
    return int(number)


def split_exactness(text: str) -> tuple[str, str]:
    """``("e" | "i" | "", the rest)`` of text such as ``#e1.0``, ``#x#i10``."""
    for index in (0, 2) if text.startswith("#") else ():
        if text[index : index + 1] == "#" and text[index + 1 : index + 2].lower() in ("e", "i"):
            return text[index + 1].lower(), text[:index] + text[index + 2 :]
    return "", text


def _parse_integer(text: str, radix: int) -> int | None:
    digits = text[1:] if text[:1] in ("+", "-") else text
    allowed = _DIGITS[:radix]
    if not digits or digits.lower().strip(allowed) or not digits.isascii():
        return None
    digits = digits.lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:
        raise IntegerOutOfRange(text)
    value = int(digits, radix)
    if text[0] == "-":
        value = -value
    if not fits(value):
        raise IntegerOutOfRange(text)
    return value


def format_integer(n: int, radix: int = 10) -> str:
    """``n`` in ``radix`` (2 to 36), lower-case digits."""
    if radix == 10:
        return str(n)
    digits: list[str] = []
    rest = abs(n)
    while rest or not digits:
        rest, digit = divmod(rest, radix)
        digits.append(_DIGITS[digit])
    return ("-" if n < 0 else "") + "".join(reversed(digits))


def format_float(x: float) -> str:
    """The fewest significant digits that read back as ``x``; positional for 1e-7 <= abs(x) < 1e21."""
    if math.isnan(x):
        return "+nan.0"
    if math.isinf(x):
        return "+inf.0" if x > 0 else "-inf.0"
    sign = "-" if math.copysign(1.0, x) < 0 else ""
    x = abs(x)
    if x == 0.0:
        return sign + "0.0"
    digits, exponent = _shortest_digits(x)
    if 1e-7 <= x < 1e21:
        if exponent < 0:
            return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
        whole = digits[: exponent + 1].ljust(exponent + 1, "0")
        return f"{sign}{whole}.{digits[exponent + 1 :] or '0'}"
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent)}"


def _shortest_digits(x: float) -> tuple[str, int]:
    """Digits ``d1 d2 …`` without trailing zeros and the exponent of ``d1.d2…e<exponent>``, for finite x > 0."""
    # repr gives the least number of digits any decimal needs; the correctly rounded decimal of that
    # length, which is what C's printf prints, can need one more.
    precision = len(repr(x).split("e")[0].replace(".", "").strip("0")) or 1
    while True:
        text = f"{x:.{precision - 1}e}"
        if float(text) == x:
            mantissa, exponent = text.split("e")
            return mantissa.replace(".", "").rstrip("0") or "0", int(exponent)
        precision += 1
