"""The corpus in a store: programs that are worth starting from, each once, whichever campaign brought it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from omnitest.store import schema
from omnitest.store.connection import Database
from omnitest.store.records import CorpusEntry

_TABLE: Final = schema.corpus


class Corpus:
    """The corpus in a data base. Every method is one transaction and raises :class:`StoreProblem`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entries: Iterable[CorpusEntry]) -> int:
        """Save entries; how many of them are new.

        A program that is there already keeps its place, gets the features of both and the greater energy.
        """
        now = datetime.now(UTC)
        new = 0
        with self._database.writing() as connection:
            for entry in entries:
                known = connection.execute(select(_TABLE).where(_TABLE.c.hash == entry.hash)).one_or_none()
                if known is None:
                    new += 1
                    connection.execute(insert(_TABLE).values(_values(entry) | {"added": now, "updated": now}))
                    continue
                features = sorted({*known.features, *entry.features})
                energy = max(known.energy, entry.energy)
                if (features, energy) != (known.features, known.energy):
                    changes = {"features": features, "energy": energy, "updated": now}
                    connection.execute(update(_TABLE).where(_TABLE.c.hash == entry.hash).values(changes))
        return new

    def load(self, profile: str | None = None, limit: int | None = None) -> tuple[CorpusEntry, ...]:
        """The entries of one profile or of all, the greatest energy first; not more than ``limit``."""
        query = select(_TABLE).order_by(_TABLE.c.energy.desc(), _TABLE.c.hash).limit(limit)
        if profile is not None:
            query = query.where(_TABLE.c.profile == schema.storable(profile))
        with self._database.reading() as connection:
            return tuple(_entry(row) for row in connection.execute(query))

    def size(self) -> int:
        """How many programs there are."""
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(_TABLE)).scalar_one())

    def reweigh(self, energies: Mapping[str, float]) -> None:
        """Give entries, named by their hashes, a new energy."""
        if not energies:
            return
        change = update(_TABLE).where(_TABLE.c.hash == bindparam("entry"))
        change = change.values(energy=bindparam("weight"), updated=bindparam("time"))
        now = datetime.now(UTC)
        with self._database.writing() as connection:
            connection.execute(change, [{"entry": h, "weight": energy, "time": now} for h, energy in energies.items()])

    def remove(self, hashes: Iterable[str]) -> None:
        """Remove entries that others have made useless."""
        change = delete(_TABLE).where(_TABLE.c.hash == bindparam("entry"))
        rows = [{"entry": one} for one in hashes]
        if rows:
            with self._database.writing() as connection:
                connection.execute(change, rows)


def _values(entry: CorpusEntry) -> dict[str, Any]:
    return {
        "hash": entry.hash,
        "program": entry.program.encode("utf-8", "surrogatepass"),
        "features": sorted(set(entry.features)),
        "energy": entry.energy,
        "profile": entry.profile,
        "campaign_id": entry.campaign,
    }


def _entry(row: Row[Any]) -> CorpusEntry:
    return CorpusEntry(
        row.program.decode("utf-8", "surrogatepass"),
        tuple(row.features),
        row.energy,
        row.profile,
        row.campaign_id,
        row.added,
        row.updated,
    )
