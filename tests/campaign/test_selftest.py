"""The self test itself: every engine catches what it exists for, and its failures are failures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omnitest import selftest
from omnitest.compare import Verdict
from omnitest.engines.factory import ALL_NAMES
from omnitest.engines.protocol import Limits
from omnitest.oracle import Oracle
from omnitest.plants import PLANTS
from omnitest.prepare import VERIFIER, Settings

REQUIRED = {
    "leak", "use-after-free", "double-free", "out-of-bounds", "undefined-shift", "data-race", "wrong-fold",
    "lost-drop", "extra-drop", "wrong-error-kind", "cycle-skip", "wrong-reference",
}  # fmt: skip


def test_every_fault_has_an_engine_that_must_catch_it() -> None:
    caught = {plant for plants in selftest.detectors().values() for plant in plants}
    assert REQUIRED == caught


@pytest.mark.parametrize("engine", [VERIFIER, *(name for name in ALL_NAMES if name != "reference")])
def test_every_fault_is_caught(engine: str) -> None:
    for plant in (selftest.CONTROL, *selftest.detectors()[engine]):
        row = selftest.check(engine, plant, Limits())
        assert row.detected, row


def test_an_engine_that_sees_something_else_has_not_passed() -> None:
    leak_seen_as_overflow = replace(PLANTS["leak"], kinds=frozenset())
    row = selftest.check("tcc", "wrong-fold", Limits())
    assert row.detected
    detected, detail = selftest.recognised(leak_seen_as_overflow, _verdict("tcc", "wrong-fold"))
    assert not detected
    assert "something else" in detail


def test_an_engine_that_sees_nothing_has_not_passed() -> None:
    detected, detail = selftest.recognised(PLANTS["data-race"], _verdict("tcc", "data-race"))
    assert not detected
    assert "not seen" in detail


def _verdict(engine: str, plant: str) -> Verdict:
    settings = Settings(plants=frozenset({plant}), verify=False)
    with Oracle((engine,), settings) as oracle:
        return oracle.judge([PLANTS[plant].trigger])[0].verdict
