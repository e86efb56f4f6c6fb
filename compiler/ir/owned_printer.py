"""Owned as text."""

from __future__ import annotations

from compiler.ir import flat, owned
from compiler.ir.flat_printer import print_block_head, print_end, print_instr


def print_program(program: owned.OwnedProgram) -> str:
    """The whole program, one function after the other."""
    head = f"globals {' '.join(program.globals)}\nforms {' '.join(program.forms)}\n"
    return head + "\n".join(print_function(f) for f in program.functions)


def print_function(function: owned.Function) -> str:
    """One function; ``!drop`` lists what a failing step drops."""
    params = ([function.self_param] if function.self_param else []) + list(function.params)
    lines = [f"function {function.label}({', '.join(map(repr, params))})"]
    for block in function.blocks:
        lines.append(print_block_head(block.label, block.params, block.handler))
        lines.extend("  " + print_action(a) for a in block.actions)
        if isinstance(block.end, owned.Dispatch):
            lines.append(f"  dispatch {' '.join(block.end.targets)}")
        else:
            lines.append("  " + print_end(block.end))
    return "\n".join(lines) + "\n"


def print_action(action: owned.Action) -> str:
    """One action, on one line."""
    match action:
        case owned.Dup(result=result, source=source):
            return f"{result!r} = dup {source!r}"
        case owned.Drop(variable=variable):
            return f"drop {variable!r}"
        case owned.Restore(result=result, index=index):
            return f"{result!r} = restore {index}"
        case owned.Step(result=result, op=op, args=args, span=span, cleanup=cleanup, suspension=suspension):
            if isinstance(op, owned.Resumed):
                text = f"{result!r} = resumed"
            else:
                text = print_instr(flat.Instr(result, op, args, span))
            if cleanup:
                text += f" !drop {', '.join(map(repr, cleanup))}"
            if suspension is not None:
                text += f" !suspend {suspension.state} [{', '.join(map(repr, suspension.saved))}]"
            return text
