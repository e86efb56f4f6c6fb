"""A campaign on a cluster: workers elsewhere, the store on PostgreSQL, a worker killed on the way."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import pytest

from omnitest.campaign.journal import StoreJournal
from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.scheduler import fuzz
from omnitest.prepare import Settings
from omnitest.store.records import CampaignState
from omnitest.store.store import Store
from tests.store.postgresql import PostgresqlServer

PROGRAMS = 150


class Cluster:
    """A scheduler and two workers of ``distributed`` on the loopback interface."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        common = ("--scheduler-file", str(self._file), "--no-dashboard")
        self._scheduler = self._start("dask_scheduler", *common, "--host", "127.0.0.1", "--port", "0")
        self.workers = [
            self._start("dask_worker", *common, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
            for _ in range(2)
        ]

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments]
        with open(self._folder / "log", "ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)

    def address(self) -> str:
        """Where the scheduler is; waits until it and both workers are there."""
        deadline = time.monotonic() + 60
        while not self._file.exists():
            assert time.monotonic() < deadline, (self._folder / "log").read_text(encoding="utf-8")
            time.sleep(0.1)
        connect: Any = distributed.Client
        with connect(scheduler_file=str(self._file), set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            return str(client.scheduler.address)

    def close(self) -> None:
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_a_killed_worker_loses_no_program_and_no_finding(cluster: Cluster) -> None:
    options = CampaignOptions(
        seed=5,
        engines=("tcc",),
        seconds=None,
        programs=PROGRAMS,
        settings=Settings(plants=frozenset({"wrong-fold"})),
        self_test=False,
        reduce_seconds=1.0,  # what becomes of findings is not what this is about
        cluster=cluster.address(),
    )
    met: list[int] = []

    def kill_one(summary: object) -> None:
        if not met and campaign_is_under_way(store):
            met.append(1)
            threading.Thread(target=cluster.workers[0].kill).start()

    with PostgresqlServer() as server, Store(server.new_place()) as store:
        record = store.campaigns.begin("cluster", options.seed, options.to_json())
        summary = fuzz(options, StoreJournal(store, record), kill_one)
        assert met
        assert summary.problems == ()
        assert summary.programs == PROGRAMS
        assert summary.findings
        assert sum(finding.hits for finding in summary.findings) == summary.verdicts.diverged
        assert {f.fingerprint for f in store.load().findings} == {f.fingerprint for f in summary.findings}
        assert store.campaigns.latest("cluster").state is CampaignState.FINISHED


def campaign_is_under_way(store: Store) -> bool:
    """Whether some programs, and not nearly all, have been judged."""
    progress = store.campaigns.latest("cluster").progress
    return bool(progress) and 0 < progress["tally"]["programs"] < PROGRAMS // 2
