"""Continuations and winds, the end of a program, and the space that all of that needs."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from reference_interp import SyntaxProblem, parse, run
from tests.reference_interp.outcomes import TRACED, outcome_of, run_program

# ---- whole continuations --------------------------------------------------------------------------------


def test_the_yin_yang_puzzle() -> None:
    """Each round writes one more star, since every ``yin`` remembers the ``yang`` of its round."""
    text = """
    (define budget 20)
    (define (show what stop)
      (if (= budget 0) (stop 'done))
      (set! budget (- budget 1))
      (display what))
    (call/cc
      (lambda (stop)
        (let* ((yin ((lambda (k) (show "@" stop) k) (call/cc (lambda (k) k))))
               (yang ((lambda (k) (show "*" stop) k) (call/cc (lambda (k) k)))))
          (yin yang))))
    """
    assert outcome_of(text) == "@*@**@***@****@***** => done"


def test_a_tree_walk_is_left_and_entered_again() -> None:
    """Two coroutines made of nothing but whole continuations compare the fringes of trees."""
    text = """
    (define (fringe tree)
      (define return #f)
      (define (walk tree)
        (cond ((pair? tree) (walk (car tree)) (walk (cdr tree)))
              ((not (null? tree))
               (call/cc (lambda (rest)
                          (set! resume (lambda () (rest 'go)))
                          (return tree))))))
      (define resume (lambda () (walk tree) (return 'end)))
      (lambda () (call/cc (lambda (k) (set! return k) (resume)))))
    (define (same? a b)
      (let ((next-a (fringe a)) (next-b (fringe b)))
        (let loop ()
          (let ((x (next-a)) (y (next-b)))
            (cond ((not (eqv? x y)) #f) ((eqv? x 'end) #t) (else (loop)))))))
    (list (same? '((1 2) (3)) '(1 ((2 3)))) (same? '(1 2 3) '(1 (3 2))) (same? '(1 2) '((1) 2 3)))
    """
    assert outcome_of(text) == "=> (#t #f #f)"


def test_operands_already_evaluated_keep_their_values() -> None:
    text = """
    (define k #f)
    (define n 0)
    (define result (list 1 (call/cc (lambda (c) (set! k c) 2)) (begin (set! n (+ n 1)) n)))
    (display result)
    (if (< n 3) (k (* n 10)))
    """
    assert outcome_of(text) == "(1 2 1)(1 10 2)(1 20 3) => nothing"


def test_a_continuation_takes_any_number_of_values() -> None:
    text = "(list (call/cc (lambda (k) (k))) (call/cc (lambda (k) (k 1 2))))"
    assert outcome_of(text) == "=> (#<values> #<values 1 2>)"


def test_continuations_can_be_mapped_and_applied() -> None:
    assert outcome_of("(call/cc (lambda (k) (for-each k '(1 2 3))))") == "=> 1"
    assert outcome_of("(apply call/cc (list (lambda (k) (apply k '(5)))))") == "=> 5"


# ---- winds ----------------------------------------------------------------------------------------------


def test_entering_again_runs_the_winds_each_time() -> None:
    text = f"""{TRACED}
    (define k #f)
    (define rounds 0)
    (traced "a" (lambda () (traced "b" (lambda () (call/cc (lambda (c) (set! k c))) (display rounds)))))
    (set! rounds (+ rounds 1))
    (if (< rounds 3) (k 'again))
    """
    assert outcome_of(text) == "<a<b0b>a><a<b1b>a><a<b2b>a> => nothing"


def test_common_winds_are_not_touched() -> None:
    text = f"""{TRACED}
    (define k #f)
    (define first #t)
    (traced "a" (lambda ()
      (traced "b" (lambda () (call/cc (lambda (c) (set! k c)))))
      (traced "c" (lambda () (if first (begin (set! first #f) (k 'over)))))))
    """
    assert outcome_of(text) == "<a<bb><cc><bb><cc>a> => nothing"


def test_the_same_wind_entered_twice_is_two_winds() -> None:
    """Marks are compared by the call that made them, not by their procedures."""
    text = f"""{TRACED}
    (define (enter thunk) (traced "w" thunk))
    (define k (enter (lambda () (call/cc (lambda (c) c)))))
    (if k (enter (lambda () (k #f))))
    """
    assert outcome_of(text) == "<ww><ww><ww> => nothing"


def test_winds_of_a_jump_run_in_the_context_of_their_dynamic_wind() -> None:
    text = """
    (define p (make-parameter 'outer))
    (define (show) (display (p)) (display " "))
    (call/cc (lambda (k)
      (parameterize ((p 'wind))
        (dynamic-wind show (lambda () (parameterize ((p 'inner)) (k 'left))) show))))
    """
    assert outcome_of(text) == "wind wind  => left"


def test_an_error_in_an_after_is_for_the_handlers_around_its_wind() -> None:
    text = """
    (guard (outer (#t (list 'outer outer)))
      (call/cc (lambda (k)
        (dynamic-wind (lambda () 1)
                      (lambda () (guard (inner (#t (list 'inner inner))) (k 'left)))
                      (lambda () (raise 'after))))))
    """
    assert outcome_of(text) == "=> (outer after)"


def test_an_after_can_jump_elsewhere() -> None:
    text = """
    (call/cc (lambda (other)
      (call/cc (lambda (k) (dynamic-wind (lambda () 1) (lambda () (k 'k)) (lambda () (other 'other)))))
      'not-here))
    """
    assert outcome_of(text) == "=> other"


def test_a_jump_that_is_entered_again_goes_on() -> None:
    """A continuation captured in the ``after`` of a jump includes the rest of that jump."""
    text = """
    (define inside #f)
    (define count 0)
    (define (note) (call/cc (lambda (c) (set! inside c))) (set! count (+ count 1)) (display count))
    (display (call/cc (lambda (k) (dynamic-wind (lambda () 1) (lambda () (k "left ")) note))))
    (if (< count 3) (inside 'again))
    """
    assert outcome_of(text) == "1left 2left 3left  => nothing"


def test_nobody_handles_so_no_after_runs() -> None:
    assert outcome_of(f"{TRACED} (traced 'a (lambda () (raise 'x)))") == "<a raises raised: uncaught object: x"


def test_several_values_pass_through_a_wind() -> None:
    text = "(receive (a b) (dynamic-wind list (lambda () (values 1 2)) list) (+ a b))"
    assert outcome_of(text) == "=> 3"


# ---- delimited continuations ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("(prompt 'p 1 2)", "=> 2"),
        ("(+ 1 (prompt 'p (+ 10 (control 'p k 5))))", "=> 6"),
        ("(+ 1 (prompt 'p (+ 10 (control 'p k (* 2 (k 5))))))", "=> 31"),
        ("(prompt 'p (let ((x (control 'p k (list (k 1) (k 2) (k 3))))) (* x x)))", "=> (1 4 9)"),
        # The prompt is not part of what is captured, but it stays where it is.
        ("(prompt 'p (+ 1 (prompt 'p (+ 10 (control 'p k (control 'p j 100))))))", "=> 101"),
        # Tags tell prompts apart; eqv? compares them.
        ("(prompt 'out (+ 1 (prompt 'in (+ 10 (control 'out k (k (k 100)))))))", "=> 122"),
        ("(prompt 2.5 (+ 1 (control 2.5 k (k 1))))", "=> 2"),
        ('(prompt (string #\\a) (control (string #\\a) k 1))',
         'raises control-error: control: no prompt has this tag: "a"'),
        ("(prompt 'p 1) (control 'p k 1)", "raises control-error: control: no prompt has this tag: p"),
    ],
)  # fmt: skip
def test_prompt_and_control(program: str, outcome: str) -> None:
    assert outcome_of(program) == outcome


def test_control_is_not_shift() -> None:
    """Capturing again in the captured part reaches the outer prompt: a list comes out reversed."""
    text = """
    (define (visit items)
      (if (null? items) '() (visit (control 'p k (cons (car items) (k (cdr items)))))))
    (prompt 'p (visit '(1 2 3)))
    """
    assert outcome_of(text) == "=> (3 2 1)"


def test_multi_shot_search() -> None:
    text = """
    (define (choose items) (control 'search k (for-each (lambda (item) (prompt 'search (k item))) items)))
    (define found '())
    (prompt 'search
      (let* ((a (choose '(1 2 3 4 5 6 7 8 9 10 11 12))) (b (choose (range a 13))) (c (choose (range b 14))))
        (when (= (* c c) (+ (* a a) (* b b))) (set! found (cons (list a b c) found)))))
    (reverse found)
    """
    assert outcome_of(text) == "=> ((3 4 5) (5 12 13) (6 8 10))"


def test_state_threaded_through_prompts() -> None:
    text = """
    (define (get) (control 'state k (lambda (s) ((prompt 'state (k s)) s))))
    (define (put! new) (control 'state k (lambda (s) ((prompt 'state (k s)) new))))
    (define (run-state thunk start) ((prompt 'state (let ((v (thunk))) (lambda (s) (list v s)))) start))
    (run-state (lambda () (put! (* 2 (get))) (put! (+ 1 (get))) 'value) 20)
    """
    assert outcome_of(text) == "=> (value 41)"


def test_control_leaves_winds_and_calling_enters_copies() -> None:
    text = f"""{TRACED}
    (prompt 'p
      (traced "a" (lambda ()
        (traced "b" (lambda () (display (control 'p k (display "|") (k 1) (display "|") (k 2) 'end)))))))
    """
    assert outcome_of(text) == "<a<bb>a>|<a<b1b>a>|<a<b2b>a> => end"


def test_a_captured_part_takes_its_handlers_and_parameters_along() -> None:
    text = """
    (define p (make-parameter 'none))
    (define k (prompt 'p (parameterize ((p 'captured))
                           (guard (e (#t (list 'caught e (p)))) (list (p) (raise (control 'p k k)))))))
    (parameterize ((p 'caller)) (list (k 'x) (p)))
    """
    assert outcome_of(text) == "=> ((caught x captured) caller)"


def test_a_whole_continuation_captured_in_a_called_part() -> None:
    text = f"""{TRACED}
    (define part (prompt 'p (traced "a" (lambda () (+ 1 (control 'p k k))))))
    (define whole #f)
    (define n (* 10 (part (call/cc (lambda (c) (set! whole c) 1)))))
    (display n)
    (if (< n 100) (whole 20))
    """
    assert outcome_of(text) == "<aa><aa>20<aa>210 => nothing"


def test_composing_for_ever_is_a_stack_overflow() -> None:
    """Nothing but captured frames calls anything here."""
    text = """
    (define k #f)
    (prompt 'p (+ 1 (let ((x (control 'p c (set! k c)))) (k x))))
    (guard (e (#t (condition-kind e))) (k 0))
    """
    result = run_program(text, depth=10_000)
    assert (result.value, result.caught) == ("stack-overflow", "stack-overflow")


# ---- the end of the program -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        (f"{TRACED} (traced 1 (lambda () (traced 2 (lambda () (exit 3)))))", "<1<22>1> raises exit: exit: 3"),
        (f"{TRACED} (traced 1 (lambda () (emergency-exit 3)))", "<1 raises exit: exit: 3"),
        ("(guard (e (#t 'caught)) (exit))", "raises exit: exit: 0"),
        ("(with-exception-handler (lambda (e) 'caught) (lambda () (exit nothing)))", "raises exit: exit: 0"),
        ("(exit 256)", "raises exit: exit: 0"),
        ("(exit 1.0)", "raises exit: exit: 1"),
        ("(exit 1 2)", "raises arity-error: exit: expected 0 to 1 arguments, got 2"),
        # An `after` can keep the program from ending.
        ("(call/cc (lambda (k) (dynamic-wind list (lambda () (exit 1)) (lambda () (k 'alive)))))", "=> alive"),
        (f"{TRACED} (define g (make-generator (lambda () (traced 1 (lambda () (exit)))))) (generator-next! g)",
         "<11> raises exit: exit: 0"),
    ],
)  # fmt: skip
def test_exit(program: str, outcome: str) -> None:
    assert outcome_of(program) == outcome


# ---- space ----------------------------------------------------------------------------------------------

LOOPS = [
    "(define (f n) (if (= n 0) 'done (call/cc (lambda (k) (f (- n 1)))))) (f %d)",
    "(define (f n) (if (= n 0) 'done (f (call/cc (lambda (k) (k (- n 1))))))) (f %d)",
    "(define (f n) (if (= n 0) 'done (prompt 'p (control 'p k (f (- n 1)))))) (f %d)",
    "(define (f n) (if (= n 0) 'done (control 'p k (f (- n 1))))) (prompt 'p (f %d))",
    "(define (f n) (if (= n 0) 'done (begin (prompt 'p (+ 1 (control 'p k (k 1)))) (f (- n 1))))) (f %d)",
    "(define (f n) (if (= n 0) 'done (begin (dynamic-wind list (lambda () n) list) (f (- n 1))))) (f %d)",
    """(define p (make-parameter 1))
       (define (f n) (if (= n 0) 'done (begin (parameterize ((p n)) (p)) (f (- n 1))))) (f %d)""",
    """(define (down n) (with-exception-handler (lambda (e) (- e 1)) (lambda () (raise-continuable n))))
       (define (f n) (if (= n 0) 'done (f (down n)))) (f %d)""",
    "(define (f n) (if (= n 0) 'done (call-with-values (lambda () (values n 1)) (lambda (a b) (f (- a b)))))) (f %d)",
    "(define (f n) (if (= n 0) 'done (receive (a b) (values n 1) (f (- a b))))) (f %d)",
    "(define (f n) (if (= n 0) 'done (apply apply (list f (list (- n 1)))))) (f %d)",
    """(define g (make-generator (lambda () (let loop ((i 0)) (yield i) (loop (+ i 1))))))
       (define (f n) (if (= n 0) 'done (begin (generator-next! g) (f (- n 1))))) (f %d)""",
    "(define k #f) (define n %d) (call/cc (lambda (c) (set! k c))) (set! n (- n 1)) (if (= n 0) 'done (k 1))",
    """(define (f n) (if (= n 0) 'done (guard (e ((symbol? e) (f (- n 1))))
         (guard (e ((string? e) e)) (dynamic-wind list (lambda () (raise 'x)) list))))) (f %d)""",
]  # fmt: skip


@pytest.mark.parametrize("loop", LOOPS)
def test_loops_run_in_constant_space(loop: str) -> None:
    assert outcome_of(loop % 5_000, depth=25) == "=> done"


@pytest.mark.parametrize("loop", LOOPS[:3])
def test_very_long_loops(loop: str) -> None:
    assert outcome_of(loop % 100_000, depth=25) == "=> done"


@pytest.mark.parametrize("loop", LOOPS)
def test_loops_leave_no_garbage_behind(loop: str) -> None:
    """What a round captured is free after it: memory does not grow with the number of rounds."""
    program = parse(loop % 1_000_000)
    gc.collect()
    tracemalloc.start()
    try:
        run(program, steps=5_000)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        assert run(program, steps=30_000).exhausted == "steps"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak - before < 3_000_000


def test_deep_continuations_do_not_use_pythons_stack() -> None:
    depth = 30_000
    texts = [
        f"(define (f n) (if (= n 0) 0 (+ 1 (prompt n (f (- n 1)))))) (f {depth})",
        f"(define (f n) (if (= n 0) (raise 'x) (guard (e (#f 1)) (+ 1 (f (- n 1)))))) "
        f"(guard (e (#t {depth})) (f {depth}))",
        f"(define (f n) (if (= n 0) (control 'p k k) (+ 1 (f (- n 1))))) ((prompt 'p (f {depth})) 0)",
        f"(define (f n k) (if (= n 0) (k {depth}) (dynamic-wind list (lambda () (+ 1 (f (- n 1) k))) list))) "
        f"(call/cc (lambda (k) (f {depth} k)))",
    ]  # fmt: skip
    assert [outcome_of(text) for text in texts] == [f"=> {depth}"] * len(texts)


# ---- what is malformed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("(control 'p k)", "control: a tag, a name and a body are needed"),
        ("(control 'p 5 1)", "a variable name is expected here"),
        ("(parameterize ((p 1 2)) 1)", "parameterize: a binding has two parts"),
        ("(parameterize ((p 1)))", "parameterize: bindings and a body are needed"),
        ("(parameterize p 1)", "parameterize: bindings are a list"),
        ("(receive (a))", "receive: parameters, an expression and a body are needed"),
        ("(receive (a a) 1 1)", "the name a is bound twice"),
        ("(let-values (((a) 1) ((a) 2)) a)", "the name a is bound twice"),
        ("(let-values ((5 1)) a)", "a variable name is expected here"),
        ("(let*-values (((a) 1)))", "let*-values: bindings and a body are needed"),
        ("(define-values (a b))", "define-values: names and an expression are needed"),
        ("(define-values (%a) 1)", "%a: names that begin with % are reserved"),
        ("(let () (define-values (a b) 1) (define b 2) b)", "b is defined twice in this body"),
        ("(if #t (define-values (a) 1))", "define-values: a definition cannot stand here"),
        ("(let ((%parameterize 1)) (set! %parameterize2 1))", "%parameterize2: names that begin with % are reserved"),
    ],
)
def test_malformed(program: str, message: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(program)
    assert caught.value.message == message


def test_programs_can_use_the_names_of_the_forms() -> None:
    assert outcome_of("(define (prompt x) (list 'mine x)) (prompt 1)") == "=> (mine 1)"
    assert outcome_of("(let ((control +)) (control 1 2 3))") == "=> 6"
    assert (
        outcome_of("(define (list . items) 'mine) (define p (make-parameter 1)) (parameterize ((p 2)) (p))") == "=> 2"
    )
