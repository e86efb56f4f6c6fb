"""Changes of items of lists; vector-map and vector-for-each over several vectors."""

from __future__ import annotations

from omnitest.generate.builder import PER_ITEM, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.ranges import changeable
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import NOTHING, Any, Int, List, Nothing, Proc, Type, Vec


@production(Nothing, weight=10, needs=(Feature.MUTATION,))
def change_of_item(g: Builder, type_: Nothing, size: int) -> Tree | None:
    lists = [(v, of) for v, of in changeable(g, List) if of.least]
    if not lists:
        return None
    target, of = g.pick(lists)
    return ["list-set!", target, "0", g.expr(of.item, size - 3)]


@production(Vec, weight=3, needs=(Feature.HIGHER_ORDER,))
def mapped_over_several(g: Builder, type_: Vec, size: int) -> Tree | None:
    """vector-map over two or three vectors, some longer than the result."""
    cost = g.procedure_cost(type_.length)
    if cost is None or size < 6:
        return None
    g.charge(2 * type_.length * (cost + PER_ITEM))
    count = g.pick((2, 2, 3))
    first, *sizes = g.split(size - 1, count + 1)
    items = tuple(g.scalar_type() for _ in range(count))
    shortest = g.randrange(count)
    vectors = [
        g.expr(Vec(item, type_.length + (0 if at == shortest else g.between(0, 2))), piece)
        for at, (item, piece) in enumerate(zip(items, sizes, strict=True))
    ]
    return ["vector-map", g.expr(Proc(items, type_.item, cost), first), *vectors]


@production(Nothing, weight=4, needs=(Feature.HIGHER_ORDER, Feature.VECTORS))
def for_each_of_several(g: Builder, type_: Nothing, size: int) -> Tree | None:
    if size < 10:
        return None
    times = g.iterations(2 * PER_ITEM + 4 * size, 4)
    if times < 1:
        return None
    g.charge(times * 2 * PER_ITEM)
    params = [Var(g.data_type(1)) for _ in range(2)]
    left, middle, right = g.split(size - 5, 3)
    with g.repeated(times), g.visible(*params):
        body = g.body(NOTHING, left)
    procedure = Form(["lambda", list(params), *body], (params, body))
    vectors = [g.expr(Vec(params[0].type, times), middle), g.expr(Vec(params[1].type, times), right)]
    return ["vector-for-each", procedure, *vectors]


@production(List, weight=3, needs=(Feature.HIGHER_ORDER,))
def tabulated(g: Builder, type_: List, size: int) -> Tree | None:
    """make-list, list-tabulate."""
    cost = g.procedure_cost(12)
    if cost is None or isinstance(type_.item, Proc) or type_.least > 12:
        return None
    g.charge(12 * (cost + PER_ITEM))
    length = g.between(type_.least, min(type_.most, type_.least + 4, 12))
    if g.randrange(2):
        return ["make-list", str(length), g.expr(type_.item, size - 2)]
    return ["list-tabulate", str(length), g.expr(Proc((Int(0, 11),), type_.item, cost), size - 2)]


@production(List, weight=4, needs=(Feature.HIGHER_ORDER,))
def gathered(g: Builder, type_: List, size: int) -> Tree | None:
    """append-map, filter-map, remove, delete-duplicates."""
    cost = g.procedure_cost(6)
    if cost is None or isinstance(type_.item, Proc) or type_.least > 0 or type_.most < 3:
        return None
    g.charge(6 * (cost + PER_ITEM))
    left, right = g.split(size - 1, 2)
    most = min(6, type_.most)
    short = List(type_.item, 0, most)
    choice = g.randrange(4)
    if choice == 0:
        g.charge(6 * 6 * PER_ITEM)
        return ["delete-duplicates", g.expr(short, size - 1)]
    if choice == 1:
        from_ = g.scalar_type()
        parts = List(type_.item, 0, type_.most // 3)
        return ["append-map", g.expr(Proc((from_,), parts, cost), left), g.expr(List(from_, 0, 3), right)]
    if choice == 2 and not isinstance(type_.item, (Nothing, Any)):
        from_ = g.scalar_type()
        return ["filter-map", g.expr(Proc((from_,), type_.item, cost), left), g.expr(List(from_, 0, most), right)]
    test = g.pick(("null?", "pair?", "string?", "procedure?"))
    return ["remove", test, g.expr(short, size - 2)]


@production(Int, weight=1, needs=(Feature.HIGHER_ORDER,))
def number_of_matches(g: Builder, type_: Int, size: int) -> Tree | None:
    if type_.low > 0 or type_.high < 8:
        return None
    g.charge(8 * PER_ITEM)
    return ["count", g.pick(("pair?", "symbol?", "number?", "not")), g.expr(List(g.data_type(1), 0, 8), size - 2)]


@production(weight=1)
def last_item(g: Builder, type_: Type, size: int) -> Tree | None:
    if not g.has(Feature.HIGHER_ORDER) or not g.affords(24 * PER_ITEM):
        return None
    g.charge(24 * PER_ITEM)
    return ["last", g.expr(List(type_, 1, 24), size - 1)]
