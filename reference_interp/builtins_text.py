"""The primitives on symbols, characters and strings. Arguments have been checked against the primitive table."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Final

from reference_interp import characters
from reference_interp.builtins_data import items_of, make_list
from reference_interp.builtins_numbers import comparison
from reference_interp.checks import copy_bounds, slice_bounds, want_mutable
from reference_interp.errors import failure, type_failure
from reference_interp.numbers import IntegerOutOfRange, format_float, format_integer, parse_numeral
from reference_interp.primitives import Type
from reference_interp.session import Session
from reference_interp.values import NOTHING, Char, String, Value, Vector, intern


def _holds(test: Callable[[int], bool]) -> Callable[[Char], bool]:
    return lambda char: test(char.code)


def _mapped(function: Callable[[int], int]) -> Callable[[Char], Char]:
    return lambda char: Char(function(char.code))


def _mapped_text(function: Callable[[str], str]) -> Callable[[String], String]:
    return lambda string: String(function(string.text))


def integer_to_char(code: int) -> Char:
    if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise failure("index", code, who="integer->char")
    return Char(code)


def digit_value(char: Char) -> Value:
    value = characters.digit_value(char.code)
    return False if value is None else value


def make_string(session: Session, size: int, fill: Char = Char(0x20)) -> String:  # noqa: B008 (immutable)
    session.allocate(size)
    return String(chr(fill.code) * size)


def string_ref(string: String, index: int) -> Char:
    if index >= len(string.text):
        raise failure("index", index, who="string-ref")
    return Char(ord(string.text[index]))


def string_set(string: String, index: int, char: Char) -> Value:
    want_mutable("string-set!", string)
    if index >= len(string.text):
        raise failure("index", index, who="string-set!")
    _replace(string, index, chr(char.code))
    return NOTHING


def string_fill(string: String, char: Char, start: int = 0, end: int | None = None) -> Value:
    want_mutable("string-fill!", string)
    start, end = slice_bounds("string-fill!", len(string.text), start, end)
    _replace(string, start, chr(char.code) * (end - start))
    return NOTHING


def string_copy_into(target: String, at: int, source: String, start: int = 0, end: int | None = None) -> Value:
    want_mutable("string-copy!", target)
    start, end = copy_bounds("string-copy!", len(target.text), at, len(source.text), start, end)
    _replace(target, at, source.text[start:end])
    return NOTHING


def _replace(string: String, at: int, part: str) -> None:
    """Write ``part`` over the characters from ``at`` on."""
    string.text = string.text[:at] + part + string.text[at + len(part) :]


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
    return _string_of("list->string", items_of(value))


def vector_to_string(vector: Vector, start: int = 0, end: int | None = None) -> String:
    start, end = slice_bounds("vector->string", len(vector.items), start, end)
    return _string_of("vector->string", vector.items[start:end])


def _string_of(who: str, chars: Sequence[Value]) -> String:
    for char in chars:
        if type(char) is not Char:
            raise type_failure(who, Type.CHAR, char)
    return String("".join([chr(char.code) for char in chars]))


def string_to_vector(string: String, start: int = 0, end: int | None = None) -> Vector:
    start, end = slice_bounds("string->vector", len(string.text), start, end)
    return Vector([Char(ord(char)) for char in string.text[start:end]])


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
        number = parse_numeral(string.text, radix)
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


def _char_ci_comparison(compare: Callable[[Value, Value], bool]) -> Callable[..., bool]:
    return comparison(lambda a, b: compare(characters.foldcase(a.code), characters.foldcase(b.code)))


def _string_ci_comparison(compare: Callable[[Value, Value], bool]) -> Callable[..., bool]:
    return comparison(lambda a, b: compare(characters.foldcase_text(a.text), characters.foldcase_text(b.text)))


IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "symbol->string": lambda symbol: String(symbol.name),
    "string->symbol": lambda string: intern(string.text),
    "symbol=?": comparison(operator.is_),
    "char->integer": lambda char: char.code,
    "integer->char": integer_to_char,
    **{f"char{sign}?": _char_comparison(compare) for sign, compare in _COMPARISONS.items()},
    **{f"string{sign}?": _string_comparison(compare) for sign, compare in _COMPARISONS.items()},
    **{f"char-ci{sign}?": _char_ci_comparison(compare) for sign, compare in _COMPARISONS.items()},
    **{f"string-ci{sign}?": _string_ci_comparison(compare) for sign, compare in _COMPARISONS.items()},
    "char-alphabetic?": _holds(characters.is_alphabetic),
    "char-numeric?": _holds(lambda code: characters.digit_value(code) is not None),
    "char-whitespace?": _holds(characters.is_white_space),
    "char-upper-case?": _holds(characters.is_upper_case),
    "char-lower-case?": _holds(characters.is_lower_case),
    "char-upcase": _mapped(characters.upcase),
    "char-downcase": _mapped(characters.downcase),
    "char-foldcase": _mapped(characters.foldcase),
    "digit-value": digit_value,
    "string": lambda *chars: String("".join([chr(char.code) for char in chars])),
    "string-length": lambda string: len(string.text),
    "string-ref": string_ref,
    "string-set!": string_set,
    "string-fill!": string_fill,
    "string-copy!": string_copy_into,
    "substring": substring,
    "string-copy": string_copy,
    "string->list": string_to_list,
    "list->string": list_to_string,
    "string->vector": string_to_vector,
    "vector->string": vector_to_string,
    "string-upcase": _mapped_text(characters.upcase_text),
    "string-downcase": _mapped_text(characters.downcase_text),
    "string-foldcase": _mapped_text(characters.foldcase_text),
    "number->string": number_to_string,
    "string->number": string_to_number,
}

SESSION_IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "gensym": lambda session: session.gensym(),
    "make-string": make_string,
    "string-append": string_append,
}
