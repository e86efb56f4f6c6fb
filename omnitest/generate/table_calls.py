"""Calls of primitives straight from the primitive table.

The other productions know for their primitives which arguments lead to which results. This one knows
only what the table says, so it serves every primitive, those added tomorrow included: arguments of
the declared types, and a guard around what may raise nevertheless.
"""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import PER_ITEM, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.errors import most_arguments
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    BOOL,
    BYTE,
    CHAR,
    FLOAT,
    HUGE,
    NUMBER,
    SMALL,
    SYM,
    WORD,
    Any,
    Bytes,
    Fresh,
    Gen,
    Int,
    List,
    Pair,
    Str,
    Table,
    Vec,
)
from omnitest.generate.types import Type as Kind
from omnitest.generate.vocabulary import PUBLIC_PRIMITIVES, feature_of
from reference_interp.primitives import PRIMITIVES, Effect, Primitive, Type

#: What depends on the clock, the environment or files has no outcome to compare; what may leave the call is for
#: productions that know where to.
_ROWS: Final = tuple(
    row
    for row in map(PRIMITIVES.__getitem__, PUBLIC_PRIMITIVES)
    if row.deterministic and row.effect is not Effect.SUSPEND
)
#: Kinds that arguments of the declared types, few and small, do not lead to.
_AVOIDED: Final = frozenset({"type-error", "out-of-memory"})
#: What these give is a value of its own in OmniLisp, and open elsewhere.
_SEVERAL_VALUES: Final = frozenset({"values"})
_QUIET: Final = tuple(row for row in _ROWS if row.effect is not Effect.IO)


def _may_raise(row: Primitive) -> bool:
    """Whether it takes a guard to call ``row`` with arguments of the declared types.

    Pairs and lists may be wrong in their parts, and conditions are what guards catch.
    """
    partly = any(param in (Type.PAIR, Type.LIST, Type.CONDITION) for param in row.params)
    return partly or row.effect is Effect.CONTROL or not row.raises <= _AVOIDED or row.rest is Type.ANY


_TEXT_IN: Final[Tree] = ["open-input-string", '"(a 1) \\"b\\" c"']
_TEXT_OUT: Final[Tree] = ["open-output-string"]
_BYTES_OUT: Final[Tree] = ["open-output-bytevector"]
_BYTES_IN: Final[Tree] = ["open-input-bytevector", ["get-output-bytevector", _BYTES_OUT]]
_PORTS: Final[dict[Type, tuple[Tree, ...]]] = {
    Type.PORT: (_TEXT_IN, _TEXT_OUT, _BYTES_IN, _BYTES_OUT),
    Type.INPUT_PORT: (_TEXT_IN, _BYTES_IN),
    Type.OUTPUT_PORT: (_TEXT_OUT, _BYTES_OUT),
    Type.TEXTUAL_INPUT_PORT: (_TEXT_IN,),
    Type.TEXTUAL_OUTPUT_PORT: (_TEXT_OUT,),
    Type.BINARY_INPUT_PORT: (_BYTES_IN,),
    Type.BINARY_OUTPUT_PORT: (_BYTES_OUT,),
    Type.STRING_OUTPUT_PORT: (_TEXT_OUT,),
    Type.BYTEVECTOR_OUTPUT_PORT: (_BYTES_OUT,),
}


@production(Any, weight=16)
def call_from_table(g: Builder, type_: Any, size: int) -> Tree | None:
    row = g.pick(_ROWS if g.has(Feature.OUTPUT) else _QUIET)
    feature = feature_of(row)
    if (_may_raise(row) and not g.has(Feature.GUARD)) or g.is_foreign(row.name):
        return None
    if (feature is not None and not g.has(feature)) or (g.portable and row.name in _SEVERAL_VALUES):
        return None
    g.charge(2 * PER_ITEM)
    most = most_arguments(g, row, row.max_args if row.max_args is not None else row.min_args + 3)
    count = g.between(row.min_args, most)
    pieces = g.split(size - 2, count) if count else []
    call: Tree = [row.name, *(_argument(g, row, i, piece) for i, piece in enumerate(pieces))]
    if g.is_foreign(call):
        return None
    if not _may_raise(row):
        return call
    caught = Var(ANY)
    clause: list[Tree] = ["else", ["if", ["error-object?", caught], _shown(g, caught), caught]]
    return Form(["guard", [caught, clause], call], ([caught], [clause]))


def _shown(g: Builder, caught: Var) -> Tree:
    """What is told of a condition that a primitive raised."""
    return ["quote", "condition"] if g.portable else ["condition-kind", caught]


def _argument(g: Builder, row: Primitive, position: int, size: int) -> Tree:
    """An argument of the declared type; what is stored is a number: the object can still be printed."""
    declared = row.type_of_argument(position)
    if declared is Type.ANY:
        return g.expr(SMALL if row.effect is Effect.WRITE else ANY, size)
    if declared is Type.PROCEDURE:
        return "list"
    if declared is Type.CONDITION:
        return _condition(g, size)
    if declared is Type.HASH_TABLE:  # a copy: it may get keys of any type
        return ["hash-copy", g.expr(Table(SMALL, g.randrange(2) == 1, g.randrange(2) == 0), size)]
    if declared in _PORTS:
        return g.pick(_PORTS[declared])
    if declared is Type.GENERATOR:
        return g.expr(Gen(SMALL), size)
    return g.expr(_kind(g, declared, changed=row.effect is Effect.WRITE), size)


def _kind(g: Builder, declared: Type, changed: bool) -> Kind:
    """A type of the generator whose values have the declared type; fresh where they are ``changed``."""
    item = SMALL if changed else g.scalar_type()
    compound: List | Pair | Vec
    match declared:
        case Type.NUMBER:
            return NUMBER if g.randrange(2) else HUGE
        case Type.INTEGER | Type.INTEGRAL:
            return g.pick((SMALL, Int(-9, 9), HUGE))
        case Type.INDEX:
            return Int(0, 3)
        case Type.FLOAT:
            return FLOAT
        case Type.BOOLEAN:
            return BOOL
        case Type.CHAR:
            return CHAR
        case Type.STRING:
            return Fresh(Str(3, 3)) if changed and (g.portable or g.randrange(4)) else WORD
        case Type.BYTE:
            return BYTE
        case Type.BYTEVECTOR:
            return Fresh(Bytes(3, 3)) if changed and (g.portable or g.randrange(4)) else Bytes(0, 4)
        case Type.SYMBOL:
            return SYM
        case Type.PAIR:
            compound = Pair(item, item) if g.randrange(2) else List(item, 1, 6)
        case Type.LIST:
            compound = List(item, 0, 6)
        case Type.VECTOR:
            compound = Vec(item, g.between(1, 4))
        case _:
            return ANY
    # A literal is an error to change, which other languages need not notice.
    return Fresh(compound) if changed and (g.portable or g.randrange(4)) else compound


def _condition(g: Builder, size: int) -> Tree:
    """A condition object: what a guard caught."""
    caught = Var(ANY)
    clause: list[Tree] = ["#t", caught]
    return Form(["guard", [caught, clause], ["error", '"made"', g.expr(ANY, size - 6)]], ([caught], [clause]))
