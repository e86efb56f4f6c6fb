"""``case-lambda``: one procedure with several lists of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reference_interp.core import PRELUDE_FILE, Const, Expr, If, Lambda, Let, LocalRef, Span, Variable, Warning
from reference_interp.expander import Expander, primitive_call
from reference_interp.identifiers import Scope
from reference_interp.reader import problem_at
from reference_interp.syntax import Syntax

_SHAPE = "(case-lambda ((parameter ...) body ...) ...)"
_INSIDE = Span(PRELUDE_FILE, 0, 0)


@dataclass(frozen=True, slots=True)
class _Clause:
    """``required`` parameters, a ``rest`` list if there is one, and the ``body`` in which they are bound."""

    syntax: Syntax
    required: tuple[Variable, ...]
    rest: Variable | None
    body: Expr


def expand_case_lambda(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(case-lambda (parameters body ...) ...)``: the first clause that takes the arguments is chosen.

    The procedure takes all its arguments as a list and looks at its length. It counts as a library procedure,
    so that a call which no clause takes is reported where the program makes it.
    """
    clauses = [_clause(expander, clause, scope) for clause in form.items[1:]]
    _warn_of_unreachable(expander, clauses)
    procedure, arguments, count = Variable("case-lambda"), Variable("arguments"), Variable("count")
    length = LocalRef(count, _INSIDE)
    result: Expr = primitive_call("%raise-no-clause", [LocalRef(procedure, _INSIDE), length], _INSIDE)
    for clause in reversed(clauses):
        body = _bind(clause, arguments)
        if clause.rest is not None and not clause.required:
            result = body
        else:
            required = Const(len(clause.required), _INSIDE)
            test = primitive_call("=" if clause.rest is None else ">=", [length, required], _INSIDE)
            result = If(test, body, result, _INSIDE)
    counted = primitive_call("length", [LocalRef(arguments, _INSIDE)], _INSIDE)
    return Lambda("", (), arguments, Let((count,), (counted,), result, _INSIDE), _INSIDE, procedure)


def _clause(expander: Expander, clause: Syntax, scope: Scope) -> _Clause:
    if not clause.is_proper_list or len(clause.items) < 2:
        raise problem_at(clause.span, "case-lambda: a clause has parameters and a body", f"write {_SHAPE}")
    parameters = clause.items[0]
    if parameters.is_list:
        required, rest = parameters.items, parameters.tail
    else:
        required, rest = (), parameters
    variables = expander.variables([*required, rest] if rest is not None else required)
    body = expander.body(clause.items[1:], Scope(scope, variables), clause.span)
    return _Clause(clause, tuple(variables[: len(required)]), variables[-1] if rest is not None else None, body)


def _bind(clause: _Clause, arguments: Variable) -> Expr:
    """The body of a clause, with its parameters bound to the elements of the list in ``arguments``."""
    lists = [arguments]  # what is left of the arguments before each parameter
    for _ in clause.required[1:]:
        lists.append(Variable("arguments"))
    body = clause.body
    if clause.rest is not None:
        left: Expr = LocalRef(lists[-1], _INSIDE)
        if clause.required:
            left = primitive_call("cdr", [left], _INSIDE)
        body = Let((clause.rest,), (left,), body, _INSIDE)
    for index in reversed(range(len(clause.required))):
        first = primitive_call("car", [LocalRef(lists[index], _INSIDE)], _INSIDE)
        body = Let((clause.required[index],), (first,), body, _INSIDE)
        if index:
            others = primitive_call("cdr", [LocalRef(lists[index - 1], _INSIDE)], _INSIDE)
            body = Let((lists[index],), (others,), body, _INSIDE)
    return body


def _warn_of_unreachable(expander: Expander, clauses: Sequence[_Clause]) -> None:
    """A clause is never chosen when earlier ones take every number of arguments that it takes."""
    exact: set[int] = set()
    unlimited: int | None = None  # some earlier clause takes this number of arguments and any larger one
    for clause in clauses:
        least = len(clause.required)
        covered = unlimited is not None and least >= unlimited
        if clause.rest is None:
            covered = covered or least in exact
            exact.add(least)
        else:
            below = range(least, unlimited) if unlimited is not None else None
            covered = covered or (below is not None and exact.issuperset(below))
            unlimited = least if unlimited is None else min(unlimited, least)
        if covered:
            expander.warnings.append(
                Warning(
                    "case-lambda: this clause is never chosen: earlier ones take these numbers of arguments",
                    "remove it, or move it further up",
                    clause.syntax.span,
                )
            )
