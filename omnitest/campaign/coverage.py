"""Which parts of the language and the compiler a campaign exercised, and which it did not.

For each special form, primitive, library procedure, kind of error and compiler pass: in how many programs it was
generated, in how many it was reached at run time, and for passes in how many it had anything to do. A zero is a
blind spot of the generator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from tempfile import TemporaryDirectory
from typing import Any, Final

from compiler.pipeline import OPTIONAL_ANALYSES, PIPELINE
from omnitest.generate.vocabulary import AUXILIARY, FORMS, PRELUDE, PUBLIC_PRIMITIVES
from reference_interp import Program, run
from reference_interp.conditions import KINDS, RESOURCE_KINDS
from reference_interp.core import Expr, GlobalRef, PrimRef
from reference_interp.coverage import Coverage
from reference_interp.linking import children
from reference_interp.session import Surroundings


class Part(Enum):
    """What is counted; the value is for people."""

    FORM = "form"
    PRIMITIVE = "primitive"
    PROCEDURE = "library procedure"
    KIND = "error kind"
    PASS = "compiler pass"


#: Words inside of other forms, and forms that reject the program: they are no expressions of their own.
_NOT_EVALUATED: Final = frozenset(AUXILIARY) | {
    *("...", "_", "unquote", "unquote-splicing", "syntax-rules", "syntax-error", "define-library", "include")
}

_PASSES: Final = tuple(p.name for p in PIPELINE) + OPTIONAL_ANALYSES


def names(part: Part) -> tuple[str, ...]:
    """Everything of a kind that programs can exercise, in the order of its table."""
    match part:
        case Part.FORM:
            return tuple(name for name in FORMS if name not in _NOT_EVALUATED)
        case Part.PRIMITIVE:
            return PUBLIC_PRIMITIVES
        case Part.PROCEDURE:
            return PRELUDE
        case Part.KIND:
            return tuple(kind for kind in KINDS if kind not in RESOURCE_KINDS)
        case Part.PASS:
            return _PASSES


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How many programs had ``name`` in them, and in how many it was reached; a pass is reached where it fires."""

    part: Part
    name: str
    generated: int
    reached: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"part": self.part.value}


@dataclass(slots=True)
class CoverageTally:
    """Counts of programs by part and name."""

    generated: Counter[tuple[Part, str]] = field(default_factory=Counter)
    reached: Counter[tuple[Part, str]] = field(default_factory=Counter)

    def add(self, other: CoverageTally) -> None:
        """Add what another tally counted."""
        self.generated.update(other.generated)
        self.reached.update(other.reached)

    def count(self, program: Program, kinds: frozenset[str], passes: Mapping[str, int], steps: int) -> None:
        """Count one program that was meant to raise ``kinds`` (if any); runs it once more, to see what it reaches."""
        coverage = Coverage()
        with TemporaryDirectory(prefix="omnitest-coverage-") as folder:
            surroundings = Surroundings(directory=folder)
            run(program, steps=steps, output_limit=1 << 20, surroundings=surroundings, coverage=coverage)
        mentioned = _mentioned(program)
        self.generated.update((Part.FORM, keyword) for keyword in {keyword for keyword, _ in program.special_forms})
        self.reached.update((Part.FORM, keyword) for keyword in coverage.forms(program))
        for counter, found in ((self.generated, mentioned), (self.reached, coverage.names)):
            counter.update((_part_of(name), name.removeprefix("%") or name) for name in found)
        self.generated.update((Part.KIND, kind) for kind in kinds | coverage.kinds)
        self.reached.update((Part.KIND, kind) for kind in coverage.kinds)
        self.generated.update((Part.PASS, name) for name in _PASSES)
        fired = {event.partition(".")[0] for event, times in passes.items() if times}
        self.reached.update((Part.PASS, name) for name in fired & set(_PASSES))

    def to_json(self) -> dict[str, Any]:
        """What :meth:`from_json` reads."""
        return {
            name: [[part.name, what, count] for (part, what), count in counter.items()]
            for name, counter in (("generated", self.generated), ("reached", self.reached))
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> CoverageTally:
        """The inverse of :meth:`to_json`."""
        counters = (
            Counter({(Part[part], what): count for part, what, count in document[name]})
            for name in ("generated", "reached")
        )
        return cls(*counters)

    def rows(self) -> tuple[CoverageRow, ...]:
        """One row for everything there is, exercised or not."""
        return tuple(
            CoverageRow(part, name, self.generated[part, name], self.reached[part, name])
            for part in Part
            for name in names(part)
        )


def _part_of(name: str) -> Part:
    return Part.PRIMITIVE if name in PUBLIC_PRIMITIVES else Part.PROCEDURE


def _mentioned(program: Program) -> set[str]:
    """The primitives and library procedures that the program's own expressions mention."""
    found: set[str] = set()
    work: list[Expr] = list(program.forms[program.prelude_forms :])
    while work:
        expr = work.pop()
        if isinstance(expr, PrimRef) or (isinstance(expr, GlobalRef) and expr.name.startswith("%")):
            found.add(expr.name)
        work.extend(children(expr))
    return found
