"""What a run shows of a program's expressions: which were evaluated, and the types of their values.

The program is run once, with a note behind every expression that has its value at once: constants, variables, calls of
primitives. The types are those of the generator, so that it can use a variable as if it had made it.
"""

from __future__ import annotations

from functools import reduce
from itertools import islice
from tempfile import TemporaryDirectory
from typing import Final

from omnitest.generate import types
from reference_interp import run
from reference_interp.builtins_data import is_list, items_of
from reference_interp.code import Simple
from reference_interp.core import Expr, LocalRef, Program, Span, Variable
from reference_interp.coverage import Coverage
from reference_interp.machine import Closure, Code, Env
from reference_interp.session import Surroundings
from reference_interp.values import NOTHING, Bytevector, Char, Pair, String, Symbol, Value, Vector

#: Steps of the run; what is reached later is taken for not reached.
STEPS: Final = 30_000
#: How deep the types of data go, and how many items of a list or vector are looked at.
_DEPTH: Final = 2
_ITEMS: Final = 4
#: Steps that a call of a procedure seen at run time is expected to take.
_CALL_COST: Final = 60
#: So many values of one expression are looked at.
_LOOKS: Final = 3


class Values(Coverage):
    """Types of values by the place of the expression, and by variable."""

    def __init__(self) -> None:
        super().__init__()
        self.of_places: Final[dict[Span, types.Type]] = {}
        self.of_variables: Final[dict[Variable, types.Type]] = {}
        self._looks: Final[dict[Span, int]] = {}

    def watched(self, code: Code, expr: Expr) -> Code:
        if not isinstance(code, Simple):
            return super().watched(code, expr)
        evaluate, span = code.evaluate, expr.span

        def watching(env: Env) -> Value:
            self.spans.add(span)
            value = evaluate(env)
            looks = self._looks.get(span, 0)
            if looks < _LOOKS:
                self._looks[span] = looks + 1
                self._note(expr, value)
            return value

        return Simple(watching, code.height)

    def _note(self, expr: Expr, value: Value) -> None:
        type_ = type_of(value)
        known = self.of_places.get(expr.span)
        self.of_places[expr.span] = type_ if known is None else joined(known, type_)
        if isinstance(expr, LocalRef):
            before = self.of_variables.get(expr.variable)
            self.of_variables[expr.variable] = type_ if before is None else joined(before, type_)


def values_of(program: Program) -> Values:
    """What a run of ``program`` shows."""
    values = Values()
    with TemporaryDirectory(prefix="omnitest-values-") as folder:
        surroundings = Surroundings(directory=folder)
        run(program, steps=STEPS, output_limit=1 << 16, memory=1 << 24, surroundings=surroundings, coverage=values)
    return values


def type_of(value: Value, depth: int = _DEPTH) -> types.Type:
    """The generator's type of one value; anything where it has none."""
    match value:
        case bool():
            return types.BOOL
        case int(n):
            fitting = (t for t in (types.Int(0, 20), types.SMALL, types.WIDE) if t.low <= n <= t.high)
            return next(fitting, types.HUGE)
        case float():
            return types.FLOAT
        case Char():
            return types.CHAR
        case Symbol():
            return types.SYM
        case String(text=text, immutable=immutable):
            return _made(types.Str(len(text), len(text)), immutable)
        case Bytevector(data=data, immutable=immutable):
            return _made(types.Bytes(len(data), len(data)), immutable)
        case Closure(code=code) if code.is_simple:
            return types.Proc((types.ANY,) * code.required, types.ANY, _CALL_COST)
        case _ if value is NOTHING:
            return types.NOTHING
        case _ if depth == 0:
            return types.ANY
        case Pair(immutable=immutable) if is_list(value):
            items = items_of(value)
            return _made(types.List(_item_type(items, depth), len(items), len(items)), immutable)
        case Pair(car=car, cdr=cdr, immutable=immutable):
            return _made(types.Pair(type_of(car, depth - 1), type_of(cdr, depth - 1)), immutable)
        case Vector(items=elements, immutable=immutable):
            return _made(types.Vec(_item_type(elements, depth), len(elements)), immutable)
        case _ if is_list(value):
            return types.List(types.SMALL, 0, 0)
        case _:
            return types.ANY


def _made(type_: types.List | types.Pair | types.Vec | types.Str | types.Bytes, immutable: bool) -> types.Type:
    return type_ if immutable else types.Fresh(type_)


def _item_type(items: list[Value], depth: int) -> types.Type:
    kinds = [type_of(item, depth - 1) for item in islice(items, _ITEMS)]
    return reduce(joined, kinds) if kinds else types.SMALL


def joined(one: types.Type, other: types.Type) -> types.Type:
    """A type of the values of both; anything where the generator has none."""
    match one, other:
        case _ if one == other:
            return one
        case types.Int(), types.Int():
            return types.Int(min(one.low, other.low), max(one.high, other.high))
        case types.Str(), types.Str():
            return types.Str(min(one.least, other.least), max(one.most, other.most))
        case types.Bytes(), types.Bytes():
            return types.Bytes(min(one.least, other.least), max(one.most, other.most))
        case types.List(), types.List():
            item = joined(one.item, other.item)
            return types.List(item, min(one.least, other.least), max(one.most, other.most))
        case types.Pair(), types.Pair():
            return types.Pair(joined(one.car, other.car), joined(one.cdr, other.cdr))
        case types.Vec(), types.Vec() if one.length == other.length:
            return types.Vec(joined(one.item, other.item), one.length)
        case types.Fresh(of=of), _:
            return joined(of, other.of if isinstance(other, types.Fresh) else other)
        case _, types.Fresh(of=of):
            return joined(one, of)
        case _:
            return types.ANY
