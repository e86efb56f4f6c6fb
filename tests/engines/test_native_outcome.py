"""What the facts about a finished process say about its program."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from omnitest.engines.batch_process import Ended, RunnerLimits, Verdict
from omnitest.engines.native_outcome import RESOURCE_LIMITS, Ending, end_of, live_faults
from omnitest.engines.outcome_record import Record
from omnitest.outcome import Crashed, End, Fault, FaultKind, Finished, HarnessFailure, Limit, LimitReached, Raised
from reference_interp.conditions import RESOURCE_KINDS

LIMITS = RunnerLimits(2.0, 60.0, 1 << 20, 1 << 20, 1 << 20, 0, 0)
VALUE = Record(Finished("1"), 0, 5)
REPORTED = 99


def ended(how: Ended, code: int, seconds: float = 0.1, record: Record | None = None, size: int = 0) -> End:
    ending = Ending(Verdict(how, code, 1000, seconds), record, size, "words")
    return end_of(ending, LIMITS, output_bytes=100, report_statuses=frozenset({REPORTED}))


@pytest.mark.parametrize(
    ("end", "meaning"),
    [
        (ended(Ended.EXITED, 0, record=VALUE), Finished("1")),
        (ended(Ended.EXITED, REPORTED, record=VALUE), Finished("1")),
        (ended(Ended.EXITED, REPORTED), Crashed(status=REPORTED)),
        (ended(Ended.EXITED, 5, record=VALUE), Crashed(status=5)),
        (ended(Ended.EXITED, 0), Crashed(status=0)),
        (ended(Ended.EXITED, 0, record=VALUE, size=100), Finished("1")),
        (ended(Ended.EXITED, 0, record=VALUE, size=101), LimitReached(Limit.OUTPUT)),
        (ended(Ended.SIGNALED, signal.SIGSEGV, record=VALUE), Crashed(signal=signal.SIGSEGV)),
        (ended(Ended.SIGNALED, signal.SIGXCPU, 2.0), LimitReached(Limit.CPU)),
        (ended(Ended.SIGNALED, signal.SIGKILL, 3.0), LimitReached(Limit.CPU)),
        (ended(Ended.SIGNALED, signal.SIGXFSZ), LimitReached(Limit.OUTPUT)),
        (ended(Ended.WALL_LIMIT, signal.SIGKILL), LimitReached(Limit.WALL)),
        (ended(Ended.MEMORY_LIMIT, signal.SIGKILL), LimitReached(Limit.MEMORY)),
    ],
)
def test_meaning(end: End, meaning: End) -> None:
    assert end == meaning


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (ended(Ended.EXITED, 71), "words"),
        (ended(Ended.SIGNALED, signal.SIGKILL, 0.1), "from outside"),
        (ended(Ended.FORK_FAILED, 11), "errno 11"),
    ],
)
def test_what_is_not_the_programs_doing_is_no_finding(end: End, reason: str) -> None:
    assert isinstance(end, HarnessFailure) and reason in end.reason


def test_conditions_about_resources_are_limits() -> None:
    assert set(RESOURCE_LIMITS) == RESOURCE_KINDS
    for kind, limit in RESOURCE_LIMITS.items():
        record = replace(VALUE, end=Raised(kind, "too much"))
        assert ended(Ended.EXITED, 70, record=record) == LimitReached(limit)


def test_objects_alive_at_exit_are_a_leak() -> None:
    assert live_faults(None) == live_faults(VALUE) == ()
    assert live_faults(replace(VALUE, live=3)) == (Fault(FaultKind.LEAK, "3 objects alive at exit"),)
