"""Which program-level procedures a call can reach directly.

A global is *known* when its only definition is a lambda, nothing assigns it, and no code that runs
before the definition can reach it (it would have to raise ``unbound-variable`` there).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache

from compiler.ir.flat import MAX_PARAMS
from compiler.passes.free_variables import children
from reference_interp import core
from reference_interp.library import is_library, prelude
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


@dataclass(frozen=True, slots=True)
class _Mentions:
    """The globals that a form reads or calls, and those that it assigns."""

    read: frozenset[str]
    assigned: frozenset[str]


def known_globals(program: core.Program) -> KnownGlobals:
    """Find the known globals of ``program``, in time linear in its size."""
    mentions = {form: _mentions_of(form) for form in program.forms}
    assigned = frozenset[str]().union(*[found.assigned for found in mentions.values()])
    definitions: dict[str, list[core.Define]] = {}
    for form in program.forms:
        if isinstance(form, core.Define):
            definitions.setdefault(form.name, []).append(form)
    candidates: dict[str, core.Define] = {}
    for name, found in definitions.items():
        if len(found) == 1 and name not in assigned and name not in PRIMITIVES:
            if isinstance(found[0].value, core.Lambda):
                candidates[name] = found[0]
    reached: set[str] = set()
    result = KnownGlobals()
    for form in program.forms:
        if isinstance(form, core.Define) and candidates.get(form.name) is form:
            if form.name not in reached and isinstance(form.value, core.Lambda):
                result.procedures[form.name] = KnownProcedure(len(form.value.params), form.value.rest)
                result.names[form.value] = form.name
        else:
            _mark_reached(form, mentions, candidates, reached)
    return result


@cache
def library_globals() -> KnownGlobals:
    """The known globals of a program that has all of the library: each of its procedures."""
    definitions = prelude().definitions
    return known_globals(core.Program(definitions, tuple([d.name for d in definitions]), core.PRELUDE_FILE))


def _mentions_of(form: core.Expr) -> _Mentions:
    return _mentions_of_library(form) if is_library(form) else _walk(form)


@lru_cache(maxsize=2048)
def _mentions_of_library(form: core.Expr) -> _Mentions:
    return _walk(form)


def _walk(form: core.Expr) -> _Mentions:
    read: set[str] = set()
    assigned: set[str] = set()
    work: list[core.Expr] = [form]
    while work:
        expr = work.pop()
        if isinstance(expr, core.GlobalRef):
            read.add(expr.name)
        elif isinstance(expr, core.SetGlobal):
            assigned.add(expr.name)
        work += children(expr)
    return _Mentions(frozenset(read), frozenset(assigned))


def _mark_reached(
    form: core.Expr, mentions: dict[core.Expr, _Mentions], candidates: dict[str, core.Define], reached: set[str]
) -> None:
    """Add every candidate that running ``form`` may mention, through the bodies of candidates too."""
    work: list[core.Expr] = [form]
    while work:
        for name in mentions[work.pop()].read - reached:
            if name in candidates:
                reached.add(name)
                work.append(candidates[name])
