"""Campaigns end to end: quiet on a sound compiler, loud and brief about a planted fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from omnitest.campaign import scheduler as campaign
from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.progress import FindingsJournal
from omnitest.campaign.scheduler import Blind, fuzz
from omnitest.campaign.summary import CampaignSummary, SelfTestRow
from omnitest.campaign.tasks import program_seed
from omnitest.campaign.worker import generated
from omnitest.compare import Diverged, Divergence
from omnitest.generate.config import GeneratorConfig
from omnitest.prepare import Settings
from omnitest.store.finding import Finding
from omnitest.store.store import Store
from omnitest.triage.replay import replay
from omnitest.triage.triage import Suspect, triage
from reference_interp.reader import read_program
from reference_interp.syntax import count_nodes

QUICK = CampaignOptions(
    seed=11, engines=("reference", "tcc"), seconds=None, programs=60, jobs=1, self_test=False, reduce_seconds=8.0
)

CONFIG = GeneratorConfig(size=90)

CampaignWith = Callable[[str], tuple[CampaignSummary, list[Finding]]]


def planted(name: str, programs: int) -> CampaignOptions:
    return replace(QUICK, settings=Settings(plants=frozenset({name})), programs=programs)


def nodes(text: str) -> int:
    return count_nodes(read_program(text, "reduced.omni"))


def test_a_sound_compiler_gives_no_findings() -> None:
    summary = fuzz(QUICK)
    assert summary.findings == ()
    assert summary.verdicts.agree == summary.programs == 60
    assert summary.valid_rate >= 0.95
    assert summary.problems == ()
    assert {engine.name for engine in summary.engines} == {"reference", "tcc"}


@pytest.fixture(scope="module")
def campaign_with(tmp_path_factory: pytest.TempPathFactory) -> CampaignWith:
    """The summary and the stored findings of a campaign with a planted fault."""

    @cache
    def run(plant: str) -> tuple[CampaignSummary, list[Finding]]:
        with Store(tmp_path_factory.mktemp(plant)) as store:
            return fuzz(planted(plant, programs=24), FindingsJournal(store)), list(store.load().findings)

    return run


@pytest.mark.parametrize("plant", ["lost-drop", "extra-drop", "wrong-fold"])
def test_a_planted_fault_is_found_reduced_stored_and_replayed(plant: str, campaign_with: CampaignWith) -> None:
    summary, stored = campaign_with(plant)
    assert summary.findings
    assert summary.verdicts.diverged > 0
    assert {f.fingerprint for f in stored} == {f.fingerprint for f in summary.findings}
    smallest = min(stored, key=lambda f: nodes(f.reduced))
    assert nodes(smallest.reduced) <= 15
    assert replay(smallest).reproduced
    assert replay(smallest, original=True).reproduced
    healed = replace(smallest, plants=())
    assert not replay(healed).reproduced


def test_a_bug_is_one_finding_however_many_programs_hit_it(campaign_with: CampaignWith) -> None:
    summary, _ = campaign_with("wrong-fold")
    assert sum(f.hits for f in summary.findings) == summary.verdicts.diverged
    assert len(summary.findings) < summary.verdicts.diverged


def test_the_same_seed_gives_the_same_programs() -> None:
    seeds = [program_seed(5, number) for number in range(20)]
    assert [generated(s, CONFIG).text for s in seeds] == [generated(s, CONFIG).text for s in seeds]
    assert len({generated(s, CONFIG).text for s in seeds}) == 20


def test_what_does_not_happen_again_is_flaky_and_no_finding(campaign_with: CampaignWith) -> None:
    finding = campaign_with("wrong-fold")[0].findings[0]
    diverged = Diverged(
        kind=Divergence(finding.kind),
        detail="",
        expected=finding.expected,
        observation=finding.actual,
        engines=("tcc",),
    )
    healthy = Suspect(finding.reduced, diverged, Settings(), ("reference", "tcc"))
    assert triage(healthy, seconds=5.0) is None


def test_a_blind_engine_stops_the_campaign(monkeypatch: pytest.MonkeyPatch) -> None:
    row = SelfTestRow("leak", "valgrind", False, "not seen")
    monkeypatch.setattr(campaign, "prove", lambda engines, limits: [row])
    with pytest.raises(Blind, match="valgrind missed leak"):
        fuzz(replace(QUICK, self_test=True))


def test_a_failing_worker_costs_its_batch_and_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(QUICK, engines=("reference", "no-such-engine"), programs=4)
    summary = fuzz(broken)
    assert summary.verdicts.inconclusive == {"harness-failure": 4}
    assert summary.findings == ()
    assert any("no-such-engine" in problem for problem in summary.problems)


def test_progress_is_reported() -> None:
    seen: list[CampaignSummary] = []
    fuzz(replace(QUICK, programs=10), on_progress=seen.append)
    assert seen[-1].programs == 10
