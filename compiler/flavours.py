"""The ways in which emitted C and the runtime are compiled.

Compiled programs must mean the same under every flavour; that is what the native engines check.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Final

#: C99 and POSIX, and no contraction of ``a * b + c`` into one rounding: floats are compared bit by bit.
LANGUAGE: Final = ("-std=c99", "-ffp-contract=off", "-pipe")

#: Line numbers, function names and whole stacks, as reports need them, without the cost of full debug information.
LINES: Final = ("-g1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")

#: What every flavour defines.
POSIX: Final = "_POSIX_C_SOURCE=200809L"


@dataclass(frozen=True, slots=True)
class Flavour:
    """A compiler with its flags: ``cflags`` to compile, ``ldflags`` to link, ``defines`` as ``NAME`` or
    ``NAME=VALUE``. The same flavour compiles the runtime and the program that is linked with it;
    ``program_cflags`` come last, and only for programs.
    """

    name: str
    compiler: str
    cflags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()
    defines: tuple[str, ...] = (POSIX,)
    program_cflags: tuple[str, ...] = ()

    def with_plants(self) -> Flavour:
        """This flavour with a runtime that obeys a fault planted by name: for self tests only."""
        return replace(self, name=f"{self.name}-plants", defines=(*self.defines, "OMNI_PLANTS"))

    def counting(self) -> Flavour:
        """This flavour with counters of executed lines, and without optimisation that would blur them."""
        return replace(self, cflags=("-O0", "-g1", "--coverage"), ldflags=("--coverage",), program_cflags=())

    @property
    def compile_flags(self) -> tuple[str, ...]:
        """All flags that compile the runtime, or C tests of it, but the include path."""
        return (*LANGUAGE, *self.cflags, *(f"-D{define}" for define in self.defines))

    @property
    def program_flags(self) -> tuple[str, ...]:
        """All flags that compile a program, but the include path."""
        return (*self.compile_flags, *self.program_cflags)


_DEBUG: Final = (POSIX, "OMNI_DEBUG")
_ASAN: Final = ("-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")
_TSAN: Final = ("-fsanitize=thread",)
#: For programs that run under a checker. Compiling them costs more than running them and takes half the time like
#: this, and every function keeps its frame in reports.
_UNOPTIMISED: Final = ("-O0",)
#: What users get from `omnilisp build`: the frequent cases of the runtime's operations are part of the program.
_INLINE: Final = ("-DOMNI_INLINE",)
_ROWS: Final = (
    Flavour("gcc-O0", "gcc", ("-O0",)),
    Flavour("gcc-O2", "gcc", ("-O2",), (), (POSIX,), _INLINE),
    Flavour("clang", "clang", ("-O2",)),
    Flavour("valgrind", "gcc", ("-O1", *LINES), (), _DEBUG, _UNOPTIMISED),
    Flavour("asan", "gcc", ("-O1", *LINES, *_ASAN), _ASAN, _DEBUG, _UNOPTIMISED),
    Flavour("tsan", "gcc", ("-O1", *LINES, *_TSAN), _TSAN, _DEBUG, _UNOPTIMISED),
    # The runtime behind the in-memory compiler; tcc itself compiles the programs.
    Flavour("tcc", "gcc", ("-O2",)),
    # The same, with a runtime that counts the edges of its control flow (runtime/src/edges.c).
    Flavour("edges", "clang", ("-O1", "-fsanitize-coverage=trace-pc-guard"), (), (POSIX, "OMNI_EDGES")),
)

#: Flavours that count the executed lines of the runtime when OMNITEST_COVERAGE is set (`make coverage`).
_COUNTED: Final = frozenset({"gcc-O0", "gcc-O2"}) if os.environ.get("OMNITEST_COVERAGE") else frozenset()

FLAVOURS: Final[dict[str, Flavour]] = {row.name: row.counting() if row.name in _COUNTED else row for row in _ROWS}
