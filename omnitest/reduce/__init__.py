"""Making a failing program smaller while it still shows the same failure: see :func:`reduce`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from time import monotonic

from omnitest.reduce.passes import run_passes
from omnitest.reduce.problem import OutOfTime, Problem, Search
from omnitest.reduce.subject import Interesting, Subject
from reference_interp.reader import SyntaxProblem, read_program
from reference_interp.syntax import walk

__all__ = ["Interesting", "Reduction", "Subject", "reduce"]


@dataclass(frozen=True, slots=True)
class Reduction:
    """The result of :func:`reduce`.

    ``nodes`` counts the syntax nodes of the program of ``subject``, ``steps`` the improvements on the way, ``tried``
    the subjects tested. ``finished`` is false when time ran out before no pass could improve anything.
    """

    subject: Subject
    nodes: int
    steps: int
    tried: int
    finished: bool


def reduce(
    subject: Subject,
    interesting: Interesting,
    *,
    seconds: float,
    confirm: Callable[[Subject], bool] = lambda subject: True,
    on_better: Callable[[Subject], None] = lambda subject: None,
    lines: frozenset[int] = frozenset(),
    batch_size: int = 32,
    executor: Executor | None = None,
    workers: int = 1,
) -> Reduction:
    """The smallest subject found that is interesting as ``subject`` is.

    ``interesting`` takes several subjects and says for each whether it still shows the failure; texts that are no valid
    programs are among them, and it must answer false for those; answers behind the first true one may be left out.
    ``confirm`` is asked in this process, one subject at a
    time, about what is to be accepted: a dearer test belongs there. ``seconds`` of wall-clock time bound the search (a
    call under way in this process is waited for). ``on_better`` is called with every better subject at once: it is the
    result if nothing better follows, and a reduction that is started again with it goes on from there. ``lines``
    are lines of the program that reports point at: what stands there is tried first. At most
    ``batch_size`` subjects are tested in one call. With an ``executor``, ``workers`` calls of ``interesting``, which
    then has to be something that can be sent there, are under way at once.

    The result depends on ``subject`` and the answers only, unless time runs out. A program that cannot be read is its
    own reduction. Exceptions of the three functions, and interrupts, are passed on.
    """
    try:
        forms = tuple(read_program(subject.program, "<reduced>"))
    except SyntaxProblem:
        return Reduction(subject, 0, 0, 0, True)
    deadline = monotonic() + seconds
    parallel = workers if executor is not None else 1
    search = Search(interesting, confirm, on_better, deadline, max(1, batch_size), executor, max(1, parallel))
    suspicious = frozenset(number for number, node in enumerate(walk(forms)) if node.span.line in lines)
    problem = Problem(subject, forms, search, suspicious)
    try:
        problem.normalise()
        run_passes(problem)
    except OutOfTime:
        return Reduction(problem.subject, problem.nodes, problem.steps, problem.tried, False)
    return Reduction(problem.subject, problem.nodes, problem.steps, problem.tried, True)
