"""Recursive bindings: the smallest groups that refer to one another, and reads that may come too early.

``letrec*`` as written binds everything at once. Splitting it where no earlier value mentions a later
variable keeps its meaning and shows which values are really recursive (after Ghuloum and Dybvig,
"Fixing Letrec (reloaded)", 2009, restricted to contiguous groups so that the order of evaluation stays).
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from reference_interp.core import Const, Expr, Lambda, Let, Letrec, PrimRef, Seq, Span, Variable


class UseLog:
    """Every use of a local variable while a program is expanded, in order."""

    def __init__(self) -> None:
        self.now = 0  # how many uses there have been
        self._times: dict[Variable, list[int]] = {}

    def add(self, variable: Variable) -> None:
        """Note a use of ``variable``, later than all so far."""
        self._times.setdefault(variable, []).append(self.now)
        self.now += 1

    def times(self, variable: Variable) -> list[int]:
        """When ``variable`` was used, ascending."""
        return self._times.get(variable, [])


@dataclass(frozen=True, slots=True)
class Binding:
    """One step of a body: ``variable`` gets the value of ``value``, which was expanded from time ``start`` of
    ``log`` to ``end``: what was used in between, ``value`` uses.

    Without a variable, ``value`` is evaluated for its effects only.
    """

    variable: Variable | None
    value: Expr
    log: UseLog
    start: int
    end: int


def bind_recursively(bindings: Sequence[Binding], body: Expr, span: Span) -> Expr:
    """``letrec*`` over ``bindings``, in the order of their expansion, as nested :class:`Let`, :class:`Letrec`
    and :class:`Seq`.

    Sets ``checked`` on the variables that may be read before they have a value.
    """
    steps = [_Step(binding.variable, binding.value) for binding in bindings]
    starts = [binding.start for binding in bindings]
    for index, binding in enumerate(bindings):
        if binding.variable is not None:
            for time in binding.log.times(binding.variable):
                user = bisect_right(starts, time) - 1
                if user >= 0 and time < bindings[user].end:
                    steps[user].last_used = max(steps[user].last_used, index)
                    steps[index].first_user = min(steps[index].first_user, user)
                    steps[index].uses_itself |= user == index

    after: list[Expr] = []  # what follows the group at hand, in reverse
    for first, last in reversed(_groups(steps)):
        group = steps[first : last + 1]
        step = group[0]
        if len(group) == 1 and step.variable is None:
            after.append(step.value)
            continue
        rest = _sequence(body, after, span)
        after = []
        if len(group) > 1 or step.uses_itself:
            _mark_checked(group, first)
            variables = tuple([member.variable or Variable("") for member in group])
            body = Letrec(variables, tuple([member.value for member in group]), rest, span)
        else:
            assert step.variable is not None
            body = Let((step.variable,), (step.value,), rest, span)
    return _sequence(body, after, span)


@dataclass(slots=True)
class _Step:
    """A binding, and which of its siblings it uses and is used by, as positions in the body."""

    variable: Variable | None
    value: Expr
    last_used: int = -1
    first_user: int = sys.maxsize
    uses_itself: bool = False


def _sequence(body: Expr, before: Sequence[Expr], span: Span) -> Expr:
    """``body`` after the expressions ``before``, which are given in reverse."""
    if not before:
        return body
    return Seq((*reversed(before), *(body.forms if isinstance(body, Seq) else (body,))), span)


def _groups(steps: Sequence[_Step]) -> list[tuple[int, int]]:
    """First and last of contiguous groups, as small as possible, whose values mention no later group's variable."""
    groups: list[tuple[int, int]] = []
    start = last = 0
    for index, step in enumerate(steps):
        last = max(last, index, step.last_used)
        if index == last:
            groups.append((start, last))
            start = index + 1
    return groups


def _mark_checked(group: Sequence[_Step], offset: int) -> None:
    """Mark each variable that code may read before its value is there; ``offset`` is the group's position.

    A value that mentions the variable stands before it (or is its own), and from that value on up to the
    variable's own one something runs that could read it; building procedures and constants runs nothing.
    """
    last_running = -1
    for index, step in enumerate(group, start=offset):
        if not isinstance(step.value, Lambda | Const | PrimRef):
            last_running = index
        if step.variable is not None and step.first_user <= last_running:
            step.variable.checked = True
