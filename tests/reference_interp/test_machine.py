"""Running programs: depth, space, limits, positions of errors, input and output."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Unpack

import pytest

from reference_interp import Result, Uncaught, parse, run
from reference_interp.conditions import RESOURCE_KINDS
from tests.reference_interp.outcomes import Limits


def _run(text: str, **limits: Unpack[Limits]) -> Result:
    return run(parse(text, "test.omni"), **limits)


def _uncaught(text: str, **limits: Unpack[Limits]) -> Uncaught:
    result = _run(text, **limits)
    assert result.condition is not None, result
    return result.condition


# ---- depth and space ------------------------------------------------------------------------------------


def test_recursion_a_million_deep() -> None:
    text = "(define (count n) (if (= n 0) 0 (+ 1 (count (- n 1))))) (count 1000000)"
    assert _run(text).value == "1000000"


@pytest.mark.parametrize(
    "loop",
    [
        "(define (f n) (if (= n 0) 'done (f (- n 1)))) (f %d)",
        "(let loop ((n %d)) (cond ((= n 0) 'done) (else (loop (- n 1)))))",
        "(do ((n %d (- n 1))) ((= n 0) 'done))",
        "(define (f n) (and #t (or #f (begin 1 (when #t (let ((m n)) (if (= m 0) 'done (f (- m 1))))))))) (f %d)",
        "(define (f n) (guard (e (#t (if (= e 0) 'done (f (- e 1))))) (raise n))) (f %d)",
        "(define (f n) (case n ((0) 'done) (else => (lambda (m) ((flip (lambda (a b) (f (- b a)))) m 1))))) (f %d)",
        "(define (f n) (if (= n 0) 'done ((compose f identity) (- n 1)))) (f %d)",
        "(define (f . args) (if (= (car args) 0) 'done (apply f (map (lambda (n) (- n 1)) args)))) (f %d)",
    ],
)  # fmt: skip
def test_tail_calls_run_in_constant_space(loop: str) -> None:
    """The continuation of a loop in tail position never gets deeper: a tiny depth limit is enough."""
    assert _run(loop % 20_000, depth=12).value == "done"


def test_a_million_iterations_need_no_memory() -> None:
    program = parse("(define (f n) (if (= n 0) 'done (f (- n 1)))) (f 1000000)")
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        # Tracing is slow; the first tenth shows growth as well as the whole would.
        assert run(program, steps=200_000).exhausted == "steps"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak - before < 200_000
    assert run(program).value == "done"


def test_deep_continuations_of_every_kind_use_no_python_stack() -> None:
    for body in (
        "(+ 1 (f (- n 1)))",
        "(let ((x (f (- n 1)))) (+ x 1))",
        "(begin (set! total (f (- n 1))) (+ total 1))",
        "(if (f (- n 1)) n n)",
        "(begin (f (- n 1)) n)",
        "(guard (e (#f 0)) (+ 0 (guard (e (#f 0)) (f (- n 1)))))",
        "(letrec ((x (f (- n 1))) (g (lambda () x))) (+ 1 (g)))",
        "(+ 1 (car (map f (list (- n 1)))))",
        "(car (map f (list (- n 1))))",
        "(guard (e (#f 0)) (f (- n 1)))",
        "(+ 1 (apply f (list (- n 1))))",
    ):
        text = f"(define total 0) (define (f n) (if (= n 0) 0 {body})) (f 5000)"
        assert _run(text).condition is None, body
        # An error has to pass all these frames, too.
        failing = text.replace("(= n 0) 0", "(= n 0) (car 'bottom)")
        assert _uncaught(failing).irritants == ("bottom",), body


def test_long_conditionals() -> None:
    clauses = " ".join(f"((= x {n}) 'c{n})" for n in range(3000))
    assert _run(f"(define (f x) (cond {clauses})) (f 2999)").value == "c2999"


def test_values_of_any_depth_are_compared_and_printed() -> None:
    text = """
    (define (nest n x) (if (= n 0) x (nest (- n 1) (list x))))
    (define a (nest 50000 'x))
    (display (equal? a (nest 50000 'x)))
    (nest 20000 'y)"""
    result = _run(text)
    assert result.output == b"#t"
    assert result.value == "(" * 20000 + "y" + ")" * 20000


# ---- limits ---------------------------------------------------------------------------------------------


def test_stack_overflow_can_be_caught() -> None:
    text = "(define (f n) (+ 1 (f n))) (guard (e (#t (list (condition-kind e) (error-object-message e)))) (f 0))"
    assert _run(text, depth=1000).value == '(stack-overflow "recursion is too deep")'
    assert _uncaught("(define (f n) (+ 1 (f n))) (f 0)", depth=1000).kind in RESOURCE_KINDS


def test_the_depth_limit_counts_frames() -> None:
    text = "(define (f n) (if (= n 0) 'ok (car (list (f (- n 1)))))) (f 100)"
    assert _run(text, depth=202).value == "ok"
    assert _uncaught(text, depth=150).kind == "stack-overflow"


@pytest.mark.parametrize(
    "expression",
    [
        "(make-vector 100000 0)",
        "(make-string 1000000)",
        "(let loop ((s \"ab\")) (loop (string-append s s)))",
        "(let loop ((v (vector 1 2))) (loop (vector-append v v)))",
        "(let loop ((l (list 1 2))) (loop (append l l)))",
        "(make-list 100000)",
        "(let ((p (list 1))) (set-cdr! p p) (write-simple p))",
        "(let loop ((p '(1)) (n 20)) (if (> n 0) (loop (list p p) (- n 1)) (error p)))",
    ],
)  # fmt: skip
def test_out_of_memory_can_be_caught(expression: str) -> None:
    assert _run(f"(guard (e (#t (condition-kind e))) {expression})", memory=100_000).value == "out-of-memory"


def test_results_that_cannot_be_printed() -> None:
    large = "(define (double p n) (if (> n 0) (double (list p p) (- n 1)) p)) (define p (double 1 20)) "
    assert _uncaught(large + "p", memory=1000).kind == "out-of-memory"
    assert _uncaught(large + "(raise p)", memory=1000).kind == "out-of-memory"


def test_cyclic_results_are_printed_with_labels() -> None:
    cyclic = "(define p (list 1)) (set-cdr! p p) "
    assert _run(cyclic + "p", memory=1000).value == "#0=(1 . #0#)"
    assert _uncaught(cyclic + "(raise p)", memory=1000).irritants == ("#0=(1 . #0#)",)


def test_the_step_budget() -> None:
    result = _run("(display 1) (let loop () (loop))", steps=1000)
    assert (result.exhausted, result.steps, result.output) == ("steps", 1000, b"1")
    assert result.value is None and result.condition is None
    whole = _run("(let loop ((i 0)) (if (< i 10) (loop (+ i 1)) i))")
    assert whole.exhausted is None
    assert _run("(let loop ((i 0)) (if (< i 10) (loop (+ i 1)) i))", steps=whole.steps).value == "10"
    assert _run("(let loop ((i 0)) (if (< i 10) (loop (+ i 1)) i))", steps=whole.steps - 1).exhausted == "steps"


def test_steps_go_on_counting_after_an_error_was_caught() -> None:
    text = "(let loop () (guard (e (#t (loop))) (car 1)))"
    result = _run(text, steps=5000)
    assert (result.exhausted, result.steps) == ("steps", 5000)


def test_the_output_limit() -> None:
    result = _run('(let loop () (display "λab") (loop))', output_limit=10)
    assert (result.exhausted, result.output) == ("output", "λabλabλ".encode())
    result = _run("(define p (list 1)) (set-cdr! p p) (display p)", output_limit=10)
    assert result.exhausted == "output"
    assert _run("(display 12345)", output_limit=5).value == "nothing"


def test_runs_are_independent() -> None:
    program = parse("(define x (gensym)) (define l (list 1 2)) (set-car! l x) (display l) (read-line)")
    first, second = (run(program, stdin=b"a\n") for _ in range(2))
    assert first == second
    assert first.value == '"a"'


# ---- positions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("(car 1)", 1, 1),
        ("(list 1\n  (car 1))", 2, 3),
        ("(define (f x)\n  (+ 1\n     (car x)))\n(f 2)", 3, 6),
        ("(+ 1 (* 2 (- 'a)))", 1, 11),
        ("(define (f) (g))\n(f)", 1, 14),
        ("(define (f)\n  (display undefined))\n(f)", 2, 12),
        ("(set! y\n 1)", 1, 1),
        ("(define (f a) a)\n (f)", 2, 2),
        ("(list (5 6))", 1, 7),
        ("(letrec ((a (list b)) (b 1)) a)", 1, 19),
        # errors inside of the library: the call in the program
        ("(display 1)\n(list (map car\n  '(1)))", 2, 7),
        ("(define (f x) (map x 5))\n(f car)", 1, 15),
        ("(define (f x)\n  (sort x <))\n(f '(1 b))", 2, 3),
        ("(apply map\n car '(5))", 1, 1),
        ("(define m map)\n(m car 5)", 2, 1),
        # ... but a procedure of the program that the library calls stands for itself
        ("(for-each (lambda (x)\n  (car x)) '(1))", 2, 3),
        ("(map (lambda () 1)\n '(1))", 1, 1),
        ("((compose car car)\n '(1))", 1, 1),
        ("(reduce (lambda (a b) (reduce a b 3)) 0 '(1 2))", 1, 23),
        # what guard passes on keeps its place
        ("(guard (e (#f 1))\n  (raise 'x))", 2, 3),
        ("(guard (e ((begin (set! e 1) #f) 1))\n  (raise 'x))", 2, 3),
        ("(guard (e ((string? e) 1))\n  (map car 1))", 2, 3),
        ("(guard (e (#t\n  (raise e)))\n (car 1))", 3, 2),
    ],
)  # fmt: skip
def test_where_an_error_is_shown(text: str, line: int, column: int) -> None:
    condition = _uncaught(text)
    assert (condition.line, condition.column) == (line, column)


def test_an_assigned_guard_variable_does_not_change_what_is_raised_again() -> None:
    condition = _uncaught("(guard (e ((begin (set! e 1) #f) 1)) (raise 'x))")
    assert (condition.kind, condition.irritants) == ("raised", ("x",))


# ---- input and output -----------------------------------------------------------------------------------


def test_lines_of_input() -> None:
    text = "(define (f) (let ((l (read-line))) (if (eof-object? l) '() (cons l (f))))) (f)"
    assert run(parse(text), stdin="a b\n\nλ\r\nend".encode()).value == '("a b" "" "λ\\r" "end")'
    assert run(parse(text), stdin=b"x\n").value == '("x")'
    assert run(parse(text), stdin=b"").value == "()"
    assert run(parse(text), stdin=b"a\xffb\n").value == '("a\ufffdb")'


def test_output_is_also_given_to_the_listener() -> None:
    pieces: list[str] = []
    result = run(parse('(display "λ") (print (list 1 "a")) (newline)'), write=pieces.append)
    assert pieces == ["λ", '(1 "a")\n', "\n"]
    assert result.output == 'λ(1 "a")\n\n'.encode()


def test_output_before_an_error_is_kept() -> None:
    result = _run("(display 'before) (car 1) (display 'after)")
    assert result.output == b"before"
    assert result.value is None and result.condition is not None


def test_the_empty_program() -> None:
    assert _run("").value == "nothing"
    assert _run(" ; nothing here\n").steps == 1
