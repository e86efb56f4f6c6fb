"""The wheel: built from the checkout, it works outside of it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` folder of a new environment that has the wheel; its dependencies come from this environment."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=300)
    (site,) = folder.glob("lib/python*/site-packages")
    install = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--no-deps"]
    subprocess.run([*install, "--no-index", str(wheel)], check=True, capture_output=True, timeout=300)
    dependencies = [path for path in map(Path, sys.path) if path.name == "site-packages"]
    (site / "dependencies.pth").write_text("".join(f"{path}\n" for path in dependencies), encoding="utf-8")
    return folder / "bin"


def run(installed: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the installed wheel in ``folder``, where nothing leads back to the checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(installed / command[0]), *command[1:]],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip


def test_the_wheel_holds_what_the_commands_need_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = [
        path.relative_to(ROOT).as_posix()
        for pattern in (
            "runtime/include/*.h", "runtime/src/*.[ch]", "reference_interp/prelude/*.omni",
            "omnitest/reports/templates/*", "compiler/**/*.py", "omnitest/**/*.py", "reference_interp/**/*.py",
        )
        for path in ROOT.glob(pattern)
    ]  # fmt: skip
    assert len(wanted) > 50
    assert set(wanted) <= names
    assert not [name for name in names if "tests/" in name or name.startswith(("tests", "bench", "corpora", "reports"))]


def test_the_packages_come_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    modules = ("omnitest", "compiler", "reference_interp")
    code = "import importlib\n" + "".join(f"print(importlib.import_module({name!r}).__path__[0])\n" for name in modules)
    done = run(installed, tmp_path, "python", "-c", code)
    assert done.returncode == 0, done.stderr
    assert all(Path(line).is_relative_to(installed.parent) for line in done.stdout.splitlines())


def test_a_program_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "hello.omni").write_text("(display (map (lambda (x) (* x x)) (list 1 2 3)))\n", encoding="utf-8")
    for command in (("omnilisp", "interp"), ("omnilisp", "run")):
        done = run(installed, tmp_path, *command, "hello.omni")
        assert (done.returncode, done.stdout) == (0, "(1 4 9)"), done.stderr


def test_the_harness_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "hello.omni").write_text("(display 1)\n", encoding="utf-8")
    done = run(installed, tmp_path, "omnitest", "run", "-e", "tcc,gcc-O0", "hello.omni")
    assert done.returncode == 0, done.stdout + done.stderr
    done = run(installed, tmp_path, "omnitest", "report", "--store", str(tmp_path / "findings"))
    assert (tmp_path / "reports" / "findings.html").exists(), done.stderr
