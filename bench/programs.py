"""The programs of ``corpora/benchmarks`` as optimised executables: ``python -m bench.programs``.

Every program is compiled with one of the C compilers, its size multiplied by a factor, and run several times. The
medians of the CPU time and of the greatest resident memory are shown, with the least and the greatest time. A program
checks its own results; one that does not end with status 0 is reported, and the command ends with status 1.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from compiler.cli import MAIN_SYMBOL, standalone_text
from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.flavours import FLAVOURS
from compiler.toolchain import build_program, run_tool
from reference_interp import parse

FOLDER: Final = Path(__file__).resolve().parents[1] / "corpora" / "benchmarks"

LAUNCHER: Final = Path(__file__).with_name("measured.c")

#: Stack of the programs, in bytes: what the harness gives them by default.
STACK_BYTES: Final = 1 << 30

_SIZE: Final = re.compile(r"^\(define size (\d+)\)$", re.MULTILINE)


class ProgramFailed(Exception):
    """A program ended with another status than 0; the text says which, and what it complained about."""


@dataclass(frozen=True, slots=True)
class Run:
    """CPU milliseconds of each repetition of one program, and its greatest resident memory in kilobytes."""

    name: str
    size: int
    milliseconds: tuple[float, ...]
    kilobytes: tuple[int, ...]

    def row(self) -> str:
        low, high = min(self.milliseconds), max(self.milliseconds)
        median, memory = statistics.median(self.milliseconds), statistics.median(self.kilobytes)
        return f"{self.name:20} {self.size:9} {median:10.1f} {low:10.1f} {high:10.1f} {memory / 1024:10.1f}"


def names() -> list[str]:
    """The benchmark programs in alphabetical order."""
    return sorted(path.stem for path in FOLDER.glob("*.omni"))


def size_of(source: str) -> int:
    """The number in the program's ``(define size N)``. Raises ValueError if there is none."""
    found = _SIZE.search(source)
    if found is None:
        raise ValueError("this program defines no size")
    return int(found[1])


def with_size(source: str, size: int) -> str:
    """The program with another size. Raises ValueError if it defines none."""
    size_of(source)
    return _SIZE.sub(f"(define size {size})", source, count=1)


def build(name: str, factor: int, compiler: str, path: Path) -> int:
    """Make the executable of a program whose size is multiplied by ``factor``; return that size."""
    source = (FOLDER / f"{name}.omni").read_text(encoding="utf-8")
    size = size_of(source) * factor
    compiled = compile_program(parse(with_size(source, size), f"{name}.omni"), CompileOptions(MAIN_SYMBOL))
    build_program([standalone_text(compiled)], FLAVOURS[compiler], path)
    return size


def build_launcher(path: Path) -> None:
    """Make the executable of ``measured.c``, which runs a program and says what that took."""
    run_tool(("gcc", "-std=c99", "-O1", "-D_POSIX_C_SOURCE=200809L", str(LAUNCHER), "-o", str(path)), path.parent)


def run_once(launcher: Path, path: Path) -> tuple[float, int]:
    """CPU milliseconds and kilobytes of one run. Raises ProgramFailed."""
    environment = {**os.environ, "OMNI_STACK": str(STACK_BYTES)}
    done = subprocess.run(
        [launcher, path], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    *complaint, report = done.stderr.splitlines()
    status, microseconds, kilobytes = map(int, report.split())
    if status != 0:
        raise ProgramFailed(" ".join([f"exit status {status}", *complaint]))
    return microseconds / 1000, kilobytes


def measure(
    programs: Sequence[str], factor: int, repetitions: int, compiler: str, on_run: Callable[[Run], None]
) -> list[str]:
    """Build and run the programs, handing over each result as it is there; return what failed, in words."""
    failures = []
    with TemporaryDirectory(prefix="omnilisp-bench-") as folder:
        launcher = Path(folder) / "measured"
        build_launcher(launcher)
        for name in programs:
            path = Path(folder) / f"{name}.program"
            size = build(name, factor, compiler, path)
            try:
                runs = [run_once(launcher, path) for _ in range(repetitions)]
            except ProgramFailed as problem:
                failures.append(f"{name}: {problem}")
            else:
                on_run(Run(name, size, tuple(time for time, _ in runs), tuple(memory for _, memory in runs)))
            path.unlink()
    return failures


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.programs", description=__doc__)
    parser.add_argument("programs", nargs="*", metavar="NAME", help="programs to run (default: all)")
    parser.add_argument("--factor", type=int, default=50, help="by which sizes are multiplied (default: 50)")
    parser.add_argument("--repetitions", type=int, default=5, help="how often each one runs (default: 5)")
    parser.add_argument("--cc", choices=["gcc-O2", "gcc-O0", "clang"], default="gcc-O2", help="default: gcc-O2")
    parser.add_argument("--json", action="store_true", help="print every repetition as JSON")
    chosen = parser.parse_args(arguments)
    if chosen.factor < 1 or chosen.repetitions < 1:
        parser.error("--factor and --repetitions start at 1")
    unknown = sorted(set(chosen.programs) - set(names()))
    if unknown:
        parser.error(f"no such program: {', '.join(unknown)}")
    results: list[Run] = []
    if not chosen.json:
        columns = ("size", "median ms", "min ms", "max ms", "median MiB")
        print(f"{'program':20} {columns[0]:>9}" + "".join(f" {column:>10}" for column in columns[1:]))

    def report(result: Run) -> None:
        results.append(result)
        if not chosen.json:
            print(result.row(), flush=True)

    failures = measure(chosen.programs or names(), chosen.factor, chosen.repetitions, chosen.cc, report)
    if chosen.json:
        rows = {r.name: {"size": r.size, "milliseconds": r.milliseconds, "kilobytes": r.kilobytes} for r in results}
        json.dump({"compiler": chosen.cc, "factor": chosen.factor, "programs": rows}, sys.stdout, indent=2)
        print()
    for failure in failures:
        print(failure, file=sys.stderr)
    if failures:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
