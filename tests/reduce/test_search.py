"""How the search behaves: order, time, progress, odd input."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from time import monotonic, sleep
from zlib import crc32

import pytest

from omnitest.generate import GeneratorConfig, generate
from omnitest.reduce import reduce
from omnitest.reduce.problem import measure
from reference_interp.reader import read_program


def program(seed: int, size: int = 140) -> str:
    return generate(Random(seed), GeneratorConfig(size=size))


def capricious(texts: Sequence[str]) -> list[bool]:
    """No order in what it likes: smaller programs may be uninteresting and parts of those interesting."""
    return [crc32(text.encode()) % 3 == 0 for text in texts]


@pytest.mark.parametrize("seed", range(6))
def test_the_size_of_batches_does_not_change_the_result(seed: int) -> None:
    texts = {reduce(program(seed, 60), capricious, seconds=600, batch_size=size).text for size in (1, 3, 64)}
    assert len(texts) == 1


@pytest.mark.parametrize("seed", range(15))
def test_reduction_ends_on_whatever_is_generated(seed: int) -> None:
    text = program(seed, 60)
    for interesting in (capricious, lambda texts: ["(" in text for text in texts]):
        reduction = reduce(text, interesting, seconds=600)
        assert reduction.finished


def test_a_program_that_cannot_be_reduced_stays_as_it_is() -> None:
    text = "; a comment\n(define  x 1)\n(print x)"
    reduction = reduce(text, lambda texts: [False] * len(texts), seconds=60)
    assert (reduction.text, reduction.steps, reduction.finished) == (text, 0, True)
    assert reduction.tried > 10


def test_no_batch_is_larger_than_allowed_and_no_text_is_tested_twice() -> None:
    sizes: list[int] = []
    seen: list[str] = []

    def interesting(texts: Sequence[str]) -> list[bool]:
        sizes.append(len(texts))
        seen.extend(texts)
        return ["cons" in text for text in texts]

    reduction = reduce(program(7), interesting, seconds=60, batch_size=16)
    assert max(sizes) == 16
    assert len(set(seen)) == len(seen) == reduction.tried


def test_progress_tells_every_better_program_at_once() -> None:
    told: list[str] = []
    first = program(3)
    reduction = reduce(first, lambda texts: ["(" in text for text in texts], seconds=60, progress=told.append)
    measures = [measure(tuple(read_program(text)), text) for text in told]
    assert told[-1] == reduction.text
    assert len(told) == reduction.steps
    assert all(later < earlier for earlier, later in pairwise(measures))


def test_time_is_kept_and_the_best_program_so_far_is_the_result() -> None:
    told: list[str] = []

    def slow(texts: Sequence[str]) -> list[bool]:
        sleep(0.05)
        return [text.count("(") > 40 for text in texts]

    start = monotonic()
    reduction = reduce(program(5, 1000), slow, seconds=0.5, progress=told.append)
    assert monotonic() - start < 5
    assert not reduction.finished
    assert reduction.text == told[-1]


def test_no_time_at_all_gives_the_program_back() -> None:
    text = program(1)
    assert reduce(text, lambda texts: [True] * len(texts), seconds=0).text == text


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
    for interesting in (capricious, lambda texts: [False] * len(texts), lambda texts: [True] * len(texts)):
        assert reduce(text, interesting, seconds=60).finished


def test_deep_trees_are_no_trouble() -> None:
    text = "(" * 900 + ")" * 900
    assert reduce(text, lambda texts: [True] * len(texts), seconds=60).text == ""
    start = monotonic()
    assert not reduce(text, lambda texts: [False] * len(texts), seconds=1).finished
    assert monotonic() - start < 20


def test_exceptions_of_the_test_are_passed_on() -> None:
    def broken(texts: Sequence[str]) -> list[bool]:
        raise RuntimeError("engine lost")

    with pytest.raises(RuntimeError, match="engine lost"):
        reduce("(print 1)", broken, seconds=60)
