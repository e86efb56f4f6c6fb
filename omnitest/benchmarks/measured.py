"""CPU time and memory of one run of a program, taken by a process too small to add to either (``measured.c``)."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from compiler.toolchain import run_tool

_LAUNCHER: Final = Path(__file__).with_name("measured.c")

#: The last line of what the launcher writes: exit status, microseconds, kilobytes.
_REPORT: Final = re.compile(r"\d+ \d+ \d+")

#: Stack of OmniLisp's programs, in bytes: what the harness gives them by default.
_STACK_BYTES: Final = 1 << 30


class ProgramFailed(Exception):
    """A program did not end with status 0, or not in time; the text says how, and what it complained about."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took: CPU milliseconds, and kilobytes of resident memory where it had most."""

    milliseconds: float
    kilobytes: int


class Launcher:
    """Runs commands and measures them. ``folder`` is where its executable is made."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "measured"
        run_tool(("gcc", "-std=c99", "-O1", "-D_POSIX_C_SOURCE=200809L", str(_LAUNCHER), "-o", str(self._path)), folder)

    def run(self, command: Sequence[str], seconds: float) -> tuple[Run, str]:
        """Run ``command``, at most ``seconds``: what it took and what it wrote. Raises :class:`ProgramFailed`."""
        process = subprocess.Popen(
            [self._path, *command],
            env={**os.environ, "OMNI_STACK": str(_STACK_BYTES)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            raise ProgramFailed(f"took more than {seconds:.0f} seconds") from None
        *complaint, report = errors.splitlines() or [""]
        if _REPORT.fullmatch(report) is None:
            raise ProgramFailed(f"the process that measures it failed: {errors.strip()[-300:]}")
        status, microseconds, kilobytes = map(int, report.split())
        if status != 0:
            raise ProgramFailed(" ".join([f"exit status {status}", *complaint])[:300])
        return Run(microseconds / 1000, kilobytes), output
