"""The table of planted faults: each is run into by its program and seen, and none is there unless asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import runtime
from compiler.context import PLANTS as COMPILER_PLANTS
from omnitest.compare import Agree, Diverged
from omnitest.oracle import Oracle
from omnitest.plants import PLANTS
from omnitest.prepare import VERIFIER, Settings
from omnitest.triage.fingerprint import Evidence

PLANTED = [plant for plant in PLANTS.values() if plant.layer != "reference"]


@pytest.mark.parametrize("name", [plant.name for plant in PLANTED])
def test_its_program_shows_the_fault(name: str) -> None:
    plant = PLANTS[name]
    alone = plant.engine == VERIFIER
    with Oracle(() if alone else (plant.engine,), Settings(plants=frozenset({name}), verify=alone)) as oracle:
        (judgement,) = oracle.judge([plant.trigger])
    assert isinstance(judgement.verdict, Diverged)
    assert judgement.verdict.kind in plant.kinds


def test_a_drop_that_is_lost_and_one_that_a_branch_forgets_have_different_names() -> None:
    names = set()
    for name in ("lost-drop", "branch-edge-keeps"):
        with Oracle((), Settings(plants=frozenset({name}))) as oracle:
            (judgement,) = oracle.judge([PLANTS[name].trigger])
        assert isinstance(judgement.verdict, Diverged)
        names.add(Evidence(judgement.verdict).fingerprint())
    assert len(names) == 2


def test_without_a_plant_no_program_shows_anything() -> None:
    with Oracle(("tcc", "asan"), Settings()) as oracle:
        verdicts = {
            plant.name: j.verdict for plant, j in zip(PLANTED, oracle.judge([p.trigger for p in PLANTED]), strict=True)
        }
    assert {name: verdict for name, verdict in verdicts.items() if verdict != Agree()} == {}


def test_several_faults_of_compiler_and_runtime_act_at_once() -> None:
    programs = [PLANTS[name].trigger for name in ("member-last", "float-literal-sign", "modulo-negative")]
    with Oracle(("tcc",), Settings(plants=frozenset({"member-last", "float-literal-sign"}))) as oracle:
        verdicts = [judgement.verdict for judgement in oracle.judge(programs)]
    assert [isinstance(verdict, Diverged) for verdict in verdicts] == [True, True, False]


def test_the_table_has_what_the_compiler_and_the_runtime_know() -> None:
    header = (runtime.source_directory() / "plant.h").read_text(encoding="utf-8")
    assert [p.name for p in PLANTED if p.layer == "runtime"] == re.findall(r'X\([A-Z_0-9]+, "([a-z-]+)"\)', header)
    assert [p.name for p in PLANTED if p.layer == "compiler"] == list(COMPILER_PLANTS)


@pytest.mark.parametrize("name", [plant.name for plant in PLANTED])
def test_a_fault_is_in_the_file_that_the_table_names(name: str) -> None:
    plant = PLANTS[name]
    text = (Path(__file__).parents[2] / plant.file).read_text(encoding="utf-8")
    assert (f"OMNI_PLANT_{name.upper().replace('-', '_')}" if plant.layer == "runtime" else name) in text
