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
from omnitest.triage.literals import Fails
from omnitest.triage.probes import probe
from reference_interp.primitives import PRIMITIVES


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
        ("wrong-error-kind", ["(vector-ref (vector) 0)", "(guard (e (#t e)) (vector-ref (vector 1) 5))"], "vector-ref"),
        ("lost-wind", [LEAVE_TWO_WINDS, f"(list {LEAVE_TWO_WINDS})"], "dynamic-wind"),
        ("float-literal-sign", ["-1.5", "(list -2.5)"], "float literal"),
    ],
)  # fmt: skip
def test_the_culprit_is_the_same_in_all_programs(
    plant: str, programs: list[str], expected: str, failing: Callable[[str], Fails]
) -> None:
    test = failing(plant)
    assert test(programs) == [True] * len(programs)
    assert [culprits(program, test) for program in programs] == [(expected,)] * len(programs)


def test_probes_are_quiet_without_a_bug() -> None:
    programs = {name: program for name in PRIMITIVES if (program := probe(name)) is not None}
    with Oracle(("tcc",), Settings()) as oracle:
        verdicts = {n: j.verdict for n, j in zip(programs, oracle.judge(list(programs.values())), strict=True)}
    assert len(programs) > 200
    assert {name: verdict for name, verdict in verdicts.items() if verdict != Agree()} == {}
