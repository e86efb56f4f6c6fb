"""What a guide learns, proposes and hands on."""

from __future__ import annotations

import pickle
from pathlib import Path
from random import Random

import pytest

from omnitest.generate import GeneratorConfig
from omnitest.guide.corpus import CorpusProblem, CorpusStore, Entry, FolderCorpus, MemoryCorpus, merge, minimise
from omnitest.guide.energy import Yield, energy
from omnitest.guide.guide import Guide, Origin, Proposal, from_corpus

CONFIG = GeneratorConfig(size=30)


def entry(text: str, *features: str, nodes: int = 10, added: float = 1.0) -> Entry:
    return Entry(text, frozenset(features), nodes, 0.5, added)


def program(text: str, nodes: int = 10) -> Proposal:
    return Proposal(text, nodes, Origin.FRESH)


# ---- corpora ----------------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> CorpusStore:
    return MemoryCorpus() if request.param == "memory" else FolderCorpus(tmp_path / "corpus")


def test_a_program_is_one_entry_however_often_it_is_added(store: CorpusStore) -> None:
    assert store.add(entry("(f)", "a", added=5.0))
    assert not store.add(entry("(f)", "b", added=3.0))
    (kept,) = store.entries()
    assert kept.features == {"a", "b"} and kept.added == 3.0


def test_entries_come_oldest_first_and_from_a_time_on(store: CorpusStore) -> None:
    for added in (3.0, 1.0, 2.0):
        store.add(entry(f"({added})", added=added))
    assert [e.added for e in store.entries()] == [1.0, 2.0, 3.0]
    assert [e.added for e in store.entries(since=2.0)] == [2.0, 3.0]
    store.remove([store.entries()[0].key, "unknown"])
    assert [e.added for e in store.entries()] == [2.0, 3.0]


def test_corpora_merge_without_duplicates(store: CorpusStore) -> None:
    store.add(entry("(a)", "x"))
    other = MemoryCorpus()
    for text in ("(a)", "(b)", "(c)"):
        other.add(entry(text, text))
    assert merge(store, [other, other]) == 2
    assert {e.text for e in store.entries()} == {"(a)", "(b)", "(c)"}


def test_minimising_keeps_every_feature_and_prefers_small_programs(store: CorpusStore) -> None:
    store.add(entry("(large)", "x", "y", nodes=90))
    store.add(entry("(small)", "x", nodes=5))
    store.add(entry("(also)", "y", nodes=6))
    store.add(entry("(rare)", "z", "x", nodes=50))
    before = {feature for e in store.entries() for feature in e.features}
    assert minimise(store) == 2
    assert {e.text for e in store.entries()} == {"(rare)", "(also)"}
    assert {feature for e in store.entries() for feature in e.features} == before


def test_a_file_that_is_no_entry_is_named_and_left(tmp_path: Path) -> None:
    store = FolderCorpus(tmp_path)
    store.add(entry("(f)"))
    bad = tmp_path / "notes.json"
    bad.write_text('{"text": 1}', encoding="utf-8")
    assert [e.text for e in store.entries()] == ["(f)"]
    assert bad.exists() and str(bad) in store.skipped[0] and "text" in store.skipped[0]


def test_a_corpus_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CorpusProblem, match="file"):
        FolderCorpus(tmp_path / "file" / "corpus").add(entry("(f)"))


# ---- energy -----------------------------------------------------------------------------------------


def test_energy_grows_with_rarity_and_success_and_falls_with_failure_and_size() -> None:
    hits = {"rare": 1, "common": 1000}
    plain = energy(entry("(f)"), frozenset({"common"}), Yield(), hits)
    assert energy(entry("(f)"), frozenset({"rare"}), Yield(), hits) > plain
    assert energy(entry("(f)"), frozenset({"common"}), Yield(chosen=10), hits) < plain
    assert energy(entry("(f)"), frozenset({"common"}), Yield(chosen=10, found=9), hits) > plain
    assert energy(entry("(f)", nodes=400), frozenset({"common"}), Yield(), hits) < plain


# ---- the guide --------------------------------------------------------------------------------------


def test_only_what_is_new_is_reported_and_kept() -> None:
    guide = Guide(CONFIG)
    assert guide.observe(program("(+ 1 2)"), frozenset({"a", "b"}), 0.1) == {"a", "b"}
    assert guide.observe(program("(- 1 2)"), frozenset({"a"}), 0.1) == frozenset()
    assert [e.text for e in guide.exported()] == ["(+ 1 2)"]


def test_a_clearly_smaller_program_takes_features_over_and_empty_entries_are_culled() -> None:
    guide = Guide(CONFIG)
    guide.observe(program("(large)", 100), frozenset({"a", "b"}), 0.1)
    guide.observe(program("(middle)", 50), frozenset({"a"}), 0.1)
    assert {e.text: set(e.features) for e in guide.exported()} == {"(large)": {"b"}, "(middle)": {"a"}}
    guide.observe(program("(small)", 10), frozenset({"a", "b"}), 0.1)
    assert {e.text: set(e.features) for e in guide.exported()} == {"(small)": {"a", "b"}}


def taught(seed: int, count: int) -> Guide:
    """A guide that found each of its first programs to have something new."""
    guide, random = Guide(CONFIG), Random(seed)
    for number, proposal in enumerate(guide.propose(random, count)):
        guide.observe(proposal, frozenset({f"feature {number}", "shared"}), 0.1)
    return guide


def test_a_guide_that_knows_programs_proposes_fresh_ones_and_mutants_of_them() -> None:
    guide = taught(1, 45)
    proposals = guide.propose(Random(2), 40)
    origins = {proposal.origin for proposal in proposals}
    changed = {Origin.MUTATED, Origin.SPLICED}
    assert Origin.FRESH in origins and origins & changed
    for proposal in proposals:
        assert set(proposal.parents) <= guide.entries.keys()
        assert bool(proposal.parents) == (proposal.origin in changed)


def test_mutants_that_find_nothing_become_rare() -> None:
    guide = taught(3, 45)
    random = Random(4)
    for _ in range(40):
        for proposal in guide.propose(random, 10):
            new = set() if proposal.parents else {f"{guide.programs}"}
            guide.observe(proposal, frozenset(new), 0.1)
    mutants = [p for p in guide.propose(random, 100) if p.parents]
    assert 0 < len(mutants) < 40


def test_a_guide_goes_on_where_it_was_after_being_kept() -> None:
    guide = taught(5, 45)
    copy: Guide = pickle.loads(pickle.dumps(guide))
    assert [p.text for p in guide.propose(Random(6), 12)] == [p.text for p in copy.propose(Random(6), 12)]


def test_guides_exchange_what_the_other_lacks() -> None:
    one, other = Guide(CONFIG), Guide(CONFIG)
    one.observe(program("(a)"), frozenset({"x", "y"}), 0.1)
    other.observe(program("(b)"), frozenset({"y", "z"}), 0.1)
    assert other.take(one.exported()) == 1
    assert other.take(one.exported()) == 0
    assert {e.text: set(e.features) for e in other.exported()} == {"(a)": {"x"}, "(b)": {"y", "z"}}
    assert other.observe(program("(c)"), frozenset({"x"}), 0.1) == frozenset()


def test_programs_of_a_corpus_are_proposed_first_to_be_judged_again() -> None:
    guide = Guide(CONFIG)
    guide.queue([from_corpus(entry("(old)"))])
    proposals = guide.propose(Random(1), 2)
    assert [p.origin is Origin.CORPUS for p in proposals] == [True, False]
    assert proposals[0].text == "(old)"
