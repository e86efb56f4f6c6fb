"""The valgrind engine: a batch runs under one memcheck process, which follows the forks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.flavours import FLAVOURS
from compiler.toolchain import PACKAGES
from omnitest.engines import valgrind_reports
from omnitest.engines.batch_process import BatchProcess, RunnerDied
from omnitest.engines.native import STACK_MARGIN, CheckerFailed, NativeEngine, Profile, ProgramRun, build_tools
from omnitest.engines.protocol import Case, EngineOptions, Tool
from omnitest.outcome import Fault
from reference_interp import parse

VALGRIND: Final = Profile(
    name="valgrind",
    flavour=FLAVOURS["valgrind"],
    tools=(*build_tools("gcc"), Tool("valgrind", ("valgrind", "--version"), PACKAGES["valgrind"])),
    detects=frozenset({"leak", "use-after-free", "double-free", "out-of-bounds", "cycle-skip"}),
    cpu_factor=8.0,
    memory_factor=4,
    address_space=False,
)

_LEAK_KINDS: Final = "definite,indirect,possible"


#: Touches what most programs touch: arithmetic, data, closures, errors, printing, release.
WARM_UP: Final = """
(define (go f x) (if (pair? x) (cons (f (car x)) (go f (cdr x))) '()))
(define v (make-vector 3 1.5))
(vector-set! v 0 (go (lambda (n) (* n (+ n 1))) (list 1 2 3)))
(print (list v "text" #\\a 'symbol (string-append "a" (number->string 12)) (equal? v (vector->list v))))
(display (guard (e (#t (error-object-message e))) (car 5)))
(display (guard (e ((string? e) e)) (raise (symbol->string 'raised))))
(let loop ((i 0) (acc '())) (if (< i 5) (loop (+ i 1) (cons (quotient 10 (+ i 1)) acc)) (reverse acc)))
(define (counter) (define n 0) (lambda () (set! n (+ n 1)) n))
(apply max (map (lambda (c) (c)) (list (counter) (counter))))
"""


@cache
def _warm_up_case() -> Case:
    core = parse(WARM_UP, "warm-up.omni")
    return Case(WARM_UP, core, compile_program(core, CompileOptions("warm_up")))


class ValgrindEngine(NativeEngine):
    """Runs batches under memcheck."""

    def __init__(self, options: EngineOptions) -> None:
        super().__init__(VALGRIND, options)

    def _open(self, cases: Sequence[Case], directory: Path) -> BatchProcess:
        """A runner that has run :data:`WARM_UP` itself: most of a program's time here is translating code,
        and children inherit what their parent has translated."""
        if self._options.plants:
            return super()._open(cases, directory)  # the warm-up would run into the planted fault
        process = super()._open([*cases, _warm_up_case()], directory)
        try:
            process.send(f"warm {len(cases)}\n")
            answer = process.answer(self._limits.wall_seconds)
            if answer.split() != [str(len(cases)), "warm", "0"]:
                raise RunnerDied(f"the warm-up failed: {answer}")
        except BaseException:
            self._abandon(process)
            raise
        return process

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
