"""A campaign that is killed at any instant goes on where it was, and nothing that it had found is lost."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from omnitest.campaign.journal import StoreJournal
from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.profiles import PROFILES, Profile
from omnitest.campaign.progress import Progress
from omnitest.campaign.scheduler import Campaign
from omnitest.campaign.summary import Replayed, TimelinePoint
from omnitest.campaign.tally import Tally
from omnitest.engines.protocol import Limits
from omnitest.prepare import Settings
from omnitest.store.records import CampaignState
from omnitest.store.store import Store

#: How often campaigns are killed; a nightly run asks for more.
KILLS = int(os.environ.get("OMNITEST_KILLS", "2"))
PROGRAMS = 40 + 12 * KILLS


def start(place: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "omnitest.cli", "campaign", "killed", "--store", str(place), "--jobs", "1"]
    command += ["--report", str(place / "reports"), "--json", str(place / "out.json"), *arguments]
    with open(place / "log", "ab") as log:
        return subprocess.Popen(command, cwd=place, stdout=log, stderr=log)


def found(store: Store) -> set[tuple[str, ...]]:
    """The signatures that the store knows of: with a finding or waiting for their triage."""
    record = store.campaigns.latest("killed")
    progress = Progress.from_json(record.progress) if record.progress else Progress()
    return {pending.signature for pending in store.campaigns.pending(record.id)} | set(progress.settled)


def test_killed_campaigns_lose_nothing_and_count_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(KILLS)
    config = tmp_path / "campaign.toml"
    config.write_text("[campaign]\nreduce_seconds = 2\n", encoding="utf-8")
    first = ["--programs", str(PROGRAMS), "--seed", "5", "-e", "tcc", "--plant", "wrong-fold"]
    process = start(tmp_path, *first, "--config", str(config))
    seen: set[tuple[str, ...]] = set()
    fingerprints: set[str] = set()
    with Store(tmp_path) as store:
        kills = 0
        while process.poll() is None:
            time.sleep(chance.uniform(0.1, 12.0 if kills < KILLS else 1.0))
            if store.campaigns.load("killed"):
                seen |= found(store)
                fingerprints |= {finding.fingerprint for finding in store.load().findings}
                if kills < KILLS and process.poll() is None:
                    process.kill()
                    process.wait()
                    kills += 1
                    process = start(tmp_path, "--resume")
        assert process.returncode == 1, (tmp_path / "log").read_text(encoding="utf-8")
        record = store.campaigns.latest("killed")
        assert record.state is CampaignState.FINISHED
        assert {finding.fingerprint for finding in store.load().findings} >= fingerprints
        assert len(store.campaigns.load("killed")) == 1
    result = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert result["programs"] == PROGRAMS
    assert sum(result["profiles"].values()) == PROGRAMS
    assert {finding["fingerprint"] for finding in result["findings"]} >= fingerprints
    assert sum(finding["hits"] for finding in result["findings"]) == result["verdicts"]["diverged"]
    final = Progress.from_json(record.progress)
    assert seen <= set(final.settled)


def test_a_finished_campaign_is_not_resumed_and_an_unfinished_one_not_started_anew(tmp_path: Path) -> None:
    done = start(tmp_path, "--programs", "4", "--seed", "5", "-e", "tcc")
    assert done.wait() == 0, (tmp_path / "log").read_text(encoding="utf-8")
    assert start(tmp_path, "--resume").wait() == 73
    with Store(tmp_path) as store:
        number = store.campaigns.latest("killed").id
        store.campaigns.end(number, CampaignState.INTERRUPTED)
    assert start(tmp_path, "--programs", "4").wait() == 2
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert "is finished; start a new one" in log
    assert "go on with it by --resume" in log
    assert "Traceback" not in log


def test_an_interrupted_campaign_triages_later_what_it_had_found(tmp_path: Path) -> None:
    options = CampaignOptions(
        1, ("tcc",), None, 60, settings=Settings(plants=frozenset({"wrong-fold"})), self_test=False, reduce_seconds=2.0
    )
    with Store(tmp_path) as store:
        record = store.campaigns.begin("stopped", 1, options.to_json())
        campaign = Campaign(options, StoreJournal(store, record))

        def stop(summary: object) -> None:
            campaign.stopping = campaign.stopping or bool(campaign.progress.hits)

        campaign.on_progress = stop
        campaign.run()
        assert store.campaigns.latest("stopped").state is CampaignState.INTERRUPTED
        again = Campaign(replace(options, programs=0), StoreJournal(store, store.campaigns.resume(record.id)))
        assert again.progress.tally.programs == campaign.progress.tally.programs
        summary = again.run()
        assert summary.findings
        assert {f.fingerprint for f in store.load().findings} == {f.fingerprint for f in summary.findings}


def test_progress_and_options_survive_json() -> None:
    tally = Tally(programs=3, agree=2, diverged=1)
    tally.verdicts["tcc", "agree"] = 2
    tally.inconclusive["limit-steps"] = 1
    progress = Progress(
        12.5, 4, {2, 3}, tally, {("leak", "omni_cons"): 7}, {("leak", "omni_cons"): "leak-1"},
        [TimelinePoint(2.0, 3, 1)], [Replayed("a.omni", "agree", "")], ["a problem"],
    )  # fmt: skip
    assert Progress.from_json(json.loads(json.dumps(progress.to_json()))) == progress
    own = Profile("deep", "all", replace(PROFILES["control"].config, size=300), 0)
    options = CampaignOptions(
        7, ("tcc",), 3600.0, 100, settings=Settings(frozenset({"dead-code"}), limits=Limits(cpu_seconds=2.0)),
        full_engines=("asan",), full_percent=5, quotas={"deep": 3}, profiles={"deep": own},
        regressions=(Path("corpora"),), reduce_seconds=9.0,
    )  # fmt: skip
    assert CampaignOptions.from_json(json.loads(json.dumps(options.to_json()))) == options


def test_a_terminated_campaign_ends_like_an_interrupted_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    process = start(tmp_path, "--hours", "1", "--seed", "5", "-e", "tcc")
    with Store(tmp_path) as store:
        while process.poll() is None and not (
            store.campaigns.load("killed") and (store.campaigns.latest("killed").progress or {}).get("batches")
        ):
            time.sleep(0.1)
        process.terminate()
        assert process.wait(timeout=120) == 0, (tmp_path / "log").read_text(encoding="utf-8")
        assert store.campaigns.latest("killed").state is CampaignState.INTERRUPTED
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["programs"] > 0
    assert list((tmp_path / "tmp").iterdir()) == []
