"""Whatever way a program makes cycles of references, every engine reclaims all of them and nothing else."""

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
from omnitest.compare import Agree
from omnitest.engines.factory import ENGINE_NAMES
from omnitest.engines.outcome_record import Record, parse_record
from omnitest.oracle import Oracle
from omnitest.prepare import Settings
from reference_interp import parse

#: Programs that leave cycles behind, each by other means.
PROGRAMS = {
    "set-cdr!": (
        "(define (ring n) (let ((p (iota n))) (set-cdr! (last-pair p) p) (list-ref p (* 3 n)))) (map ring '(1 2 9))"
    ),
    "set-car!": "(let ((p (list 1 2))) (set-car! p p) (set-car! (cdr p) (list p p)) (eq? p (caar p)))",
    "vector-set!": "(let ((v (vector 1 2))) (vector-set! v 0 (list v)) (vector-ref (car (vector-ref v 0)) 1))",
    "vector-fill!": "(let ((v (make-vector 4 'x))) (vector-fill! v v) (vector-length (vector-ref v 3)))",
    "assigned procedure": (
        "(define (sum n) (let ((f #f)) (set! f (lambda (n) (if (= n 0) 0 (+ n (f (- n 1)))))) (f n))) (sum 10)"
    ),
    "assigned data": "(let ((s '(1 2))) (set! s (cons (lambda () (length s)) s)) ((car s)))",
    "letrec* over data": '(letrec* ((o (vector "name" (lambda () (vector-ref o 0))))) ((vector-ref o 1)))',
    "letrec over a list": "(letrec ((o (list 1 (lambda () (car o))))) ((cadr o)))",
    "procedures of one group": (
        "(define (pair) (let ((keep '()))"
        " (letrec ((a (lambda (n) (if (= n 0) keep (b (- n 1))))) (b (lambda (n) (a n))))"
        " (set! keep (list a b)) (length (a 3))))) (pair)"
    ),
    "left in program-level variables": (
        "(define v (vector 1)) (define p (list v)) (set-cdr! p p) (vector-set! v 0 p) 'kept"
    ),
    "an error on the way": (
        "(guard (e (#t (condition-kind e))) (let ((p (list 1 2))) (set-cdr! p p) (vector-ref (vector p) 5)))"
    ),
    "an uncaught error": '(let ((p (list 1 2))) (set-cdr! p p) (error "gone" 1))',
    "a cycle that is raised": "(guard (e ((pair? e) (cadr e))) (let ((p (list 1 2))) (set-cdr! (cdr p) p) (raise p)))",
    "a cycle that stays alive": (
        "(define kept (list 1 2 3)) (set-cdr! (cddr kept) kept)"
        "(define (drop-rings n) (if (> n 0) (let ((p (list n kept))) (set-cdr! (cdr p) p) (drop-rings (- n 1)))))"
        "(drop-rings 3000) (list-ref kept 3001)"
    ),
}


def test_all_engines_agree_and_nothing_is_left() -> None:
    with Oracle(ENGINE_NAMES, Settings()) as oracle:
        judged = list(zip(PROGRAMS, oracle.judge(list(PROGRAMS.values())), strict=True))
    assert not [(name, judgement.verdict) for name, judgement in judged if not isinstance(judgement.verdict, Agree)]


def record_of(source: str, folder: Path, **environment: str) -> Record:
    compiled = compile_program(parse(source, "cycles.omni"), CompileOptions(MAIN_SYMBOL))
    executable, path = folder / "program", folder / "outcome"
    build_program([standalone_text(compiled)], FLAVOURS["gcc-O2"], executable)
    variables = {**os.environ, "OMNI_STACK": str(8 << 20), "OMNI_OUTCOME": str(path), **environment}
    subprocess.run([executable], env=variables, capture_output=True, timeout=60, check=False)
    record = parse_record(path.read_bytes())
    assert record is not None
    return record


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_the_record_tells_what_was_reclaimed(source: str, tmp_path: Path) -> None:
    record = record_of(source, tmp_path)
    assert record.live == 0
    assert record.cycles is not None
    assert 0 < record.cycles.freed <= record.cycles.visited
    assert 0 < record.cycles.collections <= record.cycles.candidates


def test_programs_that_make_no_cycle_need_no_collection(tmp_path: Path) -> None:
    record = record_of("(fold + 0 (map (lambda (x) (* x x)) (sort (iota 1000) >)))", tmp_path)
    assert record.live == 0
    assert record.cycles is not None
    assert record.cycles.collections == 0


def test_a_program_lives_within_its_limit_whatever_it_drops(tmp_path: Path) -> None:
    loop = "(do ((i 0 (+ i 1))) ((= i 20000)) (let ((v (make-vector 50 i))) (vector-set! v 7 (list v))))"
    record = record_of(loop, tmp_path, OMNI_HEAP_LIMIT=str(200_000))
    assert record == record_of(loop, tmp_path, OMNI_HEAP_LIMIT=str(200_000))
    assert record.end == record_of(loop, tmp_path).end
    assert record.live == 0
