"""Rules about findings that are known: each has a reason and a day on which it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select

from omnitest.store import schema
from omnitest.store.connection import Database
from omnitest.store.finding import Finding
from omnitest.store.problems import StoreProblem
from omnitest.store.records import Suppression


class InvalidSuppression(ValueError):
    """A rule that must not be made; the message says what it needs."""


def check(rule: Suppression) -> None:
    """Raise :class:`InvalidSuppression` unless the rule has a reason, a pattern, and a day that is not over."""
    if not rule.reason.strip():
        raise InvalidSuppression("a suppression needs a reason")
    if not rule.patterns:
        raise InvalidSuppression("a suppression needs a fingerprint, or a pattern for kind, engine or summary")
    if rule.expired():
        raise InvalidSuppression(f"a suppression needs a day to end on that is not over, unlike {rule.expires}")


class Suppressions:
    """The rules in a data base. Every method is one transaction and raises :class:`StoreProblem`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rule: Suppression) -> Suppression:
        """Save a rule; the rule as stored. Raises :class:`InvalidSuppression` too, see :func:`check`."""
        check(rule)
        rule = replace(rule, created=datetime.now(UTC))
        with self._database.writing() as connection:
            created = connection.execute(
                insert(schema.suppressions)
                .values(
                    fingerprint=rule.fingerprint,
                    kind=rule.kind,
                    engine=rule.engine,
                    summary=rule.summary,
                    reason=rule.reason,
                    issue=rule.issue,
                    created=rule.created,
                    expires=rule.expires,
                )
                .returning(schema.suppressions.c.id)
            )
            return replace(rule, id=created.scalar_one())

    def load(self) -> tuple[Suppression, ...]:
        """All rules, expired ones too, in the order in which they were made."""
        with self._database.reading() as connection:
            return load_suppressions(connection)

    def remove(self, number: int) -> None:
        """Remove the rule with this number."""
        table = schema.suppressions
        with self._database.writing() as connection:
            if not connection.execute(delete(table).where(table.c.id == number)).rowcount:
                raise StoreProblem(f"no suppression {number} in {self._database.location}")

    def of(self, finding: Finding) -> Suppression | None:
        """The rule that fits a finding, an effective one before an expired one."""
        return suppression_of(finding, self.load())


def load_suppressions(connection: Connection) -> tuple[Suppression, ...]:
    """All rules, inside of a transaction."""
    table = schema.suppressions
    return tuple(
        Suppression(
            row.reason, row.expires, row.fingerprint, row.kind, row.engine, row.summary, row.issue, row.created, row.id
        )
        for row in connection.execute(select(table).order_by(table.c.id))
    )


def suppression_of(finding: Finding, rules: Sequence[Suppression]) -> Suppression | None:
    """The rule among ``rules`` that fits a finding, an effective one before an expired one."""
    fitting = [rule for rule in rules if rule.matches(finding)]
    return max(fitting, key=lambda rule: rule.expires, default=None)
