"""A campaign with something in every part of the report."""

from __future__ import annotations

from datetime import UTC, datetime

from omnitest.campaign.summary import CampaignSummary, EngineSummary, SelfTestRow, TimelinePoint, Verdicts
from tests.store.sample_findings import FINDING, RAISED

CAMPAIGN = CampaignSummary(
    started=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    seconds=75.4,
    seed=7,
    programs=1500,
    valid_rate=0.9853,
    verdicts=Verdicts(agree=1480, diverged=12, inconclusive={"stack": 5, "cpu-time": 3}),
    engines=(EngineSummary("gcc-O2", 1500, 30.25, 0), EngineSummary("valgrind", 700, 41.5, 9)),
    findings=(FINDING, RAISED),
    self_test=(
        SelfTestRow("leak", "valgrind", True, "24 bytes in 1 block are lost", 0.6),
        SelfTestRow("data-race", "tsan", False, "reported nothing", 1.25),
    ),
    timeline=(TimelinePoint(10, 200, 0), TimelinePoint(20, 420, 1), TimelinePoint(75.4, 1500, 2)),
    passes={"fold_constants.folded": 812, "reuse.reused": 31},
    problems=("the disk is full: 1 finding could not be stored",),
)
