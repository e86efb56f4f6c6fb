"""What the reference interpreter sees in a run of a program: expressions that are reached, and their values.

Nothing rests on it but which candidates are proposed: a trace that is cut short or knows nothing costs time, not truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from reference_interp import SyntaxProblem, parse, run
from reference_interp.code import Simple
from reference_interp.core import Expr, Span
from reference_interp.coverage import Coverage
from reference_interp.machine import RETURN, Code, Env, Frame, State
from reference_interp.syntax import NOWHERE, Kind, Syntax, atom, list_of, symbol, vector_of
from reference_interp.values import NIL, NOTHING, Bytevector, Char, Pair, String, Symbol, Value, Vector

_STEPS: Final = 10_000
_OUTPUT: Final = 1 << 20  # bytes
_MEMORY: Final = 16 << 20  # bytes of one object
_NODES: Final = 24  # of a value that is taken over into a program
_KEPT: Final = 2  # values per expression

Place = tuple[int, int, int, int]


@lru_cache(maxsize=4)
def traced(program: str, stdin: bytes) -> Trace:
    """The trace of a program; several passes ask for that of the best one so far."""
    return Trace(program, stdin)


class Trace:
    """A run of ``program`` with the input ``stdin``, to its end or as far as a small budget of steps goes.

    Of each expression the first values are known, as far as they can be written as expressions.
    """

    def __init__(self, program: str, stdin: bytes) -> None:
        recorder = _Recorder()
        try:
            core = parse(program)
        except SyntaxProblem:
            pass
        else:
            run(core, stdin=stdin, steps=_STEPS, memory=_MEMORY, output_limit=_OUTPUT, coverage=recorder)
        self._values = {_place(span): values for span, values in recorder.values.items()}
        self._reached = sorted({_place(span)[:2] for span in recorder.spans})

    def values(self, node: Syntax) -> Sequence[Syntax]:
        """The first values of an expression of the program, as expressions that make them anew; none if unknown."""
        return self._values.get(_place(node.span), ())

    def reached(self, node: Syntax) -> bool:
        """Whether something was evaluated at ``node`` or inside of it."""
        line, column, end_line, end_column = _place(node.span)
        return any((line, column) <= place < (end_line, end_column) for place in self._reached)


def _place(span: Span) -> Place:
    return span.line, span.column, span.end_line, span.end_column


class _Recorder(Coverage):
    """Keeps values besides what was reached."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[Span, list[Syntax]] = {}

    def watched(self, code: Code, expr: Expr) -> Code:
        span = expr.span
        if isinstance(code, Simple):
            evaluate = code.evaluate

            def recording(env: Env) -> Value:
                self.spans.add(span)
                value = evaluate(env)
                self.record(span, value)
                return value

            return Simple(recording, code.height)
        return _Recorded(self, code, span)

    def record(self, span: Span, value: Value) -> None:
        """Keep a value of the expression at ``span``, as it is now."""
        known = self.values.setdefault(span, [])
        if len(known) < _KEPT:
            expression = expression_for(value)
            if expression is not None:
                known.append(expression)


class _Recorded:
    """A node with a note of its evaluation in front of it, and of its value behind it."""

    __slots__ = ("code", "recorder", "span")

    def __init__(self, recorder: _Recorder, code: Code, span: Span) -> None:
        self.recorder = recorder
        self.code = code
        self.span = span

    def step(self, env: Env, kont: Frame) -> State:
        self.recorder.spans.add(self.span)
        return self.code.step(env, _Recording(kont, self.recorder, self.span))


class _Recording(Frame):
    """Keeps the value that it is given, and hands it on."""

    __slots__ = ("recorder", "span")

    def __init__(self, next: Frame, recorder: _Recorder, span: Span) -> None:
        super().__init__(next)
        self.recorder = recorder
        self.span = span

    def resume(self, value: Value) -> State:
        self.recorder.record(self.span, value)
        return RETURN, value, self.next


# ---- values as expressions ------------------------------------------------------------------------------


def expression_for(value: Value) -> Syntax | None:
    """An expression that makes a value like ``value`` anew; None if there is none, or only a long one."""
    left = _NODES

    def build(value: Value) -> Syntax | None:
        nonlocal left
        left -= 1
        if left < 0:
            return None
        if isinstance(value, bool | int | float | Char):
            return atom(value)
        if isinstance(value, String):
            return atom(String(value.text, immutable=True)) if len(value.text) <= _NODES else None
        if value is NIL or isinstance(value, Symbol):
            return list_of(symbol("quote"), list_of() if value is NIL else atom(value))
        if value is NOTHING:
            return symbol("nothing")
        if isinstance(value, Vector):
            return call("vector", value.items)
        if isinstance(value, Bytevector):
            return call("bytevector", list(value.data))
        if isinstance(value, Pair):
            return build_list(value)
        return None

    def call(name: str, arguments: Sequence[Value]) -> Syntax | None:
        if len(arguments) > left:
            return None
        parts = [build(argument) for argument in arguments]
        known = [part for part in parts if part is not None]
        return list_of(symbol(name), *known) if len(known) == len(parts) else None

    def build_list(value: Pair) -> Syntax | None:
        items: list[Value] = []
        rest: Value = value
        while isinstance(rest, Pair):
            items.append(rest.car)
            rest = rest.cdr
            if len(items) > left:  # too long, or it contains itself
                return None
        if rest is NIL:
            return call("list", items)
        first = build(items[0])
        more = build(value.cdr)
        return list_of(symbol("cons"), first, more) if first is not None and more is not None else None

    return build(value)


def quoted(expression: Syntax) -> Syntax:
    """The literal for an expression that :func:`expression_for` made."""
    datum = _datum(expression)
    if datum.kind is Kind.ATOM and datum.symbol is None:
        return datum
    if datum.symbol == "nothing" or (datum.kind is Kind.VECTOR):
        return datum
    return list_of(symbol("quote"), datum)


def _datum(expression: Syntax) -> Syntax:
    if expression.kind is not Kind.LIST or not expression.items:
        return expression
    name, *arguments = expression.items
    parts = [_datum(argument) for argument in arguments]
    match name.symbol:
        case "quote":
            return arguments[0]
        case "vector":
            return vector_of(*parts)
        case "cons":
            return Syntax(Kind.LIST, NOWHERE).replace_items(parts[:1], parts[1])
        case "list":
            return list_of(*parts)
        case _:
            return expression
