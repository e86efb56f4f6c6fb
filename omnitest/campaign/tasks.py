"""What a campaign asks of its workers, as plain data, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.profiles import Profile, profile_named, scheduled
from omnitest.campaign.summary import Replayed
from omnitest.campaign.tally import Tally
from omnitest.prepare import Settings
from omnitest.triage.triage import Suspect

#: Programs of one batch. A batch is one C file and one run of each compiler, so it should not be small.
BATCH_SIZE: Final = 64
#: The first batches are smaller, so that verdicts appear at once: 4, 8, 16, 32 programs.
_FIRST_SIZE: Final = 4

#: Seeds of the programs of one campaign: the campaign's seed in the upper bits, a number below.
_PROGRAM_BITS: Final = 40


def program_seed(campaign_seed: int, number: int) -> int:
    """Seed ``number`` of a campaign; with the same configuration it generates the same program again."""
    return (campaign_seed << _PROGRAM_BITS) | number


def batch_size(number: int) -> int:
    """How many programs batch ``number`` (from 0) has."""
    return min(BATCH_SIZE, _FIRST_SIZE << min(number, 10))


def first_program(number: int) -> int:
    """The number of the first program of batch ``number``."""
    growing = min(number, (BATCH_SIZE // _FIRST_SIZE).bit_length() - 1)
    return _FIRST_SIZE * ((1 << growing) - 1) + (number - growing) * BATCH_SIZE


@dataclass(frozen=True, slots=True)
class GenerateTask:
    """Generate batch ``number``, ``size`` programs of ``profile``, and judge them with ``engines``.

    ``share`` percent of those that agree are named in the result, to be judged by further engines. With a ``corpus``
    the worker's guide proposes the programs, and exchanges what it learns with others through that folder.
    """

    seed: int
    number: int
    size: int
    profile: Profile
    engines: tuple[str, ...]
    settings: Settings
    share: int = 0
    coverage: bool = False
    corpus: Path | None = None

    @property
    def programs(self) -> int:
        """How many programs the task judges."""
        return self.size

    def __str__(self) -> str:
        return f"batch {self.number} of seed {self.seed} ({self.profile.name})"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A program for further engines: its text, what it ``uses`` and the passes it was compiled without.

    ``news`` is how much it reached that no program of its worker had reached before.
    """

    text: str
    seed: int | None
    disabled: frozenset[str]
    uses: Mapping[str, int]
    news: int


@dataclass(frozen=True, slots=True)
class FullTask:
    """Judge programs that have been judged before with further ``engines``."""

    chosen: tuple[Chosen, ...]
    engines: tuple[str, ...]
    settings: Settings

    @property
    def programs(self) -> int:
        """How many programs the task judges."""
        return len(self.chosen)

    def __str__(self) -> str:
        return f"{len(self.chosen)} programs on {', '.join(self.engines)}"


@dataclass(frozen=True, slots=True)
class ReplayTask:
    """Run programs from files (regressions) with ``engines``."""

    paths: tuple[Path, ...]
    engines: tuple[str, ...]
    settings: Settings

    @property
    def programs(self) -> int:
        """How many programs the task judges."""
        return len(self.paths)

    def __str__(self) -> str:
        return f"regressions {self.paths[0]} …" if self.paths else "regressions"


Task = GenerateTask | FullTask | ReplayTask

#: Wall seconds that a worker takes for a program, before anything is measured: rather too much than too little.
GUESSES: Final[Mapping[type, float]] = {GenerateTask: 0.1, FullTask: 0.6, ReplayTask: 1.0}


@dataclass(frozen=True, slots=True)
class TriageTask:
    """Make a finding of ``suspect``; ``key`` is what the campaign knows it by."""

    key: tuple[str, ...]
    suspect: Suspect
    seconds: float


@dataclass(slots=True)
class TaskResult:
    """What came of a task: its counts, the programs that diverged, those for further engines, replayed files.

    ``seconds`` is the wall time that the worker took.
    """

    tally: Tally
    suspects: list[Suspect] = field(default_factory=list)
    chosen: list[Chosen] = field(default_factory=list)
    replayed: list[Replayed] = field(default_factory=list)
    seconds: float = 0.0


def generate_task(options: CampaignOptions, number: int) -> GenerateTask:
    """Batch ``number`` of a campaign: the same whenever it is asked for."""
    return GenerateTask(
        seed=options.seed,
        number=number,
        size=batch_size(number),
        profile=profile_named(scheduled(options.quotas, number), options.profiles),
        engines=options.engines,
        settings=options.settings,
        share=options.full_percent,
        coverage=options.coverage,
        corpus=options.corpus if options.guided else None,
    )
