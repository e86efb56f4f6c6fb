"""What a run of a program reached: expressions, procedures of the language, kinds of errors.

Only runs that ask for it pay: the linker puts a note in front of every expression of the program, none in the
library's own.
"""

from __future__ import annotations

from reference_interp.code import Simple
from reference_interp.core import Call, Expr, GlobalRef, PrimRef, Program, Span
from reference_interp.machine import Code, Env, Frame, State
from reference_interp.values import Value


class Coverage:
    """What runs have reached so far.

    ``spans`` are those of the expressions evaluated, ``names`` the primitives and library procedures that the
    program called or took as values (library procedures with the ``%`` of their Core names), ``kinds`` the kinds
    of what was raised, caught or not.
    """

    def __init__(self) -> None:
        self.spans: set[Span] = set()
        self.names: set[str] = set()
        self.kinds: set[str] = set()

    def watched(self, code: Code, expr: Expr) -> Code:
        """``code``, the linked form of ``expr``, with a note of its evaluation in front of it."""
        name = _name(expr)
        if isinstance(code, Simple):
            evaluate = code.evaluate

            def watching(env: Env) -> Value:
                self._reach(expr.span, name)
                return evaluate(env)

            return Simple(watching, code.height)
        return _Watched(self, code, expr.span, name)

    def _reach(self, span: Span, name: str | None) -> None:
        self.spans.add(span)
        if name is not None:
            self.names.add(name)

    def forms(self, program: Program) -> set[str]:
        """The special forms of ``program`` in which something was evaluated."""
        lines: dict[int, list[Span]] = {}
        for span in self.spans:
            lines.setdefault(span.line, []).append(span)
        return {keyword for keyword, span in program.special_forms if _inside(span, lines)}


class _Watched:
    """A node with a note in front of it."""

    __slots__ = ("code", "coverage", "name", "span")

    def __init__(self, coverage: Coverage, code: Code, span: Span, name: str | None) -> None:
        self.coverage = coverage
        self.code = code
        self.span = span
        self.name = name

    def step(self, env: Env, kont: Frame) -> State:
        self.coverage._reach(self.span, self.name)
        return self.code.step(env, kont)


def _name(expr: Expr) -> str | None:
    """The procedure of the language that evaluating ``expr`` itself uses."""
    match expr:
        case PrimRef(name=name) | Call(function=PrimRef(name=name)):
            return name
        case GlobalRef(name=name) if name.startswith("%"):
            return name
        case _:
            return None


def _inside(outer: Span, lines: dict[int, list[Span]]) -> bool:
    """Whether an expression that was evaluated begins inside of ``outer``."""
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return any(
        start <= (span.line, span.column) <= end
        for line in range(outer.line, outer.end_line + 1)
        for span in lines.get(line, ())
    )
