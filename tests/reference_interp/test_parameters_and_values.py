"""Parameters and their bindings; several values and the forms that bind them."""

from __future__ import annotations

import pytest

from tests.reference_interp.outcomes import outcome_of

# ---- parameters -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("(define p (make-parameter 1)) (parameterize ((p 2)) (parameterize ((p (+ 1 (p)))) (p)))", "=> 3"),
        ("(define p (make-parameter 5 number->string)) (list (p) (parameterize ((p 7)) (p)) (p))", '=> ("5" "7" "5")'),
        ("(define p (make-parameter 1)) (parameterize ((p 2) (p 3)) (p))", "=> 2"),
        # Parameter and value of each binding, then the checks, then the conversions.
        ("""(define (say x v) (display x) v)
            (define p (make-parameter 0 (lambda (v) (say "c" v))))
            (parameterize (((say 1 p) (say 2 1)) ((say 3 p) (say 4 2))) (display "body"))""", "c1234ccbody => nothing"),
        ("(parameterize ((list (display 1)) (5 (display 2))) 1)",
         "12 raises type-error: parameterize: expected a parameter: #<procedure list>"),
        ('(define p (make-parameter 1 (lambda (x) (if (odd? x) x (error "even"))))) (parameterize ((p 2)) 1)',
         "raises user-error: even"),
        ("(define p (make-parameter 1)) (parameterize () (define x 5) (+ x (p)))", "=> 6"),
        ("(define p (make-parameter 1)) (define k (parameterize ((p 2)) (call/cc (lambda (c) (c c))))) "
         "(if (procedure? k) (k (p)) k)", "=> 1"),
        ("(define p (make-parameter 1)) (map (lambda (f) (f)) (list p p))", "=> (1 1)"),
        ("(make-parameter 1 2 3)", "raises arity-error: make-parameter: expected 2 arguments, got 3"),
    ],
)  # fmt: skip
def test_parameters(program: str, outcome: str) -> None:
    assert outcome_of(program) == outcome


# ---- several values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("(define v (values 1 2)) (list v (eqv? v v) (eqv? v (values 1 2)) (equal? v (values 1 2)))",
         "=> (#<values 1 2> #t #f #f)"),
        ("(display (values \"a\" #\\b))", '#<values "a" #\\b> => nothing'),
        ("(call-with-values (lambda () 5) list)", "=> (5)"),
        ("(call-with-values values list)", "=> ()"),
        ("(call-with-values list 5)", "raises type-error: call-with-values: expected a procedure: 5"),
        ("(receive all (values) all)", "=> ()"),
        ("(define (f) (define-values (a b) (values 1 2)) (define c (+ a b)) (set! a 10) (list a b c)) (f)",
         "=> (10 2 3)"),
        ("(define (f) (define-values (even? odd?) (values (lambda (n) (or (= n 0) (odd? (- n 1)))) "
         "(lambda (n) (and (> n 0) (even? (- n 1)))))) (even? 10)) (f)", "=> #t"),
        ("(define (f) (define-values (a b) (values b 1)) a) (f)",
         "raises unbound-variable: b is used before its definition"),
        ("(define-values all (values 1 2)) all", "=> (1 2)"),
        ("(define-values () (values)) 1", "=> 1"),
        ("(define-values (car cdr) (values 1 2)) (list car cdr (map - '(1)))", "=> (1 2 (-1))"),
        ("(define-values (a) 1) (define-values (a b) (values (+ a 1) 5)) (list a b)", "=> (2 5)"),
        ("(define-values (a b) (values 1 2))", "=> nothing"),
        ("(let ((x 1)) (let-values (((x) 2) ((y) x)) (list x y)))", "=> (2 1)"),
        ("(let-values () 5)", "=> 5"),
        ("(let*-values (((a) 1) ((a) (+ a 1))) a)", "=> 2"),
        ("(let-values (((a b) 1)) a)", "raises arity-error: procedure: expected 2 arguments, got 1"),
        ("(define list 5) (receive (a . b) (values 1 2 3) b)", "=> (2 3)"),
    ],
)  # fmt: skip
def test_several_values(program: str, outcome: str) -> None:
    assert outcome_of(program) == outcome
