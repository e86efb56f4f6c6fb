"""The store: findings, campaigns, suppressions and the corpus, in one SQLite file or in a PostgreSQL data base."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from omnitest.store.campaigns import Campaigns
from omnitest.store.connection import Database
from omnitest.store.corpus import Corpus
from omnitest.store.finding import Finding
from omnitest.store.findings import Findings
from omnitest.store.location import store_url
from omnitest.store.problems import StoreFull, StoreProblem, UnknownFinding
from omnitest.store.records import Added, Contents
from omnitest.store.suppressions import Suppressions

__all__ = ["Store", "StoreFull", "StoreProblem", "UnknownFinding"]


class Store:
    """The store at ``location``, a folder, a file or a URL; without it the user's own (:mod:`omnitest.store.location`).

    It is opened by the first use and made by the first that writes; a SQLite file that does not exist reads as empty.
    Several processes and threads may use one at the same time. Raises :class:`StoreProblem` for what is no location, as
    all methods do for what goes wrong.
    """

    def __init__(self, location: str | Path | None = None) -> None:
        self._database = Database(store_url(location))
        self.findings = Findings(self._database)
        self.campaigns = Campaigns(self._database)
        self.suppressions = Suppressions(self._database)
        self.corpus = Corpus(self._database)

    @property
    def location(self) -> str:
        """Where it is, for people; a URL without its password."""
        return self._database.location

    def add(self, finding: Finding) -> Added:
        """See :meth:`~omnitest.store.findings.Findings.add`."""
        return self.findings.add(finding)

    def load(self) -> Contents:
        """See :meth:`~omnitest.store.findings.Findings.load`."""
        return self.findings.load()

    def get(self, name: str) -> Finding:
        """The finding called ``name``, see :meth:`~omnitest.store.findings.Findings.get`."""
        return self.findings.get(name).finding

    def close(self) -> None:
        """Close its connections."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
