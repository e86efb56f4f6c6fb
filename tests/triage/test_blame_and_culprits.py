"""Blame: the passes that a failure needs, and the procedures that it needs, whatever else is in the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from compiler.pipeline import OPTIONAL_PASSES
from omnitest.compare import Agree, Diverged
from omnitest.oracle import Oracle
from omnitest.prepare import Settings
from omnitest.triage.blame import blame_passes
from omnitest.triage.culprits import culprits
from omnitest.triage.literals import LITERAL, Fails, with_literals
from omnitest.triage.mechanisms import CYCLE, FRAMES
from omnitest.triage.probes import probe
from reference_interp.primitives import PRIMITIVES
from reference_interp.reader import read_program


@pytest.mark.parametrize("needed", [(), ("contify",), ("fold-constants", "dead-code")])
def test_what_the_failure_needs_is_to_blame(needed: tuple[str, ...]) -> None:
    found = blame_passes(lambda disabled: disabled.isdisjoint(needed), frozenset({"known-calls"}))
    assert set(found.passes) == set(needed)
    assert found.disabled == frozenset(OPTIONAL_PASSES) - set(needed)


def test_one_of_two_passes_is_enough() -> None:
    found = blame_passes(lambda disabled: not {"contify", "dead-code"} <= disabled, frozenset())
    assert len(found.passes) == 1


@pytest.fixture
def failing() -> Iterator[Callable[[str], Fails]]:
    """For the name of a planted fault, the test whether programs fail because of it."""
    oracles: list[Oracle] = []

    def test_for(plant: str) -> Fails:
        oracle = Oracle(("tcc",), Settings(plants=frozenset({plant}), disabled=frozenset(OPTIONAL_PASSES)))
        oracles.append(oracle)
        return lambda programs: [isinstance(j.verdict, Diverged) for j in oracle.judge(programs)]

    yield test_for
    for oracle in oracles:
        oracle.close()


LEAVE_TWO_WINDS = (
    "(call/cc (lambda (k) (dynamic-wind list (lambda () (dynamic-wind list (lambda () (k 1)) newline)) newline)))"
)


@pytest.mark.parametrize(
    ("plant", "programs", "expected"),
    [
        ("leak", ['(reverse (list ""))', "(map list (list 1 2))", "(reverse (cons 1.5 '()))"], "reverse"),
        ("modulo-negative", ["(modulo 7 -2)", "(print (modulo (length (list 1)) -3))"], "floor-remainder/modulo"),
        ("round-half-up", ["(round 2.5)", "(define (f x) (round (/ x 2))) (list 1 2 (f 5))"], "round"),
        ("wrong-error-kind", ["(vector-ref (vector) 0)", "(guard (e (#t e)) (vector-ref (vector 1) 5))"], "vector-ref"),
        ("lost-wind", [LEAVE_TWO_WINDS, f"(list {LEAVE_TWO_WINDS})"], "dynamic-wind"),
        ("float-literal-sign", ["-1.5", "(list -2.5)"], "float literal"),
        ("large-float-text", ["1e100", "(list 1e21)"], "float"),
        ("member-last", ["(member 0 (list 0))", "(memv 0 (list 0))", "(case 1 ((0 1) 2))"], "member/memq/memv"),
        (
            "resumable-slots",
            ['(hash-ref (make-hash-table) "" (call/cc list))', "(vector (list 1) (list 2) (call/cc list))"],
            FRAMES,
        ),
    ],
)  # fmt: skip
def test_the_culprit_is_the_same_in_all_programs(
    plant: str, programs: list[str], expected: str, failing: Callable[[str], Fails]
) -> None:
    test = failing(plant)
    assert test(programs) == [True] * len(programs)
    assert [culprits(program, test) for program in programs] == [(expected,)] * len(programs)


@pytest.mark.parametrize("program", ["(+)", "(max 0)", "(* 1 2)"])
def test_no_procedure_is_guilty_of_what_happens_to_all(program: str) -> None:
    others = frozenset(OPTIONAL_PASSES) - {"fold-constants"}
    with Oracle(("tcc",), Settings(plants=frozenset({"wrong-fold"}), disabled=others)) as oracle:
        found = culprits(program, lambda texts: [isinstance(j.verdict, Diverged) for j in oracle.judge(texts)])
    assert [name for name in found if not name.endswith(LITERAL)] == []


@pytest.mark.parametrize(
    ("plant", "program", "expected"),
    [
        ("cycle-skip", "(let ((p (list 1))) (set-cdr! p p))", CYCLE),
        ("cycle-skip", "(define-record-type r (m x) r? (x r-x r-x!)) (define a (m 0)) (r-x! a a)", CYCLE),
        (
            "record-set-leak",
            '(define-record-type r (m x) r? (x r-x r-x!)) (define a (m "")) (r-x! a a)',
            "%record-set!",
        ),
    ],
)
def test_a_leak_is_a_cycle_s_if_nothing_else_that_is_stored_leaks(
    plant: str, program: str, expected: str, failing: Callable[[str], Fails]
) -> None:
    assert culprits(program, failing(plant), leak=True) == (expected,)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("(display (- 0.0))", "(display -0.0)"),
        ("(list (string #\\a) x)", '(list "a" x)'),
        ("(f (cons 1 (list 2)))", "(f '(1 2))"),
        ("(car 5)", "(car 5)"),
        ("(vector-length (display 1))", "(vector-length (display 1))"),
        ("(list car)", "(list car)"),
    ],
)
def test_calls_are_replaced_by_the_literals_that_they_come_to(program: str, expected: str) -> None:
    assert with_literals(tuple(read_program(program))).strip() == expected


def test_probes_are_quiet_without_a_bug() -> None:
    programs = {name: program for name in PRIMITIVES if (program := probe(name)) is not None}
    with Oracle(("tcc",), Settings()) as oracle:
        verdicts = {n: j.verdict for n, j in zip(programs, oracle.judge(list(programs.values())), strict=True)}
    assert len(programs) > 200
    assert {name: verdict for name, verdict in verdicts.items() if verdict != Agree()} == {}
