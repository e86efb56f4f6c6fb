"""Planted faults reach the engines by name. That each engine sees those that it exists for, with the right kind, and
is silent without them, is what its self test shows (``tests/campaign/test_selftest.py``)."""

from __future__ import annotations

import pytest

from omnitest.engines.factory import ENGINE_NAMES, make_engine
from omnitest.engines.protocol import EngineOptions
from omnitest.outcome import FaultKind, Observation, Raised
from tests.engines.cases import LIMITS, Lisp, cases


def observe(name: str, program: Lisp, *plants: str) -> Observation:
    engine = make_engine(name, EngineOptions(LIMITS, frozenset(plants)))
    try:
        (seen,) = engine.run(cases([program]))
    finally:
        engine.close()
    return seen


LEAKS = Lisp('(reverse (list "a" (list 1) 2.5))')
FAILS = Lisp("(vector-ref (vector 1 2) 2)")


def test_a_planted_fault_is_there_and_no_other() -> None:
    plain, planted = observe("tcc", FAILS), observe("tcc", FAILS, "wrong-error-kind", "leak")
    assert isinstance(plain.end, Raised) and isinstance(planted.end, Raised)
    assert plain.end.kind != planted.end.kind
    assert (plain.faults, planted.faults) == ((), ())
    assert FaultKind.LEAK in {fault.kind for fault in observe("tcc", LEAKS, "wrong-error-kind", "leak").faults}
    assert observe("tcc", LEAKS, "wrong-error-kind").faults == ()


@pytest.mark.parametrize("name", [name for name in ENGINE_NAMES if name != "reference"])
def test_an_unknown_plant_is_refused(name: str) -> None:
    seen = observe(name, LEAKS, "leak", "no-such-plant")
    assert "no such fault" in str(seen.end)
