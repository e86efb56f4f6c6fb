"""From what is known of a finished process to the end of the program that ran in it."""

from __future__ import annotations

import math
import signal
from dataclasses import dataclass
from typing import Final

from omnitest.engines.batch_process import Ended, RunnerLimits, Verdict
from omnitest.engines.outcome_record import Record
from omnitest.outcome import Crashed, End, Fault, FaultKind, Finished, HarnessFailure, Limit, LimitReached, Raised

#: Exit statuses of omni_host.h: the program ended with a value, with a condition, or the host could not run it.
EXIT_OK: Final = 0
EXIT_CONDITION: Final = 70
EXIT_HOST: Final = 71

#: Conditions that say a resource ran out (the keys are reference_interp.conditions.RESOURCE_KINDS).
RESOURCE_LIMITS: Final = {"stack-overflow": Limit.STACK, "out-of-memory": Limit.MEMORY}


@dataclass(frozen=True, slots=True)
class Ending:
    """What one program's process left: the runner's ``verdict``, the outcome ``record`` if it was completed,
    the size of its output in bytes, and what it wrote to standard error."""

    verdict: Verdict
    record: Record | None
    output_size: int
    stderr: str


def end_of(ending: Ending, limits: RunnerLimits, output_bytes: int, report_statuses: frozenset[int]) -> End:
    """The program's end.

    ``report_statuses`` are exit statuses by which a checker says, after the program has ended, that it has
    reported something: they replace the program's own.
    """
    verdict = ending.verdict
    match verdict.ended:
        case Ended.WALL_LIMIT:
            return LimitReached(Limit.WALL)
        case Ended.CPU_LIMIT:
            return LimitReached(Limit.CPU)
        case Ended.MEMORY_LIMIT:
            return LimitReached(Limit.MEMORY)
        case Ended.FORK_FAILED:
            return HarnessFailure(f"the batch runner could not fork: errno {verdict.code}")
        case Ended.SIGNALED:
            return _signaled(verdict, limits)
        case Ended.EXITED:
            return _exited(ending, output_bytes, report_statuses)


def _signaled(verdict: Verdict, limits: RunnerLimits) -> End:
    if verdict.code == signal.SIGXFSZ:
        return LimitReached(Limit.OUTPUT)
    # The kernel sends SIGXCPU at the soft limit and SIGKILL at the hard one, a second later.
    out_of_time = verdict.code == signal.SIGKILL and verdict.cpu_seconds >= math.ceil(limits.cpu_seconds)
    if verdict.code == signal.SIGXCPU or out_of_time:
        return LimitReached(Limit.CPU)
    if verdict.code == signal.SIGKILL:
        # No program sends this; the kernel does when the machine runs out of memory.
        return HarnessFailure("the program was killed by signal 9 from outside")
    return Crashed(signal=verdict.code)


def _exited(ending: Ending, output_bytes: int, report_statuses: frozenset[int]) -> End:
    status = ending.verdict.code
    if ending.output_size > output_bytes:
        return LimitReached(Limit.OUTPUT)
    if status == EXIT_HOST:
        return HarnessFailure(f"the program could not be run: {ending.stderr.strip()}")
    own = status in (EXIT_OK, EXIT_CONDITION)
    if ending.record is None or not (own or status in report_statuses):
        return Crashed(status=status)
    return resource_end(ending.record.end)


def resource_end(end: Finished | Raised) -> End:
    """``end``, or the limit that was reached if it is a condition that says so."""
    if isinstance(end, Raised) and end.kind in RESOURCE_LIMITS:
        return LimitReached(RESOURCE_LIMITS[end.kind])
    return end


def caught_limit(record: Record | None) -> Limit | None:
    """The limit that the program ran into and caught, if any."""
    return RESOURCE_LIMITS.get(record.caught) if record is not None and record.caught is not None else None


def live_faults(record: Record | None) -> tuple[Fault, ...]:
    """The leak that the runtime's own count of live objects shows, if any."""
    if record is None or record.live == 0:
        return ()
    return (Fault(FaultKind.LEAK, f"{record.live} objects alive at exit"),)
