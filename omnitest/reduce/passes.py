"""The passes, and the order in which they run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from omnitest.reduce.bindings import drop_parameters, inline_calls, inline_definitions
from omnitest.reduce.deletion import (
    delete_children,
    delete_levels,
    delete_top_level_forms,
    hoist,
    replace_by_constant,
)
from omnitest.reduce.focus import drop_unreached, keep_one_expression, use_computed_values
from omnitest.reduce.input import shorten_input
from omnitest.reduce.literals import simplify_literals
from omnitest.reduce.names import merge_variables, shorten_names, sort_neighbours
from omnitest.reduce.problem import Problem
from omnitest.reduce.special_forms import simplify_forms

#: A reduction pass: makes the best subject of a problem better, or leaves it as it is.
Pass = Callable[[Problem], None]

#: In the order in which they run first: what removes most for few tests is in front.
PASSES: Final[tuple[Pass, ...]] = (
    keep_one_expression,
    delete_top_level_forms,
    drop_unreached,
    delete_levels,
    use_computed_values,
    delete_children,
    simplify_forms,
    hoist,
    replace_by_constant,
    drop_parameters,
    inline_definitions,
    inline_calls,
    merge_variables,
    simplify_literals,
    shorten_names,
    sort_neighbours,
    shorten_input,
)


@dataclass(slots=True)
class _Record:
    """How a pass has done: syntax nodes removed, candidates looked at, and the step at which it last found nothing."""

    removed: int = 0
    proposed: int = 0
    idle_at: int = -1

    @property
    def productivity(self) -> float:
        return (self.removed + 1) / (self.proposed + 1)


def run_passes(problem: Problem) -> None:
    """Run all passes until none of them improves anything: each once in order, then always the most productive one.

    A pass that has found nothing runs again only when another one has found something.
    """
    records = [_Record() for _ in PASSES]
    for run, record in zip(PASSES, records, strict=True):
        _run(run, record, problem)
    while waiting := [n for n, record in enumerate(records) if record.idle_at != problem.steps]:
        best = max(waiting, key=lambda n: (records[n].productivity, -n))
        _run(PASSES[best], records[best], problem)


def _run(run: Pass, record: _Record, problem: Problem) -> None:
    nodes, proposed, steps = problem.nodes, problem.proposed, problem.steps
    run(problem)
    record.removed += nodes - problem.nodes
    record.proposed += problem.proposed - proposed
    if problem.steps == steps:
        record.idle_at = steps
