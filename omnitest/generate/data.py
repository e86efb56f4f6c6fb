"""Productions of lists, pairs and vectors."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import PER_ITEM, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import constant, datum
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    BOOL,
    CHAR,
    SMALL,
    Any,
    Bytes,
    Char,
    Fresh,
    Int,
    List,
    Pair,
    Proc,
    Str,
    Type,
    Vec,
    fits,
    literal,
)

MOST: Final = 40  # items that generated lists have at most, unless a loop counts them


def _shorter(type_: List, by: int) -> List:
    return List(type_.item, max(0, type_.least - by), type_.most - by)


# ---- lists ------------------------------------------------------------------------------------------
@production(List, weight=8)
def list_of_items(g: Builder, type_: List, size: int) -> Tree | None:
    if type_.least > size:
        return None
    count = g.between(type_.least, min(type_.most, type_.least + 3))
    return ["list", *(g.expr(type_.item, piece) for piece in g.split(size - 1, count))] if count else ["quote", []]


@production(List, weight=5)
def cons_to_list(g: Builder, type_: List, size: int) -> Tree | None:
    if type_.most < 1:
        return None
    left, right = g.split(size - 1, 2)
    item = g.expr(type_.item, left)
    if type_.most >= 2 and g.randrange(5) == 4:
        first, second = g.split(right, 2)
        return ["cons*", item, g.expr(type_.item, first), g.expr(_shorter(type_, 2), second)]
    return ["cons", item, g.expr(_shorter(type_, 1), right)]


@production(List, weight=4)
def append_lists(g: Builder, type_: List, size: int) -> Tree | None:
    choice = g.randrange(12)
    if choice == 11 and type_.least == 0:
        return ["append"]
    if choice == 10:
        return ["append", g.expr(type_, size - 1)]
    if type_.most < 2:
        return None
    left, right = g.split(size - 1, 2)
    cut = g.between(0, type_.least)
    half = g.between(cut, type_.most - (type_.least - cut))
    first = List(type_.item, cut, half)
    return ["append", g.expr(first, left), g.expr(List(type_.item, type_.least - cut, type_.most - half), right)]


@production(List, weight=3)
def rearranged(g: Builder, type_: List, size: int) -> Tree | None:
    return [g.pick(("reverse", "list-copy")), g.expr(type_, size - 1)]


@production(List, weight=3)
def rest_of_list(g: Builder, type_: List, size: int) -> Tree | None:
    count = g.pick((1, 1, 2, 3))
    if type_.most + count > MOST:
        return None
    longer = g.expr(List(type_.item, type_.least + count, type_.most + count), size - 1)
    if g.randrange(3) == 2:
        return ["list-tail", longer, str(count)]
    return [("cdr", "cddr", "cdddr")[count - 1], longer]


@production(List, weight=2)
def found_tail(g: Builder, type_: List, size: int) -> Tree | None:
    """What memq and its kin find, or the empty list."""
    if type_.least > 0 or type(type_.item) is Proc:
        return None
    left, right = g.split(size - 3, 2)
    name = g.pick(("memq", "memv", "member"))
    return ["or", [name, g.expr(type_.item, left), g.expr(type_, right)], ["quote", []]]


@production(List, weight=1)
def last_of_list(g: Builder, type_: List, size: int) -> Tree | None:
    if type_.least > 1 or type_.most < 1:
        return None
    return ["last-pair", g.expr(List(type_.item, 1, MOST), size - 1)]


@production(List, weight=3)
def converted_to_list(g: Builder, type_: List, size: int) -> Tree | None:
    if type(type_.item) is Char and g.has(Feature.STRINGS) and type_.most <= 60:
        return ["string->list", g.expr(Str(type_.least, type_.most), size - 1)]
    shortest = max(1, type_.least)
    if type_.most < shortest or not g.has(Feature.VECTORS):
        return None
    length = g.between(shortest, min(type_.most, shortest + 3))
    start = g.pick((0, 0, 1))
    vector = g.expr(Vec(type_.item, length + start), size - 1)
    return ["vector->list", vector, str(start)] if start or g.randrange(4) == 3 else ["vector->list", vector]


@production(List, weight=7, needs=(Feature.QUASIQUOTE,))
def quasiquoted(g: Builder, type_: List, size: int) -> Tree | None:
    """A template with constant, computed and spliced items."""
    if type_.most < 1 or type_.least > size or not literal(type_.item):
        return None
    count = g.between(max(1, type_.least), max(1, min(type_.most, type_.least + 3)))
    items: list[Tree] = []
    for piece in g.split(size - 2, count):
        if piece > 1 or g.randrange(3) == 2:
            items.append(["unquote", g.expr(type_.item, piece - 1)])
        else:
            items.append(datum(g, type_.item))
    if count < type_.most and g.randrange(2):
        room = List(type_.item, 0, type_.most - count)
        items.insert(g.randrange(len(items) + 1), ["unquote-splicing", g.expr(room, size // 3)])
    return ["quasiquote", items]


@production(List, weight=4)
def long_list(g: Builder, type_: List, size: int) -> Tree | None:
    """A list of many items written briefly: copies of one, or computed from an index."""
    longest = min(type_.most, g.pick((6, 12, 20, 40)))
    if longest <= type_.least + 3:
        return None
    length = g.between(type_.least + 3, longest)
    if g.has(Feature.HIGHER_ORDER) and g.randrange(3):
        times = g.iterations(PER_ITEM + 4 * size, length)
        if times < max(1, type_.least):
            return None
        g.charge(2 * times * PER_ITEM)
        index = Var(Int(0, times - 1))
        with g.repeated(times), g.visible(index):
            body = [g.expr(type_.item, size - 6)]
        return ["map", Form(["lambda", [index], *body], ([index], body)), ["iota", str(times)]]
    if g.has(Feature.VECTORS):
        return ["vector->list", ["make-vector", str(length), g.expr(type_.item, size - 4)]]
    return None


@production(List, weight=8, needs=(Feature.HIGHER_ORDER,))
def mapped(g: Builder, type_: List, size: int) -> Tree | None:
    cost = g.procedure_cost(type_.most)
    if cost is None:
        return None
    g.charge(type_.most * (cost + PER_ITEM))
    count = g.pick((1, 1, 1, 2))
    sizes = g.split(size - 1, count + 1)
    items: tuple[Type, ...] = tuple(g.data_type(1) for _ in range(count))
    procedure = g.expr(Proc(items, type_.item, cost), sizes[0])
    lists = (g.expr(List(i, type_.least, type_.most), s) for i, s in zip(items, sizes[1:], strict=True))
    return ["map", procedure, *lists]


@production(List, weight=7, needs=(Feature.HIGHER_ORDER,))
def selected(g: Builder, type_: List, size: int) -> Tree | None:
    """filter and delete: any length up to the given list's."""
    cost = g.procedure_cost(type_.most)
    if cost is None or type_.least > 0:
        return None
    g.charge(type_.most * (cost + PER_ITEM))
    left, right = g.split(size - 1, 2)
    if g.randrange(3) == 2 and type(type_.item) is not Proc:
        return ["delete", g.expr(type_.item, left), g.expr(type_, right)]
    return ["filter", g.expr(Proc((type_.item,), BOOL, cost), left), g.expr(type_, right)]


@production(List, weight=2, needs=(Feature.HIGHER_ORDER,))
def cut_list(g: Builder, type_: List, size: int) -> Tree | None:
    if not g.affords(MOST * PER_ITEM) or type_.most > MOST - 3:
        return None
    g.charge((type_.most + 3) * PER_ITEM)
    left, right = g.split(size - 1, 2)
    if g.randrange(2):
        count = g.between(type_.least, min(type_.most, type_.least + 5))
        return ["take", g.expr(List(type_.item, count, MOST), left), g.expr(Int(type_.least, count), right)]
    dropped = g.between(0, 3)
    longer = List(type_.item, type_.least + dropped, type_.most)
    if longer.least > longer.most:
        return None
    return ["drop", g.expr(longer, left), g.expr(Int(0, dropped), right)]


@production(List, weight=2, needs=(Feature.HIGHER_ORDER,))
def counted(g: Builder, type_: List, size: int) -> Tree | None:
    """iota and range, with literal bounds where the items must stay small."""
    if type(type_.item) is not Int or not fits(Int(0, 100), type_.item) or type_.most > MOST:
        return None
    if not g.affords(type_.most * PER_ITEM):
        return None
    g.charge(type_.most * PER_ITEM)
    count = g.expr(Int(type_.least, type_.most), size - 1)
    choice = g.randrange(5)
    if choice == 0:
        return ["iota", count, str(g.between(0, 9))]
    if choice == 1:
        return ["iota", count, str(g.between(0, 9)), "2"]
    if choice == 2 and type_.least <= 4 <= type_.most:
        return g.one_of((["range", "3", "7"], ["range", "10", "2", "-2"], ["range", "0", "10", "3"]))
    return [g.pick(("iota", "range")), count]


@production(List, Vec, weight=3, needs=(Feature.HIGHER_ORDER,))
def sorted_items(g: Builder, type_: List | Vec, size: int) -> Tree | None:
    length = type_.length if isinstance(type_, Vec) else type_.most
    steps = length * max(1, length.bit_length())
    cost = g.procedure_cost(steps)
    if cost is None:
        return None
    g.charge(steps * (cost + PER_ITEM))
    if g.portable and type(type_.item) is not Int:
        return None  # a procedure of the program could show in which order it is called
    left, right = g.split(size - 1, 2)
    items = g.expr(type_, left)
    if type(type_.item) is Int and (g.portable or g.randrange(3)):
        return ["sort", items, g.pick(("<", ">"))]
    return ["sort", items, g.expr(Proc((type_.item, type_.item), BOOL, cost), right)]


# ---- pairs ------------------------------------------------------------------------------------------
@production(Pair, weight=8)
def cons_pair(g: Builder, type_: Pair, size: int) -> Tree | None:
    left, right = g.split(size - 1, 2)
    return ["cons", g.expr(type_.car, left), g.expr(type_.cdr, right)]


@production(Pair, weight=3)
def found_pair(g: Builder, type_: Pair, size: int) -> Tree | None:
    """An entry of an association list, or another pair when the key is missing."""
    if type(type_.car) is Proc:
        return None
    key, entries, other = g.split(size - 2, 3)
    name = g.pick(("assq", "assv", "assoc", "assoc"))
    found: Tree = [name, g.expr(type_.car, key), g.expr(List(type_, 0, 6), entries)]
    return ["or", found, g.expr(type_, other)]


# ---- vectors ----------------------------------------------------------------------------------------
@production(Vec, weight=7)
def vector_of_items(g: Builder, type_: Vec, size: int) -> Tree | None:
    if type_.length > 6 or g.randrange(4) == 3:
        return ["make-vector", str(type_.length), g.expr(type_.item, size - 2)]
    return ["vector", *(g.expr(type_.item, piece) for piece in g.split(size - 1, type_.length))]


@production(Vec, weight=3)
def vector_of_list(g: Builder, type_: Vec, size: int) -> Tree | None:
    return ["list->vector", g.expr(List(type_.item, type_.length, type_.length), size - 1)]


@production(Vec, weight=3)
def vector_part(g: Builder, type_: Vec, size: int) -> Tree | None:
    choice = g.randrange(4)
    if choice == 0 and type_.length >= 2:
        left, right = g.split(size - 1, 2)
        cut = g.between(1, type_.length - 1)
        return ["vector-append", g.expr(Vec(type_.item, cut), left), g.expr(Vec(type_.item, type_.length - cut), right)]
    start, after = g.between(0, 2), g.between(0, 1)
    whole = g.expr(Vec(type_.item, type_.length + start + after), size - 3)
    if after or g.randrange(3) == 2:
        return ["vector-copy", whole, str(start), str(start + type_.length)]
    return ["vector-copy", whole, str(start)] if start else ["vector-copy", whole]


@production(Vec, weight=4, needs=(Feature.HIGHER_ORDER,))
def vector_mapped(g: Builder, type_: Vec, size: int) -> Tree | None:
    cost = g.procedure_cost(type_.length)
    if cost is None:
        return None
    g.charge(type_.length * (cost + PER_ITEM))
    left, right = g.split(size - 1, 2)
    item = g.data_type(1)
    return ["vector-map", g.expr(Proc((item,), type_.item, cost), left), g.expr(Vec(item, type_.length), right)]


# ---- objects that the program may change ------------------------------------------------------------
@production(Fresh, weight=10)
def new_object(g: Builder, type_: Fresh, size: int) -> Tree | None:
    """What allocates, whatever its operands: never a literal or part of one."""
    match type_.of:
        case Pair():
            return cons_pair(g, type_.of, size)
        case Vec():
            make = g.pick((vector_of_items, vector_of_items, vector_of_list, vector_part))
            return make(g, type_.of, size)
        case List():
            if type_.of.least == 0 or g.randrange(3) == 2:
                return [g.pick(("list-copy", "reverse")), g.expr(type_.of, size - 1)]
            return g.pick((list_of_items, cons_to_list))(g, type_.of, size)
        case Str():
            if g.has(Feature.CHARS) and g.randrange(3) == 2:
                return ["make-string", str(type_.of.least), g.expr(CHAR, size - 2)]
            return ["string-copy", g.expr(type_.of, size - 1)]
        case Bytes():
            return ["bytevector-copy", g.expr(type_.of, size - 1)] if g.randrange(2) else constant(g, type_)


@production(Any, weight=3)
def association(g: Builder, type_: object, size: int) -> Tree | None:
    """The result of a search as it is: a pair, a list or #f."""
    key = g.scalar_type()
    left, right = g.split(size - 1, 2)
    if g.randrange(2):
        return [g.pick(("memq", "memv", "member")), g.expr(key, left), g.expr(List(key, 0, 8), right)]
    entries = List(Pair(key, ANY), 0, 5) if g.randrange(2) else List(Pair(key, SMALL), 0, 5)
    return [g.pick(("assq", "assv", "assoc")), g.expr(key, left), g.expr(entries, right)]
