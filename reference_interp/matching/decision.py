"""Clauses to a decision automaton with backtracking, and that to Core.

Clauses are a matrix: a row for each, a column for each value still to be looked at (Wadler in Peyton Jones,
"The implementation of functional programming languages", 1987, chapter 5). Neighbouring rows that ask for
constructors in the same column share the tests; where that is not possible, the rows that follow become a
*continuation* to go to when those before have failed. Each clause, each pattern and each continuation
appears once, so the Core is as large as the patterns are.

In Core a continuation is a local procedure that is only called in tail position: the compiler makes a
jump of it. One that is called from a single place is put there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from reference_interp.core import Call, Const, Expr, If, Lambda, Let, Letrec, LocalRef, Span, Variable
from reference_interp.expander import primitive_call
from reference_interp.matching.patterns import (
    Anything,
    Bind,
    Compound,
    Construct,
    Either,
    Literal,
    PairShape,
    Pattern,
    RecordShape,
    VectorShape,
)
from reference_interp.values import String

#: Python frames that one clause, or one constructor in a pattern, takes here at most.
FRAMES_PER_NODE = 6


@dataclass(frozen=True, slots=True)
class Clause:
    """``body`` is for values that match ``pattern`` and for which ``guard``, if there is one, is true."""

    pattern: Pattern
    guard: Expr | None
    body: Expr


def decide(subject: Variable, clauses: Sequence[Clause], span: Span) -> Expr:
    """The value of the first clause that matches the value of ``subject``; raises a match failure if none does."""
    rows = [_Row([clause.pattern], [], clause.guard, clause.body) for clause in clauses]
    builder = _Builder(span)

    def fail() -> _State:
        return _Done(primitive_call("%raise-match", [LocalRef(subject, span)], span))

    return builder.emit(builder.rows([subject], rows, fail))


# ---- the automaton --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Label:
    """A continuation: ``state`` with the parameters ``params``, reached from ``uses`` places."""

    params: tuple[Variable, ...] = ()
    state: _State | None = None
    uses: int = 0
    variable: Variable = field(default_factory=lambda: Variable("next"))


@dataclass(frozen=True, slots=True)
class _Done:
    """The end: evaluate ``value``."""

    value: Expr


@dataclass(frozen=True, slots=True)
class _Goto:
    """Go on at ``label``, whose parameters get the values of ``args``."""

    label: _Label
    args: tuple[Variable, ...] = ()


@dataclass(frozen=True, slots=True)
class _With:
    """``label`` can be gone to from within ``state``."""

    label: _Label
    state: _State


@dataclass(frozen=True, slots=True)
class _Test:
    condition: Expr
    then: _State
    otherwise: _State


@dataclass(frozen=True, slots=True)
class _Fetch:
    """Bind ``variables`` to ``values``."""

    variables: tuple[Variable, ...]
    values: tuple[Expr, ...]
    state: _State


_State = _Done | _Goto | _With | _Test | _Fetch


@dataclass(frozen=True, slots=True)
class _Row:
    """``patterns`` for the columns; what is bound already: variables and the columns that hold their values.

    If all match, ``body`` follows, or it is gone to the label with the values of the given variables.
    """

    patterns: list[Pattern]
    bound: list[tuple[Variable, Variable]]
    guard: Expr | None
    body: Expr | tuple[_Label, tuple[Variable, ...]]

    def without(self, column: int, parts: Sequence[Pattern] = ()) -> _Row:
        """The row after its pattern at ``column`` has matched: that one gives way to ``parts``."""
        patterns = [*parts, *self.patterns[:column], *self.patterns[column + 1 :]]
        return _Row(patterns, self.bound, self.guard, self.body)


_Failure = Callable[[], _State]


class _Builder:
    def __init__(self, span: Span) -> None:
        self._span = span

    # ---- matrix to automaton ------------------------------------------------------------------------

    def rows(self, columns: list[Variable], rows: Sequence[_Row], fail: _Failure) -> _State:
        """What tries ``rows`` on the values of ``columns``; ``fail`` makes what follows when none matches."""
        if not rows:
            return fail()
        rows = [_with_names_bound(row, columns) for row in rows]
        first = rows[0]
        column = next((i for i, pattern in enumerate(first.patterns) if not isinstance(pattern, Anything)), None)
        if column is None:
            return self._accept(columns, first, rows[1:], fail)
        run = 1
        if _is_tested_by_head(first, column):
            while run < len(rows) and _is_tested_by_head(rows[run], column):
                run += 1
        if run == len(rows):
            return self._run(columns, column, rows, fail)
        label = _Label()
        state = self._run(columns, column, rows[:run], lambda: _goto(label))
        label.state = self.rows(columns, rows[run:], fail)
        return _With(label, state)

    def _accept(self, columns: list[Variable], row: _Row, others: Sequence[_Row], fail: _Failure) -> _State:
        """``row`` has matched, but for its guard."""
        if isinstance(row.body, tuple):
            label, variables = row.body
            holder = dict(row.bound)
            return _goto(label, tuple([holder.get(variable, variable) for variable in variables]))
        state: _State = _Done(row.body)
        if row.guard is not None:
            state = _Test(row.guard, state, self.rows(columns, others, fail))
        if row.bound:
            variables = tuple([variable for variable, _ in row.bound])
            state = _Fetch(variables, tuple([self._value(column) for _, column in row.bound]), state)
        return state

    def _run(self, columns: list[Variable], column: int, rows: Sequence[_Row], fail: _Failure) -> _State:
        """Rows that all look at one column: by constructors, or a single one in another way."""
        row, subject = rows[0], columns[column]
        others = [*columns[:column], *columns[column + 1 :]]
        match row.patterns[column]:
            case Compound(value=value):
                test = self._call("equal?", self._value(subject), Const(value, self._span))
                return _Test(test, self.rows(others, [row.without(column)], fail), fail())
            case Either(variables=variables, alternatives=alternatives):
                label = _Label(variables)
                label.state = self.rows(others, [row.without(column)], fail)
                chosen = [_Row([each.pattern], [], None, (label, each.variables)) for each in alternatives]
                return _With(label, self.rows([subject], chosen, fail))
            case _:
                return self._switch(columns, column, rows, fail)

    def _switch(self, columns: list[Variable], column: int, rows: Sequence[_Row], fail: _Failure) -> _State:
        """One test for each constructor in the column; the rows with that constructor share it."""
        subject = columns[column]
        others = [*columns[:column], *columns[column + 1 :]]
        groups: dict[Hashable, list[_Row]] = {}
        for row in rows:
            pattern = row.patterns[column]
            assert isinstance(pattern, Literal | Construct)
            groups.setdefault(pattern.head, []).append(row)

        length = Variable("length")
        vectors: _State | None = None
        state = fail()
        for group in reversed(groups.values()):
            constructor = group[0].patterns[column]
            if isinstance(constructor, Construct):
                then = self._parts(subject, constructor, others, column, group, fail)
            else:
                then = self.rows(others, [row.without(column) for row in group], fail)
            match constructor:
                case Construct(shape=VectorShape(length=items)):
                    test = self._call("=", self._value(length), Const(items, self._span))
                    vectors = _Test(test, then, vectors or fail())
                case Construct(shape=PairShape()):
                    state = _Test(self._call("pair?", self._value(subject)), then, state)
                case Construct(shape=RecordShape(type=record_type)):
                    test = self._call("%record-is?", self._value(subject), record_type.reference())
                    state = _Test(test, then, state)
                case Literal(value=value):
                    equality = "equal?" if type(value) is String else "eqv?"
                    test = self._call(equality, self._value(subject), Const(value, self._span))
                    state = _Test(test, then, state)
        if vectors is None:
            return state
        measured = _Fetch((length,), (self._call("vector-length", self._value(subject)),), vectors)
        return _Test(self._call("vector?", self._value(subject)), measured, state)

    def _parts(
        self,
        subject: Variable,
        constructor: Construct,
        others: list[Variable],
        column: int,
        rows: Sequence[_Row],
        fail: _Failure,
    ) -> _State:
        """Take apart an object of the constructor's shape, as far as the rows look at its parts."""
        matrix = [_constructed(row, column).parts for row in rows]
        wanted = [
            i for i in range(len(constructor.parts)) if any(not isinstance(parts[i], Anything) for parts in matrix)
        ]
        inner = [
            row.without(column, [parts[index] for index in wanted]) for row, parts in zip(rows, matrix, strict=True)
        ]
        variables = tuple([Variable("part") for _ in wanted])
        state = self.rows([*variables, *others], inner, fail)
        if not variables:
            return state
        values = tuple([self._part(subject, constructor, index) for index in wanted])
        return _Fetch(variables, values, state)

    def _part(self, subject: Variable, constructor: Construct, index: int) -> Expr:
        value = self._value(subject)
        match constructor.shape:
            case PairShape():
                return self._call("cdr" if index else "car", value)
            case VectorShape():
                return self._call("vector-ref", value, Const(index, self._span))
            case RecordShape():
                return self._call("%record-ref", value, Const(index, self._span))

    # ---- automaton to Core --------------------------------------------------------------------------

    def emit(self, state: _State) -> Expr:
        """The Core of an automaton."""
        match state:
            case _Done(value=value):
                return value
            case _Goto(label=label, args=args):
                if label.uses == 1 and not label.params:
                    assert label.state is not None
                    return self.emit(label.state)
                return Call(self._value(label.variable), tuple([self._value(arg) for arg in args]), self._span)
            case _With(label=label, state=inner):
                if label.uses == 0 or (label.uses == 1 and not label.params):
                    return self.emit(inner)
                assert label.state is not None
                procedure = Lambda("", label.params, None, self.emit(label.state), self._span)
                return Letrec((label.variable,), (procedure,), self.emit(inner), self._span)
            case _Test(condition=condition, then=then, otherwise=otherwise):
                return If(condition, self.emit(then), self.emit(otherwise), self._span)
            case _Fetch(variables=variables, values=values, state=inner):
                return Let(variables, values, self.emit(inner), self._span)

    def _value(self, variable: Variable) -> LocalRef:
        return LocalRef(variable, self._span)

    def _call(self, primitive: str, *args: Expr) -> Call:
        return primitive_call(primitive, args, self._span)


def _goto(label: _Label, args: tuple[Variable, ...] = ()) -> _Goto:
    label.uses += 1
    return _Goto(label, args)


def _with_names_bound(row: _Row, columns: Sequence[Variable]) -> _Row:
    """``row`` with the names that its patterns begin with bound to their columns."""
    if not any(isinstance(pattern, Bind) for pattern in row.patterns):
        return row
    patterns: list[Pattern] = []
    bound = list(row.bound)
    for column, pattern in zip(columns, row.patterns, strict=True):
        while isinstance(pattern, Bind):
            bound.append((pattern.variable, column))
            pattern = pattern.pattern
        patterns.append(pattern)
    return _Row(patterns, bound, row.guard, row.body)


def _is_tested_by_head(row: _Row, column: int) -> bool:
    return isinstance(row.patterns[column], Literal | Construct)


def _constructed(row: _Row, column: int) -> Construct:
    pattern = row.patterns[column]
    assert isinstance(pattern, Construct)
    return pattern
