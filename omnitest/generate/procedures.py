"""Productions of procedures and of calls."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    BOOL,
    CHAR,
    FLOAT,
    NOTHING,
    NUMBER,
    SMALL,
    SYM,
    TEXT,
    WIDE,
    WORD,
    Any,
    Int,
    List,
    Pair,
    Proc,
    Str,
    Type,
    Vec,
    fits,
)

_PRIMITIVE_COST: Final = 8


def _builtin(result: Type, *params: Type) -> Proc:
    return Proc(params, result, _PRIMITIVE_COST)


#: Builtins as values, with types that hold for their arguments and results.
_BUILTINS: Final[tuple[tuple[str, Proc], ...]] = (
    *((name, _builtin(WIDE, SMALL, SMALL)) for name in ("+", "-")),
    *((name, _builtin(SMALL, SMALL, SMALL)) for name in ("max", "min", "gcd", "bitwise-and")),
    *((name, _builtin(SMALL, SMALL)) for name in ("-", "abs", "bitwise-not", "floor")),
    *((name, _builtin(FLOAT, FLOAT, NUMBER)) for name in ("+", "-", "*", "/")),
    *((name, _builtin(FLOAT, NUMBER)) for name in ("inexact", "exp", "sin", "atan")),
    *((name, _builtin(BOOL, NUMBER, NUMBER)) for name in ("<", ">", "=", "<=", ">=")),
    *((name, _builtin(BOOL, WIDE)) for name in ("odd?", "even?", "zero?", "positive?", "negative?")),
    *((name, _builtin(BOOL, ANY)) for name in ("not", "number?", "string?", "symbol?", "pair?", "null?", "list?")),
    *((name, _builtin(BOOL, ANY, ANY)) for name in ("equal?", "eqv?", "eq?")),
    *((name, _builtin(CHAR, CHAR)) for name in ("char-upcase", "char-downcase")),
    *((name, _builtin(BOOL, CHAR)) for name in ("char-alphabetic?", "char-numeric?", "char-whitespace?")),
    *((name, _builtin(BOOL, CHAR, CHAR)) for name in ("char<?", "char=?")),
    *((name, _builtin(BOOL, TEXT, TEXT)) for name in ("string<?", "string=?", "string>?")),
    *((name, _builtin(TEXT, TEXT)) for name in ("string-copy", "string-upcase", "string-downcase")),
    ("string-append", _builtin(Str(0, 24), Str(0, 12), Str(0, 12))),
    ("string-length", _builtin(Int(0, 60), TEXT)),
    ("symbol->string", _builtin(WORD, SYM)),
    ("string->symbol", _builtin(SYM, WORD)),
    ("number->string", _builtin(Str(0, 30), NUMBER)),
    ("string->list", _builtin(List(CHAR, 0, 60), TEXT)),
    ("list->string", _builtin(TEXT, List(CHAR, 0, 60))),
    ("char->integer", _builtin(WIDE, CHAR)),
    ("length", _builtin(Int(0, 600), List(ANY, 0, 600))),
    ("square", _builtin(WIDE, SMALL)),
)
_PRINTERS: Final = tuple((name, _builtin(NOTHING, ANY)) for name in ("display", "write", "print"))


def _polymorphic_builtins(type_: Proc) -> list[str]:
    """Builtins that have ``type_`` because of how its parameters and result relate."""
    names: list[str] = []
    params, result = type_.params, type_.result
    if len(params) == 1:
        only = params[0]
        if fits(only, result):
            names.append("identity")
        if isinstance(only, List) and only.least > 0 and fits(only.item, result):
            names.append("car")
        if isinstance(only, Pair):
            names += ["car"] * fits(only.car, result) + ["cdr"] * fits(only.cdr, result)
        if isinstance(only, List) and fits(only, result):
            names += ("reverse", "list-copy")
        if isinstance(only, Vec) and isinstance(result, Int) and fits(Int(only.length, only.length), result):
            names.append("vector-length")
    if len(params) == 2 and isinstance(result, Pair) and fits(params[0], result.car) and fits(params[1], result.cdr):
        names.append("cons")
    if isinstance(result, List) and result.least <= len(params) <= result.most:
        if all(fits(param, result.item) for param in params):
            names.append("list")
    if isinstance(result, Vec) and result.length == len(params) and all(fits(p, result.item) for p in params):
        names.append("vector")
    return names


@production(Proc, weight=12)
def lambda_expression(g: Builder, type_: Proc, size: int) -> Tree | None:
    return g.procedure(type_, size - 1 - len(type_.params))


@production(Proc, weight=5)
def builtin_procedure(g: Builder, type_: Proc, size: int) -> Tree | None:
    if type_.cost < _PRIMITIVE_COST:
        return None
    rows = _BUILTINS + _PRINTERS if g.has(Feature.OUTPUT) else _BUILTINS
    names = [name for name, builtin in rows if fits(builtin, type_)] + _polymorphic_builtins(type_)
    return g.pick(names) if names else None


@production(Proc, weight=3)
def fn_expression(g: Builder, type_: Proc, size: int) -> Tree | None:
    """fn, with a name for itself that it may pass on but not call."""
    params, body = g.lambda_parts(type_, size - 2)
    if g.randrange(2):
        return Form(["fn", list(params), *body], (params, body))
    self = Var(type_)
    body = [["if", ["procedure?", self], body[0], g.constant(type_.result)]] if len(body) == 1 else body
    return Form(["fn", self, list(params), *body], ([self], [list(params), *body]), (params, body))


@production(Proc, weight=2, needs=(Feature.HIGHER_ORDER,))
def composed(g: Builder, type_: Proc, size: int) -> Tree | None:
    if len(type_.params) != 1 or type_.cost < 60:
        return None
    left, right = g.split(size - 1, 2)
    part = (type_.cost - 40) // 2
    if g.randrange(8) == 7 and fits(type_.params[0], type_.result):
        return ["compose"]
    middle = g.scalar_type()
    outer = g.expr(Proc((middle,), type_.result, part), left)
    return ["compose", outer, g.expr(Proc(type_.params, middle, part), right)]


@production(Proc, weight=2, needs=(Feature.HIGHER_ORDER,))
def flipped(g: Builder, type_: Proc, size: int) -> Tree | None:
    if len(type_.params) != 2 or type_.cost < 60:
        return None
    first, second = type_.params
    return ["flip", g.expr(Proc((second, first), type_.result, type_.cost - 30), size - 1)]


# ---- calls ------------------------------------------------------------------------------------------
def arguments(g: Builder, params: tuple[Type, ...], size: int) -> list[Tree]:
    if not params:
        return []
    return [g.expr(param, piece) for param, piece in zip(params, g.split(size, len(params)), strict=True)]


def _callable_for(g: Builder, type_: Type) -> list[tuple[Var, Proc]]:
    found: list[tuple[Var, Proc]] = []
    for variable in g.scope:
        procedure = variable.type
        if isinstance(procedure, Proc) and fits(procedure.result, type_) and g.affords(procedure.cost):
            found.append((variable, procedure))
    return found


@production(weight=35)
def call_of_variable(g: Builder, type_: Type, size: int) -> Tree | None:
    found = _callable_for(g, type_)
    if not found:
        return None
    variable, procedure = g.pick(found)
    g.charge(procedure.cost)
    params = procedure.params
    if procedure.rest is not None:
        params += (procedure.rest,) * g.between(0, min(procedure.most_rest, 4))
        if g.has(Feature.REST) and g.randrange(3) == 2:
            return _spread_call(g, variable, procedure, size)
    if g.has(Feature.REST) and g.randrange(10) == 9:
        return ["apply", variable, *arguments(g, params[:-1], size - 4), ["list", *arguments(g, params[-1:], 2)]]
    return [variable, *arguments(g, params, size - 1)]


def _spread_call(g: Builder, variable: Var, procedure: Proc, size: int) -> Tree:
    """(apply f fixed … list) with a list of any allowed length."""
    assert procedure.rest is not None
    left, right = g.split(size - 2, 2)
    rest = g.expr(List(procedure.rest, 0, procedure.most_rest), right)
    return ["apply", variable, *arguments(g, procedure.params, left), rest]


@production(weight=4, needs=(Feature.CLOSURES,))
def curried_call(g: Builder, type_: Type, size: int) -> Tree | None:
    """A call of the result of a call."""
    found = []
    for variable in g.scope:
        outer = variable.type
        if isinstance(outer, Proc) and outer.rest is None and isinstance(outer.result, Proc):
            if fits(outer.result.result, type_) and g.affords(outer.cost + outer.result.cost):
                found.append((variable, outer, outer.result))
    if not found:
        return None
    variable, outer, inner = g.pick(found)
    g.charge(outer.cost + inner.cost)
    left, right = g.split(size - 2, 2)
    return [[variable, *arguments(g, outer.params, left)], *arguments(g, inner.params, right)]


@production(weight=3, needs=(Feature.CLOSURES,))
def call_of_expression(g: Builder, type_: Type, size: int) -> Tree | None:
    if size < 5 or not g.affords(VALUE_COST):
        return None
    g.charge(VALUE_COST)
    left, right = g.split(size - 1, 2)
    param = g.data_type(1)
    return [g.expr(Proc((param,), type_, VALUE_COST), left), g.expr(param, right)]


@production(weight=2, needs=(Feature.REST,))
def rest_lambda(g: Builder, type_: Type, size: int) -> Tree | None:
    """A lambda whose parameter is the list of all its arguments, called at once."""
    if size < 7:
        return None
    item = g.scalar_type()
    count = g.between(0, 4)
    left, right = g.split(size - 3, 2)
    given = [g.expr(item, piece) for piece in g.split(right, count)] if count else []
    rest = Var(List(item, count, count))
    first = Var(item)
    params: Tree = rest
    with_first = count > 0 and g.randrange(2) == 1
    if with_first:
        rest.type = List(item, count - 1, count - 1)
        params = [first, ".", rest]
    with g.visible(*([first, rest] if with_first else [rest])):
        body = g.body(type_, left)
    procedure = Form(["lambda", params, *body], ([first, rest] if with_first else [rest], body))
    if g.randrange(2):
        return ["apply", procedure, ["list", *given]]
    return [procedure, *given]


@production(weight=1, needs=(Feature.REST,))
def applied_builtin(g: Builder, type_: Type, size: int) -> Tree | None:
    """apply of a builtin that takes any number of arguments."""
    if isinstance(type_, Int) and type_.low <= 0 <= type_.high:
        part = Int(-(-type_.low // 5), type_.high // 5)
        return ["apply", g.pick(("+", "max")), g.expr(part, size // 2), g.expr(List(part, 0, 4), size // 2)]
    if isinstance(type_, Str) and type_.least == 0:
        return ["apply", "string-append", g.expr(List(Str(0, type_.most // 4), 0, 4), size - 2)]
    if isinstance(type_, List):
        return ["apply", "list", g.expr(type_, size - 2)]
    if type_ == BOOL:
        return ["apply", g.pick(("<", "<=", "=")), g.expr(WIDE, size // 2), g.expr(List(WIDE, 0, 4), size // 2)]
    return None


@production(weight=2, needs=(Feature.CLOSURES,))
def call_of_stored(g: Builder, type_: Type, size: int) -> Tree | None:
    """A call of a procedure that sits in a list or vector."""
    if size < 6 or isinstance(type_, Any) or not g.affords(VALUE_COST):
        return None
    g.charge(VALUE_COST)
    params = tuple(g.scalar_type() for _ in range(g.between(0, 2)))
    stored = Proc(params, type_, VALUE_COST)
    candidates = [v.type for v in g.scope if isinstance(v.type, (List, Vec)) and isinstance(v.type.item, Proc)]
    for candidate in candidates:
        item = candidate.item
        if isinstance(item, Proc) and fits(item.result, type_) and item.cost <= VALUE_COST:
            stored = item
    left, right = g.split(size - 4, 2)
    if g.has(Feature.VECTORS) and g.randrange(2):
        length = g.between(1, 3)
        return [
            ["vector-ref", g.expr(Vec(stored, length), left), g.expr(Int(0, length - 1), 1)],
            *arguments(g, stored.params, right),
        ]
    return [["list-ref", g.expr(List(stored, 1, 3), left), "0"], *arguments(g, stored.params, right)]


@production(weight=1, needs=(Feature.CLOSURES,))
def identity_call(g: Builder, type_: Type, size: int) -> Tree | None:
    return ["identity", g.expr(type_, size - 1)]
