"""Every allocation of a program may fail: the error is clean and nothing leaks on the way out."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from compiler.cli import MAIN_SYMBOL, standalone_text
from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.flavours import FLAVOURS
from compiler.toolchain import build_program
from reference_interp import parse

PROGRAMS = {
    "lists and closures": "(define (f n) (lambda (x) (list n x))) (print (map (f 1) '(1 2 3)))",
    "strings and vectors": '(print (vector (string-append "a" "b") (number->string 12.5) (list->vector (list 1 2))))',
    "guard": (
        '(define (g x) (guard (e ((symbol? e) (list e x)) ((string? e) e)) (raise x)))(print (list (g \'a) (g "s")))'
    ),
    "boxes and groups": (
        "(define (h) (define n 0) (letrec ((a (lambda () (set! n (+ n 1)) (b))) (b (lambda () n))) (list (a) (b))))"
        "(print (h))"
    ),
    "cycles": (
        "(define (ring n) (let ((p (list n)) (f #f)) (set-cdr! p p) (set! f (lambda () (if (pair? p) p (f))))"
        " (cadr (f)))) (print (map ring '(1 2 3)))"
    ),
    "sorting": "(print (sort (list 3 1 2) <))",
    "hash tables": (
        "(define t (make-hash-table)) (define (add k) (hash-update! t k (lambda (n) (+ n 1)) 0))"
        '(for-each add (list 1 "a" (list 1) 1 2.5 \'b "c" (vector 1) 3 4 5))'
        '(hash-delete! t "a") (print (list (hash->list (hash-copy t)) (delete-duplicates \'("a" "a"))))'
    ),
    "many arguments": "(define (f a b c d e g h i j) (list j a)) (print (apply f 1 2 3 '(4 5 6 7 8 9)))",
}


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_no_allocation_failure_leaks(source: str, tmp_path: Path) -> None:
    compiled = compile_program(parse(source, "alloc.omni"), CompileOptions(MAIN_SYMBOL))
    executable = tmp_path / "program"
    build_program([standalone_text(compiled)], FLAVOURS["asan"], executable)
    environment = {**os.environ, "OMNI_STACK": str(4 << 20), "ASAN_OPTIONS": "exitcode=99:detect_leaks=1"}
    for n in range(1, 2000):
        done = subprocess.run(
            [executable], env={**environment, "OMNI_FAIL_ALLOC": str(n)}, capture_output=True, timeout=60, check=False
        )
        report = done.stderr.decode()
        assert done.returncode in (0, 70), f"allocation {n}: {report}"
        assert "Sanitizer" not in report and "alive" not in report, f"allocation {n}: {report}"
        if done.returncode == 0:
            assert n > 5, "no allocation failed"
            return
        assert "out-of-memory" in report
    pytest.fail("the program never got through")
