"""What can go wrong with a store, in words for its user."""

from __future__ import annotations

from omnitest.store.finding import Finding


class StoreProblem(Exception):
    """The store cannot be read or written. ``finding`` is what could not be saved, so that nothing is lost."""

    def __init__(self, message: str, finding: Finding | None = None) -> None:
        super().__init__(message)
        self.finding = finding


class StoreFull(StoreProblem):
    """There is no room left on the device, or the user's quota is used up."""


class NewerSchema(StoreProblem):
    """The store was written by a version of this program that is newer than this one."""


class UnknownFinding(StoreProblem):
    """No finding has the name that was asked for, or several do."""


class UnknownCampaign(StoreProblem):
    """No campaign has the name or number that was asked for."""


class CampaignBusy(StoreProblem):
    """The campaign is still being run by another process."""
