"""Which procedures a failing program cannot do without.

A reduced program has what a bug needs, but also what makes the arguments: ``(reverse (list ""))`` here is
``(reverse (cons "" '()))`` there. So each procedure is put to the test. Primitives are called alone
(:mod:`omnitest.triage.probes`). If that shows nothing, calls are replaced by other procedures and by plain values: a
program that goes on failing does not need what was replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from omnitest.reduce.forest import Forms, rewritten
from omnitest.triage.probes import family, primitives_of, probe
from reference_interp import parse
from reference_interp.library import library_procedures
from reference_interp.primitives import PRIMITIVES, Effect, Type
from reference_interp.reader import SyntaxProblem, read_program
from reference_interp.syntax import Kind, Syntax, symbol, unparse, walk
from reference_interp.values import Char, String

#: The caller's test: for each of several programs, whether it fails like the one in question.
Fails = Callable[[Sequence[str]], list[bool]]

#: Values of several types, fresh objects among them, an error and what can be folded: one of them does where only an
#: argument is needed.
_VALUES: Final[tuple[Syntax, ...]] = tuple(
    read_program(text, "<value>")[0]
    for text in (
        "0", '"ab"', "(list (list 1) (list 2))", "(car 0)",
        "1", "-7", "2.5", "#t", "#f", "'(1 2)", "(string #\\a #\\b)", "(list 1 2)", "(vector 1 2)", "(cons 1.5 '())",
        "(vector (list 1) 2)", "(lambda args 0)", "(bytevector 1 2)", "(newline)",
        '(string->symbol "a")',
        "(max 1 2)",
    )
)  # fmt: skip

#: With so many of them most procedures are found innocent.
_QUICK: Final = 4

#: Procedures of several families; one of them does where only some call is needed.
_OTHERS: Final = (
    "list",
    "vector",
    "cons",
    "car",
    "+",
    "*",
    "not",
    "string-append",
    "append",
    "max",
    "display",
    "raise",
)

#: How a culprit ends that is a type of literals.
LITERAL: Final = " literal"

#: A procedure that so many of its family can stand in for is as innocent as one that anything can stand in for.
_MANY: Final = 4

#: Procedures that capture or replace the continuation: only means, where something else is guilty.
_CAPTURES: Final = frozenset(
    name for name, row in PRIMITIVES.items() if row.effect is Effect.SUSPEND and name != "dynamic-wind"
)


@dataclass(slots=True)
class _Tests:
    """The programs to run on behalf of one procedure: with others of its family, and with anything else."""

    family: dict[str, str] = field(default_factory=dict)  # name of the stand-in → program
    anything: list[str] = field(default_factory=list)


def culprits(text: str, fails: Fails) -> tuple[str, ...]:
    """The procedures that the program ``text`` needs to fail, in order.

    A primitive that fails alone is one, with those of its family that do, too (``member/memv``). Where there is none,
    they are the procedures without which the program does not fail; then the primitives behind its special forms; then
    the types of the literals that it needs (``float literal``).
    """
    try:
        forms = tuple(read_program(text, "<reduced>"))
        used = primitives_of(parse(text))
    except SyntaxProblem:
        return ()
    return (
        _failing_alone(used, forms, fails) or _indispensable(forms, fails) or _internal(used) or _literals(forms, fails)
    )


def _failing_alone(used: Sequence[str], forms: Forms, fails: Fails) -> tuple[str, ...]:
    """The primitives among those ``used`` whose probe fails."""
    own = [(kind, unparse([node]).strip()) for node in walk(forms) if (kind := _type_of(node)) is not None]
    probes = _probes(used, own)
    failing = _failing(probes.values(), fails)
    guilty = [name for name, program in probes.items() if program in failing]
    if not guilty or len(guilty) >= _MANY:
        return ()
    kin = _probes((other for name in guilty for other in family(name)), own)
    failing |= _failing(kin.values(), fails)
    labels = set()
    for name in guilty:
        relatives = [other for other in family(name) if kin.get(other, "") in failing]
        if len(relatives) < _MANY:
            labels.add("/".join(sorted({name, *relatives})))
    return tuple(sorted(labels))


def _probes(names: Iterable[str], own: Sequence[tuple[Type, str]]) -> dict[str, str]:
    return {name: program for name in names if (program := probe(name, own)) is not None}


def _indispensable(forms: Forms, fails: Fails) -> tuple[str, ...]:
    """The procedures that nothing can stand in for."""
    suspected = _procedures(forms)
    quick = {name: [_replaced(forms, name, value) for value in _VALUES[:_QUICK]] for name in suspected}
    failing = _failing((program for programs in quick.values() for program in programs), fails)
    tests = {name: _tests(forms, name) for name in suspected if not failing.intersection(quick[name])}
    failing = _failing((p for t in tests.values() for p in (*t.family.values(), *t.anything)), fails)
    guilty: dict[str, str] = {}
    for name, test in tests.items():
        stand_ins = [other for other, program in test.family.items() if program in failing]
        if len(stand_ins) < _MANY and not failing.intersection(test.anything):
            guilty[name] = "/".join(sorted({name, *stand_ins}))
    if guilty.keys() - _CAPTURES:
        guilty = {name: label for name, label in guilty.items() if name not in _CAPTURES}
    return tuple(sorted(set(guilty.values())))


def _internal(used: Sequence[str]) -> tuple[str, ...]:
    """The primitives that only special forms and the library use: those that change something, if there are any."""
    internal = sorted(name for name in used if name.startswith("%"))
    return tuple(name for name in internal if PRIMITIVES[name].effect is Effect.WRITE) or tuple(internal)


def _failing(programs: Iterable[str], fails: Fails) -> frozenset[str]:
    distinct = list(dict.fromkeys(programs))
    if not distinct:
        return frozenset()
    return frozenset(text for text, failed in zip(distinct, fails(distinct), strict=True) if failed)


# ---- procedures ----


def _procedures(forms: Forms) -> list[str]:
    """The procedures of the language that occur in ``forms``, each once."""
    known = PRIMITIVES.keys() | set(library_procedures())
    return list(dict.fromkeys(node.symbol for node in walk(forms) if node.symbol in known and node.symbol is not None))


def _tests(forms: Forms, name: str) -> _Tests:
    tests = _Tests()
    for other in family(name):
        tests.family[other] = _renamed(forms, name, other)
    strangers = [other for other in _OTHERS if other != name and other not in tests.family]
    tests.anything = [_renamed(forms, name, other) for other in strangers]
    tests.anything += [_replaced(forms, name, value) for value in _VALUES[_QUICK:]]
    return tests


def _renamed(forms: Forms, name: str, other: str) -> str:
    new = symbol(other)
    return unparse([rewritten(form, lambda node: new if node.symbol == name else node) for form in forms])


def _replaced(forms: Forms, name: str, value: Syntax) -> str:
    """The program with ``value`` in the place of every call of ``name``."""

    def without_call(node: Syntax) -> Syntax:
        return value if node.kind is Kind.LIST and node.items and node.items[0].symbol == name else node

    return unparse([rewritten(form, without_call) for form in forms])


# ---- literals ----


def _literals(forms: Forms, fails: Fails) -> tuple[str, ...]:
    """The types of literals that no literal of another type can stand in for."""
    programs: dict[Type, list[str]] = {}
    for node in walk(forms):
        kind = _type_of(node)
        if kind is not None and kind not in programs:
            others = [value for value in _VALUES if _type_of(value) not in (kind, None)]
            programs[kind] = [_retyped(forms, kind, value) for value in others]
    failing = _failing((p for others in programs.values() for p in others), fails)
    return tuple(
        sorted(f"{kind.name.lower()}{LITERAL}" for kind, others in programs.items() if not failing.intersection(others))
    )


def _type_of(node: Syntax) -> Type | None:
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


def _retyped(forms: Forms, kind: Type, value: Syntax) -> str:
    return unparse([rewritten(form, lambda node: value if _type_of(node) == kind else node) for form in forms])
