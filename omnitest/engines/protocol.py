"""The one interface behind which every engine stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from compiler.driver import CompiledProgram
from omnitest.generate.config import GeneratorConfig
from omnitest.outcome import Observation
from reference_interp.core import Program


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of one program: CPU and wall seconds, bytes of heap, C stack and output, CEK steps."""

    cpu_seconds: float = 5.0
    wall_seconds: float = 60.0
    heap_bytes: int = 512 << 20
    stack_bytes: int = 256 << 20
    output_bytes: int = 4 << 20
    steps: int = 2_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """One program, ready for every engine: the source, its Core, and what the compiler made of it.

    ``stdin`` is what the program reads.
    """

    source: str
    core: Program
    compiled: CompiledProgram
    stdin: bytes = b""


@dataclass(frozen=True, slots=True)
class Tool:
    """Something an engine needs. ``probe`` is the argv that prints its version, ``package`` Debian's."""

    name: str
    probe: tuple[str, ...]
    package: str


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What a campaign tells its engines.

    ``plants`` are planted faults, other than the compiler's. ``directory`` is what the relative file names of
    programs are relative to; None gives each run of a program an empty folder of its own. ``observe`` has the reference
    say what each run reached, see :attr:`~omnitest.outcome.Observation.features`.
    """

    limits: Limits = field(default_factory=Limits)
    plants: frozenset[str] = frozenset()
    directory: Path | None = None
    observe: bool = False


class Engine(Protocol):
    """Runs programs and says what it saw.

    ``run`` gives one observation per case, in order, whatever happens to any of them: a case that
    hangs, crashes or eats memory costs its own observation and nothing else. Cases may share a process, and
    their observations say so (:attr:`Observation.in_company`); a case that is run by itself never does.
    """

    @property
    def name(self) -> str:
        """What users and findings call it."""
        ...

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools of the machine that it needs."""
        ...

    @property
    def detects(self) -> frozenset[str]:
        """The self-test plants that exist to prove this engine."""
        ...

    def narrow(self, config: GeneratorConfig) -> GeneratorConfig:
        """``config`` without what this engine could not run or not judge."""
        ...

    def run(self, cases: Sequence[Case]) -> list[Observation]:
        """One observation per case, in order."""
        ...

    def close(self) -> None:
        """Stop helper processes and remove temporary files."""
        ...
