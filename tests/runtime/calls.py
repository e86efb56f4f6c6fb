"""Calls of primitives with arguments of the right and of the wrong types, for comparing C with the reference."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum
from random import Random

from reference_interp.builtins_data import items_of
from reference_interp.primitives import INDEX, PRIMITIVES, Primitive, Type
from reference_interp.values import INT_MAX, INT_MIN, NIL, NOTHING, Char, Pair, String, Value, Vector, intern

#: Not called this way: ``apply`` calls procedures, ``read-line`` reads the requests' own input.
EXCLUDED = frozenset({"apply", "read-line"})
#: Arguments that ought to be lists though their rows take anything.
LISTS = frozenset({("%member", 1), ("list-tail", 0), ("list-ref", 0), ("list-set!", 0), ("list-copy", 0)})
#: Without end for cyclic data.
ENDLESS = frozenset({"write-simple"})

INTEGERS = (0, 1, -1, 2, 3, 5, 10, 16, 36, 63, 64, -64, 255, 2**31, 2**53 + 1, 2**62 - 1, 2**62, -(2**62), -(2**62) - 1)
EXTREMES = (INT_MIN, INT_MIN + 1, INT_MAX - 1, INT_MAX)
FLOATS = (0.0, -0.0, 1.0, -1.5, 0.5, 2.5, 3.5, 0.1, 1e21, 1e-7, 5e-324, 2.0**53, 2.0**63, -(2.0**63), 1.7e308)
SPECIAL = (math.inf, -math.inf, math.nan)
PAIRED = (0, 1, -1, 2, 3, 63, -64, 2**53 + 1, 2**62, INT_MIN, INT_MAX, 0.0, -0.0, 0.5, -1.5, 2.0**53, 2.0**63, *SPECIAL)
NUMERALS = "12 -7 +5 zz 1.5 .5 5. 1e3 1e 1e400 1_0 . + - ... +inf.0 -nan.0 #xff #b102 #d1.5 #x".split()
LARGE_NUMERALS = [str(n) for n in (INT_MAX, INT_MAX + 1, INT_MIN, INT_MIN - 1)]
TEXTS = (
    "",
    "a",
    "abc",
    "ABC",
    "λ\U0001f600",
    "a b|c",
    '"\\\n\t\x07\x01\x7f',
    " 1",
    "٣",
    "g1",
    *NUMERALS,
    *LARGE_NUMERALS,
)
CODES = (0, 7, 9, 10, 32, 48, 57, 65, 97, 122, 127, 128, 0xA0, 0x3BB, 0xD7FF, 0xE000, 0x10FFFF)


class First(Enum):
    """What the first argument stands for; the value is its bit of the driver's mode."""

    ITSELF = 0
    CONDITION = 2  # a list (message irritant ...): what `error` raises of it
    HASH_TABLE = 4  # a list of (key . value), to be set, and #(key), to be deleted
    EQV_TABLE = 8  # the same, keys compared with eqv?


@dataclass(frozen=True)
class Call:
    """A primitive and its arguments. With ``mutable``, top-level pairs and vectors among them may be changed.

    A symbol @N inside of an argument stands for argument number N.
    """

    row: Primitive
    args: list[Value]
    mutable: bool = False
    first: First = First.ITSELF

    @property
    def index(self) -> int:
        return INDEX[self.row.name]

    @property
    def mode(self) -> int:
        return self.first.value | int(self.mutable)


def random_call(row: Primitive, random: Random) -> Call:
    """A call that usually passes the checks of arity and types, and often not those that follow."""
    argc = random.randint(row.min_args, row.max_args if row.max_args is not None else row.min_args + 4)
    if random.random() < 0.03:
        argc = max(0, argc + random.choice((-1, 1)))
    args = [_argument(row, index, random) for index in range(argc)]
    first = _first(row, random) if args else First.ITSELF
    if first is First.CONDITION:
        irritants = [_any(random, 2) for _ in range(random.randint(0, 3))]
        args[0] = _list([random.choice((String("went wrong"), String("odd:"), String(""), intern("sym"))), *irritants])
    elif first is not First.ITSELF:
        args[0] = _list([_table_step(random) for _ in range(random.choice((0, 1, 5, 30)))])
        args[1:] = [random.choice((arg, _key(random))) for arg in args[1:]]
    if row.name not in ENDLESS and random.random() < 0.2:
        _tie(args, first, random)
    return Call(row, args, mutable=first is not First.CONDITION and random.random() < 0.7, first=first)


def _first(row: Primitive, random: Random) -> First:
    expected = row.params[0] if row.params else row.rest
    if expected is Type.HASH_TABLE:
        return random.choice((First.HASH_TABLE, First.EQV_TABLE)) if random.random() < 0.95 else First.ITSELF
    share = {Type.CONDITION: 0.9, Type.ANY: 0.3}.get(expected, 0.0) if row.params and expected is not None else 0.0
    if random.random() < share:
        return First.CONDITION
    return random.choice(tuple(First)[2:]) if expected is Type.ANY and random.random() < 0.1 else First.ITSELF


def _key(random: Random) -> Value:
    """One of few values, so that keys meet; some of them are equal? and not eqv?."""
    keys: list[Value] = [0, 1, 2.0, 0.0, -0.0, math.nan, True, NOTHING, intern("a"), Char(97), NIL, INT_MAX, INT_MIN]
    keys += [String("a"), String("b"), Pair(1, NIL), Pair(1, Pair(2, NIL)), Pair(1, 2), Vector([]), Vector([1, 2])]
    keys += [Vector([Pair(1, 2), 0.0]), Vector([Pair(1, 2), -0.0]), _list([random.randint(0, 1)] * 100)]
    return random.choice(keys)


def _table_step(random: Random) -> Value:
    return Vector([_key(random)]) if random.random() < 0.3 else Pair(_key(random), _any(random, 2))


def _tie(args: list[Value], first: First, random: Random) -> None:
    """Put references to arguments in place of some of their parts, inside of irritants and values of tables too."""

    def part(item: Value) -> Value:
        return intern(f"@{random.randrange(len(args))}") if random.random() < 0.2 else item

    stack = list(args)
    if first is First.CONDITION:
        stack[0] = Vector(items_of(args[0])[1:])
    elif first is not First.ITSELF:
        stack[0] = Vector([step.cdr for step in items_of(args[0]) if isinstance(step, Pair)])
    while stack:
        item = stack.pop()
        if isinstance(item, Pair):
            item.car, item.cdr = part(item.car), part(item.cdr)
            stack += [item.car, item.cdr]
        elif isinstance(item, Vector):
            item.items = [part(each) for each in item.items]
            stack += item.items


def edge_calls(row: Primitive) -> list[Call]:
    """For a primitive on numbers alone, calls with each number on the edge and each pair of them."""
    types = {*row.params, *([row.rest] if row.rest else [])}
    if not types or not types <= {Type.NUMBER, Type.INTEGER}:
        return []
    single = [Call(row, [a]) for a in (*INTEGERS, *EXTREMES, *FLOATS, *SPECIAL) if row.accepts(1)]
    return single + [Call(row, [a, b]) for a in PAIRED for b in PAIRED if row.accepts(2)]


def all_rows() -> list[Primitive]:
    """The primitives that are compared."""
    return [row for name, row in PRIMITIVES.items() if name not in EXCLUDED]


def _argument(row: Primitive, index: int, random: Random) -> Value:
    if random.random() < 0.06 or (index >= len(row.params) and row.rest is None):
        return _any(random, 2)
    if row.name.removeprefix("%").startswith("ass") and index == 1:
        return _list([Pair(_any(random, 1), _any(random, 1)) for _ in range(random.randint(0, 5))])
    takes_list = row.type_of_argument(index) in (Type.PAIR, Type.LIST) or (row.name, index) in LISTS
    if takes_list and random.random() < 0.06:
        return _list([_any(random, 1) for _ in range(random.randint(1, 3))], intern(f"@{index}"))
    if re.fullmatch("c[ad]{3,4}r", row.name):
        return _tree(random, 4)
    if (row.name, index) in LISTS:
        return _of_type(Type.LIST, random)
    if row.name in ("append", "list->string"):
        return _list([Char(random.choice(CODES)) for _ in range(random.randint(0, 5))])
    return _of_type(row.type_of_argument(index), random)


def _of_type(expected: Type, random: Random) -> Value:
    match expected:
        case Type.NUMBER:
            return _integer(random) if random.random() < 0.55 else random.choice(FLOATS + SPECIAL)
        case Type.INTEGER:
            return _integer(random)
        case Type.INDEX:
            return random.randint(0, 6) if random.random() < 0.9 else random.choice((2**40, 2**61, 2**62, INT_MAX))
        case Type.CHAR:
            return Char(random.choice(CODES))
        case Type.STRING:
            return String(random.choice(TEXTS))
        case Type.SYMBOL:
            return intern(random.choice(TEXTS))
        case Type.PAIR:
            return Pair(_any(random, 3), _any(random, 3))
        case Type.LIST:
            return _list([_any(random, 2) for _ in range(random.randint(0, 6))])
        case Type.VECTOR:
            return Vector([_any(random, 1) for _ in range(random.randint(0, 6))])
        case _:
            return _any(random, 3)


def _integer(random: Random) -> int:
    if random.random() < 0.5:
        return random.choice((*INTEGERS, *EXTREMES))
    return random.randint(-100, 100) if random.random() < 0.6 else random.randint(INT_MIN, INT_MAX)


def _any(random: Random, depth: int) -> Value:
    kinds = (Type.NUMBER, Type.INTEGER, Type.CHAR, Type.STRING, Type.SYMBOL, Type.LIST, Type.VECTOR, Type.PAIR)
    if depth == 0 or random.random() < 0.5:
        return random.choice((True, False, NOTHING, NIL, random.randint(0, 3), 2.5, String("a"), intern("a"), Char(97)))
    kind = random.choice(kinds)
    match kind:
        case Type.PAIR:
            return Pair(_any(random, depth - 1), _any(random, depth - 1))
        case Type.LIST:
            return _list([_any(random, depth - 1) for _ in range(random.randint(0, 4))])
        case Type.VECTOR:
            return Vector([_any(random, depth - 1) for _ in range(random.randint(0, 4))])
        case _:
            return _of_type(kind, random)


def _tree(random: Random, depth: int) -> Value:
    """Pairs nearly all the way down."""
    if depth == 0 or random.random() < 0.05:
        return _any(random, 0)
    return Pair(_tree(random, depth - 1), _tree(random, depth - 1))


def _list(items: list[Value], tail: Value = NIL) -> Value:
    result = tail
    for item in reversed(items):
        result = Pair(item, result)
    return result
