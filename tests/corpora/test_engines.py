"""The programs of the corpora on the engines: no disagreement, no leak, no report of any checker.

What pins the language down, and what once failed, runs on every engine. Of the long programs, which are many, each
runs on some engines by turns; ``omnitest run corpora`` runs them all on all, as the nightly campaign does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from omnitest.compare import Agree
from omnitest.engines.factory import ENGINE_NAMES
from omnitest.matrix import run_files

CORPORA: Final = Path(__file__).resolve().parents[2] / "corpora"
LONG: Final = ("benchmarks", "conformance/r7rs", "examples")
TURNS: Final = (
    ("tcc", "tcc-valgrind", "gcc-O2", "valgrind"),
    ("tcc", "tcc-asan", "clang", "asan"),
    ("tcc", "tcc-tsan", "gcc-O0", "tsan"),
)

#: Programs that are compiled together; small enough to spread over the workers of a parallel run.
SHARE: Final = 6


def shares() -> list[tuple[tuple[str, ...], list[Path]]]:
    """Engines, and a few programs for them."""
    some: list[tuple[tuple[str, ...], list[Path]]] = []
    for folder in sorted({path.parent for path in CORPORA.rglob("*.omni")}):
        programs = sorted(folder.glob("*.omni"))
        groups: list[tuple[tuple[str, ...], list[Path]]] = [(ENGINE_NAMES, programs)]
        if folder.relative_to(CORPORA).as_posix() in LONG:
            groups = [(turn, programs[i :: len(TURNS)]) for i, turn in enumerate(TURNS)]
        some += [(engines, paths[at : at + SHARE]) for engines, paths in groups for at in range(0, len(paths), SHARE)]
    return some


SHARES: Final = shares()


@pytest.mark.parametrize(("engines", "programs"), SHARES, ids=[f"{e[-1]}-{p[0].stem}" for e, p in SHARES])
def test_engines_agree(engines: tuple[str, ...], programs: list[Path]) -> None:
    for result in run_files(programs, engines):
        assert isinstance(result.verdict, Agree), f"{result.path.name}: {result.detail}"
        assert {o.engine for o in result.observations} == {"reference", *engines}


def test_no_program_and_no_engine_is_left_out() -> None:
    assert sorted(path for _, paths in SHARES for path in paths) == sorted(CORPORA.rglob("*.omni"))
    assert {"reference"}.union(*TURNS) == set(ENGINE_NAMES)
