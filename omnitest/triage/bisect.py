"""The commit since which a program fails: ``git bisect`` over the project's history, by the verdict of one program.

Each revision runs the program with its own compiler, runtime and reference, in a process of its own. All that a
revision is asked for is a command ``omnitest run`` (or ``replay``, for a program that reads its input) that gives its
verdict as JSON; one that cannot do so is skipped, as one that does not build is. The repository is only read: revisions
are checked out in a temporary clone that shares its objects.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Final

from omnitest.engines.factory import ALL_NAMES
from omnitest.store.finding import Finding

#: The engine that shows what the verifier rejects: the cheapest that compiles.
_CARRIER: Final = "tcc"
_FIRST_BAD: Final = re.compile(r"^([0-9a-f]{40}) is the first bad commit$", re.MULTILINE)
_COMMIT: Final = re.compile(r"^[0-9a-f]{40}$", re.MULTILINE)
_ONLY_SKIPPED: Final = "There are only 'skip'ped commits left"


class BisectProblem(Exception):
    """There is nothing to bisect; the message says why, and what to do."""


class Answer(Enum):
    """What a revision says about the program; the values are git's words."""

    GOOD = "good"
    BAD = "bad"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Step:
    """One revision that was tried: its full ``commit``, its ``subject``, the ``answer`` and, if it was skipped, why."""

    commit: str
    subject: str
    answer: Answer
    reason: str = ""

    def to_json(self) -> dict[str, str]:
        return {"commit": self.commit, "subject": self.subject, "answer": self.answer.value, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Bisection:
    """``first_bad`` is the commit since which the program fails, or None: then it is one of ``candidates``, which
    could not be told apart because some had to be skipped."""

    first_bad: str | None
    candidates: tuple[str, ...]
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        steps = [step.to_json() for step in self.steps]
        return {"first_bad": self.first_bad, "candidates": list(self.candidates), "steps": steps}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every revision: whether the reduced program of ``finding`` fails on ``engine``.

    ``seconds`` of wall time are allowed for a revision, the building of its runtime included.
    """

    finding: Finding
    engine: str
    seconds: float = 900.0

    @classmethod
    def about(cls, finding: Finding, seconds: float = 900.0) -> Question:
        """The question whether ``finding`` is there."""
        engine = finding.engine if finding.engine in ALL_NAMES else _CARRIER
        return cls(finding, engine, seconds)

    def ask(self, tree: Path) -> tuple[Answer, str]:
        """What the revision that is checked out in ``tree`` answers; with the reason, if it has to be skipped."""
        with tempfile.TemporaryDirectory(prefix="omnitest-bisect-") as name:
            reason = "no command to ask"
            for command in self._commands(Path(name)):
                answer, reason = self._run(command, tree, Path(name))
                if answer is not Answer.SKIP:
                    return answer, ""
            return Answer.SKIP, reason

    def _commands(self, folder: Path) -> Iterator[list[str]]:
        """Ways to ask, the most exact first: older revisions know fewer options and fewer passes."""
        base = [sys.executable, "-m", "omnitest.cli"]
        if self.finding.stdin:
            stored = folder / "finding.json"
            stored.write_text(replace(self.finding, plants=()).to_text(), encoding="utf-8")
            yield [*base, "replay", str(stored), "--json", "-"]
            return
        program = folder / "program.omni"
        program.write_text(self.finding.reduced, encoding="utf-8")
        run = [*base, "run", str(program), "--engines", self.engine, "--json", "-"]
        passes = [word for name in self.finding.disabled_passes for word in ("--disable", name)]
        if passes:
            yield [*run, *passes]
        yield run

    def _run(self, command: Sequence[str], tree: Path, folder: Path) -> tuple[Answer, str]:
        environment = {**os.environ, "PYTHONPATH": str(tree), "OMNITEST_HOME": str(folder / "home")}
        try:
            done = subprocess.run(
                command, cwd=tree, env=environment, capture_output=True, timeout=self.seconds, check=False
            )
        except subprocess.TimeoutExpired:
            return Answer.SKIP, f"no answer after {self.seconds:g} s"
        verdict = _verdict(done.stdout)
        if verdict == "agree":
            return Answer.GOOD, ""
        if verdict == "diverged":
            return Answer.BAD, ""
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        said = lines[-1].strip() if lines else f"exit status {done.returncode}"
        return Answer.SKIP, said if verdict is None else f"the verdict is {verdict}"


def _verdict(output: bytes) -> str | None:
    """The verdict in the JSON that a revision printed; None if it did not print any."""
    try:
        document = json.loads(output)
    except ValueError:
        return None
    if isinstance(document, dict):  # of replay
        document = [document.get("replayed")]
    if isinstance(document, list) and len(document) == 1 and isinstance(document[0], dict):
        verdict = document[0].get("verdict")
        return verdict if isinstance(verdict, str) else None
    return None


def bisect(
    repository: Path,
    good: str,
    bad: str,
    ask: Callable[[Path], tuple[Answer, str]],
    on_step: Callable[[Step, int], None] | None = None,
) -> Bisection:
    """Find the first commit after ``good``, up to ``bad``, at which ``ask`` answers bad.

    ``ask`` gets a folder in which a revision is checked out. Both ends are asked first. ``on_step`` is called after
    each revision, with about how many are still to be asked. Raises :class:`BisectProblem`.
    """
    first, last = _commit(repository, good), _commit(repository, bad)
    _check_order(repository, first, last, good, bad)
    with tempfile.TemporaryDirectory(prefix="omnitest-history-") as name:
        tree = Path(name) / "tree"
        _git(repository, "clone", "--quiet", "--shared", "--no-checkout", str(repository.absolute()), str(tree))
        run = _Run(tree, ask, on_step or (lambda step, left: None), [])
        return run.between(first, last, good, bad)


@dataclass(slots=True)
class _Run:
    """A bisection under way in a clone."""

    tree: Path
    ask: Callable[[Path], tuple[Answer, str]]
    on_step: Callable[[Step, int], None]
    steps: list[Step]

    def between(self, first: str, last: str, good: str, bad: str) -> Bisection:
        self._check_ends(first, last, good, bad)
        _git(self.tree, "bisect", "start", last, first)
        if int(_git(self.tree, "rev-list", "--count", f"{first}..{last}")) == 1:
            return Bisection(last, (last,), tuple(self.steps))
        while True:
            commit = _git(self.tree, "rev-parse", "HEAD").strip()
            answer = self._try(commit, self._left()).answer
            done = subprocess.run(
                ["git", "bisect", answer.value], cwd=self.tree, capture_output=True, text=True, check=False
            )
            found = _FIRST_BAD.search(done.stdout)
            if found is not None:
                return Bisection(found[1], (found[1],), tuple(self.steps))
            if _ONLY_SKIPPED in done.stdout + done.stderr:
                return Bisection(None, tuple(_COMMIT.findall(done.stdout)), tuple(self.steps))
            if done.returncode != 0:
                raise BisectProblem(f"git bisect: {(done.stderr or done.stdout).strip()}")

    def _check_ends(self, first: str, last: str, good: str, bad: str) -> None:
        total = int(_git(self.tree, "rev-list", "--count", f"{first}..{last}"))
        ends = {}
        for commit, name, left in ((first, good, total.bit_length() + 1), (last, bad, total.bit_length())):
            _git(self.tree, "checkout", "--quiet", "--force", "--detach", commit)
            ends[commit] = self._try(commit, left)
            if ends[commit].answer is Answer.SKIP:
                raise BisectProblem(f"{name} cannot be asked: {ends[commit].reason}; choose another revision near it")
        if ends[first].answer is Answer.BAD and ends[last].answer is Answer.GOOD:
            raise BisectProblem(
                f"the program fails at {good} and does not fail at {bad}: the bug was fixed in between. "
                "This looks for the commit that brought it; choose an older revision as --good"
            )
        if ends[first].answer is Answer.BAD:
            raise BisectProblem(f"the program fails at {good} already; choose an older revision as --good")
        if ends[last].answer is Answer.GOOD:
            raise BisectProblem(f"the program does not fail at {bad}; choose a revision at which it does as --bad")

    def _try(self, commit: str, left: int) -> Step:
        answer, reason = self.ask(self.tree)
        subject = _git(self.tree, "log", "-1", "--format=%s", commit).strip()
        step = Step(commit, subject, answer, reason)
        self.steps.append(step)
        self.on_step(step, left)
        return step

    def _left(self) -> int:
        """About how many revisions will be asked after the one that is checked out."""
        text = _git(self.tree, "rev-list", "--bisect-vars", "refs/bisect/bad", "--not", "--glob=refs/bisect/good-*")
        found = re.search(r"^bisect_steps=(\d+)$", text, re.MULTILINE)
        return int(found[1]) if found is not None else 0


def _check_order(repository: Path, first: str, last: str, good: str, bad: str) -> None:
    if first == last:
        raise BisectProblem(f"{good} and {bad} are one commit; there is nothing in between")
    if _is_ancestor(repository, first, last):
        return
    if _is_ancestor(repository, last, first):
        raise BisectProblem(
            f"{good} comes after {bad}: --good is the older revision, at which the program does not fail yet"
        )
    raise BisectProblem(f"{good} is no ancestor of {bad}; choose one, such as `git merge-base {good} {bad}`")


def _is_ancestor(repository: Path, older: str, newer: str) -> bool:
    command = ["git", "merge-base", "--is-ancestor", older, newer]
    return subprocess.run(command, cwd=repository, capture_output=True, check=False).returncode == 0


def _commit(repository: Path, revision: str) -> str:
    """The full name of the commit that a user calls ``revision``."""
    command = ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]
    try:
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BisectProblem("git is not installed; the history cannot be read without it") from None
    if done.returncode != 0:
        raise BisectProblem(f"{repository}: there is no revision {revision!r} here, or this is no git repository")
    return done.stdout.strip()


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BisectProblem(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
