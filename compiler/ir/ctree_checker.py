"""Well-formedness of the C tree: labels and locals declared once and used, bodies that end."""

from __future__ import annotations

from functools import lru_cache

from compiler.ir import ctree
from compiler.ir.errors import MalformedIR


def check_unit(unit: ctree.Unit) -> None:
    """Raise :class:`MalformedIR` naming the function of the first thing that is wrong."""
    names: set[str] = set()
    for function in unit.functions:
        if function.name in names:
            raise MalformedIR("C", function.name, "defined twice")
        names.add(function.name)
        if function.library is None:
            _check(function)
        else:
            _check_library(function)


def _check(function: ctree.Function) -> None:
    declared = {p.name for p in (*function.locals, *function.params)}
    if len(declared) != len(function.locals) + len(function.params):
        raise MalformedIR("C", function.name, "two locals or parameters share a name")
    labels = [s.name for s in function.body if isinstance(s, ctree.Label)]
    jumps = {s.label for s in function.body if isinstance(s, ctree.Goto | ctree.IfGoto)}
    if len(set(labels)) != len(labels):
        raise MalformedIR("C", function.name, "two labels share a name")
    if jumps != set(labels):
        raise MalformedIR("C", function.name, f"labels and jumps differ: {sorted(jumps ^ set(labels))}")
    if not function.body or not isinstance(function.body[-1], ctree.Return | ctree.Goto):
        raise MalformedIR("C", function.name, "control can run off the end")
    for stmt in function.body:
        if isinstance(stmt, ctree.Assign) and stmt.target not in declared:
            raise MalformedIR("C", function.name, f"{stmt.target} is not declared")


_check_library = lru_cache(maxsize=4096)(_check)  # the same objects in each program
