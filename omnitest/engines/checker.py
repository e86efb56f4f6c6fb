"""What watches a program's process from the inside, besides its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from omnitest.engines.batch_process import Verdict
from omnitest.engines.protocol import Case
from omnitest.outcome import Fault


@dataclass(frozen=True, slots=True)
class ProgramRun:
    """One finished process of one program: how it ended, what it wrote to standard error, and the folder for
    ``reports`` that the process's checker was started with."""

    verdict: Verdict
    stderr: str
    reports: Path


class CheckerFailed(Exception):
    """A checker said that it could not do its work."""


class Checker(Protocol):
    """How a checker is started and asked."""

    def command(self, command: Sequence[str], reports: Path, stack_bytes: int) -> list[str]:
        """The argv that starts ``command`` under the checker, which may leave files in ``reports``; its main thread has
        ``stack_bytes`` of stack."""
        ...

    def faults(self, run: ProgramRun) -> tuple[Fault, ...]:
        """What was reported about ``run``; :class:`CheckerFailed` when it could not be checked."""
        ...

    def has_report(self, stderr: str) -> bool:
        """Whether what a program wrote to standard error contains a report."""
        ...

    def forget(self, reports: Path, pid: int) -> None:
        """Remove what a process of several programs left in ``reports``."""
        ...

    @property
    def warm_up(self) -> Case | None:
        """A program that makes others cheaper if it has run in the process that they are forked from."""
        ...


@dataclass(frozen=True, slots=True)
class Unchecked:
    """No checker."""

    warm_up: Case | None = None

    def command(self, command: Sequence[str], reports: Path, stack_bytes: int) -> list[str]:
        return [*command]

    def faults(self, run: ProgramRun) -> tuple[Fault, ...]:
        return ()

    def has_report(self, stderr: str) -> bool:
        return False

    def forget(self, reports: Path, pid: int) -> None:
        pass
