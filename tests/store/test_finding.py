"""A finding survives the way to JSON and back, and wrong JSON is refused with the name of the field."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnitest.outcome import (
    Crashed,
    End,
    Failed,
    Fault,
    FaultKind,
    Finished,
    Frame,
    HarnessFailure,
    Limit,
    LimitReached,
    Observation,
    Raised,
    Unsupported,
)
from omnitest.store.finding import Finding, FindingProblem
from tests.store.sample_findings import FINDING, LEAK, RAISED

TEXT = st.text(st.characters(), max_size=20)
COUNT = st.integers(0, 2**40)
ENDS: st.SearchStrategy[End] = st.one_of(
    st.builds(Finished, TEXT),
    st.builds(Raised, TEXT, TEXT, st.lists(TEXT, max_size=3).map(tuple), COUNT, COUNT),
    st.builds(Failed, TEXT),
    st.builds(Crashed, st.integers(0, 64), st.integers(-1, 255)),
    st.builds(LimitReached, st.sampled_from(Limit)),
    st.builds(Unsupported, TEXT),
    st.builds(HarnessFailure, TEXT),
)
FAULTS = st.builds(
    Fault,
    st.sampled_from(FaultKind),
    TEXT,
    st.lists(st.lists(st.builds(Frame, TEXT, TEXT, COUNT), max_size=2).map(tuple), max_size=2).map(tuple),
    TEXT,
)
OBSERVATIONS = st.builds(
    Observation, TEXT, ENDS, st.binary(max_size=20), st.lists(FAULTS, max_size=2).map(tuple), st.floats(0, 1e6), TEXT
)


@given(
    program=st.text(max_size=100),
    stdin=st.binary(max_size=30),
    original_stdin=st.none() | st.binary(max_size=30),
    actual=OBSERVATIONS,
    seed=st.none() | st.integers(),
)
def test_nothing_is_lost_on_the_way_to_text_and_back(
    program: str, stdin: bytes, original_stdin: bytes | None, actual: Observation, seed: int | None
) -> None:
    finding = replace(
        FINDING, original=program, reduced=program, stdin=stdin, actual=actual, seed=seed,
        original_stdin=original_stdin, matrix=(("asan", "leak"), ("tcc", "agree")), revision="abc-dirty",
    )  # fmt: skip
    again = Finding.from_text(finding.to_text())
    assert again == finding
    # what equality leaves out
    assert again.actual.stderr == finding.actual.stderr
    assert [fault.text for fault in again.actual.faults] == [fault.text for fault in finding.actual.faults]


def without(document: dict[str, Any], path: str) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(document))
    *parents, last = path.split(".")
    place = changed
    for name in parents:
        place = place[name]
    del place[last]
    return changed


def paths(document: dict[str, Any], above: str = "") -> list[str]:
    found = []
    for name, value in document.items():
        found.append(above + name)
        if isinstance(value, dict) and name not in ("tools", "stdin", "output", "matrix"):
            found += paths(value, f"{above}{name}.")
    return found


#: What no reader needs, and what files from earlier versions lack.
OPTIONAL = {"replay", "run.matrix", "versions.revision"}


@pytest.mark.parametrize("path", sorted({*paths(FINDING.to_json())} - OPTIONAL))
def test_a_missing_field_is_named(path: str) -> None:
    with pytest.raises(FindingProblem) as caught:
        Finding.from_json(without(FINDING.to_json(), path))
    assert str(caught.value) == f"{path}: missing"


@pytest.mark.parametrize("path", sorted(OPTIONAL))
def test_a_file_from_an_earlier_version_is_a_finding(path: str) -> None:
    assert Finding.from_json(without(FINDING.to_json(), path)) == FINDING


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hits": 0}, "hits: expected at least 1, got 0"),
        ({"hits": 10**16}, "hits: expected at most"),
        ({"hits": True}, "hits: expected an integer, got true or false"),
        ({"kind": None}, "kind: expected text, got null"),
        ({"program": []}, "program: expected an object, got a list"),
        ({"schema": 99}, "schema: this version reads schema 1, the file has 99"),
        ({"fingerprint": "../etc"}, "fingerprint: expected lower-case letters"),
        ({"first_seen": "yesterday"}, "first_seen: expected a time in ISO 8601, got 'yesterday'"),
        ({"last_seen": "2026-03-01T12:00:00"}, "last_seen: expected a time with its time zone"),
    ],
)
def test_a_wrong_field_is_named_with_what_it_holds(change: dict[str, Any], message: str) -> None:
    with pytest.raises(FindingProblem) as caught:
        Finding.from_json(FINDING.to_json() | change)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '"x"', "[" * 100_000])
def test_text_that_is_no_finding_is_refused(text: str) -> None:
    with pytest.raises(FindingProblem):
        Finding.from_text(text)


def test_unknown_enum_values_are_named_with_the_known_ones() -> None:
    document = FINDING.to_json()
    document["actual"]["faults"][0]["kind"] = "gremlin"
    with pytest.raises(FindingProblem, match=r"actual\.faults\[0\]\.kind: expected one of leak, .*, got 'gremlin'"):
        Finding.from_json(document)


def test_the_faulty_line_is_the_first_line_of_the_program_that_a_report_names() -> None:
    assert FINDING.faulty_line == 2  # <prelude>:4 comes before it, but is the library's
    assert RAISED.faulty_line == 3
    nowhere = Observation("gcc-O2", Finished("1"))
    assert replace(FINDING, expected=nowhere, actual=nowhere).faulty_line == 0


def test_merging_keeps_the_smaller_program_and_adds_up_the_hits() -> None:
    smaller = replace(
        FINDING, reduced="(cons 1 2)", hits=4, actual=replace(FINDING.actual, faults=(LEAK, LEAK)),
        first_seen=datetime(2026, 2, 1, tzinfo=UTC), last_seen=datetime(2026, 2, 2, tzinfo=UTC),
    )  # fmt: skip
    for merged in (FINDING.merged(smaller), smaller.merged(FINDING)):
        assert merged.reduced == "(cons 1 2)"
        assert merged.actual == smaller.actual
        assert merged.hits == 7
        assert merged.first_seen == smaller.first_seen
        assert merged.last_seen == FINDING.last_seen


@pytest.mark.parametrize(("plant", "expected"), [("leak", ("leak",)), (None, ())])
def test_documents_with_at_most_one_planted_fault_are_read(plant: str | None, expected: tuple[str, ...]) -> None:
    document = FINDING.to_json()
    del document["run"]["plants"]
    document["run"]["plant"] = plant
    assert Finding.from_json(document).plants == expected
