"""The C tree as C99 text, with ``#line`` directives that lead back to the OmniLisp source."""

from __future__ import annotations

from functools import lru_cache

from compiler.c_text import c_string
from compiler.ir import ctree

_OPEN = "\x02"  # around the key of a position that is still open; no character of C


def print_unit(unit: ctree.Unit) -> str:
    """The complete text of ``unit``, without ``#include`` lines."""
    parts = [print_prototype(f) for f in unit.functions]
    parts += [d.text for d in unit.data]
    parts += [_printed_library(f) if f.library is not None else print_function(f) for f in unit.functions]
    parts += [d.text for d in unit.final]
    text = "\n".join(parts) + "\n"
    pieces = text.split(_OPEN)
    pieces[1::2] = [str(unit.positions[key]) for key in pieces[1::2]]
    return "".join(pieces).replace(ctree.PREFIX, unit.prefix)


def print_prototype(function: ctree.Function) -> str:
    """The declaration of one function."""
    return f"{_head(function)};"


def _head(function: ctree.Function) -> str:
    params = ", ".join([f"{p.type}{p.name}" if p.type.endswith("*") else f"{p.type} {p.name}" for p in function.params])
    return f"static omni_pending {function.name}({params})"


def print_function(function: ctree.Function) -> str:
    """The definition of one function, the prefix and the positions in tables still open."""
    return "\n".join(_Printer(function).lines())


_printed_library = lru_cache(maxsize=4096)(print_function)


def print_expr(expr: ctree.Expr) -> str:
    """The C text of an expression."""
    match expr:
        case ctree.Name():
            return expr.text
        case ctree.Call():
            args = [arg.text if isinstance(arg, ctree.Name) else print_expr(arg) for arg in expr.args]
            return f"{expr.function}({', '.join(args)})"
        case ctree.Position(key=key):
            return f"{_OPEN}{key}{_OPEN}"
        case ctree.Cell(key=key):
            return f"&{ctree.PREFIX}_globals[{_OPEN}{key}{_OPEN}]"


_WIDTH = 110  # columns of lines that need no directive
_WIDTH_WITH_DIRECTIVE = 1000  # of others; C99 promises 4095


class _Printer:
    """Prints one function.

    Each line of C that stands for a source line has a directive. So all statements and labels that stand for the
    same source line share a line as far as they fit: directives would be most of the text otherwise.
    """

    def __init__(self, function: ctree.Function) -> None:
        self.function = function
        self.file = c_string(function.file.encode())
        self.out: list[str] = []
        self.shared = ""  # statements of source line `source_line` that are not written yet
        self.source_line = 0
        self.position = 0  # source line that the C compiler takes the next line of text for

    def lines(self) -> list[str]:
        function = self.function
        self.at(function.line)
        self.add(f"{_head(function)} {{")
        names: dict[str, list[str]] = {}
        for local in function.locals:
            names.setdefault(local.type, []).append(local.name)
        for kind, declared in names.items():
            self.add(f"  {kind} {', '.join(declared)};")
        for stmt in function.body:
            self.statement(self.text(stmt), stmt.line or self.source_line)
        self.flush()
        self.add("}")
        return self.out

    def statement(self, text: str, line: int) -> None:
        width = _WIDTH_WITH_DIRECTIVE if line else _WIDTH
        label = not line and text.endswith(":")
        if line == self.source_line and self.shared and len(self.shared) + len(text) < width and not label:
            self.shared += f" {text}"
            return
        self.flush()
        self.source_line = line
        self.shared = text if label else f"  {text}"

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
            self.out.append(f"#line {line} {self.file}")
            self.position = line

    @staticmethod
    def text(stmt: ctree.Stmt) -> str:
        match stmt:
            case ctree.Assign():
                return f"{stmt.target} = {print_expr(stmt.value)};"
            case ctree.Do():
                return f"{print_expr(stmt.call)};"
            case ctree.IfGoto():
                return f"if ({print_expr(stmt.condition)}) goto {stmt.label};"
            case ctree.Goto():
                return f"goto {stmt.label};"
            case ctree.Label():
                return f"{stmt.name}:"
            case ctree.Return():
                return f"return {print_expr(stmt.value)};"
