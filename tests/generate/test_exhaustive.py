"""Enumeration: every program of the grammar once, in an order that can be cut in pieces."""

from __future__ import annotations

import pytest

from omnitest.generate.exhaustive import Enumeration, Shape
from reference_interp import parse, run
from reference_interp.reader import read_program
from reference_interp.syntax import same_syntax

TINY = Enumeration(("1",), (Shape("(lambda ({a}) {0})", (1,)), Shape("({0} {1})", (0, 0))))


def test_a_small_grammar_is_enumerated_completely() -> None:
    assert list(TINY.programs(0, TINY.up_to(3))) == [
        "1",
        "(lambda (v0) 1)",
        "(lambda (v0) v0)",
        "(lambda (v0) (lambda (v1) 1))",
        "(lambda (v0) (lambda (v1) v0))",
        "(lambda (v0) (lambda (v1) v1))",
        "(1 1)",
    ]


def test_numbers_and_programs_correspond_one_to_one() -> None:
    enumeration = Enumeration()
    total = enumeration.up_to(3)
    programs = list(enumeration.programs(0, total))
    assert len(set(programs)) == total == sum(enumeration.count(n) for n in (1, 2, 3))
    middle = total // 2
    assert [*enumeration.programs(0, middle), *enumeration.programs(middle, total)] == programs


@pytest.mark.parametrize("number", [10**4, 10**5, 10**6, 10**7, 7 * 10**7])
def test_the_program_of_a_large_number_needs_no_others(number: int) -> None:
    assert Enumeration().program(number)
    assert not same_syntax(*(read_program(Enumeration().program(n)) for n in (number, number + 1)))


def test_programs_are_well_formed_and_bound() -> None:
    enumeration = Enumeration()
    for number in range(0, enumeration.up_to(5), 997):
        result = run(parse(enumeration.program(number)), steps=5_000, output_limit=1 << 16)
        assert result.condition is None or result.condition.kind != "unbound-variable", enumeration.program(number)
