"""Comparison: what counts as a divergence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omnitest.compare import Agree, Diverged, Divergence, Inconclusive, Verdict, judge
from omnitest.oracle import Oracle
from omnitest.outcome import (
    Crashed,
    End,
    Failed,
    Fault,
    FaultKind,
    Finished,
    Frame,
    HarnessFailure,
    Limit,
    LimitReached,
    Observation,
    Raised,
    Unsupported,
)
from omnitest.prepare import Settings

REFERENCE = Observation("reference", Finished("1"), b"out")


def seen(end: End, output: bytes = b"out", faults: tuple[Fault, ...] = (), engine: str = "gcc-O0") -> Observation:
    return Observation(engine, end, output, faults)


def kind_of(verdict: Verdict) -> object:
    return verdict.kind if isinstance(verdict, Diverged) else type(verdict)


LEAK = Fault(FaultKind.LEAK, "24 bytes", ((Frame("malloc"), Frame("omni_cons"), Frame("p7_f3_go", "a.omni", 2)),))


@pytest.mark.parametrize(
    ("expected", "actual", "kind"),
    [
        (REFERENCE, seen(Finished("1")), Agree),
        (REFERENCE, seen(Finished("2")), Divergence.WRONG_VALUE),
        (REFERENCE, seen(Finished("1"), b"ou"), Divergence.WRONG_OUTPUT),
        (REFERENCE, seen(Raised("type-error", "m")), Divergence.UNEXPECTED_ERROR),
        (REFERENCE, seen(Crashed(signal=11)), Divergence.CRASH),
        (REFERENCE, seen(Finished("1"), faults=(LEAK,)), FaultKind.LEAK),
        (REFERENCE, seen(LimitReached(Limit.CPU)), Inconclusive),
        (REFERENCE, seen(HarnessFailure("gcc is gone")), Inconclusive),
        (REFERENCE, seen(Unsupported("threads")), Inconclusive),
        (seen(LimitReached(Limit.STEPS)), seen(Finished("1")), Inconclusive),
        # what a checker reports counts, whatever else is unknown
        (seen(LimitReached(Limit.STEPS)), seen(Finished("1"), faults=(LEAK,)), FaultKind.LEAK),
        (seen(LimitReached(Limit.STEPS)), seen(Crashed(signal=6)), Divergence.CRASH),
        (seen(Raised("type-error", "m", ("5",), 1, 2)), seen(Raised("type-error", "m", ("5",), 9, 9)), Agree),
        (seen(Raised("type-error", "m", ("5",))), seen(Raised("type-error", "m", ("6",))), Divergence.WRONG_ERROR),
        (seen(Raised("type-error", "m")), seen(Finished("1")), Divergence.MISSING_ERROR),
        # an error without a name is any error but a program's own
        (seen(Raised("type-error", "m")), seen(Failed("something is wrong")), Agree),
        (
            seen(Raised("integer-overflow", "m"), b"ou"),
            seen(Failed("something is wrong"), b"o"),
            Divergence.WRONG_OUTPUT,
        ),
        (seen(Raised("user-error", "m")), seen(Failed("something is wrong")), Divergence.WRONG_ERROR),
        (seen(Raised("raised", "m")), seen(Failed("something is wrong")), Divergence.WRONG_ERROR),
        (REFERENCE, seen(Failed("something is wrong")), Divergence.UNEXPECTED_ERROR),
    ],
)
def test_one_engine_against_the_reference(expected: Observation, actual: Observation, kind: object) -> None:
    assert kind_of(judge(expected, [actual])) is kind


def test_a_caught_limit_makes_a_difference_inconclusive_and_a_fault_no_less_a_fault() -> None:
    deep = replace(seen(Finished("2")), caught_limit=Limit.STACK)
    assert judge(REFERENCE, [deep]) == Inconclusive("caught-stack", "gcc-O0")
    assert judge(replace(REFERENCE, caught_limit=Limit.STACK), [seen(Finished("2"))]) == Inconclusive(
        "caught-stack", "reference"
    )
    assert judge(REFERENCE, [replace(deep, end=Finished("1"))]) == Agree()
    assert kind_of(judge(REFERENCE, [replace(deep, faults=(LEAK,))])) is FaultKind.LEAK


def test_nothing_ran() -> None:
    assert judge(REFERENCE, []) == Inconclusive("nothing-ran")


def test_one_wrong_engine_outweighs_those_that_agree_or_do_not_know() -> None:
    verdict = judge(REFERENCE, [seen(Finished("1")), seen(LimitReached(Limit.WALL)), seen(Finished("2"), engine="tcc")])
    assert isinstance(verdict, Diverged)
    assert verdict.engines == ("tcc",)


def test_the_most_telling_report_is_shown_and_all_wrong_engines_are_named() -> None:
    counted = Fault(FaultKind.LEAK, "2 objects alive at exit")
    verdict = judge(
        REFERENCE,
        [seen(Finished("1"), faults=(counted,)), seen(Finished("1"), faults=(LEAK,), engine="asan")],
    )
    assert isinstance(verdict, Diverged)
    assert (verdict.observation.engine, verdict.engines) == ("asan", ("gcc-O0", "asan"))


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("(current-jiffy)", "unpredictable"),
        ("(write (current-second))", "unpredictable"),
        ("(define (f x) (square x)) (current-jiffy) (f 46341)", "diverged"),
        ("(list (current-jiffy) (reverse (list (list 1))))", "diverged"),  # a leak is one whatever is shown
    ],
)
def test_what_no_two_runs_have_in_common_is_no_divergence(program: str, expected: str) -> None:
    with Oracle(("tcc",), Settings(plants=frozenset({"square-boundary", "leak"}))) as oracle:
        verdict = oracle.judge([program])[0].verdict
    assert (verdict.reason if isinstance(verdict, Inconclusive) else type(verdict).__name__.lower()) == expected
