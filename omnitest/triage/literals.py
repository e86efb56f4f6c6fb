"""Constants: the types of literals that a failing program needs, and calls as the literals that they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from omnitest.reduce.forest import Forms, rewritten
from reference_interp import parse, run
from reference_interp.primitives import PRIMITIVES, Effect, Type
from reference_interp.reader import SyntaxProblem, read_program
from reference_interp.syntax import Kind, Syntax, list_of, symbol, unparse, walk
from reference_interp.values import Char, String

#: The caller's test: for each of several programs, whether it fails like the one in question.
Fails = Callable[[Sequence[str]], list[bool]]

#: How a culprit ends that is a type of literals.
LITERAL: Final = " literal"

#: Calls whose value takes more steps, or more characters to write, are left alone.
_STEPS: Final = 10_000
_CHARACTERS: Final = 200

#: Procedures that do nothing but give a value, and all others.
_HARMLESS: Final = frozenset(
    name
    for name, row in PRIMITIVES.items()
    if row.deterministic and row.effect in (Effect.PURE, Effect.ALLOCATE, Effect.READ)
)
_HARMFUL: Final = PRIMITIVES.keys() - _HARMLESS

#: For types whose values can be made of other literals: the call that makes the value of a literal when the program
#: runs.
_MADE: Final[dict[Type, Callable[[Syntax], str]]] = {
    Type.INTEGER: lambda node: f'(string->number "{_text(node)}")',
    Type.FLOAT: lambda node: f'(string->number "{_text(node)}")',
    Type.CHAR: lambda node: f'(string-ref (string-copy "{_text(node)}") 0)',
    Type.BOOLEAN: lambda node: "(null? '())" if node.datum else "(null? 0)",
}


def type_of(node: Syntax) -> Type | None:
    """The type of a literal, None for anything else."""
    if node.kind is not Kind.ATOM or node.symbol is not None:
        return None
    match node.datum:
        case bool():
            return Type.BOOLEAN
        case int():
            return Type.INTEGER
        case float():
            return Type.FLOAT
        case String():
            return Type.STRING
        case Char():
            return Type.CHAR
        case _:
            return None


def with_literals(forms: Forms, wanted: Callable[[str], bool] = lambda name: True) -> str:
    """The program with the value, as the reference says it, in the place of every call that has no need of the rest of
    the program to have one that can be written down. ``wanted`` chooses by the name of the procedure."""

    def evaluated(node: Syntax) -> Syntax:
        name = node.items[0].symbol if node.kind is Kind.LIST and node.items else None
        if name not in _HARMLESS or not wanted(name) or any(n.symbol in _HARMFUL for n in walk([node])):
            return node
        text = _value(unparse([node]))
        return node if text is None else read_program(text, "<value>")[0]

    return unparse([rewritten(form, evaluated) for form in forms])


@lru_cache(maxsize=256)
def _value(call: str) -> str | None:
    """What a call comes to, as an expression without one; None where that cannot be written down."""
    try:
        result = run(parse(call), steps=_STEPS)
        if result.value is None or result.output or len(result.value) > _CHARACTERS:
            return None
        (datum,) = read_program(result.value, "<value>")
        text = unparse([datum if type_of(datum) is not None else list_of(symbol("quote"), datum)])
        return text if run(parse(text), steps=_STEPS).value == result.value else None
    except (SyntaxProblem, ValueError):
        return None


def literal_types(forms: Forms, fails: Fails, others: Sequence[Syntax]) -> tuple[str, ...]:
    """The types of literals that no literal of another type among ``others`` can stand in for.

    ``float literal`` says that the same value does no harm if it is made when the program runs, ``float`` that it does.
    """
    programs: dict[Type, list[str]] = {}
    for node in walk(forms):
        kind = type_of(node)
        if kind is not None and kind not in programs:
            programs[kind] = [_retyped(forms, kind, value) for value in others if type_of(value) not in (kind, None)]
    made = {kind: _made(forms, kind) for kind in programs if kind in _MADE}
    failing = failing_of([*(p for several in programs.values() for p in several), *made.values()], fails)
    needed = [kind for kind, several in programs.items() if not failing.intersection(several)]
    return tuple(sorted(f"{k.name.lower()}{'' if made.get(k) in failing else LITERAL}" for k in needed))


def failing_of(programs: Iterable[str], fails: Fails) -> frozenset[str]:
    """Those of ``programs`` that fail; each is run once."""
    distinct = list(dict.fromkeys(programs))
    if not distinct:
        return frozenset()
    return frozenset(text for text, failed in zip(distinct, fails(distinct), strict=True) if failed)


def _retyped(forms: Forms, kind: Type, value: Syntax) -> str:
    return unparse([rewritten(form, lambda node: value if type_of(node) == kind else node) for form in forms])


def _made(forms: Forms, kind: Type) -> str:
    """The program with all values of ``kind`` made when it runs."""

    def computed(node: Syntax) -> Syntax:
        return read_program(_MADE[kind](node), "<value>")[0] if type_of(node) == kind else node

    return unparse([rewritten(form, computed) for form in forms])


def _text(node: Syntax) -> str:
    """A number as it is written, a character as a string literal has it."""
    if isinstance(node.datum, Char):
        return f"\\x{node.datum.code:x};"
    return unparse([node]).strip()
