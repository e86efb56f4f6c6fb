"""Recursive bindings: the smallest groups that refer to one another, and reads that may come too early.

``letrec*`` as written binds everything at once. Splitting it where no earlier value mentions a later
variable keeps its meaning and shows which values are really recursive (after Ghuloum and Dybvig,
"Fixing Letrec (reloaded)", 2009, restricted to contiguous groups so that the order of evaluation stays).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reference_interp.core import Const, Expr, Lambda, Let, Letrec, PrimRef, Seq, Span, Variable


@dataclass(frozen=True, slots=True)
class Binding:
    """One step of a body: ``variable`` gets the value of ``value``, which uses the variables ``uses``.

    Without a variable, ``value`` is evaluated for its effects only.
    """

    variable: Variable | None
    value: Expr
    uses: frozenset[Variable]


def bind_recursively(bindings: Sequence[Binding], body: Expr, span: Span) -> Expr:
    """``letrec*`` over ``bindings`` as nested :class:`Let`, :class:`Letrec` and :class:`Seq`.

    Sets ``checked`` on the variables that may be read before they have a value.
    """
    for group in reversed(_groups(bindings)):
        first = group[0]
        if len(group) > 1 or first.variable in first.uses:
            _mark_checked(group)
            variables = tuple([binding.variable or Variable("") for binding in group])
            body = Letrec(variables, tuple([binding.value for binding in group]), body, span)
        elif first.variable is not None:
            body = Let((first.variable,), (first.value,), body, span)
        else:
            rest = body.forms if isinstance(body, Seq) else (body,)
            body = Seq((first.value, *rest), span)
    return body


def _groups(bindings: Sequence[Binding]) -> list[Sequence[Binding]]:
    """Contiguous groups, as small as possible, whose values mention no variable of a later group."""
    position = {binding.variable: index for index, binding in enumerate(bindings) if binding.variable is not None}
    groups: list[Sequence[Binding]] = []
    start = 0
    while start < len(bindings):
        last = index = start
        while index <= last:
            for used in bindings[index].uses:
                last = max(last, position.get(used, last))
            index += 1
        groups.append(bindings[start : last + 1])
        start = last + 1
    return groups


def _mark_checked(group: Sequence[Binding]) -> None:
    """Mark each variable that code may read before its value is there.

    A value that mentions the variable stands before it (or is its own), and from that value on up to the
    variable's own one something runs that could read it; building procedures and constants runs nothing.
    """
    for index, binding in enumerate(group):
        if binding.variable is None:
            continue
        runs_code = False
        for earlier in reversed(group[: index + 1]):
            runs_code = runs_code or not isinstance(earlier.value, Lambda | Const | PrimRef)
            if runs_code and binding.variable in earlier.uses:
                binding.variable.checked = True
                break
