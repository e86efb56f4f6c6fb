"""Corpora: programs worth changing, and where they are kept.

A corpus entry is data: a program's text and why it is kept. Its key is a hash of the text, so that one program is one
entry whoever found it, and corpora merge without duplicates.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

from omnitest.json_fields import FieldProblem, Fields, parse_json

_SUFFIX: Final = ".json"
_KEY_DIGITS: Final = 32


class CorpusProblem(Exception):
    """A corpus cannot be read or written."""


@dataclass(frozen=True)
class Entry:
    """A program of a corpus.

    ``features`` are those that it was the first program with, or is the smallest with (numbers of edges are those of
    the build that found it); ``nodes`` its syntax nodes, ``seconds`` the time that judging it took, ``added`` when it
    was found, in seconds since 1970.
    """

    text: str
    features: frozenset[str]
    nodes: int
    seconds: float
    added: float

    @cached_property
    def key(self) -> str:
        """Names the entry: the same for the same text, everywhere."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_DIGITS]

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "features": sorted(self.features),
            "nodes": self.nodes,
            "seconds": self.seconds,
            "added": self.added,
        }

    @classmethod
    def from_json(cls, document: Any) -> Entry:
        """Raises :class:`~omnitest.json_fields.FieldProblem` for anything that :meth:`to_json` has not written."""
        fields = Fields(document)
        return cls(
            fields.text("text"),
            frozenset(fields.texts("features")),
            fields.integer("nodes"),
            fields.number("seconds"),
            fields.number("added"),
        )


class CorpusStore(Protocol):
    """Where entries are kept. Keys are unique; adding one again, with other features, joins the features."""

    def add(self, entry: Entry) -> bool:
        """Keep ``entry``; whether its program was new here."""
        ...

    def entries(self, since: float = 0.0) -> list[Entry]:
        """The entries added at ``since`` (seconds since 1970) or later, oldest first."""
        ...

    def remove(self, keys: Iterable[str]) -> None:
        """Forget the entries with these keys, of which some may be unknown."""
        ...


def joined(one: Entry, other: Entry) -> Entry:
    """One entry for the same program found twice."""
    first = one if one.added <= other.added else other
    seconds = min(one.seconds, other.seconds)
    return Entry(one.text, one.features | other.features, one.nodes, seconds, first.added)


class MemoryCorpus:
    """A :class:`CorpusStore` in this process."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def add(self, entry: Entry) -> bool:
        known = self._entries.get(entry.key)
        self._entries[entry.key] = entry if known is None else joined(known, entry)
        return known is None

    def entries(self, since: float = 0.0) -> list[Entry]:
        found = [entry for entry in self._entries.values() if entry.added >= since]
        return sorted(found, key=lambda entry: (entry.added, entry.key))

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._entries.pop(key, None)


class FolderCorpus:
    """A :class:`CorpusStore` of files, one JSON document each, replaced atomically: several processes may share it.

    A file that is no entry is left where it is, and ``skipped`` says which and why. Operations raise
    :class:`CorpusProblem` when the folder cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder
        self.skipped: list[str] = []

    def add(self, entry: Entry) -> bool:
        path = self.folder / f"{entry.key}{_SUFFIX}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            known = self._read(path) if path.exists() else None
            if known is not None:
                entry = joined(known, entry)
                if entry.features == known.features:
                    return False
            new = path.with_suffix(f".{os.getpid()}.new")
            new.write_text(json.dumps(entry.to_json(), ensure_ascii=False) + "\n", encoding="utf-8")
            os.replace(new, path)
        except OSError as problem:
            raise CorpusProblem(f"{path}: cannot be written: {problem.strerror}") from problem
        return known is None

    def entries(self, since: float = 0.0) -> list[Entry]:
        self.skipped = []
        try:
            paths = sorted(self.folder.glob(f"*{_SUFFIX}"))
        except OSError as problem:
            raise CorpusProblem(f"{self.folder}: cannot be read: {problem.strerror}") from problem
        found = [entry for path in paths if (entry := self._read(path, since)) is not None and entry.added >= since]
        return sorted(found, key=lambda entry: (entry.added, entry.key))

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            path = self.folder / f"{key}{_SUFFIX}"
            try:
                path.unlink(missing_ok=True)
            except OSError as problem:
                raise CorpusProblem(f"{path}: cannot be removed: {problem.strerror}") from problem

    def _read(self, path: Path, since: float = 0.0) -> Entry | None:
        """The entry in a file; None where it is none, or the file is older than ``since``."""
        try:
            if path.stat().st_mtime < since:
                return None
            return Entry.from_json(parse_json(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None  # another process has removed it
        except OSError as problem:
            raise CorpusProblem(f"{path}: cannot be read: {problem.strerror}") from problem
        except (UnicodeDecodeError, FieldProblem) as problem:
            self.skipped.append(f"{path}: {problem}")
            return None


def merge(target: CorpusStore, sources: Iterable[CorpusStore]) -> int:
    """Add the entries of ``sources`` to ``target``; how many programs were new there."""
    return sum(target.add(entry) for source in sources for entry in source.entries())


def minimise(store: CorpusStore) -> int:
    """Remove entries whose features other entries have as well, dear ones first; how many were removed.

    What remains has all features. The cheapest entry with the rarest feature is kept first, as in greedy set cover.
    """
    entries = store.entries()
    owners: dict[str, list[Entry]] = {}
    for entry in entries:
        for feature in entry.features:
            owners.setdefault(feature, []).append(entry)
    kept: set[str] = set()
    covered: set[str] = set()
    for feature in sorted(owners, key=lambda name: (len(owners[name]), name)):
        if feature not in covered:
            best = min(owners[feature], key=lambda entry: (entry.nodes, entry.key))
            kept.add(best.key)
            covered |= best.features
    surplus = [entry.key for entry in entries if entry.key not in kept]
    store.remove(surplus)
    return len(surplus)
