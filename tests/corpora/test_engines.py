"""Every program of the corpora on every engine: no disagreement, no leak, no report of any checker."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnitest.compare import Agree
from omnitest.engines.factory import ENGINE_NAMES
from omnitest.matrix import run_files

CORPORA = Path(__file__).resolve().parents[2] / "corpora"
PROGRAMS = sorted(CORPORA.rglob("*.omni"))

#: Programs that are compiled together; small enough to spread over the workers of a parallel run.
SHARE = 6


@pytest.mark.parametrize("first", range(0, len(PROGRAMS), SHARE), ids=lambda i: PROGRAMS[i].stem)
def test_all_engines_agree(first: int) -> None:
    for result in run_files(PROGRAMS[first : first + SHARE], ENGINE_NAMES):
        assert isinstance(result.verdict, Agree), f"{result.path.name}: {result.detail}"
        assert [o.engine for o in result.observations] == list(ENGINE_NAMES)
