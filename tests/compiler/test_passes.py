"""Any subset of the optional passes gives the same outcome, and every pass keeps its IR well formed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise
from pathlib import Path
from random import Random

import pytest

from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.pipeline import OPTIONAL_PASSES, PIPELINE
from omnitest.compare import Agree
from omnitest.generate import GeneratorConfig, generate
from omnitest.oracle import Oracle
from omnitest.prepare import Settings
from reference_interp import parse

REGRESSIONS = Path(__file__).parents[2] / "corpora" / "regressions"

SUBSETS = [
    frozenset[str](),
    frozenset(OPTIONAL_PASSES),
    *(frozenset({name}) for name in OPTIONAL_PASSES),
    *(frozenset(OPTIONAL_PASSES) - {name} for name in OPTIONAL_PASSES),
]

SNIPPETS = [
    # letrec*: initialisers that call lambdas bound before and after them
    "(define (f) (define (a) 1) (define x (a)) (define (b) (+ x 1)) (b)) (f)",
    "(define (f) (define x (g)) (define (g) 1) x) (guard (e (#t (error-object-message e))) (f))",
    "(define (f n) (define (ev? n) (if (= n 0) #t (od? (- n 1)))) (define k (* n 2)) "
    "(define (od? n) (if (= n 0) #f (ev? (- n 1)))) (ev? k)) (f 5)",
    "(letrec ((a (lambda () b)) (b 2)) (a))",
    "(guard (e (#t (condition-kind e))) (letrec ((a b) (b 1)) a))",
    # contified loops: nested, in value position, with assigned parameters, captured parameters
    "(+ 1 (let outer ((i 0) (n 0)) (if (= i 3) n "
    "(let inner ((j 0)) (if (= j 2) (outer (+ i 1) (+ n j)) (inner (+ j 1)))))))",
    "(let loop ((i 0) (fs '())) (if (< i 3) (loop (+ i 1) (cons (lambda () i) fs)) (map (lambda (f) (f)) fs)))",
    "(let loop ((i 0)) (set! i (+ i 1)) (if (< i 5) (loop i) i))",
    "(let swap ((a 1) (b 2) (n 3)) (if (= n 0) (list a b) (swap b a (- n 1))))",
    # procedures with many parameters, and calls with many arguments
    "(define (f a b c d e g h i j) (list j i h g e d c b a)) (f 1 2 3 4 5 6 7 8 9)",
    "(define (f a b c d e . r) (list a e r)) (list (f 1 2 3 4 5) (f 1 2 3 4 5 6 7 8 9 10) (apply f 1 2 '(3 4 5)))",
    "(guard (e (#t (error-object-message e))) ((lambda (a b c d e f g h i) a) 1 2))",
    # known globals, before their definition and after, redefined builtins
    "(define (f) (g)) (define r (guard (e (#t (error-object-message e))) (f))) (define (g) 7) (list r (f))",
    "(define old car) (define (car x) (list 'my (old x))) (car '(1 2))",
    "(define (f) 1) (define g f) (set! f (lambda () 2)) (list (f) (g))",
    # errors: through frames, inside handlers, re-raised, in tail position of a guard
    "(define (f x) (guard (e ((symbol? e) (list 'inner e))) (if (symbol? x) (raise x) (raise (list x))))) "
    "(guard (e (#t (list 'outer e))) (list (f 'a) (f 1)))",
    "(define (loop n) (guard (e (#t (if (= n 0) 'end (loop (- n 1))))) (raise n))) (loop 2000)",
    "(guard (e ((assq 'a e) => cdr) ((assq 'b e))) (raise (list (cons 'a 42))))",
    "(guard (a (#t (guard (b (#t (list a b))) (raise 'second)))) (raise 'first))",
    # records: on program level, in loops, with errors
    "(define-record-type <p> (p x y) p? (x px set-x!) (y py)) (define a (p 1 (list 2))) (set-x! a a) "
    '(list (eq? (px a) a) (py a) (p? 5) (guard (e (#t e)) (px 5)) (guard (e (#t e)) (p 1)) <p> (p 3 "s") '
    "(begin (set-x! a 0) a))",
    "(define (f n) (define-record-type <c> (c v next) c? (v cv) (next cn)) (let loop ((i 0) (r (c 0 #f))) (if (= i n) "
    "(match r ((c a (c b _)) (list a b (c? r) (cv (cn r))))) (loop (+ i 1) (c i r))))) (f 5)",
    # match: continuations that become blocks, or-patterns with names, guards, names that are assigned or captured
    "(define-record-type <p> (p x y) p? (x px) (y py)) (define (f v) (match v ((or 0 1) 'low) "
    "((or (list (or (cons _ a) a) b) (cons b (p a _)) #(a b _)) :when (number? a) (list a b)) ((list 'x . r) (f r)) "
    '((cons a (d @ (list b c))) (set! a (list a)) (lambda () (list a d b c))) ((p (p x _) y) (+ x y)) ("s" \'s) '
    "('(q #(1 (2))) 'q))) (map (lambda (v) (guard (e (#t e)) (let ((r (f v))) (if (procedure? r) (r) r)))) "
    "(list 1 '(2 3) (cons 4 (p 5 6)) #(7 8 9) '(x x . 1) '(1 2 3) (p (p 1 0) 2) \"s\" '(q #(1 (2))) #(z 1 1) 2.5))",
    "(define (count v n) (match v ((cons _ r) (count r (+ n 1))) ((list) n))) (count (iota 5000) 0)",
    # case-lambda and promises
    "(define f (case-lambda ((a) (f a 1)) ((a b) (list a b)) ((a b . c) (f a (cons b c))))) "
    "(list f (f 0) (f 1 2) (f 1 2 3 4) (apply f (iota 9)) (guard (e (#t e)) (f)) (guard (e (#t e)) ((case-lambda) 1)))",
    "(define (loop n) (delay-force (if (= n 0) (delay (list n)) (loop (- n 1))))) (define p (loop 2000)) "
    "(list (force p) (eq? (force p) (force p)) p (guard (e (#t e)) (force (delay-force 1))) "
    "(guard (e (#t e)) (force (delay (car 1)))) (force 3))",
    # calls that suspend: with immediates, boxes, loop variables and handlers alive, continued several times
    "(define k #f) (define n 0) (define (f a) (let* ((small? (< a 3)) (c #\\x) (r (call/cc (lambda (x) (set! k "
    "x) a)))) "
    "(list small? c r a))) (define r (f 1)) (set! n (+ n 1)) (if (< n 4) (k (* 10 n)) (list r n))",
    "(define k #f) (define n 0) (define (f) (let loop ((i 0) (acc '())) (if (= i 4) (reverse acc) "
    "(loop (+ i 1) (cons (+ i (if (= i 2) (call/cc (lambda (c) (set! k c) 0)) 0)) acc))))) "
    "(define r (f)) (set! n (+ n 1)) (if (< n 4) (k (* 100 n)) r)",
    "(define (f g) (let ((x 0)) (set! x (+ x (g 1))) (let ((h (lambda () (set! x (+ x 1)) x))) (list (g x) (h) "
    "(g x) (h))))) "
    "(prompt 'p (f (lambda (v) (control 'p c (append (prompt 'p (c v)) (prompt 'p (c (+ v 1))))))))",
    "(define (f a b c d e g h i j) (list (yield (+ a j)) b c d e g h i (yield (list a j)))) "
    "(define g (make-generator (lambda () (f 1 2 3 4 5 6 7 8 9)))) (list (generator-next! g) (generator->list "
    "g) (generator-next! g))",
    "(define out '()) (define (risky n) (guard (e ((and (number? e) (odd? e)) (list 'odd e))) "
    "(dynamic-wind (lambda () (set! out (cons n out))) (lambda () (raise-continuable n)) (lambda () (set! out "
    "(cons (- n) out)))))) "
    "(define r (with-exception-handler (lambda (e) (* e 100)) (lambda () (map risky '(1 2 3 4))))) (list r "
    "(reverse out))",
    "(define (f x) (guard (a ((string? a) (list 'outer a))) (guard (b ((symbol? b) (list 'inner b))) "
    '(guard (c ((number? c) (raise (if (> c 0) \'pos "neg")))) (call/cc (lambda (k) (if (pair? x) '
    "(k x) (raise x)))))))) "
    '(map f \'((1) 5 -5 sym "str"))',
    "(define p (make-parameter 1 (lambda (x) (* x 2)))) (define k #f) (define n 0) "
    "(define r (let loop ((i 0) (acc '())) (if (= i 3) acc (loop (+ i 1) (cons (parameterize ((p i)) "
    "(if (= i 1) (call/cc (lambda (c) (set! k c))) 0) (p)) acc))))) (set! n (+ n 1)) (if (< n 3) (k 0) (list r (p)))",
    "(define (amb . c) (control 'amb k (append-map (lambda (x) (prompt 'amb (k x))) c))) (prompt 'amb (let* ((a "
    '(amb 1 2 3)) (b (amb \'x "y"))) '
    "(if (and (= a 2) (string? b)) (amb) (list (list a b)))))",
    # evaluation order is visible
    "(define (note x) (display x) x) ((begin (note 1) list) (note 2) (note 3) (+ (note 4) (note 5)))",
]


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle(("tcc",), Settings()) as made:
        yield made


@pytest.mark.parametrize("disabled", SUBSETS, ids=lambda s: "without " + "+".join(sorted(s)) if s else "all")
def test_any_subset_of_passes_agrees(oracle: Oracle, disabled: frozenset[str]) -> None:
    regressions = [path.read_text() for path in sorted(REGRESSIONS.glob("*.omni"))]
    for judgement in oracle.judge([*SNIPPETS, *regressions], disabled=disabled):
        assert isinstance(judgement.verdict, Agree), f"{judgement.verdict}\n{judgement.source}"


@pytest.mark.parametrize("seed", range(8))
def test_every_pass_keeps_its_ir_well_formed(seed: int) -> None:
    random = Random(seed)
    for _ in range(6):
        program = parse(generate(random, GeneratorConfig()), "generated.omni")
        disabled = frozenset(name for name in OPTIONAL_PASSES if random.randrange(2))
        compile_program(program, CompileOptions(disabled=disabled, check_ir=True))


def test_every_optional_pass_fires_on_generated_programs() -> None:
    fired: dict[str, int] = {}
    random = Random(1)
    for _ in range(25):
        program = parse(generate(random, GeneratorConfig()), "generated.omni")
        for event, count in compile_program(program, CompileOptions(verify=False)).counters.items():
            fired[event] = fired.get(event, 0) + count
    silent = [name for name in OPTIONAL_PASSES if not any(fired[e] for e in fired if e.split(".")[0] == name)]
    assert not silent


def test_the_pipeline_chains_its_irs() -> None:
    assert PIPELINE[0].source == "core"
    assert PIPELINE[-1].target == "c"
    assert all(before.target == after.source for before, after in pairwise(PIPELINE))
    assert all(step.reason for step in PIPELINE)


def test_deeply_nested_and_long_programs_compile() -> None:
    nested = "(+ 1 " * 400 + "0" + ")" * 400
    long_cond = "(define (f x) (cond " + " ".join(f"((= x {i}) {i})" for i in range(1500)) + "))"
    quoted = "(length `(" + " ".join(f",{i}" for i in range(3000)) + "))"
    for source in chain([nested, long_cond, quoted]):
        compile_program(parse(source, "big.omni"), CompileOptions(check_ir=True, verify=False))
