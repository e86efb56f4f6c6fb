"""The valgrind engine: a batch runs under one memcheck process, which follows the forks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from compiler.flavours import FLAVOURS
from compiler.toolchain import PACKAGES
from omnitest.engines import valgrind_reports
from omnitest.engines.native import STACK_MARGIN, CheckerFailed, NativeEngine, Profile, ProgramRun, build_tools
from omnitest.engines.protocol import EngineOptions, Tool
from omnitest.outcome import Fault

VALGRIND: Final = Profile(
    name="valgrind",
    flavour=FLAVOURS["valgrind"],
    tools=(*build_tools("gcc"), Tool("valgrind", ("valgrind", "--version"), PACKAGES["valgrind"])),
    detects=frozenset({"leak", "use-after-free", "double-free", "out-of-bounds"}),
    cpu_factor=8.0,
    memory_factor=4,
    address_space=False,
)

_LEAK_KINDS: Final = "definite,indirect,possible"


class ValgrindEngine(NativeEngine):
    def __init__(self, options: EngineOptions) -> None:
        super().__init__(VALGRIND, options)

    def _command(self, executable: Path) -> list[str]:
        return [
            "valgrind",
            "--tool=memcheck",
            "--vgdb=no",
            "--xml=yes",
            f"--xml-file={executable.parent}/valgrind.%p.xml",
            "--child-silent-after-fork=no",
            "--leak-check=full",
            f"--show-leak-kinds={_LEAK_KINDS}",
            f"--errors-for-leak-kinds={_LEAK_KINDS}",
            "--num-callers=30",
            f"--main-stacksize={self._limits.stack_bytes + STACK_MARGIN}",
            str(executable),
        ]

    def _faults(self, run: ProgramRun) -> tuple[Fault, ...]:
        path = run.directory / f"valgrind.{run.verdict.pid}.xml"
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
            path.unlink()  # process ids come round again
            return valgrind_reports.parse(text)
        except FileNotFoundError as error:
            raise CheckerFailed(f"valgrind wrote no report for process {run.verdict.pid}") from error
        except valgrind_reports.MalformedReport as error:
            raise CheckerFailed(str(error)) from error
