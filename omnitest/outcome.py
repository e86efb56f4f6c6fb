"""What one run of one program by one engine came to: a closed set of outcomes.

Engines produce :class:`Observation` objects; :mod:`omnitest.compare` turns the observations of one
program into a verdict. Nothing else in the harness looks at exit codes or at sanitizer text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class Finished:
    """The program ran to its end: ``value`` is the final value as ``write`` prints it."""

    value: str


@dataclass(frozen=True, slots=True)
class Raised:
    """The program ended with an uncaught condition; ``irritants`` as ``write`` prints them."""

    kind: str
    message: str
    irritants: tuple[str, ...] = ()
    line: int = 0  # position in the source; 0 when unknown. Shown, never compared.
    column: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """The program ended with an uncaught error that the engine cannot name in the words of the language:
    any that is not the program's own. ``detail`` is what it says about it, for people."""

    detail: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """The process died before its program ended: ``signal`` number, or an exit ``status``."""

    signal: int = 0
    status: int = 0


class Limit(Enum):
    """A resource that a run used up."""

    CPU = "cpu-time"
    WALL = "wall-time"
    MEMORY = "memory"
    STACK = "stack"
    OUTPUT = "output-size"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class LimitReached:
    """The program was ended at a limit on resources: never a divergence."""

    limit: Limit


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The engine cannot run this program and says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class HarnessFailure:
    """The harness or a tool failed (build error, missing file): never a finding, never swallowed."""

    reason: str


End = Finished | Raised | Failed | Crashed | LimitReached | Unsupported | HarnessFailure


class FaultKind(Enum):
    """What an oracle besides the plain outcome can report."""

    LEAK = "leak"
    USE_AFTER_FREE = "use-after-free"
    DOUBLE_FREE = "double-free"
    OUT_OF_BOUNDS = "out-of-bounds"
    UNINITIALISED = "uninitialised-read"
    UNDEFINED = "undefined-behaviour"
    DATA_RACE = "data-race"
    OWNERSHIP = "ownership-violation"
    INVALID_C = "invalid-c"
    COMPILER_CRASH = "compiler-crash"
    OTHER = "memory-error"


@dataclass(frozen=True, slots=True)
class Frame:
    """One stack frame: ``function`` as in C, ``file`` (a base name, ``.omni`` through #line), ``line``."""

    function: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """One report of a checker, parsed. ``stacks`` are the access stack first, then where the memory was
    freed, then where it was allocated, as far as the tool says; ``text`` is the tool's own words."""

    kind: FaultKind
    summary: str
    stacks: tuple[tuple[Frame, ...], ...] = ()
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Observation:
    """``output`` is what the program wrote to stdout, ``seconds`` its CPU time.

    ``caught_limit`` is a limit that the program ran into and caught: what it did then depends on where
    the limit is, which may differ between engines. ``in_company`` says that other programs ran in the same process: if
    the outcome is not what it should be, one of those may have spoilt it. ``features`` are identifiers of what the run
    reached, from engines that look (see :mod:`omnitest.guide.features`); they say nothing about whether it was right.
    """

    engine: str
    end: End
    output: bytes = b""
    faults: tuple[Fault, ...] = ()
    seconds: float = 0.0
    stderr: str = field(default="", compare=False)
    caught_limit: Limit | None = None
    in_company: bool = field(default=False, compare=False)
    features: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
