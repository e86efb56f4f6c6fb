"""Productions of generators: bodies that yield anywhere, and what goes through them."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import PER_ITEM, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.points import Point
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    BOOL,
    ENDLESS_COST,
    NOTHING,
    SMALL,
    Any,
    Bool,
    Gen,
    Int,
    List,
    Nothing,
    Proc,
    Type,
    Vec,
    fits,
    storable,
)

#: Steps of one ``yield``, of the ``generator-next!`` that it ends and of library procedures around that.
_YIELD_COST: Final = 100
_NEXT_COST: Final = 40


# ---- making ------------------------------------------------------------------------------------------
@production(Gen, weight=40, needs=(Feature.GENERATORS,))
def generator(g: Builder, type_: Gen, size: int) -> Tree | None:
    if size < 6:
        return None
    g.charge(_NEXT_COST)
    with g.calm():
        if type_.endless and g.randrange(2):
            return _endless(g, type_.item, size)
        match g.randrange(6):
            case 0:
                body = _one_after_the_other(g, type_.item, size - 3)
            case 1 if g.has(Feature.HIGHER_ORDER):
                body = [_of_a_sequence(g, type_.item, size - 3)]
            case 2:
                body = [_of_a_recursion(g, type_.item, size - 3)]
            case _:
                body = _anywhere(g, type_.item, size - 3)
    return ["make-generator", ["lambda", [], *body]]


def _yield(g: Builder, item: Type, size: int) -> Tree:
    g.charge(_YIELD_COST)
    return ["yield", g.expr(item, size - 1)]


def _anywhere(g: Builder, item: Type, size: int) -> list[Tree]:
    """A body in which any expression for effect may yield."""
    point = Point(NOTHING, lambda piece: _yield(g, item, piece), left=g.between(2, 6), yields=True)
    with g.waiting(point):
        body = g.body(NOTHING if g.randrange(2) else g.data_type(1), size)
        if not point.placed or g.randrange(2):
            point.left += 1
            body.insert(g.randrange(len(body) + 1), g.place(point, 4))
    return body


def _one_after_the_other(g: Builder, item: Type, size: int) -> list[Tree]:
    """Values between statements that do not yield themselves, but may do with continuations what they like."""
    forms: list[Tree] = []
    for piece in g.split(size, g.between(1, 4)):
        left, right = g.split(piece, 2)
        if g.randrange(2):
            forms.append(g.expr(NOTHING, left))
        forms.append(_yield(g, item, right))
    return forms


def _of_a_sequence(g: Builder, item: Type, size: int) -> Tree:
    """``yield`` as the procedure that is called for every item."""
    most = max(1, g.iterations(_YIELD_COST + PER_ITEM, 6))
    g.charge(most * (_YIELD_COST + PER_ITEM))
    if g.has(Feature.VECTORS) and g.randrange(3) == 2:
        return [g.pick(("vector-for-each", "vector-map")), "yield", g.expr(Vec(item, min(most, 3)), size - 2)]
    return [g.pick(("for-each", "map", "for-each", "filter")), "yield", g.expr(List(item, 0, most), size - 2)]


def _of_a_recursion(g: Builder, item: Type, size: int) -> Tree:
    """A walk that yields on the way down, at the bottom or on the way back."""
    times = max(1, g.iterations(_YIELD_COST + 6 * size, g.pick((3, 6, 20))))
    counter = Var(Int(0, times))
    walk = Var(Proc((), NOTHING, 0))
    with g.repeated(times + 1), g.visible(counter):
        g.charge(PER_ITEM)
        given = _yield(g, item, size - 8)
    again: Tree = [walk, ["-", counter, "1"]]
    steps = [given, again] if g.randrange(2) else [again, given]
    body: list[Tree] = [["if", [">", counter, "0"], ["begin", *steps], "nothing"]]
    return Form(["let", walk, [[counter, str(times)]], *body], ([walk], body), ([counter], body))


def _endless(g: Builder, item: Type, size: int) -> Tree:
    counter, loop = Var(Int(0, 60_000)), Var(Proc((), NOTHING, 0))
    with g.body_of_procedure(ENDLESS_COST - 30) as frame, g.visible(counter):
        value = g.expr(item, min(size - 6, 10))
    if frame.spent > ENDLESS_COST - 30:
        value = g.constant(item)
    body: list[Tree] = [["yield", value], [loop, ["+", counter, "1"]]]
    looping = Form(["let", loop, [[counter, "0"]], *body], ([loop], body), ([counter], body))
    return ["make-generator", ["lambda", [], looping]]


# ---- using -------------------------------------------------------------------------------------------
@production(weight=8, needs=(Feature.GENERATORS,))
def with_generator(g: Builder, type_: Type, size: int) -> Tree | None:
    """A generator in a variable, continued now and then or not at all."""
    if size < 11:
        return None
    left, right = g.split(size - 3, 2)
    variable = Var(Gen(g.scalar_type(), endless=g.chance(30)))
    made = g.expr(variable.type, left)
    with g.visible(variable):
        kinds: tuple[Type, ...] = (NOTHING, ANY, BOOL)
        used = g.expr_with(frozenset({Feature.GENERATORS}), g.pick(kinds), right)
        body = [used, *g.body(type_, right)] if g.randrange(5) else g.body(type_, right)
    return Form(["let", [[variable, made]], *body], ([variable], body))


def _source(g: Builder, item: Type, size: int, endless: bool) -> Tree | None:
    """A generator whose items fit ``item``: a variable, rarely one made for it."""
    known = [v for v in g.scope if isinstance(v.type, Gen) and fits(v.type, Gen(item, endless))]
    if known and g.randrange(8) != 7:
        return g.pick(known)
    return g.expr(Gen(item, endless), size) if size > 8 and storable(item) else None


def _some_item(g: Builder) -> Type:
    """A type of items, mostly that of a generator that ends and is in a variable."""
    known = [v.type.item for v in g.scope if isinstance(v.type, Gen) and not v.type.endless]
    return g.pick(known) if known and g.randrange(6) else g.scalar_type()


@production(weight=14, needs=(Feature.GENERATORS,))
def next_or_default(g: Builder, type_: Type, size: int) -> Tree | None:
    """The next value of a generator, or another one after its end."""
    if size < 5 or not g.affords(_NEXT_COST + ENDLESS_COST):
        return None
    left, right = g.split(size - 4, 2)
    source = _source(g, type_, left, endless=True)
    if source is None:
        return None
    g.charge(_NEXT_COST + ENDLESS_COST)
    value = Var(type_)
    body: Tree = ["if", ["eof-object?", value], g.expr(type_, right), value]
    return Form(["let", [[value, ["generator-next!", source]]], body], ([value], [body]))


@production(Any, weight=25, needs=(Feature.GENERATORS,))
def next_of_generator(g: Builder, type_: Any, size: int) -> Tree | None:
    """What a generator gives next, its end included; or all that is left of it."""
    source = _source(g, _some_item(g), size - 1, endless=False)
    if source is None or not g.affords(_NEXT_COST + ENDLESS_COST):
        return None
    g.charge(_NEXT_COST + ENDLESS_COST)
    return [g.pick(("generator-next!", "generator-next!", "generator->list")), source]


@production(List, weight=15, needs=(Feature.GENERATORS,))
def listed(g: Builder, type_: List, size: int) -> Tree | None:
    """The next few values of a generator."""
    most = g.iterations(ENDLESS_COST + _YIELD_COST, min(type_.most, 5))
    if type_.least > 0 or most < 1:
        return None
    source = _source(g, type_.item, size - 2, endless=True)
    if source is None:
        return None
    g.charge(most * (ENDLESS_COST + _YIELD_COST))
    return ["generator->list", source, str(g.between(0, most))]


@production(Nothing, weight=25, needs=(Feature.GENERATORS, Feature.ASSIGNMENT))
def for_each_generated(g: Builder, type_: Nothing, size: int) -> Tree | None:
    """All that is left of a generator; something is done with the first few values of it."""
    if size < 10:
        return None
    times = g.iterations(_YIELD_COST + 4 * size, 6)
    left, right = g.split(size - 6, 2)
    item = _some_item(g)
    source = _source(g, item, right, endless=False) if times else None
    if source is None:
        return None
    left_over, value = Var(Int(0, times)), Var(item)
    g.charge(_NEXT_COST)
    with g.repeated(times), g.visible(value):
        g.charge(_YIELD_COST)
        commands = g.body(NOTHING, left)
    once: Tree = ["begin", ["set!", left_over, ["-", left_over, "1"]], *commands]
    body: list[Tree] = [["if", [">", left_over, "0"], once, "nothing"]]
    visit = Form(["lambda", [value], *body], ([value], body))
    going: Tree = ["for-each-generator", visit, source]
    return Form(["let", [[left_over, str(times)]], going], ([left_over], [going]))


@production(Nothing, weight=10, needs=(Feature.GENERATORS,))
def closed(g: Builder, type_: Nothing, size: int) -> Tree | None:
    known = [v for v in g.scope if isinstance(v.type, Gen)]
    if not known:
        return None
    g.charge(_NEXT_COST)
    return ["generator-close!", g.pick(known)]


@production(Bool, weight=8, needs=(Feature.GENERATORS,))
def state_of_generator(g: Builder, type_: Bool, size: int) -> Tree | None:
    known = [v for v in g.scope if isinstance(v.type, Gen)]
    if not known:
        return ["generator?", g.expr(SMALL, size - 1)]
    return [g.pick(("generator-done?", "generator?")), g.pick(known)]
