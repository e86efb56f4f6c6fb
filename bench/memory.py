"""Programs that show what memory management costs: without mutation, with cycles dropped, with much that stays."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from compiler.cli import MAIN_SYMBOL, standalone_text
from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.flavours import FLAVOURS
from compiler.toolchain import build_program
from reference_interp import parse

#: What each program does is proportional to the number in its first line.
PROGRAMS: Final = {
    "lists, no mutation": """
        (define rounds 400)
        (define (work n) (fold + 0 (map (lambda (x) (* x 2)) (filter even? (reverse (iota n))))))
        (do ((i 0 (+ i 1)) (sum 0 (+ sum (work 10000)))) ((= i rounds) sum))
    """,
    "lists, after mutation": """
        (define rounds 400)
        (let ((p (list 1))) (set-cdr! p p))
        (define (work n) (fold + 0 (map (lambda (x) (* x 2)) (filter even? (reverse (iota n))))))
        (do ((i 0 (+ i 1)) (sum 0 (+ sum (work 10000)))) ((= i rounds) sum))
    """,
    "rings dropped": """
        (define rounds 300000)
        (define (ring n) (let ((items (iota n))) (set-cdr! (last-pair items) items) (car items)))
        (do ((i 0 (+ i 1))) ((= i rounds)) (ring 8))
    """,
    "live vector, small": """
        (define rounds 2000000)
        (define size 20000)
        (define v (make-vector size #f))
        (define (node i) (let ((p (cons i v))) (set-car! p p) p))
        (do ((i 0 (+ i 1)) (at 0 (modulo (+ (* at 69069) 1) size))) ((= i rounds)) (vector-set! v at (node i)))
    """,
    "live vector, 25 times as large": """
        (define rounds 2000000)
        (define size 500000)
        (define v (make-vector size #f))
        (define (node i) (let ((p (cons i v))) (set-car! p p) p))
        (do ((i 0 (+ i 1)) (at 0 (modulo (+ (* at 69069) 1) size))) ((= i rounds)) (vector-set! v at (node i)))
    """,
}


@contextmanager
def executables() -> Iterator[dict[str, Callable[[], object]]]:
    """For each program, what runs it as an optimised executable."""
    with TemporaryDirectory(prefix="omnilisp-bench-") as folder:
        runs: dict[str, Callable[[], object]] = {}
        for number, (name, text) in enumerate(PROGRAMS.items()):
            path = Path(folder) / str(number)
            compiled = compile_program(parse(text, "bench.omni"), CompileOptions(MAIN_SYMBOL))
            build_program([standalone_text(compiled)], FLAVOURS["gcc-O2"], path)
            runs[name] = _runner(path)
        yield runs


def _runner(path: Path) -> Callable[[], object]:
    environment = {**os.environ, "OMNI_STACK": str(8 << 20)}
    return lambda: subprocess.run([path], env=environment, stdout=subprocess.DEVNULL, check=True)
