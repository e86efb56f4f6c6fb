"""Productions that take a value of the wanted type out of a data structure or variable."""

from __future__ import annotations

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import SYMBOLS
from omnitest.generate.data import MOST
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import ANY, BOOL, SYM, Bool, Fresh, Int, List, Nothing, Pair, Type, Vec, fits


@production(weight=2)
def item_of_list(g: Builder, type_: Type, size: int) -> Tree | None:
    """car, cadr … of a list that is long enough."""
    name, least = g.pick((("car", 1), ("car", 1), ("cadr", 2), ("caddr", 3), ("cadddr", 4)))
    if least > 1 and size < 10 and not any(fits(v.type, List(type_, least, MOST)) for v in g.scope):
        name, least = "car", 1
    if g.randrange(5) == 4:
        return ["car", ["last-pair", g.expr(List(type_, 1, MOST), size - 2)]]
    return [name, g.expr(List(type_, least, MOST), size - 1)]


@production(weight=2)
def item_at_index(g: Builder, type_: Type, size: int) -> Tree | None:
    """list-ref or vector-ref with an index that is always inside."""
    left, right = g.split(size - 1, 2)
    lengths = [v.type for v in g.scope if _is_vector_of(v.type, type_)]
    if g.has(Feature.VECTORS) and (lengths or g.randrange(2)):
        found = g.pick(lengths) if lengths else None
        of = found.of if isinstance(found, Fresh) else found
        length = of.length if isinstance(of, Vec) else g.between(1, 3)
        return ["vector-ref", g.expr(Vec(type_, length), left), g.expr(Int(0, length - 1), right)]
    least = g.between(1, 2)
    return ["list-ref", g.expr(List(type_, least, MOST), left), g.expr(Int(0, least - 1), right)]


def _is_vector_of(have: Type, item: Type) -> bool:
    of = have.of if isinstance(have, Fresh) else have
    return isinstance(of, Vec) and fits(of.item, item)


@production(weight=2, needs=(Feature.PAIRS,))
def part_of_pair(g: Builder, type_: Type, size: int) -> Tree | None:
    other = g.scalar_type()
    choice = g.randrange(6)
    if choice < 2:
        return ["car", g.expr(Pair(type_, other), size - 1)]
    if choice < 4:
        return ["cdr", g.expr(Pair(other, type_), size - 1)]
    if choice == 4:
        first = Pair(type_, other) if g.randrange(2) else Pair(other, type_)
        name = "caar" if first.car is type_ and first.cdr is other else "cdar"
        return [name, g.expr(Pair(first, g.scalar_type()), size - 1)]
    return ["cddr", g.expr(Pair(other, Pair(g.scalar_type(), type_)), size - 1)]


@production(weight=2)
def item_or_default(g: Builder, type_: Type, size: int) -> Tree | None:
    """The first item of a list that may be empty, after a test."""
    if size < 7:
        return None
    listed, default = g.split(size - 5, 2)
    xs = Var(List(type_, 0, MOST))
    value = g.expr(xs.type, listed)
    alternative = g.expr(type_, default)
    name, test = g.pick((("car", "pair?"), ("car", "null?")))
    taken: Tree = [name, xs]
    body: Tree = ["if", [test, xs], taken, alternative] if test == "pair?" else ["if", [test, xs], alternative, taken]
    return Form(["let", [[xs, value]], body], ([xs], [body]))


@production(weight=2, needs=(Feature.PAIRS, Feature.SYMBOLS))
def looked_up(g: Builder, type_: Type, size: int) -> Tree | None:
    """The value under a key that the association list is known to have."""
    if size < 8:
        return None
    start = g.randrange(4)
    keys = SYMBOLS[start : start + g.between(1, 3)]
    key = g.pick(keys)
    name = g.pick(("assq", "assv", "assoc"))
    entries: list[Tree] = []
    for known, piece in zip(keys, g.split(size - 4 - 2 * len(keys), len(keys)), strict=True):
        entries.append(["cons", ["quote", known], g.expr(type_, piece)])
    return ["cdr", [name, ["quote", key], ["list", *entries]]]


@production(weight=2, needs=(Feature.PAIRS,))
def found_or_default(g: Builder, type_: Type, size: int) -> Tree | None:
    """The value under a key that may be missing."""
    if size < 10:
        return None
    wanted, entries, default = g.split(size - 6, 3)
    key = SYM if g.has(Feature.SYMBOLS) else g.scalar_type()
    found = Var(ANY)
    search: Tree = ["assoc", g.expr(key, wanted), g.expr(List(Pair(key, type_), 0, 6), entries)]
    body: Tree = ["if", found, ["cdr", found], g.expr(type_, default)]
    return Form(["let", [[found, search]], body], ([found], [body]))


@production(weight=3, needs=(Feature.ASSIGNMENT,))
def assigned_first(g: Builder, type_: Type, size: int) -> Tree | None:
    """A variable of the program, changed just before it is read."""
    candidates = [v for v in g.scope if v.stores is not None and fits(v.type, type_)]
    if not candidates:
        return None
    variable = g.pick(candidates)
    assert variable.stores is not None
    if isinstance(variable.stores, Int) and variable.stores != variable.type and g.randrange(2):
        return ["begin", ["set!", variable, ["+", variable, g.expr(variable.stores, size - 5)]], variable]
    return ["begin", ["set!", variable, g.expr(variable.stores, size - 4)], variable]


@production(Bool, Nothing, weight=1)
def unspecified_test(g: Builder, type_: Type, size: int) -> Tree | None:
    """Truth of an arbitrary value, as a boolean or as nothing."""
    if type_ == BOOL:
        return ["not", g.expr(ANY, size - 1)]
    return ["if", g.expr(BOOL, size - 2), "nothing"]
