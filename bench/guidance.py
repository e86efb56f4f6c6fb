"""Guided against blind generation at equal CPU time: ``python -m bench.guidance``.

Two measurements, each with several seeds. *Detection*: a fault is planted, and the CPU seconds are taken until the
first program diverges, at most ``--seconds`` (then the run is censored). *Features*: without a fault, how many
features have been reached after how many CPU seconds. The blind arm is what a campaign does without a guide: every
other program is the one with the rarest names out of sixteen. CPU time is that of this process and everything below
it, engines included, and all that guidance costs is in the guided arm's. For features both arms run with the
observers that count them.

Results are kept in ``--data`` after every run, and what is there is not run again: a measurement that was stopped
goes on.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final

import psutil

from compiler.context import PLANTS as COMPILER_PLANTS
from omnitest.campaign.profiles import PROGRAM_SIZE
from omnitest.compare import Diverged
from omnitest.engines.protocol import Limits
from omnitest.generate import GeneratorConfig, generate_program, swarm
from omnitest.generate.rarity import Rarity
from omnitest.guide.features import features_of
from omnitest.guide.guide import Guide, Origin, Proposal
from omnitest.oracle import Oracle
from omnitest.prepare import Settings

GUIDED, BLIND = "guided", "blind"
ARMS: Final = (GUIDED, BLIND)
#: Programs judged at a time.
BATCH: Final = 20
#: Candidates of which the blind arm takes the one with the rarest names, every other time (as campaigns do).
CANDIDATES: Final = 3
#: Steps of the reference, in both arms: generated programs take far fewer.
STEPS: Final = 100_000
#: Plants that plain compiled code shows, so that the engines of both arms can detect them, and that few programs run
#: into.
RARE: Final = (
    *("append-error-leak", "record-set-leak", "generator-result-leak", "modulo-negative", "square-boundary"),
    *("round-half-up", "lost-wind", "hash-keys-after-growth", "equal-bytevectors", "promise-forgets"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its arm, the plant (None: features are counted), the seed of its randomness."""

    arm: str
    plant: str | None
    seed: int

    @property
    def key(self) -> str:
        return f"{self.arm}/{self.plant or 'features'}/{self.seed}"


class Blind:
    """Proposes programs as a campaign without guidance does."""

    def __init__(self, config: GeneratorConfig) -> None:
        self._config = config
        self._rarity = Rarity()

    def propose(self, random: Random, count: int) -> list[Proposal]:
        return [self._one(random, number % 2 == 1) for number in range(count)]

    def _one(self, random: Random, directed: bool) -> Proposal:
        seen = self._rarity.seen if directed else None
        candidates = CANDIDATES if directed else 1
        programs = [generate_program(random, swarm(random, self._config), seen) for _ in range(candidates)]
        program = programs[self._rarity.choose(programs)]
        return Proposal(program.text, program.nodes, Origin.FRESH, generated=program)


def cpu_seconds() -> float:
    """CPU time of this process and of all its descendants, those that have ended included."""
    here = psutil.Process()
    total = 0.0
    for process in (here, *here.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def perform(run: Run, seconds: float) -> dict[str, Any]:
    """The result of one run, as JSON."""
    gc.collect()
    random = Random(f"{run.plant}/{run.seed}/{run.arm}")
    config = GeneratorConfig(size=PROGRAM_SIZE)
    guide = Guide(config) if run.arm == GUIDED else None
    source = guide if guide is not None else Blind(config)
    observed = guide is not None or run.plant is None
    # The verifier is what faults of the compiler are planted for; it is dear, and silent about the runtime's.
    plants = frozenset[str]() if run.plant is None else frozenset({run.plant})
    settings = Settings(plants=plants, limits=Limits(steps=STEPS), verify=run.plant in COMPILER_PLANTS)
    curve: list[tuple[float, int, int]] = []
    seen: set[str] = set()
    programs, limited, suspect = 0, 0, None
    with Oracle(["edges" if observed else "tcc"], settings, observe=observed) as oracle:
        oracle.judge(["0"])  # builds what the engine needs, which is no part of either arm
        started = cpu_seconds()
        spent = 0.0
        while spent < seconds and suspect is None:
            proposals = source.propose(random, BATCH)
            judgements = oracle.judge([proposal.text for proposal in proposals])
            cost = (cpu_seconds() - started - spent) / BATCH
            for proposal, judgement in zip(proposals, judgements, strict=True):
                programs += 1
                verdict = judgement.verdict
                limited += not isinstance(verdict, Diverged) and getattr(verdict, "reason", "").startswith("limit")
                if isinstance(verdict, Diverged):
                    suspect = verdict.detail
                if observed:
                    features = features_of(judgement)
                    seen |= features
                    if guide is not None:
                        guide.observe(proposal, features, cost)
            spent = cpu_seconds() - started
            curve.append((round(spent, 2), programs, len(seen)))
    return {
        "arm": run.arm,
        "plant": run.plant,
        "seed": run.seed,
        "seconds": round(min(spent, seconds), 3),
        "limit": seconds,
        "detected": suspect is not None,
        "detail": suspect,
        "programs": programs,
        "limited": limited,
        "curve": curve if run.plant is None else [],
    }


def runs(plants: Sequence[str], seeds: int) -> Iterator[Run]:
    """All runs of a measurement; those with the same seed together, so that a part of it is a fair comparison."""
    for seed, plant, arm in product(range(seeds), (None, *plants), ARMS):
        yield Run(arm, plant, seed)


def measure(data: Path, plants: Sequence[str], seeds: int, seconds: float) -> dict[str, dict[str, Any]]:
    """Perform the runs that ``data`` lacks or has only for less time, and keep each result there."""
    results: dict[str, dict[str, Any]] = json.loads(data.read_text(encoding="utf-8")) if data.exists() else {}
    wanted = list(runs(plants, seeds))
    for number, run in enumerate(wanted, start=1):
        known = results.get(run.key)
        if known is not None and (known["detected"] or known["limit"] >= seconds):
            continue
        result = results[run.key] = perform(run, seconds)
        new = data.with_suffix(".new")
        new.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        new.replace(data)
        reached = "censored" if run.plant else f"{result['curve'][-1][2]} features"
        how = "detected" if result["detected"] else reached
        line = f"{number}/{len(wanted)} {run.key}: {how} after {result['seconds']:.1f} s, {result['programs']} programs"
        print(line, file=sys.stderr, flush=True)
    return {run.key: results[run.key] for run in wanted}


# ---- what came of it --------------------------------------------------------------------------------


def detections(results: Sequence[dict[str, Any]], arm: str, seconds: float) -> list[tuple[float, float]]:
    """After how many CPU seconds which share of the arm's runs with a fault had detected it: a step curve."""
    mine = [r for r in results if r["arm"] == arm and r["plant"] is not None]
    times = sorted(r["seconds"] for r in mine if r["detected"] and r["seconds"] <= seconds)
    points = [(0.0, 0.0), *((t, (i + 1) / len(mine)) for i, t in enumerate(times))]
    return [*points, (seconds, points[-1][1])]


def restricted_mean(results: Sequence[dict[str, Any]], plant: str, arm: str, seconds: float) -> float:
    """Mean CPU seconds to detection, with censored runs counted as ``seconds``."""
    times = [min(r["seconds"], seconds) for r in results if r["plant"] == plant and r["arm"] == arm]
    return sum(times) / len(times) if times else math.nan


def features_at(results: Sequence[dict[str, Any]], arm: str, second: float) -> list[int]:
    """For each seed of an arm, the features reached after ``second`` CPU seconds."""
    found = []
    for result in results:
        if result["arm"] == arm and result["plant"] is None:
            found.append(max([features for spent, _, features in result["curve"] if spent <= second], default=0))
    return found


def table(results: Sequence[dict[str, Any]], plants: Sequence[str], seconds: float) -> str:
    """What was measured, as a table of Markdown: detections and mean CPU seconds by plant and arm."""
    lines = ["| fault | guided: detected | mean CPU s | blind: detected | mean CPU s |", "|---|---|---|---|---|"]
    for plant in plants:
        cells = []
        for arm in ARMS:
            mine = [r for r in results if r["plant"] == plant and r["arm"] == arm]
            mean = restricted_mean(results, plant, arm, seconds)
            cells.append(f"{sum(r['detected'] for r in mine)} of {len(mine)} | {mean:.1f}")
        lines.append(f"| {plant} | {' | '.join(cells)} |")
    for arm in ARMS:
        counts = features_at(results, arm, seconds)
        if counts:
            spread = f"{min(counts)} to {max(counts)}"
            mean_count = sum(counts) / len(counts)
            lines.append(f"\n{arm}: {mean_count:.0f} features after {seconds:.0f} CPU seconds ({spread}).")
    return "\n".join(lines)


def plot(results: Sequence[dict[str, Any]], seconds: float, to: Path) -> None:
    """Draw detections and features against CPU time, both arms, with the spread over seeds."""
    import altair

    color = altair.Color("arm:N", scale=altair.Scale(domain=list(ARMS), range=["#0b6e4f", "#b8500c"]), title=None)
    steps = [{"arm": arm, "t": t, "y": y} for arm in ARMS for t, y in detections(results, arm, seconds)]
    grid = [seconds * i / 40 for i in range(1, 41)]
    bands = []
    for arm, second in product(ARMS, grid):
        counts = features_at(results, arm, second)
        if counts:
            middle = sum(counts) / len(counts)
            bands.append({"arm": arm, "t": second, "low": min(counts), "high": max(counts), "y": middle})
    time_axis = altair.X("t:Q", title="CPU seconds", scale=altair.Scale(domain=[0, seconds]))
    found = (
        altair.Chart({"values": steps}, title="Planted faults detected")
        .mark_line(interpolate="step-after")
        .encode(
            time_axis,
            altair.Y("y:Q", title="share of runs", scale=altair.Scale(domain=[0, 1]), axis=altair.Axis(format="%")),
            color,
        )
    )
    base = altair.Chart({"values": bands}, title="Features reached, mean and range over seeds")
    low = altair.Y("low:Q", title="features")
    area = base.mark_area(opacity=0.25).encode(time_axis, low, altair.Y2("high:Q"), color)
    line = base.mark_line().encode(time_axis, altair.Y("y:Q", title="features"), color)
    (found.properties(width=330, height=240) | (area + line).properties(width=330, height=240)).save(str(to))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.guidance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="CPU seconds of a run at most (default: 60)")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each kind (default: 3)")
    parser.add_argument("--plants", default=",".join(RARE), help="faults to plant, separated by commas")
    parser.add_argument("--data", type=Path, default=Path("docs/guidance.json"), help="where results are kept")
    parser.add_argument("--plot", type=Path, default=Path("docs/guidance.svg"), help="the plot to write")
    chosen = parser.parse_args()
    if chosen.seeds < 1 or chosen.seconds <= 0:
        parser.error("--seeds starts at 1, and --seconds is more than 0")
    plants = [name for name in chosen.plants.split(",") if name]
    results = list(measure(chosen.data, plants, chosen.seeds, chosen.seconds).values())
    plot(results, chosen.seconds, chosen.plot)
    print(table(results, plants, chosen.seconds))


if __name__ == "__main__":
    main()
