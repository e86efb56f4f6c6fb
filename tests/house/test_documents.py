"""What the documents promise, and what no file of the tree may contain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: Folders that builds and tools fill; git ignores them.
GENERATED = {
    ".git",
    ".venv",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    "__pycache__",
    "build",
    "dist",
}

#: Folders in which developers' checkouts and scratch files live. Interpreters and system folders are fine.
MACHINE_PATH = re.compile(r"(?<![\w.~$}])/(?:home|root|Users|work|farm|mnt|srv|tmp/[A-Za-z])/?[A-Za-z0-9_.-]*")


def files_of_the_tree(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in GENERATED or (
            path.parent.name == "reports" and path.parent.parent == ROOT and path.name != "README.md"
        ):
            continue
        if path.is_dir():
            yield from files_of_the_tree(path)
        else:
            yield path


def machine_paths(text: str) -> list[str]:
    found = [match.group() for match in MACHINE_PATH.finditer(text)]
    return [path for path in found if not path.endswith("XXXXXX")]  # a template of mkstemp() names no file


def test_the_readme_sets_up_with_exactly_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("\n## Set up\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert [block.split("\n") for block in blocks] == [["make fuzz", "make test", ""]]


def test_every_target_of_the_makefile_is_explained_in_contributing() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)) - {"help"}
    assert {"setup", "fuzz", "test", "lint", "format", "bench", "clean"} <= targets
    assert targets == {target for target in targets if f"`make {target}`" in contributing}


@pytest.mark.parametrize(
    "folder", ["omnitest", "reference_interp", "compiler", "runtime", "corpora", "reports", "docs", "tests", "bench"]
)
def test_every_top_folder_explains_itself(folder: str) -> None:
    assert len((ROOT / folder / "README.md").read_text(encoding="utf-8").split()) > 30


def test_every_module_is_named_in_the_readme_beside_it() -> None:
    unnamed = []
    for readme in files_of_the_tree():
        if readme.name != "README.md" or readme.parent in (ROOT, ROOT / "reports"):  # campaigns leave theirs there
            continue
        text = readme.read_text(encoding="utf-8")
        names = re.findall(r"\w[\w.*-]*", text)  # some are patterns: builtins*.py
        for path in readme.parent.iterdir():
            is_module = path.suffix in (".py", ".c") and not path.name.startswith("__")
            is_folder = path.is_dir() and path.name not in GENERATED and not path.name.startswith(".")
            if (is_module or is_folder) and not any(fnmatch(path.name, name) for name in names):
                unnamed.append(str(path.relative_to(ROOT)))
    assert unnamed == []


def test_relative_links_in_documents_lead_somewhere() -> None:
    broken = []
    for document in files_of_the_tree():
        if document.suffix == ".md":
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8")):
                if "://" not in target and not (document.parent / target).exists():
                    broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert broken == []


def test_no_file_names_a_place_on_some_machine() -> None:
    found = {}
    for path in files_of_the_tree():
        if path == Path(__file__):
            continue
        try:
            paths = machine_paths(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue
        if paths:
            found[str(path.relative_to(ROOT))] = paths
    assert found == {}


@pytest.mark.parametrize("text", ["cd /home/ada/omni", '"/work/main"', "see /tmp/scratch/x.c", "PATH=/root/bin"])
def test_the_check_notices_machine_paths(text: str) -> None:
    assert machine_paths(text)


@pytest.mark.parametrize(
    "text", ["#!/usr/bin/env bash", "/usr/include/libtcc.h", "reports/work/x", "https://h.org/work", "~/work"]
)
def test_the_check_allows_system_paths_and_relative_ones(text: str) -> None:
    assert machine_paths(text) == []
