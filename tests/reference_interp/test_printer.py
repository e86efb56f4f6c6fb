"""write and display."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_interp.printer import Style, TextTooLong, display, printed, write
from reference_interp.reader import read_program
from reference_interp.values import NIL, Char, Condition, Pair, String, Value, Vector, intern


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_strings_and_symbols_read_back(text: str) -> None:
    string, symbol = read_program(f"{write(String(text))} {write(intern(text))}")
    assert string.datum.text == text
    assert symbol.symbol == text


@given(st.integers(0, 0x10FFFF).filter(lambda code: not 0xD800 <= code <= 0xDFFF))
def test_characters_read_back(code: int) -> None:
    (form,) = read_program(write(Char(code)))
    assert form.datum == Char(code)


@pytest.mark.parametrize(
    ("code", "text"),
    [(0, "#\\null"), (0x1B, "#\\escape"), (0x20, "#\\space"), (0x7F, "#\\delete"), (1, "#\\x1"), (0x85, "#\\x85"),
     (0x3BB, "#\\λ"), (0xA0, "#\\\u00a0"), (0x29, "#\\)")],
)  # fmt: skip
def test_names_of_characters(code: int, text: str) -> None:
    assert write(Char(code)) == text
    assert display(Char(code)) == chr(code)


@pytest.mark.parametrize(
    ("name", "text"),
    [("", "||"), (".", "|.|"), ("...", "..."), ("1", "|1|"), ("1e5", "|1e5|"), ("+inf.0", "|+inf.0|"), ("1+", "1+"),
     ("a b", "|a b|"), ("a|b\\", "|a\\|b\\\\|"), ("a\nb\x01", "|a\\nb\\x1;|"), ("λ", "λ"), ("a#", "|a#|"), ('"', '|"|'),
     ("99999999999999999999", "|99999999999999999999|"), ("-9223372036854775809", "|-9223372036854775809|")],
)  # fmt: skip
def test_symbols(name: str, text: str) -> None:
    assert write(intern(name)) == text
    assert display(intern(name)) == name


def test_strings() -> None:
    assert write(String('a"\\\n\t\r\a\b\x01\x7f\x9fλ|')) == '"a\\"\\\\\\n\\t\\r\\a\\b\\x1;\\x7f;\\x9f;λ|"'


def test_structures() -> None:
    value = Pair(1, Pair(Vector([String("a"), NIL]), Pair(Char(0x61), intern("x y"))))
    assert write(value) == '(1 #("a" ()) #\\a . |x y|)'
    assert display(value) == "(1 #(a ()) a . x y)"


def test_conditions_show_irritants_as_write_does() -> None:
    inner = Condition("user-error", "inner:", (String("s"),))
    condition = Condition("type-error", "outer", (inner, Char(0x61)))
    expected = '#<condition type-error: outer: #<condition user-error: inner: "s"> #\\a>'
    assert write(condition) == display(condition) == expected
    assert write(Condition("user-error", "alone")) == "#<condition user-error: alone>"


def test_depth_costs_no_stack() -> None:
    nested: Value = NIL
    condition, vector = Condition("user-error", "m"), Vector([])
    for _ in range(50_000):
        nested = Pair(nested, NIL)
        condition = Condition("user-error", "m", (condition,))
        vector = Vector([vector])
    assert len(write(nested)) == 100_002
    assert write(condition).count("#<condition") == 50_001
    assert write(vector).startswith("#(#(")


def test_the_limit_ends_long_texts() -> None:
    assert write(String("x" * 998), 1000) == '"' + "x" * 998 + '"'
    with pytest.raises(TextTooLong):
        write(String("x" * 999), 1000)


def test_the_limit_ends_cyclic_data_without_labels() -> None:
    pair = Pair(1, NIL)
    pair.cdr = pair
    with pytest.raises(TextTooLong):
        printed(pair, Style.WRITE_SIMPLE, 1000)
    assert write(pair, 13) == "#0=(1 . #0#)"
    with pytest.raises(TextTooLong):
        write(pair, 11)
