"""The R7RS suites of the corpora: every assertion holds, and none is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reference_interp import parse, run

FOLDER = Path(__file__).resolve().parents[2] / "corpora" / "conformance" / "r7rs"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.omni"))


def output_of(source: str) -> str:
    result = run(parse(source, "suite.omni"), steps=2_000_000)
    assert (result.condition, result.exhausted) == (None, None)
    return result.output.decode()


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_assertion_holds(name: str) -> None:
    source = (FOLDER / f"{name}.omni").read_text(encoding="utf-8")
    assert output_of(source) == (FOLDER / f"{name}.expected").read_text(encoding="utf-8")


def test_a_wrong_assertion_is_counted_and_shown() -> None:
    source = (FOLDER / "data.omni").read_text(encoding="utf-8")
    wrong = source.removesuffix("(test-end)\n") + "(test 1 (car '(2))) (test 1 (car 5)) (test-error 1) (test-end)"
    shown = output_of(wrong).splitlines()
    assert [line.partition(" expected ")[0] for line in shown if line.startswith("FAILED")] == [
        "FAILED (car (quote (2)))",
        "FAILED (car 5)",
        "FAILED 1",
    ]
    assert re.fullmatch(r"\d+ passed, 3 failed", shown[-1])


def test_readme_has_one_line_per_program_in_alphabetical_order() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[`(\w+)`\]\(\1\.omni\) \| \S.* \|$", readme, re.MULTILINE) == PROGRAMS
