"""When sanitizers need a fixed layout of addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnitest.engines import sanitizer
from omnitest.engines.factory import make_engine
from omnitest.engines.protocol import EngineOptions
from omnitest.engines.sanitizer import needs_fixed_addresses
from omnitest.outcome import Finished
from tests.engines.cases import LIMITS, Lisp, cases


@pytest.mark.parametrize(("text", "needed"), [("28\n", False), ("32\n", True), ("unknown\n", False), (None, False)])
def test_the_kernels_setting_decides(tmp_path: Path, text: str | None, needed: bool) -> None:
    setting = tmp_path / "mmap_rnd_bits"
    if text is not None:
        setting.write_text(text, encoding="ascii")
    assert needs_fixed_addresses(setting) is needed


@pytest.mark.parametrize("name", ["asan", "tsan"])
def test_programs_run_with_fixed_addresses(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sanitizer, "needs_fixed_addresses", lambda: True)
    engine = make_engine(name, EngineOptions(LIMITS))
    try:
        (seen,) = engine.run(cases([Lisp("(+ 1 2)")]))
    finally:
        engine.close()
    assert (seen.end, seen.faults) == (Finished("3"), ())
