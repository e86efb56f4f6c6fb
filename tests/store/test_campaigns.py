"""Campaigns in a store: what was recorded is counted once, whatever is killed and however often it is resumed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from omnitest.compare import Diverged, Divergence
from omnitest.outcome import FaultKind
from omnitest.prepare import Settings
from omnitest.store.problems import CampaignBusy, StoreProblem, UnknownCampaign
from omnitest.store.records import CampaignState, FoundSuspect, Status
from omnitest.store.store import Store
from omnitest.triage.triage import Suspect
from tests.store.sample_findings import FINDING, LEAK, RAISED

SEED = 2**70 + 1
LEAKS = FoundSuspect(("leak", "omni_cons"), {"source": "(f 1)\0\ud800"})
WRONG = FoundSuspect(("wrong-value", "tcc"), {"source": "(f 2)"})


#: What a campaign keeps of how far it has come.
SOME: dict[str, Any] = {"batches": 1}


def test_a_campaign_comes_back_as_it_was_begun(store: Store) -> None:
    begun = store.campaigns.begin("nightly", SEED, {"engines": ["tcc"], "λ": None})
    assert store.campaigns.latest("nightly") == begun
    assert (begun.seed, begun.options, begun.progress) == (SEED, {"engines": ["tcc"], "λ": None}, {})
    assert begun.state is CampaignState.RUNNING and not begun.abandoned
    store.campaigns.heartbeat(begun.id, {"phase": 2})
    store.campaigns.end(begun.id, CampaignState.FINISHED)
    ended = store.campaigns.latest("nightly")
    assert ended.state is CampaignState.FINISHED and ended.ended is not None and ended.progress == {"phase": 2}
    with pytest.raises(StoreProblem, match="finished"):
        store.campaigns.resume(begun.id)


def test_campaigns_of_one_name_are_told_apart(store: Store) -> None:
    first, second = (store.campaigns.begin("nightly", seed, {}) for seed in (1, 2))
    other = store.campaigns.begin("smoke", 3, {})
    assert store.campaigns.latest("nightly").id == second.id
    assert [campaign.id for campaign in store.campaigns.load("nightly")] == [second.id, first.id]
    assert {campaign.id for campaign in store.campaigns.load()} == {first.id, second.id, other.id}
    with pytest.raises(UnknownCampaign, match="there are: nightly, smoke"):
        store.campaigns.latest("nightyl")


def test_only_one_process_runs_a_campaign(store: Store, change: Callable[[str], None]) -> None:
    campaign = store.campaigns.begin("nightly", 1, {})
    with pytest.raises(CampaignBusy, match=f"process {os.getpid()}"):
        store.campaigns.resume(campaign.id)
    store.campaigns.end(campaign.id, CampaignState.INTERRUPTED)
    assert store.campaigns.resume(campaign.id).state is CampaignState.RUNNING
    # of another machine only the silence can be known
    change("UPDATE campaigns SET host = 'elsewhere'")
    with pytest.raises(CampaignBusy, match="on elsewhere"):
        store.campaigns.resume(campaign.id)
    change("UPDATE campaigns SET heartbeat = '2026-01-01 00:00:00.000000'")
    assert store.campaigns.latest("nightly").abandoned
    assert store.campaigns.resume(campaign.id).ended is None
    with pytest.raises(UnknownCampaign):
        store.campaigns.resume(campaign.id + 1)


def _begin_and_die(place: str) -> None:
    Store(place).campaigns.begin("nightly", 1, {})
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_campaign_whose_process_was_killed_can_be_resumed_at_once(store: Store, place: str) -> None:
    process = multiprocessing.get_context("fork").Process(target=_begin_and_die, args=(place,))
    process.start()
    process.join(60)
    campaign = store.campaigns.latest("nightly")
    assert campaign.state is CampaignState.RUNNING and campaign.abandoned
    assert not store.campaigns.resume(campaign.id).abandoned


# ---- suspects ----------------------------------------------------------------------------------------


def test_suspects_wait_once_per_signature_with_all_their_hits(store: Store) -> None:
    campaign = store.campaigns.begin("nightly", 1, {}).id
    store.campaigns.record(campaign, SOME, [LEAKS, WRONG, LEAKS])
    store.campaigns.record(campaign, SOME, [replace(LEAKS, document={"source": "later"})])
    leak, wrong = store.campaigns.pending(campaign)
    assert store.campaigns.latest("nightly").progress == SOME
    assert (leak.signature, leak.document, leak.hits) == (LEAKS.signature, LEAKS.document, 3)
    assert (wrong.signature, wrong.document, wrong.hits) == (WRONG.signature, WRONG.document, 1)


def test_a_triaged_suspect_is_a_finding_of_the_campaign_and_counts_on(store: Store) -> None:
    campaign = store.campaigns.begin("nightly", 1, {}).id
    store.campaigns.record(campaign, SOME, [LEAKS, LEAKS])
    added = store.campaigns.settle(campaign, LEAKS.signature, replace(FINDING, hits=1), {"batches": 2})
    assert added is not None and added.new and added.finding.hits == 2
    assert store.campaigns.latest("nightly").progress == {"batches": 2}
    assert (
        store.campaigns.settle(campaign, LEAKS.signature, FINDING) is None
    )  # a worker that was taken for dead reports as well
    assert store.campaigns.pending(campaign) == ()
    store.campaigns.record(campaign, SOME, [LEAKS])
    (seen,) = store.campaigns.findings(campaign)
    assert (seen.hits, seen.new, seen.record.finding.hits) == (3, True, 3)
    # the next night knows it
    again = store.campaigns.begin("nightly", 2, {}).id
    store.campaigns.record(again, SOME, [LEAKS])
    store.campaigns.settle(again, LEAKS.signature, FINDING)
    (seen,) = store.campaigns.findings(again)
    assert (seen.hits, seen.new, seen.record.finding.hits) == (1, False, 4)


def test_two_signatures_of_one_bug_are_one_finding(store: Store) -> None:
    campaign = store.campaigns.begin("nightly", 1, {}).id
    store.campaigns.record(campaign, SOME, [LEAKS, WRONG, WRONG])
    for suspect in store.campaigns.pending(campaign):
        store.campaigns.settle(campaign, suspect.signature, FINDING)
    (seen,) = store.campaigns.findings(campaign)
    assert (seen.hits, seen.new, seen.record.finding.hits) == (3, True, 3)


def test_hits_of_a_fixed_finding_make_it_a_regression(store: Store) -> None:
    campaign = store.campaigns.begin("nightly", 1, {}).id
    store.campaigns.record(campaign, SOME, [LEAKS])
    store.campaigns.settle(campaign, LEAKS.signature, FINDING)
    store.findings.mark("leak", Status.FIXED, "")
    store.campaigns.record(campaign, SOME, [LEAKS])
    assert store.findings.get("leak").state == "new, regression"


def test_a_flaky_suspect_gets_another_chance_when_it_is_seen_again(store: Store) -> None:
    campaign = store.campaigns.begin("nightly", 1, {}).id
    store.campaigns.record(campaign, SOME, [LEAKS, LEAKS])
    assert store.campaigns.settle(campaign, LEAKS.signature, None) is None
    assert store.campaigns.pending(campaign) == () and store.campaigns.findings(campaign) == ()
    store.campaigns.record(campaign, SOME, [replace(LEAKS, document={"source": "again"})])
    (suspect,) = store.campaigns.pending(campaign)
    assert (suspect.document, suspect.hits) == ({"source": "again"}, 1)


def test_a_suspect_that_is_not_there_gives_the_finding_back(store: Store) -> None:
    campaign = store.campaigns.begin("nightly", 1, {}).id
    with pytest.raises(StoreProblem, match="has no suspect 'leak omni_cons'") as caught:
        store.campaigns.settle(campaign, LEAKS.signature, FINDING)
    assert caught.value.finding == FINDING


@pytest.mark.parametrize(
    "diverged",
    [
        Diverged(FaultKind.LEAK, "24 bytes", FINDING.expected, FINDING.actual, ("valgrind", "asan"), LEAK),
        Diverged(Divergence.WRONG_VALUE, "\0\ud800", RAISED.expected, RAISED.actual, ("gcc-O2",)),
    ],
)
def test_a_suspect_waits_with_all_that_its_triage_needs(store: Store, diverged: Diverged) -> None:
    settings = Settings(frozenset({"borrow"}), frozenset({"leak"}), FINDING.limits, False)
    suspect = Suspect("(f 1)\0\ud800", diverged, settings, ("tcc", "asan"), SEED, b"\xff\0")
    campaign = store.campaigns.begin("nightly", 1, {}).id
    store.campaigns.record(campaign, SOME, [FoundSuspect(suspect.signature, suspect.to_json())])
    (pending,) = store.campaigns.pending(campaign)
    again = Suspect.from_json(pending.document)
    assert again == suspect and again.signature == pending.signature
    assert again.diverged.fault is None or again.diverged.fault.text == LEAK.text  # what equality leaves out
