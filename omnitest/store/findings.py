"""The findings of a store: sightings of them, what people decided about them, what belongs to them."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, insert, select, update

from omnitest.store import schema
from omnitest.store.connection import Database
from omnitest.store.finding import FINGERPRINT, Finding, FindingProblem
from omnitest.store.problems import StoreProblem, UnknownFinding
from omnitest.store.records import (
    Added,
    Attachment,
    Contents,
    EngineVerdict,
    FindingRecord,
    Skipped,
    Status,
    Suppression,
)
from omnitest.store.revision import revision
from omnitest.store.suppressions import load_suppressions, suppression_of

#: Characters of the name of an engine and of a verdict; more is no name, and too long for an index.
_NAME_LENGTH: Final = 100
_TABLE: Final = schema.findings


@dataclass(frozen=True, slots=True)
class Recorded:
    """A finding that was written, and the number of its row."""

    id: int
    added: Added


class Findings:
    """The findings in a data base. Every method is one transaction and raises :class:`StoreProblem`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, finding: Finding) -> Added:
        """Save a sighting of a bug, merged with what the store has under its fingerprint.

        A finding that had been marked fixed is new again. A :class:`StoreProblem` has ``finding`` in it.
        """
        with not_lost(finding), self._database.writing() as connection:
            return record_sighting(connection, finding).added

    def unite(self, finding: Finding) -> Added:
        """Save a finding from a file: what is known about it in both places, the same however often it is done.

        A finding that had been marked fixed is new again if it was seen after that.
        """
        with not_lost(finding), self._database.writing() as connection:
            return _unite(connection, finding).added

    def load(self, status: Status | None = None) -> Contents:
        """All findings, or those with ``status``, by fingerprint; damaged rows are named and skipped."""
        query = select(_TABLE).order_by(_TABLE.c.fingerprint)
        if status is not None:
            query = query.where(_TABLE.c.status == status.value)
        with self._database.reading() as connection:
            return load_records(connection, query)

    def get(self, name: str) -> FindingRecord:
        """The finding with the fingerprint ``name``, or the only one that starts with it.

        Raises :class:`UnknownFinding` with the nearest names, and :class:`StoreProblem`.
        """
        with self._database.reading() as connection:
            number, _ = self._named(connection, name)
            contents = load_records(connection, select(_TABLE).where(_TABLE.c.id == number))
        for skipped in contents.skipped:
            raise StoreProblem(f"{skipped.name} in {self._database.location} is damaged: {skipped.reason}")
        return contents.records[0]

    def mark(self, name: str, status: Status, reason: str) -> FindingRecord:
        """Give a finding a status, and say why."""
        with self._database.writing() as connection:
            number, fingerprint = self._named(connection, name)
            changes = {"status": status.value, "reason": reason, "changed": datetime.now(UTC)}
            connection.execute(update(_TABLE).where(_TABLE.c.id == number).values(changes))
        return self.get(fingerprint)

    def record_runs(self, name: str, reproduced: int, tried: int) -> FindingRecord:
        """Count ``tried`` replays of a finding, of which ``reproduced`` showed it again.

        Raises :class:`ValueError` if that are more than were tried.
        """
        if not 0 <= reproduced <= tried:
            raise ValueError(f"{reproduced} of {tried} replays cannot have reproduced it")
        with self._database.writing() as connection:
            number, fingerprint = self._named(connection, name)
            counts = {"reproduced": _TABLE.c.reproduced + reproduced, "tried": _TABLE.c.tried + tried}
            connection.execute(update(_TABLE).where(_TABLE.c.id == number).values(counts))
        return self.get(fingerprint)

    def attach(self, name: str, attachments: Iterable[Attachment]) -> None:
        """Keep files with a finding; one replaces another of the same name."""
        with self._database.writing() as connection:
            _attach(connection, self._named(connection, name)[0], attachments)

    def attachments(self, name: str) -> tuple[Attachment, ...]:
        """The files that are kept with a finding, by name."""
        table = schema.attachments
        with self._database.reading() as connection:
            number, _ = self._named(connection, name)
            query = select(table).where(table.c.finding_id == number).order_by(table.c.name)
            return tuple(Attachment(r.name, r.media_type, r.content) for r in connection.execute(query))

    def _named(self, connection: Connection, name: str) -> tuple[int, str]:
        """The number and the fingerprint of the finding that a user calls ``name``."""
        columns = select(_TABLE.c.id, _TABLE.c.fingerprint)
        exact = connection.execute(columns.where(_TABLE.c.fingerprint == schema.storable(name))).one_or_none()
        if exact is not None:
            return exact.id, exact.fingerprint
        rows = connection.execute(columns.order_by(_TABLE.c.fingerprint)).all()
        matching = [row for row in rows if name and row.fingerprint.startswith(name)]
        if len(matching) == 1:
            return matching[0].id, matching[0].fingerprint
        if matching:
            raise UnknownFinding(f"several findings start with {name!r}: {', '.join(r.fingerprint for r in matching)}")
        near = difflib.get_close_matches(name, [row.fingerprint for row in rows], n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownFinding(f"no finding {name!r} in {self._database.location}{hint}")


@contextmanager
def not_lost(finding: Finding) -> Iterator[None]:
    """Put the finding into what goes wrong with saving it, and refuse one whose fingerprint is none."""
    if not FINGERPRINT.fullmatch(finding.fingerprint):
        raise StoreProblem(f"not a fingerprint: {finding.fingerprint!r}", finding)
    try:
        yield
    except StoreProblem as problem:
        problem.finding = finding
        raise


# ---- writing, inside of a transaction ------------------------------------------------------------------


def record_sighting(connection: Connection, finding: Finding) -> Recorded:
    """Save a sighting: the smaller program, the hits of both, the later revision."""
    row, known = _known(connection, finding.fingerprint)
    regression = row is not None and row.status == Status.FIXED.value
    stored = finding if known is None else known.merged(finding)
    number = _write(connection, row, known, stored, finding, regression)
    for engine, verdict in _matrix(finding):
        _count(connection, number, engine, verdict, finding.hits, add=True)
    return Recorded(number, Added(stored, known is None, regression))


def add_hits(connection: Connection, number: int, hits: int) -> None:
    """Count ``hits`` more programs that showed the finding in row ``number``; none of them was looked at further."""
    row = connection.execute(select(_TABLE).where(_TABLE.c.id == number)).one()
    known = _readable(row)
    if known is None:
        return
    now = datetime.now(UTC)
    again = replace(known, hits=hits, first_seen=now, last_seen=now, revision=revision())
    _write(connection, row, known, known.merged(again), again, row.status == Status.FIXED.value)


def _unite(connection: Connection, finding: Finding) -> Recorded:
    row, known = _known(connection, finding.fingerprint)
    regression = row is not None and row.status == Status.FIXED.value and finding.last_seen > row.changed
    stored = finding if known is None else known.united(finding)
    number = _write(connection, row, known, stored, finding, regression)
    for engine, verdict in _matrix(finding):
        _count(connection, number, engine, verdict, finding.hits, add=False)
    return Recorded(number, Added(stored, known is None, regression))


def _known(connection: Connection, fingerprint: str) -> tuple[Row[Any] | None, Finding | None]:
    """The row of a fingerprint, and its finding; ``None`` where there is no such row, or none that can be read."""
    row = connection.execute(select(_TABLE).where(_TABLE.c.fingerprint == fingerprint)).one_or_none()
    return (None, None) if row is None else (row, _readable(row))


def _readable(row: Row[Any]) -> Finding | None:
    try:
        return _finding(row)
    except FindingProblem:
        return None


def _write(
    connection: Connection,
    row: Row[Any] | None,
    known: Finding | None,
    stored: Finding,
    seen: Finding,
    regression: bool,
) -> int:
    """Write ``stored``, what is now known after ``seen``, over ``row``; the number of the row."""
    seen_at = seen.revision or seen.omnitest_version
    values: dict[str, Any] = {
        "kind": stored.kind,
        "engine": stored.engine,
        "summary": stored.summary,
        "first_seen": stored.first_seen,
        "last_seen": stored.last_seen,
        "hits": stored.hits,
        "document": stored.to_text(),
    }
    if known is None or seen.first_seen < known.first_seen:
        values["first_revision"] = seen_at
    if known is None or seen.last_seen >= known.last_seen:
        values["last_revision"] = seen_at
    if row is None:
        fresh = {"status": Status.NEW.value, "reason": "", "regressions": 0, "reproduced": 0, "tried": 0}
        created = connection.execute(
            insert(_TABLE)
            .values(fresh | values | {"fingerprint": stored.fingerprint, "changed": stored.first_seen})
            .returning(_TABLE.c.id)
        )
        return int(created.scalar_one())
    if known is None:  # its owner may want to look at what is damaged
        damaged = Attachment("damaged.json", "application/json", row.document.encode())
        _attach(connection, row.id, [replace(damaged, name=f"damaged-{damaged.hash[:12]}.json")])
    if regression:
        was = (
            f"seen again after it was marked fixed: {row.reason}"
            if row.reason
            else "seen again after it was marked fixed"
        )
        values |= {
            "status": Status.NEW.value,
            "regressions": row.regressions + 1,
            "reason": was,
            "changed": datetime.now(UTC),
        }
    connection.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(values))
    return int(row.id)


def _matrix(finding: Finding) -> tuple[tuple[str, str], ...]:
    """What the engines said, cut to the length of names; files without a matrix name those that were wrong."""
    matrix = finding.matrix or tuple((engine, finding.kind) for engine in finding.engines or (finding.engine,))
    cut = {(schema.storable(e)[:_NAME_LENGTH], schema.storable(v)[:_NAME_LENGTH]) for e, v in matrix}
    return tuple(sorted(cut))


def _count(connection: Connection, number: int, engine: str, verdict: str, count: int, add: bool) -> None:
    """Count in a cell of the matrix: ``count`` more, or at least ``count``."""
    table = schema.sightings
    cell = {"finding_id": number, "engine": engine, "verdict": verdict}
    here = (table.c.finding_id == number) & (table.c.engine == engine) & (table.c.verdict == verdict)
    known = connection.execute(select(table.c.times).where(here)).scalar()
    if known is None:
        connection.execute(insert(table).values(cell | {"times": count}))
    else:
        connection.execute(update(table).where(here).values(times=known + count if add else max(known, count)))


def _attach(connection: Connection, number: int, attachments: Iterable[Attachment]) -> None:
    table = schema.attachments
    for attachment in attachments:
        here = (table.c.finding_id == number) & (table.c.name == attachment.name)
        content = {"media_type": attachment.media_type, "hash": attachment.hash, "content": attachment.content}
        known = connection.execute(select(table.c.hash).where(here)).scalar()
        if known is None:
            connection.execute(insert(table).values({"finding_id": number, "name": attachment.name} | content))
        elif known != attachment.hash:
            connection.execute(update(table).where(here).values(content))


# ---- reading, inside of a transaction ------------------------------------------------------------------


def load_records(connection: Connection, query: Select[Any]) -> Contents:
    """The records for the rows of the table of findings that ``query`` gives."""
    rules = load_suppressions(connection)
    rows = connection.execute(query).all()
    engines = _engines(connection, [row.id for row in rows] if len(rows) == 1 else None)
    records: list[FindingRecord] = []
    skipped: list[Skipped] = []
    for row in rows:
        try:
            records.append(_record(row, tuple(engines[row.id]), rules))
        except FindingProblem as problem:
            skipped.append(Skipped(f"finding {row.fingerprint}", str(problem)))
    return Contents(tuple(records), tuple(skipped))


def _engines(connection: Connection, only: list[int] | None) -> dict[int, list[EngineVerdict]]:
    """The rows of the matrix by number of finding: of all findings, or of ``only`` some."""
    table = schema.sightings
    query = select(table).order_by(table.c.engine, table.c.verdict)
    if only is not None:
        query = query.where(table.c.finding_id.in_(only))
    found: dict[int, list[EngineVerdict]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.finding_id].append(EngineVerdict(row.engine, row.verdict, row.times))
    return found


def _finding(row: Row[Any]) -> Finding:
    finding = Finding.from_text(row.document)
    if finding.fingerprint != row.fingerprint:
        raise FindingProblem(f"holds the finding {finding.fingerprint}, not the one it is named after")
    return finding


def _record(row: Row[Any], engines: tuple[EngineVerdict, ...], rules: Sequence[Suppression]) -> FindingRecord:
    finding = _finding(row)
    return FindingRecord(
        finding,
        Status(row.status),
        row.reason,
        row.changed,
        row.regressions,
        row.first_revision,
        row.last_revision,
        row.reproduced,
        row.tried,
        engines,
        suppression_of(finding, rules),
    )
