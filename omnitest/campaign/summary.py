"""What a campaign did, as data: the input of the report, of the console and of ``--json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from omnitest.campaign.coverage import CoverageRow
from omnitest.store.finding import Finding


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
    """One engine's share: program runs, seconds it was busy, faults it reported."""

    name: str
    runs: int = 0
    seconds: float = 0.0
    faults: int = 0


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
class CampaignSummary:
    """One campaign. ``seconds`` is wall time, ``valid_rate`` the share (0 to 1) of generated programs that reached a
    value or raised on purpose. ``passes`` are the compiler's counters (``pass.what``). ``problems`` are
    sentences about what went wrong around the campaign, such as findings that could not be stored. ``coverage`` is
    empty unless it was asked for.
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
                engine.name: {"runs": engine.runs, "seconds": round(engine.seconds, 3), "faults": engine.faults}
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
        }


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    """A finding as it is stored, with the fields that readers of ``--json`` look for at its top level."""
    return finding.to_json() | {
        "engine": finding.engine,
        "reduced": finding.reduced,
        "original": finding.original,
        "faulty_line": finding.faulty_line,
    }
