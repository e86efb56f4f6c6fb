"""What ``omnitest reduce`` does: judge a program from a file and make it smaller on the cheapest engine that can."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.source import SourceUnreadable, read_source
from omnitest.compare import Diverged, Verdict
from omnitest.oracle import Oracle
from omnitest.outcome_json import bytes_to_json
from omnitest.prepare import Settings
from omnitest.reduce import Reduction, Subject
from omnitest.triage.shrinking import cheapest_oracle, shrink
from reference_interp.reader import read_program
from reference_interp.syntax import count_nodes


class NothingToReduce(Exception):
    """The program does not fail, or did not when it was run again; ``verdict`` says what it does."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Reduced:
    """A reduction of ``original``, which fails as ``diverged`` says; ``before`` counts its syntax nodes."""

    original: Subject
    before: int
    diverged: Diverged
    reduction: Reduction
    seconds: float
    interrupted: bool

    @property
    def summary(self) -> str:
        """In a line, for people."""
        done = self.reduction
        end = "interrupted" if self.interrupted else "" if done.finished else "the time ran out"
        text = f"{self.before} syntax nodes, now {done.nodes}; {done.tried} candidates tried in {self.seconds:.1f} s"
        return f"{text}; {end}" if end else text

    def to_json(self) -> dict[str, Any]:
        done = self.reduction
        return {
            "kind": self.diverged.kind.value,
            "engine": self.diverged.observation.engine,
            "original": self.original.program,
            "reduced": done.subject.program,
            "stdin": bytes_to_json(done.subject.stdin),
            "nodes_before": self.before,
            "nodes": done.nodes,
            "steps": done.steps,
            "tried": done.tried,
            "seconds": round(self.seconds, 3),
            "finished": done.finished,
            "interrupted": self.interrupted,
        }


def reduce_file(
    file: Path,
    stdin: Path | None,
    engines: Sequence[str],
    settings: Settings,
    seconds: float,
    jobs: int,
    on_better: Callable[[int], None],
) -> Reduced:
    """Reduce the program in ``file``; ``on_better`` is told the syntax nodes left. An interrupt ends it early.

    Raises :class:`NothingToReduce`, and :class:`~compiler.source.SourceUnreadable` for either file.
    """
    subject = Subject(read_source(file), _read(stdin))
    with Oracle(engines, settings) as oracle:
        (judgement,) = oracle.judge([subject.program], file.name, stdin=subject.stdin)
    if not isinstance(judgement.verdict, Diverged):
        raise NothingToReduce(judgement.verdict)
    found = cheapest_oracle(settings, subject, judgement.verdict)
    if found is None:
        raise NothingToReduce(judgement.verdict)
    cheapest, diverged = found
    best, steps, interrupted = subject, 0, False

    def better(smaller: Subject) -> None:
        nonlocal best, steps
        best, steps = smaller, steps + 1
        on_better(_nodes(best))

    started = time.monotonic()
    with cheapest, _workers(jobs) as executor:
        try:
            reduction = shrink(cheapest, subject, diverged, seconds, on_better=better, executor=executor, workers=jobs)
        except KeyboardInterrupt:
            interrupted = True
            reduction = Reduction(best, _nodes(best), steps, 0, False)
    took = time.monotonic() - started
    return Reduced(subject, _nodes(subject), diverged, reduction, took, interrupted)


def _nodes(subject: Subject) -> int:
    return count_nodes(read_program(subject.program))


def _read(stdin: Path | None) -> bytes:
    try:
        return b"" if stdin is None else stdin.read_bytes()
    except OSError as problem:
        raise SourceUnreadable(f"{stdin}: {problem.strerror}") from problem


@contextmanager
def _workers(jobs: int) -> Iterator[Executor | None]:
    """Processes for candidates; none for a single job. Interrupts are for the parent alone."""
    if jobs == 1:
        yield None
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
