"""Text to syntax trees: what is read, where it stands, and what is refused."""

from __future__ import annotations

import time

import pytest

from reference_interp.reader import NESTING_LIMIT, SyntaxProblem, decode_source, read_program
from reference_interp.syntax import Kind, Syntax, unparse
from reference_interp.values import Bytevector, Char, String


def _problem(text: str) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        read_program(text, "file.omni")
    return caught.value


def _read_one(text: str) -> Syntax:
    (form,) = read_program(text)
    return form


def test_spans_are_one_based_and_end_after_the_last_character() -> None:
    (form,) = read_program('\n  (ab "c\nd"\n)', "file.omni")
    assert (form.span.line, form.span.column, form.span.end_line, form.span.end_column) == (2, 3, 4, 2)
    name, string = form.items
    assert (name.span.line, name.span.column, name.span.end_column) == (2, 4, 6)
    assert (string.span.line, string.span.column, string.span.end_line, string.span.end_column) == (2, 7, 3, 3)
    assert form.span.file == "file.omni"


def test_a_quotation_stands_at_its_mark() -> None:
    form = _read_one(" 'x")
    assert [item.symbol for item in form.items] == ["quote", "x"]
    assert (form.span.column, form.span.end_column) == (2, 4)


def test_columns_count_characters_not_bytes() -> None:
    assert read_program("λλ x")[1].span.column == 4


def test_string_literals_are_immutable() -> None:
    datum = _read_one('"x"').datum
    assert type(datum) is String and datum.immutable


def test_line_ends_in_strings_do_not_depend_on_the_file() -> None:
    assert _read_one('"a\r\nb"').datum.text == "a\nb"
    assert _read_one('"a \\  \r\n   b"').datum.text == "a b"


def test_characters_may_be_delimiters() -> None:
    form = _read_one("(#\\( #\\) #\\; #\\\" #\\' #\\  #\\x #\\x41)")
    assert [chr(item.datum.code) for item in form.items] == ["(", ")", ";", '"', "'", " ", "x", "A"]
    assert all(type(item.datum) is Char for item in form.items)


def test_dotted_lists() -> None:
    improper = _read_one("(a b . c)")
    assert improper.kind is Kind.LIST and improper.tail is not None and improper.tail.symbol == "c"
    assert not improper.is_proper_list
    proper = _read_one("(a . (b . (c)))")
    assert len(proper.items) == 3 and proper.is_proper_list


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("(a\n (b", "this ( is never closed", 2, 2),
        ("(define (f)\n  (g)\n\n(h)", "this ( is never closed", 1, 1),
        ("#(1", "this #( is never closed", 1, 1),
        ("a)", "this ) closes nothing", 1, 2),
        ('x "abc', "this string is never closed", 1, 3),
        ("|abc", "this |symbol is never closed", 1, 1),
        ("#| #| |#", "this #| comment is never closed", 1, 1),
        ("(a . )", "nothing after the dot", 1, 4),
        ("(a . b c)", "more than one datum after the dot", 1, 8),
        ("(. a)", "a dot does not belong here", 1, 2),
        ("(a . b . c)", "a dot does not belong here", 1, 8),
        ("#(a . b)", "a dot does not belong here", 1, 5),
        (".", "a dot does not belong here", 1, 1),
        ("(a ')", "nothing follows this '", 1, 4),
        ("x ,@", "nothing follows this ,@", 1, 3),
        ("#;", "nothing follows this #;", 1, 1),
        ("#\\", "a character is missing after #\\", 1, 1),
        ("#\\alarmed", "unknown character #\\alarmed", 1, 1),
        ('"ab\\qc"', "unknown escape \\q", 1, 4),
        ('\n"\\xD800;"', "xD800 is not a Unicode scalar value", 2, 2),
        ("#\\x110000", "x110000 is not a Unicode scalar value", 1, 1),
        ("9223372036854775808", "the integer 9223372036854775808 does not fit in 64 bits", 1, 1),
        ("(- -9223372036854775809)", "the integer -9223372036854775809 does not fit in 64 bits", 1, 4),
        ("#x10000000000000000", "the integer #x10000000000000000 does not fit in 64 bits", 1, 1),
        ("#e1e19", "#e1e19 is not an integer of 64 bits", 1, 1),
        ("#e1.5", "#e1.5 is not an integer of 64 bits", 1, 1),
        ("#b2", "#b2 is not a number", 1, 1),
        ("#e", "#e is not a number", 1, 1),
        ("#x#x1", "#x#x1 is not a number", 1, 1),
        ("#nil", "unknown literal #nil", 1, 1),
        ("#u7(1)", "unknown literal #u7", 1, 1),
        ("#u8(1 256)", "this is not a byte", 1, 7),
        ("#u8(1 . 2)", "a dot does not belong here", 1, 7),
        ("#u8(1", "this #u8( is never closed", 1, 1),
        ("#!fold", "unknown directive #!fold", 1, 1),
        ("(#0=a #0=b)", "the label #0= is there already", 1, 7),
        ("#1#", "no datum has the label of #1#", 1, 1),
        ("#0=a\n#0#", "no datum has the label of #0#", 2, 1),
        ("(#0=(a . #0#))", "this literal would be cyclic", 1, 10),
        ("#0=#0#", "this literal would be cyclic", 1, 4),
        ("(a #0=)", "nothing follows this #0=", 1, 4),
        ("[a]", "unexpected [", 1, 1),
        ("(a}", "unexpected }", 1, 3),
        ("a#b", "the character # does not belong in a symbol", 1, 1),
        ("a\x01", "the character U+0001 does not belong in a symbol", 1, 1),
    ],
)
def test_problems_say_what_and_where(text: str, message: str, line: int, column: int) -> None:
    problem = _problem(text)
    assert (problem.message, problem.line, problem.column) == (message, line, column)
    assert problem.file == "file.omni"
    assert problem.hint
    assert str(problem).startswith(f"file.omni:{line}:{column}: {message}\n  hint: ")


def test_bytevectors() -> None:
    datum = _read_one("#u8(0 255 #x10)").datum
    assert type(datum) is Bytevector and datum.data == bytearray([0, 255, 16]) and datum.immutable
    assert unparse(read_program("(#u8() #U8(1 2))")) == "(#u8() #u8(1 2))\n"


def test_directives_fold_case_from_there_on() -> None:
    forms = read_program('Aa #!fold-case Aa |Aa| "Aa" #\\A #\\SPACE (#!no-fold-case Aa) STRASSE\n#!fold-case STRASSE')
    assert unparse(forms).split() == ["Aa", "aa", "Aa", '"Aa"', "#\\A", "#\\space", "(Aa)", "STRASSE", "strasse"]


def test_labels_stay_in_the_tree() -> None:
    form = _read_one("(#0=(a . #1=b) #0# . #1#)")
    assert [child.kind for child in form.children()] == [Kind.LABEL, Kind.REFERENCE, Kind.REFERENCE]
    assert form.items[0].datum == 0 and form.items[0].items[0].tail is not None
    assert unparse([form]) == "(#0=(a . #1=b) #0# . #1#)\n"
    assert (form.items[0].span.column, form.items[0].span.end_column) == (2, 15)


def test_the_hint_for_an_open_list_names_the_outermost_one() -> None:
    assert "2 are open here, the outermost since 1:1" in _problem("(a\n (b").hint


@pytest.mark.parametrize("opener", ["(", "#(", "'", "#;", "#u8("])
def test_nesting_is_limited(opener: str) -> None:
    assert _problem(opener * 100_000).message == f"nested more than {NESTING_LIMIT} levels deep"


def test_the_deepest_nesting_allowed_is_read_and_printed() -> None:
    text = "(" * NESTING_LIMIT + ")" * NESTING_LIMIT
    assert "".join(unparse(read_program(text)).split()) == text


@pytest.mark.parametrize("text", ["", "  \n\t", "; only a comment", "#| a |#", "#;(a b)"])
def test_texts_without_data(text: str) -> None:
    assert read_program(text) == []


def test_datum_comments_nest() -> None:
    assert [form.datum for form in read_program("#;#;1 2 3")] == [3]


def test_source_must_be_utf_8() -> None:
    with pytest.raises(SyntaxProblem) as caught:
        decode_source("λ\nλλ ".encode() + b"\xff!", "bad.omni")
    problem = caught.value
    assert (problem.line, problem.column) == (2, 4)
    assert problem.message == "byte 0xff at offset 8 is not UTF-8"


def test_a_byte_order_mark_is_skipped() -> None:
    assert decode_source(b"\xef\xbb\xbf(a)", "x") == "(a)"


@pytest.mark.parametrize(
    "text",
    [
        '"' + "x" * 10_000_000 + '"',
        ";" + "x" * 10_000_000,
        "1" * 10_000_000,
        '"' + "x" * 10_000_000,
        "#\\" + "x" * 10_000_000,
        " " * 10_000_000 + ")",
        '"' + "\\n" * 2_000_000 + '"',
    ],
    ids=["string", "comment", "integer", "open-string", "character", "spaces", "escapes"],
)
def test_a_line_of_ten_megabytes(text: str) -> None:
    try:
        forms = read_program(text)
    except SyntaxProblem as problem:
        assert len(str(problem)) < 300
    else:
        assert len(forms) <= 1


def test_reading_takes_linear_time() -> None:
    def seconds(count: int) -> float:
        text = '(a "b" 1.5 c)\n ' * count
        before = time.process_time()
        assert len(read_program(text)) == count
        return time.process_time() - before

    small = min(seconds(2000) for _ in range(3))
    assert seconds(32_000) < 16 * 4 * small
