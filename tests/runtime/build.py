"""Building the runtime's C tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import runtime
from compiler.flavours import Flavour
from compiler.toolchain import LIBRARIES, run_tool, runtime_library

C_TESTS = runtime.source_root() / "tests"
STRICT = ("-Wall", "-Wextra", "-Werror")
INCLUDES = ("-I", str(runtime.include_directory()), "-I", str(runtime.source_directory()))


def compile_command(flavour: Flavour) -> Sequence[str]:
    """The command that compiles a source of the runtime or of its tests; warnings are errors."""
    return (flavour.compiler, *flavour.compile_flags, *STRICT, *INCLUDES)


def build_c_test(source: Path, flavour: Flavour, folder: Path) -> Path:
    """The executable of one C test, linked with the runtime library of ``flavour``."""
    output = folder / source.stem
    library = runtime_library(flavour)
    run_tool((*compile_command(flavour), str(source), str(library), *flavour.ldflags, *LIBRARIES, "-o", str(output)))
    return output
