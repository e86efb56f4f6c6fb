"""Engines by name."""

from __future__ import annotations

import pytest

from omnitest.engines.factory import (
    ALL_NAMES,
    ENGINE_NAMES,
    FAST_TIER,
    FOREIGN_NAMES,
    FULL_TIER,
    UnknownEngine,
    engine_names,
    make_engine,
)
from omnitest.engines.protocol import EngineOptions


@pytest.mark.parametrize("name", ALL_NAMES)
def test_an_engine_has_the_name_it_is_made_by(name: str) -> None:
    engine = make_engine(name, EngineOptions())
    try:
        assert engine.name == name
    finally:
        engine.close()


def test_all_means_every_engine_of_the_whole_language_once() -> None:
    assert engine_names(["all"]) == ENGINE_NAMES
    assert not set(ENGINE_NAMES) & set(FOREIGN_NAMES)
    assert engine_names(["tsan", "all", "tsan"]) == ("tsan", *(name for name in ENGINE_NAMES if name != "tsan"))


def test_the_tiers_have_names() -> None:
    assert engine_names(["fast"]) == FAST_TIER
    assert engine_names(["full", "fast"]) == FULL_TIER
    assert set(FAST_TIER) < set(FULL_TIER) < set(ENGINE_NAMES)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("valgrnd", "valgrind"), ("gcc-o2", "gcc-O2"), ("al", "all"), ("fats", "fast"), ("guil", "guile")],
)
def test_an_unknown_name_suggests_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(UnknownEngine, match=rf"there is no engine '{typed}'\. Did you mean {meant}\?"):
        engine_names([typed])


def test_a_name_like_no_other_lists_the_engines() -> None:
    with pytest.raises(UnknownEngine, match=r"reference, tcc, .* tsan, edges, guile, chez, all, fast, full"):
        make_engine("xyzzy", EngineOptions())
