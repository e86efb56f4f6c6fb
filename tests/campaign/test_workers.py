"""Workers that die or hang cost time, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from omnitest.campaign import scheduler
from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.scheduler import fuzz
from omnitest.campaign.workers import ClusterProblem, ClusterWorkers, LocalWorkers, WorkerDied, runs, sweep

QUICK = CampaignOptions(seed=12, engines=("tcc",), seconds=None, programs=40, jobs=2, self_test=False)


def workers_below(process: psutil.Process) -> list[psutil.Process]:
    """The worker processes of a campaign in ``process``."""
    return [p for p in process.children() if any("spawn_main" in word for word in p.cmdline())]


def kill_a_worker(times: int) -> None:
    """Kill a worker of this process, several times, each when there is one that works."""
    while times:
        time.sleep(0.5)
        for worker in workers_below(psutil.Process()):
            if worker.cpu_times().user > 1.0:
                worker.kill()
                times -= 1
                break


def test_a_campaign_goes_on_when_workers_are_killed() -> None:
    killer = threading.Thread(target=kill_a_worker, args=(2,), daemon=True)
    killer.start()
    summary = fuzz(replace(QUICK, programs=120))
    killer.join(timeout=60)
    assert summary.programs == summary.verdicts.agree == 120
    assert summary.problems == ()


def test_a_task_that_kills_its_workers_is_a_failure_of_the_harness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "run_task", die)
    summary = fuzz(replace(QUICK, programs=4))
    assert summary.verdicts.inconclusive == {"harness-failure": 4}
    assert any("died 3 times" in problem for problem in summary.problems)


def test_a_task_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "run_task", hang)
    monkeypatch.setattr(scheduler, "TASK_SECONDS", 2.0)
    summary = fuzz(replace(QUICK, programs=4))
    assert summary.verdicts.inconclusive == {"harness-failure": 4}
    assert any("took more than 2 seconds" in problem for problem in summary.problems)


def die(task: object) -> None:
    os._exit(3)


def hang(task: object) -> None:
    time.sleep(3600)


def with_a_child(path: str) -> int:
    """Start a process that has so much memory that it takes a while to end when it is killed."""
    Path(path).write_text("", encoding="utf-8")
    holder = "memory = bytearray(b'1') * 300_000_000; print(flush=True); import time; time.sleep(3600)"
    child = subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    return child.pid


def test_closing_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("omnitest-workers-*"))
    workers = LocalWorkers(2)
    child = workers.submit(with_a_child, str(tmp_path / "seen")).result()
    workers.close()
    assert (tmp_path / "seen").exists()
    assert not psutil.pid_exists(child) or not runs(psutil.Process(child))
    assert workers_below(psutil.Process()) == []
    assert set(Path(tempfile.gettempdir()).glob("omnitest-workers-*")) <= before


def test_workers_are_there_again_after_one_died() -> None:
    workers = LocalWorkers(1)
    try:
        with pytest.raises(WorkerDied):
            workers.submit(die, None).result()
        workers.restart()
        assert workers.submit(abs, -5).result() == 5
    finally:
        workers.close()


def test_what_a_killed_campaign_left_is_swept_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    process = subprocess.Popen(["true"])
    process.wait()
    left, own = (
        [tmp_path / f"omnitest-{what}-{number}-x" for what in ("workers", "corpus")]
        for number in (process.pid, os.getpid())
    )
    for folder in (*left, *own):
        (folder / "17").mkdir(parents=True)
    sweep()
    assert [folder.exists() for folder in (*left, *own)] == [False, False, True, True]


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    with pytest.raises(ClusterProblem, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        ClusterWorkers("tcp://127.0.0.1:9", seconds=0.5)
