"""What one worker process of a campaign does: generate, judge, triage.

Everything that crosses the process boundary is plain data. A worker keeps its oracles, and with them
the engines' helper processes, until it ends.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing.util import Finalize
from random import Random

from compiler.pipeline import OPTIONAL_PASSES
from omnitest.campaign.coverage import CoverageTally
from omnitest.compare import Agree, Diverged, Inconclusive
from omnitest.generate import GeneratedProgram, GeneratorConfig, generate_program, swarm
from omnitest.generate.rarity import Rarity
from omnitest.oracle import Judgement, Oracle
from omnitest.outcome import Finished, Observation, Raised
from omnitest.prepare import VERIFIER, Settings
from omnitest.store.finding import Finding
from omnitest.triage.triage import Suspect, triage
from reference_interp import SyntaxProblem, parse

#: Seeds of the programs of one campaign: the campaign's seed in the upper bits, a number below.
_PROGRAM_BITS = 40

#: Mean syntax nodes of a program. Compiling is most of the cost and grows with size; small programs
#: find as much for less.
PROGRAM_SIZE = 90


@dataclass(frozen=True, slots=True)
class BatchTask:
    """Judge ``size`` programs (one or more) of the campaign with ``seed``, the first of them number ``first``."""

    seed: int
    first: int
    size: int
    engines: tuple[str, ...]
    settings: Settings
    coverage: bool = False


@dataclass(slots=True)
class Tally:
    """Counts of judged programs; ``busy`` are wall seconds by engine and stage."""

    programs: int = 0
    valid: int = 0
    agree: int = 0
    diverged: int = 0
    inconclusive: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    busy: dict[str, float] = field(default_factory=dict)
    passes: Counter[str] = field(default_factory=Counter)
    coverage: CoverageTally = field(default_factory=CoverageTally)

    def add(self, other: Tally) -> None:
        """Add what another tally counted."""
        self.programs += other.programs
        self.valid += other.valid
        self.agree += other.agree
        self.diverged += other.diverged
        for mine, theirs in (
            (self.inconclusive, other.inconclusive),
            (self.problems, other.problems),
            (self.runs, other.runs),
            (self.faults, other.faults),
            (self.passes, other.passes),
        ):
            mine.update(theirs)
        self.coverage.add(other.coverage)
        for name, seconds in other.busy.items():
            self.busy[name] = self.busy.get(name, 0.0) + seconds


@dataclass(slots=True)
class BatchResult:
    """What came of a batch: its counts, and the programs that diverged."""

    tally: Tally
    suspects: list[Suspect] = field(default_factory=list)


def program_seed(campaign_seed: int, number: int) -> int:
    """Seed ``number`` of a campaign; with the same configuration it generates the same program again."""
    return (campaign_seed << _PROGRAM_BITS) | number


#: How programs are generated where every engine runs the whole language.
_CONFIG = GeneratorConfig(size=PROGRAM_SIZE)

#: So many seeds belong to one program of a batch. For every other program all of them are tried, each preferring names
#: that were rare so far, and the one whose program has the rarest name is taken. What that gives depends on what this
#: process chose before, so a campaign of several workers is not repeated by its seed alone; a finding keeps its text.
_CANDIDATES = 3
_rarity = Rarity()


def generated(seed: int, config: GeneratorConfig = _CONFIG, seen: Mapping[str, int] | None = None) -> GeneratedProgram:
    """The program with this seed (see :func:`program_seed`); ``seen`` as in :func:`generate_program`."""
    random = Random(seed)
    return generate_program(random, swarm(random, config), seen)


_oracles: dict[tuple[tuple[str, ...], Settings], Oracle] = {}


def start_worker() -> None:
    """Initialise a worker process: interrupts are the campaign's to handle, engines are closed at the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Finalize(None, close_oracles, exitpriority=10)


def close_oracles() -> None:
    """Stop the engines of this process."""
    while _oracles:
        _oracles.popitem()[1].close()


def _oracle(engines: tuple[str, ...], settings: Settings) -> Oracle:
    key = (engines, settings)
    if key not in _oracles:
        _oracles[key] = Oracle(engines, settings)
    return _oracles[key]


def run_batch(task: BatchTask) -> BatchResult:
    """Generate and judge the programs of a batch; half of the batches leave out some passes."""
    oracle = _oracle(task.engines, task.settings)
    random = Random(program_seed(task.seed, task.first))
    disabled = task.settings.disabled
    if random.randrange(2):
        disabled = disabled | {name for name in OPTIONAL_PASSES if random.randrange(2)}
    config = oracle.narrow(_CONFIG)
    seeds, programs = zip(*(_chosen(task, number, config) for number in range(task.size)), strict=True)
    before = dict(oracle.busy)
    judgements = oracle.judge([p.text for p in programs], disabled=disabled)
    tally = Tally(programs=len(programs))
    tally.busy = {name: seconds - before.get(name, 0.0) for name, seconds in oracle.busy.items()}
    settings = replace(task.settings, disabled=disabled)
    suspects = []
    for seed, program, judgement in zip(seeds, programs, judgements, strict=True):
        _count(tally, program, judgement)
        if task.coverage:
            _cover(tally, program, judgement, settings)
        if isinstance(judgement.verdict, Diverged):
            suspects.append(Suspect(program.text, judgement.verdict, settings, task.engines, seed))
    return BatchResult(tally, suspects)


def _chosen(task: BatchTask, number: int, config: GeneratorConfig) -> tuple[int, GeneratedProgram]:
    """A program of a batch, and its seed."""
    first = (task.first + number) * _CANDIDATES
    directed = number % 2 == 1
    seeds = [program_seed(task.seed, first + i) for i in range(_CANDIDATES if directed else 1)]
    candidates = [generated(seed, config, _rarity.seen if directed else None) for seed in seeds]
    chosen = _rarity.choose(candidates)
    return seeds[chosen], candidates[chosen]


def _count(tally: Tally, program: GeneratedProgram, judgement: Judgement) -> None:
    tally.passes.update(judgement.counters)
    for observation in judgement.observations:
        tally.runs[observation.engine] += 1
        tally.faults[observation.engine] += bool(observation.faults)
    tally.valid += any(_as_intended(program, o) for o in judgement.observations[:1])
    match judgement.verdict:
        case Agree():
            tally.agree += 1
        case Diverged():
            tally.diverged += 1
        case Inconclusive(reason=reason, detail=detail):
            tally.inconclusive[reason] += 1
            if reason in ("harness-failure", "malformed"):
                tally.problems[f"{reason}: {detail.strip()[:500]}"] += 1


def _cover(tally: Tally, program: GeneratedProgram, judgement: Judgement, settings: Settings) -> None:
    try:
        core = parse(program.text)
    except SyntaxProblem:
        return  # counted as malformed
    tally.coverage.count(core, program.may_raise, judgement.counters, settings.limits.steps)


def _as_intended(program: GeneratedProgram, first: Observation) -> bool:
    """Whether the reference came to the end that the generator meant, or was kept from trying."""
    match first.end:
        case Finished():
            return not program.may_raise
        case Raised(kind=kind):
            return kind in program.may_raise
        case _:
            return first.engine == VERIFIER


def run_triage(suspect: Suspect, seconds: float) -> Finding | None:
    """Triage in a worker; see :func:`omnitest.triage.triage`."""
    return triage(suspect, seconds)


def batches(
    seed: int, engines: tuple[str, ...], settings: Settings, size: int, coverage: bool = False
) -> Iterator[BatchTask]:
    """All batches of a campaign, the first few small so that verdicts appear at once."""
    first = 0
    for number in count():
        programs = min(size, 4 << min(number, 4))
        yield BatchTask(seed, first, programs, engines, settings, coverage)
        first += programs
