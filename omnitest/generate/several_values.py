"""Productions of expressions with several values and of the forms that receive them."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.continuations import captured
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import ANY, BOOL, NOTHING, Any, List, Proc, Type

_RECEIVING_COST: Final = 60


def values_of(g: Builder, types: list[Type], size: int) -> Tree:
    """An expression whose values have ``types``."""
    if size > 8:
        left, right = g.split(size - 2, 2)
        match g.randrange(9):
            case 5:
                return ["if", g.expr(BOOL, 2), values_of(g, types, left), values_of(g, types, right)]
            case 6:
                return ["begin", g.expr(NOTHING, left), values_of(g, types, right)]
            case 7 if g.has(Feature.CONTINUATIONS):
                k = Var(Proc(tuple(types), NOTHING, 0))
                with g.calm():
                    operands = _operands(g, types, size - 4)
                return captured(g, k, [[k, *operands]])
            case 8 if g.has(Feature.WINDS):
                g.charge(_RECEIVING_COST)
                way: Tree = ["lambda", [], g.expr(NOTHING, 2)]
                return ["dynamic-wind", way, ["lambda", [], values_of(g, types, left)], way]
            case _:
                pass
    if g.randrange(5) == 4:
        return ["apply", "values", ["list", *_operands(g, types, size - 3)]]
    return ["values", *_operands(g, types, size - 1)]


def _operands(g: Builder, types: list[Type], size: int) -> list[Tree]:
    return (
        [g.expr(type_, piece) for type_, piece in zip(types, g.split(size, len(types)), strict=True)] if types else []
    )


def formals(g: Builder) -> tuple[list[Var], Tree, list[Type]]:
    """Variables for several values, how they are written as parameters, and the types of the values."""
    variables = [Var(g.data_type(1)) for _ in range(g.pick((2, 2, 3, 1, 0)))]
    types = [variable.type for variable in variables]
    if g.randrange(3) < 2:
        return variables, list(variables), types
    item, count = g.scalar_type(), g.between(0, 3)
    rest = Var(List(item, count, count))
    written: Tree = [*variables, ".", rest] if variables else rest
    return [*variables, rest], written, [*types, *[item] * count]


@production(weight=6, needs=(Feature.SEVERAL_VALUES,))
def received(g: Builder, type_: Type, size: int) -> Tree | None:
    """receive, or call-with-values of two procedures."""
    if size < 8:
        return None
    g.charge(_RECEIVING_COST)
    left, right = g.split(size - 4, 2)
    variables, written, types = formals(g)
    if g.randrange(4) == 3 and g.affords(VALUE_COST) and isinstance(written, list) and "." not in written:
        g.charge(VALUE_COST)
        consumer = g.expr(Proc(tuple(types), type_, VALUE_COST), right)
        return ["call-with-values", ["lambda", [], values_of(g, types, left)], consumer]
    values = values_of(g, types, left)
    with g.visible(*variables):
        body = g.body(type_, right)
    if g.randrange(2):
        return Form(["receive", written, values, *body], (variables, body))
    consumer = Form(["lambda", written, *body], (variables, body))
    return ["call-with-values", ["lambda", [], values], consumer]


@production(weight=6, needs=(Feature.SEVERAL_VALUES,))
def let_values(g: Builder, type_: Type, size: int) -> Tree | None:
    """let-values and let*-values with one or two bindings."""
    if size < 10:
        return None
    one_by_one = g.randrange(2) == 1
    before = len(g.scope)
    *pieces, left = g.split(size - 4, g.pick((2, 3)))
    bindings: list[tuple[list[Var], Tree, Tree]] = []
    for piece in pieces:
        g.charge(_RECEIVING_COST)
        variables, written, types = formals(g)
        bindings.append((variables, written, values_of(g, types, piece)))
        if one_by_one:
            g.scope.extend(variables)
    names = [variable for variables, _, _ in bindings for variable in variables]
    del g.scope[before:]
    with g.visible(*names):
        body = g.body(type_, left)
    listed: list[Tree] = [[written, values] for _, written, values in bindings]
    if not one_by_one:
        return Form(["let-values", listed, *body], (names, body))
    scopes: list[tuple[list[Var], list[Tree]]] = []
    for position, (variables, _, _) in enumerate(bindings):
        scopes.append((variables, [*(values for _, _, values in bindings[position + 1 :]), *body]))
    return Form(["let*-values", listed, *body], *scopes)


def values_definition(g: Builder, size: int) -> tuple[list[Var], Tree]:
    """``define-values``: the variables that are visible afterwards, and the form."""
    g.charge(_RECEIVING_COST)
    variables, written, types = formals(g)
    return variables, ["define-values", written, values_of(g, types, size - 2)]


@production(weight=4, needs=(Feature.SEVERAL_VALUES, Feature.INTERNAL_DEFINES))
def body_with_values(g: Builder, type_: Type, size: int) -> Tree | None:
    """A body that defines several variables at once."""
    if size < 12:
        return None
    left, right = g.split(size - 3, 2)
    variables, definition = values_definition(g, left)
    with g.visible(*variables):
        forms = [definition, *g.body(type_, right)]
    return Form(["let", [], *forms], (variables, forms))


@production(weight=1, needs=(Feature.SEVERAL_VALUES,))
def one_value(g: Builder, type_: Type, size: int) -> Tree | None:
    return ["values", g.expr(type_, size - 1)]


@production(Any, weight=2, needs=(Feature.SEVERAL_VALUES,))
def several_as_one(g: Builder, type_: Any, size: int) -> Tree | None:
    """Several values where one is expected: an object that can be printed."""
    if g.portable:
        return None
    return ["values", *_operands(g, [ANY] * g.pick((2, 0, 3)), size - 1)]
