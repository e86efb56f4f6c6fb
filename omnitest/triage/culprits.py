"""Which procedures a failing program cannot do without.

A reduced program has what a bug needs, but also what makes the arguments: ``(reverse (list ""))`` here is
``(reverse (cons "" '()))`` there. So each procedure is put to the test. Primitives are called alone
(:mod:`omnitest.triage.probes`). If that shows nothing, calls are replaced by other procedures and by plain values: a
program that goes on failing does not need what was replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from omnitest.reduce.forest import Forms, rewritten
from omnitest.triage.literals import Fails, failing_of, literal_types, type_of, with_literals
from omnitest.triage.mechanisms import CYCLE, FRAMES, needs_a_cycle, needs_suspended_frames
from omnitest.triage.probes import family, primitives_of, probe
from reference_interp import parse
from reference_interp.library import library_procedures
from reference_interp.primitives import PRIMITIVES, Effect, Type
from reference_interp.reader import SyntaxProblem, read_program
from reference_interp.syntax import Kind, Syntax, symbol, unparse, walk

#: Values of several types, fresh objects among them, an error and what can be folded: one of them does where only an
#: argument is needed.
_VALUES: Final[tuple[Syntax, ...]] = tuple(
    read_program(text, "<value>")[0]
    for text in (
        "0", '"ab"', "(list (list 1) (list 2))", "(car 0)",
        "1", "-7", "2.5", "#t", "#f", "'(1 2)", "(string #\\a #\\b)", "(list 1 2)", "(vector 1 2)", "(cons 1.5 '())",
        "(vector (list 1) 2)", "(lambda args 0)", "(bytevector 1 2)", "(newline)",
        '(string->symbol "a")',
    )
)  # fmt: skip
#: What folding works on.
_COMPUTED: Final = read_program("(max 1 2)", "<value>")[0]

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


def culprits(text: str, fails: Fails, *, leak: bool = False) -> tuple[str, ...]:
    """What the program ``text`` needs to fail, in order: the procedures, if there are any.

    A primitive that fails alone is one, with those of its family that do, too (``memq/memv``). Where there is none,
    they are the mechanisms that no procedure stands for (:mod:`omnitest.triage.mechanisms`; cycles for a ``leak``
    only); then the procedures without which the program does not fail; then the primitives behind its special forms;
    then the types of the literals that it needs (``float literal``), or of the values (``float``).
    """
    try:
        forms = tuple(read_program(text, "<reduced>"))
        used = primitives_of(parse(text))
    except SyntaxProblem:
        return ()
    alone = _failing_alone(used, forms, fails)
    if alone:
        return alone
    if leak and needs_a_cycle(forms, fails):
        return (CYCLE,)
    if needs_suspended_frames(forms, fails):
        return (FRAMES,)
    return _indispensable(forms, fails) or _internal(used) or literal_types(forms, fails, _VALUES)


def _failing_alone(used: Sequence[str], forms: Forms, fails: Fails) -> tuple[str, ...]:
    """The primitives among those ``used`` whose probe fails, but for those whose calls in the program anything can
    stand in for: they are hit by a bug that is not theirs."""
    own = [(kind, unparse([node]).strip()) for node in walk(forms) if (kind := type_of(node)) is not None]
    probes = _probes(used, own)
    failing = failing_of(probes.values(), fails)
    guilty = [name for name, program in probes.items() if program in failing]
    if not guilty or len(guilty) >= _MANY:
        return ()
    kin = {(name, other): probe(name, own, other) or "" for name in guilty for other in family(name)}
    mentioned = set(_procedures(forms))
    others = (*_VALUES[:_QUICK], _COMPUTED)
    replaced = {name: [_replaced(forms, name, value) for value in others] for name in guilty if name in mentioned}
    failing |= failing_of((*kin.values(), *(p for programs in replaced.values() for p in programs)), fails)
    labels = set()
    for name in guilty:
        relatives = [other for other in family(name) if kin[name, other] in failing]
        if len(relatives) < _MANY and not failing.intersection(replaced.get(name, ())):
            labels.add("/".join(sorted({name, *relatives})))
    return tuple(sorted(labels))


def _probes(names: Iterable[str], own: Sequence[tuple[Type, str]]) -> dict[str, str]:
    return {name: program for name in names if (program := probe(name, own)) is not None}


def _indispensable(forms: Forms, fails: Fails) -> tuple[str, ...]:
    """The procedures that nothing can stand in for."""
    suspected = _procedures(forms)
    quick = {name: [_replaced(forms, name, value) for value in _VALUES[:_QUICK]] for name in suspected}
    failing = failing_of((program for programs in quick.values() for program in programs), fails)
    tests = {name: _tests(forms, name) for name in suspected if not failing.intersection(quick[name])}
    failing = failing_of((p for t in tests.values() for p in (*t.family.values(), *t.anything)), fails)
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
    tests.anything += [_replaced(forms, name, value) for value in (*_VALUES[_QUICK:], _COMPUTED)]
    evaluated = with_literals(forms, lambda called: called == name)
    if evaluated != unparse(forms):
        tests.anything.append(evaluated)  # it only made a value that could as well have been written down
    return tests


def _renamed(forms: Forms, name: str, other: str) -> str:
    new = symbol(other)
    return unparse([rewritten(form, lambda node: new if node.symbol == name else node) for form in forms])


def _replaced(forms: Forms, name: str, value: Syntax) -> str:
    """The program with ``value`` in the place of every call of ``name``."""

    def without_call(node: Syntax) -> Syntax:
        return value if node.kind is Kind.LIST and node.items and node.items[0].symbol == name else node

    return unparse([rewritten(form, without_call) for form in forms])
