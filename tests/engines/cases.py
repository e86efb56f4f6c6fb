"""Programs for the engines: OmniLisp that is compiled, and C that is written to misbehave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compiler.context import CompileOptions
from compiler.driver import CompiledProgram, compile_program
from omnitest.engines.protocol import Case, Limits
from reference_interp import parse

#: Small enough that running into them is quick, also under valgrind.
LIMITS = Limits(
    cpu_seconds=0.25, wall_seconds=60, heap_bytes=4 << 20, stack_bytes=8 << 20, output_bytes=100_000, steps=200_000
)

_NOTHING = parse("")


@dataclass(frozen=True)
class Lisp:
    """An OmniLisp program and its input."""

    source: str
    stdin: bytes = b""


@dataclass(frozen=True)
class C:
    """A compiled program written by hand: ``body`` of its ``run`` function, after the declarations ``before``.

    PREFIX in either stands for what makes names unique in a batch.
    """

    body: str
    before: str = ""
    stdin: bytes = b""


#: What C programs include, unless they must do without a C library.
LIBC = "".join(
    f"#include <{name}.h>\n"
    for name in ("errno", "fcntl", "signal", "stdio", "stdlib", "string", "sys/wait", "time", "unistd")
)


def cases(programs: Iterable[Lisp | C], libc: bool = True) -> list[Case]:
    """One batch of ``programs``, which get prefixes of their own."""
    return [_case(program, f"p{number}_", libc) for number, program in enumerate(programs)]


def _case(program: Lisp | C, prefix: str, libc: bool) -> Case:
    match program:
        case Lisp(source, stdin):
            core = parse(source, "program.omni")
            return Case(source, core, compile_program(core, CompileOptions(prefix=prefix)), stdin)
        case C(body, before, stdin):
            function = f"static omni_pending PREFIXrun(omni_context *ctx) {{\n(void)ctx;\n{body}\n}}\n"
            table = (
                "static const omni_form PREFIXforms[] = {PREFIXrun};\n"
                'static const omni_program PREFIX = {"program.omni", PREFIXforms, 1, NULL, 0, NULL, NULL, 0, 0, 0};\n'
            )
            text = f"{LIBC if libc else ''}{before}\n{function}{table}".replace("PREFIX", prefix)
            return Case("", _NOTHING, CompiledProgram(text, prefix, prefix, "program.omni"), stdin)
