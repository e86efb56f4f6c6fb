"""The C tests of the runtime, under the checks that matter for each, and the compilers' warnings."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import runtime
from compiler.flavours import FLAVOURS
from compiler.toolchain import ToolFailure, run_tool, runtime_library
from tests.runtime.build import C_TESTS, build_c_test, compile_command

TESTS = sorted(path.name for path in C_TESTS.glob("test_*.c"))


@pytest.mark.parametrize("flavour", ["asan", "gcc-O2", "clang"])  # no two threads run at once in any of them
@pytest.mark.parametrize("test", TESTS)
def test_passes(flavour: str, test: str, tmp_path: Path) -> None:
    executable = build_c_test(C_TESTS / test, FLAVOURS[flavour], tmp_path)
    done = subprocess.run([executable], capture_output=True, timeout=600, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(
    ("flavour", "plants"),
    [*((name, False) for name in ("gcc-O0", "gcc-O2", "clang", "valgrind", "tsan")), ("gcc-O2", True), ("clang", True)],
)
def test_compiles_without_warnings(flavour: str, plants: bool) -> None:
    """A library of its own, as the others built once for each state of the sources and kept in the cache."""
    chosen = FLAVOURS[flavour].with_plants() if plants else FLAVOURS[flavour]
    runtime_library(replace(chosen, cflags=(*chosen.cflags, "-Werror")))


def test_a_warning_is_a_failure(tmp_path: Path) -> None:
    shutil.copytree(runtime.source_root() / "include", tmp_path / "include")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "bad.c").write_text("static int unused(void) { return 0; }\n", encoding="utf-8")
    strict = replace(FLAVOURS["gcc-O0"], cflags=("-Werror",))
    with pytest.raises(ToolFailure, match="unused"):
        runtime_library(strict, tmp_path)


def test_plants_stay_out_of_normal_builds(tmp_path: Path) -> None:
    """What plants a fault is defined in builds with OMNI_PLANTS only."""
    source = runtime.source_directory() / "plant.c"
    for flavour, expected in ((FLAVOURS["gcc-O2"], False), (FLAVOURS["gcc-O2"].with_plants(), True)):
        run_tool((*compile_command(flavour), "-c", str(source), "-o", "plant.o"), tmp_path)
        assert ("omni_plant_double_free" in run_tool(("nm", "plant.o"), tmp_path)) is expected


def test_a_program_gets_the_stack_it_asks_for(tmp_path: Path) -> None:
    """``omni_host_ensure_stack`` executes the program again where the limit is lower."""
    flavour = FLAVOURS["gcc-O2"]
    program = tmp_path / "program.c"
    program.write_text(
        """
        #include "context.h"
        #include "omni_host.h"
        static omni_pending run(omni_context *ctx) {
          char here;
          return omni_integer(ctx, (int64_t)((uintptr_t)&here - ctx->stack_limit) >> 20);
        }
        static const omni_form forms[] = {run};
        const omni_program omni_program_main = {"stack.omni", forms, 1, NULL, 0, NULL, NULL, 0, NULL, NULL};
        """,
        encoding="utf-8",
    )
    executable = build_c_test(program, flavour, tmp_path)
    command = ["sh", "-c", f"ulimit -S -s 8192; exec {executable}"]
    for wanted, megabytes in (("", b"1023"), (str(64 << 20), b"63"), (str(4 << 20), b"3")):
        environment = {**os.environ, "OMNI_STACK": wanted, "OMNI_PRINT": "1"}
        done = subprocess.run(command, capture_output=True, env=environment, timeout=60, check=True)
        assert done.stdout.strip() == megabytes
