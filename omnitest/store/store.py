"""Findings on disk: a folder with one JSON file per finding, named by its fingerprint.

A file is replaced whole (written beside, flushed to the disk, renamed), so a process killed at any instant
leaves the old finding or the new one. Writers take turns through a lock on the folder; readers need none.
What is not a finding is reported by name and left alone.
"""

from __future__ import annotations

import contextlib
import difflib
import errno
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from omnitest.store.finding import FINGERPRINT, Finding, FindingProblem

_SUFFIX: Final = ".json"
_LOCK: Final = ".lock"
_TEMPORARY: Final = ".new-"
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StoreProblem(Exception):
    """The store cannot be read or written. ``finding`` is what could not be saved, so that nothing is lost."""

    def __init__(self, message: str, finding: Finding | None = None) -> None:
        super().__init__(message)
        self.finding = finding


class StoreFull(StoreProblem):
    """There is no room left on the device, or the user's quota is used up."""


class UnknownFinding(StoreProblem):
    """No finding has the name that was asked for, or several do."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file in the store that is not a finding, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All findings, by fingerprint, and what was found beside them."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """The finding as stored; ``new`` unless the store had the fingerprint already."""

    finding: Finding
    new: bool


def default_folder() -> Path:
    """``$OMNITEST_HOME/findings``, else ``omnitest/findings`` in the user's data folder (XDG base directories)."""
    home = os.environ.get("OMNITEST_HOME")
    if home:
        return Path(home) / "findings"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "omnitest" / "findings"


class Store:
    """The findings in ``folder``, which is made by the first :meth:`add`."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else default_folder()

    def add(self, finding: Finding) -> Added:
        """Save a finding, merged with what the store has under its fingerprint.

        Raises :class:`StoreFull` or :class:`StoreProblem`, both with ``finding`` in them.
        """
        if not FINGERPRINT.fullmatch(finding.fingerprint):
            raise StoreProblem(f"not a fingerprint: {finding.fingerprint!r}", finding)
        try:
            with self._locked():
                return self._add(finding)
        except OSError as error:
            raise self._problem(error, "write", finding) from error

    def load(self) -> Contents:
        """Everything in the store. Raises :class:`StoreProblem` when the folder cannot be read; a folder that
        does not exist yet is an empty store."""
        try:
            paths = sorted(self.folder.iterdir())
        except FileNotFoundError:
            return Contents((), ())
        except OSError as error:
            raise self._problem(error, "read") from error
        findings: list[Finding] = []
        skipped: list[Skipped] = []
        for path in paths:
            if path.name.startswith("."):
                continue
            try:
                findings.append(self._read(path))
            except FindingProblem as problem:
                skipped.append(Skipped(path, str(problem)))
        return Contents(tuple(findings), tuple(skipped))

    def get(self, name: str) -> Finding:
        """The finding with the fingerprint ``name``, or the only one that starts with it.

        Raises :class:`UnknownFinding` with the nearest names, and :class:`StoreProblem`.
        """
        path = self._path(name)
        if FINGERPRINT.fullmatch(name) and path.exists():
            try:
                return self._read(path)
            except FindingProblem as problem:
                raise StoreProblem(f"{path} is damaged: {problem}") from None
        known = [finding.fingerprint for finding in self.load().findings]
        matching = [fingerprint for fingerprint in known if name and fingerprint.startswith(name)]
        if len(matching) == 1:
            return self.get(matching[0])
        if matching:
            raise UnknownFinding(f"several findings start with {name!r}: {', '.join(matching)}")
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownFinding(f"no finding {name!r} in {self.folder}{hint}")

    def _path(self, fingerprint: str) -> Path:
        return self.folder / f"{fingerprint}{_SUFFIX}"

    def _read(self, path: Path) -> Finding:
        if path.suffix != _SUFFIX:
            raise FindingProblem(f"not a {_SUFFIX} file")
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise FindingProblem(f"not UTF-8: {error.reason} at byte {error.start}") from None
        except OSError as error:
            raise FindingProblem(f"cannot be read: {error.strerror}") from None
        finding = Finding.from_text(text)
        if finding.fingerprint != path.stem:
            raise FindingProblem(f"holds the finding {finding.fingerprint}, not the one it is named after")
        return finding

    def _add(self, finding: Finding) -> Added:
        path = self._path(finding.fingerprint)
        known: Finding | None = None
        if path.exists():
            try:
                known = self._read(path)
            except FindingProblem:
                _set_aside(path)
        stored = finding if known is None else known.merged(finding)
        self._write(path, stored.to_text())
        return Added(stored, known is None)

    def _write(self, path: Path, text: str) -> None:
        temporary = self.folder / f"{_TEMPORARY}{path.name}"
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
            with open(descriptor, "wb") as file:
                # A lone surrogate becomes \udcXX, which is how JSON writes it.
                file.write(text.encode("utf-8", "backslashreplace"))
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        self._sync_folder()

    def _sync_folder(self) -> None:
        """Make a rename last through a power cut."""
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / _LOCK, "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _problem(self, error: OSError, verb: str, finding: Finding | None = None) -> StoreProblem:
        if error.errno in _NO_ROOM:
            return StoreFull(f"no room left for findings in {self.folder}: {error.strerror}", finding)
        hint = "; choose another folder with --store or OMNITEST_HOME"
        return StoreProblem(f"cannot {verb} the findings in {self.folder}: {error.strerror or error}{hint}", finding)


def _set_aside(path: Path) -> None:
    """Rename a damaged file so that a good one can take its place; the damaged one stays for its owner to look at."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
