"""The parser of outcome records."""

from __future__ import annotations

import pytest

from omnitest.engines.outcome_record import CycleWork, MalformedRecord, Record, parse_record
from omnitest.outcome import Finished, Raised

VALUE = "omni-outcome 1\nend value\nvalue 4\n1 λ\nlive 0\nallocations 12\ncomplete\n".encode()
CONDITION = (
    b"omni-outcome 1\nend condition\nkind type-error\nmessage 20\ncar: expected a pair\n"
    b"irritant 1\n5\nirritant 3\na\nb\nposition 12 3\nlive 2\nallocations 9\ncycles 2 5 30 12 40\ncomplete\n"
)


def test_a_value() -> None:
    assert parse_record(VALUE) == Record(Finished("1 λ"), 0, 12)


def test_a_condition() -> None:
    end = Raised("type-error", "car: expected a pair", ("5", "a\nb"), 12, 3)
    assert parse_record(CONDITION) == Record(end, 2, 9, cycles=CycleWork(2, 5, 30, 12, 40))


def test_a_record_without_an_account_of_cycles() -> None:
    end = Raised("type-error", "car: expected a pair", ("5", "a\nb"), 12, 3)
    assert parse_record(CONDITION.replace(b"cycles 2 5 30 12 40\n", b"")) == Record(end, 2, 9)


def test_texts_are_taken_by_size_not_by_what_they_look_like() -> None:
    tricky = b"x\nlive 0\nallocations 0\ncomplete\n"
    data = b"omni-outcome 1\nend value\nvalue %d\n%s\nlive 7\nallocations 8\ncomplete\n" % (len(tricky), tricky)
    assert parse_record(data) == Record(Finished(tricky.decode()), 7, 8)
    assert parse_record(data.removesuffix(b"\nlive 7\nallocations 8\ncomplete\n")) is None


@pytest.mark.parametrize("data", [VALUE, CONDITION])
def test_a_record_cut_short_is_none(data: bytes) -> None:
    for size in range(len(data)):
        assert parse_record(data[:size]) is None


@pytest.mark.parametrize(
    "data",
    [
        b"something else\n",
        VALUE.replace(b"value 4", b"value 3"),
        VALUE.replace(b"value 4", b"value -4"),
        VALUE.replace(b"outcome 1", b"outcome 2"),
        VALUE.replace(b"end value", b"end otherwise"),
        VALUE.replace(b"live 0\n", b""),
        VALUE.replace(b"live 0", b"live x"),
        CONDITION.replace(b"position 12 3", b"position 12"),
        CONDITION.replace(b"cycles 2 5 30 12 40", b"cycles 2 5 30 12"),
        CONDITION.replace(b"cycles 2 5 30 12 40", b"cycles 2 5 30 12 x"),
        VALUE + VALUE,
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedRecord):
        parse_record(data)
