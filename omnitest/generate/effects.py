"""Productions of expressions evaluated for their effect: output, assignment, mutation."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.tree import Tree, Var
from omnitest.generate.types import (
    ANY,
    BOOL,
    BYTE,
    CHAR,
    FLOAT,
    SMALL,
    SYM,
    TEXT,
    WIDE,
    WORD,
    Any,
    Bytes,
    Fresh,
    Int,
    List,
    Nothing,
    Pair,
    Str,
    Type,
    Vec,
    storable,
)

_PRINTING_COST: Final = 40  # keeps the output of a run small as well


@production(Nothing, weight=24, needs=(Feature.OUTPUT,))
def output(g: Builder, type_: Nothing, size: int) -> Tree | None:
    if not g.affords(_PRINTING_COST):
        return None
    g.charge(_PRINTING_COST)
    choice = g.randrange(12)
    if choice < 7:
        return [g.pick(("display", "write", "print")), g.expr(ANY, size - 1)]
    if choice == 7:
        return ["newline"]
    if choice == 8 and g.has(Feature.STRINGS):
        return ["write-string", g.expr(TEXT, size - 1)]
    if choice == 9 and g.has(Feature.CHARS):
        return ["write-char", g.expr(CHAR, size - 1)]
    if choice == 10 and g.has(Feature.CLOSURES) and not g.portable:
        return ["display", g.expr(g.proc_type(), size - 1)]
    return ["begin", ["display", g.expr(ANY, size - 3)], ["newline"]]


@production(Nothing, weight=40, needs=(Feature.ASSIGNMENT,))
def assignment(g: Builder, type_: Nothing, size: int) -> Tree | None:
    variables = [v for v in g.scope if v.stores is not None]
    if not variables:
        return None
    variable = g.pick(variables)
    stores = variable.stores
    assert stores is not None
    if isinstance(stores, Int) and stores != variable.type and g.randrange(4):
        return ["set!", variable, ["+", variable, g.expr(stores, size - 4)]]
    return ["set!", variable, g.expr(stores, size - 2)]


@production(Nothing, weight=50, needs=(Feature.MUTATION,))
def mutation(g: Builder, type_: Nothing, size: int) -> Tree | None:
    variables = [v for v in g.scope if changeable(v.type)]
    return change(g, g.pick(variables), size) if variables else None


def changeable(type_: Type) -> bool:
    """Whether :func:`change` can change a variable of this type: it is fresh, its parts can be stored."""
    if not isinstance(type_, Fresh) or not storable(type_):
        return False
    return not isinstance(type_.of, (List, Str, Bytes)) or type_.of.least > 0


def change(g: Builder, variable: Var, size: int) -> Tree:
    """An expression that stores something in the object that ``variable`` names.

    The new part is of the type of the old one, so everyone who knows the object stays right about it.
    """
    assert isinstance(variable.type, Fresh)
    match variable.type.of:
        case List() as listed:
            return ["set-car!", variable, g.expr(listed.item, size - 2)]
        case Pair() as pair:
            if g.randrange(2):
                return ["set-car!", variable, g.expr(pair.car, size - 2)]
            return ["set-cdr!", variable, g.expr(pair.cdr, size - 2)]
        case Vec() as vector:
            if g.randrange(5) == 4:
                return ["vector-fill!", variable, g.expr(vector.item, size - 2)]
            left, right = g.split(size - 2, 2)
            return ["vector-set!", variable, g.expr(Int(0, vector.length - 1), left), g.expr(vector.item, right)]
        case Str() as string:
            left, right = g.split(size - 2, 2)
            return ["string-set!", variable, g.expr(Int(0, string.least - 1), left), g.expr(CHAR, right)]
        case Bytes() as octets:
            left, right = g.split(size - 2, 2)
            return ["bytevector-u8-set!", variable, g.expr(Int(0, octets.least - 1), left), g.expr(BYTE, right)]


def fresh_type(g: Builder) -> Fresh:
    """A random type of objects that :func:`change` can change."""
    item = g.data_type(1)
    length = g.between(1, 5)
    if g.has(Feature.MUTABLE_TEXT) and g.randrange(6) == 5:
        return Fresh(Str(length, length))
    if g.has(Feature.BYTEVECTORS) and g.randrange(6) == 5:
        return Fresh(Bytes(length, length))
    if g.has(Feature.VECTORS) and g.randrange(2):
        return Fresh(Vec(item, g.between(1, 6)))
    if g.has(Feature.PAIRS) and g.randrange(2):
        return Fresh(Pair(item, g.data_type(1)))
    least = g.between(1, 3)
    return Fresh(List(item, least, least + g.between(0, 3)))


def assigned_variable(g: Builder) -> Var:
    """A variable that ``set!`` may change; integer variables leave room to be added to."""
    choice = g.randrange(8)
    if choice < 4:
        return Var(WIDE, SMALL)
    options: list[Type] = [BOOL, List(SMALL, 0, 6)]
    if g.has(Feature.STRINGS):
        options.append(WORD)
    if g.has(Feature.SYMBOLS):
        options.append(SYM)
    if g.has(Feature.FLOATS):
        options.append(FLOAT)
    type_ = g.pick(options)
    return Var(type_, type_)


@production(Nothing, weight=2, needs=(Feature.DEAD_VALUES,))
def dropped_value(g: Builder, type_: Nothing, size: int) -> Tree | None:
    return ["begin", g.expr(g.familiar_type(), size - 2), "nothing"]


@production(Any, weight=12)
def value_of_some_type(g: Builder, type_: Any, size: int) -> Tree | None:
    return g.expr(g.familiar_type(), size)
