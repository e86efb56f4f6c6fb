"""Productions of what a continuation carries: winds and the bindings of parameters."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import NOTHING, Proc, Type, storable

_WIND_COST: Final = 60
_BINDING_COST: Final = 80
_CONVERSION_COST: Final = 60


# ---- winds ------------------------------------------------------------------------------------------
@production(weight=18, needs=(Feature.WINDS,))
def wound(g: Builder, type_: Type, size: int) -> Tree | None:
    """A body with something to do whenever it is entered and left."""
    if size < 10 or not g.affords(_WIND_COST + 8 * size):
        return None
    first, second, third = g.split(size - 5, 3)
    g.charge(_WIND_COST)
    label = g.number()
    with g.calm(), g.repeated(2):
        before = _on_the_way(g, f'"[{label}"', first)
        after = _on_the_way(g, f'"{label}]"', second)
    inner = wound(g, type_, third) if g.randrange(4) == 3 else None  # jumps leave and enter several at once
    body = g.body(type_, third) if inner is None else [inner]
    return ["dynamic-wind", ["lambda", [], *before], ["lambda", [], *body], ["lambda", [], *after]]


def _on_the_way(g: Builder, label: str, size: int) -> list[Tree]:
    """The body of a procedure for the way in or out; its value is dropped."""
    forms: list[Tree] = []
    if g.has(Feature.OUTPUT) and g.randrange(5):
        g.charge(10)
        forms.append(["display", label])
    if not forms or g.randrange(3) == 2:
        forms.append(g.expr(NOTHING if g.randrange(4) else g.scalar_type(), size))
    return forms


# ---- parameters -------------------------------------------------------------------------------------
def parameter(g: Builder, size: int) -> tuple[Var, Tree]:
    """A new parameter object: its variable, which is not visible yet, and the expression that makes it."""
    type_ = g.scalar_type() if g.randrange(3) else g.data_type(1)
    while not storable(type_):
        type_ = g.scalar_type()
    variable = Var(Proc((), type_, 12))
    g.parameters[variable] = type_
    g.charge(_BINDING_COST)
    made: list[Tree] = ["make-parameter", g.expr(type_, size - 2)]
    if g.randrange(3) == 2:
        g.charge(_CONVERSION_COST)
        with g.calm():
            made.append(g.expr(Proc((type_,), type_, _CONVERSION_COST), size // 2))
    return variable, made


@production(weight=8, needs=(Feature.PARAMETERS,))
def with_parameter(g: Builder, type_: Type, size: int) -> Tree | None:
    """A parameter object of a body's own; closures that read it may outlive the body."""
    if size < 14:
        return None
    left, right = g.split(size - 3, 2)
    variable, made = parameter(g, min(left, 8))
    with g.visible(variable):
        bound = parameterized(g, type_, right)
        body = [bound] if bound is not None and g.randrange(5) else g.body(type_, right)
    return Form(["let", [[variable, made]], *body], ([variable], body))


@production(weight=18, needs=(Feature.PARAMETERS,))
def parameterized(g: Builder, type_: Type, size: int) -> Tree | None:
    """A body with other values of one or more parameters; they end with it however it is left."""
    known = [variable for variable in g.scope if variable in g.parameters]
    if not known or size < 7:
        return None
    count = min(len(known), g.pick((1, 1, 2, 0, 3)))
    if g.portable:  # in which order several values are converted is open
        count = min(count, 1)
    g.charge(40 + count * (_BINDING_COST + _CONVERSION_COST))
    bindings: list[Tree] = []
    *pieces, left = g.split(size - 2 - count, count + 1)
    for piece in pieces:
        variable = known.pop(g.randrange(len(known)))
        bindings.append([variable, g.expr(g.parameters[variable], piece)])
    return ["parameterize", bindings, *g.body(type_, left)]
