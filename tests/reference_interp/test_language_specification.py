"""Every example of docs/language.md does what the specification says beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from reference_interp import SyntaxProblem, parse, run
from reference_interp.conditions import KINDS, message_line
from reference_interp.forms import FORMS
from reference_interp.library import library_procedures
from reference_interp.primitives import PRIMITIVES
from reference_interp.reader import read_program
from reference_interp.syntax import Syntax, walk

SPECIFICATION = Path(__file__).parents[2] / "docs" / "language.md"
_EXPECTATION = re.compile(r"(?:^|\s); (?P<what>=>|prints|raises|malformed:) (?P<rest>.*)$")


@dataclass(frozen=True)
class Example:
    """A program of the specification, the line it ends at, and what is said about it."""

    line: int
    program: str
    what: str
    rest: str


def _examples() -> list[Example]:
    found: list[Example] = []
    inside, pending = False, ""
    for number, line in enumerate(SPECIFICATION.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```"):
            assert not pending.strip(), f"line {number}: an example without an expectation"
            inside, pending = line == "```omni", ""
        elif inside:
            match = _EXPECTATION.search(line)
            if match is None:
                pending += line + "\n"
                continue
            program = pending + line[: match.start()]
            found.append(Example(number, program, match["what"], match["rest"].strip()))
            pending = ""
    return found


EXAMPLES = _examples()


def _outcome(program: str) -> str:
    try:
        result = run(parse(program), steps=10_000_000)
    except SyntaxProblem as problem:
        return f"malformed: {problem.message}"
    assert result.exhausted is None
    if result.condition is not None:
        condition = result.condition
        return "raises " + message_line(condition.kind, condition.message, list(condition.irritants))
    prints = ""
    if result.output:
        text = result.output.decode().replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        prints = f'prints "{text}"'
    if prints and result.value == "nothing":
        return prints
    return f"{prints} => {result.value}".strip()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line{example.line}")
def test_example(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # for files
    assert _outcome(example.program) == f"{example.what} {example.rest}"


def _symbols_of_the_examples() -> set[str]:
    names: set[str] = set()
    for example in EXAMPLES:
        if example.what != "malformed:":
            forms: list[Syntax] = read_program(example.program)
            names |= {node.symbol for node in walk(forms) if node.symbol is not None}
    return names


def test_every_procedure_and_form_has_an_example() -> None:
    public = {name for name in PRIMITIVES if not (name.startswith("%") and name != "%")}
    missing = (public | set(library_procedures()) | set(FORMS)) - _symbols_of_the_examples()
    assert missing == set()


def test_every_kind_of_condition_is_documented() -> None:
    text = SPECIFICATION.read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []
