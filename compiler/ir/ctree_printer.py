"""The C tree as C99 text, with ``#line`` directives that lead back to the OmniLisp source."""

from __future__ import annotations

from compiler.c_text import c_string
from compiler.ir import ctree


def print_unit(unit: ctree.Unit, *, line_directives: bool = True) -> str:
    """The complete text of ``unit``, without ``#include`` lines."""
    parts = [_head(f) + ";" for f in unit.functions]
    parts.extend(d.text for d in unit.data)
    for function in unit.functions:
        parts.append(print_function(function, line_directives=line_directives))
    parts.extend(d.text for d in unit.final)
    return "\n".join(parts) + "\n"


def _head(function: ctree.Function) -> str:
    params = ", ".join(f"{p.type} {p.name}" for p in function.params)
    return f"static omni_pending {function.name}({params})"


def print_function(function: ctree.Function, *, line_directives: bool = True) -> str:
    """The definition of one function."""
    printer = _Printer(function, line_directives)
    return "\n".join(printer.lines())


def print_expr(expr: ctree.Expr) -> str:
    match expr:
        case ctree.Name(text=text):
            return text
        case ctree.Call(function=function, args=args):
            return f"{function}({', '.join([print_expr(a) for a in args])})"


class _Printer:
    def __init__(self, function: ctree.Function, line_directives: bool) -> None:
        self.function = function
        self.line_directives = line_directives
        self.out: list[str] = []
        self.position = 0  # source line that the C compiler believes the next line to be

    def lines(self) -> list[str]:
        function = self.function
        self.at(function.line)
        self.add(_head(function))
        self.add("{")
        for local in function.locals:
            self.add(f"  {local.type} {local.name};")
        last = function.line
        for stmt in function.body:
            last = stmt.line or last
            self.at(last)
            self.add(self.statement(stmt))
        self.add("}")
        return self.out

    def add(self, text: str) -> None:
        self.out.append(text)
        self.position += 1

    def at(self, line: int) -> None:
        if self.line_directives and line and line != self.position:
            self.out.append(f"#line {line} {c_string(self.function.file.encode())}")
            self.position = line

    @staticmethod
    def statement(stmt: ctree.Stmt) -> str:
        match stmt:
            case ctree.Assign(target=target, value=value):
                return f"  {target} = {print_expr(value)};"
            case ctree.Do(call=call):
                return f"  {print_expr(call)};"
            case ctree.IfGoto(condition=condition, label=label):
                return f"  if ({print_expr(condition)}) goto {label};"
            case ctree.Goto(label=label):
                return f"  goto {label};"
            case ctree.Label(name=name):
                return f"{name}:"
            case ctree.Return(value=value):
                return f"  return {print_expr(value)};"
