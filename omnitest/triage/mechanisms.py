"""Parts of the language that no procedure stands for: frames that are suspended, objects that refer to themselves.

Each is recognised by what makes no difference: whatever suspends the frames, whatever is stored in the objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from omnitest.reduce.forest import Forest, Forms
from omnitest.triage.literals import Fails, failing_of
from reference_interp.primitives import PRIMITIVES, Effect
from reference_interp.reader import read_program
from reference_interp.syntax import Kind, Syntax, unparse, walk

FRAMES: Final = "suspended frames"
CYCLE: Final = "a cycle"

#: Ways to evaluate an expression so that the frames around it are suspended and resumed.
_SUSPENDING: Final = (
    "(dynamic-wind list (lambda () {}) list)",
    "(with-exception-handler list (lambda () {}))",
    "(generator-next! (make-generator (lambda () (yield {}))))",
)
#: So many of them are as good as all: one procedure is not to blame.
_SEVERAL: Final = 2

_SUSPENDERS: Final = frozenset(name for name, row in PRIMITIVES.items() if row.effect is Effect.SUSPEND)
_FORMS: Final = frozenset({"parameterize", "prompt", "control"})
_CAPTURES: Final = frozenset({"call/cc", "call-with-current-continuation"})

#: What an object cannot be reached from, however it is stored there.
_FRESH: Final = tuple(
    read_program(text, "<value>")[0] for text in ("0", "(list 0)", "(string #\\a)", "(vector 0)", "(lambda () 0)")
)


def needs_suspended_frames(forms: Forms, fails: Fails) -> bool:
    """Whether the program fails just because something suspends what is around it, whatever that is."""
    experiments = [
        ([_evaluated(forest, index, way.format(value)) for way in _SUSPENDING], _evaluated(forest, index, value))
        for forest in [Forest(forms)]
        for index, node in enumerate(forest.nodes)
        for value in _instead(node)
    ]
    failing = failing_of([p for suspended, plain in experiments for p in (*suspended, plain)], fails)
    return any(
        plain not in failing and len(failing.intersection(suspended)) >= _SEVERAL for suspended, plain in experiments
    )


def _evaluated(forest: Forest, index: int, expression: str) -> str:
    return unparse(forest.replaced(index, read_program(expression, "<value>")))


def _instead(node: Syntax) -> Iterator[str]:
    """Expressions for the place of one that suspends: what it calls, or a fresh object."""
    name = _called(node)
    if name in _SUSPENDERS or name in _FORMS:
        yield "(list 1)"
        if name in _CAPTURES and len(node.items) == 2:
            yield f"({unparse([node.items[1]]).strip()} (lambda args 0))"


def needs_a_cycle(forms: Forms, fails: Fails) -> bool:
    """Whether the program changes objects, and does not fail if what it stores in them is a fresh value each time."""
    changing = {name for name, row in PRIMITIVES.items() if row.effect is Effect.WRITE and not name.startswith("%")}
    changing |= _modifiers(forms)
    forest = Forest(forms)
    stored = [
        index
        for index, node in enumerate(forest.nodes)
        if forest.parents[index] >= 0
        and forest.places[index] == len(forest.nodes[forest.parents[index]].items) - 1
        and _called(forest.nodes[forest.parents[index]]) in changing
        and (node.symbol is not None or node.kind is Kind.LIST)
    ]
    programs = [unparse(forest.with_replacements({index: [value] for index in stored})) for value in _FRESH]
    return bool(stored) and not failing_of(programs, fails)


def _called(node: Syntax) -> str | None:
    return node.items[0].symbol if node.kind is Kind.LIST and node.items else None


def _modifiers(forms: Forms) -> set[str]:
    """The procedures that change fields of the program's own records."""
    fields = [field for node in walk(forms) if _called(node) == "define-record-type" for field in node.items[4:]]
    return {name for field in fields if len(field.items) == 3 and (name := field.items[2].symbol) is not None}
