"""Calls of primitives with arguments of the right and of the wrong types, for comparing C with the reference."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum
from random import Random

from reference_interp.builtins_data import items_of
from reference_interp.primitives import INDEX, PRIMITIVES, Effect, Primitive, Type
from reference_interp.values import (
    INT_MAX,
    INT_MIN,
    NIL,
    NOTHING,
    Bytevector,
    Char,
    Pair,
    String,
    Value,
    Vector,
    intern,
)

#: Not called this way: ``apply`` calls procedures, the others change which ports are current, or what they are.
EXCLUDED = frozenset({"apply", "%set-current-port!", "current-input-port", "current-output-port", "current-error-port"})
#: Without end for cyclic data.
ENDLESS = frozenset({"write-simple"})
#: Kinds of conditions that only a failing file system leads to.
OF_FILES_ONLY = frozenset(
    {("close-port", "file-error"), ("close-output-port", "file-error"), ("flush-output-port", "file-error")}
)

INTEGERS = (0, 1, -1, 2, 3, 5, 10, 16, 36, 63, 64, -64, 255, 2**31, 2**53 + 1, 2**62 - 1, 2**62, -(2**62), -(2**62) - 1)
EXTREMES = (INT_MIN, INT_MIN + 1, INT_MAX - 1, INT_MAX)
FLOATS = (0.0, -0.0, 1.0, -1.5, 0.5, 2.5, 3.5, 0.1, 1e21, 1e-7, 5e-324, 2.0**53, 2.0**63, -(2.0**63), 1.7e308)
INTEGRAL_FLOATS = (0.0, -0.0, 1.0, -1.0, 2.0, -4.0, 6.0, 9.0, -15.0, 1e21, 2.0**53, 2.0**63, -(2.0**63), 1.7e308)
SPECIAL = (math.inf, -math.inf, math.nan)
PAIRED = (0, 1, -1, 2, 3, 63, -64, 2**53 + 1, 2**62, INT_MIN, INT_MAX, 0.0, -0.0, 0.5, -1.5, 2.0**53, 2.0**63, *SPECIAL)
NUMERALS = "12 -7 +5 zz 1.5 .5 5. 1e3 1e 1e400 1_0 . + - ... +inf.0 -nan.0 #xff #b102 #d1.5 #x".split()
EXACTNESS = (
    "#e1.5 #e1e3 #i7 #x#i10 #i#xFF #E#b1 #e1e19 #i9e999 #e+inf.0 #e#e1 #i#i1 #x#x1 12#e5 #e #i# #x#e #e-0.0".split()
)
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
    "Straße",
    "STRASSE",
    "İŉΑΣ ﬃΐ",
    "\u01c5ᾳᾼ\u1e9e",
    *NUMERALS,
    *EXACTNESS,
    *LARGE_NUMERALS,
)
CODES = (0, 7, 9, 10, 32, 48, 57, 65, 97, 122, 127, 128, 0xA0, 0xDF, 0x130, 0x1C5, 0x3A3, 0x3BB, 0x3C2, 0x664, 0x1E9E,
         0x1F80, 0x2028, 0x2160, 0xD7FF, 0xE000, 0x10FFFF)  # fmt: skip
BYTES = (
    b"",
    b"\0",
    b"abc",
    b"\xce\xbb!",
    "λ\U0001f600\u20ac".encode(),
    b"\xe2\x82",
    b"a\xff\xc3(\xf0\x9f",
    bytes(range(250, 256)),
)
#: What is read from ports.
INPUTS = (
    "",
    "abc",
    "λ\U0001f600\n\nlast",
    ' (a . b) #(1 "x\\x41;\\n") \'q ,@(`u ,v) #u8(1 255)',
    "#;(skipped) #| so #| is |# this |# #\\space #\\x3bb |two words| #e1.0 -1.5e3",
    "(#0=(1 2) #0# #1=x #1# . #0#)",
    "#0=(#1=#0#",
    "#0=(1 #0# . #1=#(#0# #1#))",
    "#0=#0# #5# #0=a #1234567890= #1x",
    "(a . ) (a . b c) ( . a) ')",
    ') ] "\\q" "\\x110000;" #\\nosuch a#b #nosuch #xfg 9223372036854775808 #e1.5 #u8(256)',
    '"open',
    "(1 (2",
    "#(1 . 2)",
    "#\\",
    "'",
)


#: The types of ports: whether they are for input and textual; None stands for both.
PORTS: dict[Type, tuple[bool | None, bool | None]] = {
    Type.PORT: (None, None),
    Type.INPUT_PORT: (True, None),
    Type.OUTPUT_PORT: (False, None),
    Type.TEXTUAL_INPUT_PORT: (True, True),
    Type.BINARY_INPUT_PORT: (True, False),
    Type.TEXTUAL_OUTPUT_PORT: (False, True),
    Type.BINARY_OUTPUT_PORT: (False, False),
    Type.STRING_OUTPUT_PORT: (False, True),
    Type.BYTEVECTOR_OUTPUT_PORT: (False, False),
}


@dataclass
class PortOf:
    """Stands for a port of strings or bytevectors: what is in it to be read, or was written already."""

    is_input: bool
    is_textual: bool
    is_open: bool
    content: bytes


class First(Enum):
    """What the first argument stands for; the value is its part of the driver's mode."""

    ITSELF = 0
    CONDITION = 2  # a list (message irritant ...): what `error` raises of it
    HASH_TABLE = 4  # a list of (key . value), to be set, and #(key), to be deleted
    EQV_TABLE = 8  # the same, keys compared with eqv?
    MADE = 16  # a symbol: that primitive; a list (primitive argument ...): its value, where arguments
    #            that are a name in %, or lists that begin with one, are made likewise; and so are those of the call


@dataclass(frozen=True)
class Call:
    """A primitive and its arguments. With ``mutable``, top-level objects among them may be changed.

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
        return self.first.value + int(self.mutable)


def random_call(row: Primitive, random: Random) -> Call:
    """A call that usually passes the checks of arity and types, and often not those that follow."""
    argc = random.randint(row.min_args, row.max_args if row.max_args is not None else row.min_args + 4)
    if random.random() < 0.03:
        argc = max(0, argc + random.choice((-1, 1)))
    for position, param in enumerate(row.params):
        if param in (Type.TEXTUAL_INPUT_PORT, Type.BINARY_INPUT_PORT) and row.min_args <= argc <= position:
            argc = position + 1  # the driver's own input is for requests
    args = [_argument(row, index, random) for index in range(argc)]
    expected = row.params[0] if row.params else row.rest
    first = _first(expected, random) if args and expected is not None else First.ITSELF
    match first:
        case First.CONDITION:
            irritants = [_any(random, 2) for _ in range(random.randint(0, 3))]
            message = random.choice((String("went wrong"), String("odd:"), String(""), intern("sym")))
            args[0] = _list([message, *irritants])
        case First.HASH_TABLE | First.EQV_TABLE:
            args[0] = _list([_table_step(random) for _ in range(random.choice((0, 1, 5, 30)))])
            args[1:] = [random.choice((arg, _key(random))) for arg in args[1:]]
        case First.MADE:
            assert expected is not None
            args[0] = _recipe(expected, random)
    if row.name not in ENDLESS and random.random() < 0.2:
        _tie(args, first, random)
    return Call(row, args, mutable=random.random() < 0.7, first=first)


#: The types of what only primitives make.
MADE = (Type.PROCEDURE, Type.PROMISE, Type.RECORD_TYPE, Type.RECORD, Type.PARAMETER, Type.GENERATOR)
#: What no literal can stand for, by the type that is expected in first place, and how often it stands there.
_SHARES: dict[Type, dict[First, float]] = {
    Type.CONDITION: {First.CONDITION: 0.9},
    Type.HASH_TABLE: {First.HASH_TABLE: 0.48, First.EQV_TABLE: 0.47},
    **{each: {First.MADE: 0.9} for each in MADE},
    Type.ANY: {First.CONDITION: 0.25, First.HASH_TABLE: 0.05, First.EQV_TABLE: 0.05, First.MADE: 0.15},
}


def _first(expected: Type, random: Random) -> First:
    shares = {First.ITSELF: 1.0, **_SHARES.get(expected, {})}
    shares[First.ITSELF] -= sum(shares.values()) - 1.0
    return random.choices(list(shares), list(shares.values()))[0]


def _recipe(expected: Type, random: Random) -> Value:
    """How to make a value of a type, as ``First.MADE`` says."""
    match expected:
        case Type.PROCEDURE:
            return intern(random.choice(("car", "vector-ref", "display")))
        case Type.PROMISE:
            return _list([intern("%promise"), Pair(False, _any(random, 2))])
        case Type.RECORD_TYPE:
            return _list(
                [intern("%make-record-type"), intern(random.choice(("point", "λ x", ""))), random.randint(0, 5)]
            )
        case Type.RECORD:
            return _list([intern("%make-record"), _recipe(Type.RECORD_TYPE, random)])
        case Type.PARAMETER:
            return _list([intern("%make-parameter"), _any(random, 2), intern("%values->list")])
        case Type.GENERATOR:
            return _list([intern("make-generator"), intern("%parameter?")])
        case _:
            return _recipe(random.choice(MADE), random)


def _key(random: Random) -> Value:
    """One of few values, so that keys meet; some of them are equal? and not eqv?."""
    keys: list[Value] = [0, 1, 2.0, 0.0, -0.0, math.nan, True, NOTHING, intern("a"), Char(97), NIL, INT_MAX, INT_MIN]
    keys += [String("a"), String("b"), Pair(1, NIL), Pair(1, Pair(2, NIL)), Pair(1, 2), Vector([]), Vector([1, 2])]
    keys += [Vector([Pair(1, 2), 0.0]), Vector([Pair(1, 2), -0.0]), _list([random.randint(0, 1)] * 100)]
    keys += [Bytevector(bytearray(b"a")), Bytevector(bytearray(b"b"))]
    return random.choice(keys)


def _table_step(random: Random) -> Value:
    return Vector([_key(random)]) if random.random() < 0.3 else Pair(_key(random), _any(random, 2))


def _tie(args: list[Value], first: First, random: Random) -> None:
    """Put references to arguments in place of some of their parts, inside of irritants and values of tables too."""

    def part(item: Value) -> Value:
        return intern(f"@{random.randrange(len(args))}") if random.random() < 0.2 else item

    stack = list(args)
    match first:
        case First.CONDITION:
            stack[0] = Vector(items_of(args[0])[1:])
        case First.HASH_TABLE | First.EQV_TABLE:
            stack[0] = Vector([step.cdr for step in items_of(args[0]) if isinstance(step, Pair)])
        case First.MADE:
            stack[0] = _promised(args[0])
    while stack:
        item = stack.pop()
        if isinstance(item, Pair):
            item.car, item.cdr = part(item.car), part(item.cdr)
            stack += [item.car, item.cdr]
        elif isinstance(item, Vector):
            item.items = [part(each) for each in item.items]
            stack += item.items


def _promised(recipe: Value) -> Value:
    """What is in the promise that a recipe makes; the recipes of anything else hold no data."""
    return recipe.cdr.car.cdr if isinstance(recipe, Pair) and recipe.car is intern("%promise") else NIL


def edge_calls(row: Primitive) -> list[Call]:
    """For a primitive on numbers alone, calls with each number on the edge and each pair of them."""
    types = {*row.params, *([row.rest] if row.rest else [])}
    if not types or not types <= {Type.NUMBER, Type.INTEGER, Type.INTEGRAL}:
        return []
    single = [Call(row, [a]) for a in (*INTEGERS, *EXTREMES, *FLOATS, *SPECIAL) if row.accepts(1)]
    return single + [Call(row, [a, b]) for a in PAIRED for b in PAIRED if row.accepts(2)]


def all_rows() -> list[Primitive]:
    """The primitives that are compared: those that need no continuation."""
    return [
        row
        for name, row in PRIMITIVES.items()
        if name not in EXCLUDED
        and row.effect is not Effect.SUSPEND
        and (row.deterministic or name in ("char-ready?", "u8-ready?"))
    ]


def _argument(row: Primitive, index: int, random: Random) -> Value:
    if random.random() < 0.06 or (index >= len(row.params) and row.rest is None):
        return _any(random, 2)
    if path := re.fullmatch("c([ad]+)r", row.name):
        return _with_part(path[1], random)
    if row.name.removeprefix("%").startswith("ass") and index == 1:
        return _list([Pair(_any(random, 1), _any(random, 1)) for _ in range(random.randint(0, 5))])
    if (row.name, index) in (("%member", 1), ("list-set!", 0)):
        return _of_type(Type.LIST, random)
    if row.name in ("append", "list->string"):
        return _list([Char(random.choice(CODES)) for _ in range(random.randint(0, 5))])
    if row.name == "vector->string" and index == 0:
        return Vector([Char(random.choice(CODES)) for _ in range(random.randint(0, 5))])
    return _of_type(row.type_of_argument(index), random)


def _with_part(path: str, random: Random) -> Value:
    """A value of pairs in which there usually is what a primitive like ``cadr`` selects."""
    value = _any(random, 2)
    for letter in path:
        other = _any(random, 1)
        value = Pair(value, other) if letter == "a" else Pair(other, value)
        if random.random() < 0.05:
            value = other
    return value


def _of_type(expected: Type, random: Random) -> Value:
    match expected:
        case Type.NUMBER:
            return _integer(random) if random.random() < 0.55 else random.choice(FLOATS + SPECIAL)
        case Type.INTEGER:
            return _integer(random)
        case Type.INTEGRAL:
            return _integer(random) if random.random() < 0.6 else random.choice(INTEGRAL_FLOATS)
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
        case Type.BOOLEAN:
            return random.random() < 0.5
        case Type.BYTE:
            return random.randint(0, 255) if random.random() < 0.95 else random.choice((-1, 256, INT_MAX))
        case Type.BYTEVECTOR:
            return Bytevector(bytearray(random.choice(BYTES)))
        case Type.PROCEDURE:
            return intern("%values->list")
        case _ if expected in PORTS:
            return _port(expected, random)
        case _:
            return _any(random, 3)


def _port(expected: Type, random: Random) -> Value:
    is_input, is_textual = [random.random() < 0.5 if fixed is None else fixed for fixed in PORTS[expected]]
    content = random.choice(INPUTS).encode() if is_textual else random.randbytes(random.randint(0, 9))
    if is_input and is_textual and random.random() < 0.2:
        content = random.randbytes(random.randint(1, 9))
    return PortOf(is_input, is_textual, random.random() < 0.85, content)


def _integer(random: Random) -> int:
    if random.random() < 0.5:
        return random.choice((*INTEGERS, *EXTREMES))
    return random.randint(-100, 100) if random.random() < 0.6 else random.randint(INT_MIN, INT_MAX)


def _any(random: Random, depth: int) -> Value:
    kinds = (
        Type.NUMBER,
        Type.INTEGER,
        Type.CHAR,
        Type.STRING,
        Type.SYMBOL,
        Type.LIST,
        Type.VECTOR,
        Type.PAIR,
        Type.BYTEVECTOR,
    )
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


def _list(items: list[Value]) -> Value:
    result: Value = NIL
    for item in reversed(items):
        result = Pair(item, result)
    return result
