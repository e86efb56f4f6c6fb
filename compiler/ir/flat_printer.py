"""Flat as text, for ``--dump-after`` and for golden files."""

from __future__ import annotations

from compiler.ir import flat
from compiler.literal_code import literal_code


def print_program(program: flat.FlatProgram) -> str:
    """The whole program, one function after the other."""
    head = f"globals {' '.join(program.globals)}\nforms {' '.join(program.forms)}\n"
    return head + "\n".join(print_function(f) for f in program.functions)


def print_function(function: flat.Function) -> str:
    """One function: a line per instruction, labels flush left."""
    params = ([function.self_param] if function.self_param else []) + list(function.params)
    flags = " rest" * function.rest + " packed" * function.packed
    lines = [f"function {function.label}({', '.join(map(repr, params))}){flags}"]
    for block in function.blocks:
        lines.append(print_block_head(block.label, block.params, block.handler))
        lines.extend("  " + print_instr(i) for i in block.instrs)
        lines.append("  " + print_end(block.end))
    return "\n".join(lines) + "\n"


def print_block_head(label: str, params: tuple[flat.Var, ...], handler: str | None) -> str:
    """``L1(x.3) handler L2:``"""
    args = f"({', '.join(map(repr, params))})" if params else ""
    return f"{label}{args}{f' handler {handler}' if handler else ''}:"


def print_atom(atom: flat.Atom) -> str:
    """An operand: a variable or an immediate value."""
    return atom.text if isinstance(atom, flat.Imm) else repr(atom)


def print_instr(instr: flat.Instr) -> str:
    """``x.3 = car(l.2)``"""
    args = ", ".join(print_atom(a) for a in instr.args)
    result = f"{instr.result!r} = " if instr.result is not None else ""
    return f"{result}{print_operation(instr.op)}({args})"


def print_operation(op: flat.Operation) -> str:
    """The operation with what it carries besides its arguments."""
    match op:
        case flat.PrimOp(name=name):
            return name
        case flat.PrimitiveValue(name=name):
            return f"primitive[{name}]"
        case flat.CallKnown(label=label):
            return f"call {label}"
        case flat.GroupMake(labels=labels, captures=captures):
            return f"group[{', '.join(labels)}; {captures}]"
        case (
            flat.GlobalGet(name=name)
            | flat.GlobalDefine(name=name)
            | flat.GlobalSet(name=name)
            | flat.BoxGet(name=name)
        ):
            return f"{_VERBS[type(op)]}[{name}]"
        case flat.CaptureInit(index=index) | flat.CaptureGet(index=index) | flat.Sibling(index=index):
            return f"{_VERBS[type(op)]}[{index}]"
        case flat.Literal(value=value):
            return f"literal[{literal_code(value).decode('latin-1')}]"
        case _:
            return _VERBS[type(op)]


_VERBS: dict[type, str] = {
    flat.CallValue: "call",
    flat.CallList: "call-list",
    flat.CaptureInit: "capture-init",
    flat.CaptureGet: "capture",
    flat.Sibling: "sibling",
    flat.BoxMake: "box",
    flat.BoxGet: "unbox",
    flat.BoxSet: "box-set",
    flat.GlobalGet: "global",
    flat.GlobalDefine: "define",
    flat.GlobalSet: "global-set",
    flat.Catch: "catch",
    flat.Reraise: "reraise",
    flat.CaughtContext: "caught-context",
    flat.RaiseAgain: "raise-again",
    flat.StackCheck: "stack-check",
}


def print_end(end: flat.Terminator) -> str:
    """Where control goes at the end of a block."""
    match end:
        case flat.Jump(target=target, args=args):
            return f"jump {target}({', '.join(print_atom(a) for a in args)})"
        case flat.Branch(condition=condition, then=then, otherwise=otherwise):
            return f"branch {print_atom(condition)} {then} {otherwise}"
        case flat.Return(value=value):
            return f"return {print_atom(value)}"
        case flat.TailCall(args=args, as_list=as_list):
            return f"tail-call{'-list' if as_list else ''}({', '.join(print_atom(a) for a in args)})"
        case flat.Fail():
            return "fail"
