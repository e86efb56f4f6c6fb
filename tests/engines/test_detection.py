"""Every engine sees the faults that it exists for: each is planted in the runtime, and must be noticed."""

from __future__ import annotations

import pytest

from omnitest.engines.factory import ENGINE_NAMES, make_engine
from omnitest.engines.protocol import EngineOptions
from omnitest.outcome import End, FaultKind, Observation, Raised
from tests.engines.cases import LIMITS, Lisp, cases

#: For each planted fault, a program that meets it.
MEETS = {
    "leak": Lisp('(reverse (list "a" (list 1) 2.5))'),
    "use-after-free": Lisp('(string-append "a" "b")'),
    "double-free": Lisp("(list->string (list #\\a))"),
    "out-of-bounds": Lisp("(make-string 3 #\\x)"),
    "undefined-shift": Lisp("(arithmetic-shift 1 70)"),
    "data-race": Lisp("(gensym)"),
    "wrong-error-kind": Lisp("(vector-ref (vector 1 2) 2)"),
    "cycle-skip": Lisp("(let ((v (vector 1 2))) (vector-set! v 0 v) (vector-ref v 1))"),
}
KINDS = {
    "leak": FaultKind.LEAK,
    "use-after-free": FaultKind.USE_AFTER_FREE,
    "double-free": FaultKind.DOUBLE_FREE,
    "out-of-bounds": FaultKind.OUT_OF_BOUNDS,
    "undefined-shift": FaultKind.UNDEFINED,
    "data-race": FaultKind.DATA_RACE,
    "cycle-skip": FaultKind.LEAK,
}


def observe(engine_name: str, plant: str, planted: bool) -> Observation:
    engine = make_engine(engine_name, EngineOptions(LIMITS, frozenset({plant} if planted else ())))
    try:
        (seen,) = engine.run(cases([MEETS[plant]]))
    finally:
        engine.close()
    return seen


def detects(engine_name: str) -> frozenset[str]:
    engine = make_engine(engine_name, EngineOptions(LIMITS))
    try:
        return engine.detects
    finally:
        engine.close()


def reference_end(plant: str) -> End:
    return observe("reference", plant, planted=False).end


PAIRS = [(name, plant) for name in ENGINE_NAMES for plant in sorted(detects(name))]


@pytest.mark.parametrize(("name", "plant"), PAIRS)
def test_the_engine_sees_the_planted_fault(name: str, plant: str) -> None:
    seen = observe(name, plant, planted=True)
    if plant in KINDS:
        assert KINDS[plant] in {fault.kind for fault in seen.faults}, (seen.end, seen.faults, seen.stderr)
    else:
        expected = reference_end(plant)
        assert isinstance(seen.end, Raised) and isinstance(expected, Raised)
        assert seen.end.kind != expected.kind


@pytest.mark.parametrize(("name", "plant"), PAIRS)
def test_without_the_plant_there_is_nothing_to_see(name: str, plant: str) -> None:
    seen = observe(name, plant, planted=False)
    assert seen.faults == ()
    assert seen.end == reference_end(plant)


def test_every_plant_has_an_engine_that_sees_it() -> None:
    assert {plant for _, plant in PAIRS} == set(MEETS)


@pytest.mark.parametrize("name", [name for name in ENGINE_NAMES if name != "reference"])
def test_an_unknown_plant_is_refused(name: str) -> None:
    engine = make_engine(name, EngineOptions(LIMITS, frozenset({"leak", "no-such-plant"})))
    try:
        (seen,) = engine.run(cases([MEETS["leak"]]))
    finally:
        engine.close()
    assert "no such fault" in str(seen.end)
