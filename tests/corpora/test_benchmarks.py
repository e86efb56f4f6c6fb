"""The benchmark programs: each checks itself, at its own size and at others, and has the form that they all have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from omnitest.benchmarks.corpus import FOLDER, names, size_of, with_size
from reference_interp import parse, run

PROGRAMS = names()

#: Budget of one program at its own size, in steps of the machine.
STEPS = 1_500_000


def source(name: str) -> str:
    return (FOLDER / f"{name}.omni").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROGRAMS)
def test_benchmark_writes_what_is_expected(name: str) -> None:
    result = run(parse(source(name), f"{name}.omni"), steps=STEPS)
    assert result.condition is None
    assert result.exhausted is None
    assert result.output.decode() == (FOLDER / f"{name}.expected").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROGRAMS)
def test_benchmark_begins_with_a_comment_and_its_size_and_prints_both_names(name: str) -> None:
    assert re.match(r"; \w", source(name))
    size = size_of(source(name))
    expected = (FOLDER / f"{name}.expected").read_text(encoding="utf-8")
    assert expected.startswith(f"({name} {size} ")


@pytest.mark.parametrize("name", ["destruc", "records", "life", "matmul", "equal", "rings", "nbody", "fft"])
def test_benchmark_checks_itself_at_another_size(name: str) -> None:
    text = with_size(source(name), size_of(source(name)) + 1)
    result = run(parse(text, f"{name}.omni"), steps=2 * STEPS)
    assert (result.condition, result.exhausted) == (None, None)


def test_a_size_is_replaced_where_it_is_defined_only() -> None:
    assert with_size("; size 1\n(define size 1)\n(f size 1)", 20) == "; size 1\n(define size 20)\n(f size 1)"
    with pytest.raises(ValueError, match="no size"):
        with_size("(define sizes 1)", 2)


def test_every_expected_output_has_its_program() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.expected")) == PROGRAMS


def test_readme_has_one_line_per_program_in_alphabetical_order() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[`(\w+)`\]\(\1\.omni\) \| \S.* \|$", readme, re.MULTILINE) == PROGRAMS


def test_the_folder_is_the_one_of_the_corpora() -> None:
    assert Path(__file__).resolve().parents[2] / "corpora" / "benchmarks" == FOLDER
