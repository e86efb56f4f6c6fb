"""The special form ``match``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from reference_interp.core import Expr, Let, Variable, Warning
from reference_interp.expander import Expander, malformed
from reference_interp.identifiers import Scope
from reference_interp.matching.decision import FRAMES_PER_NODE, Clause, decide
from reference_interp.matching.patterns import is_irrefutable
from reference_interp.matching.reading import read_pattern
from reference_interp.matching.usefulness import Usefulness
from reference_interp.reader import problem_at
from reference_interp.syntax import Syntax, count_nodes

_SHAPE = "(match value (pattern body ...) ... (pattern :when test body ...) ...)"


@dataclass(frozen=True, slots=True)
class _Written:
    """A clause and where it stands."""

    clause: Clause
    syntax: Syntax


def expand_match(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(match value (pattern body ...) ...)``: the body of the first clause whose pattern matches the value.

    ``(pattern :when test body ...)`` is chosen only if the test, which sees the names of the pattern, is true.
    """
    if len(form.items) < 3:
        raise malformed(form, "a value and clauses are needed", _SHAPE)
    value = expander.expand(form.items[1], scope)
    written = [_Written(_clause(expander, clause, scope), clause) for clause in form.items[2:]]
    subject = Variable("match")
    with _room_for(count_nodes([each.syntax.items[0] for each in written]) + len(written)):
        _warn_of_unreachable(expander, written)
        decision = decide(subject, [each.clause for each in written], form.span)
    return Let((subject,), (value,), decision, form.span)


def _clause(expander: Expander, clause: Syntax, scope: Scope) -> Clause:
    if not clause.is_proper_list or len(clause.items) < 2:
        raise problem_at(clause.span, "match: a clause has a pattern and a body", f"write {_SHAPE}")
    pattern, variables = read_pattern(expander, clause.items[0], scope)
    inner = Scope(scope, variables)
    if expander.spelling(clause.items[1]) != ":when":
        return Clause(pattern, None, expander.body(clause.items[1:], inner, clause.span))
    if len(clause.items) < 4:
        raise problem_at(clause.span, "match: a test and a body follow :when", f"write {_SHAPE}")
    guard = expander.expand(clause.items[2], inner)
    return Clause(pattern, guard, expander.body(clause.items[3:], inner, clause.span))


def _warn_of_unreachable(expander: Expander, written: Sequence[_Written]) -> None:
    """A guard may fail: a clause that has one covers nothing."""
    covered = Usefulness()
    catch_all: Syntax | None = None
    for each in written:
        clause = each.clause
        if catch_all is not None:
            reason = f"the clause on line {catch_all.span.line} matches everything"
        elif covered.covers(clause.pattern):
            reason = "the clauses before it match all that it matches"
        else:
            reason = None
        if reason is not None:
            message = f"match: this clause is never chosen: {reason}"
            expander.warnings.append(Warning(message, "remove it, or move it further up", each.syntax.span))
        if clause.guard is None:
            covered.add(clause.pattern)
            if catch_all is None and is_irrefutable(clause.pattern):
                catch_all = each.syntax


@contextmanager
def _room_for(nodes: int) -> Iterator[None]:
    """Room for the recursion through ``nodes`` of patterns and clauses."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + nodes * FRAMES_PER_NODE)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
