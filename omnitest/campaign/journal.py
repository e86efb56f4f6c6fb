"""A campaign's progress in the store: after ``kill -9`` at any instant it goes on where it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from omnitest.campaign.progress import Key, Progress
from omnitest.store.finding import Finding
from omnitest.store.records import CampaignRecord, CampaignState, FoundSuspect
from omnitest.store.store import Store
from omnitest.triage.artifacts import attachments_of
from omnitest.triage.triage import Suspect


class StoreJournal:
    """Keeps one campaign of a store (a :class:`~omnitest.campaign.progress.Journal`)."""

    def __init__(self, store: Store, campaign: CampaignRecord) -> None:
        self._store = store
        self._campaign = campaign

    def load(self) -> tuple[Progress, Mapping[Key, Suspect], Sequence[Finding]]:
        kept, number = self._campaign.progress, self._campaign.id
        progress = Progress.from_json(kept) if kept else Progress()
        suspects = {one.signature: Suspect.from_json(one.document) for one in self._store.campaigns.pending(number)}
        findings = [seen.record.finding for seen in self._store.campaigns.findings(number)]
        return progress, suspects, findings

    def save(self, progress: Progress, suspects: Iterable[tuple[Key, Suspect]] = ()) -> None:
        found = [FoundSuspect(key, suspect.to_json()) for key, suspect in suspects]
        self._store.campaigns.record(self._campaign.id, progress.to_json(), found)

    def settle(self, progress: Progress, key: Key, finding: Finding | None) -> None:
        self._store.campaigns.settle(self._campaign.id, key, finding, progress.to_json())
        # Attachments come behind: they can be made again from the finding.
        if finding is not None:
            self._store.findings.attach(finding.fingerprint, attachments_of(finding))

    def end(self, progress: Progress, state: str) -> None:
        self._store.campaigns.end(self._campaign.id, CampaignState(state), progress.to_json())
