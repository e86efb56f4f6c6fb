"""Core as text: s-expressions with resolved scopes, one top-level form per paragraph."""

from __future__ import annotations

from reference_interp import core
from reference_interp.printer import write


def print_program(program: core.Program) -> str:
    """All forms, the prelude's first."""
    return "\n".join(print_expr(form) for form in program.forms) + "\n"


def print_expr(expr: core.Expr, indent: int = 0) -> str:
    """One expression; bodies are indented by two columns."""
    pad = "\n" + " " * (indent + 2)

    def inner(child: core.Expr) -> str:
        return print_expr(child, indent + 2)

    def bindings(variables: tuple[core.Variable, ...], values: tuple[core.Expr, ...]) -> str:
        return " ".join([f"({v.name} {inner(e)})" for v, e in zip(variables, values, strict=True)])

    match expr:
        case core.Const(value=value):
            return f"'{write(value)}"
        case core.LocalRef(variable=variable):
            return variable.name
        case core.GlobalRef(name=name):
            return f"(global {name})"
        case core.PrimRef(name=name):
            return f"(primitive {name})"
        case core.SetLocal(variable=variable, value=value):
            return f"(set! {variable.name} {inner(value)})"
        case core.SetGlobal(name=name, value=value):
            return f"(set-global! {name} {inner(value)})"
        case core.Define(name=name, value=value):
            return f"(define {name}{pad}{inner(value)})"
        case core.If(test=test, then=then, otherwise=otherwise):
            return f"(if {inner(test)}{pad}{inner(then)}{pad}{inner(otherwise)})"
        case core.Lambda(name=name, params=params, rest=rest, body=body, self_variable=self_variable):
            names = " ".join([p.name for p in params]) + (f" . {rest.name}" if rest else "")
            own = f" self={self_variable.name}" if self_variable else ""
            return f"(lambda {name or '_'}{own} ({names}){pad}{inner(body)})"
        case core.Call(function=function, args=args):
            return f"({' '.join([inner(e) for e in (function, *args)])})"
        case core.Seq(forms=forms):
            return f"(begin{pad}{pad.join([inner(f) for f in forms])})"
        case core.Let(variables=variables, values=values, body=body):
            return f"(let ({bindings(variables, values)}){pad}{inner(body)})"
        case core.Letrec(variables=variables, values=values, body=body):
            return f"(letrec* ({bindings(variables, values)}){pad}{inner(body)})"
        case core.Guard(body=body, variable=variable, handler=handler):
            return f"(guard ({variable.name}{pad}{inner(handler)}){pad}{inner(body)})"
        case core.Reraise(variable=variable):
            return f"(reraise {variable.name})"
