"""How well triage tells bugs apart, measured on bugs that are known: ``python -m bench.triage``.

Every planted fault is switched on by itself, programs are generated until some fail because of it, and each of those
is reduced, blamed and named as a campaign does it. Of all pairs of findings with one name, the share that shows one
fault is the *precision*; of all pairs that show one fault, the share with one name is the *recall*. With ``--mix``, the
faults are planted together, and the fault that a finding shows is the one that its reduced program still shows when
planted alone.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from itertools import combinations, count, islice
from multiprocessing import get_context
from random import Random

from omnitest.compare import Diverged
from omnitest.generate import GeneratorConfig, generate_program, swarm
from omnitest.generate.vocabulary import BUILTINS
from omnitest.oracle import Oracle
from omnitest.plants import PLANTS
from omnitest.prepare import VERIFIER, Settings
from omnitest.triage.triage import Suspect, triage
from reference_interp.reader import read_program
from reference_interp.syntax import count_nodes

PRECISION, RECALL = 0.95, 0.90  # what is aimed at
_BATCH = 40
_SIZE = 40  # of a program: reducing is most of the cost, and grows faster than the program
#: The foreign engines judge the reference, which no campaign of the compiler does.
MEASURED = tuple(plant.name for plant in PLANTS.values() if plant.layer != "reference")


@dataclass(frozen=True, slots=True)
class Task:
    """Find ``wanted`` programs that fail because of ``plants``, on ``engines``, and triage them."""

    plants: tuple[str, ...]
    engines: tuple[str, ...]
    wanted: int
    search_seconds: float
    reduce_seconds: float
    seed: int


@dataclass(frozen=True, slots=True)
class Named:
    """A failing program as triage named it, and the fault that it shows ("" where it shows none alone)."""

    plant: str
    fingerprint: str
    summary: str
    reduced: str
    nodes: int
    seconds: float


def programs(seed: int, plants: Sequence[str]) -> Iterator[list[str]]:
    """Generated programs without end, in batches.

    In every other one are programs that use the rarest procedure or form of the program by which a fault is known: most
    faults are in procedures that few programs use, and judging costs much more than generating.
    """
    random = Random(seed)
    first = [_generated(random) for _ in range(5 * _BATCH)]
    wanted = {_rarest(PLANTS[name].trigger, first) for name in plants}
    for number in count():
        if number % 2 == 0:
            yield [_generated(random) for _ in range(_BATCH)]
            continue
        candidates = (_generated(random) for _ in range(_BATCH * _BATCH))
        yield list(islice((text for text in candidates if not wanted.isdisjoint(_words(text))), _BATCH))


def _generated(random: Random) -> str:
    return generate_program(random, swarm(random, GeneratorConfig(size=_SIZE))).text


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\s()'\"]+", text))


def _rarest(trigger: str, texts: Sequence[str]) -> str:
    """The procedure or form in ``trigger`` that the fewest of ``texts`` have, some having it."""
    used = Counter(word for text in texts for word in _words(text) & BUILTINS)
    return min(sorted(_words(trigger) & used.keys()), key=lambda word: used[word], default="")


def suspects(task: Task) -> Iterator[Suspect]:
    """Programs that fail because of the planted faults, until there are enough or the time is over."""
    settings = Settings(plants=frozenset(task.plants))
    found, started = 0, time.process_time()
    with Oracle(task.engines, settings) as oracle:
        for batch in programs(task.seed, task.plants):
            for judgement in oracle.judge(batch):
                if isinstance(judgement.verdict, Diverged) and found < task.wanted:
                    found += 1
                    yield Suspect(judgement.source, judgement.verdict, settings, task.engines)
            if found >= task.wanted or time.process_time() - started > task.search_seconds:
                return


def run(task: Task) -> list[Named]:
    """All findings of a task."""
    named = []
    for suspect in list(suspects(task)):
        started = time.monotonic()
        finding = triage(suspect, task.reduce_seconds)
        seconds = time.monotonic() - started
        if finding is None:
            named.append(
                Named(task.plants[0] if len(task.plants) == 1 else "", "flaky", "", suspect.source, 0, seconds)
            )
            continue
        plant = task.plants[0] if len(task.plants) == 1 else shown(finding.reduced, finding.kind, task.plants)
        nodes = count_nodes(read_program(finding.reduced, "<reduced>"))
        named.append(Named(plant, finding.fingerprint, finding.summary, finding.reduced, nodes, seconds))
    return named


def shown(program: str, kind: str, plants: Sequence[str]) -> str:
    """The fault that ``program`` shows when it alone is planted; several are joined."""
    found = []
    for name in plants:
        engine = PLANTS[name].engine
        settings = Settings(plants=frozenset({name}))
        with Oracle(() if engine == VERIFIER else (engine,), settings) as oracle:
            (judgement,) = oracle.judge([program])
        if isinstance(judgement.verdict, Diverged):
            found.append(name)
    return "+".join(found)


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares of pairs; ``pairs`` counts those with one name and those of one fault."""

    precision: float
    recall: float
    pairs: tuple[int, int]


def scores(named: Sequence[Named]) -> Scores:
    """Precision and recall over all pairs of findings."""
    pairs = list(combinations(named, 2))
    one_name = [a.plant == b.plant for a, b in pairs if a.fingerprint == b.fingerprint]
    one_fault = [a.fingerprint == b.fingerprint for a, b in pairs if a.plant == b.plant]
    return Scores(_share(one_name), _share(one_fault), (len(one_name), len(one_fault)))


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers) if answers else 1.0


def report(named: Sequence[Named], plants: Sequence[str]) -> str:
    """The confusion as a table: each fault, how its findings are named, and whose names are shared."""
    names: dict[str, Counter[str]] = defaultdict(Counter)
    owners: dict[str, set[str]] = defaultdict(set)
    for one in named:
        names[one.plant][one.fingerprint] += 1
        owners[one.fingerprint].add(one.plant)
    lines = [f"{'planted fault':26} {'programs':>8} {'names':>5}  names (programs; also of)"]
    for plant in (*plants, *sorted(names.keys() - set(plants))):
        shown_as = []
        for name, number in names[plant].most_common():
            others = owners[name] - {plant}
            shown_as.append(f"{name} ({number}{'; ' + ', '.join(sorted(others)) if others else ''})")
        lines.append(
            f"{plant or '(none alone)':26} {names[plant].total():8} {len(names[plant]):5}  {' '.join(shown_as)}"
        )
    result = scores(named)
    if named:
        nodes = statistics.median(one.nodes for one in named)
        seconds = statistics.median(one.seconds for one in named)
        lines.append(f"reduced programs: median {nodes:.0f} nodes, triaged in median {seconds:.1f} s")
    lines.append(f"precision {result.precision:.1%} of {result.pairs[0]} pairs with one name (aim: {PRECISION:.0%})")
    lines.append(f"recall    {result.recall:.1%} of {result.pairs[1]} pairs of one fault (aim: {RECALL:.0%})")
    return "\n".join(lines)


def tasks(chosen: argparse.Namespace, plants: Sequence[str]) -> list[Task]:
    """One task per fault on its cheapest engine, or one for all of them on all those engines."""
    limits = (chosen.wanted, chosen.search_seconds, chosen.reduce_seconds, chosen.seed)
    if chosen.mix:
        engines = dict.fromkeys(PLANTS[name].engine for name in plants if PLANTS[name].engine != VERIFIER)
        return [Task(tuple(plants), tuple(engines), *limits)]
    return [
        Task((name,), () if PLANTS[name].engine == VERIFIER else (PLANTS[name].engine,), *limits) for name in plants
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.triage", description=__doc__)
    parser.add_argument("plants", nargs="*", metavar="FAULT", help="planted faults (default: all)")
    parser.add_argument("--mix", action="store_true", help="plant them all at once")
    parser.add_argument("--wanted", type=int, default=4, help="failing programs per task (default: 4)")
    parser.add_argument("--search-seconds", type=float, default=20.0, help="CPU time to find them in (default: 20)")
    parser.add_argument("--reduce-seconds", type=float, default=20.0, help="time to reduce each in (default: 20)")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes (default: 2)")
    parser.add_argument("--seed", type=int, default=1, help="where the generator starts (default: 1)")
    parser.add_argument("--json", action="store_true", help="print every finding and the scores as JSON")
    chosen = parser.parse_args()
    plants = chosen.plants or MEASURED
    unknown = [name for name in plants if name not in MEASURED]
    if unknown:
        parser.error(f"no such planted fault: {', '.join(unknown)} (there are: {', '.join(MEASURED)})")
    named: list[Named] = []
    with ProcessPoolExecutor(chosen.jobs, get_context("spawn")) as pool:
        running = {pool.submit(run, task): task for task in tasks(chosen, plants)}
        for done in as_completed(running):
            task, found = running[done], done.result()
            named += found
            print(f"{', '.join(task.plants)}: {len(found)} programs", file=sys.stderr)
            for one in found:
                print(f"  {one.fingerprint} {one.nodes} nodes, {one.seconds:.0f} s: {one.summary}", file=sys.stderr)
    if chosen.json:
        document = {"findings": [asdict(one) for one in named], "scores": asdict(scores(named))}
        print(json.dumps(document, indent=2))
    else:
        print(report(named, plants))


if __name__ == "__main__":
    main()
