"""How the search behaves: order, time, progress, odd input."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count, pairwise
from random import Random
from threading import Event
from time import monotonic, sleep
from zlib import crc32

import pytest

from omnitest.generate import GeneratorConfig, generate
from omnitest.reduce import Interesting, Subject, problem, reduce
from omnitest.reduce.subject import measure
from reference_interp.reader import read_program
from tests.reduce.texts import of_texts


def program(seed: int, size: int = 140) -> str:
    return generate(Random(seed), GeneratorConfig(size=size))


#: No order in what it likes: smaller programs may be uninteresting and parts of those interesting.
capricious = of_texts(lambda text: crc32(text.encode()) % 3 == 0)
everything = of_texts(lambda text: True)
nothing = of_texts(lambda text: False)


@pytest.mark.parametrize("seed", range(6))
def test_the_size_of_batches_does_not_change_the_result(seed: int) -> None:
    subject = Subject(program(seed, 60))
    results = {reduce(subject, capricious, seconds=600, batch_size=size).subject for size in (1, 3, 64)}
    assert len(results) == 1


def test_batches_get_smaller_when_they_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def sizes(seconds: float) -> tuple[Subject, list[int]]:
        monkeypatch.setattr(problem, "_LONG", seconds)
        seen: list[int] = []

        def interesting(subjects: Sequence[Subject]) -> list[bool]:
            seen.append(len(subjects))
            return capricious(subjects)

        return reduce(Subject(program(2, 60)), interesting, seconds=600).subject, seen

    patient, hasty = sizes(600), sizes(0)
    assert patient[0] == hasty[0]
    assert max(patient[1]) > max(hasty[1]) == 1


@pytest.mark.parametrize("seed", range(15))
def test_reduction_ends_on_whatever_is_generated(seed: int) -> None:
    text = program(seed, 60)
    for interesting in (capricious, of_texts(lambda text: "(" in text)):
        reduction = reduce(Subject(text), interesting, seconds=600)
        assert reduction.finished


def test_a_program_that_cannot_be_reduced_stays_as_it_is() -> None:
    text = "; a comment\n(define  x 1)\n(print x)"
    reduction = reduce(Subject(text), nothing, seconds=60)
    assert (reduction.subject.program, reduction.steps, reduction.finished) == (text, 0, True)
    assert reduction.tried > 10


def test_no_batch_is_larger_than_allowed_and_no_text_is_tested_twice() -> None:
    sizes: list[int] = []
    seen: list[str] = []

    def interesting(subjects: Sequence[Subject]) -> list[bool]:
        sizes.append(len(subjects))
        seen.extend(subject.program for subject in subjects)
        return ["cons" in subject.program for subject in subjects]

    reduction = reduce(Subject(program(7)), interesting, seconds=60, batch_size=16)
    assert 4 < max(sizes) <= 16
    assert len(set(seen)) == len(seen) == reduction.tried


def test_every_better_subject_is_handed_out_at_once() -> None:
    told: list[Subject] = []
    first = Subject(program(3))
    reduction = reduce(first, of_texts(lambda text: "(" in text), seconds=60, on_better=told.append)
    measures = [measure(subject, tuple(read_program(subject.program))) for subject in told]
    assert told[-1] == reduction.subject
    assert len(told) == reduction.steps
    assert all(later < earlier for earlier, later in pairwise(measures))


def test_time_is_kept_and_the_best_program_so_far_is_the_result() -> None:
    told: list[Subject] = []

    def slow(subjects: Sequence[Subject]) -> list[bool]:
        sleep(0.05)
        return [subject.program.count("(") > 40 for subject in subjects]

    start = monotonic()
    reduction = reduce(Subject(program(5, 1000)), slow, seconds=0.5, on_better=told.append)
    assert monotonic() - start < 5
    assert not reduction.finished
    assert reduction.subject == told[-1]


def test_no_time_at_all_gives_the_program_back() -> None:
    subject = Subject(program(1), b"input")
    assert reduce(subject, everything, seconds=0).subject == subject


def test_an_interrupted_reduction_goes_on_from_the_best_so_far() -> None:
    told: list[Subject] = []
    interesting = of_texts(lambda text: text.count("list") >= 2)
    first = Subject(next(text for seed in count() if (text := program(seed)).count("list") >= 4))

    def interrupting(subject: Subject) -> None:
        told.append(subject)
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reduce(first, interesting, seconds=60, on_better=interrupting)
    resumed = reduce(told[-1], interesting, seconds=60)
    assert resumed.finished
    assert resumed.subject == reduce(first, interesting, seconds=60).subject


# ---- workers --------------------------------------------------------------------------------------------


def hasty(interesting: Interesting) -> Interesting:
    """The same test, with no answers behind the first interesting subject."""

    def first_only(subjects: Sequence[Subject]) -> list[bool]:
        answers = interesting(subjects)
        return answers[: answers.index(True) + 1] if True in answers else answers

    return first_only


def slow_at_random(subjects: Sequence[Subject]) -> list[bool]:
    sleep(crc32(repr(subjects).encode()) % 5 / 2000)
    return capricious(subjects)


@pytest.mark.parametrize("seed", range(3))
def test_neither_workers_nor_missing_answers_change_the_result(seed: int) -> None:
    subject = Subject(program(seed, 60))
    alone = reduce(subject, capricious, seconds=600)
    assert reduce(subject, hasty(capricious), seconds=600).subject == alone.subject
    for workers in (2, 5):
        with ThreadPoolExecutor(workers) as pool:
            together = reduce(subject, slow_at_random, seconds=600, executor=pool, workers=workers, batch_size=4)
        assert together.subject == alone.subject
        assert together.steps == alone.steps


def test_workers_are_not_waited_for_when_the_time_is_over() -> None:
    release = Event()

    def stuck(subjects: Sequence[Subject]) -> list[bool]:
        release.wait(30)
        return [False] * len(subjects)

    with ThreadPoolExecutor(2) as pool:
        start = monotonic()
        reduction = reduce(Subject(program(1)), stuck, seconds=0.3, executor=pool, workers=2)
        took = monotonic() - start
        release.set()
    assert took < 5
    assert not reduction.finished


def test_what_is_not_confirmed_is_not_accepted() -> None:
    """A second failure hides behind the first one, and smaller programs show only that."""
    asked: list[Subject] = []

    def confirm(subject: Subject) -> bool:
        asked.append(subject)
        return "vector" in subject.program

    text = "(define x (list 1 2)) (print (vector x (car x)))"
    for interesting in (everything, hasty(everything)):
        reduction = reduce(Subject(text), interesting, confirm=confirm, seconds=60)
        assert reduction.subject.program == "vector\n"
        assert reduction.finished
    assert asked


# ---- the input of a program -----------------------------------------------------------------------------


def test_the_input_is_reduced_with_the_program() -> None:
    def interesting(subjects: Sequence[Subject]) -> list[bool]:
        return ["read-line" in s.program and b"needle" in s.stdin and s.stdin.endswith(b"\n") for s in subjects]

    subject = Subject("(define x (read-line)) (print x)", b"hay\nhay needle hay\n\xff\xfe\nhay\n")
    reduction = reduce(subject, interesting, seconds=60)
    assert reduction.subject == Subject("read-line\n", b"needle\n")
    assert reduction.finished


# ---- odd input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "()",
        "(let)",
        "(let x)",
        "(let ((x)) . y)",
        "(let ((x 1) . z) x)",
        "(define)",
        "(define (f . rest) . body)",
        "(define ((f a) . b) c)",
        "(define () 1)",
        "((lambda))",
        "((lambda x) 1)",
        "((lambda (x . y) x) 1 2)",
        "((fn self (x) x) 1)",
        "(fn)",
        "(fn f)",
        "(quote)",
        "'",
        "(quote . x)",
        "(a . b)",
        "#()",
        "#(1 (2 . #(3)))",
        "(((((())))))",
        ", ,@x `(,@(a . ,b))",
        "(loop 1 2 3) (let loop ((a 1) (b 2)) (loop . 3))",
        "|a b| |quote| \"\\x0;\" #\\x0 -0.0 +nan.0 +inf.0 1e400",
        "(((",
    ],
)  # fmt: skip
def test_odd_texts_are_no_trouble(text: str) -> None:
    for interesting in (capricious, nothing, everything):
        assert reduce(Subject(text), interesting, seconds=60).finished


def test_deep_trees_are_no_trouble() -> None:
    subject = Subject("(" * 900 + ")" * 900)
    assert reduce(subject, everything, seconds=60).subject.program == ""
    start = monotonic()
    assert not reduce(subject, nothing, seconds=1).finished
    assert monotonic() - start < 20


def test_exceptions_of_the_test_are_passed_on() -> None:
    def broken(subjects: Sequence[Subject]) -> list[bool]:
        raise RuntimeError("engine lost")

    with pytest.raises(RuntimeError, match="engine lost"):
        reduce(Subject("(print 1)"), broken, seconds=60)
