"""What one worker process of a campaign does: generate, judge, triage.

Everything that crosses the process boundary is plain data. A worker keeps its oracles, and with them
the engines' helper processes, until it ends.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing.util import Finalize
from pathlib import Path
from random import Random

from compiler.pipeline import OPTIONAL_PASSES
from omnitest.campaign.coverage import CoverageTally
from omnitest.compare import Agree, Diverged, Inconclusive
from omnitest.generate import GeneratedProgram, GeneratorConfig, generate_program, swarm
from omnitest.generate.rarity import Rarity
from omnitest.guide.corpus import FolderCorpus
from omnitest.guide.guide import Proposal
from omnitest.guide.guided import GuidedSource
from omnitest.oracle import Judgement, Oracle
from omnitest.outcome import Finished, Observation, Raised
from omnitest.prepare import VERIFIER, Settings
from omnitest.store.finding import Finding
from omnitest.triage.triage import Suspect, triage
from reference_interp import SyntaxProblem, parse
from reference_interp.conditions import KINDS

#: Seeds of the programs of one campaign: the campaign's seed in the upper bits, a number below.
_PROGRAM_BITS = 40

#: Mean syntax nodes of a program. Compiling is most of the cost and grows with size; small programs
#: find as much for less.
PROGRAM_SIZE = 90


@dataclass(frozen=True, slots=True)
class BatchTask:
    """Judge ``size`` programs (one or more) of the campaign with ``seed``, the first of them number ``first``.

    With a ``corpus`` the worker's guide proposes them, and exchanges what it learns with others through that folder.
    """

    seed: int
    first: int
    size: int
    engines: tuple[str, ...]
    settings: Settings
    coverage: bool = False
    corpus: Path | None = None


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


#: Kinds that can end a program of which nothing is known.
ANY_END = frozenset(KINDS)

#: How programs are generated where every engine runs the whole language.
_CONFIG = GeneratorConfig(size=PROGRAM_SIZE)

#: So many seeds belong to one program of a batch. For every other program all of them are tried, and the one whose
#: program has the rarest name so far is taken: generating costs little beside judging. Which one depends on what this
#: process chose before, so a campaign of several workers is not repeated by its seed alone; a finding keeps its text.
_CANDIDATES = 16
_rarity = Rarity()


def generated(seed: int, config: GeneratorConfig = _CONFIG) -> GeneratedProgram:
    """The program with this seed (see :func:`program_seed`)."""
    random = Random(seed)
    return generate_program(random, swarm(random, config))


_oracles: dict[tuple[tuple[str, ...], Settings, bool], Oracle] = {}
_guides: dict[BatchTask, GuidedSource] = {}


def start_worker() -> None:
    """Initialise a worker process: interrupts are the campaign's to handle, engines are closed at the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Finalize(None, close_oracles, exitpriority=10)


def close_oracles() -> None:
    """Stop the engines of this process."""
    while _oracles:
        _oracles.popitem()[1].close()


def _oracle(engines: tuple[str, ...], settings: Settings, observe: bool) -> Oracle:
    key = (engines, settings, observe)
    if key not in _oracles:
        _oracles[key] = Oracle(engines, settings, observe=observe)
    return _oracles[key]


def _guide(task: BatchTask, corpus: Path, oracle: Oracle) -> GuidedSource:
    """This process's guide for the campaign of ``task``."""
    campaign = replace(task, first=0, size=0)
    if campaign not in _guides:
        _guides[campaign] = GuidedSource(oracle.narrow(_CONFIG), FolderCorpus(corpus))
    return _guides[campaign]


def run_batch(task: BatchTask) -> BatchResult:
    """Generate and judge the programs of a batch; half of the batches leave out some passes."""
    oracle = _oracle(task.engines, task.settings, task.corpus is not None)
    random = Random(program_seed(task.seed, task.first))
    disabled = task.settings.disabled
    if random.randrange(2):
        disabled = disabled | {name for name in OPTIONAL_PASSES if random.randrange(2)}
    guide = None if task.corpus is None else _guide(task, task.corpus, oracle)
    if guide is None:
        config = oracle.narrow(_CONFIG)
        candidates = [_chosen(task, number, config) for number in range(task.size)]
    else:
        proposals = guide.propose(random, task.size)
        first = program_seed(task.seed, task.first * _CANDIDATES)
        candidates = [(first, _known(proposal)) for proposal in proposals]
    before = dict(oracle.busy)
    judgements = oracle.judge([program.text for _, program in candidates], disabled=disabled)
    tally = Tally(programs=len(candidates))
    tally.busy = {name: seconds - before.get(name, 0.0) for name, seconds in oracle.busy.items()}
    if guide is not None:
        guide.learn(proposals, judgements, sum(tally.busy.values()) / len(proposals))
    settings = replace(task.settings, disabled=disabled)
    suspects = []
    for (seed, program), judgement in zip(candidates, judgements, strict=True):
        _count(tally, program, judgement)
        if task.coverage:
            _cover(tally, program, judgement, settings)
        if isinstance(judgement.verdict, Diverged):
            suspects.append(Suspect(program.text, judgement.verdict, settings, task.engines, seed))
    return BatchResult(tally, suspects)


def _chosen(task: BatchTask, number: int, config: GeneratorConfig) -> tuple[int, GeneratedProgram]:
    """A program of a batch, and its seed."""
    first = (task.first + number) * _CANDIDATES
    seeds = [program_seed(task.seed, first + i) for i in range(_CANDIDATES if number % 2 else 1)]
    candidates = [generated(seed, config) for seed in seeds]
    chosen = _rarity.choose(candidates)
    return seeds[chosen], candidates[chosen]


def _known(proposal: Proposal) -> GeneratedProgram:
    """What is known of a proposal: how a mutant ends is not, so any way of ending is the intended one."""
    return proposal.generated or GeneratedProgram(proposal.text, proposal.nodes, Counter(), ANY_END, 0)


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
            return not program.may_raise or program.may_raise is ANY_END
        case Raised(kind=kind):
            return kind in program.may_raise
        case _:
            return first.engine == VERIFIER


def run_triage(suspect: Suspect, seconds: float) -> Finding | None:
    """Triage in a worker; see :func:`omnitest.triage.triage`."""
    return triage(suspect, seconds)


def batches(
    seed: int,
    engines: tuple[str, ...],
    settings: Settings,
    size: int,
    coverage: bool = False,
    corpus: Path | None = None,
) -> Iterator[BatchTask]:
    """All batches of a campaign, the first few small so that verdicts appear at once."""
    first = 0
    for number in count():
        programs = min(size, 4 << min(number, 4))
        yield BatchTask(seed, first, programs, engines, settings, coverage, corpus)
        first += programs
