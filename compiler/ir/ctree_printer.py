"""The C tree as C99 text, with ``#line`` directives that lead back to the OmniLisp source."""

from __future__ import annotations

from compiler.c_text import c_string
from compiler.ir import ctree


def print_unit(unit: ctree.Unit) -> str:
    """The complete text of ``unit``, without ``#include`` lines."""
    parts = [print_prototype(f) for f in unit.functions]
    parts.extend(d.text for d in unit.data)
    parts.extend(print_function(f) for f in unit.functions)
    parts.extend(d.text for d in unit.final)
    return "\n".join(parts) + "\n"


def print_prototype(function: ctree.Function) -> str:
    """The declaration of one function."""
    return f"{_head(function)};"


def _head(function: ctree.Function) -> str:
    params = ", ".join([f"{p.type}{p.name}" if p.type.endswith("*") else f"{p.type} {p.name}" for p in function.params])
    return f"static omni_pending {function.name}({params})"


def print_function(function: ctree.Function) -> str:
    """The definition of one function."""
    printer = _Printer(function)
    return "\n".join(printer.lines())


def print_expr(expr: ctree.Expr) -> str:
    """The C text of an expression."""
    match expr:
        case ctree.Name(text=text):
            return text
        case ctree.Call(function=function, args=args):
            return f"{function}({', '.join([print_expr(a) for a in args])})"


_WIDTH = 110  # columns that statements of one source line may share


class _Printer:
    """Prints one function.

    Statements that stand for the same source line share a line of C as far as they
    fit: a directive for every statement would be most of the text.
    """

    def __init__(self, function: ctree.Function) -> None:
        self.function = function
        self.out: list[str] = []
        self.shared = ""  # statements of source line `source_line` that are not written yet
        self.source_line = 0
        self.position = 0  # source line that the C compiler takes the next line of text for

    def lines(self) -> list[str]:
        function = self.function
        self.at(function.line)
        self.add(f"{_head(function)} {{")
        for kind in dict.fromkeys(local.type for local in function.locals):
            self.add(f"  {kind} {', '.join([local.name for local in function.locals if local.type == kind])};")
        for stmt in function.body:
            self.statement(self.text(stmt), stmt.line or self.source_line)
        self.flush()
        self.add("}")
        return self.out

    def statement(self, text: str, line: int) -> None:
        fits = len(self.shared) + len(text) < _WIDTH
        if line == self.source_line and fits and not text.endswith(":"):
            self.shared += f" {text}" if self.shared else f"  {text}"
            return
        self.flush()
        self.source_line = line
        self.shared = text if text.endswith(":") else f"  {text}"

    def flush(self) -> None:
        if self.shared:
            self.at(self.source_line)
            self.add(self.shared)
            self.shared = ""

    def add(self, text: str) -> None:
        self.out.append(text)
        self.position += 1

    def at(self, line: int) -> None:
        if line and line != self.position:
            self.out.append(f"#line {line} {c_string(self.function.file.encode())}")
            self.position = line

    @staticmethod
    def text(stmt: ctree.Stmt) -> str:
        match stmt:
            case ctree.Assign(target=target, value=value):
                return f"{target} = {print_expr(value)};"
            case ctree.Do(call=call):
                return f"{print_expr(call)};"
            case ctree.IfGoto(condition=condition, label=label):
                return f"if ({print_expr(condition)}) goto {label};"
            case ctree.Goto(label=label):
                return f"goto {label};"
            case ctree.Label(name=name):
                return f"{name}:"
            case ctree.Return(value=value):
                return f"return {print_expr(value)};"
