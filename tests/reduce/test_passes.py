"""Single passes: what each proposes, and that the documented table is the real one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import pytest

import omnitest.reduce
from omnitest.reduce import Subject, reduce
from omnitest.reduce.bindings import inline_definitions
from omnitest.reduce.deletion import delete_levels, delete_top_level_forms
from omnitest.reduce.focus import drop_unreached, keep_one_expression, use_computed_values
from omnitest.reduce.names import merge_variables, shorten_names, sort_neighbours
from omnitest.reduce.passes import PASSES, Pass
from omnitest.reduce.problem import Problem, Search
from omnitest.reduce.special_forms import simplify_forms
from reference_interp import SyntaxProblem, parse, run
from reference_interp.reader import read_program
from tests.reduce.texts import of_texts


def outcome(text: str) -> tuple[str | None, bytes]:
    try:
        result = run(parse(text), stdin=b"line\n", steps=20_000)
    except SyntaxProblem:
        return None, b""
    return result.condition.kind if result.condition is not None else result.value, result.output


def after(run_pass: Pass, text: str, interesting: str) -> tuple[str, int]:
    """What a pass makes of a program whose text has to match a pattern and whose outcome has to stay the same."""
    wanted = outcome(text)
    test = of_texts(lambda candidate: re.search(interesting, candidate) is not None and outcome(candidate) == wanted)
    search = Search(test, lambda subject: True, lambda subject: None, monotonic() + 60, 32, None, 1)
    problem = Problem(Subject(text, b"line\n"), tuple(read_program(text)), search)
    problem.normalise()
    run_pass(problem)
    return " ".join(problem.subject.program.split()), problem.tried


@pytest.mark.parametrize(
    ("run_pass", "text", "pattern", "smaller"),
    [
        # The expression that fails, with what its variables were, and with the definitions that it needs.
        (keep_one_expression, "(define a 7) (let loop ((n 3)) (if (> n 0) (loop (- n 1)) (* n a)))", r"\*",
         "(* 0 7)"),
        (keep_one_expression, "(define (half n) (quotient n 0)) (define b 4) (let ((c b)) (half c))", "half",
         "(define (half n) (quotient n 0)) (half 4)"),
        (keep_one_expression, "(define v (vector 1 2)) (let ((w (list v))) (vector-ref (car w) 2))", "vector-ref",
         "(vector-ref (car '(#(1 2))) 2)"),
        (keep_one_expression, "(define line (read-line)) (string-append line line)", "string-append",
         '(string-append "line" "line")'),
        (delete_top_level_forms, "(define a 1) (define b 2) (define c 3) (define d 4) (* b b)", r"\*",
         "(define b 2) (* b b)"),
        (drop_unreached, "(if #t (car '(1)) (begin (print 2) (print 3)))", "car", "(if #t (car '(1)))"),
        (drop_unreached, "(cond ((= 1 2) (print 1)) (else (list 2)))", "cond", "(cond ((= 1 2)) (else (list 2)))"),
        (use_computed_values, "(define xs (list 1 2)) (car (map (lambda (x) (* x 2)) xs))", "car",
         "(define xs (list 1 2)) (car (list 2 4))"),
        (delete_levels, "(car (list)) (list (vector (list 1) (list 2)) (vector (list 3)))", r"(?s)car.*vector.*vector",
         "(car (list)) (list (vector) (vector))"),
        # Special forms.
        (simplify_forms, "(let loop ((n 0)) (if (> n 3) (* n n) (* 3 3)))", r"\* n n",
         "(define n 0) (if (> n 3) (* n n) (* 3 3))"),
        (simplify_forms, "(cond (#f 1) ((assv 2 '((2 . 3))) => cdr) (else 5))", "cdr", "(cdr (assv 2 '((2 . 3))))"),
        (simplify_forms, "(define (f) (let-values (((a b) (values 1 2))) (+ a b))) (f)", "define",
         "(define (f) (let ((a 1) (b 2)) (+ a b))) (f)"),
        (simplify_forms, "(vector-length (apply vector 1 '(2 3)))", "vector 1", "(vector-length (vector 1 2 3))"),
        (simplify_forms, "(length (map (lambda (x) (* x 2)) '(1 2)))", "map", "(length (map list '(1 2)))"),
        (simplify_forms, "(let* ((p (list 1))) (set-cdr! p p) (car p))", "set-cdr!",
         "(define p (list 1)) (set-cdr! p p) (car p)"),
        (simplify_forms, "(dynamic-wind (lambda () 0) (lambda () (* 2 3)) (lambda () 1))", r"\*",
        "((lambda () (* 2 3)))"), # Names.
        (inline_definitions, "(define (square x) (* x x)) (square 4)", r"\*", "(* 4 4)"),
        (merge_variables, "(let ((a (list 1)) (b (list 1))) (set-cdr! a b) (car b))", "set-cdr!",
         "(let ((b (list 1))) (set-cdr! b b) (car b))"),
        (shorten_names, "(define (first second) (let ((third second)) (+ second third))) (first 1)", "define",
         "(define (a b) (let ((c b)) (+ b c))) (a 1)"),
        (sort_neighbours, "(define b 1) (define a 2) (list (* b a) 7)", "define",
         "(define a 2) (define b 1) (list (* a b) 7)"),
    ],
)  # fmt: skip
def test_what_a_pass_leaves(run_pass: Pass, text: str, pattern: str, smaller: str) -> None:
    assert after(run_pass, text, pattern)[0] == smaller


def test_the_expression_is_found_with_few_tests() -> None:
    """Not one by one from the outside: a large program around it costs its subexpressions, and nothing more."""
    noise = "".join(
        f"(define (f{n} x) (if (> x {n}) (list x {n}) (vector x)))\n(print (f{n} {n}))\n" for n in range(30)
    )
    text = f'{noise}(define y (string-length "abc"))\n(list-tail \'(1 2) y)'
    smaller, tried = "(list-tail '(1 2) 3)", 0
    wanted = outcome(text)[0]
    test = of_texts(lambda candidate: outcome(candidate)[0] == wanted)
    search = Search(test, lambda subject: True, lambda subject: None, monotonic() + 60, 32, None, 1)
    problem = Problem(Subject(text), tuple(read_program(text)), search)
    keep_one_expression(problem)
    tried = problem.tried
    assert problem.subject.program == smaller + "\n"
    assert tried < 150


def test_what_stands_on_a_reported_line_is_tried_first() -> None:
    noise = [f"(print (list {n} (* {n} {n})))" for n in range(30)]
    text = "\n".join([*noise[:20], "(let ((x (list 1 2)))", "  (print (reverse x)))", *noise[20:]])
    tried: list[str] = []

    def interesting(subjects: Sequence[Subject]) -> list[bool]:
        tried.extend(subject.program for subject in subjects)
        return ["reverse" in subject.program for subject in subjects]

    assert reduce(Subject(text), interesting, lines=frozenset({22}), seconds=60).subject.program == "reverse\n"
    assert "(reverse x)\n" in tried[:3]


def test_the_readme_lists_the_passes_in_their_order() -> None:
    readme = (Path(omnitest.reduce.__file__).parent / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)\.py` \|", readme, re.MULTILINE)
    real = [(run.__name__, run.__module__.rsplit(".", 1)[1]) for run in PASSES]
    assert rows == real


def test_every_pass_says_what_it_does() -> None:
    assert all(run.__doc__ for run in PASSES)
