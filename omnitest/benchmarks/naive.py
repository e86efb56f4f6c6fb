"""The loop that a harness is measured against: every program by itself, one tool after the other.

Each program is interpreted, compiled by OmniLisp's compiler, and then compiled and run by itself with each C compiler
and each checker, as a shell script would do it. The runtimes are built beforehand. No step is slower than it has to
be: there are no sandboxes, no outcome is parsed, executables are run directly.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.flavours import FLAVOURS
from compiler.toolchain import LIBRARIES, RUNTIME, build_program, run_tool, runtime_library
from omnitest.engines.protocol import Limits
from omnitest.engines.sanitizer import needs_fixed_addresses
from reference_interp import parse, run

#: The symbol that the runtime's stand-alone ``main`` runs.
_SYMBOL: Final = "omni_program_main"
_STACK: Final = 8 << 20  # bytes that an executable may use, so that it need not execute itself again for more
_SECONDS: Final = 60.0

#: Flavours whose compiler driver compiles and links the program.
_BUILT: Final = ("gcc-O0", "gcc-O2", "clang", "asan", "tsan", "valgrind")

_VALGRIND: Final = ("valgrind", "-q", "--leak-check=full", "--error-exitcode=99")


def build_runtimes() -> None:
    """Build what all programs share."""
    for name in (*_BUILT, "tcc"):
        runtime_library(FLAVOURS[name])


def judge(text: str) -> tuple[dict[str, float], int]:
    """Take one program through everything; wall seconds by step, and how many of its runs came to no outcome."""
    spent: dict[str, float] = {}
    missing = 0
    clock = time.monotonic()

    def lap(step: str) -> None:
        nonlocal clock
        now = time.monotonic()
        spent[step], clock = now - clock, now

    core = parse(text)
    run(core, steps=Limits().steps)
    lap("reference")
    program = compile_program(core, CompileOptions(_SYMBOL)).c_text
    unit = f'#include "omni.h"\n#include "omni_host.h"\n\n{program}'
    lap("prepare")
    with tempfile.TemporaryDirectory(prefix="omnitest-naive-") as name:
        folder = Path(name)
        for flavour in _BUILT:
            executable = folder / flavour
            build_program([unit], FLAVOURS[flavour], executable)
            missing += not _execute(flavour, executable, folder)
            lap(flavour)
        source, executable = folder / "program.c", folder / "tcc"
        source.write_text(unit, encoding="utf-8")
        library = str(runtime_library(FLAVOURS["tcc"]))
        run_tool(("tcc", "-w", "-I", str(RUNTIME / "include"), str(source), library, *LIBRARIES, "-o", str(executable)))
        missing += not _execute("tcc", executable, folder)
        lap("tcc")
    return spent, missing


def _execute(flavour: str, executable: Path, folder: Path) -> bool:
    """Run an executable; whether it wrote an outcome."""
    command = [str(executable)]
    if flavour == "valgrind":
        command = [*_VALGRIND, *command]
    elif flavour in ("asan", "tsan") and needs_fixed_addresses():
        command = ["setarch", "-R", *command]
    files = folder / f"{flavour}.files"
    files.mkdir()
    outcome = folder / f"{flavour}.outcome"
    environment = {**os.environ, "OMNI_OUTCOME": str(outcome), "OMNI_STACK": str(_STACK // 2)}
    subprocess.run(
        command,
        cwd=files,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SECONDS,
        check=False,  # a condition or a report is an outcome, too
    )
    return outcome.exists()
