"""Campaigns in a store: what a killed one needs to go on as if nothing had happened.

What has come of the programs so far, and the suspects among them, are saved in one transaction: after a kill at any
instant both are there or neither is, and a campaign that goes on from there counts nothing twice and loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psutil
from sqlalchemy import Connection, Row, Select, insert, select, update

from omnitest.store import schema
from omnitest.store.connection import Database
from omnitest.store.finding import Finding
from omnitest.store.findings import add_hits, load_records, not_lost, record_sighting
from omnitest.store.problems import CampaignBusy, StoreProblem, UnknownCampaign
from omnitest.store.records import (
    Added,
    CampaignFinding,
    CampaignRecord,
    CampaignState,
    FoundSuspect,
    PendingSuspect,
)

#: Without a sign of life for so long, a campaign of another machine is taken for dead.
SILENCE: Final = timedelta(minutes=5)
_PENDING, _SETTLED, _FLAKY = "pending", "settled", "flaky"
_TABLE: Final = schema.campaigns


class Campaigns:
    """The campaigns in a data base. Every method is one transaction and raises :class:`StoreProblem`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- their life ----

    def begin(self, name: str, seed: int, options: Mapping[str, Any]) -> CampaignRecord:
        """A new campaign, run by this process. Several may have one name, such as those of successive nights."""
        now = datetime.now(UTC)
        values = {"name": name, "seed": seed, "options": options, "started": now, "heartbeat": now, "progress": {}}
        with self._database.writing() as connection:
            created = insert(_TABLE).values(values | {"state": CampaignState.RUNNING.value} | _this_process())
            return _campaign(_one(connection, connection.execute(created.returning(_TABLE.c.id)).scalar_one()))

    def resume(self, campaign: int) -> CampaignRecord:
        """Take over a campaign that was interrupted or killed.

        Raises :class:`CampaignBusy` if the process that runs it is alive, :class:`UnknownCampaign`, and
        :class:`StoreProblem` if it is finished.
        """
        with self._database.writing() as connection:
            row = _one(connection, campaign)
            if row.state == CampaignState.FINISHED.value:
                raise StoreProblem(
                    f"campaign {row.name!r} of {row.started:%Y-%m-%d %H:%M} is finished; start a new one"
                )
            if row.state == CampaignState.RUNNING.value and not _abandoned(row):
                raise CampaignBusy(
                    f"campaign {row.name!r} is being run by process {row.pid} on {row.host}; "
                    f"its last sign of life is of {row.heartbeat:%Y-%m-%d %H:%M:%S} UTC"
                )
            now = datetime.now(UTC)
            changes = {"state": CampaignState.RUNNING.value, "heartbeat": now, "ended": None} | _this_process()
            connection.execute(update(_TABLE).where(_TABLE.c.id == campaign).values(changes))
            return _campaign(_one(connection, campaign))

    def heartbeat(self, campaign: int, progress: Mapping[str, Any] | None = None) -> None:
        """A sign of life, due once a minute; with ``progress``, what a resumed campaign shall find in its place."""
        changes: dict[str, Any] = {"heartbeat": datetime.now(UTC)}
        if progress is not None:
            changes["progress"] = progress
        with self._database.writing() as connection:
            connection.execute(update(_TABLE).where(_TABLE.c.id == campaign).values(changes))

    def end(self, campaign: int, state: CampaignState, progress: Mapping[str, Any] | None = None) -> None:
        """Say that it ends now: ``FINISHED``, or ``INTERRUPTED`` and to be resumed."""
        now = datetime.now(UTC)
        changes: dict[str, Any] = {"state": state.value, "heartbeat": now, "ended": now}
        if progress is not None:
            changes["progress"] = progress
        with self._database.writing() as connection:
            connection.execute(update(_TABLE).where(_TABLE.c.id == campaign).values(changes))

    def load(self, name: str | None = None) -> tuple[CampaignRecord, ...]:
        """All campaigns, or those of one name, the newest first."""
        query = select(_TABLE).order_by(_TABLE.c.started.desc(), _TABLE.c.id.desc())
        if name is not None:
            query = query.where(_TABLE.c.name == schema.storable(name))
        with self._database.reading() as connection:
            return tuple(_campaign(row) for row in connection.execute(query))

    def latest(self, name: str) -> CampaignRecord:
        """The newest campaign of that name. Raises :class:`UnknownCampaign`."""
        for campaign in self.load(name):
            return campaign
        known = sorted({campaign.name for campaign in self.load()})
        hint = f"; there are: {', '.join(known)}" if known else ""
        raise UnknownCampaign(f"no campaign {name!r} in {self._database.location}{hint}")

    # ---- what they came to ----

    def record(self, campaign: int, progress: Mapping[str, Any], suspects: Sequence[FoundSuspect] = ()) -> None:
        """Save how far a campaign has come, and the suspects that ``progress`` counts for the first time, as one.

        A suspect whose signature the campaign has met adds to its hits, and to those of its finding if it has one.
        """
        changes = {"heartbeat": datetime.now(UTC), "progress": progress}
        with self._database.writing() as connection:
            for suspect in suspects:
                _record_suspect(connection, campaign, suspect)
            connection.execute(update(_TABLE).where(_TABLE.c.id == campaign).values(changes))

    def pending(self, campaign: int) -> tuple[PendingSuspect, ...]:
        """The suspects that wait for a triage, in the order in which they were found."""
        table = schema.suspects
        query = select(table).where(table.c.campaign_id == campaign, table.c.state == _PENDING).order_by(table.c.id)
        with self._database.reading() as connection:
            return tuple(
                PendingSuspect(tuple(row.signature), row.document, row.hits) for row in connection.execute(query)
            )

    def settle(
        self,
        campaign: int,
        signature: Sequence[str],
        finding: Finding | None,
        progress: Mapping[str, Any] | None = None,
    ) -> Added | None:
        """Save what the triage of a suspect came to: a finding, which gets the suspect's hits, or ``None`` for flaky.

        A suspect that was settled before stays as it is, and the answer is ``None``. A :class:`StoreProblem` has
        ``finding`` in it.
        """
        table = schema.suspects
        with not_lost(finding) if finding is not None else nullcontext(), self._database.writing() as connection:
            if progress is not None:
                changes = {"heartbeat": datetime.now(UTC), "progress": progress}
                connection.execute(update(_TABLE).where(_TABLE.c.id == campaign).values(changes))
            mine = (table.c.campaign_id == campaign) & (table.c.signature_hash == _hash(signature))
            row = connection.execute(select(table).where(mine)).one_or_none()
            if row is None:
                raise StoreProblem(f"campaign {campaign} has no suspect {' '.join(signature)!r}")
            if row.state != _PENDING:
                return None
            if finding is None:
                connection.execute(update(table).where(mine).values(state=_FLAKY, document=None))
                return None
            recorded = record_sighting(connection, replace(finding, hits=row.hits))
            _link(connection, campaign, recorded.id, row.hits, recorded.added.new)
            connection.execute(update(table).where(mine).values(state=_SETTLED, document=None, finding_id=recorded.id))
            return recorded.added

    def findings(self, campaign: int) -> tuple[CampaignFinding, ...]:
        """The findings that a campaign saw, by fingerprint; damaged ones are left out."""
        link = schema.campaign_findings
        with self._database.reading() as connection:
            links = connection.execute(
                select(link, schema.findings.c.fingerprint)
                .join(schema.findings, schema.findings.c.id == link.c.finding_id)
                .where(link.c.campaign_id == campaign)
            )
            seen = {row.fingerprint: (row.hits, row.new) for row in links}
            contents = load_records(connection, _findings_of(campaign))
            return tuple(CampaignFinding(record, *seen[record.finding.fingerprint]) for record in contents.records)


def _findings_of(campaign: int) -> Select[Any]:
    link = schema.campaign_findings
    return (
        select(schema.findings)
        .join(link, schema.findings.c.id == link.c.finding_id)
        .where(link.c.campaign_id == campaign)
        .order_by(schema.findings.c.fingerprint)
    )


def _one(connection: Connection, campaign: int) -> Row[Any]:
    row = connection.execute(select(_TABLE).where(_TABLE.c.id == campaign)).one_or_none()
    if row is None:
        raise UnknownCampaign(f"no campaign number {campaign}")
    return row


def _campaign(row: Row[Any]) -> CampaignRecord:
    return CampaignRecord(
        row.id,
        row.name,
        row.seed,
        row.options,
        CampaignState(row.state),
        row.started,
        row.heartbeat,
        row.ended,
        row.progress,
        row.state == CampaignState.RUNNING.value and _abandoned(row),
    )


def _this_process() -> dict[str, Any]:
    return {"host": socket.gethostname(), "pid": os.getpid(), "process_started": psutil.Process().create_time()}


def _abandoned(row: Row[Any]) -> bool:
    """Whether the process that ran a campaign is gone: known on its own machine, guessed from its silence elsewhere."""
    if row.host != socket.gethostname():
        return bool(datetime.now(UTC) - row.heartbeat > SILENCE)
    try:
        process = psutil.Process(row.pid)
        alive = process.create_time() == row.process_started and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True
    return not alive


def _hash(signature: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(signature)).encode()).hexdigest()


def _record_suspect(connection: Connection, campaign: int, suspect: FoundSuspect) -> None:
    table = schema.suspects
    signature, digest = list(suspect.signature), _hash(suspect.signature)
    row = connection.execute(
        select(table).where(table.c.campaign_id == campaign, table.c.signature_hash == digest)
    ).one_or_none()
    if row is None:
        fresh = {
            "campaign_id": campaign,
            "signature_hash": digest,
            "signature": signature,
            "state": _PENDING,
            "hits": 1,
        }
        connection.execute(insert(table).values(fresh | {"document": suspect.document}))
        return
    changes: dict[str, Any] = {"hits": row.hits + 1}
    if row.state == _FLAKY:  # what did not happen again has happened again: it gets another chance
        changes = {"hits": 1, "state": _PENDING, "document": suspect.document}
    connection.execute(update(table).where(table.c.id == row.id).values(changes))
    if row.state == _SETTLED and row.finding_id is not None:
        add_hits(connection, row.finding_id, 1)
        _link(connection, campaign, row.finding_id, 1, new=False)


def _link(connection: Connection, campaign: int, finding: int, hits: int, new: bool) -> None:
    """Count ``hits`` of a finding for a campaign."""
    table = schema.campaign_findings
    here = (table.c.campaign_id == campaign) & (table.c.finding_id == finding)
    known = connection.execute(select(table.c.hits).where(here)).scalar()
    if known is None:
        connection.execute(insert(table).values(campaign_id=campaign, finding_id=finding, hits=hits, new=new))
    else:
        connection.execute(update(table).where(here).values(hits=known + hits))
