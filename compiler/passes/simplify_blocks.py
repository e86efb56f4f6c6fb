"""Block clean-up: skip blocks that only jump on, and merge a block into its only predecessor."""

from __future__ import annotations

from dataclasses import replace

from compiler.context import Context
from compiler.ir import flat
from compiler.passes.library_once import once


def run(program: flat.FlatProgram, context: Context) -> flat.FlatProgram:
    """Simplify every function; counts ``simplify-blocks.threaded`` and ``.merged``."""
    return replace(program, functions=tuple([once(_simplify, f, context) for f in program.functions]))


def _simplify(function: flat.Function, context: Context) -> flat.Function:
    return replace(function, blocks=_merge(_thread(function.blocks, context), context))


def _thread(blocks: tuple[flat.Block, ...], context: Context) -> tuple[flat.Block, ...]:
    """Send jumps to an empty parameterless block straight to where it jumps without arguments."""
    onward = {
        b.label: b.end.target
        for b in blocks[1:]
        if not b.instrs and not b.params and isinstance(b.end, flat.Jump) and not b.end.args
    }

    def final(label: str) -> str:
        seen = set()
        while label in onward and label not in seen:
            seen.add(label)
            label = onward[label]
        return label

    result = []
    for block in blocks:
        end = block.end
        match end:
            case flat.Jump(target=target, args=args) if final(target) != target:
                end = flat.Jump(final(target), args)
                context.count("simplify-blocks.threaded")
            case flat.Branch(condition=condition, then=then, otherwise=otherwise):
                if (final(then), final(otherwise)) != (then, otherwise):
                    end = flat.Branch(condition, final(then), final(otherwise))
                    context.count("simplify-blocks.threaded")
            case _:
                pass
        handler = final(block.handler) if block.handler is not None else None
        result.append(flat.Block(block.label, block.params, block.instrs, end, handler))
    return flat.reachable(tuple(result))


def _merge(blocks: tuple[flat.Block, ...], context: Context) -> tuple[flat.Block, ...]:
    """Append a block to the only block that jumps to it, when both fail to the same place."""
    predecessors: dict[str, int] = {}
    for block in blocks:
        for label in flat.successors(block.end):
            predecessors[label] = predecessors.get(label, 0) + 1
        if block.handler is not None:
            predecessors[block.handler] = predecessors.get(block.handler, 0) + 2
    by_label = {b.label: b for b in blocks}
    renamed: dict[flat.Var, flat.Atom] = {}
    absorbed: set[str] = set()
    for block in blocks:
        if block.label in absorbed:
            continue
        while isinstance(block.end, flat.Jump):
            target = by_label[block.end.target]
            if target is block or target is blocks[0] or predecessors[target.label] != 1:
                break
            if block.handler != target.handler and block.can_fail and target.can_fail:
                context.count("simplify-blocks.other-handler")
                break
            if any(not _fits(p, a) for p, a in zip(target.params, block.end.args, strict=True)):
                context.count("simplify-blocks.unfit")
                break
            args = block.end.args
            if context.planted("simplify-blocks-move") and len(args) > 1:
                args = (args[0],) * len(args)
            renamed.update(zip(target.params, args, strict=True))
            block.handler = block.handler if block.can_fail else target.handler
            block.instrs = (*block.instrs, *target.instrs)
            block.end = target.end
            absorbed.add(target.label)
            context.count("simplify-blocks.merged")
    kept = tuple(b for b in blocks if b.label not in absorbed)
    return tuple(_rename(b, renamed) for b in kept) if renamed else kept


def _fits(param: flat.Var, atom: flat.Atom) -> bool:
    return param.holds is flat.Holds.REFERENCE or isinstance(atom, flat.Imm) or atom.holds is flat.Holds.IMMEDIATE


def _rename(block: flat.Block, renamed: dict[flat.Var, flat.Atom]) -> flat.Block:
    def final(atom: flat.Atom) -> flat.Atom:
        while isinstance(atom, flat.Var) and atom in renamed:
            atom = renamed[atom]
        return atom

    def atoms(args: tuple[flat.Atom, ...]) -> tuple[flat.Atom, ...]:
        return tuple(final(a) for a in args)

    instrs = tuple(flat.Instr(i.result, i.op, atoms(i.args), i.span) for i in block.instrs)
    end = block.end
    match end:
        case flat.Jump(target=target, args=args):
            end = flat.Jump(target, atoms(args))
        case flat.Branch(condition=condition, then=then, otherwise=otherwise):
            end = flat.Branch(final(condition), then, otherwise)
        case flat.Return(value=value):
            end = flat.Return(final(value))
        case flat.TailCall(args=args, as_list=as_list, span=span):
            end = flat.TailCall(atoms(args), as_list, span)
        case flat.Fail():
            pass
    return flat.Block(block.label, block.params, instrs, end, block.handler)
