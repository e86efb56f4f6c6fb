"""How small and how fast failing programs get: ``python -m bench.reduce``.

For every planted fault, generated programs (from a fixed seed, 150 syntax nodes in the mean) that run into it are
reduced on the cheapest engine that sees it. Shown are the medians and the worst of the syntax nodes left, the wall
and CPU seconds and the programs tried. CPU seconds contain those of the compilers and of the programs, as far as
their processes have ended.

To find failing programs sooner, only those are judged that mention a procedure of the plant's trigger, if it has any;
and if these do not run into the plant, the trigger is put into them.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from random import Random
from typing import Final

from omnitest.compare import Diverged
from omnitest.generate import GeneratorConfig, generate_program, swarm
from omnitest.generate.vocabulary import BUILTINS
from omnitest.oracle import Oracle
from omnitest.plants import PLANTS
from omnitest.prepare import VERIFIER, Settings
from omnitest.reduce import Subject
from omnitest.selftest import detectors
from omnitest.triage.shrinking import BY_COST, shrink
from reference_interp.reader import read_program
from reference_interp.syntax import count_nodes, list_of, symbol, unparse, walk

SEED: Final = 20260102
SIZE: Final = 150  # mean syntax nodes
BATCH: Final = 16  # programs judged together while looking for failing ones
MOST_JUDGED: Final = 64  # programs judged as they are in search of failing ones, per plant
MOST_GENERATED: Final = 4000

#: From the cheapest to the dearest; the verifier needs no engine at all.
ENGINES: Final = (VERIFIER, *BY_COST)

#: Procedures that nearly every program mentions: they tell nothing about a plant.
_COMMON: Final = frozenset({"list", "car", "vector", "print", "+", "*", "length", "define", "let"})


@dataclass(frozen=True, slots=True)
class Run:
    """One reduction: syntax nodes before and after, wall and CPU seconds, programs tried, and what is left."""

    plant: str
    engine: str
    before: int
    nodes: int
    seconds: float
    cpu_seconds: float
    tried: int
    finished: bool
    text: str


def cheapest_engines() -> dict[str, str]:
    """For each plant that an engine of OmniTest's own sees, the cheapest of them."""
    known = detectors()
    found = {}
    for plant in PLANTS:
        engine = next((name for name in ENGINES if plant in known.get(name, ())), None)
        if engine is not None:
            found[plant] = engine
    return found


def _mentioned(trigger: str) -> frozenset[str]:
    names = {node.symbol for node in walk(read_program(trigger)) if node.symbol is not None}
    return frozenset(names & set(BUILTINS) - _COMMON)


def programs(plant: str) -> Iterator[str]:
    """Generated programs that may run into ``plant``."""
    random = Random(SEED)
    wanted = _mentioned(PLANTS[plant].trigger)
    for _ in range(MOST_GENERATED):
        program = generate_program(random, swarm(random, GeneratorConfig(size=SIZE)))
        if not wanted or wanted & set(program.uses):
            yield program.text


def with_trigger(program: str, trigger: str) -> str:
    """``program`` with the trigger of a plant run in the middle of it."""
    forms = read_program(program)
    middle = len(forms) // 2
    body = list_of(symbol("let"), list_of(), *read_program(trigger))
    return unparse([*forms[:middle], list_of(symbol("display"), body), *forms[middle:]])


def failing(plant: str, oracle: Oracle, wanted: int) -> Iterator[tuple[str, Diverged]]:
    """The first ``wanted`` programs that ``plant`` makes fail in one of the ways it is known for.

    Where generated programs do not run into it, its trigger is put into them.
    """
    judged = found = 0
    candidates = programs(plant)
    while found < wanted and judged < 2 * MOST_JUDGED:
        batch = list(islice(candidates, BATCH))
        if judged >= MOST_JUDGED:
            batch = [with_trigger(program, PLANTS[plant].trigger) for program in batch]
        judged += BATCH
        for judgement in oracle.judge(batch):
            verdict = judgement.verdict
            if isinstance(verdict, Diverged) and verdict.kind in PLANTS[plant].kinds and found < wanted:
                found += 1
                yield judgement.source, verdict


def _cpu_seconds() -> float:
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def measure(plants: Sequence[str], programs_each: int, seconds: float, on_run: Callable[[Run], None]) -> list[Run]:
    """Reduce ``programs_each`` failing programs of each plant, at most ``seconds`` each."""
    engines = cheapest_engines()
    runs = []
    for plant in plants:
        engine = engines[plant]
        settings = Settings(plants=frozenset({plant}), verify=engine == VERIFIER)
        with Oracle(() if engine == VERIFIER else (engine,), settings) as oracle:
            for source, diverged in list(failing(plant, oracle, programs_each)):
                before = count_nodes(read_program(source))
                started, cpu = time.monotonic(), _cpu_seconds()
                result = shrink(oracle, Subject(source), diverged, seconds)
                took, used = time.monotonic() - started, _cpu_seconds() - cpu
                run = Run(
                    plant,
                    engine,
                    before,
                    result.nodes,
                    took,
                    used,
                    result.tried,
                    result.finished,
                    result.subject.program,
                )
                on_run(run)
                runs.append(run)
    return runs


def row(plant: str, runs: Sequence[Run]) -> str:
    """One line of the table: medians and, behind a slash, the worst."""

    def both(values: Sequence[float], digits: int) -> str:
        return f"{statistics.median(values):.{digits}f} / {max(values):.{digits}f}"

    return (
        f"{plant:20} {runs[0].engine if len({run.engine for run in runs}) == 1 else '':9} {len(runs):4}"
        f" {both([run.before for run in runs], 0):>11} {both([run.nodes for run in runs], 0):>11}"
        f" {both([run.seconds for run in runs], 1):>13} {both([run.cpu_seconds for run in runs], 1):>13}"
        f" {both([run.tried for run in runs], 0):>13}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reduce", description=__doc__)
    known = cheapest_engines()
    parser.add_argument("plants", nargs="*", metavar="PLANT", help=f"of {', '.join(known)} (default: all)")
    parser.add_argument("--programs", type=int, default=5, help="failing programs per plant (default: 5)")
    parser.add_argument("--seconds", type=float, default=60.0, help="time limit of a reduction (default: 60)")
    parser.add_argument("--json", action="store_true", help="print every reduction as JSON")
    parser.add_argument("--show", action="store_true", help="print what is left of each program")
    chosen = parser.parse_args(arguments)
    if chosen.programs < 1:
        parser.error("--programs starts at 1")
    unknown = sorted(set(chosen.plants) - set(known))
    if unknown:
        parser.error(f"no such plant: {', '.join(unknown)}")

    def on_run(run: Run) -> None:
        if chosen.show and not chosen.json:
            print(
                f"; {run.plant}: {run.before} -> {run.nodes} nodes in {run.seconds:.1f} s, {run.cpu_seconds:.1f} s CPU,"
                f" {run.tried} tried{'' if run.finished else ', time ran out'}\n{run.text}",
                flush=True,
            )

    runs = measure(chosen.plants or list(known), chosen.programs, chosen.seconds, on_run)
    if chosen.json:
        json.dump([asdict(run) for run in runs], sys.stdout, indent=2)
        print()
        return
    columns = (f"{'nodes':>11} {'left':>11} {'seconds':>13} {'CPU s':>13} {'tried':>13}", "median / worst")
    print(f"{'plant':20} {'engine':9} {'runs':>4} {columns[0]}   ({columns[1]})")
    for plant in dict.fromkeys(run.plant for run in runs):
        print(row(plant, [run for run in runs if run.plant == plant]))
    print(row("all", runs))


if __name__ == "__main__":
    main()
