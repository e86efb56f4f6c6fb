"""Well-formedness of Core: variables bound once and in scope, assignments marked, definitions on top."""

from __future__ import annotations

from functools import lru_cache

from compiler.ir.errors import MalformedIR
from compiler.passes.free_variables import bound, children, mentioned
from reference_interp import core
from reference_interp.library import is_library
from reference_interp.primitives import PRIMITIVES


def check_program(program: core.Program) -> None:
    """Raise :class:`MalformedIR` with the source position of the first thing that is wrong."""
    defined = frozenset(program.globals)
    seen: set[core.Variable] = set()
    for form in program.forms:
        variables = _check_library(form) if is_library(form) else _check(form)
        if not seen.isdisjoint(variables):
            raise MalformedIR("core", _where(form), "a variable of another form is bound again")
        seen |= variables
        if isinstance(form, core.Define) and form.name not in defined:
            raise MalformedIR("core", _where(form), f"{form.name} is missing from the list of globals")


def _where(expr: core.Expr) -> str:
    return f"{expr.span.file}:{expr.span.line}:{expr.span.column}"


def _check(form: core.Expr) -> frozenset[core.Variable]:
    """Check what ``form`` says alone, and give the variables that it binds."""
    seen: set[core.Variable] = set()
    in_scope: set[core.Variable] = set()
    work: list[tuple[core.Expr, bool, bool]] = [(form, True, False)]
    while work:
        expr, top, leaving = work.pop()
        if leaving:
            in_scope.difference_update(bound(expr))
            continue
        for variable in mentioned(expr):
            if variable not in in_scope:
                raise MalformedIR("core", _where(expr), f"{variable.name} is not in scope")
        match expr:
            case core.SetLocal(variable=variable) if not variable.assigned:
                raise MalformedIR("core", _where(expr), f"{variable.name} is assigned but not marked so")
            case core.PrimRef(name=name) if name not in PRIMITIVES:
                raise MalformedIR("core", _where(expr), f"no primitive {name}")
            case core.Define() if not top:
                raise MalformedIR("core", _where(expr), "a definition below the top level")
            case core.Seq(forms=()):
                raise MalformedIR("core", _where(expr), "an empty sequence")
            case _:
                pass
        variables = bound(expr)
        for variable in variables:
            if variable in seen:
                raise MalformedIR("core", _where(expr), f"{variable.name} is bound twice")
            seen.add(variable)
            in_scope.add(variable)
        if variables:
            work.append((expr, False, True))
        work += [(child, False, False) for child in reversed(children(expr))]
    return frozenset(seen)


_check_library = lru_cache(maxsize=2048)(_check)  # the same objects in each program
