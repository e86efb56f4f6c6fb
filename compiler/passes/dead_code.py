"""Dead code: operations without effect whose result nobody uses, definitions that nobody reads, unused functions.

Most procedures of the library are only called directly: then nobody reads the program-level variable, and the
definition and its closure are not needed.
"""

from __future__ import annotations

from dataclasses import replace

from compiler.context import Context
from compiler.ir import flat
from compiler.passes.library_once import once
from compiler.passes.mentions import mentions


def run(program: flat.FlatProgram, context: Context) -> flat.FlatProgram:
    """Clean every function; counts ``dead-code.removed`` and ``.functions``."""
    read = frozenset[str]().union(*[mentions(f).read for f in program.functions])
    cleaned = [
        once(_clean, f, context) if f.library is not None else _clean(f, context, frozenset(program.globals) - read)
        for f in program.functions
    ]
    functions = _reachable(cleaned, program.forms)
    context.count("dead-code.functions", len(cleaned) - len(functions))
    mentioned = frozenset[str]().union(*[names for f in functions for names in (mentions(f).defined, mentions(f).read)])
    variables = tuple([name for name in program.globals if name in mentioned])
    return replace(program, functions=functions, globals=variables)


def _reachable(functions: list[flat.Function], forms: tuple[str, ...]) -> tuple[flat.Function, ...]:
    """The functions that the top-level forms lead to."""
    by_label = {f.label: f for f in functions}
    seen = set(forms)
    work = list(forms)
    while work:
        found = mentions(by_label[work.pop()])
        fresh = (found.called | found.made) - seen
        seen |= fresh
        work += fresh
    return tuple([f for f in functions if f.label in seen])


def _clean(function: flat.Function, context: Context, unread: frozenset[str] = frozenset()) -> flat.Function:
    """``function`` without what is dead; nobody reads the program-level variables ``unread``."""
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
        if not (_removable(instr.op, unread) or (errors_die and isinstance(instr.op, flat.PrimOp) and instr.op.pure)):
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


def _removable(op: flat.Operation, unread: frozenset[str]) -> bool:
    match op:
        case flat.PrimOp(pure=pure, gives=gives):
            return pure and not gives.can_fail
        case flat.Literal() | flat.PrimitiveValue() | flat.CaptureGet() | flat.Sibling():
            return True
        case flat.GroupMake():  # which can fail for want of memory alone
            return True
        case flat.GlobalDefine(name=name):
            return name in unread
        case _:
            return False
