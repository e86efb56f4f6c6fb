"""What every engine must do, whatever else it checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from omnitest.engines.factory import ALL_NAMES, ENGINE_NAMES, make_engine
from omnitest.engines.protocol import EngineOptions
from omnitest.outcome import Finished, Limit, LimitReached, Observation, Raised
from tests.engines.cases import LIMITS, Lisp, cases


@dataclass(frozen=True)
class Expected:
    """What a program must come to under every engine."""

    program: Lisp
    accept: Callable[[Observation], bool]


def ends(end: object, output: bytes = b"") -> Callable[[Observation], bool]:
    return lambda seen: seen.end == end and seen.output == output


def runs_out(*limits: Limit) -> Callable[[Observation], bool]:
    """Where a resource runs out may differ; that it does may not. The reference counts steps instead."""
    return lambda seen: seen.end in {LimitReached(limit) for limit in (*limits, Limit.STEPS)}


def raises(kind: str, message: str, *irritants: str, at: tuple[int, int]) -> Callable[[Observation], bool]:
    return lambda seen: seen.end == Raised(kind, message, irritants, *at)


EXPECTED = {
    "value": Expected(Lisp("(+ 1 2)"), ends(Finished("3"))),
    "written value": Expected(
        Lisp(r"""(list 1 -2.5 "a\n\"b" #\space 'sym '|od d| (vector #t '()) (cons 1 2))"""),
        ends(Finished(r"""(1 -2.5 "a\n\"b" #\space sym |od d| #(#t ()) (1 . 2))""")),
    ),
    "empty program": Expected(Lisp(""), ends(Finished("nothing"))),
    "definition": Expected(Lisp("(define x 1)"), ends(Finished("nothing"))),
    "library procedure": Expected(Lisp("(map (lambda (x) (* x x)) (list 1 2 3))"), ends(Finished("(1 4 9)"))),
    "output": Expected(Lisp('(display "λ→𝄞") (newline) \'end'), ends(Finished("end"), "λ→𝄞\n".encode())),
    "error": Expected(Lisp("(define x 5)\n(car x)"), raises("type-error", "car: expected a pair", "5", at=(2, 1))),
    "user error": Expected(
        Lisp('(error "it is bad:" 1 "two")'), raises("user-error", "it is bad:", "1", '"two"', at=(1, 1))
    ),
    "raised object": Expected(Lisp("(raise 'oops)"), raises("raised", "uncaught object", "oops", at=(1, 1))),
    "output before an error": Expected(
        Lisp('(display "before")\n(vector-ref (vector 1) 9)'),
        ends(Raised("index-out-of-range", "vector-ref: index out of range", ("9",), 2, 1), b"before"),
    ),
    "caught error": Expected(Lisp("(guard (e (#t (condition-kind e))) (car 1))"), ends(Finished("type-error"))),
    "input": Expected(
        Lisp(
            "(define (loop) (let ((l (read-line))) (if (eof-object? l) 'done (begin (write l) (loop)))))\n(loop)",
            stdin="one\ntwo λ\n\nlast".encode(),
        ),
        ends(Finished("done"), '"one""two λ""""last"'.encode()),
    ),
    "no input": Expected(Lisp("(eof-object? (read-line))"), ends(Finished("#t"))),
    "endless loop": Expected(Lisp("(define (loop) (loop)) (loop)"), runs_out(Limit.CPU)),
    "memory eater": Expected(Lisp("(define (grow l) (grow (cons 1 l))) (grow '())"), runs_out(Limit.MEMORY)),
    "deep recursion": Expected(Lisp("(define (deep n) (+ 1 (deep (+ n 1)))) (deep 0)"), runs_out(Limit.STACK)),
    "endless output": Expected(
        Lisp('(define (loop) (display "0123456789012345678901234567890123456789") (loop)) (loop)'),
        lambda seen: seen.end == LimitReached(Limit.OUTPUT) and 0 < len(seen.output) <= LIMITS.output_bytes,
    ),
    "after all that": Expected(Lisp("(* 6 7)"), ends(Finished("42"))),
}


@pytest.fixture(scope="module", params=ENGINE_NAMES)
def observations(request: pytest.FixtureRequest) -> Iterator[dict[str, Observation]]:
    """What one engine says of all the programs, run as one batch."""
    engine = make_engine(request.param, EngineOptions(LIMITS))
    try:
        seen = engine.run(cases(expected.program for expected in EXPECTED.values()))
    finally:
        engine.close()
    assert len(seen) == len(EXPECTED)
    assert {observation.engine for observation in seen} == {engine.name}
    yield dict(zip(EXPECTED, seen, strict=True))


@pytest.mark.parametrize("name", EXPECTED)
def test_outcome(observations: dict[str, Observation], name: str) -> None:
    seen = observations[name]
    assert EXPECTED[name].accept(seen), (seen.end, seen.output[:1000], seen.stderr[:1000])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sound_program_has_no_faults(observations: dict[str, Observation], name: str) -> None:
    assert observations[name].faults == ()


def test_a_program_that_does_not_end_takes_its_time_and_those_after_it_do_not(
    observations: dict[str, Observation],
) -> None:
    assert observations["endless loop"].seconds > max(
        observations[name].seconds for name in ("value", "after all that")
    )


@pytest.mark.parametrize("name", ALL_NAMES)
def test_no_programs_give_no_observations(name: str) -> None:
    engine = make_engine(name, EngineOptions(LIMITS))
    try:
        assert engine.run([]) == []
    finally:
        engine.close()


@pytest.mark.parametrize("name", ALL_NAMES)
def test_an_engine_serves_one_batch_after_another(name: str) -> None:
    engine = make_engine(name, EngineOptions(LIMITS))
    try:
        for number in (0, 2):
            programs = [Lisp(f"(display {index}) {number}") for index in range(number + 1)]
            seen = engine.run(cases(programs))
            assert [(one.end, one.output) for one in seen] == [
                (Finished(str(number)), str(index).encode()) for index in range(number + 1)
            ]
    finally:
        engine.close()


#: Says whether a file was there, and makes it.
MAKES_A_FILE = Lisp(
    '(define before (file-exists? "made.txt")) (call-with-output-file "made.txt" (lambda (port) (write 1 port))) before'
)


@pytest.mark.parametrize("name", ENGINE_NAMES)
def test_each_run_has_an_empty_folder_of_its_own(name: str) -> None:
    engine = make_engine(name, EngineOptions(LIMITS))
    try:
        for _ in range(2):
            seen = engine.run(cases([MAKES_A_FILE, MAKES_A_FILE]))
            assert [one.end for one in seen] == [Finished("#f"), Finished("#f")]
    finally:
        engine.close()
    assert not Path("made.txt").exists()


@pytest.mark.parametrize("name", ["reference", "tcc", "gcc-O0", "valgrind"])
def test_all_runs_can_share_a_given_folder(name: str, tmp_path: Path) -> None:
    engine = make_engine(name, EngineOptions(LIMITS, directory=tmp_path))
    try:
        seen = engine.run(cases([MAKES_A_FILE, MAKES_A_FILE]))
    finally:
        engine.close()
    assert [one.end for one in seen] == [Finished("#f"), Finished("#t")]
    assert (tmp_path / "made.txt").read_bytes() == b"1"
