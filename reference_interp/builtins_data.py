"""The primitives on any value, on pairs and lists, and on vectors."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from typing import Final

from reference_interp.builtins_numbers import comparison
from reference_interp.checks import copy_bounds, slice_bounds, want_mutable
from reference_interp.equality import is_equal, is_eqv
from reference_interp.errors import failure, type_failure
from reference_interp.primitives import PRIMITIVES, Type
from reference_interp.session import Session
from reference_interp.values import (
    EOF,
    NIL,
    NOTHING,
    Char,
    Condition,
    Pair,
    Procedure,
    String,
    Symbol,
    Value,
    Vector,
)

#: What single objects are taken to cost when the memory limit is checked, in bytes.
PAIR_SIZE: Final = 32
ITEM_SIZE: Final = 8


# ---- lists ----------------------------------------------------------------------------------------------


def is_list(value: Value) -> bool:
    """Whether ``value`` is a proper list; also answers for cyclic ones (Floyd's tortoise and hare)."""
    slow = value
    while True:
        if type(value) is not Pair:
            return value is NIL
        value = value.cdr
        if type(value) is not Pair:
            return value is NIL
        value = value.cdr
        slow = slow.cdr
        if value is slow:
            return False


def items_of(value: Value) -> list[Value]:
    """The elements of a proper list."""
    items = []
    while type(value) is Pair:
        items.append(value.car)
        value = value.cdr
    return items


def make_list(items: Iterable[Value], tail: Value = NIL) -> Value:
    """A fresh list of ``items``, ending in ``tail``."""
    result = tail
    for item in reversed(list(items)):
        result = Pair(item, result)
    return result


def _accessor(name: str) -> Callable[[Value], Value]:
    """``cadr`` and the like: the letters between c and r, from right to left, select car or cdr."""
    path = name[-2:0:-1]

    def access(pair: Value) -> Value:
        value = pair
        for letter in path:
            if type(value) is not Pair:
                raise type_failure(name, Type.PAIR, pair)
            value = value.car if letter == "a" else value.cdr
        return value

    return access


def set_car(pair: Pair, value: Value) -> Value:
    want_mutable("set-car!", pair)
    pair.car = value
    return NOTHING


def set_cdr(pair: Pair, value: Value) -> Value:
    want_mutable("set-cdr!", pair)
    pair.cdr = value
    return NOTHING


def append(session: Session, *values: Value) -> Value:
    """The last argument is shared, not copied; the others are checked from right to left."""
    if not values:
        return NIL
    result = values[-1]
    for value in reversed(values[:-1]):
        if not is_list(value):
            raise type_failure("append", Type.LIST, value)
        items = items_of(value)
        session.allocate(len(items) * PAIR_SIZE)
        result = make_list(items, result)
    return result


def reverse(value: Value) -> Value:
    result: Value = NIL
    while type(value) is Pair:
        result = Pair(value.car, result)
        value = value.cdr
    return result


def _tail(who: str, value: Value, k: int) -> Value:
    """``value`` without its first ``k`` pairs. Rounds of a cyclic list are skipped: ``k`` may be huge."""
    rest, left = value, k
    seen, steps, limit = value, 0, 1
    while left:
        if type(rest) is not Pair:
            raise failure("index", k, who=who)
        rest = rest.cdr
        left -= 1
        steps += 1
        if rest is seen:  # Brent: the cycle has as many pairs as there were steps since
            left %= steps
        if steps == limit:
            seen, steps, limit = rest, 0, limit * 2
    return rest


def list_tail(value: Value, k: int) -> Value:
    return _tail("list-tail", value, k)


def list_ref(value: Value, k: int) -> Value:
    rest = _tail("list-ref", value, k)
    if type(rest) is not Pair:
        raise failure("index", k, who="list-ref")
    return rest.car


def list_set(value: Value, k: int, item: Value) -> Value:
    place = _tail("list-set!", value, k)
    if type(place) is not Pair:
        raise failure("index", k, who="list-set!")
    if place.immutable:
        raise failure("immutable", value, who="list-set!")
    place.car = item
    return NOTHING


def list_copy(value: Value) -> Value:
    """A copy of the pairs that make up a list, proper or not; what follows the last one is shared."""
    items: list[Value] = []
    rest, seen, limit = value, None, 1
    while type(rest) is Pair:
        if rest is seen:  # Brent: a cyclic list has no last pair
            raise type_failure("list-copy", Type.LIST, value)
        if len(items) == limit:
            seen, limit = rest, limit * 2
        items.append(rest.car)
        rest = rest.cdr
    return make_list(items, rest)


def make_list_of(session: Session, size: int, fill: Value = NOTHING) -> Value:
    session.allocate(size * PAIR_SIZE)
    return make_list([fill] * size)


def last_pair(pair: Pair) -> Value:
    last, seen, steps, limit = pair, pair, 0, 1
    while type(last.cdr) is Pair:
        last = last.cdr
        steps += 1
        if last is seen:  # Brent: a cyclic list has no last pair
            raise type_failure("last-pair", Type.LIST, pair)
        if steps == limit:
            seen, steps, limit = last, 0, limit * 2
    return last


def _member(same: Callable[[Value, Value], bool]) -> Callable[[Value, Value], Value]:
    def member(x: Value, rest: Value) -> Value:
        while type(rest) is Pair:
            if same(x, rest.car):
                return rest
            rest = rest.cdr
        return False

    return member


def _association(who: str, same: Callable[[Value, Value], bool]) -> Callable[[Value, Value], Value]:
    def association(x: Value, rest: Value) -> Value:
        while type(rest) is Pair:
            entry = rest.car
            if type(entry) is not Pair:
                raise type_failure(who, Type.PAIR, entry)
            if same(x, entry.car):
                return entry
            rest = rest.cdr
        return False

    return association


def _on_list(who: str, search: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    """``search`` behind the check that ``who`` declares: for the prelude."""

    def checked(x: Value, items: Value) -> Value:
        if not is_list(items):
            raise type_failure(who, Type.LIST, items)
        return search(x, items)

    return checked


# ---- vectors --------------------------------------------------------------------------------------------


def make_vector(session: Session, size: int, fill: Value = NOTHING) -> Vector:
    session.allocate(size * ITEM_SIZE)
    return Vector([fill] * size)


def vector_ref(vector: Vector, index: int) -> Value:
    if index >= len(vector.items):
        raise failure("index", index, who="vector-ref")
    return vector.items[index]


def vector_set(vector: Vector, index: int, value: Value) -> Value:
    want_mutable("vector-set!", vector)
    if index >= len(vector.items):
        raise failure("index", index, who="vector-set!")
    vector.items[index] = value
    return NOTHING


def vector_fill(vector: Vector, value: Value, start: int = 0, end: int | None = None) -> Value:
    want_mutable("vector-fill!", vector)
    start, end = slice_bounds("vector-fill!", len(vector.items), start, end)
    vector.items[start:end] = [value] * (end - start)
    return NOTHING


def vector_copy_into(to: Vector, at: int, source: Vector, start: int = 0, end: int | None = None) -> Value:
    """All is copied as it was before, also where the ranges overlap."""
    want_mutable("vector-copy!", to)
    start, end = copy_bounds("vector-copy!", len(to.items), at, len(source.items), start, end)
    to.items[at : at + (end - start)] = source.items[start:end]
    return NOTHING


def vector_copy(vector: Vector, start: int = 0, end: int | None = None) -> Vector:
    start, end = slice_bounds("vector-copy", len(vector.items), start, end)
    return Vector(vector.items[start:end])


def vector_append(session: Session, *vectors: Vector) -> Vector:
    session.allocate(sum(len(vector.items) for vector in vectors) * ITEM_SIZE)
    return Vector([item for vector in vectors for item in vector.items])


def vector_to_list(vector: Vector, start: int = 0, end: int | None = None) -> Value:
    start, end = slice_bounds("vector->list", len(vector.items), start, end)
    return make_list(vector.items[start:end])


def _is(*kinds: type) -> Callable[[Value], bool]:
    return lambda value: type(value) in kinds


IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "boolean?": _is(bool),
    "boolean=?": comparison(operator.is_),
    "nothing?": lambda value: value is NOTHING,
    "char?": _is(Char),
    "string?": _is(String),
    "symbol?": _is(Symbol),
    "pair?": _is(Pair),
    "null?": lambda value: value is NIL,
    "vector?": _is(Vector),
    "procedure?": lambda value: isinstance(value, Procedure),
    "condition?": _is(Condition),
    "eof-object?": lambda value: value is EOF,
    "list?": is_list,
    "not": lambda value: value is False or value is NOTHING,
    "eq?": is_eqv,  # the two agree on everything
    "eqv?": is_eqv,
    "equal?": is_equal,
    "cons": Pair,
    "car": lambda pair: pair.car,
    "cdr": lambda pair: pair.cdr,
    **{name: _accessor(name) for name in PRIMITIVES if re.fullmatch("c[ad]{2,4}r", name)},
    "set-car!": set_car,
    "set-cdr!": set_cdr,
    "list": lambda *items: make_list(items),
    "cons*": lambda *items: make_list(items[:-1], items[-1]),
    "length": lambda value: len(items_of(value)),
    "reverse": reverse,
    "list-copy": list_copy,
    "list-tail": list_tail,
    "list-ref": list_ref,
    "list-set!": list_set,
    "last-pair": last_pair,
    "memq": _member(is_eqv),
    "memv": _member(is_eqv),
    "%member": _on_list("member", _member(is_equal)),
    "assq": _association("assq", is_eqv),
    "assv": _association("assv", is_eqv),
    "%assoc": _on_list("assoc", _association("assoc", is_equal)),
    "vector": lambda *items: Vector(list(items)),
    "vector-length": lambda vector: len(vector.items),
    "vector-ref": vector_ref,
    "vector-set!": vector_set,
    "vector-fill!": vector_fill,
    "vector-copy": vector_copy,
    "vector-copy!": vector_copy_into,
    "vector->list": vector_to_list,
    "list->vector": lambda value: Vector(items_of(value)),
}

#: Primitives that also need the session of the run, as their first argument.
SESSION_IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "append": append,
    "make-list": make_list_of,
    "make-vector": make_vector,
    "vector-append": vector_append,
}
