"""A campaign as JSON: the contract of ``--json``."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.reports.sample_campaign import CAMPAIGN


def test_the_documented_fields_are_there() -> None:
    document = json.loads(json.dumps(CAMPAIGN.to_json()))
    assert document["programs"] == 1500
    assert document["valid_rate"] == 0.9853
    assert document["programs_per_second"] == 19.894
    assert document["verdicts"] == {"agree": 1480, "diverged": 12, "inconclusive": {"stack": 5, "cpu-time": 3}}
    assert document["engines"]["valgrind"] == {"runs": 700, "seconds": 41.5, "faults": 9, "verdicts": {}}
    finding = document["findings"][0]
    assert {name: finding[name] for name in ("fingerprint", "kind", "engine", "replay")} == {
        "fingerprint": "leak-3f9a01",
        "kind": "leak",
        "engine": "valgrind",
        "replay": "omnitest replay leak-3f9a01",
    }
    assert finding["reduced"] == CAMPAIGN.findings[0].reduced
    assert finding["original"] == CAMPAIGN.findings[0].original


def test_a_campaign_without_time_has_no_throughput() -> None:
    assert replace(CAMPAIGN, seconds=0.0).programs_per_second == 0.0


def test_verdicts_add_up() -> None:
    assert CAMPAIGN.verdicts.total == 1500
