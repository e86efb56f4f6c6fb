"""Ordering the bindings of a ``letrec*``: which are closure groups, which need a box, and when.

After Ghuloum and Dybvig, "Fixing Letrec (reloaded)" (2009): strongly connected lambdas become one
closure group, other bindings keep their order, and only what can be read before it is initialised
lives in a checked box.
"""

from __future__ import annotations

from dataclasses import dataclass

from compiler.passes.free_variables import Variables
from reference_interp import core


@dataclass(frozen=True, slots=True)
class MakeGroup:
    """Create these lambdas (indices of bindings), which refer to one another, together."""

    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Initialise:
    """Evaluate the value of this binding."""

    index: int


@dataclass(frozen=True, slots=True)
class LetrecPlan:
    """``boxed`` variables get a box that is unbound until initialised; then the steps run in order."""

    boxed: frozenset[core.Variable]
    steps: tuple[MakeGroup | Initialise, ...]


def plan_letrec(letrec: core.Letrec, variables: Variables) -> LetrecPlan:
    """Order the bindings of ``letrec`` so that reads before initialisation still raise."""
    index = {v: i for i, v in enumerate(letrec.variables)}
    uses = [[index[v] for v in variables.free_in(value) if v in index] for value in letrec.values]
    simple = {
        i
        for i, (variable, value) in enumerate(zip(letrec.variables, letrec.values, strict=True))
        if isinstance(value, core.Lambda) and not variable.assigned
    }

    lambdas = {i for i, value in enumerate(letrec.values) if isinstance(value, core.Lambda)}

    def reachable(start: list[int], through: set[int]) -> set[int]:
        """Bindings in ``through`` reachable from ``start`` by the free variables of their values."""
        seen: set[int] = set()
        work = [i for i in start if i in through]
        while work:
            i = work.pop()
            if i not in seen:
                seen.add(i)
                work.extend(j for j in uses[i] if j in through)
        return seen

    # A lambda that an earlier initialiser could call must not exist before its turn.
    late = {
        k
        for i, value in enumerate(letrec.values)
        if not isinstance(value, core.Lambda)
        for k in reachable(uses[i], lambdas)
        if k > i
    }
    simple -= late

    boxed = {v for i, v in enumerate(letrec.variables) if v.assigned}
    boxed |= {letrec.variables[i] for i in lambdas - simple}
    steps: list[MakeGroup | Initialise] = []
    created: set[int] = set()
    initialised: set[int] = set()

    def create(wanted: set[int]) -> None:
        for group in _components(sorted(wanted - created), uses, wanted - created):
            steps.append(MakeGroup(tuple(group)))
            for member in group:
                for used in uses[member]:
                    if used not in simple and used not in initialised:
                        boxed.add(letrec.variables[used])
        created.update(wanted)

    for i in range(len(letrec.values)):
        if i in simple:
            continue
        create(reachable(uses[i], simple))
        for used in uses[i]:
            if used not in simple and used not in initialised:
                boxed.add(letrec.variables[used])
        steps.append(Initialise(i))
        initialised.add(i)
    create(simple)
    return LetrecPlan(frozenset(boxed), tuple(steps))


def _components(order: list[int], edges: list[list[int]], within: set[int]) -> list[list[int]]:
    """Strongly connected components, dependencies first (Tarjan's algorithm, iterative)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    components: list[list[int]] = []
    for root in order:
        if root in number:
            continue
        work: list[tuple[int, int]] = [(root, 0)]
        while work:
            node, position = work.pop()
            if position == 0:
                number[node] = low[node] = len(number)
                stack.append(node)
                on_stack.add(node)
            targets = [t for t in edges[node] if t in within]
            if position > 0:
                low[node] = min(low[node], low[targets[position - 1]])
            for next_position in range(position, len(targets)):
                target = targets[next_position]
                if target not in number:
                    work.append((node, next_position + 1))
                    work.append((target, 0))
                    break
                if target in on_stack:
                    low[node] = min(low[node], number[target])
            else:
                if low[node] == number[node]:
                    cut = stack.index(node)
                    component = stack[cut:]
                    del stack[cut:]
                    on_stack.difference_update(component)
                    components.append(sorted(component))
    return components
