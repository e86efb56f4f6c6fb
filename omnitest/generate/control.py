"""Productions of conditionals, sequences, bindings and guard."""

from __future__ import annotations

from omnitest.generate.builder import VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import CHARACTERS, SYMBOLS
from omnitest.generate.effects import assigned_variable, change, fresh_type
from omnitest.generate.errors import error_kinds, raising_body
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    BOOL,
    CHAR,
    NOTHING,
    SMALL,
    SYM,
    WIDE,
    Any,
    Int,
    List,
    Nothing,
    Proc,
    Type,
    storable,
)


def reaches_no_procedure(type_: Type) -> bool:
    """Whether a value of ``type_`` cannot hold code (that a guard would let escape)."""
    return storable(type_) or isinstance(type_, Any)


def test(g: Builder, size: int) -> Tree:
    """A test: mostly a boolean, sometimes any value (only #f and nothing are false)."""
    return g.expr(ANY if not g.portable and g.randrange(8) == 7 else BOOL, size)


@production(weight=6)
def conditional(g: Builder, type_: Type, size: int) -> Tree | None:
    if size < 4:
        return None
    first, second, third = g.split(size - 1, 3)
    return ["if", test(g, first), g.expr(type_, second), g.expr(type_, third)]


@production(weight=6, needs=(Feature.CASES,))
def cond(g: Builder, type_: Type, size: int) -> Tree | None:
    if size < 8:
        return None
    count = g.between(1, 3)
    sizes = g.split(size - 2 - count, 2 * count + 1)
    clauses: list[Tree] = []
    for position in range(count):
        first, second = sizes[2 * position : 2 * position + 2]
        if g.randrange(5) == 4 and g.affords(VALUE_COST):
            g.charge(VALUE_COST)
            clauses.append(_arrow_clause(g, type_, first, second))
        else:
            clauses.append([test(g, first), *g.body(type_, second)])
    return ["cond", *clauses, ["else", *g.body(type_, sizes[-1])]]


def _arrow_clause(g: Builder, type_: Type, first: int, second: int) -> Tree:
    """(test => receiver), where the test gives a value that is worth receiving."""
    item = g.data_type(1)
    if g.randrange(2):
        return [g.expr(item, first), "=>", g.expr(Proc((item,), type_, VALUE_COST), second)]
    search: Tree = [g.pick(("memv", "member")), g.expr(item, 1), g.expr(List(item, 0, 6), first)]
    return [search, "=>", g.expr(Proc((List(item, 1, 6),), type_, VALUE_COST), second)]


@production(weight=5, needs=(Feature.CASES,))
def case(g: Builder, type_: Type, size: int) -> Tree | None:
    if size < 10:
        return None
    count = g.between(1, 3)
    sizes = g.split(size - 2 - 3 * count, count + 2)
    key_types: tuple[Type, ...] = (SMALL, Int(0, 5), SYM, CHAR)
    key_type = g.pick(key_types)
    key = g.expr(key_type, sizes[0])
    unused = {
        SYM: list(SYMBOLS),
        CHAR: list(CHARACTERS),
    }.get(key_type) or [str(n) for n in range(-3, 9)]
    clauses: list[Tree] = []
    for position in range(count):
        data: list[Tree] = [unused.pop(g.randrange(len(unused))) for _ in range(g.between(1, 3))]
        clauses.append([data, *_case_body(g, type_, key_type, sizes[position + 1])])
    return ["case", key, *clauses, ["else", *_case_body(g, type_, key_type, sizes[-1])]]


def _case_body(g: Builder, type_: Type, key_type: Type, size: int) -> list[Tree]:
    if g.randrange(8) == 7 and g.affords(VALUE_COST):
        g.charge(VALUE_COST)
        return ["=>", g.expr(Proc((key_type,), type_, VALUE_COST), size)]
    return g.body(type_, size)


@production(weight=3)
def sequence(g: Builder, type_: Type, size: int) -> Tree | None:
    if size < 4:
        return None
    left, right = g.split(size - 1, 2)
    if g.has(Feature.DEAD_VALUES) and g.randrange(2):
        return ["begin", g.expr(g.familiar_type(), left), g.expr(type_, right)]
    return ["begin", g.expr(NOTHING, left), g.expr(type_, right)]


@production(weight=2)
def short_circuit(g: Builder, type_: Type, size: int) -> Tree | None:
    """and, or around a value that is never false."""
    if isinstance(type_, (Nothing, Any)):
        return None
    left, right = g.split(size - 1, 2)
    if g.randrange(2):
        return ["and", g.expr(WIDE, left), g.expr(type_, right)]
    if type_ == BOOL:
        return ["or", g.expr(BOOL, left), g.expr(BOOL, right)]
    return ["or", ["not", g.expr(WIDE, left - 1)], g.expr(type_, right)]


@production(Nothing, Any, weight=16, needs=(Feature.CASES,))
def when_or_unless(g: Builder, type_: Type, size: int) -> Tree | None:
    left, right = g.split(size - 1, 2)
    return [g.pick(("when", "unless")), test(g, left), *g.body(type_, right)]


# ---- bindings ---------------------------------------------------------------------------------------
def _bound_values(g: Builder, count: int, size: int) -> list[tuple[Var, Tree]]:
    bindings: list[tuple[Var, Tree]] = []
    for piece in g.split(size, count):
        type_ = g.any_type()
        bindings.append((Var(type_), g.expr(type_, piece)))
    return bindings


@production(weight=8)
def let(g: Builder, type_: Type, size: int) -> Tree | None:
    if size < 5:
        return None
    count = g.pick((1, 1, 2, 3)) if size > 9 else 1
    left, right = g.split(size - 2, 2)
    bindings = _bound_values(g, count, left)
    variables = [variable for variable, _ in bindings]
    with g.visible(*variables):
        body = g.body(type_, right)
    if g.has(Feature.CLOSURES) and g.randrange(8) == 7:
        return [Form(["lambda", list(variables), *body], (variables, body)), *(value for _, value in bindings)]
    return Form(["let", [[variable, value] for variable, value in bindings], *body], (variables, body))


@production(weight=6)
def let_star(g: Builder, type_: Type, size: int) -> Tree | None:
    if size < 8:
        return None
    sizes = g.split(size - 2, g.between(3, 4))
    before = len(g.scope)
    bindings: list[tuple[Var, Tree]] = []
    for piece in sizes[:-1]:
        kind = g.any_type()
        value = g.expr(kind, piece)
        bindings.append((Var(kind), value))
        g.scope.append(bindings[-1][0])
    body = g.body(type_, sizes[-1])
    del g.scope[before:]
    scopes = []
    for position, (variable, _) in enumerate(bindings):
        scopes.append(([variable], [*(value for _, value in bindings[position + 1 :]), *body]))
    return Form(["let*", [[variable, value] for variable, value in bindings], *body], *scopes)


@production(weight=9, needs=(Feature.ASSIGNMENT,))
def let_assigned(g: Builder, type_: Type, size: int) -> Tree | None:
    """A variable that its body, and procedures made there, may assign."""
    if size < 9:
        return None
    variable = assigned_variable(g)
    left, right = g.split(size - 3, 2)
    assert variable.stores is not None
    value = g.expr(variable.stores, min(left, 6))
    with g.visible(variable):
        body: list[Tree] = [g.expr(NOTHING, left), *g.body(type_, right)]
    return Form(["let", [[variable, value]], *body], ([variable], body))


@production(weight=9, needs=(Feature.MUTATION,))
def let_mutable(g: Builder, type_: Type, size: int) -> Tree | None:
    """A fresh object that is changed before it is used."""
    if size < 10:
        return None
    kind = fresh_type(g)
    left, change_size, right = g.split(size - 3, 3)
    variable = Var(kind)
    value = g.expr(kind, left)
    with g.visible(variable):
        body: list[Tree] = [change(g, variable, change_size), *g.body(type_, right)]
    return Form(["let", [[variable, value]], *body], ([variable], body))


# ---- guard ------------------------------------------------------------------------------------------
@production(weight=4, needs=(Feature.GUARD,))
def guarded(g: Builder, type_: Type, size: int) -> Tree | None:
    """guard around code that mostly raises nothing."""
    if size < 10 or not reaches_no_procedure(type_):
        return None
    return guard_form(g, type_, size)


def guard_form(g: Builder, type_: Type, size: int, error: str | None = None) -> Tree:
    """A guard that catches everything; its body raises ``error`` if that is not None."""
    left, right = g.split(size - 4, 2)
    inner = g.randrange(6) == 5
    if error is not None:
        body = raising_body(g, type_, left, error)
    else:
        body = g.body(type_, left)
    if inner:  # nothing matches: the condition goes on to the outer guard
        unmatched = Var(ANY)
        clause: Tree = [["eof-object?", unmatched], g.constant(type_)]
        body = [Form(["guard", [unmatched, clause], *body], ([unmatched], [clause]))]
    caught = Var(ANY)
    with g.visible(*[caught] * g.parts_of_conditions):
        clauses = _guard_clauses(g, caught, type_, right)
    return Form(["guard", [caught, *clauses], *body], ([caught], clauses))


def _guard_clauses(g: Builder, caught: Var, type_: Type, size: int) -> list[Tree]:
    """Clauses for conditions of some kinds and raised objects, and one for all others."""
    clauses: list[Tree] = []
    if g.randrange(3) == 2:
        value = g.expr(type_, size // 3)
        shown: list[Tree] = [["display", caught]] if g.has(Feature.OUTPUT) else []
        clauses.append([["symbol?", caught], *shown, value])
    parts = g.parts_of_conditions
    if parts and g.randrange(3) == 2:
        of_kind: Tree = ["eq?", ["condition-kind", caught], ["quote", g.pick(error_kinds(g))]]
        clauses.append([["and", ["error-object?", caught], of_kind], g.expr(type_, size // 3)])
    if parts and g.randrange(4) == 3 and g.affords(VALUE_COST):
        g.charge(VALUE_COST)
        irritants: Tree = ["and", ["condition?", caught], ["error-object-irritants", caught]]
        clauses.append([irritants, "=>", g.expr(Proc((List(ANY, 0, 8),), type_, VALUE_COST), size // 2)])
    report: list[Tree] = []
    if g.has(Feature.OUTPUT) and g.randrange(3):
        part: Tree = ["quote", "condition"]
        if parts:
            part = [g.pick(("condition-kind", "error-object-message", "error-object-irritants")), caught]
        report.append([g.pick(("display", "write", "print")), ["if", ["error-object?", caught], part, caught]])
    last = "else" if g.randrange(4) else "#t"
    clauses.append([last, *report, g.expr(type_, size // 2)])
    return clauses
