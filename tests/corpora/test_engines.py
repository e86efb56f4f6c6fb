"""The programs of the corpora on the engines: no disagreement, no leak, no report of any checker.

What once failed runs on every engine. What pins the language down runs on the fast tier and, by turns, on compilers
and checkers that take longer. So do the long programs, which are many, with less of valgrind, the slowest.
``omnitest run corpora`` runs them all on all, as every night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from omnitest.compare import Agree
from omnitest.engines.factory import ENGINE_NAMES, FAST_TIER
from omnitest.matrix import run_with
from omnitest.oracle import Oracle
from omnitest.prepare import Settings

CORPORA: Final = Path(__file__).resolve().parents[2] / "corpora"
LONG: Final = ("benchmarks", "conformance/r7rs", "examples")
#: Beyond the fast tier, a C compiler and a checker of what it makes.
TURNS: Final = (("gcc-O2", "asan"), ("clang", "tsan"), ("gcc-O0", "valgrind"))
#: For long programs: two of them with the sanitizers of the fast tier, one with all of it.
LONG_TURNS: Final = (
    ("tcc", "tcc-asan", "tcc-tsan", "gcc-O2", "asan"),
    ("tcc", "tcc-asan", "tcc-tsan", "clang", "tsan"),
    (*FAST_TIER, "gcc-O0"),
)

#: Programs that are compiled together; small enough to spread over the workers of a parallel run.
SHARE: Final = 6

Turn = tuple[str, ...]


def turns(folder: Path) -> tuple[Turn, ...]:
    """The sets of engines between which the programs of ``folder`` are divided."""
    match folder.relative_to(CORPORA).as_posix():
        case name if name in LONG:
            return LONG_TURNS
        case "conformance":
            return tuple((*FAST_TIER, *turn) for turn in TURNS)
        case _:
            return (ENGINE_NAMES,)


def shares() -> list[tuple[Turn, list[Path]]]:
    """Engines, and a few programs for them."""
    some: list[tuple[Turn, list[Path]]] = []
    for folder in sorted({path.parent for path in CORPORA.rglob("*.omni")}):
        programs, sets = sorted(folder.glob("*.omni")), turns(folder)
        groups = [(engines, programs[i :: len(sets)]) for i, engines in enumerate(sets)]
        some += [(engines, paths[at : at + SHARE]) for engines, paths in groups for at in range(0, len(paths), SHARE)]
    return sorted(some, key=lambda share: share[0])  # engines are started once for all their shares


SHARES: Final = shares()


@pytest.fixture(scope="module")
def oracle_of() -> Iterator[Callable[[Turn], Oracle]]:
    """Oracles that are started when they are asked for, and kept."""
    with ExitStack() as started:
        yield cache(lambda engines: started.enter_context(Oracle(engines, Settings())))


@pytest.mark.parametrize(("engines", "programs"), SHARES, ids=[f"{e[-1]}-{p[0].stem}" for e, p in SHARES])
def test_engines_agree(engines: Turn, programs: list[Path], oracle_of: Callable[[Turn], Oracle]) -> None:
    for result in run_with(oracle_of(engines), programs):
        assert isinstance(result.verdict, Agree), f"{result.path.name}: {result.detail}"
        assert {o.engine for o in result.observations} == {"reference", *engines}


def test_no_program_and_no_engine_is_left_out() -> None:
    assert sorted(path for _, paths in SHARES for path in paths) == sorted(CORPORA.rglob("*.omni"))
    assert {"reference"}.union(*TURNS, FAST_TIER) == set(ENGINE_NAMES)
    assert {"reference", "valgrind"}.union(*LONG_TURNS) == set(ENGINE_NAMES)
