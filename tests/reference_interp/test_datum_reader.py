"""``read``: the grammar of programs, labels, and what stays unread."""

from __future__ import annotations

from random import Random

import pytest

from reference_interp.datum_reader import read_datum
from reference_interp.errors import Raised
from reference_interp.literals import literal
from reference_interp.ports import InputPort
from reference_interp.printer import write
from reference_interp.reader import SyntaxProblem, read_program
from reference_interp.values import EOF, Condition, Pair, String, Value, Vector
from tests.reference_interp.data_texts import SAMPLES, mutated, random_text


def _read_all(text: str) -> list[str] | None:
    """The data of a text as ``write`` prints them; None if one of them is wrong."""
    port, data = InputPort(True, text.encode()), []
    try:
        while (datum := read_datum(port)) is not EOF:
            data.append(write(datum))
    except Raised:
        return None
    return data


def _of_a_program(text: str) -> list[str] | None:
    try:
        return [write(literal(form)) for form in read_program(text)]
    except SyntaxProblem:
        return None


def _texts() -> list[str]:
    random = Random(1)
    texts = [*SAMPLES, *[random_text(random) for _ in range(1000)]]
    texts += [mutated(random_text(random).encode(), random).decode("utf-8", "replace") for _ in range(1000)]
    # Programs have other rules for labels.
    return [text for text in texts if not any(f"#{digit}" in text for digit in range(10))]


def test_data_are_read_as_in_programs() -> None:
    agreed = [_read_all(text) for text in _texts() if _read_all(text) == _of_a_program(text)]
    assert len(agreed) == len(_texts())
    assert sum(data is not None for data in agreed) > len(agreed) // 4
    assert sum(data is None for data in agreed) > len(agreed) // 4


def _read(text: str) -> Value:
    return read_datum(InputPort(True, text.encode()))


def test_what_is_read_is_fresh() -> None:
    datum = _read('("a" #(1))')
    assert isinstance(datum, Pair) and not datum.immutable
    assert isinstance(datum.car, String) and not datum.car.immutable
    assert isinstance(datum.cdr, Pair) and isinstance(datum.cdr.car, Vector) and not datum.cdr.car.immutable


def test_labels_make_shared_and_cyclic_data() -> None:
    shared = _read("(#0=(x) #0# . #0#)")
    assert shared.car is shared.cdr.car is shared.cdr.cdr
    cyclic = _read("#0=(a #1=#(#0# #1#) . #0#)")
    vector = cyclic.cdr.car
    assert cyclic.cdr.cdr is cyclic and vector.items[0] is cyclic and vector.items[1] is vector


@pytest.mark.parametrize(
    ("text", "rest"),
    [("(a)b", "b"), ("a b", " b"), ("a(b)", "(b)"), ('"s"t', "t"), ("#0=(#0#)#", "#"), ("|x|y", "y"), ("'a'b", "'b")],
)
def test_nothing_behind_a_datum_is_read(text: str, rest: str) -> None:
    port = InputPort(True, text.encode())
    read_datum(port)
    assert port.at_hand.decode() == rest


@pytest.mark.parametrize(
    ("text", "message", "rest"),
    [
        (") a", "read: this ) closes nothing", " a"),
        ("(a . ) b", "read: one datum must follow the dot", " b"),
        ("#nosuch a", "read: unknown literal", " a"),
        ('"\\qrest" a', "read: unknown escape", 'rest" a'),
        ("(a", "read: unexpected end of input", ""),
    ],
)
def test_what_was_read_before_an_error_stays_read(text: str, message: str, rest: str) -> None:
    port = InputPort(True, text.encode())
    with pytest.raises(Raised) as caught:
        read_datum(port)
    assert isinstance(caught.value.payload, Condition)
    assert (caught.value.payload.kind, caught.value.payload.message) == ("read-error", message)
    assert port.at_hand.decode() == rest
