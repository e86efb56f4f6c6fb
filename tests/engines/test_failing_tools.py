"""Tools that crash or are missing cost what they must, and say so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from omnitest.engines.factory import make_engine
from omnitest.engines.protocol import EngineOptions
from omnitest.outcome import Finished, HarnessFailure
from tests.engines.cases import LIMITS, C, Lisp, cases

WELL = C("return omni_fixnum(7);")


def test_a_crash_of_tcc_costs_one_verdict() -> None:
    depth = 500_000  # deeper than a recursive parser can go on any sane stack
    crashing = C(f"return {'(' * depth}omni_fixnum(7){')' * depth};")
    engine = make_engine("tcc", EngineOptions(LIMITS))
    try:
        before, seen, after = engine.run(cases([WELL, crashing, WELL], libc=False))
        again = engine.run(cases([WELL], libc=False))
    finally:
        engine.close()
    assert isinstance(seen.end, HarnessFailure) and "signaled 11" in seen.end.reason
    assert [one.end for one in (before, after, *again)] == [Finished("7")] * 3


def test_a_missing_tool_is_named_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in os.environ["PATH"].split(os.pathsep):
        for name in os.listdir(folder) if Path(folder).is_dir() else []:
            if name != "valgrind" and not (tmp_path / name).is_symlink():
                (tmp_path / name).symlink_to(Path(folder, name))
    monkeypatch.setenv("PATH", str(tmp_path))
    engine = make_engine("valgrind", EngineOptions(LIMITS))
    try:
        observations = engine.run(cases([Lisp("1"), Lisp("2")]))
    finally:
        engine.close()
    for seen in observations:
        assert isinstance(seen.end, HarnessFailure)
        assert "valgrind was not found: install it with `apt-get install valgrind`" in seen.end.reason
