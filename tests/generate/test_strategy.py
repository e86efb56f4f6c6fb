"""The public Hypothesis strategy."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, find, given, settings

from omnitest.generate import GeneratedProgram, GeneratorConfig
from omnitest.strategies import generated_programs, programs
from reference_interp import parse, run
from reference_interp.reader import read_program
from reference_interp.syntax import count_nodes

SMALL = replace(GeneratorConfig(), size=40)


@settings(max_examples=60, deadline=None)
@given(programs())
def test_programs_are_well_formed(text: str) -> None:
    parse(text)


@settings(max_examples=60, deadline=None)
@given(generated_programs(SMALL, vary_features=False))
def test_programs_end_as_their_record_says(program: GeneratedProgram) -> None:
    result = run(parse(program.text), steps=200_000)
    assert result.exhausted is None
    assert result.condition is None or result.condition.kind in program.may_raise


def test_examples_shrink() -> None:
    smallest = find(
        programs(replace(SMALL, size=25)),
        lambda text: "(vector-ref " in text,
        random=Random(0),  # some starts take half a minute to shrink
        settings=settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck)),
    )
    assert count_nodes(read_program(smallest)) <= 40
