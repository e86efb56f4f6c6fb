"""The commands ``omnitest findings ...`` and what ``replay`` leaves in the store, as users meet them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from omnitest.cli import app
from omnitest.cli_output import out
from omnitest.store.records import Attachment, Status
from omnitest.store.store import Store
from tests.store.sample_findings import FINDING, RAISED

COMMANDS = ["list", "show", "mark", "export", "import", "suppress", "suppressions"]
TOMORROW = str(datetime.now(UTC).date() + timedelta(days=1))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands work in their own folder on their own store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(out, "width", 200)
    monkeypatch.delenv("OMNITEST_STORE", raising=False)
    monkeypatch.setenv("OMNITEST_HOME", str(tmp_path / "home"))


def findings(*arguments: str | Path, status: int = 0) -> Result:
    return omnitest("findings", *arguments, status=status)


def omnitest(*arguments: str | Path, status: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="omnitest")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == status, result.output
    return result


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_an_example_and_its_exit_statuses(command: str) -> None:
    result = findings(command, "--help")
    assert f"omnitest findings {command}" in result.stdout.partition("Example")[2]
    assert "Exit status: 0" in result.stdout
    assert f"\n  {command} " in findings("--help").stdout


def test_findings_are_listed_with_status_replays_and_times() -> None:
    Store().add(replace(FINDING, last_seen=FINDING.last_seen + timedelta(days=1)))
    Store().add(RAISED)
    Store().findings.mark("leak", Status.CONFIRMED, "")
    Store().findings.record_runs("leak", 3, 4)
    text = findings("list").stdout
    for words in ("leak-3f9a01", "confirmed", "3/4", "2026-03-01  2026-03-02", "2 findings in"):
        assert words in text
    only = json.loads(findings("list", "--status", "new", "--json", "-").stdout)
    assert [finding["fingerprint"] for finding in only["findings"]] == ["wrong-value-77"]
    assert "'solved' is not one of" in findings("list", "--status", "solved", status=2).stderr


def test_one_finding_is_shown_with_all_that_is_known() -> None:
    Store().add(replace(FINDING, revision="0123abc"))
    Store().findings.attach("leak", [Attachment("reduced.c", "text/x-c", b"int x;")])
    text = findings("show", "leak").stdout
    for words in ("status: new", "first seen: 2026-03-01 12:00:00 UTC, at 0123abc", "asan", "reduced.c", "(cons x x)"):
        assert words in text
    document = json.loads(findings("show", "leak", "--json", "-").stdout)
    assert document["reproducibility"] == {"reproduced": 0, "tried": 0}
    assert document["matrix"][0] == {"engine": "asan", "verdict": "leak", "count": 3}
    assert document["attachments"][0]["bytes"] == 6
    assert "did you mean leak-3f9a01" in " ".join(findings("show", "leek-3f9a01", status=66).stderr.split())


def test_a_decision_is_kept_with_its_reason() -> None:
    Store().add(FINDING)
    assert "leak-3f9a01: wont-fix" in findings("mark", "leak", "wont-fix", "--reason", "by design").stdout
    record = Store().findings.get("leak")
    assert (record.status, record.reason) == (Status.WONT_FIX, "by design")
    findings("mark", "leak", "solved", status=2)


def test_a_finding_goes_to_another_store_and_back_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "leak.json"
    Store().add(FINDING)
    Store().findings.attach("leak", [Attachment("reduced.omni", "text/plain", b"(f 2)")])
    assert findings("export", "leak").stdout == FINDING.to_text()
    findings("export", "leak", "-o", file, "--attachments", tmp_path / "files")
    assert (tmp_path / "files" / "reduced.omni").read_bytes() == b"(f 2)"
    assert "1 new, 0 known already" in findings("import", file, "--store", tmp_path / "other").stdout
    assert Store(tmp_path / "other").get("leak").to_text() == FINDING.to_text()
    before = Store().findings.get("leak")
    assert "0 new, 1 known already" in findings("import", file).stdout
    assert Store().findings.get("leak") == before


def test_a_folder_of_findings_from_an_earlier_version_is_taken_over(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for finding in (FINDING, RAISED):
        document = finding.to_json()
        del document["run"]["matrix"], document["versions"]["revision"]
        (old / f"{finding.fingerprint}.json").write_text(json.dumps(document), encoding="utf-8")
    (old / "broken.json").write_text("{")
    (old / "bytes.json").write_bytes(b"\xff")
    (old / "leak-3f9a01.json.damaged-1").write_text("{")
    result = findings("import", old, tmp_path / "missing.json", "--json", "-", status=66)
    document = json.loads(result.stdout)
    assert document["new"] == ["leak-3f9a01", "wrong-value-77"]
    assert [Path(item["path"]).name for item in document["refused"]] == ["broken.json", "bytes.json", "missing.json"]
    assert "skipped" in result.stderr and "not UTF-8" in result.stderr
    assert Store().load().findings == (FINDING, RAISED)


def test_findings_of_an_earlier_version_are_pointed_out(tmp_path: Path) -> None:
    old = tmp_path / "home" / "findings"
    old.mkdir(parents=True)
    assert "findings import" not in findings("list").stderr
    (old / "leak-3f9a01.json").write_text(FINDING.to_text(), encoding="utf-8")
    assert f"omnitest findings import {old}" in findings("list").stderr
    findings("import", old)
    assert "findings import" not in findings("list").stderr


def test_a_rule_is_made_listed_and_removed() -> None:
    Store().add(FINDING)
    rule = ("--kind", "leak", "--engine", "val*", "--reason", "known", "--issue", "#7", "--expires", TOMORROW)
    assert f"suppression 1 until {TOMORROW}" in findings("suppress", *rule).stdout
    assert "new, suppressed" in findings("list").stdout
    assert "suppression 1" in findings("show", "leak").stdout
    (listed,) = json.loads(findings("suppressions", "--json", "-").stdout)
    assert listed["kind"] == "leak" and listed["reason"] == "known" and not listed["expired"]
    assert "kind leak, engine val*" in findings("suppressions").stdout
    assert "no suppressions" in findings("suppressions", "--remove", "1").stdout
    assert "no suppression 1" in findings("suppressions", "--remove", "1", status=73).stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["leak-1", "--expires", TOMORROW], "Missing option '--reason'"),
        (["leak-1", "--reason", "x"], "Missing option '--expires'"),
        (["leak-1", "--reason", "x", "--expires", "soon"], "expected a day such as"),
        (["leak-1", "--reason", "x", "--expires", "2020-01-01"], "a day to end on that is not over"),
        (["--reason", "x", "--expires", TOMORROW], "a fingerprint, or a pattern"),
        (["leak-1", "--reason", " ", "--expires", TOMORROW], "needs a reason"),
    ],
)
def test_a_rule_without_what_it_needs_is_a_usage_error(arguments: list[str], words: str) -> None:
    assert words in " ".join(findings("suppress", *arguments, status=2).stderr.split())


def test_the_store_counts_replays_of_its_own_findings(tmp_path: Path) -> None:
    fine = replace(FINDING, engine="tcc", engines=("tcc",), reduced="(display 1)", plants=(), disabled_passes=())
    Store().add(replace(fine, stdin=b""))
    result = omnitest("replay", "--times", "3", "leak")
    assert "0 of 3 runs show it" in result.stdout
    assert Store().findings.get("leak").reproducibility == "0/3"
    file = tmp_path / "elsewhere.json"
    file.write_text(fine.to_text(), encoding="utf-8")
    omnitest("replay", file)
    omnitest("replay", "--original", "leak")
    assert Store().findings.get("leak").reproducibility == "0/3"


def test_the_environment_names_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path / "shared.sqlite3").add(FINDING)
    monkeypatch.setenv("OMNITEST_STORE", str(tmp_path / "shared.sqlite3"))
    assert "1 finding in" in findings("list").stdout
    monkeypatch.setenv("OMNITEST_STORE", "mysql://ada:secret@host/name")
    error = findings("list", status=73).stderr
    assert "mysql is no data base" in error and "secret" not in error
