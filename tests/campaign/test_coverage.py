"""What a campaign says about its own coverage."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from omnitest.campaign.coverage import CoverageTally, Part, names
from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.scheduler import fuzz
from reference_interp import parse


def test_a_campaign_counts_what_it_exercises() -> None:
    options = CampaignOptions(seed=5, engines=("tcc",), seconds=None, programs=20, self_test=False, coverage=True)
    summary = fuzz(options)
    rows = {(row.part, row.name): row for row in summary.coverage}
    assert set(rows) == {(part, name) for part in Part for name in names(part)}
    assert all(row.reached <= row.generated <= 20 for row in summary.coverage)
    assert rows[Part.FORM, "define"].reached > 0
    assert rows[Part.PASS, "ownership"].reached == 20
    assert summary.to_json()["coverage"][0].keys() == {"part", "name", "generated", "reached"}


def test_without_the_option_nothing_is_counted() -> None:
    options = CampaignOptions(seed=5, engines=("tcc",), seconds=None, programs=2, self_test=False)
    assert fuzz(options).coverage == ()


def test_intended_errors_count_as_generated() -> None:
    tally = CoverageTally()
    tally.count(parse("(if #f (car 5) 1)"), frozenset({"type-error"}), Counter({"dead-code.removed": 2}), 1000)
    rows = {(row.part, row.name): (row.generated, row.reached) for row in tally.rows()}
    assert rows[Part.KIND, "type-error"] == (1, 0)
    assert rows[Part.PRIMITIVE, "car"] == (1, 0)
    assert rows[Part.FORM, "if"] == (1, 1)
    assert rows[Part.PASS, "dead-code"] == (1, 1)
    assert rows[Part.PASS, "contify"] == (1, 0)


def test_programs_that_are_counted_leave_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tally = CoverageTally()
    program = parse('(call-with-output-file "made.txt" newline) (file-exists? "made.txt")')
    tally.count(program, frozenset(), Counter(), 1000)
    rows = {(row.part, row.name): row.reached for row in tally.rows()}
    assert rows[Part.PRIMITIVE, "file-exists?"] == 1
    assert list(tmp_path.iterdir()) == []
