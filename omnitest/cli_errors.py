"""What a user of the ``omnitest`` command can do wrong, as messages and exit statuses."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from types import FrameType
from typing import Final, NoReturn

import typer
from rich.console import Console

from compiler.source import SourceUnreadable
from compiler.toolchain import ToolFailure
from omnitest.console import finding_text, plain
from omnitest.store.problems import StoreProblem, UnknownFinding
from reference_interp import SyntaxProblem


class Exit(IntEnum):
    """Exit statuses; from 64 on as in ``sysexits.h``."""

    FINE = 0
    FOUND = 1
    USAGE = 2
    INCONCLUSIVE = 2
    NO_INPUT = 66
    TOOL = 69
    CANNOT_WRITE = 73
    INTERRUPTED = 130


#: The end of each command's help.
STATUSES: Final = """
\b
Exit status: 0 nothing is wrong; 1 something is (see above); 2 bad usage, or
nothing conclusive (a program that cannot be read or compared); 66 a finding
cannot be read; 69 a tool is missing, failed, or is blind to its planted fault;
73 something cannot be written; 130 interrupted.
"""

errors: Final = Console(stderr=True, soft_wrap=True, highlight=False)


def fail(message: str, status: Exit, hint: str = "") -> NoReturn:
    """Say what is wrong on stderr and end the command."""
    errors.print(plain("error: ", "bold red").append_text(plain(message)))
    if hint:
        errors.print(plain(f"  {hint}"))
    raise typer.Exit(status)


@contextmanager
def _termination_interrupts() -> Iterator[None]:
    """Take SIGTERM, with which services and CI systems end what takes too long, as an interrupt: what was found is kept
    and nothing is left behind."""

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


@contextmanager
def user_errors() -> Iterator[None]:
    """Turn everything that is not a defect of this program into a message and an exit status."""
    try:
        with _termination_interrupts():
            yield
    except SyntaxProblem as problem:
        where = f"{problem.file}:{problem.line}:{problem.column}"
        fail(f"{where}: {problem.message}", Exit.INCONCLUSIVE, f"hint: {problem.hint}" if problem.hint else "")
    except SourceUnreadable as problem:
        fail(str(problem), Exit.INCONCLUSIVE)
    except ToolFailure as problem:
        fail(str(problem), Exit.TOOL, "`omnitest doctor` shows what this machine lacks")
    except UnknownFinding as problem:
        fail(str(problem), Exit.NO_INPUT, "`omnitest findings list` lists them")
    except StoreProblem as problem:
        if problem.finding is not None:
            errors.print(finding_text(problem.finding))
            errors.print(plain("This finding could not be stored; it is printed here so that it is not lost."))
        fail(str(problem), Exit.CANNOT_WRITE)
    except BrokenPipeError:
        raise  # the reader of our output left; the command line ends quietly
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        fail(f"{where}{problem.strerror or problem}", Exit.CANNOT_WRITE)
    except KeyboardInterrupt:
        fail("interrupted", Exit.INTERRUPTED)
