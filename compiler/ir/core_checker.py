"""Well-formedness of Core: variables bound once and in scope, assignments marked, definitions on top."""

from __future__ import annotations

from compiler.ir.errors import MalformedIR
from compiler.passes.free_variables import bound, children, mentioned
from reference_interp import core
from reference_interp.primitives import PRIMITIVES


def check_program(program: core.Program) -> None:
    """Raise :class:`MalformedIR` with the source position of the first thing that is wrong."""
    seen: set[core.Variable] = set()
    in_scope: set[core.Variable] = set()
    work: list[tuple[core.Expr, bool, bool]] = [(form, True, False) for form in reversed(program.forms)]
    while work:
        expr, top, leaving = work.pop()
        if leaving:
            in_scope.difference_update(bound(expr))
            continue
        where = f"{expr.span.file}:{expr.span.line}:{expr.span.column}"
        for variable in mentioned(expr):
            if variable not in in_scope:
                raise MalformedIR("core", where, f"{variable.name} is not in scope")
        match expr:
            case core.SetLocal(variable=variable) if not variable.assigned:
                raise MalformedIR("core", where, f"{variable.name} is assigned but not marked so")
            case core.PrimRef(name=name) if name not in PRIMITIVES:
                raise MalformedIR("core", where, f"no primitive {name}")
            case core.Define() if not top:
                raise MalformedIR("core", where, "a definition below the top level")
            case core.Define(name=name) | core.SetGlobal(name=name) if name not in program.globals:
                if isinstance(expr, core.Define):
                    raise MalformedIR("core", where, f"{name} is missing from the list of globals")
            case core.Seq(forms=()):
                raise MalformedIR("core", where, "an empty sequence")
            case _:
                pass
        for variable in bound(expr):
            if variable in seen:
                raise MalformedIR("core", where, f"{variable.name} is bound twice")
            seen.add(variable)
            in_scope.add(variable)
        if bound(expr):
            work.append((expr, False, True))
        work.extend((child, False, False) for child in reversed(children(expr)))
