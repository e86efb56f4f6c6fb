"""Records, ``case-lambda`` and promises: what the examples of the specification leave open."""

from __future__ import annotations

import pytest

from reference_interp import SyntaxProblem, parse, run
from reference_interp.conditions import message_line
from reference_interp.running import Result

POINT = "(define-record-type <point> (make-point x y) point? (x point-x set-point-x!) (y point-y))\n"


def _run(source: str, depth: int = 10_000) -> Result:
    return run(parse(source), depth=depth)


def _value(source: str) -> str | None:
    result = _run(source)
    assert result.condition is None, result.condition
    return result.value


def _error(source: str) -> str:
    condition = _run(source).condition
    assert condition is not None
    return message_line(condition.kind, condition.message, list(condition.irritants))


# ---- records --------------------------------------------------------------------------------------------


def test_every_evaluation_of_the_definition_makes_a_type_of_its_own() -> None:
    source = """
      (define (make) (define-record-type box (box content) box? (content unbox)) (list box box? unbox))"""
    with pytest.raises(SyntaxProblem):  # box names the type and the constructor
        parse(source)
    source = """
      (define (make) (define-record-type <box> (box content) box? (content unbox)) (list box box? unbox))
      (define a (make)) (define b (make))
      (define one ((car a) 1))
      (list ((cadr a) one) ((cadr b) one) ((caddr a) one) (guard (e (#t e)) ((caddr b) one)))"""
    assert _value(source) == "(#t #f 1 #<condition type-error: unbox: expected a box: #<box 1>>)"


def test_procedures_keep_their_type_when_the_program_defines_the_names_again() -> None:
    source = POINT + "(define p (make-point 1 2)) (define old-x point-x)\n" + POINT
    assert _value(source + "(list (old-x p) (point? p))") == "(1 #f)"
    assert _value(POINT + "(define p (make-point 1 2)) (set! <point> 5) (list (point-x p) <point>)") == "(1 5)"


def test_fields_outside_of_the_constructor_are_nothing_at_first() -> None:
    fields = "(a ra set-a!) (b rb) (c rc set-c!)"
    source = f"(define-record-type r (make c) r? {fields}) (define x (make 1)) (set-a! x 2) (list x (rc x))"
    assert _value(source) == "(#<r 2 nothing 1> 1)"
    assert _value(f"(define-record-type r make #f {fields}) (make 1 2 3)") == "#<r 1 2 3>"
    assert _value("(define-record-type <r> (make) r?) (list (make) (r? (make)))") == "(#<r> #t)"
    assert _value(f"(define-record-type r #f r? {fields}) (r? 1)") == "#f"


def test_constructor_arguments_go_to_the_fields_that_they_name() -> None:
    assert _value("(define-record-type r (make b a) r? (a ra) (b rb)) (make 1 2)") == "#<r 2 1>"


def test_records_are_compared_by_identity() -> None:
    source = POINT + "(define p (make-point 1 2)) (map (lambda (same?) (list (same? p p) (same? p (make-point 1 2))))"
    assert _value(source + "(list eq? eqv? equal?))") == "((#t #f) (#t #f) (#t #f))"


def test_definitions_in_bodies_are_in_scope_before_and_after() -> None:
    source = """
      (define (f)
        (define (norm p) (match p ((point x y) (+ (abs x) (abs y)))))
        (define-record-type <point> (make-point x y) point? (x px) (y py))
        (norm (make-point 3 -4)))
      (f)"""
    assert _value(source) == "7"
    early = "(define (f) (define (g) (match 1 ((r x) x) (_ 2))) (g) (define-record-type r (m x) r? (x rx)) 3) (f)"
    assert _error(early) == "unbound-variable: r is used before its definition"


def test_a_pattern_names_the_record_type_in_scope() -> None:
    outer = POINT + "(define (f point) (match point ((point x y) (list x y)) (_ 'other)))\n"
    assert _value(outer + "(f (make-point 1 2))") == "(1 2)"  # the parameter is not called <point>
    inner = "(define (g p) (define-record-type point (make z) point? (z pz)) (match p ((point z) z) (_ 'other)))\n"
    assert _value(POINT + inner + "(g (make-point 1 2))") == "other"
    with pytest.raises(SyntaxProblem, match="point is not a record type that is defined above"):
        parse("(define-record-type point (make x) point? (x px)) (define point 5) (match 1 ((point x) x))")
    with pytest.raises(SyntaxProblem, match="match: point has 2 fields, not 1"):
        parse(POINT + "(match 1 ((point x) x))")


def test_errors_are_shown_at_the_call() -> None:
    for call in ("(point-x 1)", "(point-x 1 2)", "(make-point)", "(set-point-x! 1 2)"):
        condition = _run(POINT + f"(display 1)\n  {call}").condition
        assert condition is not None
        assert (condition.line, condition.column) == (3, 3), call
    source = "(define f (case-lambda ((a) (car a))))\n(display 1)\n  (f 1 2)"
    condition = _run(source).condition
    assert condition is not None and (condition.line, condition.column) == (3, 3)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("(define-record-type r)", "define-record-type: a name, a constructor and a predicate are needed"),
        ("(define-record-type (r p) #f r?)", "define-record-type: a record type has no parent"),
        ("(define-record-type r (m x) r? x)", "define-record-type: a field has an accessor"),
        ("(define-record-type r (m x) r? (x))", "define-record-type: a field has an accessor"),
        ("(define-record-type r (m y) r? (x rx))", "define-record-type: y is not a field"),
        ("(define-record-type r () r? (x rx))", "define-record-type: a constructor has a name and fields"),
        ("(define-record-type r (m x . y) r? (x rx))", "define-record-type: a constructor has a name and fields"),
        ("(define-record-type r (m x x) r? (x rx))", "the name x is bound twice"),
        ("(define-record-type r (m x) r? (x rx) (x ry))", "the name x is bound twice"),
        ("(define-record-type r (m x) r? (x rx) (y rx))", "the name rx is bound twice"),
        ("(define-record-type r (m x) r? (x true))", "true is a constant and cannot be a variable"),
        ("(define-record-type 5 (m x) r? (x rx))", "a variable name is expected here"),
        ("(+ 1 (define-record-type r #f r?))", "define-record-type: a definition cannot stand here"),
        ("(let () (define r? 1) (define-record-type r #f r?) 1)", "r? is defined twice in this body"),
    ],
)
def test_malformed_definitions(form: str, message: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(form)
    assert caught.value.message == message


# ---- case-lambda ----------------------------------------------------------------------------------------


def test_the_first_clause_that_takes_the_arguments_is_chosen() -> None:
    source = "(define f (case-lambda ((a . r) (list 1 a r)) ((a b) 2) (() 3) (all (list 4 all))))"
    assert _value(source + "(list (f) (f 1) (f 1 2))") == "(3 (1 1 ()) (1 1 (2)))"
    lines = [warning.span.column for warning in parse(source).warnings]
    assert lines == [source.index("((a b)") + 1, source.index("(all") + 1]


@pytest.mark.parametrize(
    ("clauses", "warned"),
    [
        ("(() 0) ((a) 1) ((a b) 2)", 0),
        ("((a) 1) ((b) 2)", 1),
        ("((a b . c) 1) ((a) 2) ((a b c) 3) ((a b . c) 4) ((a . b) 5)", 3),
        ("((a b . c) 1) ((a) 2) (() 3) (a 4)", 1),
        ("(a 1) (() 2)", 1),
    ],
)
def test_clauses_that_are_never_chosen_are_warned_about(clauses: str, warned: int) -> None:
    assert len(parse(f"(case-lambda {clauses})").warnings) == warned


def test_clause_bodies_are_in_tail_position() -> None:
    source = (
        "(define f (case-lambda ((n) (f n 0)) ((n m) (if (= n 0) m (g (- n 1) (+ m 1)))))) (define (g n m) (f n m))"
    )
    assert _run(source + "(f 3000)", depth=50).value == "3000"


@pytest.mark.parametrize("clause", ["()", "(a)", "((a))", "((a . 5) 1)", "((a a) 1)", "(5 1)"])
def test_malformed_case_lambda(clause: str) -> None:
    with pytest.raises(SyntaxProblem):
        parse(f"(case-lambda {clause})")


# ---- promises -------------------------------------------------------------------------------------------


def test_chains_of_promises_are_forced_in_constant_space() -> None:
    source = "(define (loop n) (delay-force (if (= n 0) (delay 'end) (loop (- n 1))))) (force (loop 3000))"
    assert _run(source, depth=40).value == "end"


def test_whoever_shares_a_chain_learns_its_value() -> None:
    source = """
      (define runs 0)
      (define p (delay (begin (set! runs (+ runs 1)) runs)))
      (define q (delay-force p)) (define r (delay-force q))
      (list (force r) (force p) (force q) runs)"""
    assert _value(source) == "(1 1 1 1)"


def test_the_value_that_came_first_stays() -> None:
    """The test of reentrancy in R7RS, 4.2.5."""
    source = """
      (define count 0)
      (define x 5)
      (define p (delay (begin (set! count (+ count 1)) (if (> count x) count (force p)))))
      (define first (force p))
      (set! x 10)
      (list first (force p) count)"""
    assert _value(source) == "(6 6 6)"


def test_a_promise_that_raised_is_tried_again() -> None:
    source = """
      (define tries 0)
      (define p (delay (begin (set! tries (+ tries 1)) (if (< tries 2) (raise 'no) tries))))
      (list (guard (e (#t e)) (force p)) (force p) (force p))"""
    assert _value(source) == "(no 2 2)"


def test_promises_do_not_collapse() -> None:
    assert _value("(define p (delay (delay 1))) (list (promise? (force p)) (force (force p)))") == "(#t 1)"
    assert _value("(define p (make-promise (lambda () 1))) (list (procedure? (force p)) p)") == "(#t #<promise>)"
    assert _error("(force (delay-force 5))") == "type-error: delay-force: expected a promise: 5"
