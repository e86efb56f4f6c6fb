"""What one worker process of a campaign does: generate, judge, replay, triage.

Everything that crosses the process boundary is plain data. A worker keeps its oracles, and with them
the engines' helper processes, until it ends.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.util import Finalize
from pathlib import Path
from random import Random
from typing import Final

from compiler.pipeline import OPTIONAL_PASSES
from omnitest.campaign.summary import Replayed
from omnitest.campaign.tally import ANY_END, Tally
from omnitest.campaign.tasks import (
    Chosen,
    FullTask,
    GenerateTask,
    ReplayTask,
    Task,
    TaskResult,
    TriageTask,
    first_program,
    program_seed,
)
from omnitest.compare import Agree, Diverged
from omnitest.generate import GeneratedProgram, GeneratorConfig, generate_program, swarm
from omnitest.generate.rarity import Rarity
from omnitest.guide.corpus import FolderCorpus
from omnitest.guide.guide import Proposal
from omnitest.guide.guided import GuidedSource
from omnitest.matrix import run_with
from omnitest.oracle import Judgement, Oracle
from omnitest.prepare import Settings
from omnitest.store.finding import Finding
from omnitest.triage.triage import Suspect, triage
from reference_interp import SyntaxProblem, parse

#: So many seeds belong to one program of a batch. For every other program all of them are tried, each preferring names
#: that were rare so far, and the one whose program has the rarest name is taken. What that gives depends on what this
#: process chose before, so a campaign of several workers is not repeated by its seed alone; a finding keeps its text.
_CANDIDATES: Final = 3
_rarity = Rarity()

#: What the programs of this process have reached so far: names of the language, and what the compiler's passes did.
_reached: set[str] = set()

_oracles: dict[tuple[tuple[str, ...], Settings, bool], Oracle] = {}
_guides: dict[tuple[GeneratorConfig, Path], GuidedSource] = {}

_PR_SET_PDEATHSIG: Final = 1

#: Programs are trees of many small objects that die together, by their counts: looking for cycles among them as often
#: as Python does by default takes a fifth of the time.
_GC: Final = (50_000, 20, 100)


def start_worker(folder: str, parent: int) -> None:
    """Initialise a worker process that belongs to the campaign in process ``parent``.

    Interrupts are the campaign's to handle. The worker dies with the campaign, however that ends; its temporary files
    are in a folder of its own below ``folder``, named by its process number. Engines are closed at the end.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it died before it could be heard
    own = Path(folder) / str(os.getpid())
    own.mkdir()
    tempfile.tempdir = str(own)
    os.environ["TMPDIR"] = str(own)
    gc.freeze()
    gc.set_threshold(*_GC)
    Finalize(None, close_oracles, exitpriority=10)


def close_oracles() -> None:
    """Stop the engines of this process."""
    while _oracles:
        _oracles.popitem()[1].close()


def _oracle(engines: tuple[str, ...], settings: Settings, observe: bool = False) -> Oracle:
    key = (engines, settings, observe)
    if key not in _oracles:
        _oracles[key] = Oracle(engines, settings, observe=observe)
    return _oracles[key]


def _guide(config: GeneratorConfig, corpus: Path) -> GuidedSource:
    """This process's guide for programs of ``config``."""
    key = (config, corpus)
    if key not in _guides:
        _guides[key] = GuidedSource(config, FolderCorpus(corpus))
    return _guides[key]


def warm_up(engines: tuple[str, ...], settings: Settings, observe: bool = False) -> None:
    """Let the engines of this process judge a first program: whatever they start or build is there afterwards."""
    _oracle(engines, settings, observe).judge(["(list 1)"])


def run_task(task: Task) -> TaskResult:
    """Do what ``task`` says."""
    started = time.monotonic()
    match task:
        case GenerateTask():
            result = run_batch(task)
        case FullTask():
            result = run_full(task)
        case ReplayTask():
            result = run_replay(task)
    result.seconds = time.monotonic() - started
    return result


def judge_texts(texts: list[str], engines: tuple[str, ...], settings: Settings) -> Tally:
    """Judge programs given as text, as one batch; only their verdicts and the time are counted."""
    oracle = _oracle(engines, settings)
    tally = Tally(programs=len(texts))
    with _timed_oracle(tally, oracle):
        judgements = oracle.judge(texts)
    tally.agree = sum(isinstance(judgement.verdict, Agree) for judgement in judgements)
    return tally


def prepare_texts(texts: list[str]) -> None:
    """Compile programs and run them in the reference, as the middle of a campaign finds a process."""
    oracle = _oracle((), Settings())
    oracle.judge(texts)


def generated(seed: int, config: GeneratorConfig, seen: Mapping[str, int] | None = None) -> GeneratedProgram:
    """The program with this seed (see :func:`~omnitest.campaign.tasks.program_seed`); ``seen`` as in
    :func:`~omnitest.generate.generate_program`."""
    random = Random(seed)
    return generate_program(random, swarm(random, config), seen)


@contextmanager
def _timed(tally: Tally, stage: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    tally.spend(stage, time.monotonic() - started)


@contextmanager
def _timed_oracle(tally: Tally, oracle: Oracle) -> Iterator[None]:
    before = dict(oracle.busy)
    yield
    for name, seconds in oracle.busy.items():
        tally.spend(name, seconds - before.get(name, 0.0))


def run_batch(task: GenerateTask) -> TaskResult:
    """Generate and judge the programs of a batch; some of a profile's batches leave out some passes."""
    oracle = _oracle(task.engines, task.settings, task.corpus is not None)
    random = Random(program_seed(task.seed, first_program(task.number) * _CANDIDATES))
    disabled = task.settings.disabled
    if random.randrange(100) < task.profile.disable_percent:
        disabled = disabled | {name for name in OPTIONAL_PASSES if random.randrange(2)}
    tally = Tally()
    with _timed(tally, "generate"):
        config = oracle.narrow(task.profile.config)
        guide = None if task.corpus is None else _guide(config, task.corpus)
        proposals = [] if guide is None else guide.propose(random, task.size)
        if guide is None:
            seeds, programs = zip(*(_generated(task, number, config) for number in range(task.size)), strict=True)
        else:  # what a guide proposes depends on what it has learnt: no seed makes the same program again
            seeds, programs = (None,) * task.size, tuple(map(_known, proposals))
    with _timed_oracle(tally, oracle):
        judgements = oracle.judge([program.text for program in programs], disabled=disabled)
    if guide is not None:
        with _timed(tally, "guide"):
            guide.learn(proposals, judgements, sum(tally.milliseconds.values()) / 1000 / task.size)
    result = TaskResult(tally)
    settings = replace(task.settings, disabled=disabled)
    candidates = []
    with _timed(tally, "count"):
        for seed, program, judgement in zip(seeds, programs, judgements, strict=True):
            tally.count(program, judgement, task.profile.name)
            if task.coverage:
                _cover(tally, program, judgement, settings)
            match judgement.verdict:
                case Diverged():
                    result.suspects.append(Suspect(program.text, judgement.verdict, settings, task.engines, seed))
                case Agree():
                    candidates.append(Chosen(program.text, seed, disabled, program.uses, _news(program, judgement)))
    result.chosen = _share(candidates, task)
    return result


def _generated(task: GenerateTask, number: int, config: GeneratorConfig) -> tuple[int, GeneratedProgram]:
    """A program of a batch, and its seed."""
    first = (first_program(task.number) + number) * _CANDIDATES
    directed = number % 2 == 1
    seeds = [program_seed(task.seed, first + i) for i in range(_CANDIDATES if directed else 1)]
    candidates = [generated(seed, config, _rarity.seen if directed else None) for seed in seeds]
    chosen = _rarity.choose(candidates)
    return seeds[chosen], candidates[chosen]


def _known(proposal: Proposal) -> GeneratedProgram:
    """What is known of a proposal: how a mutant ends is not, so any way of ending is the intended one."""
    return proposal.generated or GeneratedProgram(proposal.text, proposal.nodes, Counter(), ANY_END, 0)


def _news(program: GeneratedProgram, judgement: Judgement) -> int:
    """How much this program reached that none of this process had reached."""
    reached = {*program.uses, *(f"{name}:{times.bit_length()}" for name, times in judgement.counters.items())}
    news = reached - _reached
    _reached.update(news)
    return len(news)


def _share(candidates: list[Chosen], task: GenerateTask) -> list[Chosen]:
    """The programs of a batch that further engines are to judge: new coverage first, then in order."""
    wanted = -(-len(candidates) * task.share // 100)
    return sorted(candidates, key=lambda one: -one.news)[:wanted]


def _cover(tally: Tally, program: GeneratedProgram, judgement: Judgement, settings: Settings) -> None:
    try:
        core = parse(program.text)
    except SyntaxProblem:
        return  # counted as malformed
    tally.coverage.count(core, program.may_raise, judgement.counters, settings.limits.steps)


def run_full(task: FullTask) -> TaskResult:
    """Judge programs again with further engines."""
    oracle = _oracle(task.engines, task.settings)
    result = TaskResult(Tally())
    with _timed_oracle(result.tally, oracle):
        judgements = oracle.judge_variants([(one.text, one.disabled) for one in task.chosen])
    for one, judgement in zip(task.chosen, judgements, strict=True):
        result.tally.count_again(one.uses, judgement)
        if isinstance(judgement.verdict, Diverged):
            settings = replace(task.settings, disabled=one.disabled)
            result.suspects.append(Suspect(one.text, judgement.verdict, settings, task.engines, one.seed))
    return result


def run_replay(task: ReplayTask) -> TaskResult:
    """Run programs from files. They are counted by their verdicts, not among the generated programs."""
    oracle = _oracle(task.engines, task.settings)
    result = TaskResult(Tally())
    with _timed_oracle(result.tally, oracle):
        files = run_with(oracle, task.paths)
    for file in files:
        result.replayed.append(Replayed(str(file.path), type(file.verdict).__name__.lower(), file.detail))
        if isinstance(file.verdict, Diverged):
            result.suspects.append(Suspect(file.source, file.verdict, task.settings, task.engines))
    return result


def run_triage(task: TriageTask) -> Finding | None:
    """Triage in a worker; see :func:`omnitest.triage.triage.triage`."""
    return triage(task.suspect, task.seconds)
