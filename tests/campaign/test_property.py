"""The public strategy as a user of the harness would use it: one property, split over seed ranges."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, seed, settings

from omnitest.compare import Agree
from omnitest.oracle import Oracle
from omnitest.prepare import Settings
from omnitest.strategies import programs


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle(("tcc",), Settings()) as made:
        yield made


@pytest.mark.parametrize("part", range(2))
def test_compiled_programs_mean_what_the_reference_says(oracle: Oracle, part: int) -> None:
    @seed(part)
    @settings(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(source=programs())
    def check(source: str) -> None:
        (judgement,) = oracle.judge([source])
        assert isinstance(judgement.verdict, Agree), judgement.verdict

    check()
