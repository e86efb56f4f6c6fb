"""The store: nothing that was added is lost, and everything that goes wrong has a name."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest

from omnitest.store.store import Store, StoreFull, StoreProblem, UnknownFinding, default_folder
from tests.store.sample_findings import FINDING, RAISED


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "a" / "findings")


def test_what_was_added_is_loaded_again(store: Store) -> None:
    assert store.add(FINDING).new
    assert store.add(RAISED).new
    assert store.load().findings == (FINDING, RAISED)
    assert store.load().skipped == ()
    assert store.get(FINDING.fingerprint) == FINDING


def test_a_store_that_does_not_exist_is_empty(store: Store) -> None:
    assert store.load().findings == ()
    assert not store.folder.exists()


def test_the_same_bug_again_is_one_finding_with_more_hits(store: Store) -> None:
    store.add(FINDING)
    added = store.add(replace(FINDING, hits=5))
    assert not added.new
    assert added.finding.hits == 8
    assert store.load().findings == (added.finding,)


def test_a_file_is_readable_by_people(store: Store) -> None:
    store.add(replace(FINDING, reduced='(display "λ")'))
    text = (store.folder / "leak-3f9a01.json").read_text(encoding="utf-8")
    assert "λ" in text
    assert json.loads(text)["replay"] == "omnitest replay leak-3f9a01"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("leak-3f9a01.json", b"{", "not JSON"),
        ("leak-3f9a01.json", b"\xff\xfe", "not UTF-8"),
        ("leak-3f9a01.json", b"", "not JSON"),
        ("other-name.json", FINDING.to_text().encode(), "holds the finding leak-3f9a01"),
        ("notes.txt", b"remember", "not a .json file"),
    ],
)
def test_foreign_and_damaged_files_are_reported_by_name_and_left_alone(
    store: Store, name: str, content: bytes, reason: str
) -> None:
    store.add(RAISED)
    path = store.folder / name
    path.write_bytes(content)
    contents = store.load()
    assert contents.findings == (RAISED,)
    assert [skipped.path for skipped in contents.skipped] == [path]
    assert reason in contents.skipped[0].reason
    assert path.read_bytes() == content


def test_a_damaged_file_is_set_aside_when_its_finding_is_seen_again(store: Store) -> None:
    store.add(RAISED)
    path = store.folder / f"{FINDING.fingerprint}.json"
    for content in (b"first", b"second"):
        path.write_bytes(content)
        assert store.add(FINDING).new
    assert store.get(FINDING.fingerprint) == FINDING
    assert sorted(skipped.path.read_bytes() for skipped in store.load().skipped) == [b"first", b"second"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_a_full_disk_gives_the_finding_back_and_keeps_the_old_file(
    store: Store, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    store.add(FINDING)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, refuse)
        again = replace(FINDING, hits=9)
        with pytest.raises(StoreFull) as caught:
            store.add(again)
    assert caught.value.finding == again
    assert str(store.folder) in str(caught.value)
    assert store.load().findings == (FINDING,)
    assert {path.name for path in store.folder.iterdir()} == {"leak-3f9a01.json", ".lock"}


def test_a_full_device_is_recognised_for_what_it_is(store: Store) -> None:
    store.add(RAISED)
    (store.folder / ".new-leak-3f9a01.json").symlink_to("/dev/full")
    with pytest.raises(StoreFull):
        store.add(FINDING)


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_read_only_store_can_be_read_and_says_what_to_do_about_writing(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    store.add(FINDING)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(StoreProblem) as caught:
        store.add(RAISED)
    assert not isinstance(caught.value, StoreFull)
    assert caught.value.finding == RAISED
    assert os.strerror(code) in str(caught.value) and "--store" in str(caught.value)


def test_a_file_in_the_place_of_the_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "findings").write_text("not a folder")
    store = Store(tmp_path / "findings")
    with pytest.raises(StoreProblem, match="cannot write"):
        store.add(FINDING)
    with pytest.raises(StoreProblem, match="cannot read"):
        store.load()


@pytest.mark.parametrize("fingerprint", ["", "..", "../x", "a/b", "A", "a b", "x" * 200, "a\n"])
def test_a_fingerprint_that_could_name_another_file_is_refused(store: Store, fingerprint: str) -> None:
    with pytest.raises(StoreProblem, match="not a fingerprint"):
        store.add(replace(FINDING, fingerprint=fingerprint))
    assert not store.folder.exists()
    with pytest.raises(UnknownFinding):
        store.get(fingerprint)


def test_the_beginning_of_a_fingerprint_is_enough_when_only_one_fits(store: Store) -> None:
    store.add(FINDING)
    store.add(replace(FINDING, fingerprint="leak-77"))
    assert store.get("leak-3") == FINDING
    with pytest.raises(UnknownFinding, match="several"):
        store.get("leak")
    with pytest.raises(UnknownFinding, match="did you mean leak-3f9a01"):
        store.get("leek-3f9a01")


def _add_many(folder: Path, times: int) -> None:
    for _ in range(times):
        Store(folder).add(replace(FINDING, hits=1))


def test_concurrent_writers_of_one_finding_lose_no_hit(store: Store) -> None:
    writers, times = 4, 25
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_add_many, args=(store.folder, times)) for _ in range(writers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * writers
    assert store.get(FINDING.fingerprint).hits == writers * times
    assert store.load().skipped == ()


def test_a_writer_killed_halfway_leaves_a_store_that_works(store: Store) -> None:
    store.add(FINDING)
    (store.folder / ".new-leak-3f9a01.json").write_text('{"half')
    assert store.load().findings == (FINDING,)
    store.add(FINDING)
    assert {path.name for path in store.folder.iterdir()} == {"leak-3f9a01.json", ".lock"}


def test_where_findings_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OMNITEST_HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_folder() == tmp_path / ".local" / "share" / "omnitest" / "findings"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_folder() == tmp_path / "data" / "omnitest" / "findings"
    monkeypatch.setenv("OMNITEST_HOME", str(tmp_path / "own"))
    assert Store().folder == tmp_path / "own" / "findings"
