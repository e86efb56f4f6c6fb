"""Productions of loops: named let, do, and the library procedures that go through lists."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import PER_ITEM, VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.procedures import arguments
from omnitest.generate.recursion import extended, first_type, shapes, times_for
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    BOOL,
    NOTHING,
    Any,
    Fresh,
    Int,
    List,
    Nothing,
    Proc,
    Type,
    Vec,
    storable,
)

_PER_TURN: Final = 16  # steps of a turn of a loop besides its expressions


def _accumulates(type_: Type) -> bool:
    return not isinstance(type_, (Nothing, Any, Fresh, Proc))


@production(weight=9, needs=(Feature.LOOPS,))
def named_let(g: Builder, type_: Type, size: int) -> Tree | None:
    if size < 12 or not _accumulates(type_):
        return None
    times = times_for(g, type_, size)
    if not times:
        return None
    left, right = g.split(size - 2, 2)
    shape = g.pick(shapes(g))
    loop = Var(Proc((), type_, 0))
    with g.repeated(times):
        g.charge(_PER_TURN)
        recursion = shape(g, loop, type_, right, times)
    inits = arguments(g, recursion.entry, left)
    if isinstance(recursion.entry[0], Int) and g.randrange(2):
        inits[0] = str(recursion.entry[0].high)
    body = recursion.body
    bindings: list[Tree] = [[param, init] for param, init in zip(recursion.params, inits, strict=True)]
    return Form(["let", loop, bindings, *body], ([loop], body), (recursion.params, body))


@production(weight=7, needs=(Feature.LOOPS,))
def do_loop(g: Builder, type_: Type, size: int) -> Tree | None:
    """do with a counter, an accumulator and maybe a body."""
    if size < 14 or not _accumulates(type_):
        return None
    times = times_for(g, type_, size)
    if not times:
        return None
    first, second, third = g.split(size - 9, 3)
    counter, result = Var(Int(0, times)), Var(type_)
    start = g.expr(first_type(type_, times), first)
    with g.repeated(times), g.visible(result, counter):
        g.charge(_PER_TURN)
        step = extended(g, type_, times, result, second)
        counter.type = Int(0, times - 1)
        commands: list[Tree] = [g.expr(NOTHING, third)] if third > 2 and g.randrange(2) else []
        counter.type = Int(0, times)
    down = g.randrange(3) == 2
    if down:
        bindings: list[Tree] = [[counter, str(times), ["-", counter, "1"]], [result, start, step]]
        test: Tree = ["=", counter, "0"]
    else:
        bindings = [[counter, "0", ["+", counter, "1"]], [result, start, step]]
        test = [g.pick((">=", "=")), counter, str(times)]
    visible: list[Tree] = [step, *bindings, [test, result], *commands]
    return Form(["do", bindings, [test, result], *commands], ([counter, result], visible))


@production(Nothing, weight=16, needs=(Feature.LOOPS,))
def do_for_effect(g: Builder, type_: Nothing, size: int) -> Tree | None:
    """do without a result."""
    if size < 10:
        return None
    times = g.iterations(12 + 4 * size, g.pick((3, 10, 30, 60)))
    if times < 2:
        return None
    counter = Var(Int(0, times - 1))
    with g.repeated(times), g.visible(counter):
        g.charge(_PER_TURN)
        commands = g.body(NOTHING, size - 8)
    binding: Tree = [counter, "0", ["+", counter, "1"]]
    test: Tree = [["=", counter, str(times)]]
    return Form(["do", [binding], test, *commands], ([counter], [binding, test, *commands]))


@production(weight=7, needs=(Feature.HIGHER_ORDER,))
def folded(g: Builder, type_: Type, size: int) -> Tree | None:
    """fold, foldl or foldr with a procedure that extends an accumulation."""
    if size < 10 or not _accumulates(type_):
        return None
    times = times_for(g, type_, size)
    if not times or not g.affords(times * PER_ITEM):
        return None
    times = min(times, 20)
    g.charge(times * PER_ITEM)
    first, second, third = g.split(size - 5, 3)
    name = g.pick(("fold", "foldl", "foldr"))
    element = g.data_type(1)
    item, so_far = Var(element), Var(type_)
    with g.repeated(times), g.visible(item, so_far):
        body = [extended(g, type_, times, so_far, first)]
    params = [so_far, item] if name == "foldl" else [item, so_far]
    procedure = Form(["lambda", list(params), *body], (params, body))
    return [name, procedure, g.expr(first_type(type_, times), second), g.expr(List(element, 0, times), third)]


@production(weight=2, needs=(Feature.HIGHER_ORDER,))
def reduced(g: Builder, type_: Type, size: int) -> Tree | None:
    """reduce: the items and the result have one type."""
    if size < 6 or not _accumulates(type_):
        return None
    if isinstance(type_, Int) and type_.low <= 0 <= type_.high and g.randrange(2):
        part = Int(-(-type_.low // 8), type_.high // 8)
        g.charge(8 * PER_ITEM)
        left, right = g.split(size - 2, 2)
        return ["reduce", g.pick(("+", "max")), g.expr(part, left), g.expr(List(part, 0, 7), right)]
    cost = g.procedure_cost(8)
    if cost is None:
        return None
    g.charge(8 * (cost + PER_ITEM))
    first, second, third = g.split(size - 1, 3)
    procedure = g.expr(Proc((type_, type_), type_, cost), first)
    return ["reduce", procedure, g.expr(type_, second), g.expr(List(type_, 0, 8), third)]


@production(Nothing, weight=18, needs=(Feature.HIGHER_ORDER,))
def for_each(g: Builder, type_: Nothing, size: int) -> Tree | None:
    if size < 7:
        return None
    times = g.iterations(PER_ITEM + 4 * size, 8)
    if times < 2:
        return None
    g.charge(times * PER_ITEM)
    left, right = g.split(size - 4, 2)
    vector = g.has(Feature.VECTORS) and g.randrange(3) == 2
    lists = 1 if vector else g.pick((1, 1, 1, 2))
    params = [Var(g.data_type(1)) for _ in range(lists)]
    with g.repeated(times), g.visible(*params):
        body = g.body(NOTHING, left)
    procedure = Form(["lambda", list(params), *body], (params, body))
    if vector:
        return ["vector-for-each", procedure, g.expr(Vec(params[0].type, times), right)]
    pieces = g.split(right, lists)
    return ["for-each", procedure, *(g.expr(List(p.type, 0, times), s) for p, s in zip(params, pieces, strict=True))]


@production(Int, weight=1, needs=(Feature.HIGHER_ORDER,))
def index_of(g: Builder, type_: Int, size: int) -> Tree | None:
    """list-index, with a number for when it finds nothing."""
    cost = g.procedure_cost(8)
    if cost is None or type_.low > 0 or type_.high < 8:
        return None
    g.charge(8 * (cost + PER_ITEM))
    item = g.scalar_type()
    left, right = g.split(size - 3, 2)
    search: Tree = ["list-index", g.expr(Proc((item,), BOOL, cost), left), g.expr(List(item, 0, 8), right)]
    return ["or", search, g.constant(type_)]


@production(List, weight=2, needs=(Feature.HIGHER_ORDER, Feature.ASSIGNMENT))
def collected(g: Builder, type_: List, size: int) -> Tree | None:
    """A captured variable that gathers values while another list is gone through."""
    if size < 12 or type_.least > 0 or type_.most < 2:
        return None
    times = g.iterations(PER_ITEM + 4 * size, min(type_.most, 8))
    if times < 2 or not storable(type_):
        return None
    g.charge(times * PER_ITEM)
    left, right = g.split(size - 10, 2)
    item, gathered = Var(g.data_type(1)), Var(type_)
    with g.repeated(times), g.visible(item):
        added = g.expr(type_.item, left)
    body: list[Tree] = [["set!", gathered, ["cons", added, gathered]]]
    procedure = Form(["lambda", [item], *body], ([item], body))
    source = g.expr(List(item.type, 0, times), right)
    whole: list[Tree] = [["for-each", procedure, source], gathered]
    return Form(["let", [[gathered, ["quote", []]]], *whole], ([gathered], whole))


@production(Any, weight=1, needs=(Feature.HIGHER_ORDER,))
def found_item(g: Builder, type_: Any, size: int) -> Tree | None:
    """What any finds: the first true result, or #f."""
    cost = g.procedure_cost(8)
    if cost is None:
        return None
    g.charge(8 * max(cost + PER_ITEM, VALUE_COST // 4))
    item = g.scalar_type()
    left, right = g.split(size - 1, 2)
    return [g.pick(("any", "every")), g.expr(Proc((item,), ANY, cost), left), g.expr(List(item, 0, 8), right)]
