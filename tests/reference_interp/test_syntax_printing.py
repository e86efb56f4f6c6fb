"""Syntax trees to text: whatever is printed reads back as the same tree."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from reference_interp.reader import read_program
from reference_interp.syntax import (
    Syntax,
    atom,
    count_nodes,
    list_of,
    same_syntax,
    symbol,
    unparse,
    vector_of,
    walk,
)
from reference_interp.values import INT_MAX, INT_MIN, Char, String, Symbol

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_NAMES = st.one_of(
    _TEXT,
    st.sampled_from(["quote", "quasiquote", "unquote", "unquote-splicing", "a", "+", "...", "@x", ".", "", "1", "1e5"]),
)
_ATOMS = st.one_of(
    st.booleans().map(atom),
    st.integers(INT_MIN, INT_MAX).map(atom),
    st.floats().map(atom),
    st.integers(0, 0x10FFFF).filter(lambda code: not 0xD800 <= code <= 0xDFFF).map(lambda code: atom(Char(code))),
    _TEXT.map(lambda text: atom(String(text, immutable=True))),
    _NAMES.map(symbol),
)


def _improper(items: list[Syntax], tail: Syntax) -> Syntax:
    return list_of(*items).replace_items(items, tail)


_FORMS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5).map(lambda items: list_of(*items)),
        st.lists(inner, max_size=4).map(lambda items: vector_of(*items)),
        st.tuples(st.sampled_from(["quote", "quasiquote", "unquote", "unquote-splicing"]), inner).map(
            lambda pair: list_of(symbol(pair[0]), pair[1])
        ),
        st.builds(_improper, st.lists(inner, min_size=1, max_size=3), inner),
    ),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_FORMS, max_size=4))
def test_reading_what_was_printed_gives_the_same_trees(forms: list[Syntax]) -> None:
    text = unparse(forms)
    back = read_program(text)
    assert same_syntax(back, forms)
    assert unparse(back) == text
    assert count_nodes(back) == count_nodes(forms)


def test_same_syntax_sees_differences() -> None:
    def read(text: str) -> list[Syntax]:
        return read_program(text)

    for left, right in [
        ("1", "1.0"), ("0.0", "-0.0"), ("a", '"a"'), ("(a)", "(a b)"), ("(a b)", "(a . b)"), ("#(a)", "(a)"),
        ("#t", "1"), ("(a)", "(b)"), ("#\\a", "a"),
    ]:  # fmt: skip
        assert not same_syntax(read(left), read(right)), (left, right)
    assert same_syntax(read("+nan.0 (a\n . (b))"), [atom(math.nan), list_of(symbol("a"), symbol("b"))])


def test_long_forms_are_broken_and_indented() -> None:
    text = "(define (procedure-with-a-name argument) (if (some-test? argument) (first-alternative argument) (second)))"
    assert unparse(read_program(text)) == (
        "(define (procedure-with-a-name argument)\n"
        "  (if (some-test? argument) (first-alternative argument) (second)))\n"
    )


def test_abbreviations() -> None:
    assert unparse(read_program("(quote (a (unquote b) (unquote-splicing c) (quasiquote d) (quote) (quote . e)))")) == (
        "'(a ,b ,@c `d (quote) (quote . e))\n"
    )
    # An unquoted name that begins with @ must not turn into unquote-splicing.
    assert unparse([list_of(symbol("unquote"), symbol("@a"))]) == "(unquote @a)\n"


def test_replacing_children() -> None:
    (form,) = read_program("(a b . c)")
    shorter = form.replace_items(form.items[:1], form.tail)
    assert unparse([shorter]) == "(a . c)\n"
    assert unparse([form.replace_items(form.items, read_program("(d . e)")[0])]) == "(a b d . e)\n"
    assert form.replace_items([], form.tail) is form.tail
    assert shorter.span == form.span


def test_walk_is_in_the_order_of_the_text() -> None:
    names = [node.datum.name for node in walk(read_program("(a (b #(c) . d)) e")) if type(node.datum) is Symbol]
    assert names == ["a", "b", "c", "d", "e"]


def test_counting() -> None:
    assert count_nodes(read_program("(a (b . c)) #(1)")) == 7
    assert count_nodes([]) == 0
