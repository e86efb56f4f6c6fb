"""Generators: suspending, continuing, closing them, and ways into and out of their bodies."""

from __future__ import annotations

import pytest

from tests.reference_interp.outcomes import outcome_of


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("(define g (make-generator (lambda () (write (yield 1)) 2))) (list (generator-next! g) (generator-next! g))",
         "nothing => (1 #<eof>)"),
        # Generators in generators: each yield is for the innermost running one.
        ("""(define (numbers n) (make-generator (lambda () (for-each yield (range n)))))
            (generator->list
              (make-generator (lambda () (for-each-generator (lambda (i) (yield (* i i))) (numbers 4)))))""",
         "=> (0 1 4 9)"),
        # The end-of-file object can be yielded like any value.
        ("(generator->list (make-generator (lambda () (yield (eof-object)) (yield 1))))", "=> (#<eof> 1)"),
        ("(generator->list (make-generator (lambda () (yield 1))) 0)", "=> ()"),
        ("(generator->list (make-generator (lambda () (yield 1))) -1)",
         "raises type-error: generator->list: expected a non-negative integer: -1"),
        ("(generator->list 5)", "raises type-error: generator->list: expected a generator: 5"),
        ("(for-each-generator display 5)", "raises type-error: for-each-generator: expected a generator: 5"),
        ("(make-generator 5)", "raises type-error: make-generator: expected a procedure: 5"),
        ("(generator-next! (make-generator (lambda (x) x)))",
         "raises arity-error: procedure: expected 1 argument, got 0"),
        # Left by an error or a continuation, it is done.
        ("""(define g (make-generator (lambda () (yield 1) (car 5))))
            (generator-next! g)
            (list (guard (e (#t 'error)) (generator-next! g)) (generator-done? g) (generator-next! g))""",
         "=> (error #t #<eof>)"),
        ("""(define g #f)
            (define out (call/cc (lambda (k) (set! g (make-generator (lambda () (k 'out)))) (generator-next! g))))
            (list out (generator-done? g))""", "=> (out #t)"),
        ("""(define g (make-generator (lambda () (yield (control 'p k k)) (yield 2))))
            (define k (prompt 'p (generator-next! g)))
            (define done (generator-done? g))
            (list done (k 1) (generator-done? g) (generator-next! g) (generator-next! g))""", "=> (#t 1 #f 2 #<eof>)"),
        # Entered again by a continuation, it runs again and returns to where that was captured.
        ("""(define k #f)
            (define g (make-generator (lambda () (call/cc (lambda (c) (set! k c))) (yield 'a) (yield 'b))))
            (define seen '())
            (set! seen (cons (generator-next! g) seen))
            (set! seen (cons (generator-next! g) seen))
            (if (< (length seen) 6) (k 'again))
            (list (reverse seen) (generator-next! g))""", "=> ((a b a b a b) #<eof>)"),
        # A suspended generator stays in its winds, and sees what is around generator-next! outside of its own marks.
        ("""(define g (make-generator (lambda ()
              (dynamic-wind (lambda () (display "<")) (lambda () (yield 1) (yield 2)) (lambda () (display ">"))))))
            (display (generator-next! g)) (display (generator-next! g)) (display (generator-next! g))""",
         "<12>#<eof> => nothing"),
        ("""(define g (make-generator (lambda () (yield (raise-continuable 'a)) (yield (raise-continuable 'b)))))
            (define (next name) (with-exception-handler (lambda (e) (list name e)) (lambda () (generator-next! g))))
            (list (next 1) (next 2))""", "=> ((1 a) (2 b))"),
        ("""(define g (make-generator (lambda () (guard (e (#t (yield (list 'caught e)))) (yield 1) (raise 'x)))))
            (list (generator-next! g) (generator-next! g) (generator-next! g))""", "=> (1 (caught x) #<eof>)"),
        # Closing: the winds, the innermost first, each in the context of its own marks and then the caller's.
        ("""(define p (make-parameter 'none))
            (define (traced name thunk)
              (dynamic-wind (lambda () 1) thunk (lambda () (display (list name (p) (generator-done? g))))))
            (define g (make-generator (lambda ()
              (traced 'a (lambda () (parameterize ((p 'own)) (traced 'b (lambda () (yield 1)))))))))
            (generator-next! g)
            (parameterize ((p 'caller)) (generator-close! g))
            (list (generator-done? g) (generator-next! g) (generator-close! g))""",
         "(b own #f)(a caller #f) => (#t #<eof> nothing)"),
        ("(define g (make-generator (lambda () (display 1)))) (generator-close! g) (generator->list g)", "=> ()"),
        ("""(define g (make-generator (lambda ()
              (dynamic-wind list (lambda () (yield 1)) (lambda () (generator-next! g))))))
            (generator-next! g)
            (generator-close! g)""", "raises control-error: generator-next!: the generator is running already"),
        ("""(define g (make-generator (lambda () (dynamic-wind list (lambda () (yield 1)) (lambda () (raise 'x))))))
            (generator-next! g)
            (list (guard (e (#t e)) (generator-close! g)) (generator-done? g))""", "=> (x #t)"),
    ],
)  # fmt: skip
def test_generators(program: str, outcome: str) -> None:
    assert outcome_of(program) == outcome
