"""Suppressions: a reason and an end are required, and an expired rule has no effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from omnitest.store.problems import StoreProblem
from omnitest.store.records import Suppression
from omnitest.store.store import Store
from omnitest.store.suppressions import InvalidSuppression
from tests.store.sample_findings import FINDING, RAISED

TODAY = datetime.now(UTC).date()
TOMORROW = TODAY + timedelta(days=1)
RULE = Suppression("known", TOMORROW, kind="leak", issue="#7")


def test_a_rule_fits_what_all_its_patterns_fit() -> None:
    assert replace(RULE, kind=None, fingerprint="leak-3f9a01").matches(FINDING)
    assert replace(RULE, summary="*never dropped", engine="val*").matches(FINDING)
    assert replace(RULE, engine="asan").matches(FINDING)  # one of several that were wrong
    assert not replace(RULE, engine="tsan").matches(FINDING)
    assert not replace(RULE, summary="never dropped").matches(FINDING)
    assert not RULE.matches(RAISED)


def test_a_rule_counts_until_the_end_of_its_last_day() -> None:
    rule = replace(RULE, expires=date(2026, 3, 1))
    assert not rule.expired(date(2026, 3, 1))
    assert rule.expired(date(2026, 3, 2))


def test_a_finding_shows_its_rule_and_whether_it_still_counts(store: Store) -> None:
    store.add(FINDING)
    store.add(RAISED)
    rule = store.suppressions.add(RULE)
    assert store.suppressions.load() == (rule,)
    leak, wrong = store.load().records
    assert leak.suppressed and leak.suppression == rule and leak.state == "new, suppressed"
    assert not wrong.suppressed and wrong.suppression is None
    assert store.suppressions.of(FINDING) == rule and store.suppressions.of(RAISED) is None


def test_an_expired_rule_is_shown_and_does_not_suppress(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(FINDING)
    expired = store.suppressions.add(replace(RULE, expires=TODAY))
    monkeypatch.setattr(Suppression, "expired", lambda self, today=None: self.expires == TODAY)
    record = store.findings.get("leak")
    assert not record.suppressed and record.suppression == expired and record.state == "new, suppression expired"
    effective = store.suppressions.add(RULE)
    assert store.findings.get("leak").suppression == effective


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (replace(RULE, reason=" "), "reason"),
        (replace(RULE, kind=None), "fingerprint, or a pattern"),
        (replace(RULE, expires=TODAY - timedelta(days=1)), "a day to end on"),
    ],
)
def test_a_rule_without_what_it_needs_is_refused(store: Store, rule: Suppression, words: str) -> None:
    with pytest.raises(InvalidSuppression, match=words):
        store.suppressions.add(rule)
    assert store.suppressions.load() == ()


def test_a_rule_can_be_removed(store: Store) -> None:
    rule = store.suppressions.add(RULE)
    store.suppressions.remove(rule.id)
    assert store.suppressions.load() == ()
    with pytest.raises(StoreProblem, match="no suppression"):
        store.suppressions.remove(rule.id)
