"""Coverage of a run: what was evaluated is reached, what was not is not."""

from __future__ import annotations

from reference_interp import parse, run
from reference_interp.coverage import Coverage

PROGRAM = """
(define (f x)
  (cond ((pair? x) (when (null? x) (vector-ref x 1)) 'pair)
        (else (let loop ((i 0)) (if (< i 3) (loop (+ i 1)) (map abs (list i)))))))
(guard (e ((symbol? e) (string-append "a" "b")) (else (do ((i 0 (+ i 1))) ((= i 2) (filter odd? '(1))))))
  (f 5)
  (car (f '(1))))
"""


def covered(text: str) -> tuple[Coverage, set[str]]:
    """What a program reaches, and its forms among that; its outcome is not changed by looking."""
    program, coverage = parse(text), Coverage()
    plain = run(program)
    assert run(program, coverage=coverage) == plain
    return coverage, coverage.forms(program)


def test_branches_that_are_not_taken_are_not_reached() -> None:
    coverage, forms = covered(PROGRAM)
    assert {"define", "cond", "when", "let", "if", "guard", "do"} <= forms
    assert {"pair?", "null?", "abs", "list", "%map", "%filter", "car", "odd?"} <= coverage.names
    assert coverage.names.isdisjoint({"vector-ref", "string-append"})
    assert coverage.kinds == {"type-error"}


def test_forms_in_code_that_never_runs() -> None:
    coverage, forms = covered("(define (f) (case 1 ((1) (raise 'x))))\n(begin 1 2)")
    assert forms == {"define", "begin"}
    assert not coverage.kinds


def test_library_internals_do_not_count() -> None:
    coverage, _ = covered("(map - '(1 2))")
    assert coverage.names == {"%map", "-"}


def test_raised_objects_count_as_raised() -> None:
    coverage, _ = covered("(guard (e (#t 1)) (raise 'object))")
    assert coverage.kinds == {"raised"}
