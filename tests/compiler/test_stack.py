"""Depth: a million frames, millions of tail calls, deep data, and an error instead of a crash beyond."""

from __future__ import annotations

import pytest

from compiler.context import CompileOptions
from compiler.driver import compile_program
from omnitest.engines.factory import make_engine
from omnitest.engines.protocol import Case, EngineOptions, Limits
from omnitest.outcome import Finished, Limit, LimitReached
from reference_interp import parse

PROGRAMS = {
    "known recursion": ("(define (count n) (if (= n 0) 0 (+ 1 (count (- n 1))))) (count 1000000)", "1000000"),
    "unknown recursion": (
        "(define (count f n) (if (= n 0) 0 (+ 1 (f f (- n 1))))) (count count 1000000)",
        "1000000",
    ),
    "mutual tail calls": (
        "(define (ev? n) (if (= n 0) #t (od? (- n 1)))) (define (od? n) (if (= n 0) #f (ev? (- n 1)))) (ev? 10000000)",
        "#t",
    ),
    "unknown tail calls": ("(define (go f n) (if (= n 0) 'done (f f (- n 1)))) (go go 10000000)", "done"),
    "tail calls through apply": (
        "(define (go n) (if (= n 0) 'done (apply go (list (- n 1))))) (go 1000000)",
        "done",
    ),
    "deep recursion in a program that captures": (
        "(define k #f) (define rounds 0) (define (count n)"
        " (if (= n 0) (call/cc (lambda (c) (set! k c) 0)) (+ 1 (count (- n 1)))))"
        " (define last (count 1000000)) (set! rounds (+ rounds 1)) (if (= rounds 1) (k 5)) last",
        "1000005",
    ),
    "deep recursion inside of a prompt": (
        "(define (count n) (if (= n 0) (control 'p k (+ (k 1) (k 2))) (+ 1 (count (- n 1)))))"
        " (prompt 'p (count 300000))",
        "600003",
    ),
    "deep data": (
        "(define (nest n acc) (if (= n 0) acc (nest (- n 1) (list acc)))) (equal? (nest 300000 '()) (nest 300000 '()))",
        "#t",
    ),
}

ENDLESS = "(define (f n) (+ 1 (f n))) (f 1)"

LIMITS = Limits(cpu_seconds=60.0, wall_seconds=120.0, heap_bytes=2 << 30, stack_bytes=1 << 30)


def case(source: str, prefix: str) -> Case:
    core = parse(source, "deep.omni")
    return Case(source, core, compile_program(core, CompileOptions(prefix)))


@pytest.mark.parametrize("name", ["tcc", "gcc-O0", "gcc-O2", "clang", "asan", "tsan"])
def test_depth(name: str) -> None:
    # ThreadSanitizer keeps a call stack of its own that holds some ten thousand frames.
    programs = {k: v for k, v in PROGRAMS.items() if name != "tsan" or "recursion" not in k}
    if name in ("asan", "tsan"):  # ten times as slow as the others
        programs = {k: (source.replace("10000000", "1000000"), value) for k, (source, value) in programs.items()}
    engine = make_engine(name, EngineOptions(LIMITS))
    try:
        observations = engine.run([case(source, f"p{i}") for i, (source, _) in enumerate(programs.values())])
    finally:
        engine.close()
    for (label, (_, value)), observation in zip(programs.items(), observations, strict=True):
        assert (observation.end, observation.faults) == (Finished(value), ()), label


@pytest.mark.parametrize("name", ["tcc", "gcc-O0", "clang", "asan"])
def test_endless_recursion_is_a_condition(name: str) -> None:
    caught = f"(guard (e (#t (condition-kind e))) {ENDLESS.replace('(define (f n) (+ 1 (f n))) ', '')})"
    engine = make_engine(name, EngineOptions(Limits(stack_bytes=64 << 20, cpu_seconds=60.0)))
    try:
        uncaught, guarded = engine.run([case(ENDLESS, "p0"), case(f"(define (f n) (+ 1 (f n))) {caught}", "p1")])
    finally:
        engine.close()
    assert uncaught.end == LimitReached(Limit.STACK)
    assert guarded.end == Finished("stack-overflow")
    assert guarded.caught_limit is Limit.STACK
    assert uncaught.faults == ()
    assert guarded.faults == ()
