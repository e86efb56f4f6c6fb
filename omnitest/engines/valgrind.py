"""The valgrind engine: a batch runs under one memcheck process, which follows the forks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.flavours import FLAVOURS
from compiler.toolchain import PACKAGES
from omnitest.engines import valgrind_reports
from omnitest.engines.checker import CheckerFailed, ProgramRun
from omnitest.engines.native import Profile, build_tools
from omnitest.engines.protocol import Case, Tool
from omnitest.outcome import Fault
from reference_interp import parse

VALGRIND_TOOL: Final = Tool("valgrind", ("valgrind", "--version"), PACKAGES["valgrind"])

#: The exit status of a process about which something was reported.
REPORT_STATUS: Final = 98

_LEAK_KINDS: Final = "definite,indirect,possible"

#: What a server runs before anything else.
_WARM_UP: Final = Path(__file__).with_name("warm_up.omni")


@cache
def _warm_up_case() -> Case:
    source = _WARM_UP.read_text(encoding="utf-8")
    core = parse(source, _WARM_UP.name)
    unfolded = CompileOptions("warm_up", frozenset({"fold-constants"}))  # or half of it would be done before it runs
    return Case(source, core, compile_program(core, unfolded))


@dataclass(frozen=True, slots=True)
class Memcheck:
    """Reads the XML file that memcheck writes for each process. ``callers`` is how many frames of a stack it keeps, for
    each allocation as well."""

    callers: int = 30

    @property
    def warm_up(self) -> Case:
        """Most of a program's time here is translating code, and children inherit what their parent has translated."""
        return _warm_up_case()

    def command(self, command: Sequence[str], reports: Path, stack_bytes: int) -> list[str]:
        return [
            "valgrind",
            "--tool=memcheck",
            "--vgdb=no",
            "--xml=yes",
            f"--xml-file={reports}/valgrind.%p.xml",
            "--child-silent-after-fork=no",
            "--leak-check=full",
            f"--show-leak-kinds={_LEAK_KINDS}",
            f"--errors-for-leak-kinds={_LEAK_KINDS}",
            f"--error-exitcode={REPORT_STATUS}",
            f"--num-callers={self.callers}",
            # Following jumps makes translations longer, and most code here runs once. None of it is ever changed.
            "--vex-guest-chase=no",
            "--smc-check=none",
            # What libc keeps is still reachable at the end, which is no leak; freeing it costs 250 translations.
            "--run-libc-freeres=no",
            f"--main-stacksize={stack_bytes}",
            *command,
        ]

    def faults(self, run: ProgramRun) -> tuple[Fault, ...]:
        path = _report_path(run.reports, run.verdict.pid)
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
            path.unlink()  # process ids come round again
            return valgrind_reports.parse(text)
        except FileNotFoundError as error:
            raise CheckerFailed(f"valgrind wrote no report for process {run.verdict.pid}") from error
        except valgrind_reports.MalformedReport as error:
            raise CheckerFailed(str(error)) from error

    def has_report(self, stderr: str) -> bool:
        return False  # the runner asks memcheck itself

    def forget(self, reports: Path, pid: int) -> None:
        _report_path(reports, pid).unlink(missing_ok=True)


def _report_path(reports: Path, pid: int) -> Path:
    return reports / f"valgrind.{pid}.xml"


VALGRIND: Final = Profile(
    name="valgrind",
    flavour=FLAVOURS["valgrind"],
    tools=(*build_tools("gcc"), VALGRIND_TOOL),
    detects=frozenset({"leak", "use-after-free", "double-free", "out-of-bounds", "cycle-skip"}),
    cpu_factor=8.0,
    memory_factor=4,
    address_space=False,
    report_statuses=frozenset({REPORT_STATUS}),
    checker=Memcheck(),
)
