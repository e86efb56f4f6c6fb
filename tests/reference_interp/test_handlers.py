"""Who handles what is raised, and how guards go back to where it was raised."""

from __future__ import annotations

import pytest

from tests.reference_interp.outcomes import TRACED, outcome_of, run_program

# ---- handlers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("(with-exception-handler (lambda (e) (+ e 1)) (lambda () (* 2 (raise-continuable 20))))", "=> 42"),
        # The innermost handler first; in it, those outside of it.
        ("""(with-exception-handler (lambda (e) (list 'a e)) (lambda ()
              (with-exception-handler (lambda (e) (list 'b (raise-continuable e))) (lambda ()
                (with-exception-handler (lambda (e) (list 'c (raise-continuable e))) (lambda ()
                  (raise-continuable 1)))))))""", "=> (c (b (a 1)))"),
        # A handler installed by a running handler is inside of it.
        ("""(with-exception-handler (lambda (e) (list 'a e)) (lambda ()
              (with-exception-handler
                (lambda (e) (with-exception-handler (lambda (f) (list 'b f (raise-continuable f)))
                              (lambda () (raise-continuable (list e)))))
                (lambda () (raise-continuable 1)))))""", "=> (b (1) (a (1)))"),
        # After a handler has returned it is active again.
        ("""(with-exception-handler (lambda (e) (+ e 1))
              (lambda () (raise-continuable (raise-continuable (raise-continuable 0)))))""", "=> 3"),
        # Returning from an error is an error, in the context of the handler.
        ("""(guard (e (#t (list (condition-kind e) (error-object-irritants e))))
              (with-exception-handler (lambda (e) 'ignored) (lambda () (raise 'x))))""", "=> (control-error (x))"),
        ("""(with-exception-handler (lambda (e) (display (error-object-message e)) 'again) (lambda ()
              (with-exception-handler (lambda (e) 'ignored) (lambda () (raise 'x)))))""",
         "the handler of an error returned raises control-error: the handler of an error returned: "
         "#<condition control-error: the handler of an error returned: x>"),
        ("(with-exception-handler (lambda (e) 'ignored) (lambda () (error \"bad\" 1)))",
         "raises control-error: the handler of an error returned: #<condition user-error: bad: 1>"),
        # What is wrong with the handler itself is for those outside.
        ("(with-exception-handler (lambda () 1) (lambda () (raise-continuable 'x)))",
         "raises arity-error: procedure: expected 0 arguments, got 1"),
        # What is wrong with the thunk is inside.
        ("""(call/cc (lambda (k) (with-exception-handler (lambda (e) (k (condition-kind e))) (lambda (x) x))))""",
         "=> arity-error"),
        # A handler is called in the dynamic context of the raise.
        ("""(define p (make-parameter 0))
            (with-exception-handler (lambda (e) (list e (p)))
              (lambda () (parameterize ((p 1)) (list (p) (raise-continuable 'x)))))""", "=> (1 (x 1))"),
        # Guards and handlers are searched together.
        ("""(with-exception-handler (lambda (e) 'handler) (lambda ()
              (guard (e ((eq? e 'mine) 'guard)) (list (raise-continuable 'other)))))""", "=> (handler)"),
        ("""(guard (e (#t (list 'guard e)))
              (with-exception-handler (lambda (e) (raise-continuable (list 'h e)))
                (lambda () (raise-continuable 1))))""",
         "=> (guard (h 1))"),
        ("""(with-exception-handler (lambda (e) (guard (f (#t (list e f))) (raise 'in-handler)))
              (lambda () (raise-continuable 'x)))""", "=> (x in-handler)"),
        ("(with-exception-handler car (lambda () (raise-continuable '(1 2))))", "=> 1"),
        ("(list (with-exception-handler list (lambda () 5)))", "=> (5)"),
        ("(raise-continuable 'x)", "raises raised: uncaught object: x"),
        # Errors of calls, of variables and of arguments all reach handlers.
        ("""(define (kind-of thunk)
              (call/cc (lambda (k) (with-exception-handler (lambda (e) (k (condition-kind e))) thunk))))
            (map kind-of
                 (list (lambda () (5 5)) (lambda () nowhere) (lambda () (map car 5)) (lambda () (assert #f))))""",
         "=> (type-error unbound-variable type-error assertion-failed)"),
        ("(call/cc (lambda (k) (with-exception-handler (lambda (e) (k e)) (lambda () (call/cc 5)))))",
         "=> #<condition type-error: call/cc: expected a procedure: 5>"),
    ],
)  # fmt: skip
def test_handlers(program: str, outcome: str) -> None:
    assert outcome_of(program) == outcome


def test_a_running_handler_that_was_captured_without_its_mark_hides_no_handler() -> None:
    text = """
    (define k #f)
    (define (handle e)
      (let ((v (control 'p c (set! k c) 'left))) (list v (raise-continuable (list 'again e)))))
    (define first (with-exception-handler handle (lambda () (prompt 'p (list (raise-continuable 1))))))
    (list first (with-exception-handler (lambda (e) (list 'other e)) (lambda () (k 'v))))
    """
    assert outcome_of(text) == "=> (left ((v (other (again 1)))))"


def test_a_running_handler_that_was_captured_with_its_mark_hides_the_copy() -> None:
    text = """
    (define k
      (prompt 'p
        (with-exception-handler
          (lambda (e) (list (control 'p c c) (raise-continuable (list 'again e))))
          (lambda () (raise-continuable 1)))))
    (with-exception-handler (lambda (e) (list 'outer e)) (lambda () (list (k 'v) (k 'w))))
    """
    assert outcome_of(text) == "=> ((v (outer (again 1))) (w (outer (again 1))))"


def test_a_stack_overflow_reaches_a_handler_that_canrun_program() -> None:
    text = """
    (define (forever n) (+ 1 (forever n)))
    (define (report e) (list 'handled (condition-kind e)))
    (call/cc (lambda (k) (with-exception-handler (lambda (e) (k (report e))) (lambda () (forever 1)))))
    """
    result = run_program(text, depth=1_000)
    assert (result.value, result.caught) == ("(handled stack-overflow)", "stack-overflow")


def test_a_handler_that_overflows_ends_the_program() -> None:
    """It is given room once, so handlers of overflows in handlers of overflows do not run for ever."""
    text = """
    (define (forever n) (+ 1 (forever n)))
    (define (handle e) (with-exception-handler handle (lambda () (forever 1))))
    (handle 1)
    """
    result = run_program(text, depth=1_000)
    assert result.condition is not None and result.condition.kind == "stack-overflow"


@pytest.mark.parametrize(
    ("program", "place"),
    [
        ("\n (with-exception-handler (lambda (e) 1) (lambda () (raise 'x)))", (2, 52)),
        ("\n (raise-continuable 'x)", (2, 2)),
        ("(guard (e ((string? e) e))\n (dynamic-wind list (lambda () (car 5)) list))", (2, 32)),
        ("(guard (e ((string? e) e))\n (map car 5))", (2, 2)),
        ("(with-exception-handler (lambda (e) (raise e))\n (lambda () (car 5)))", (2, 13)),
        ("\n\n  (exit 3)", (3, 3)),
        ("(for-each\n exit '(3))", (1, 1)),
        ("\n (yield 1)", (2, 2)),
        ("(parameterize\n ((5 1)) 1)", (1, 1)),
    ],
)
def test_positions(program: str, place: tuple[int, int]) -> None:
    condition = run_program(program).condition
    assert condition is not None and (condition.line, condition.column) == place


# ---- guard goes back ------------------------------------------------------------------------------------


def test_a_guard_without_a_clause_leaves_and_enters_its_winds() -> None:
    text = f"""{TRACED}
    (guard (e (#t (display "!") e))
      (traced "a" (lambda ()
        (guard (e ((begin (display "?") #f) 'no))
          (traced "b" (lambda () (raise 'x)))))))
    """
    assert outcome_of(text) == "<a<bb>?<bb>a>! => x"


def test_guards_in_guards_go_back_one_after_the_other() -> None:
    text = f"""{TRACED}
    (define (none e) (display "?") #f)
    (guard (e (#t e))
      (guard (e ((none e) 1))
        (traced "a" (lambda ()
          (guard (e ((none e) 2)) (traced "b" (lambda () (raise 'x))))))))
    """
    assert outcome_of(text) == "<a<bb>?<bb>a>?<a<bb>a> => x"


def test_the_body_goes_on_with_the_value_of_an_outer_handler() -> None:
    text = f"""{TRACED}
    (with-exception-handler (lambda (e) (display "h") (* e 2))
      (lambda ()
        (guard (e ((string? e) 'string))
          (traced "a" (lambda ()
            (let ((v (+ 1 (raise-continuable 20))))
              (list v (guard (f (#t (list 'caught f))) (raise 'later)))))))))
    """
    assert outcome_of(text) == "<aa><aha> => (41 (caught later))"


def test_the_guard_is_active_again_when_its_body_goes_on() -> None:
    text = """
    (with-exception-handler (lambda (e) 1)
      (lambda () (guard (e ((string? e) (list 'clause e))) (raise-continuable 'first) (raise "second"))))
    """
    assert outcome_of(text) == '=> (clause "second")'


def test_a_handler_cannot_return_to_an_error_through_a_guard() -> None:
    text = f"""{TRACED}
    (with-exception-handler (lambda (e) 1)
      (lambda () (guard (e ((string? e) e)) (traced "a" (lambda () (raise 'x))))))
    """
    assert outcome_of(text) == "<aa><a raises control-error: the handler of an error returned: x"


def test_clauses_run_outside_of_the_body() -> None:
    text = """
    (define p (make-parameter 'out))
    (guard (e (#t (list e (p)))) (parameterize ((p 'in)) (raise (p))))
    """
    assert outcome_of(text) == "=> (in out)"


def test_going_back_to_a_generator_lets_it_go_on() -> None:
    text = """
    (define g (make-generator (lambda () (yield (raise-continuable 'ask)) (yield 2))))
    (define first
      (with-exception-handler (lambda (e) 1)
        (lambda () (guard (e ((string? e) e)) (generator-next! g)))))
    (list first (generator-next! g) (generator-next! g))
    """
    assert outcome_of(text) == "=> (1 2 #<eof>)"
