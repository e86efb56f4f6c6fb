"""What programs reduce to: the smallest ones that still are interesting."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from omnitest.reduce import Interesting, Subject, reduce
from reference_interp import Result, SyntaxProblem, parse, run
from reference_interp.reader import read_program
from reference_interp.syntax import Syntax, walk
from reference_interp.values import String
from tests.reduce.texts import of_texts

PROGRAM = """
(define (square-all numbers factor)
  (if (null? numbers)
      '()
      (cons (* factor (car numbers) (car numbers))
            (square-all (cdr numbers) factor))))
(define limit 1000)
(define table (make-vector 10 #f))
(let* ((first (vector-ref table 0))
       (label "the label")
       (pairs '((a . 1) (b . 2) ("xyz" . #\\c))))
  (display (assq 'b pairs))
  (for-each (lambda (x) (print (list x label))) (square-all '(1 2 3) limit))
  (guard (e ((symbol? e) 'symbol) (else (condition-kind e)))
    (vector-set! table 5 (quotient limit 0))))
"""


def some_node(holds: Callable[[Syntax], bool]) -> Interesting:
    return of_texts(lambda text: any(map(holds, walk(read_program(text)))))


def result_is(holds: Callable[[Result], bool]) -> Interesting:
    def interesting(text: str) -> bool:
        try:
            return holds(run(parse(text), steps=5_000))
        except SyntaxProblem:
            return False

    return of_texts(interesting)


def calls(name: str) -> Interesting:
    return some_node(lambda node: node.is_list and bool(node.items) and node.items[0].symbol == name)


def raises(kind: str) -> Interesting:
    return result_is(lambda result: result.condition is not None and result.condition.kind == kind)


@pytest.mark.parametrize(
    ("interesting", "minimal"),
    [
        (of_texts(lambda text: True), ""),
        (some_node(lambda node: True), "0\n"),
        (calls("car"), "(car)\n"),
        (calls("vector-set!"), "(vector-set!)\n"),
        (some_node(lambda node: type(node.datum) is int and node.datum >= 1000), "1000\n"),
        (some_node(lambda node: type(node.datum) is int and node.datum >= 7), "7\n"),
        (some_node(lambda node: type(node.datum) is String and "z" in node.datum.text), '"z"\n'),
        (some_node(lambda node: node.tail is not None), "(0 . 0)\n"),
        (some_node(lambda node: len(node.items) >= 3), "(0 0 0)\n"),
        (of_texts(lambda text: text.count("(define") >= 2), "(define)\n(define)\n"),
        (result_is(lambda result: result.output.startswith(b"(b . 2)")), "(display '(b . 2))\n"),
        (
            result_is(lambda result: result.value == "division-by-zero"),
            "'division-by-zero\n",
        ),
        (result_is(lambda result: result.output != b""), "(print 0)\n"),
    ],
)
def test_the_program_reduces_to(interesting: Interesting, minimal: str) -> None:
    reduction = reduce(Subject(PROGRAM), interesting, seconds=60)
    assert reduction.subject.program == minimal
    assert reduction.finished


@pytest.mark.parametrize(
    ("text", "interesting", "minimal"),
    [
        # An uncaught condition: everything around the call that raises goes.
        ("(define (f x y) (quotient x y)) (define z 10) (print z) (f z (- z 10))",
         raises("division-by-zero"), "(quotient 0 0)"),
        ("(define xs (list 1 2 3)) (let ((n (length xs))) (vector-ref (list->vector xs) n))",
         raises("index-out-of-range"), "(vector-ref #() 0)"),
        # Definitions and bindings are inlined.
        ("(define a 5) (define b (* a a)) (let ((c (+ b a))) (let* ((d c)) (list d 'x)))",
         calls("list"), "(list)"),
        ("(let ((f (lambda (x y) (raise x)))) (define unused 3) (f 'oops unused))", raises("raised"), "(raise 0)"),
        # A parameter goes together with its arguments.
        ("(define (loop n unused total) (if (= n 0) total (loop (- n 1) unused (+ total 1)))) (loop 900 'u 0)",
         result_is(lambda result: result.steps > 1000 and result.exhausted is None),
         "(define (a b) (if (= 0 b) 0 (a (- b 1))))\n(a 497)"),
        # Strings, numbers and names get short.
        ('(define some-long-name "a text") (string-ref some-long-name 4096)', raises("index-out-of-range"),
         '(string-ref "" 0)'),
        ("(define (even n) (if (= n 0) #t (odd (- n 1)))) (define (odd n) (if (= n 0) #f (even (- n 1)))) (even 8)",
         of_texts(lambda text: text.count("(define (") == 2), "(define ())\n(define ())"),
    ],
)  # fmt: skip
def test_small_programs_reduce_to(text: str, interesting: Interesting, minimal: str) -> None:
    (holds,) = interesting([Subject(text)])
    assert holds
    reduction = reduce(Subject(text), interesting, seconds=60)
    assert reduction.subject.program == minimal + "\n"
    assert reduction.tried < 1000


def test_a_parameter_is_dropped_with_its_arguments() -> None:
    text = "(define (f a b c) (print b) (f a b c)) (f 1 2 3)"

    def holds(text: str) -> bool:
        """A procedure that prints its only use of a parameter, called with as many arguments as it has."""
        try:
            return run(parse(text), steps=500).output.startswith(b"2\n2\n")
        except SyntaxProblem:
            return False

    reduction = reduce(Subject(text), of_texts(holds), seconds=60)
    assert holds(reduction.subject.program)
    assert reduction.nodes <= 14


def test_candidates_are_always_readable() -> None:
    seen: list[str] = []

    def interesting(subjects: Sequence[Subject]) -> list[bool]:
        seen.extend(subject.program for subject in subjects)
        return [subject.program.count("(") > 20 for subject in subjects]

    reduce(Subject(PROGRAM), interesting, seconds=60)
    assert len(seen) > 50
    for text in seen:
        read_program(text)
