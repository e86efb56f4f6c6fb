"""Programs per second of the two tiers of engines against a naive loop, on the same programs, in one run.

The naive loop (:mod:`omnitest.benchmarks.naive`), the fast tier and the full tier are given the same programs of the
whole language, in the same number of processes. The parts alternate in rounds, so that what else the machine does
hits all of them. Each has processes of its own: what one has learnt about a program (proofs, compiled procedures)
would spare another the work. All have seen a batch of other programs before, as in the middle of a campaign.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from dataclasses import dataclass, field
from typing import Any, Final

from omnitest.benchmarks import naive
from omnitest.campaign.tasks import BATCH_SIZE, program_seed
from omnitest.campaign.worker import close_oracles, generated, judge_texts, prepare_texts, warm_up
from omnitest.campaign.workers import LocalWorkers
from omnitest.engines.factory import FAST_TIER, FULL_TIER
from omnitest.generate.config import GeneratorConfig
from omnitest.prepare import Settings

#: The generator's setting with which programs have 150 syntax nodes and more on average.
SIZE: Final = 150


@dataclass(slots=True)
class Arm:
    """One way of judging: wall seconds of its rounds, milliseconds of worker processes by stage, and runs that came
    to no outcome."""

    name: str
    programs: int = 0
    seconds: float = 0.0
    stages: Counter[str] = field(default_factory=Counter)
    unfinished: int = 0

    @property
    def each(self) -> float:
        """Wall seconds per program."""
        return self.seconds / self.programs if self.programs else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "programs": self.programs,
            "seconds": round(self.seconds, 3),
            "unfinished": self.unfinished,
            "milliseconds_each": round(self.each * 1000, 2),
            "stages": {name: round(ms / 1000, 3) for name, ms in self.stages.items()},
        }


@dataclass(frozen=True, slots=True)
class Throughput:
    """The result: ``nodes`` is the mean size of the programs, ``undecided`` how many had no verdict *agree*."""

    jobs: int
    nodes: float
    naive: Arm
    fast: Arm
    full: Arm
    undecided: int
    growth: dict[str, float] = field(default_factory=dict)

    @property
    def ratio_fast(self) -> float:
        """How many times faster the fast tier judges a program than the naive loop."""
        return self.naive.each / self.fast.each if self.fast.each else 0.0

    @property
    def ratio_full(self) -> float:
        """How many times faster the full tier judges a program than the naive loop."""
        return self.naive.each / self.full.each if self.full.each else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "jobs": self.jobs,
            "nodes": round(self.nodes, 1),
            "ratio_fast": round(self.ratio_fast, 2),
            "ratio_full": round(self.ratio_full, 2),
            "undecided": self.undecided,
            "growth": {name: round(ratio, 2) for name, ratio in self.growth.items()},
            "arms": {arm.name: arm.to_json() for arm in (self.naive, self.fast, self.full)},
        }


def measure(
    programs: int, jobs: int, seed: int, growth: bool, on_stage: Callable[[str], None] = lambda stage: None
) -> Throughput:
    """Judge ``programs`` programs from ``seed`` in every way, ``jobs`` at a time.

    With ``growth``, programs ten times as large go through both tiers as well.
    """
    config = GeneratorConfig(size=SIZE)
    made = [generated(program_seed(seed, number), config) for number in range(programs)]
    texts = [program.text for program in made]
    on_stage("building the runtimes")
    naive.build_runtimes()
    arms = {name: Arm(name) for name in ("naive", "fast", "full")}
    undecided = 0
    others = [generated(program_seed(seed + 1, number), config).text for number in range(BATCH_SIZE)]
    pools = {name: LocalWorkers(jobs) for name in arms}
    try:
        on_stage("starting the engines")
        for name, engines in (("fast", FAST_TIER), ("full", FULL_TIER)):
            wait([pools[name].submit(warm_up, engines, Settings()) for _ in range(jobs)])
        on_stage("preparing other programs")
        wait([pool.submit(prepare_texts, others) for pool in pools.values() for _ in range(jobs)])
        rounds = _rounds(texts, jobs)
        for number, part in enumerate(rounds, start=1):
            where = f"round {number} of {len(rounds)}"
            on_stage(f"{where}: naive loop")
            arms["naive"].unfinished += _run_naive(pools["naive"], arms["naive"], part)
            on_stage(f"{where}: fast tier")
            undecided += _run_tier(pools["fast"], arms["fast"], part, FAST_TIER, jobs)
            on_stage(f"{where}: full tier")
            undecided += _run_tier(pools["full"], arms["full"], part, FULL_TIER, jobs)
        larger = {}
        if growth:
            on_stage("programs ten times as large")
            larger = _growth(pools, arms, seed, jobs, max(jobs, programs // 10))
        wait([pool.submit(close_oracles) for pool in pools.values() for _ in range(jobs)])
    finally:
        for pool in pools.values():
            pool.close()
    nodes = statistics.mean(program.nodes for program in made)
    return Throughput(jobs, nodes, arms["naive"], arms["fast"], arms["full"], undecided, larger)


def _rounds(texts: Sequence[str], jobs: int) -> list[Sequence[str]]:
    """The programs in parts of a batch for each process."""
    size = BATCH_SIZE * jobs
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def _run_naive(workers: LocalWorkers, arm: Arm, texts: Sequence[str]) -> int:
    """Take ``texts`` through the naive loop; how many runs did not come to an outcome."""
    unfinished = 0
    started = time.monotonic()
    for future in [workers.submit(naive.judge, text) for text in texts]:
        spent, missing = future.result()
        unfinished += missing
        for step, seconds in spent.items():
            arm.stages[step] += round(seconds * 1000)
    arm.seconds += time.monotonic() - started
    arm.programs += len(texts)
    return unfinished


def _run_tier(workers: LocalWorkers, arm: Arm, texts: Sequence[str], engines: tuple[str, ...], jobs: int) -> int:
    """Judge ``texts`` in one batch for each process; how many did not agree."""
    size = -(-len(texts) // jobs)
    parts = [list(texts[start : start + size]) for start in range(0, len(texts), size)]
    undecided = 0
    started = time.monotonic()
    for future in [workers.submit(judge_texts, part, engines, Settings()) for part in parts]:
        tally = future.result()
        undecided += tally.programs - tally.agree
        arm.stages.update(tally.milliseconds)
    arm.seconds += time.monotonic() - started
    arm.programs += len(texts)
    return undecided


def _growth(pools: dict[str, LocalWorkers], arms: dict[str, Arm], seed: int, jobs: int, count: int) -> dict[str, float]:
    """What a program ten times as large costs, relative to the programs of each arm."""
    config = GeneratorConfig(size=10 * SIZE)
    texts = [generated(program_seed(seed, number), config).text for number in range(count)]
    ratios = {}
    for name, engines in (("fast", FAST_TIER), ("full", FULL_TIER)):
        arm = Arm(name)
        _run_tier(pools[name], arm, texts, engines, jobs)
        ratios[name] = arm.each / arms[name].each
    return ratios
