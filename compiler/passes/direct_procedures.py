"""Procedures that are only called directly take no closure.

A known procedure of the program level needs nothing of its closure, but every procedure that may be a value has a
parameter for it, which direct calls fill with an immediate and the procedure drops. Where no closure is ever made,
parameter, argument and drop can go.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from compiler.context import Context
from compiler.ir import flat
from compiler.passes.mentions import is_closed, mentions

_Labels = frozenset[str]


def run(program: flat.FlatProgram, context: Context) -> flat.FlatProgram:
    """Take the parameter away where it can go; counts ``direct-procedures.functions``."""
    values = frozenset[str]().union(*[mentions(f).made for f in program.functions])
    direct = frozenset(
        [f.label for f in program.functions if f.self_param is not None and f.label not in values and is_closed(f)]
    )
    context.count("direct-procedures.functions", len(direct))
    functions: list[flat.Function] = []
    for function in program.functions:
        changed = (mentions(function).called | {function.label}) & direct
        if changed:
            function = (_without if function.library is None else _without_in_library)(function, changed)
        functions.append(function)
    return replace(program, functions=tuple(functions))


def _without(function: flat.Function, direct: _Labels) -> flat.Function:
    """``function`` with calls of ``direct`` procedures, and it itself if it is one, without the closure."""
    blocks = [replace(b, instrs=tuple([_without_argument(i, direct) for i in b.instrs])) for b in function.blocks]
    own = None if function.label in direct else function.self_param
    return replace(function, self_param=own, blocks=tuple(blocks))


_without_in_library = lru_cache(maxsize=4096)(_without)


def _without_argument(instr: flat.Instr, direct: _Labels) -> flat.Instr:
    if not isinstance(instr.op, flat.CallKnown) or instr.op.label not in direct:
        return instr
    return replace(instr, op=replace(instr.op, ownership=instr.op.ownership[1:]), args=instr.args[1:])
