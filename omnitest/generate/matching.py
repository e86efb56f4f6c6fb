"""match: patterns for values of known types, mostly such that some clause matches."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import constant, datum
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    NOTHING,
    Any,
    Bool,
    Char,
    Float,
    Fresh,
    Int,
    List,
    Nothing,
    Number,
    Pair,
    Rec,
    Str,
    Sym,
    Type,
    Vec,
    literal,
)

#: What has a meaning in patterns, whatever variables are called: no variable of a pattern takes these names.
_WORDS: Final[Tree] = ["_", "cons", "list", "or", "quote", "@", ":when"]
_DEPTH: Final = 3
#: Patterns for values of unknown types.
_LITERALS: Final[tuple[Tree, ...]] = (
    "0", "-1", "1.5", '"a"', '""', "#\\a", "#t", "false", "nothing", ["quote", "a"], ["quote", []],
    ["quote", ["a", ".", "b"]], ["quote", ("1", "2")], ["quote", '"a"'], "+nan.0", "-0.0", ["quote", "#u8(1 2)"],
)  # fmt: skip


def _variable(type_: Type, bound: list[Var]) -> Var:
    bound.append(Var(type_))
    return bound[-1]


def pattern(g: Builder, type_: Type, depth: int, bound: list[Var]) -> Tree:
    """A pattern that fits some values of ``type_``; adds the variables that it binds to ``bound``."""
    choice = g.randrange(12)
    if depth <= 0 or choice < 2:
        return _variable(type_, bound) if choice % 3 else "_"
    if choice == 10:
        return [_variable(type_, bound), "@", pattern(g, type_, depth - 1, bound)]
    if choice == 11:
        return _alternatives(g, type_, depth, bound)
    if isinstance(type_, Fresh):
        type_ = type_.of
    match type_:
        case List():
            return _list_pattern(g, type_, depth, bound)
        case Pair():
            return ["cons", pattern(g, type_.car, depth - 1, bound), pattern(g, type_.cdr, depth - 1, bound)]
        case Vec():
            return tuple(pattern(g, type_.item, depth - 1, bound) for _ in range(type_.length))
        case Rec():
            return [type_.name, *(pattern(g, field, depth - 1, bound) for field in type_.fields)]
        case Any():
            return _any_pattern(g, depth, bound)
        case Int() | Bool() | Char() | Str() | Float() | Number() | Nothing():
            return literal_pattern(g, type_) if g.randrange(3) else _variable(type_, bound)
        case Sym():
            return literal_pattern(g, type_) if g.randrange(2) else _variable(type_, bound)
        case _:
            return _variable(type_, bound)


def literal_pattern(g: Builder, type_: Type) -> Tree:
    """A pattern without variables for one value of ``type_``, which has literals."""
    match type_:
        case Nothing():
            return "nothing"
        case Any():
            return g.one_of(_LITERALS)
        case Int() | Bool() | Char() | Str() | Float() | Number():
            return constant(g, type_) if g.randrange(4) else ["quote", constant(g, type_)]
        case _:
            return ["quote", datum(g, type_)]


def _list_pattern(g: Builder, type_: List, depth: int, bound: list[Var]) -> Tree:
    choice = g.randrange(4)
    if choice == 0 and type_.most > 0:
        rest = List(type_.item, max(0, type_.least - 1), type_.most - 1)
        return ["cons", pattern(g, type_.item, depth - 1, bound), pattern(g, rest, depth - 1, bound)]
    count = g.between(min(type_.least, 3), min(type_.most, type_.least + 2, 4))
    items = [pattern(g, type_.item, depth - 1, bound) for _ in range(count)]
    if choice == 1 or count < type_.least:
        rest = List(type_.item, max(0, type_.least - count), type_.most - count)
        last = pattern(g, rest, 0, bound)
        return ["list", *items, ".", last] if items else last
    return ["list", *items]


def _any_pattern(g: Builder, depth: int, bound: list[Var]) -> Tree:
    choice = g.randrange(4)
    if choice == 3:
        return g.one_of(_LITERALS)
    inner = [pattern(g, ANY, depth - 2, bound) for _ in range(g.between(0, 2))]
    if choice == 0:
        return ["cons", *inner] if len(inner) == 2 else ["list", *inner]
    if choice == 1:
        return tuple(inner)
    return ["list", *inner, ".", "_"] if inner else "_"


def _alternatives(g: Builder, type_: Type, depth: int, bound: list[Var]) -> Tree:
    """``or``: of literals, or of structures that bind the same variable."""
    if isinstance(type_, Fresh):
        type_ = type_.of
    if isinstance(type_, List) and type_.most >= 2 and g.randrange(2):
        item = _variable(type_.item, bound)
        options: list[Tree] = [["list", "_", item], ["list", item], ["cons", item, "_"]]
        return ["or", *options[g.randrange(2) :]]
    if isinstance(type_, Vec) and type_.length == 2:
        item = _variable(type_.item, bound)
        return ["or", (item, literal_pattern(g, type_.item) if literal(type_.item) else "_"), ("_", item)]
    if literal(type_) or isinstance(type_, (Nothing, Any)):
        return ["or", *(literal_pattern(g, type_) for _ in range(g.between(2, 3)))]
    return _variable(type_, bound)


def _test(g: Builder, bound: list[Var]) -> Tree:
    """A test after ``:when``. It changes nothing: which patterns would see that is not specified."""
    variable = g.pick(bound) if bound else None
    if variable is None:
        return g.pick(("#t", "#f", "nothing", "0"))
    if isinstance(variable.type, Int):
        return [g.pick(("<", ">", "=")), variable, str(g.between(0, 9))]
    other = g.pick(bound)
    return g.one_of(
        (["pair?", variable], ["not", variable], ["equal?", variable, other], ["string?", variable], variable)
    )


def _matched_type(g: Builder) -> Type:
    records = [v.type for v in g.scope if isinstance(v.type, Rec)]
    if records and g.randrange(2):
        return g.pick(records)
    choice = g.randrange(8)
    if choice == 7:
        return ANY
    if choice > 3:
        return List(g.data_type(1), 0, 4) if choice < 6 else Pair(g.data_type(1), g.data_type(1))
    return g.familiar_type()


@production(weight=9, needs=(Feature.MATCH,))
def match_form(g: Builder, type_: Type, size: int) -> Tree | None:
    """match on a value of a random type; the last clause matches anything of that type."""
    if size < 10:
        return None
    matched = _matched_type(g)
    count = g.between(1, 4) if size > 16 else 1
    value_size, last_size, *sizes = g.split(size - 3 * count, count + 2)
    value = g.expr(matched, value_size)
    form: list[Tree] = ["match", value]
    scopes: list[tuple[list[Var], list[Tree]]] = []

    def clause(shape: Tree, bound: list[Var], size: int, tested: bool) -> None:
        with g.visible(*bound):
            body = g.body(type_, size)
        parts: list[Tree] = [shape, *([":when", _test(g, bound)] if tested else []), *body]
        form.append(parts)
        scopes.append((bound, [parts, _WORDS]))

    for piece in sizes:
        bound: list[Var] = []
        clause(pattern(g, matched, g.between(1, _DEPTH), bound), bound, piece, tested=g.randrange(4) == 3)
    everything: list[Var] = []
    last = _variable(matched, everything) if g.randrange(2) and matched != NOTHING else "_"
    clause(last, everything, last_size, tested=False)
    return Form(form, *scopes)
