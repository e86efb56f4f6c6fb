"""Which program-level procedures a call can reach directly.

A global is *known* when its only definition is a lambda, nothing assigns it, and no code that runs
before the definition can reach it (it would have to raise ``unbound-variable`` there).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.ir.flat import MAX_PARAMS
from compiler.passes.free_variables import children
from reference_interp import core
from reference_interp.primitives import PRIMITIVES


@dataclass(frozen=True, slots=True)
class KnownProcedure:
    """A known global's parameters. Procedures with a rest parameter are called as values."""

    params: int
    rest: core.Variable | None

    def accepts(self, argc: int) -> bool:
        """Whether a call with ``argc`` arguments can be made directly."""
        return self.rest is None and argc == self.params and argc <= MAX_PARAMS


@dataclass(frozen=True, slots=True)
class KnownGlobals:
    """``procedures`` by global name; ``enabled`` is False when direct calls are switched off."""

    procedures: dict[str, KnownProcedure] = field(default_factory=dict)
    names: dict[core.Lambda, str] = field(default_factory=dict)
    enabled: bool = True

    def name_of(self, procedure: core.Lambda) -> str | None:
        """The known global that this very lambda is the value of."""
        return self.names.get(procedure)


def known_globals(program: core.Program) -> KnownGlobals:
    """Find the known globals of ``program``, in time linear in its size."""
    definitions: dict[str, list[core.Define]] = {}
    assigned: set[str] = set()
    work: list[core.Expr] = list(program.forms)
    while work:
        expr = work.pop()
        if isinstance(expr, core.Define):
            definitions.setdefault(expr.name, []).append(expr)
        elif isinstance(expr, core.SetGlobal):
            assigned.add(expr.name)
        work.extend(children(expr))
    candidates: dict[str, core.Lambda] = {}
    for name, found in definitions.items():
        value = found[0].value
        if len(found) == 1 and name not in assigned and name not in PRIMITIVES and isinstance(value, core.Lambda):
            candidates[name] = value
    reached: set[str] = set()
    result = KnownGlobals()
    for form in program.forms:
        if isinstance(form, core.Define) and form.name in candidates and form.value is candidates[form.name]:
            if form.name not in reached:
                procedure = candidates[form.name]
                result.procedures[form.name] = KnownProcedure(len(procedure.params), procedure.rest)
                result.names[procedure] = form.name
        else:
            _mark_reached(form, candidates, reached)
    return result


def _mark_reached(form: core.Expr, candidates: dict[str, core.Lambda], reached: set[str]) -> None:
    """Add every candidate that running ``form`` may mention, through the bodies of candidates too."""
    work: list[core.Expr] = [form]
    while work:
        expr = work.pop()
        if isinstance(expr, core.GlobalRef) and expr.name in candidates and expr.name not in reached:
            reached.add(expr.name)
            work.append(candidates[expr.name].body)
        work.extend(children(expr))
