"""Each planted fault shows where it should, and a build that could obey it is sound while nobody asks."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from compiler.flavours import FLAVOURS
from tests.runtime.build import C_TESTS, build_c_test

SHOWN_BY = {
    "leak": ("asan", "LeakSanitizer: detected memory leaks"),
    "use-after-free": ("asan", "AddressSanitizer: heap-use-after-free"),
    "double-free": ("asan", "AddressSanitizer: attempting double-free"),
    "out-of-bounds": ("asan", "AddressSanitizer: heap-buffer-overflow"),
    "undefined-shift": ("asan", "runtime error: shift exponent 64"),
    "data-race": ("tsan", "ThreadSanitizer: data race"),
    "wrong-error-kind": ("gcc-O2", "type-error"),
    "cycle-skip": ("asan", "LeakSanitizer: detected memory leaks"),
}
FLAVOUR_NAMES = ("asan", "gcc-O2", "tsan")


@dataclass(frozen=True)
class Run:
    status: int
    text: str
    record: str


def run(executable: Path, plant: str | None, folder: Path) -> Run:
    record = folder / "outcome"
    environment = {**os.environ, "OMNI_OUTCOME": str(record), "OMNI_PRINT": "1", "OMNI_PLANT": plant or ""}
    done = subprocess.run([executable], capture_output=True, env=environment, timeout=60, check=False)
    text = (done.stdout + done.stderr).decode()
    return Run(done.returncode, text, record.read_text(encoding="utf-8") if record.exists() else "")


@pytest.mark.parametrize("flavour", FLAVOUR_NAMES)
def test_without_a_plant_there_is_no_fault(flavour: str, tmp_path: Path) -> None:
    executable = build_c_test(C_TESTS / "plant_driver.c", FLAVOURS[flavour].with_plants(), tmp_path)
    seen = run(executable, None, tmp_path)
    assert (seen.status, seen.text) == (0, "index-out-of-range\n")
    assert "live 0\n" in seen.record and seen.record.endswith("\ncomplete\n")


@pytest.mark.parametrize("plant", SHOWN_BY)
def test_a_plant_shows(plant: str, tmp_path: Path) -> None:
    flavour, sign = SHOWN_BY[plant]
    executable = build_c_test(C_TESTS / "plant_driver.c", FLAVOURS[flavour].with_plants(), tmp_path)
    assert sign in run(executable, plant, tmp_path).text


def test_the_record_counts_leaks(tmp_path: Path) -> None:
    executable = build_c_test(C_TESTS / "plant_driver.c", FLAVOURS["gcc-O2"].with_plants(), tmp_path)
    assert "\nlive 1\n" in run(executable, "leak", tmp_path).record


def test_several_can_be_planted_at_once(tmp_path: Path) -> None:
    executable = build_c_test(C_TESTS / "plant_driver.c", FLAVOURS["gcc-O2"].with_plants(), tmp_path)
    seen = run(executable, "wrong-error-kind,leak", tmp_path)
    assert "\nlive 1\n" in seen.record and "type-error" in seen.text


@pytest.mark.parametrize("plants", [False, True], ids=["plain", "plants"])
def test_an_unknown_plant_is_refused(plants: bool, tmp_path: Path) -> None:
    flavour = FLAVOURS["gcc-O2"].with_plants() if plants else FLAVOURS["gcc-O2"]
    executable = build_c_test(C_TESTS / "plant_driver.c", flavour, tmp_path)
    seen = run(executable, "leak,leek" if plants else "leak", tmp_path)
    assert seen.status == 71 and f"{'leek' if plants else 'leak'}: no such fault" in seen.text and not seen.record
