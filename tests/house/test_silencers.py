"""Whoever silences a checker says why, on the same line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("reference_interp", "compiler", "omnitest", "runtime", "tests", "tools", "bench")

#: A comment that silences mypy, ruff or the coverage of tests: what it names, and what it says besides.
SILENCER = re.compile(
    r"#\s*(?:type:\s*ignore|noqa|pragma: no cover|mypy:)(?P<names>\[[^]]*\]|:\s*[A-Z]+\d+)?(?P<reason>.*)"
)


def unexplained(text: str) -> list[str]:
    """The lines of ``text`` that silence a checker in general, or without a reason."""
    found = []
    for line in text.splitlines():
        silencer = SILENCER.search(line)
        if silencer and not (silencer["names"] and re.search(r"\w", silencer["reason"])):
            found.append(line.strip())
    return found


def test_silencers_have_a_reason() -> None:
    found = {}
    for path in (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))):
        lines = unexplained(path.read_text(encoding="utf-8")) if path != Path(__file__) else []
        if lines:
            found[str(path.relative_to(ROOT))] = lines
    assert found == {}


@pytest.mark.parametrize(
    "line", ["x = y  # noqa", "x = y  # noqa: B006", "x = y  # type: ignore", "x = y  # type: ignore[index]  #"]
)
def test_the_check_notices_silencers_without_a_reason(line: str) -> None:
    assert unexplained(line) == [line]


@pytest.mark.parametrize("line", ["x = y  # noqa: B008 (immutable)", "x = y  # type: ignore[index]  # never empty"])
def test_the_check_allows_silencers_with_a_reason(line: str) -> None:
    assert unexplained(line) == []
