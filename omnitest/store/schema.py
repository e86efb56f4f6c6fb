"""The tables, and the types of their columns. A change here needs a migration in ``migrations/versions/``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

#: The newest migration.
HEAD: Final = "v0001"
#: Where Alembic keeps the name of the migration that a store is at.
VERSION_TABLE: Final = "omnitest_schema"


def storable(text: str) -> str:
    """Text that every data base takes: lone surrogates and NUL become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


class Words(TypeDecorator[str]):
    """Text for people and for searching, see :func:`storable`. What must not change is kept as bytes or JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Document(TypeDecorator[Any]):
    """A JSON document. It is kept as ASCII: PostgreSQL's own type refuses some of the characters that programs hold."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, sort_keys=True, allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Moment(TypeDecorator[datetime]):
    """A time in UTC; SQLite keeps no time zone beside it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Number(TypeDecorator[int]):
    """An integer of any size, such as the seed of a campaign."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)


METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _finding_id(**options: Any) -> Column[int]:
    return Column("finding_id", Integer, ForeignKey("findings.id", ondelete="CASCADE"), nullable=False, **options)


def _campaign_id(**options: Any) -> Column[int]:
    return Column("campaign_id", Integer, ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False, **options)


#: One row per bug. ``document`` is the finding whole, as its file would be; the columns beside it are for queries.
findings: Final = Table(
    "findings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String(100), nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("engine", Words, nullable=False),
    Column("summary", Words, nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", Words, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("regressions", Integer, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("first_revision", Words, nullable=False),
    Column("last_revision", Words, nullable=False),
    Column("hits", BigInteger, nullable=False),
    Column("reproduced", BigInteger, nullable=False),
    Column("tried", BigInteger, nullable=False),
    Column("document", Words, nullable=False),
    CheckConstraint("status IN ('new', 'confirmed', 'fixed', 'flaky', 'wont-fix')", name="status"),
    CheckConstraint("hits >= 1 AND reproduced >= 0 AND tried >= reproduced", name="counts"),
)

#: The matrix of findings and engines.
sightings: Final = Table(
    "sightings",
    METADATA,
    _finding_id(primary_key=True),
    Column("engine", Words, primary_key=True),
    Column("verdict", Words, primary_key=True),
    Column("times", BigInteger, nullable=False),
)

attachments: Final = Table(
    "attachments",
    METADATA,
    _finding_id(primary_key=True),
    Column("name", Words, primary_key=True),
    Column("media_type", Words, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

suppressions: Final = Table(
    "suppressions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", Words),
    Column("kind", Words),
    Column("engine", Words),
    Column("summary", Words),
    Column("reason", Words, nullable=False),
    Column("issue", Words, nullable=False),
    Column("created", Moment, nullable=False),
    Column("expires", Date, nullable=False),
)

#: ``host``, ``pid`` and ``process_started`` name the process that runs it: whether it was killed can be asked then.
campaigns: Final = Table(
    "campaigns",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Words, nullable=False, index=True),
    Column("seed", Number, nullable=False),
    Column("options", Document, nullable=False),
    Column("state", String(20), nullable=False),
    Column("started", Moment, nullable=False),
    Column("heartbeat", Moment, nullable=False),
    Column("ended", Moment),
    Column("progress", Document, nullable=False),
    Column("host", Words, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("process_started", Float, nullable=False),
    CheckConstraint("state IN ('running', 'finished', 'interrupted')", name="state"),
)

#: One row per signature that a campaign met. ``pending`` waits for a triage; ``settled`` became the finding beside it;
#: ``flaky`` did not happen again.
suspects: Final = Table(
    "suspects",
    METADATA,
    Column("id", Integer, primary_key=True),
    _campaign_id(),
    Column("signature_hash", String(64), nullable=False),
    Column("signature", Document, nullable=False),
    Column("state", String(20), nullable=False),
    Column("document", Document),
    Column("hits", BigInteger, nullable=False),
    Column("finding_id", Integer, ForeignKey("findings.id", ondelete="CASCADE"), index=True),
    UniqueConstraint("campaign_id", "signature_hash"),
    CheckConstraint("state IN ('pending', 'settled', 'flaky')", name="state"),
)

campaign_findings: Final = Table(
    "campaign_findings",
    METADATA,
    _campaign_id(primary_key=True),
    _finding_id(primary_key=True, index=True),
    Column("hits", BigInteger, nullable=False),
    Column("new", Boolean, nullable=False),
)

#: ``program`` is UTF-8, as bytes: what is hashed is what is kept.
corpus: Final = Table(
    "corpus",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("program", LargeBinary, nullable=False),
    Column("features", Document, nullable=False),
    Column("energy", Float, nullable=False),
    Column("profile", Words, nullable=False),
    Column("campaign_id", Integer, ForeignKey("campaigns.id", ondelete="SET NULL")),
    Column("added", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Index("ix_corpus_profile", "profile", "energy"),
)
