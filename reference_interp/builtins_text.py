"""The primitives on symbols, characters and strings. Classes and cases of letters are ASCII's."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final

from reference_interp.builtins_data import items_of, make_list, slice_bounds
from reference_interp.builtins_numbers import comparison
from reference_interp.errors import failure, type_failure
from reference_interp.numbers import IntegerOutOfRange, format_float, format_integer, parse_number
from reference_interp.primitives import Type
from reference_interp.session import Session
from reference_interp.values import Char, String, Value, intern

_UPPER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWER: Final = _UPPER.lower()
_TO_UPPER: Final = str.maketrans(_LOWER, _UPPER)
_TO_LOWER: Final = str.maketrans(_UPPER, _LOWER)


def _in(characters: str) -> Callable[[Char], bool]:
    codes = frozenset(map(ord, characters))
    return lambda char: char.code in codes


def _translated(table: dict[int, int]) -> Callable[[Char], Char]:
    return lambda char: Char(table.get(char.code, char.code))


def integer_to_char(code: int) -> Char:
    if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise failure("index", code, who="integer->char")
    return Char(code)


def digit_value(char: Char) -> Value:
    return char.code - ord("0") if ord("0") <= char.code <= ord("9") else False


def make_string(session: Session, size: int, fill: Char = Char(0x20)) -> String:  # noqa: B008 (immutable)
    session.allocate(size)
    return String(chr(fill.code) * size)


def string_ref(string: String, index: int) -> Char:
    if index >= len(string.text):
        raise failure("index", index, who="string-ref")
    return Char(ord(string.text[index]))


def substring(string: String, start: int, end: int) -> String:
    start, end = slice_bounds("substring", len(string.text), start, end)
    return String(string.text[start:end])


def string_append(session: Session, *strings: String) -> String:
    session.allocate(sum(len(string.text) for string in strings))
    return String("".join([string.text for string in strings]))


def string_copy(string: String, start: int = 0, end: int | None = None) -> String:
    start, end = slice_bounds("string-copy", len(string.text), start, end)
    return String(string.text[start:end])


def string_to_list(string: String, start: int = 0, end: int | None = None) -> Value:
    start, end = slice_bounds("string->list", len(string.text), start, end)
    return make_list([Char(ord(char)) for char in string.text[start:end]])


def list_to_string(value: Value) -> String:
    chars = items_of(value)
    for char in chars:
        if type(char) is not Char:
            raise type_failure("list->string", Type.CHAR, char)
    return String("".join([chr(char.code) for char in chars]))


def number_to_string(number: int | float, radix: int = 10) -> String:
    _check_radix("number->string", radix)
    if type(number) is float:
        if radix != 10:
            raise type_failure("number->string", Type.INTEGER, number)
        return String(format_float(number))
    return String(format_integer(int(number), radix))


def string_to_number(string: String, radix: int = 10) -> Value:
    _check_radix("string->number", radix)
    try:
        number = parse_number(string.text, radix)
    except IntegerOutOfRange:
        return False
    return False if number is None else number


def _check_radix(who: str, radix: int) -> None:
    if not 2 <= radix <= 36:
        raise failure("index", radix, who=who)


_COMPARISONS: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def _char_comparison(compare: Callable[[Value, Value], bool]) -> Callable[..., bool]:
    return comparison(lambda a, b: compare(a.code, b.code))


def _string_comparison(compare: Callable[[Value, Value], bool]) -> Callable[..., bool]:
    """By code points, which is how Python compares strings."""
    return comparison(lambda a, b: compare(a.text, b.text))


IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "symbol->string": lambda symbol: String(symbol.name),
    "string->symbol": lambda string: intern(string.text),
    "char->integer": lambda char: char.code,
    "integer->char": integer_to_char,
    **{f"char{sign}?": _char_comparison(compare) for sign, compare in _COMPARISONS.items()},
    **{f"string{sign}?": _string_comparison(compare) for sign, compare in _COMPARISONS.items()},
    "char-alphabetic?": _in(_UPPER + _LOWER),
    "char-numeric?": _in("0123456789"),
    "char-whitespace?": _in(" \t\n\r\f\v"),
    "char-upper-case?": _in(_UPPER),
    "char-lower-case?": _in(_LOWER),
    "char-upcase": _translated(_TO_UPPER),
    "char-downcase": _translated(_TO_LOWER),
    "digit-value": digit_value,
    "string": lambda *chars: String("".join([chr(char.code) for char in chars])),
    "string-length": lambda string: len(string.text),
    "string-ref": string_ref,
    "substring": substring,
    "string-copy": string_copy,
    "string->list": string_to_list,
    "list->string": list_to_string,
    "string-upcase": lambda string: String(string.text.translate(_TO_UPPER)),
    "string-downcase": lambda string: String(string.text.translate(_TO_LOWER)),
    "number->string": number_to_string,
    "string->number": string_to_number,
}

SESSION_IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "gensym": lambda session: session.gensym(),
    "make-string": make_string,
    "string-append": string_append,
}
