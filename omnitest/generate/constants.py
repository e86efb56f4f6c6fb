"""Expressions without variables: literals, and fresh objects of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from omnitest.generate.config import Feature
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    Any,
    Bool,
    Bytes,
    Char,
    Float,
    Fresh,
    Gen,
    Int,
    List,
    Nothing,
    Number,
    Pair,
    Proc,
    Promise,
    Rec,
    Str,
    Sym,
    Table,
    Type,
    Vec,
    literal,
)
from reference_interp.values import INT_MAX, INT_MIN

if TYPE_CHECKING:
    from omnitest.generate.builder import Builder

SYMBOLS: Final = ("a", "b", "c", "red", "green", "key-1", "list", "if", "+", "|odd symbol|", "λ", "...")
LETTERS: Final = "abcxyzABZ019 -_.,;()'#\"\\\n\t~λéあ😀"
CHARACTERS: Final = (
    "#\\a", "#\\b", "#\\z", "#\\A", "#\\0", "#\\9", "#\\space", "#\\newline", "#\\(", "#\\;", "#\\x41", "#\\λ",
    "#\\null", "#\\delete", "#\\é", "#\\あ", "#\\😀", "#\\\"",
)  # fmt: skip
FLOATS: Final = (
    "0.0", "1.0", "-1.0", "0.5", "2.5", "-0.75", "3.14159", "100.0", "1e10", "1e-5", "1e21", "1.5e300", "-0.0",
    "4.9e-324", "+inf.0", "-inf.0", "+nan.0", "9007199254740993.0", "0.1", "1e-7",
)  # fmt: skip
#: Integers where representations change: small immediates, doubles, the 64-bit range.
EDGES: Final = (
    INT_MAX, INT_MIN, INT_MAX - 1, INT_MIN + 1, 2**62, 2**62 - 1, -(2**62), -(2**62) - 1, 2**61, -(2**61), 2**60,
    2**32, 2**31, -(2**31), 2**53, 2**53 + 1, 255, 256, 65536,
)  # fmt: skip


def integer(g: Builder, low: int, high: int) -> str:
    """An integer literal from ``low`` to ``high``; mostly small, sometimes at an edge."""
    choice = g.randrange(12)
    if choice < 7:
        value = g.between(0, 10)
    elif choice < 9:
        value = g.between(-10, 1000)
    elif choice == 9:
        value = g.pick((low, high))
    elif choice == 10 and g.has(Feature.BIG_INTEGERS):
        value = g.pick(EDGES)
    else:
        value = g.between(low, high)
    if low <= value <= high:
        return str(value)
    return str(g.between(low, min(high, low + 10)))


def characters(g: Builder, least: int, most: int) -> str:
    """``least`` to ``most`` random characters."""
    length = g.between(least, min(most, least + 4))
    return "".join(g.pick(LETTERS) for _ in range(length))


def string_literal(text: str) -> str:
    """``text`` as a string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def float_literal(g: Builder) -> str:
    if g.randrange(2):
        return g.pick(FLOATS)
    return repr(g.between(-1000, 1000) / g.pick((1, 2, 4, 10, 3)))


def constant(g: Builder, type_: Type) -> Tree:
    """A small expression of type ``type_`` without free variables."""
    match type_:
        case Int():
            return integer(g, type_.low, type_.high)
        case Bool():
            return g.pick(("#t", "#f", "#t", "#f", "true", "false", "#true", "#false"))
        case Float():
            return float_literal(g)
        case Number():
            return float_literal(g) if g.has(Feature.FLOATS) and g.randrange(2) else integer(g, -1000, 1000)
        case Char():
            return g.pick(CHARACTERS)
        case Str():
            return string_literal(characters(g, type_.least, type_.most))
        case Sym():
            return ["quote", g.pick(SYMBOLS)]
        case Nothing():
            return g.one_of(("nothing", "nothing", ["if", "#f", "#f"] if g.portable else ["begin"], ["if", "#f", "#f"]))
        case Any():
            return constant(g, g.scalar_type())
        case Proc():
            params = [Var(param) for param in type_.params]
            body = [constant(g, type_.result)]
            return Form(["lambda", list(params), *body], (params, body))
        case Gen():
            return ["make-generator", ["lambda", [], ["yield", constant(g, type_.item)]]]
        case Fresh():
            return fresh(g, type_.of)
        case List() | Pair() | Vec():
            return quoted(g, type_) if literal(type_) else fresh(g, type_)
        case Bytes():
            return bytes_literal(g, type_.least, type_.most)
        case Table():
            return ["make-hash-table" if type_.equal else "make-eqv-hash-table"]
        case Promise():
            return [g.pick(("make-promise", "delay")), constant(g, type_.item)]
        case Rec():
            constructor, fields = g.constructors[type_]
            return [constructor, *(constant(g, type_.fields[field]) for field in fields)]


def bytes_literal(g: Builder, least: int, most: int) -> str:
    """A bytevector literal of ``least`` to ``most`` bytes."""
    count = g.between(least, min(most, least + 3))
    return "#u8(" + " ".join(integer(g, 0, 255) for _ in range(count)) + ")"


def fresh(g: Builder, type_: List | Pair | Vec | Str | Bytes) -> Tree:
    """A newly made object with constant parts."""
    match type_:
        case List():
            count = g.between(type_.least, min(type_.most, type_.least + 1))
            return ["list", *(constant(g, type_.item) for _ in range(count))]
        case Pair():
            return ["cons", constant(g, type_.car), constant(g, type_.cdr)]
        case Vec():
            if g.randrange(2):
                return ["make-vector", str(type_.length), constant(g, type_.item)]
            return ["vector", *(constant(g, type_.item) for _ in range(type_.length))]
        case Str():
            if type_.least > 0 and g.randrange(3) == 2:
                return ["make-string", str(type_.least), g.pick(CHARACTERS)]
            return ["string-copy", constant(g, type_)]
        case Bytes():
            if type_.least > 0 and g.randrange(3) == 2:
                return ["make-bytevector", str(type_.least), integer(g, 0, 255)]
            return ["bytevector", *(integer(g, 0, 255) for _ in range(type_.least))]


def quoted(g: Builder, type_: Type) -> Tree:
    """A quoted literal; an empty list is written ``'()``."""
    if type(type_) is Vec and not g.portable and g.randrange(3) == 0:
        return datum(g, type_)  # vectors need no quote
    return ["quote", datum(g, type_)]


def datum(g: Builder, type_: Type) -> Tree:
    """Literal data of type ``type_`` as it stands inside of a quotation."""
    match type_:
        case List():
            spread = 12 if g.has(Feature.BIG_LITERALS) and g.chance(4) else 2
            count = g.between(type_.least, min(type_.most, type_.least + spread))
            return [datum(g, type_.item) for _ in range(count)]
        case Vec():
            return tuple(datum(g, type_.item) for _ in range(type_.length))
        case Pair():
            return [datum(g, type_.car), ".", datum(g, type_.cdr)]
        case Sym():
            return g.pick(SYMBOLS)
        case Bool():
            return g.pick(("#t", "#f"))
        case Nothing() | Any():
            return g.pick(SYMBOLS)
        case _:
            return constant(g, type_)
