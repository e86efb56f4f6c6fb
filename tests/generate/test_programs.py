"""Generated programs are what the generator promises: valid, bounded, reproducible, mostly without errors."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest

from omnitest.generate import (
    ALL_FEATURES,
    Feature,
    GeneratedProgram,
    GeneratorConfig,
    generate,
    generate_program,
    swarm,
)
from omnitest.generate.builder import PRODUCTIONS, Builder
from omnitest.generate.labels import literal_with_labels
from omnitest.generate.types import ANY
from reference_interp import Result, parse, run

ROOT = Path(__file__).resolve().parents[2]
CONFIG = GeneratorConfig()
RUNS = 500
STEP_LIMIT = 200_000


@cache
def programs() -> tuple[GeneratedProgram, ...]:
    """Half of them with all features, half with swarm-sampled ones."""
    made = []
    for seed in range(RUNS):
        random = Random(f"programs {seed}")
        made.append(generate_program(random, CONFIG if seed % 2 else swarm(random, CONFIG)))
    return tuple(made)


@cache
def results() -> tuple[Result, ...]:
    return tuple(run(parse(program.text), steps=STEP_LIMIT, output_limit=1 << 20) for program in programs())


def test_every_module_of_productions_is_in_use() -> None:
    folder = ROOT / "omnitest" / "generate"
    modules = {path.stem for path in folder.glob("*.py") if "\n@production(" in path.read_text(encoding="utf-8")}
    assert {row.build.__module__.rpartition(".")[2] for row in PRODUCTIONS} == modules


def test_programs_end_as_intended() -> None:
    unintended = []
    for program, result in zip(programs(), results(), strict=True):
        if result.condition is not None and result.condition.kind not in program.may_raise:
            unintended.append(f"{result.condition.kind}: {result.condition.message}\n{program.text}")
        if result.exhausted is not None:
            unintended.append(f"{result.exhausted} exhausted\n{program.text}")
    assert unintended == []


def test_most_programs_reach_a_value() -> None:
    assert sum(result.value is not None for result in results()) >= 0.88 * RUNS


def test_a_planted_uncaught_error_nearly_always_ends_the_program() -> None:
    ends = [result.condition is not None for p, result in zip(programs(), results(), strict=True) if p.may_raise]
    assert len(ends) > 20
    assert sum(ends) >= 0.85 * len(ends)


def test_programs_take_no_more_steps_than_they_were_charged() -> None:
    over = [
        (result.steps, program.steps, program.text)
        for program, result in zip(programs(), results(), strict=True)
        if result.steps > 1.5 * program.steps + 50
    ]
    assert over == []
    assert max(program.steps for program in programs()) < STEP_LIMIT


def test_programs_have_something_to_do() -> None:
    steps = sorted(result.steps for result in results())
    assert steps[RUNS // 2] > 200
    assert sum(bool(result.output) for result in results()) > 0.4 * RUNS


def test_the_mean_size_is_the_configured_one() -> None:
    for size in (80, 140, 300):
        config = replace(CONFIG, size=size)
        nodes = [generate_program(Random(seed), config).nodes for seed in range(300)]
        assert 0.7 * size < sum(nodes) / len(nodes) < 1.4 * size


def test_the_same_seed_gives_the_same_program_in_every_process() -> None:
    code = "from random import Random; from omnitest.generate import *\n" \
        "for seed in range(20): print(generate(Random(seed), swarm(Random(seed), GeneratorConfig())))"  # fmt: skip
    texts = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        texts.add(done.stdout)
    assert len(texts) == 1


def test_different_seeds_give_different_programs() -> None:
    assert len({program.text for program in programs()}) > 0.99 * RUNS


@pytest.mark.parametrize(
    ("feature", "names"),
    [
        (Feature.OUTPUT, {"display", "write", "print", "newline"}),
        (Feature.ASSIGNMENT, {"set!"}),
        (Feature.GUARD, {"guard"}),
        (Feature.LOOPS, {"do"}),
        (Feature.LETREC, {"letrec", "letrec*"}),
        (Feature.QUASIQUOTE, {"quasiquote", "unquote"}),
        (Feature.CASES, {"cond", "case", "when", "unless"}),
        (Feature.RECORDS, {"define-record-type"}),
        (Feature.MATCH, {"match"}),
        (Feature.CASE_LAMBDA, {"case-lambda"}),
        (Feature.PROMISES, {"delay", "delay-force"}),
        (Feature.PORTS, {"call-with-output-string", "with-output-to-string", "call-with-port"}),
        (Feature.MACROS, {"define-syntax", "let-syntax", "letrec-syntax"}),
        (Feature.RARE_SYNTAX, {"cond-expand", "import"}),
        (Feature.HIGHER_ORDER, {"map", "fold", "filter", "sort", "compose"}),
    ],
)
def test_a_feature_that_is_off_does_not_occur(feature: Feature, names: set[str]) -> None:
    config = replace(CONFIG, features=ALL_FEATURES - {feature}, error_percent=0)
    uses: Counter[str] = Counter()
    for seed in range(200):
        uses.update(generate_program(Random(seed), config).uses)
    assert sorted(names & uses.keys()) == []


def test_swarm_sampling_varies_the_features() -> None:
    sampled = [swarm(Random(seed), CONFIG).features for seed in range(100)]
    assert ALL_FEATURES in sampled
    assert len(set(sampled)) > 50
    assert all(any(feature not in features for features in sampled) for feature in ALL_FEATURES)


def test_every_subset_of_one_feature_generates() -> None:
    for feature in Feature:
        config = replace(CONFIG, features=frozenset({feature}))
        for seed in range(10):
            parse(generate(Random(seed), config))


def test_tiny_and_huge_sizes_generate() -> None:
    for size in (0, 1, 5, 2000):
        for seed in range(5):
            program = generate_program(Random(seed), replace(CONFIG, size=size))
            parse(program.text)
            assert program.steps < STEP_LIMIT


def test_labels_of_several_data_in_one_form_do_not_clash() -> None:
    """All data of a top-level form share the scope of their labels."""
    g = Builder(Random(1), GeneratorConfig())
    data = [literal_with_labels(g, ANY, 10) for _ in range(6)]
    parse("(list " + " ".join(f"'{datum[1]}" for datum in data if isinstance(datum, list)) + ")")
