"""How far a campaign has come: what a resumed one needs to go on where it was, and who keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from omnitest.campaign.summary import Replayed, TimelinePoint
from omnitest.campaign.tally import Tally
from omnitest.store.finding import Finding
from omnitest.store.store import Store
from omnitest.triage.artifacts import attachments_of
from omnitest.triage.triage import Suspect

#: What a campaign knows suspects by: the signature (:mod:`omnitest.triage.signature`), and which of the suspects with
#: that signature were triaged for it: the first, the second, the fourth, the eighth … Different bugs may look alike.
Key = tuple[str, ...]


def key_of(suspect: Suspect, earlier: int) -> Key:
    """The key of a suspect, so many others having had its signature: the same for those that share a triage."""
    return *suspect.signature, str(earlier.bit_length())


def alike(key: Key) -> tuple[str, ...]:
    """The signature in a key."""
    return key[:-1]


@dataclass(slots=True)
class Progress:
    """``seconds`` of wall time that the campaign has been running, without pauses between resumptions.

    Batches up to ``batches`` (not included) have been given to workers; those of ``unfinished`` have not come back.
    ``hits`` are programs by the key of what they showed; ``settled`` the fingerprint that triage gave to a key.
    """

    seconds: float = 0.0
    batches: int = 0
    unfinished: set[int] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)
    hits: dict[Key, int] = field(default_factory=dict)
    settled: dict[Key, str] = field(default_factory=dict)
    timeline: list[TimelinePoint] = field(default_factory=list)
    replayed: list[Replayed] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "seconds": self.seconds,
            "batches": self.batches,
            "unfinished": sorted(self.unfinished),
            "tally": self.tally.to_json(),
            "hits": [[list(key), count] for key, count in self.hits.items()],
            "settled": [[list(key), name] for key, name in self.settled.items()],
            "timeline": [[point.seconds, point.programs, point.findings] for point in self.timeline],
            "replayed": [[one.path, one.verdict, one.detail] for one in self.replayed],
            "problems": self.problems,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Progress:
        """The inverse of :meth:`to_json`."""
        return cls(
            seconds=document["seconds"],
            batches=document["batches"],
            unfinished=set(document["unfinished"]),
            tally=Tally.from_json(document["tally"]),
            hits={tuple(key): count for key, count in document["hits"]},
            settled={tuple(key): name for key, name in document["settled"]},
            timeline=[TimelinePoint(*point) for point in document["timeline"]],
            replayed=[Replayed(*one) for one in document["replayed"]],
            problems=list(document["problems"]),
        )


class Journal(Protocol):
    """Keeps a campaign's progress so that nothing is lost, whenever its process ends.

    Each method is one transaction: what it was given is there as a whole when it returns, or not at all.
    """

    def load(self) -> tuple[Progress, Mapping[Key, Suspect], Sequence[Finding]]:
        """What was saved: the progress, suspects that nobody has triaged, findings. All empty for a new campaign."""
        ...

    def save(self, progress: Progress, suspects: Iterable[tuple[Key, Suspect]] = ()) -> None:
        """Keep ``progress``, and ``suspects`` that it counts for the first time."""
        ...

    def settle(self, progress: Progress, key: Key, finding: Finding | None) -> None:
        """Keep ``progress`` and what came of a suspect: a finding, or None because it did not happen again."""
        ...

    def end(self, progress: Progress, state: str) -> None:
        """Keep ``progress``; the campaign is ``finished`` or ``interrupted``."""
        ...


class NoJournal:
    """Keeps nothing."""

    def load(self) -> tuple[Progress, Mapping[Key, Suspect], Sequence[Finding]]:
        return Progress(), {}, ()

    def save(self, progress: Progress, suspects: Iterable[tuple[Key, Suspect]] = ()) -> None:
        pass

    def settle(self, progress: Progress, key: Key, finding: Finding | None) -> None:
        pass

    def end(self, progress: Progress, state: str) -> None:
        pass


class FindingsJournal(NoJournal):
    """Keeps the findings in a store, and nothing else: for campaigns that nobody resumes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def settle(self, progress: Progress, key: Key, finding: Finding | None) -> None:
        if finding is not None:
            self._store.add(finding)
            self._store.findings.attach(finding.fingerprint, attachments_of(finding))
