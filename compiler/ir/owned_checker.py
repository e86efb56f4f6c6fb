"""The invariant of Owned: references are held exactly once, on every path.

A forward analysis of the set of held variables; it must agree wherever paths meet. It checks the IR
before C exists; the verifier checks the C text again, independently.
"""

from __future__ import annotations

from functools import lru_cache

from compiler.ir import flat, owned
from compiler.ir.errors import MalformedIR

_Held = frozenset[flat.Var]


def check_program(program: owned.OwnedProgram) -> None:
    """Raise :class:`MalformedIR` naming function, block and variable of the first violation."""
    for function in program.functions:
        if function.library is None:
            _check(function)
        else:
            _check_library(function)


def _check(function: owned.Function) -> None:
    blocks = {b.label: b for b in function.blocks}

    def fail(block: owned.Block, message: str) -> MalformedIR:
        return MalformedIR("owned", f"{function.label}/{block.label}", message)

    entry = set(owned.counted(function.params))
    if function.self_param is not None:
        entry.add(function.self_param)
    arriving: dict[str, _Held] = {function.blocks[0].label: frozenset(entry)}
    work = [function.blocks[0].label]

    def flow(source: owned.Block, label: str, held: set[flat.Var]) -> None:
        if label not in arriving:
            arriving[label] = frozenset(held)
            work.append(label)
        elif arriving[label] != held:
            odd = ", ".join(sorted(map(repr, arriving[label] ^ held)))
            raise fail(source, f"paths into {label} disagree about {odd}")

    while work:
        block = blocks[work.pop()]
        held = set(arriving[block.label]) | {p for p in block.params if p.holds is flat.Holds.REFERENCE}

        def take(variable: flat.Var, held: set[flat.Var] = held, block: owned.Block = block) -> None:
            if variable not in held:
                raise fail(block, f"{variable!r} is given away but not held")
            held.remove(variable)

        for action in block.actions:
            match action:
                case owned.Dup(result=result, source=source):
                    if source not in held:
                        raise fail(block, f"dup of {source!r}, which is not held")
                    held.add(result)
                case owned.Drop(variable=variable):
                    take(variable)
                case owned.Restore(result=result):
                    if result.holds is flat.Holds.REFERENCE:
                        held.add(result)
                case owned.Step(result=result, op=op, args=args, cleanup=cleanup, suspension=suspension):
                    pairs = list(zip(args, op.ownership, strict=True))
                    for atom in owned.counted(tuple(a for a, how in pairs if how == "b")):
                        if atom not in held:
                            raise fail(block, f"{atom!r} is lent but not held")
                    for atom in owned.counted(tuple(a for a, how in pairs if how == "o")):
                        take(atom)
                    if suspension is not None and set(owned.counted(suspension.saved)) != held:
                        raise fail(block, f"state {suspension.state} does not save what is held")
                    if op.gives.can_fail:
                        after = set(held)
                        for variable in cleanup:
                            if variable not in after:
                                raise fail(block, f"cleanup drops {variable!r}, which is not held")
                            after.remove(variable)
                        if block.handler is not None:
                            flow(block, block.handler, after)
                        elif after:
                            raise fail(block, f"failure leaks {', '.join(sorted(map(repr, after)))}")
                    if result is not None and result.holds is flat.Holds.REFERENCE:
                        held.add(result)
        match block.end:
            case flat.Branch(condition=condition, then=then, otherwise=otherwise):
                for atom in owned.counted((condition,)):
                    if atom not in held:
                        raise fail(block, f"{atom!r} is tested but not held")
                flow(block, then, held)
                flow(block, otherwise, held)
            case owned.Dispatch(targets=targets):
                for target in targets:
                    flow(block, target, held)
            case flat.Fail():
                pass
            case end:
                for atom in owned.counted(flat.terminator_atoms(end)):
                    take(atom)
                if isinstance(end, flat.Jump):
                    flow(block, end.target, held)
                elif held:
                    raise fail(block, f"{', '.join(sorted(map(repr, held)))} leaked at the end")


_check_library = lru_cache(maxsize=4096)(_check)  # the same objects in each program
