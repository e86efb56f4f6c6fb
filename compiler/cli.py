"""The ``omnilisp`` command: interpret, compile and run, emit C, build an executable."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from compiler.context import CompileOptions
from compiler.driver import CompiledProgram, compile_program
from compiler.flavours import FLAVOURS
from compiler.pipeline import OPTIONAL_PASSES, PIPELINE
from compiler.source import SourceUnreadable, load_program
from compiler.toolchain import ToolFailure, build_program
from reference_interp import Program, SyntaxProblem, run
from reference_interp.conditions import MESSAGES, message_line
from reference_interp.session import Surroundings

#: Exit statuses, after sysexits.h where it has one.
EXIT_SYNTAX = 65
EXIT_NO_INPUT = 66
EXIT_CONDITION = 70
EXIT_TOOL = 69
EXIT_CANNOT_WRITE = 73

#: The symbol that the runtime's stand-alone main runs.
MAIN_SYMBOL = "omni_program_main"

_STATUSES = """
\b
Exit status: 0 the program ended, or what it gave to exit; 70 it ended with an uncaught condition (on stderr as
FILE:LINE:COLUMN: error: KIND: MESSAGE); 65 the program is not well formed; 66 the file
cannot be read; 69 a tool is missing or failed; 73 the output cannot be written; 2 bad usage.
"""

app = typer.Typer(
    name="omnilisp",
    help="OmniLisp: run programs in the reference interpreter or compiled to C99.",
    epilog="Example: omnilisp run corpora/examples/n_queens.omni",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_File = Annotated[Path, typer.Argument(metavar="FILE", help="The program, whatever its suffix.", show_default=False)]
_Arguments = Annotated[
    list[str] | None, typer.Argument(metavar="ARG", help="What follows the name of the program in (command-line).")
]
_Print = Annotated[bool, typer.Option("--print", help="Also write the final value and a newline.")]


class Compiler(Enum):
    """The C compilers a program can be built with."""

    GCC = "gcc-O2"
    GCC_DEBUG = "gcc-O0"
    CLANG = "clang"


_Flavour = Annotated[Compiler, typer.Option("--cc", help="C compiler and optimisation level.")]


def _unknown_pass(name: str) -> typer.BadParameter:
    return typer.BadParameter(f"no optional pass {name!r}; there are {', '.join(OPTIONAL_PASSES)}")


def _passes(names: list[str]) -> list[str]:
    for name in names:
        if name not in OPTIONAL_PASSES:
            raise _unknown_pass(name)
    return names


_Disable = Annotated[
    list[str],
    typer.Option("--disable", metavar="PASS", help="Leave out an optional pass; repeatable.", callback=_passes),
]


def _fail(message: str, status: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)


@contextmanager
def _user_errors() -> Iterator[None]:
    """Turn what a user can do wrong into a message and an exit status."""
    try:
        yield
    except SyntaxProblem as problem:
        _fail(f"{_located(problem)}", EXIT_SYNTAX)
    except SourceUnreadable as problem:
        _fail(f"error: {problem}", EXIT_NO_INPUT)
    except ToolFailure as problem:
        _fail(f"error: {problem}", EXIT_TOOL)


def _located(problem: SyntaxProblem) -> str:
    hint = f"\n  hint: {problem.hint}" if problem.hint else ""
    return f"{problem.file}:{problem.line}:{problem.column}: error: syntax: {problem.message}{hint}"


def _load(path: Path) -> Program:
    """The program in a file; what it is warned about goes to stderr."""
    program = load_program(path)
    for warning in program.warnings:
        span = warning.span
        typer.echo(
            f"{span.file}:{span.line}:{span.column}: warning: {warning.message}\n  hint: {warning.hint}", err=True
        )
    return program


def _compile(path: Path, disable: list[str]) -> CompiledProgram:
    return compile_program(_load(path), CompileOptions(prefix=MAIN_SYMBOL, disabled=frozenset(disable)))


def standalone_text(compiled: CompiledProgram) -> str:
    """The translation unit of one program, for the runtime's own ``main``."""
    return f'#include "omni.h"\n\n{compiled.c_text}'


@app.command(epilog=_STATUSES)
def interp(
    file: _File,
    arguments: _Arguments = None,
    print_value: _Print = False,
    steps: Annotated[int | None, typer.Option(help="Stop after this many evaluation steps.", min=1)] = None,
) -> None:
    """Run FILE in the reference interpreter.

    stdout is exactly what the program writes. Example: omnilisp interp --print hello.omni
    """
    with _user_errors():
        program = _load(file)

    def write(text: str) -> None:
        sys.stdout.buffer.write(text.encode("utf-8"))
        if sys.stdout.isatty():
            sys.stdout.buffer.flush()  # a question must be seen before its answer is read

    def write_error(text: str) -> None:
        sys.stdout.buffer.flush()
        sys.stderr.buffer.write(text.encode("utf-8"))
        sys.stderr.buffer.flush()

    result = run(
        program,
        stdin=sys.stdin.buffer if sys.stdin else b"",
        steps=steps,
        write=write,
        surroundings=Surroundings(tuple(arguments or ()), write_error=write_error),
    )
    if print_value and result.value is not None:
        write(result.value + "\n")
    sys.stdout.buffer.flush()
    if result.exhausted is not None:
        _fail(f"{file}: stopped: the budget of {steps} steps is used up", EXIT_CONDITION)
    if result.condition is not None:
        condition = result.condition
        if condition.kind == MESSAGES["exit"].kind:
            raise typer.Exit(int(condition.irritants[0]))
        where = f"{file}:{condition.line}:{condition.column}" if condition.line else str(file)
        line = message_line(condition.kind, condition.message, list(condition.irritants))
        _fail(f"{where}: error: {line}", EXIT_CONDITION)


@app.command("run", epilog=_STATUSES)
def run_command(
    file: _File,
    arguments: _Arguments = None,
    print_value: _Print = False,
    cc: _Flavour = Compiler.GCC,
    disable: _Disable = [],
) -> None:
    """Compile FILE and run it, stdin passed through.

    Example: echo 3 4 | omnilisp run sum.omni
    """
    with _user_errors(), tempfile.TemporaryDirectory(prefix="omnilisp-") as directory:
        executable = Path(directory) / "program"
        build_program([standalone_text(_compile(file, disable))], FLAVOURS[cc.value], executable)
        environment = {k: v for k, v in os.environ.items() if k not in ("OMNI_PRINT", "OMNI_OUTCOME")}
        if print_value:
            environment["OMNI_PRINT"] = "1"
        status = _run_attached([executable, *(arguments or ())], environment)
    if status < 0:
        _fail(f"{file}: error: killed by {signal.Signals(-status).name}", 128 - status)
    raise typer.Exit(status)


def _run_attached(command: list[Path | str], environment: dict[str, str]) -> int:
    """Run with our own stdin, stdout and stderr; an interrupt reaches the program and ends both."""
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


@app.command(epilog=_STATUSES)
def emit(
    file: _File,
    output: Annotated[Path | None, typer.Option("-o", help="Where to write the C; stdout without it.")] = None,
    dump_after: Annotated[
        str | None, typer.Option(metavar="PASS", help="Print the IR after this pass instead of the C.")
    ] = None,
    disable: _Disable = [],
    stats: Annotated[bool, typer.Option(help="Print on stderr what the passes counted.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --stats: as JSON.")] = False,
) -> None:
    """Compile FILE to C99 that has passed the ownership verifier.

    Build it by hand with the runtime's headers and sources, or use `omnilisp build`.
    Example: omnilisp emit --dump-after ownership fact.omni
    """
    names = [p.name for p in PIPELINE]
    if dump_after is not None and dump_after not in names:
        raise typer.BadParameter(f"no pass {dump_after!r}; there are {', '.join(names)}", param_hint="--dump-after")
    dumps: dict[str, str] = {}
    options = CompileOptions(prefix=MAIN_SYMBOL, disabled=frozenset(disable))
    with _user_errors():
        compiled = compile_program(_load(file), options, dump=dumps.__setitem__ if dump_after else None)
    if dump_after is not None and dump_after not in dumps:
        raise typer.BadParameter(f"pass {dump_after} is disabled", param_hint="--dump-after")
    text = dumps[dump_after] if dump_after is not None else standalone_text(compiled)
    if output is None:
        typer.echo(text, nl=False)
    else:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as problem:
            _fail(f"error: {output}: cannot be written: {problem.strerror}", EXIT_CANNOT_WRITE)
    if stats:
        counters = dict(sorted(compiled.counters.items()))
        typer.echo(
            json.dumps(counters, indent=2) if as_json else "\n".join(f"{n:8} {k}" for k, n in counters.items()),
            err=True,
        )


@app.command(epilog=_STATUSES)
def build(
    file: _File,
    output: Annotated[Path, typer.Option("-o", help="The executable to make.")],
    cc: _Flavour = Compiler.GCC,
    disable: _Disable = [],
) -> None:
    """Compile FILE to an executable that needs nothing else.

    The executable obeys OMNI_PRINT=1 (write the final value), OMNI_STACK and OMNI_HEAP_LIMIT (bytes).
    Example: omnilisp build queens.omni -o queens && ./queens
    """
    if output.is_dir() or not output.absolute().parent.is_dir():
        _fail(f"error: {output}: cannot be written: not a file in an existing directory", EXIT_CANNOT_WRITE)
    with _user_errors():
        try:
            build_program([standalone_text(_compile(file, disable))], FLAVOURS[cc.value], output)
        except OSError as problem:
            _fail(f"error: {output}: cannot be written: {problem.strerror}", EXIT_CANNOT_WRITE)


def main() -> None:
    """Entry point of the ``omnilisp`` command."""
    app()


if __name__ == "__main__":
    main()
