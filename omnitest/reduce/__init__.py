"""Making a program smaller while it still shows the same failure: see :func:`reduce`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from omnitest.reduce.atoms import shorten_names, simplify_literals
from omnitest.reduce.bindings import drop_parameters, inline_calls, inline_definitions
from omnitest.reduce.deletion import delete_children, delete_top_level_forms, hoist, replace_by_constant
from omnitest.reduce.problem import Interesting, OutOfTime, Problem
from reference_interp.reader import SyntaxProblem, read_program
from reference_interp.syntax import count_nodes

__all__ = ["PASSES", "Interesting", "Pass", "Reduction", "reduce"]

#: A reduction pass: makes the best program of a problem better, or leaves it as it is.
Pass = Callable[[Problem], None]

#: In the order in which they run: what removes most for few tests first.
PASSES: Final[tuple[Pass, ...]] = (
    delete_top_level_forms,
    delete_children,
    hoist,
    replace_by_constant,
    drop_parameters,
    inline_definitions,
    inline_calls,
    simplify_literals,
    shorten_names,
)


@dataclass(frozen=True, slots=True)
class Reduction:
    """The result of :func:`reduce`.

    ``nodes`` counts the syntax nodes of ``text``, ``steps`` the improvements on the way, ``tried`` the
    programs tested. ``finished`` is false when time ran out before no pass could improve the program.
    """

    text: str
    nodes: int
    steps: int
    tried: int
    finished: bool


def reduce(
    text: str,
    interesting: Interesting,
    *,
    seconds: float,
    progress: Callable[[str], None] | None = None,
    batch_size: int = 64,
) -> Reduction:
    """The smallest program found that is interesting as ``text`` is.

    ``interesting`` takes several program texts and says for each whether it still shows the failure;
    texts that are no valid programs are among them, and it must answer false for those. ``seconds``
    of wall-clock time bound the search (a call of ``interesting`` under way is waited for);
    ``progress`` is called with every better program at once; at most ``batch_size`` programs are
    tested in one call.

    The result depends on ``text`` and the answers only, unless time runs out. A text that cannot be
    read is its own reduction. Exceptions of ``interesting`` and ``progress`` are passed on.
    """
    try:
        forms = tuple(read_program(text, "<reduced>"))
    except SyntaxProblem:
        return Reduction(text, 0, 0, 0, True)
    problem = Problem(forms, text, interesting, seconds=seconds, progress=progress, batch_size=batch_size)
    finished = _to_fixpoint(problem)
    return Reduction(problem.text, count_nodes(problem.forms), problem.steps, problem.tried, finished)


def _to_fixpoint(problem: Problem) -> bool:
    """Run all passes until none of them improves the program; False if time ran out before."""
    try:
        problem.normalise()
        while True:
            steps = problem.steps
            for run in PASSES:
                run(problem)
            if problem.steps == steps:
                return True
    except OutOfTime:
        return False
