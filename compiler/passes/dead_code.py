"""Dead code: operations without effect whose result nobody uses."""

from __future__ import annotations

from dataclasses import replace

from compiler.context import Context
from compiler.ir import flat
from compiler.passes.library_once import once


def run(program: flat.FlatProgram, context: Context) -> flat.FlatProgram:
    """Clean every function; counts ``dead-code.removed``."""
    return replace(program, functions=tuple([once(_clean, f, context) for f in program.functions]))


def _clean(function: flat.Function, context: Context) -> flat.Function:
    uses: dict[flat.Var, int] = {}
    defined_by: dict[flat.Var, flat.Instr] = {}
    for block in function.blocks:
        for instr in block.instrs:
            if instr.result is not None:
                defined_by[instr.result] = instr
            for var in flat.variables(instr.args):
                uses[var] = uses.get(var, 0) + 1
        for var in flat.variables(flat.terminator_atoms(block.end)):
            uses[var] = uses.get(var, 0) + 1
    dead: set[flat.Instr] = set()
    errors_die = context.planted("dead-code-errors")  # a fault: errors are effects, too
    work = [i for i in defined_by.values() if i.result is not None and not uses.get(i.result)]
    while work:
        instr = work.pop()
        if not (_removable(instr.op) or (errors_die and isinstance(instr.op, flat.PrimOp) and instr.op.pure)):
            continue
        dead.add(instr)
        for var in flat.variables(instr.args):
            uses[var] -= 1
            if not uses[var] and var in defined_by:
                work.append(defined_by[var])
    if not dead:
        return function
    context.count("dead-code.removed", len(dead))
    blocks = (replace(b, instrs=tuple(i for i in b.instrs if i not in dead)) for b in function.blocks)
    return replace(function, blocks=tuple(blocks))


def _removable(op: flat.Operation) -> bool:
    match op:
        case flat.PrimOp(pure=pure, gives=gives):
            return pure and not gives.can_fail
        case flat.Literal() | flat.PrimitiveValue() | flat.CaptureGet() | flat.Sibling():
            return True
        case _:
            return False
