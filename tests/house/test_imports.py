"""Imports go one way: omnitest → compiler → reference_interp."""

from __future__ import annotations

import ast
from pathlib import Path

import hypothesmith
import pytest
from hypothesis import HealthCheck, given, settings

ROOT = Path(__file__).resolve().parents[2]

#: For each package, the packages of this project that it may import.
ALLOWED = {
    "reference_interp": {"reference_interp"},
    "runtime": {"runtime"},
    "compiler": {"compiler", "reference_interp", "runtime"},
    "omnitest": {"omnitest", "compiler", "reference_interp", "runtime"},
}


def imported_packages(source: str, package: str) -> set[tuple[str, int]]:
    """Top-level packages that ``source``, a module of ``package``, imports anywhere in it, with line numbers."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found |= {(name.name.split(".")[0], node.lineno) for name in names}
            case ast.ImportFrom(level=0, module=str(module)):
                found.add((module.split(".")[0], node.lineno))
            case ast.ImportFrom():
                found.add((package, node.lineno))
            case ast.Call(
                func=ast.Attribute(attr="import_module") | ast.Name(id="__import__"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                found.add((module.split(".")[0], node.lineno))
    return found


def violations(source: str, package: str) -> list[str]:
    forbidden = (set(ALLOWED) | {"tests", "bench"}) - ALLOWED[package]
    return [f"line {line}: {name}" for name, line in sorted(imported_packages(source, package)) if name in forbidden]


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_no_module_imports_against_the_direction(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    bad = {
        str(module.relative_to(ROOT)): found
        for module in modules
        if (found := violations(module.read_text(encoding="utf-8"), package))
    }
    assert bad == {}


@pytest.mark.parametrize("package", ["omnitest", "compiler", "reference_interp"])
def test_the_check_sees_modules(package: str) -> None:
    assert list((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("reference_interp", "import compiler.driver"),
        ("reference_interp", "from omnitest import outcome"),
        ("compiler", "def f():\n    from omnitest.outcome import Raised"),
        ("compiler", "import importlib\nimportlib.import_module('omnitest.cli')"),
        ("omnitest", "from tests.house import test_imports"),
    ],
)
def test_the_check_notices_an_import_against_the_direction(package: str, source: str) -> None:
    assert violations(source, package)


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("omnitest", "import compiler.driver, reference_interp.core, os"),
        ("compiler", "from . import ir\nfrom reference_interp.core import Program"),
        ("reference_interp", "from reference_interp import values"),
    ],
)
def test_the_check_allows_imports_in_the_direction(package: str, source: str) -> None:
    assert violations(source, package) == []


@given(source=hypothesmith.from_node())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_check_reads_any_module(source: str) -> None:
    """Whatever valid Python comes, the check reads it, and still sees an import that is added to it."""
    before = violations(source, "reference_interp")
    assert len(violations(f"{source}\nimport compiler.driver\n", "reference_interp")) == len(before) + 1
