"""Bisecting a history: the commit is found whatever state the revisions are in, and mistakes are explained."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from omnitest.cli import app
from omnitest.store.store import Store
from omnitest.triage.bisect import Answer, BisectProblem, Question, bisect
from tests.store.sample_findings import FINDING

#: The command of a revision: its verdict, and what it makes of its arguments.
COMMAND = """
import json, sys
{check}
print(json.dumps([{{"verdict": "{verdict}"}}]))
sys.exit(1 if "{verdict}" == "diverged" else 0)
"""
NO_DISABLE = 'if "--disable" in sys.argv: sys.exit("no such option: --disable")'
BROKEN = "this is no Python"
QUESTION = Question.about(replace(FINDING, engine="tcc", disabled_passes=("contify",), stdin=b""))


def command(verdict: str, check: str = "") -> str:
    return COMMAND.format(verdict=verdict, check=check)


GOOD, BAD, UNKNOWN = command("agree"), command("diverged"), command("inconclusive")


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def history(folder: Path, revisions: Sequence[str]) -> list[str]:
    """A repository with one commit per text of ``omnitest/cli.py``; the names of the commits."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "omnitest").mkdir()
    (folder / "omnitest" / "__init__.py").touch()
    commits = []
    for number, text in enumerate(revisions):
        (folder / "omnitest" / "cli.py").write_text(f"# {number}\n{text}\n", encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", f"commit {number}")
        commits.append(git(folder, "rev-parse", "HEAD"))
    return commits


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [
        ([GOOD, BAD], 1),
        ([GOOD] * 5 + [BAD] * 4, 5),
        ([GOOD, BAD, BAD, BAD, BAD, BAD], 1),
        ([command("agree", NO_DISABLE)] * 3 + [command("diverged", NO_DISABLE), BAD, BAD], 3),
        ([GOOD, BROKEN, GOOD, UNKNOWN, GOOD, GOOD, BAD, BROKEN, BAD], 6),
    ],
    ids=["next to each other", "in the middle", "early", "other options", "some cannot be asked"],
)
def test_the_first_bad_commit_is_found(revisions: list[str], expected: int, tmp_path: Path) -> None:
    commits = history(tmp_path / "repository", revisions)
    found = bisect(tmp_path / "repository", commits[0], "HEAD", QUESTION.ask)
    assert found.first_bad == commits[expected]
    assert found.candidates == (commits[expected],)
    assert all(step.answer is Answer.SKIP for step in found.steps if revisions[commits.index(step.commit)] == BROKEN)


def test_what_skipped_commits_hide_is_said(tmp_path: Path) -> None:
    commits = history(tmp_path / "repository", [GOOD, BROKEN, BROKEN, BAD])
    found = bisect(tmp_path / "repository", commits[0], commits[-1], QUESTION.ask)
    assert found.first_bad is None
    assert set(found.candidates) == set(commits[1:])


@pytest.mark.parametrize(
    ("revisions", "good", "bad", "words"),
    [
        ([GOOD, BAD], "HEAD", "HEAD~1", "comes after"),
        ([BAD, GOOD], "HEAD~1", "HEAD", "the bug was fixed in between"),
        ([BAD, BAD], "HEAD~1", "HEAD", "fails at HEAD~1 already"),
        ([GOOD, GOOD], "HEAD~1", "HEAD", "does not fail at HEAD"),
        ([GOOD, BROKEN], "HEAD~1", "HEAD", "HEAD cannot be asked"),
        ([GOOD, BAD], "HEAD", "HEAD", "one commit"),
        ([GOOD, BAD], "v9", "HEAD", "no revision 'v9'"),
    ],
)
def test_ends_that_are_not_as_said_are_explained(
    revisions: list[str], good: str, bad: str, words: str, tmp_path: Path
) -> None:
    history(tmp_path / "repository", revisions)
    with pytest.raises(BisectProblem, match=words):
        bisect(tmp_path / "repository", good, bad, QUESTION.ask)


def test_the_checkout_of_the_user_is_not_touched(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    commits = history(repository, [GOOD, GOOD, BAD])
    (repository / "omnitest" / "cli.py").write_text("work in progress", encoding="utf-8")
    before = (
        git(repository, "status", "--porcelain"),
        git(repository, "for-each-ref"),
        git(repository, "worktree", "list"),
    )
    bisect(repository, commits[0], commits[-1], QUESTION.ask)
    assert before == (
        git(repository, "status", "--porcelain"), git(repository, "for-each-ref"), git(repository, "worktree", "list")
    )  # fmt: skip


def test_a_program_that_reads_its_input_is_replayed(tmp_path: Path) -> None:
    replaying = 'assert sys.argv[1] == "replay" and json.load(open(sys.argv[2]))["program"]["stdin"]'
    texts = [
        command(verdict, replaying).replace("[{", '{"replayed": {').replace("}]", "}}")
        for verdict in ("agree", "diverged")
    ]
    commits = history(tmp_path / "repository", texts)
    question = Question.about(replace(FINDING, engine="tcc", stdin=b"input"))
    assert bisect(tmp_path / "repository", commits[0], "HEAD", question.ask).first_bad == commits[1]


def test_the_command(tmp_path: Path) -> None:
    commits = history(tmp_path / "repository", [GOOD, GOOD, BAD, BAD])
    Store(tmp_path / "store").add(replace(FINDING, engine="tcc", stdin=b""))
    base = [
        "bisect",
        FINDING.fingerprint,
        "--store",
        str(tmp_path / "store"),
        "--repository",
        str(tmp_path / "repository"),
    ]
    done = CliRunner().invoke(app, [*base, "--good", commits[0], "--bad", "HEAD", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["first_bad"] == commits[2]
    assert "commit 2" in done.stderr
    wrong = CliRunner().invoke(app, [*base, "--good", "HEAD", "--bad", commits[0]])
    assert wrong.exit_code == 2 and "comes after" in wrong.stderr and "Traceback" not in wrong.stderr
