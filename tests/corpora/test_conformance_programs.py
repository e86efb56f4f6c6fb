"""The conformance programs: each writes what its comments say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reference_interp import parse, run

CONFORMANCE = Path(__file__).resolve().parents[2] / "corpora" / "conformance"
LANGUAGE = Path(__file__).resolve().parents[2] / "docs" / "language.md"
PROGRAMS = sorted(path.stem for path in CONFORMANCE.glob("*.omni"))

#: Budget of one program, in steps of the machine.
STEPS = 2_000_000


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_writes_what_its_comments_say(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (CONFORMANCE / f"{name}.omni").read_text(encoding="utf-8")
    promised = "".join(f"{text}\n" for text in re.findall(r"; => (.*)$", source, re.MULTILINE))
    assert (CONFORMANCE / f"{name}.expected").read_text(encoding="utf-8") == promised
    monkeypatch.chdir(tmp_path)  # for files
    result = run(parse(source, f"{name}.omni"), steps=STEPS)
    assert result.condition is None or (result.condition.kind, result.condition.irritants) == ("exit", ("0",))
    assert result.exhausted is None
    assert result.output.decode() == promised
    assert list(tmp_path.iterdir()) == []


def test_every_expected_output_has_its_program() -> None:
    assert sorted(path.stem for path in CONFORMANCE.glob("*.expected")) == PROGRAMS


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_is_named_after_a_section_of_the_specification(name: str) -> None:
    numbers = re.match(r"(\d\d)(?:-(\d+))?-[a-z]", name)
    assert numbers is not None
    section = int(numbers[1])
    heading = rf"^### {section}\.{numbers[2]} " if numbers[2] else rf"^## {section}\. "
    assert re.search(heading, LANGUAGE.read_text(encoding="utf-8"), re.MULTILINE)
    first = (CONFORMANCE / f"{name}.omni").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(f"; Section {section}")


def test_every_chapter_that_programs_can_show_has_a_program() -> None:
    chapters = {
        int(number) for number in re.findall(r"^## (\d+)\. ", LANGUAGE.read_text(encoding="utf-8"), re.MULTILINE)
    }
    shown = {int(name[:2]) for name in PROGRAMS}
    elsewhere = {15, 16}  # procedures and the library are shown with the values that they are about
    assert chapters - shown - elsewhere == {max(chapters)}  # the last one says what does not exist
