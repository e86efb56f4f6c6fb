"""The corpus: a program is in it once, whoever brings it, and the merge of two does not depend on their order."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

from omnitest.store.records import CorpusEntry
from omnitest.store.store import Store

A = CorpusEntry("(f 1)\0\ud800\r\n", ("b", "a"), 2.0, "control")
B = CorpusEntry("(f 2)", ("c",), 3.0, "ownership")


def plain(entry: CorpusEntry) -> tuple[str, tuple[str, ...], float, str]:
    return entry.program, entry.features, entry.energy, entry.profile


def test_programs_come_back_to_the_byte_the_greatest_energy_first(store: Store) -> None:
    assert store.corpus.add([A, B]) == 2
    assert [plain(entry) for entry in store.corpus.load()] == [plain(B), plain(replace(A, features=("a", "b")))]
    assert [entry.program for entry in store.corpus.load("control")] == [A.program]
    assert [entry.program for entry in store.corpus.load(limit=1)] == [B.program]


def test_the_same_program_is_one_entry_with_the_features_of_both(store: Store) -> None:
    assert store.corpus.add([A, A]) == 1
    assert store.corpus.add([replace(A, features=("z", "a"), energy=1.0, profile="other")]) == 0
    (entry,) = store.corpus.load()
    assert plain(entry) == (A.program, ("a", "b", "z"), 2.0, "control")
    assert store.corpus.size() == 1


def test_energies_change_and_entries_go(store: Store) -> None:
    store.corpus.add([A, B])
    store.corpus.reweigh({A.hash: 9.0, "no such": 1.0})
    assert [entry.energy for entry in store.corpus.load()] == [9.0, 3.0]
    store.corpus.remove([A.hash])
    assert [entry.program for entry in store.corpus.load()] == [B.program]
    store.corpus.reweigh({})
    store.corpus.remove([])


def test_an_entry_names_the_campaign_that_brought_it(store: Store) -> None:
    campaign = store.campaigns.begin("nightly", 1, {})
    store.corpus.add([replace(A, campaign=campaign.id)])
    assert store.corpus.load()[0].campaign == campaign.id


def _add(place: str, start: int) -> None:
    with Store(place) as store:
        store.corpus.add([CorpusEntry(f"(f {n})", (f"from {start}",)) for n in range(start, start + 20)])


def test_corpora_of_several_processes_merge_without_duplicates(store: Store, place: str) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_add, args=(place, start)) for start in (0, 10, 20)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    entries = {entry.program: entry.features for entry in store.corpus.load()}
    assert set(entries) == {f"(f {n})" for n in range(40)}
    assert entries["(f 15)"] == ("from 0", "from 10")
