"""The example programs: each writes what stands beside it, and together they show the whole language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import pytest

from reference_interp import Program, parse, run
from reference_interp.core import GlobalRef, PrimRef, Span, Variable
from reference_interp.forms import FORMS
from reference_interp.library import RESERVED_PREFIX, library_procedures
from reference_interp.primitives import PRIMITIVES

EXAMPLES = Path(__file__).resolve().parents[2] / "corpora" / "examples"
PROGRAMS = sorted(path.stem for path in EXAMPLES.glob("*.omni"))

#: Budget of one example, in steps of the machine.
STEPS = 300_000

#: Notations that stand for forms: a program need not spell the form's name.
ABBREVIATIONS = {"quote": "'", "quasiquote": "`", "unquote": ",", "unquote-splicing": ",@"}


@cache
def source(name: str) -> str:
    return (EXAMPLES / f"{name}.omni").read_text(encoding="utf-8")


@cache
def program(name: str) -> Program:
    return parse(source(name), f"{name}.omni")


@pytest.mark.parametrize("name", PROGRAMS)
def test_example_writes_what_is_expected(name: str) -> None:
    result = run(program(name), steps=STEPS)
    assert result.condition is None or (result.condition.kind, result.condition.irritants) == ("exit", ("0",))
    assert result.exhausted is None
    expected = (EXAMPLES / f"{name}.expected").read_bytes()
    assert result.output.decode() == expected.decode()


def test_every_expected_output_has_its_program() -> None:
    assert sorted(path.stem for path in EXAMPLES.glob("*.expected")) == PROGRAMS


def test_readme_has_one_line_per_program_in_alphabetical_order() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[`(\w+)`\]\(\1\.omni\) \| \S.* \|$", readme, re.MULTILINE) == PROGRAMS


@pytest.mark.parametrize("name", PROGRAMS)
def test_example_starts_with_a_comment_and_is_of_readable_size(name: str) -> None:
    lines = source(name).splitlines()
    assert re.match(r"; \w", lines[0])
    assert 40 <= len(lines) <= 200


def references(node: object) -> Iterator[str]:
    """Names of the primitives and program-level variables that a piece of Core refers to."""
    if isinstance(node, PrimRef | GlobalRef):
        yield node.name
    elif isinstance(node, tuple):
        for item in node:
            yield from references(item)
    elif is_dataclass(node) and not isinstance(node, Span | Variable):
        for field in fields(node):
            yield from references(getattr(node, field.name))


def looks_outside(name: str) -> bool:
    """Whether what a library procedure or primitive does depends on files, the clock or the environment.

    Examples write the same text wherever and whenever they run, also several at once in one folder; the conformance
    programs show these procedures.
    """
    caller = parse(name.removeprefix(RESERVED_PREFIX) or name)
    used = {name, *references(caller.forms[: caller.prelude_forms])}
    return any(used_name in PRIMITIVES and not PRIMITIVES[used_name].deterministic for used_name in used)


def test_examples_use_every_procedure_of_the_language() -> None:
    used = {name for stem in PROGRAMS for name in references(program(stem).forms[program(stem).prelude_forms :])}
    primitives = {name for name in PRIMITIVES if not name.startswith(RESERVED_PREFIX) or name == "%"}
    library = {RESERVED_PREFIX + name for name in library_procedures()}
    missing = sorted((primitives | library) - used)
    assert [name for name in missing if not looks_outside(name)] == []


def test_examples_use_every_special_form() -> None:
    text = "\n".join(source(name) for name in PROGRAMS)
    missing = [form for form in FORMS if not re.search(rf"\({re.escape(form)}[\s)]", text)]
    assert [form for form in missing if ABBREVIATIONS.get(form, "(" + form) not in text] == []
