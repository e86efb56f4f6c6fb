"""Findings in a store: nothing that was added is lost, and what people decided stays decided."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnitest.store.finding import Finding
from omnitest.store.problems import StoreProblem, UnknownFinding
from omnitest.store.records import Attachment, EngineVerdict, Status
from omnitest.store.store import Store
from tests.store.sample_findings import FINDING, RAISED

AGAIN = replace(FINDING, hits=5, first_seen=FINDING.last_seen, last_seen=FINDING.last_seen + timedelta(hours=1))


def test_what_was_added_is_loaded_again_to_the_byte(store: Store) -> None:
    odd = replace(RAISED, reduced="\0 \ud800 λ 🐢\r\n", original='"\\', summary="\0\udfff", kind="\0", engine="\ud800")
    assert store.add(FINDING).new
    assert store.add(odd).new
    assert store.load().findings == (FINDING, odd)
    assert store.get(FINDING.fingerprint).to_text() == FINDING.to_text()
    assert store.get(odd.fingerprint).to_text().encode("utf-8", "backslashreplace") == odd.to_text().encode(
        "utf-8", "backslashreplace"
    )


def test_a_store_that_nobody_wrote_to_is_empty(store: Store) -> None:
    assert store.load().records == ()
    assert store.campaigns.load() == () and store.suppressions.load() == () and store.corpus.size() == 0


def test_the_same_bug_again_is_one_finding_with_the_smaller_program(store: Store) -> None:
    store.add(replace(FINDING, revision="one"))
    added = store.add(replace(AGAIN, reduced="(f 2)", revision="two"))
    assert not added.new and not added.regression
    record = store.findings.get(FINDING.fingerprint)
    assert record.finding == added.finding
    assert (record.finding.hits, record.finding.reduced) == (8, "(f 2)")
    assert (record.finding.first_seen, record.finding.last_seen) == (FINDING.first_seen, AGAIN.last_seen)
    assert (record.first_revision, record.last_revision) == ("one", "two")


def test_the_matrix_counts_what_each_engine_said(store: Store) -> None:
    store.add(replace(FINDING, hits=3, matrix=(("asan", "leak"), ("tcc", "agree"))))
    store.add(replace(FINDING, hits=1, matrix=(("asan", "leak"), ("tcc", "inconclusive"))))
    store.add(replace(RAISED, hits=2))  # from a file that has no matrix
    assert store.findings.get("leak").engines == (
        EngineVerdict("asan", "leak", 4),
        EngineVerdict("tcc", "agree", 3),
        EngineVerdict("tcc", "inconclusive", 1),
    )
    assert store.findings.get("wrong").engines == (EngineVerdict("gcc-O2", "wrong-value", 2),)


@pytest.mark.parametrize("status", list(Status))
def test_only_a_fixed_finding_becomes_new_when_it_is_seen_again(store: Store, status: Status) -> None:
    store.add(FINDING)
    assert store.findings.mark("leak", status, "because").reason == "because"
    added = store.add(AGAIN)
    record = store.findings.get("leak")
    if status is Status.FIXED:
        assert added.regression and record.status is Status.NEW and record.regressions == 1
        assert record.state == "new, regression"
        assert "because" in record.reason
    else:
        assert not added.regression and record.status is status and record.reason == "because"


def test_findings_are_listed_by_status(store: Store) -> None:
    store.add(FINDING)
    store.add(RAISED)
    store.findings.mark("leak", Status.CONFIRMED, "")
    assert store.findings.load(Status.CONFIRMED).findings == (FINDING,)
    assert store.findings.load(Status.NEW).findings == (RAISED,)
    assert store.findings.load(Status.FLAKY).findings == ()


def test_replays_are_counted(store: Store) -> None:
    store.add(FINDING)
    assert store.findings.get("leak").reproducibility == ""
    store.findings.record_runs("leak", 3, 4)
    assert store.findings.record_runs("leak", 0, 1).reproducibility == "3/5"
    with pytest.raises(ValueError):
        store.findings.record_runs("leak", 2, 1)
    assert store.findings.get("leak").reproducibility == "3/5"


def test_files_are_kept_with_a_finding_by_name(store: Store) -> None:
    program = Attachment("reduced.omni", "text/plain", b"\0\xff(f 1)")
    store.add(FINDING)
    store.findings.attach("leak", [program, Attachment("b", "text/plain", b"1")])
    store.findings.attach("leak", [Attachment("b", "text/plain", b"2"), program])
    store.add(AGAIN)
    assert store.findings.attachments("leak") == (Attachment("b", "text/plain", b"2"), program)
    assert store.findings.attachments("leak")[1].hash == program.hash


# ---- from files ------------------------------------------------------------------------------------------

SIGHTINGS = st.builds(
    lambda reduced, hits, day, days: replace(
        FINDING, reduced=reduced, hits=hits, first_seen=datetime(2026, 1, day, tzinfo=UTC),
        last_seen=datetime(2026, 1, day + days, tzinfo=UTC),
    ),
    st.sampled_from(["(f 1)", "(f 22)", "(f 333)"]), st.integers(1, 9), st.integers(1, 9), st.integers(0, 9),
)  # fmt: skip


@given(files=st.lists(SIGHTINGS, min_size=1, max_size=5), order=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_importing_files_gives_the_same_in_any_order_and_however_often(
    store: Store, change: Callable[[str], None], files: list[Finding], order: Random
) -> None:
    results = []
    shuffled = [*files, *files]
    order.shuffle(shuffled)
    for sequence in (files, shuffled):
        change("DELETE FROM findings")
        for finding in sequence:
            store.findings.unite(finding)
        record = store.findings.get("leak")
        results.append((record.finding, record.engines))
    assert results[0] == results[1]


def test_importing_an_old_file_brings_no_fixed_finding_back_a_newer_one_does(store: Store) -> None:
    store.add(FINDING)
    store.findings.mark("leak", Status.FIXED, "")
    assert not store.findings.unite(FINDING).regression
    later = replace(FINDING, last_seen=datetime.now(UTC) + timedelta(minutes=1))
    assert store.findings.unite(later).regression
    assert store.findings.get("leak").regressions == 1


# ---- names -----------------------------------------------------------------------------------------------


def test_the_beginning_of_a_fingerprint_is_enough_when_only_one_fits(store: Store) -> None:
    store.add(FINDING)
    store.add(replace(FINDING, fingerprint="leak-77"))
    assert store.get("leak-3") == FINDING
    with pytest.raises(UnknownFinding, match="several"):
        store.get("leak")
    with pytest.raises(UnknownFinding, match="did you mean leak-3f9a01"):
        store.get("leek-3f9a01")


@pytest.mark.parametrize("fingerprint", ["", "..", "../x", "a/b", "A", "a b", "x" * 200, "a\n", "a\0b", "\ud800ab"])
def test_what_is_no_fingerprint_is_refused_and_given_back(store: Store, fingerprint: str) -> None:
    wrong = replace(FINDING, fingerprint=fingerprint)
    with pytest.raises(StoreProblem, match="not a fingerprint") as caught:
        store.add(wrong)
    assert caught.value.finding == wrong
    with pytest.raises(UnknownFinding):
        store.get(fingerprint)


# ---- damage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", "not JSON"),
        ("", "not JSON"),
        (json.dumps(FINDING.to_json() | {"hits": 0}), "hits: expected at least 1"),
        (RAISED.to_text(), "holds the finding wrong-value-77"),
    ],
)
def test_damaged_rows_are_named_and_skipped(
    store: Store, change: Callable[[str], None], document: str, reason: str
) -> None:
    store.add(FINDING)
    store.add(RAISED)
    quoted = document.replace("'", "''").replace("%", "%%")
    change(f"UPDATE findings SET document = '{quoted}' WHERE fingerprint = '{FINDING.fingerprint}'")
    contents = store.load()
    assert contents.findings == (RAISED,)
    assert [skipped.name for skipped in contents.skipped] == ["finding leak-3f9a01"]
    assert reason in contents.skipped[0].reason
    with pytest.raises(StoreProblem, match=r"leak-3f9a01.*is damaged"):
        store.get("leak-3f9a01")
    # seen again, it is whole, and what was damaged is still there to be looked at
    assert store.add(FINDING).new
    assert store.get("leak-3f9a01") == FINDING
    assert document.encode() in [file.content for file in store.findings.attachments("leak-3f9a01")]


# ---- several writers -------------------------------------------------------------------------------------


def _add_many(place: str, times: int, number: int) -> None:
    with Store(place) as store:
        for turn in range(times):
            store.add(replace(FINDING, hits=1))
            store.add(replace(FINDING, fingerprint=f"leak-{number}-{turn}"))


def test_processes_that_write_at_once_lose_nothing(store: Store, place: str) -> None:
    writers, times = 4, 12
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_add_many, args=(place, times, number)) for number in range(writers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * writers
    assert store.get(FINDING.fingerprint).hits == writers * times
    assert len(store.load().findings) == writers * times + 1


def _add_in_child(store: Store) -> None:
    store.add(FINDING)


def test_a_forked_process_uses_connections_of_its_own(store: Store) -> None:
    store.add(RAISED)
    child = multiprocessing.get_context("fork").Process(target=_add_in_child, args=(store,))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    store.add(RAISED)
    assert len(store.load().findings) == 2
