"""What one generated program costs at each step, and some programs of which most is memory management, on this
machine: ``make bench``.

The same generated programs (from a fixed seed) go through every step in one batch, several times over; the median
and the spread are shown, since a single run says nothing on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bench.memory import executables
from omnitest.engines.factory import ENGINE_NAMES, make_engine
from omnitest.engines.protocol import Case, Engine
from omnitest.generate import GeneratorConfig, generate_program, swarm
from omnitest.prepare import Settings, prepare
from reference_interp import parse

SEED = 20260101


@dataclass(frozen=True, slots=True)
class Measurement:
    """Milliseconds per program of each repetition of one step."""

    step: str
    milliseconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)

    def row(self) -> str:
        low, high = min(self.milliseconds), max(self.milliseconds)
        return f"{self.step:36} {self.median:10.3f} {low:10.3f} {high:10.3f} {1000 / self.median:12.1f}"


def measured(step: str, programs: int, repetitions: int, work: Callable[[], object]) -> Measurement:
    """Run ``work``, which handles ``programs`` programs, once to warm up and then ``repetitions`` times."""
    work()
    times = []
    for _ in range(repetitions):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000 / programs)
    return Measurement(step, tuple(times))


def generated(count: int) -> list[str]:
    random = Random(SEED)
    return [generate_program(random, swarm(random, GeneratorConfig())).text for _ in range(count)]


def prepared(texts: list[str]) -> list[Case]:
    cases = [prepare(text, "program.omni", f"p{number}", Settings()) for number, text in enumerate(texts)]
    return [case for case in cases if isinstance(case, Case)]


def in_one_batch(engine: Engine, cases: list[Case]) -> Callable[[], object]:
    return lambda: engine.run(cases)


def measure(programs: int, repetitions: int) -> list[Measurement]:
    """Every step in the order of a program's way; engines from the cheapest to the dearest."""
    texts = generated(programs)
    rows = [
        measured("generate", programs, repetitions, lambda: generated(programs)),
        measured("read and expand", programs, repetitions, lambda: [parse(text) for text in texts]),
        measured("prepare (all of it)", programs, repetitions, lambda: prepared(texts)),
    ]
    cases = prepared(texts)
    if not cases:
        raise SystemExit("bench: no generated program could be compiled; `omnitest fuzz` says why")
    for name in ENGINE_NAMES:
        engine = make_engine(name, Settings().engine_options())
        try:
            rows.append(measured(f"engine {name}", len(cases), repetitions, in_one_batch(engine, cases)))
        finally:
            engine.close()
    with executables() as runs:
        rows += [measured(f"run {name}", 1, repetitions, run) for name, run in runs.items()]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--programs", type=int, default=24, help="programs in the batch (default: 24)")
    parser.add_argument("--repetitions", type=int, default=5, help="how often each step is measured (default: 5)")
    parser.add_argument("--json", action="store_true", help="print milliseconds of every repetition as JSON")
    chosen = parser.parse_args()
    if chosen.programs < 1 or chosen.repetitions < 1:
        parser.error("--programs and --repetitions start at 1")
    rows = measure(chosen.programs, chosen.repetitions)
    if chosen.json:
        json.dump({row.step: row.milliseconds for row in rows}, sys.stdout, indent=2)
        print()
        return
    print(f"{'milliseconds per program':36} {'median':>10} {'min':>10} {'max':>10} {'programs/s':>12}")
    for row in rows:
        print(row.row())


if __name__ == "__main__":
    main()
