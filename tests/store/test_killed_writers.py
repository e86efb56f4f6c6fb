"""Writers that are killed at any instant: the store is whole, and has everything that they had reported."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from dataclasses import replace

from omnitest.store.problems import UnknownCampaign
from omnitest.store.records import FoundSuspect, PendingSuspect
from omnitest.store.store import Store
from tests.store.sample_findings import FINDING

#: How often the writers are killed. What can tear is a file; a server only loses clients.
KILLS = {"sqlite": 20, "postgresql": 8}
#: Each batch has one suspect, of these bugs in turn.
BUGS = 7


def _say(pipe: int, *words: object) -> None:
    """Report what the store has confirmed, in one write."""
    os.write(pipe, (" ".join(map(str, words)) + "\n").encode())


def _run_campaign(place: str, pipe: int) -> None:
    """Begin or resume a campaign that has no end."""
    campaigns = Store(place).campaigns
    try:
        campaign = campaigns.resume(campaigns.latest("killed").id)
    except UnknownCampaign:
        campaign = campaigns.begin("killed", 1, {})

    def settle(suspect: PendingSuspect) -> None:
        bug = f"bug-{suspect.document['bug']}"
        campaigns.settle(
            campaign.id, suspect.signature, replace(FINDING, fingerprint=bug, original=FINDING.original * 500)
        )
        _say(pipe, "finding", bug)

    for suspect in campaigns.pending(campaign.id):
        settle(suspect)
    done = campaigns.latest("killed").progress.get("batches", 0)
    while True:
        found = FoundSuspect((f"bug {done % BUGS}",), {"bug": done % BUGS})
        campaigns.record(campaign.id, {"batches": done + 1, "ballast": "x" * 5000}, [found])
        _say(pipe, "batch", done)
        done += 1
        for suspect in campaigns.pending(campaign.id):
            settle(suspect)


def _add_findings(place: str, pipe: int) -> None:
    store = Store(place)
    number = 0
    while True:
        fingerprint = f"other-{os.getpid()}-{number}"
        store.add(replace(FINDING, fingerprint=fingerprint))
        _say(pipe, "finding", fingerprint)
        number += 1
        time.sleep(0.002)  # leave the other one its turn


def _kill_after(reports: int, seconds: float, place: str) -> list[list[str]]:
    """Let a campaign and another writer work until so many reports have come and so much time has gone by after that,
    then kill both; what they reported."""
    reader, writer = os.pipe()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=(place, writer)) for work in (_run_campaign, _add_findings)]
    for process in processes:
        process.start()
    os.close(writer)
    with open(reader, encoding="utf-8") as pipe:
        lines = [pipe.readline().split() for _ in range(reports)]
        time.sleep(seconds)
        for process in processes:
            process.kill()
        lines += [line.split() for line in pipe]
    for process in processes:
        process.join()
        assert process.exitcode == -9
    return lines


def test_nothing_that_was_reported_is_lost_and_nothing_is_counted_twice(store: Store, place: str) -> None:
    store.load()
    instants = random.Random(7)
    reported: list[list[str]] = []
    for _ in range(KILLS["postgresql" if "://" in place else "sqlite"]):
        reported += _kill_after(instants.randrange(25), instants.uniform(0.0, 0.03), place)
        with Store(place) as opened:
            contents = opened.load()
            known = {finding.fingerprint: finding for finding in contents.findings}
            campaigns = opened.campaigns.load("killed")
            done = max((campaign.progress.get("batches", 0) for campaign in campaigns), default=0)
            pending = [suspect for campaign in campaigns for suspect in opened.campaigns.pending(campaign.id)]
            if opened.location.endswith(".sqlite3") and contents.findings:
                with opened._database.reading() as connection:
                    assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert contents.skipped == ()
        assert {fingerprint for what, fingerprint in reported if what == "finding"} <= set(known)
        # one campaign that goes on behind its last batch: no number is reported twice, none is left out
        numbers = [int(number) for what, number in reported if what == "batch"]
        assert len(campaigns) <= 1 and len(set(numbers)) == len(numbers) and set(numbers) <= set(range(done))
        # each suspect is a hit of its finding or still waits, never both
        hits = sum(finding.hits for name, finding in known.items() if name.startswith("bug-"))
        assert hits + sum(suspect.hits for suspect in pending) == done
    assert {what for what, _ in reported} == {"batch", "finding"}
