"""What a campaign did, as data: the input of the report, of the console and of ``--json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from omnitest.campaign.coverage import CoverageRow
from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.tally import Check
from omnitest.store.finding import Finding

if TYPE_CHECKING:
    from omnitest.campaign.progress import Progress


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How many programs got which verdict; ``inconclusive`` by reason."""

    agree: int = 0
    diverged: int = 0
    inconclusive: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many programs were judged."""
        return self.agree + self.diverged + sum(self.inconclusive.values())


@dataclass(frozen=True, slots=True)
class EngineSummary:
    """One engine's share: program runs, seconds it was busy, faults it reported, runs by verdict."""

    name: str
    runs: int = 0
    seconds: float = 0.0
    faults: int = 0
    verdicts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SelfTestRow:
    """Whether ``engine`` saw the fault ``plant``. ``detail`` is what it reported, or why it counts as missed."""

    plant: str
    engine: str
    detected: bool
    detail: str = ""
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"seconds": round(self.seconds, 3)}


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """Totals after ``seconds`` of a campaign."""

    seconds: float
    programs: int
    findings: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """A program from a file and its verdict; ``detail`` says what is wrong or unknown, empty when all agree."""

    path: str
    verdict: str
    detail: str


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """One campaign. ``seconds`` is wall time, ``valid_rate`` the share (0 to 1) of generated programs that reached a
    value or raised on purpose, ``full`` the number of programs that ran on the second tier of engines as well.
    ``passes`` are the compiler's counters (``pass.what``). ``problems`` are sentences about what went wrong around
    the campaign, such as findings that could not be stored. ``coverage`` is empty unless it was asked for. ``checks``
    says for each oracle how many programs gave it something to check, ``stages`` how many seconds of worker processes
    each stage took, ``profiles`` how many programs each profile had; ``replayed`` are the regressions that were run
    first.
    """

    started: datetime
    seconds: float
    seed: int
    programs: int
    valid_rate: float
    verdicts: Verdicts
    engines: tuple[EngineSummary, ...] = ()
    findings: tuple[Finding, ...] = ()
    self_test: tuple[SelfTestRow, ...] = ()
    timeline: tuple[TimelinePoint, ...] = ()
    passes: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    coverage: tuple[CoverageRow, ...] = ()
    full: int = 0
    checks: Mapping[str, int] = field(default_factory=dict)
    stages: Mapping[str, float] = field(default_factory=dict)
    profiles: Mapping[str, int] = field(default_factory=dict)
    replayed: tuple[Replayed, ...] = ()

    @property
    def vacuous(self) -> tuple[str, ...]:
        """The oracles that never had anything to check."""
        return tuple(name for name, programs in self.checks.items() if not programs)

    @property
    def flaky_rate(self) -> float:
        """The share (0 to 1) of programs whose divergence did not happen again."""
        return self.verdicts.inconclusive.get("flaky", 0) / self.programs if self.programs else 0.0

    @property
    def regressed(self) -> tuple[Replayed, ...]:
        """The regressions that do not agree."""
        return tuple(one for one in self.replayed if one.verdict != "agree")

    @property
    def programs_per_second(self) -> float:
        """Over the wall time of the campaign."""
        return self.programs / self.seconds if self.seconds > 0 else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "started": self.started.isoformat(timespec="seconds"),
            "seconds": round(self.seconds, 3),
            "seed": self.seed,
            "programs": self.programs,
            "valid_rate": self.valid_rate,
            "programs_per_second": round(self.programs_per_second, 3),
            "verdicts": {
                "agree": self.verdicts.agree,
                "diverged": self.verdicts.diverged,
                "inconclusive": dict(self.verdicts.inconclusive),
            },
            "engines": {
                engine.name: {
                    "runs": engine.runs,
                    "seconds": round(engine.seconds, 3),
                    "faults": engine.faults,
                    "verdicts": dict(engine.verdicts),
                }
                for engine in self.engines
            },
            "findings": [_finding_to_json(finding) for finding in self.findings],
            "self_test": [row.to_json() for row in self.self_test],
            "timeline": [
                {"seconds": round(point.seconds, 3), "programs": point.programs, "findings": point.findings}
                for point in self.timeline
            ],
            "passes": dict(self.passes),
            "problems": list(self.problems),
            "coverage": [row.to_json() for row in self.coverage],
            "full": self.full,
            "flaky_rate": self.flaky_rate,
            "checks": dict(self.checks),
            "vacuous": list(self.vacuous),
            "stages": {name: round(seconds, 3) for name, seconds in self.stages.items()},
            "profiles": dict(self.profiles),
            "replayed": [asdict(one) for one in self.replayed],
        }


def summarise(
    options: CampaignOptions,
    started: datetime,
    seconds: float,
    progress: Progress,
    findings: Sequence[Finding],
    proof: Sequence[SelfTestRow],
) -> CampaignSummary:
    """The summary of a campaign that has come as far as ``progress`` in ``seconds``."""
    tally = progress.tally
    verdicts: dict[str, Counter[str]] = {}
    for (engine, word), count in tally.verdicts.items():
        verdicts.setdefault(engine, Counter())[word] += count
    return CampaignSummary(
        started=started,
        seconds=seconds,
        seed=options.seed,
        programs=tally.programs,
        valid_rate=tally.valid / tally.programs if tally.programs else 0.0,
        verdicts=Verdicts(tally.agree, tally.diverged, {r: n for r, n in tally.inconclusive.items() if n}),
        engines=tuple(
            EngineSummary(name, words.total(), tally.milliseconds[name] / 1000, tally.faults[name], dict(words))
            for name, words in verdicts.items()
        ),
        findings=tuple(findings),
        self_test=tuple(proof),
        timeline=tuple(progress.timeline),
        passes=dict(sorted(tally.passes.items())),
        problems=(*progress.problems, *(f"{text} ({n} programs)" for text, n in tally.problems.items())),
        coverage=tally.coverage.rows() if options.coverage else (),
        full=tally.fully,
        checks={check.value: tally.checks[check.name] for check in Check},
        stages={name: spent / 1000 for name, spent in tally.milliseconds.items()},
        profiles=dict(tally.profiles),
        replayed=tuple(progress.replayed),
    )


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    """A finding as it is stored, with the fields that readers of ``--json`` look for at its top level."""
    return finding.to_json() | {
        "engine": finding.engine,
        "reduced": finding.reduced,
        "original": finding.original,
        "faulty_line": finding.faulty_line,
    }
