"""From program text to something that every engine can run, or to the reason why not."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from pathlib import Path

from compiler.context import PLANTS as COMPILER_PLANTS
from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.ir.errors import MalformedIR
from compiler.verifier import NotPlainC, OwnershipViolation
from omnitest.engines.protocol import Case, EngineOptions, Limits
from omnitest.outcome import Fault, FaultKind, Frame
from reference_interp import SyntaxProblem, parse

#: The oracle that looks at the emitted C before anything runs it.
VERIFIER = "verifier"


@dataclass(frozen=True, slots=True)
class Settings:
    """How programs are compiled and run: what a replay has to repeat.

    ``disabled`` names compiler passes to leave out. ``plants`` are faults planted in the compiler, the runtime or
    the reference (:mod:`omnitest.plants`). Without ``verify``, programs run although the verifier rejects them.
    ``directory`` is where programs find and leave files; None gives each run an empty folder.
    """

    disabled: frozenset[str] = frozenset()
    plants: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    verify: bool = True
    directory: Path | None = None

    def compile_options(self, prefix: str) -> CompileOptions:
        """What the compiler is told; ``prefix`` starts every C symbol."""
        plants = self.plants.intersection(COMPILER_PLANTS)
        # A planted fault is for the verifier and the engines: the IR checkers would catch it before them.
        return CompileOptions(prefix, self.disabled, check_ir=not plants, verify=self.verify, plants=plants)

    def engine_options(self) -> EngineOptions:
        """What the engines are told."""
        return EngineOptions(self.limits, self.plants.difference(COMPILER_PLANTS), self.directory)


@dataclass(frozen=True, slots=True)
class Malformed:
    """The text is no OmniLisp program."""

    problem: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The program is fine and the compiler is not: its output breaks a rule, or it crashed."""

    fault: Fault


Prepared = Case | Malformed | Rejected


def prepare(source: str, file: str, prefix: str, settings: Settings, stdin: bytes = b"") -> Prepared:
    """Read, expand, compile and verify one program."""
    try:
        core = parse(source, file)
    except SyntaxProblem as problem:
        return Malformed(str(problem))
    try:
        return Case(source, core, compile_program(core, settings.compile_options(prefix)), stdin)
    except OwnershipViolation as violation:
        frame = Frame(violation.function, violation.file, violation.line)
        summary = f"{violation.rule.value}: {violation.message}"
        return Rejected(Fault(FaultKind.OWNERSHIP, summary, ((frame,),), str(violation)))
    except NotPlainC as problem:
        return Rejected(Fault(FaultKind.INVALID_C, str(problem), (), str(problem)))
    except (MalformedIR, AssertionError, LookupError, TypeError, ValueError, AttributeError) as crash:
        frames = traceback.extract_tb(crash.__traceback__)[::-1]
        stack = tuple(Frame(f.name, f.filename.rsplit("/", 1)[-1], f.lineno or 0) for f in frames)
        text = "".join(traceback.format_exception(crash))
        return Rejected(Fault(FaultKind.COMPILER_CRASH, f"{type(crash).__name__}: {crash}", (stack,), text))
