"""What a store knows, as data. Nothing here knows how it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

from omnitest.store.finding import Finding


class Status(Enum):
    """What people decided about a finding. ``NEW`` nothing yet; a ``FIXED`` one that is seen again is new again."""

    NEW = "new"
    CONFIRMED = "confirmed"
    FIXED = "fixed"
    FLAKY = "flaky"
    WONT_FIX = "wont-fix"


@dataclass(frozen=True, slots=True)
class EngineVerdict:
    """How often ``engine`` said ``verdict`` (``agree``, ``inconclusive`` or a kind of divergence) of a finding."""

    engine: str
    verdict: str
    count: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a finding; ``name`` has no folder in it."""

    name: str
    media_type: str
    content: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Suppression:
    """Until the end of the day ``expires`` (UTC), findings that fit are known and shall not count as found.

    ``fingerprint``, ``kind``, ``engine`` and ``summary`` are shell patterns (``*``, ``?``, ``[…]``); ``None`` fits
    anything. ``id`` is the store's number for it, 0 before it has one.
    """

    reason: str
    expires: date
    fingerprint: str | None = None
    kind: str | None = None
    engine: str | None = None
    summary: str | None = None
    issue: str = ""
    created: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    id: int = 0

    @property
    def patterns(self) -> dict[str, str]:
        """The patterns that are given, by the name of the field of a finding that they are about."""
        given = {
            "fingerprint": self.fingerprint,
            "kind": self.kind,
            "engine": self.engine,
            "summary": self.summary,
        }
        return {name: pattern for name, pattern in given.items() if pattern is not None}

    def matches(self, finding: Finding) -> bool:
        """Whether every pattern fits the finding; an engine's fits if it fits one of those that were wrong."""
        return all(
            any(fnmatchcase(engine, pattern) for engine in (finding.engine, *finding.engines))
            if name == "engine"
            else fnmatchcase(getattr(finding, name), pattern)
            for name, pattern in self.patterns.items()
        )

    def expired(self, today: date | None = None) -> bool:
        """Whether the rule has no effect any more; ``today`` is the day in UTC."""
        return (today or datetime.now(UTC).date()) > self.expires

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            **self.patterns,
            "reason": self.reason,
            "issue": self.issue,
            "expires": self.expires.isoformat(),
            "expired": self.expired(),
        }


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A finding and what the store knows about it.

    ``reason`` and ``changed`` say why and when it got its ``status``. ``regressions`` counts how often it was seen
    again after it had been marked fixed. Revisions are git commits, or versions of the package. Of ``tried``
    replays, ``reproduced`` showed it. ``engines`` is its row of the matrix of findings and engines.
    ``suppression`` is the rule that fits it, an effective one before an expired one.
    """

    finding: Finding
    status: Status = Status.NEW
    reason: str = ""
    changed: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    regressions: int = 0
    first_revision: str = ""
    last_revision: str = ""
    reproduced: int = 0
    tried: int = 0
    engines: tuple[EngineVerdict, ...] = ()
    suppression: Suppression | None = None

    @property
    def suppressed(self) -> bool:
        """Whether a rule that has not expired fits it."""
        return self.suppression is not None and not self.suppression.expired()

    @property
    def state(self) -> str:
        """The status in words, with what else a reader must know: a regression, a rule and whether it still counts."""
        words = [self.status.value]
        if self.regressions and self.status is Status.NEW:
            words.append("regression")
        if self.suppression is not None:
            words.append("suppression expired" if self.suppression.expired() else "suppressed")
        return ", ".join(words)

    @property
    def reproducibility(self) -> str:
        """``k/n``, or nothing when it was never replayed."""
        return f"{self.reproduced}/{self.tried}" if self.tried else ""

    def to_json(self) -> dict[str, Any]:
        return self.finding.to_json() | {
            "status": self.status.value,
            "status_reason": self.reason,
            "status_changed": self.changed.isoformat(timespec="seconds"),
            "regressions": self.regressions,
            "first_revision": self.first_revision,
            "last_revision": self.last_revision,
            "reproducibility": {"reproduced": self.reproduced, "tried": self.tried},
            "matrix": [{"engine": e.engine, "verdict": e.verdict, "count": e.count} for e in self.engines],
            "suppression": self.suppression.to_json() if self.suppression is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Skipped:
    """A finding in the store that cannot be read, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All findings, by fingerprint, and what was found beside them."""

    records: tuple[FindingRecord, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings alone."""
        return tuple(record.finding for record in self.records)

    def to_json(self) -> dict[str, Any]:
        return {
            "findings": [record.to_json() for record in self.records],
            "skipped": [{"name": item.name, "reason": item.reason} for item in self.skipped],
        }


@dataclass(frozen=True, slots=True)
class Added:
    """The finding as stored; ``new`` if the store did not have the fingerprint, a ``regression`` if it was fixed."""

    finding: Finding
    new: bool
    regression: bool = False


# ---- campaigns ----------------------------------------------------------------------------------------


class CampaignState(Enum):
    """``RUNNING`` is also what the store says of a campaign whose process was killed."""

    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class CampaignRecord:
    """A campaign: its ``options`` and its ``progress`` are JSON documents of whoever runs it; times are in UTC.

    ``abandoned``: it says that it is running, and the process that ran it is gone.
    """

    id: int
    name: str
    seed: int
    options: Mapping[str, Any]
    state: CampaignState
    started: datetime
    heartbeat: datetime
    ended: datetime | None
    progress: Mapping[str, Any]
    abandoned: bool = False


@dataclass(frozen=True, slots=True)
class FoundSuspect:
    """A program that diverged. ``document`` has all that triage needs, ``signature`` tells suspects apart before it."""

    signature: tuple[str, ...]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PendingSuspect:
    """A suspect that waits for its triage; ``hits`` programs of the campaign had its signature."""

    signature: tuple[str, ...]
    document: Mapping[str, Any]
    hits: int


@dataclass(frozen=True, slots=True)
class CampaignFinding:
    """What one campaign saw of a finding; ``new`` if the store had not had it before."""

    record: FindingRecord
    hits: int
    new: bool


# ---- corpus -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CorpusEntry:
    """A program worth starting from. ``features`` are what it reached, ``energy`` its weight when one is chosen."""

    program: str
    features: tuple[str, ...] = ()
    energy: float = 1.0
    profile: str = ""
    campaign: int | None = None
    added: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    updated: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def hash(self) -> str:
        """SHA-256 of the text, in hexadecimal: the same program is one entry."""
        return hashlib.sha256(self.program.encode("utf-8", "surrogatepass")).hexdigest()
