"""Contification: local procedures that are only ever tail-called become blocks of their function.

``(let loop ((i 0)) (if (< i n) (loop (+ i 1)) i))`` needs no closure and no call: every reference to
``loop`` is a call in tail position with respect to the ``letrec`` that binds it, so a call is a jump.
After Kennedy, "Compiling with continuations, continued" (2007), restricted to one ``letrec`` at a time.

Core in, facts out: the set of ``Letrec`` nodes whose procedures are blocks; Flat conversion obeys it.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.passes.free_variables import Variables, children
from reference_interp import core


def contifiable(forms: Sequence[core.Expr], variables: Variables) -> frozenset[core.Letrec]:
    """The ``Letrec`` nodes all of whose procedures can be blocks, inner ones decided first."""
    letrecs: list[core.Letrec] = []
    work: list[core.Expr] = list(forms)
    while work:
        expr = work.pop()
        if isinstance(expr, core.Letrec):
            letrecs.append(expr)
        work.extend(children(expr))
    chosen: set[core.Letrec] = set()
    for letrec in reversed(letrecs):  # preorder reversed: inner before outer
        if _only_tail_called(letrec, variables, chosen):
            chosen.add(letrec)
    return frozenset(chosen)


def _only_tail_called(letrec: core.Letrec, variables: Variables, chosen: set[core.Letrec]) -> bool:
    arity: dict[core.Variable, int] = {}
    for variable, value in zip(letrec.variables, letrec.values, strict=True):
        if not isinstance(value, core.Lambda) or value.rest or value.self_variable or variable.assigned:
            return False
        arity[variable] = len(value.params)
    calls = 0
    tails: list[core.Expr] = [letrec.body]
    tails.extend(value.body for value in letrec.values if isinstance(value, core.Lambda))
    while tails:
        match tails.pop():
            case core.Call(function=core.LocalRef(variable=variable), args=args) if variable in arity:
                if arity[variable] != len(args):
                    return False
                calls += 1
            case core.If(then=then, otherwise=otherwise):
                tails += (then, otherwise)
            case core.Seq(forms=forms):
                tails.append(forms[-1])
            case core.Let(body=body):
                tails.append(body)
            case core.Letrec() as inner:
                tails.append(inner.body)
                if inner in chosen:
                    tails.extend(value.body for value in inner.values if isinstance(value, core.Lambda))
            case core.Guard(handler=handler):
                tails.append(handler)
            case _:
                pass
    return calls == sum(variables.references.get(v, 0) for v in letrec.variables)
