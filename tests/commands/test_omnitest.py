"""The ``omnitest`` command: what users see, and the exit statuses that scripts rely on."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from omnitest.campaign import scheduler as campaign
from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.summary import CampaignSummary, Verdicts
from omnitest.cli import app
from omnitest.store.records import Suppression
from omnitest.store.store import Store
from tests.reports.page_reader import read_page
from tests.store.sample_findings import FINDING, RAISED

SUMMARY = CampaignSummary(datetime(2026, 3, 1, tzinfo=UTC), 2.0, 7, 10, 1.0, Verdicts(agree=10))

COMMANDS = ["run", "reduce", "fuzz", "replay", "report", "selftest", "doctor"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands write below their own folder and keep findings in their own store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMNITEST_HOME", str(tmp_path / "home"))


def omnitest(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="omnitest")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def program(path: Path, text: str, expected: str | None = None) -> Path:
    path.write_text(text, encoding="utf-8")
    if expected is not None:
        path.with_suffix(".expected").write_text(expected, encoding="utf-8")
    return path


# ---- help and mistakes ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_an_example_and_its_exit_statuses(command: str) -> None:
    result = omnitest(command, "--help")
    assert result.exit_code == 0
    assert f"omnitest {command}" in result.stdout.partition("Example")[2]
    assert "Exit status: 0" in result.stdout


def test_the_overview_names_every_command() -> None:
    result = omnitest("--help")
    assert result.exit_code == 0
    assert all(f"\n  {command} " in result.stdout for command in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["fuz"], "Did you mean 'fuzz'?"),
        (["fuzz", "--sed", "1"], "--seed"),
        (["run", "-e", "valgrnd", "x.omni"], "Did you mean valgrind?"),
        (["run", "-e", "reference,gcc-O3", "x.omni"], "Did you mean gcc-O"),
        (["run", "--disable", "contifi", "x.omni"], "Did you mean contify?"),
        (["fuzz", "--plant", "leek"], "Did you mean leak?"),
        (["selftest", "-e", "reference,tsam"], "Did you mean tsan?"),
    ],
)
def test_a_mistyped_name_brings_the_nearest_one(arguments: list[str], suggestion: str) -> None:
    result = omnitest(*arguments)
    assert result.exit_code == 2
    assert suggestion in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [["fuzz", "--seconds", "soon"], ["fuzz", "--seed", "-1"], ["fuzz", "--jobs", "0"], ["run"], ["replay"], ["reduce"]],
)
def test_wrong_values_and_missing_arguments_are_usage_errors(arguments: list[str]) -> None:
    result = omnitest(*arguments)
    assert result.exit_code == 2
    assert "Usage: omnitest" in result.stderr


def test_completion_offers_commands_and_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    for words, wanted in (
        ("omnitest fu", "fuzz"),
        ("omnitest run -e valg", "valgrind"),
        ("omnitest replay lea", "leak-3f9a01"),
    ):
        Store().add(FINDING)
        monkeypatch.setenv("_OMNITEST_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        assert wanted in omnitest().stdout.split()


# ---- run ------------------------------------------------------------------------------------------------


def test_programs_that_agree(tmp_path: Path) -> None:
    program(tmp_path / "a.omni", "(display 1)", "1")
    program(tmp_path / "below.omni", "(car 5)")
    result = omnitest("run", "-e", "tcc", tmp_path)
    assert result.exit_code == 0
    assert "2 agree, 0 wrong, 0 inconclusive" in result.stdout


def test_a_program_that_does_not_write_what_it_must(tmp_path: Path) -> None:
    path = program(tmp_path / "a.omni", "(display 1)", "1\n")
    result = omnitest("run", "-e", "tcc", path)
    assert result.exit_code == 1
    assert r"bytes: b'1\n'" in result.stdout and "bytes: b'1'" in result.stdout


def test_json_is_all_that_is_printed(tmp_path: Path) -> None:
    path = program(tmp_path / "a.omni", '(display "[red]x")')
    result = omnitest("run", "--json", "-", "-e", "tcc", path)
    (row,) = json.loads(result.stdout)
    assert (row["path"], row["verdict"]) == (str(path), "agree")
    assert [seen["engine"] for seen in row["observations"]] == ["reference", "tcc"]
    assert row["observations"][1]["output"] == {"text": "[red]x"}


@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("missing.omni", None, 2, "no such file"),
        ("open.omni", b"(display 1", 2, "1:1"),
        ("bytes.omni", b"\xff", 2, "UTF-8"),
    ],
)
@pytest.mark.parametrize("command", ["run", "reduce"])
def test_a_file_that_is_no_program(
    tmp_path: Path, command: str, name: str, content: bytes | None, status: int, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = omnitest(command, "-e", "reference", tmp_path / name)
    assert result.exit_code == status
    assert name in result.output and words in result.output


def test_a_folder_without_programs(tmp_path: Path) -> None:
    result = omnitest("run", tmp_path)
    assert result.exit_code == 2
    assert "no .omni file" in result.stderr


def test_text_of_programs_is_neither_markup_nor_control_sequences(tmp_path: Path) -> None:
    path = program(tmp_path / "[bold]a.omni", '(display "[/nope]\\x1b;[2J")', "other")
    result = omnitest("run", "-e", "tcc", path)
    assert result.exit_code == 1
    assert "[bold]a.omni" in result.stdout
    assert "[/nope]␛[2J" in result.stdout and "\x1b[2J" not in result.stdout


# ---- reduce --------------------------------------------------------------------------------------------


def test_a_failing_program_becomes_smaller_and_still_fails(tmp_path: Path) -> None:
    path = program(
        tmp_path / "big.omni", "(define (unused x) (list x x))\n(display (unused 3))\n(print (+ 1 2))\n(* 2 21)\n"
    )
    fault = ("-e", "tcc", "--plant", "wrong-fold")
    assert omnitest("run", *fault, path).exit_code == 1
    small = tmp_path / "small.omni"
    result = omnitest("reduce", *fault, path, "-o", small)
    assert (result.exit_code, result.stdout) == (0, f"{small}: written\n")
    assert len(small.read_text(encoding="utf-8")) < 20
    assert omnitest("run", *fault, small).exit_code == 1
    assert omnitest("run", "-e", "tcc", small).exit_code == 0
    data = json.loads(omnitest("reduce", "--jobs", "2", "--json", "-", *fault, path).stdout)
    assert data["reduced"] == small.read_text(encoding="utf-8")
    assert data["finished"] and data["nodes"] < 5 < data["nodes_before"]
    assert data["steps"] > 0 and data["tried"] > 0 and data["seconds"] > 0


def test_the_input_of_a_failing_program_becomes_smaller_with_it(tmp_path: Path) -> None:
    path = program(
        tmp_path / "reads.omni", "(define line (read-line))\n(string-length line)\n(* 2 (string-length line) 1 (+ 1 2))"
    )
    text = tmp_path / "input.txt"
    text.write_bytes(b"first\nsecond\n")
    data = json.loads(
        omnitest("reduce", "-e", "tcc", "--plant", "wrong-fold", "--stdin", text, "--json", "-", path).stdout
    )
    assert data["stdin"] == {"text": ""}
    assert data["nodes"] < 5
    result = omnitest("reduce", "-e", "tcc", "--stdin", tmp_path / "missing.txt", path)
    assert result.exit_code == 2
    assert "missing.txt" in result.stderr


def test_a_program_that_does_not_fail_cannot_be_reduced(tmp_path: Path) -> None:
    path = program(tmp_path / "fine.omni", "(display 1)")
    result = omnitest("reduce", "-e", "tcc", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing to reduce" in result.stderr


# ---- fuzz -----------------------------------------------------------------------------------------------


class Campaign:
    """Stands for :func:`omnitest.campaign.scheduler.fuzz`: remembers what it was asked, gives what it was told to."""

    def __init__(self, summary: CampaignSummary) -> None:
        self.summary = summary
        self.options: CampaignOptions | None = None

    def __call__(self, options: CampaignOptions, store: Store, *_: Any) -> CampaignSummary:
        self.options = options
        return replace(self.summary, seed=options.seed)


def stand_in(monkeypatch: pytest.MonkeyPatch, summary: CampaignSummary) -> Campaign:
    fake = Campaign(summary)
    monkeypatch.setattr(campaign, "fuzz", fake)
    return fake


def test_a_campaign_leaves_a_page_and_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, replace(SUMMARY, findings=(FINDING,)))
    result = omnitest("fuzz", "--seed", "7")
    assert result.exit_code == 1
    assert "1 finding in 10 programs" in result.stdout and "omnitest replay leak-3f9a01" in result.stdout
    page = tmp_path / "reports" / "campaign-20260301-000000-7.html"
    assert str(page.relative_to(tmp_path)) in result.stderr
    assert "leak-3f9a01" in read_page(page.read_text(encoding="utf-8")).text
    assert json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["seed"] == 7


def test_a_suppressed_finding_is_no_failure_until_the_rule_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, replace(SUMMARY, findings=(FINDING,)))
    today = datetime.now(UTC).date()
    Store().suppressions.add(Suppression("being fixed", today, kind="leak"))
    result = omnitest("fuzz")
    assert result.exit_code == 0
    assert f"leak-3f9a01: suppression 1 suppresses it until {today}: being fixed" in result.stderr
    with sqlite3.connect(Store().location) as past:
        past.execute("UPDATE suppressions SET expires = '2026-01-01'")
    result = omnitest("fuzz")
    assert result.exit_code == 1
    assert "suppression 1 has expired on 2026-01-01" in result.stderr


def test_json_of_a_campaign_is_all_of_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, SUMMARY)
    result = omnitest("fuzz", "--json", "-", "--seed", "3")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["verdicts"] == {"agree": 10, "diverged": 0, "inconclusive": {}}


def test_options_reach_the_campaign(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = stand_in(monkeypatch, SUMMARY)
    end = ("--programs", "5", "-j", "3", "--no-self-test")
    omnitest("fuzz", *end, "-e", "tcc,valgrind", "--disable", "contify", "--plant", "leak,wrong-fold")
    options = fake.options
    assert options is not None
    assert (options.seconds, options.programs, options.jobs, options.self_test) == (None, 5, 3, False)
    assert options.engines == ("tcc", "valgrind")
    assert (options.settings.disabled, options.settings.plants) == (
        frozenset({"contify"}),
        frozenset({"leak", "wrong-fold"}),
    )


def test_a_campaign_without_an_end_lasts_a_minute_and_gets_a_new_seed_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seeds = set()
    for _ in range(3):
        fake = stand_in(monkeypatch, SUMMARY)
        omnitest("fuzz")
        assert fake.options is not None and fake.options.seconds == 60.0
        seeds.add(fake.options.seed)
    assert len(seeds) > 1


def test_a_campaign_that_compared_nothing_is_not_a_success(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, replace(SUMMARY, verdicts=Verdicts(inconclusive={"harness-failure": 10})))
    result = omnitest("fuzz")
    assert result.exit_code == 2
    assert "inconclusive: harness-failure" in result.stdout


def test_an_unwritable_report_folder_is_found_out_before_the_campaign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = stand_in(monkeypatch, SUMMARY)
    (tmp_path / "taken").write_text("a file")
    result = omnitest("fuzz", "--report", tmp_path / "taken" / "x")
    assert result.exit_code == 73
    assert "cannot be written" in result.stderr and "--report" in result.stderr
    assert fake.options is None


def test_engines_that_miss_a_planted_fault_stop_the_campaign(monkeypatch: pytest.MonkeyPatch) -> None:
    from omnitest.campaign.summary import SelfTestRow

    def blind(*_: Any) -> CampaignSummary:
        raise campaign.Blind((SelfTestRow("leak", "valgrind", False, "reported nothing"),))

    monkeypatch.setattr(campaign, "fuzz", blind)
    result = omnitest("fuzz")
    assert result.exit_code == 69
    assert "valgrind missed leak" in result.stderr


# ---- findings --------------------------------------------------------------------------------------------


def test_the_findings_of_this_machine(tmp_path: Path) -> None:
    Store().add(FINDING)
    Store().add(RAISED)
    Store().add(replace(FINDING, fingerprint="stray-1"))
    with sqlite3.connect(Store().location) as damage:
        damage.execute("UPDATE findings SET document = '{' WHERE fingerprint = 'stray-1'")
    result = omnitest("report")
    assert result.exit_code == 0
    for words in ("leak-3f9a01", "wrong-value-77", "skipped", "stray-1", "2 findings in"):
        assert words in result.stdout
    text = read_page((tmp_path / "reports" / "findings.html").read_text(encoding="utf-8")).text
    assert "omnitest replay leak-3f9a01" in text and "stray-1" in text


def test_the_findings_as_json(tmp_path: Path) -> None:
    Store(tmp_path / "shared").add(FINDING)
    result = omnitest("report", "--store", tmp_path / "shared", "--json", "-")
    document = json.loads(result.stdout)
    assert [finding["fingerprint"] for finding in document["findings"]] == ["leak-3f9a01"]
    assert document["skipped"] == []


def test_a_store_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no data base at all " * 100)
    result = omnitest("report", "--store", tmp_path / "file")
    assert result.exit_code == 73
    assert "no SQLite data base" in result.stderr and "--store" in result.stderr


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("leek-3f9a01", "did you mean leak-3f9a01"),
        ("nothing.json", "no such file"),
        ("broken.json", "not a finding: kind: missing"),
    ],
)
def test_a_finding_that_is_not_there(tmp_path: Path, name: str, words: str) -> None:
    Store().add(FINDING)
    document = FINDING.to_json()
    del document["kind"]
    (tmp_path / "broken.json").write_text(json.dumps(document))
    result = omnitest("replay", name)
    assert result.exit_code == 66
    assert words in " ".join(result.stderr.split())


@pytest.mark.parametrize(("reduced", "status"), [("(display 1)", 0), ("(car", 2)])
def test_replaying_a_bug_that_is_gone(tmp_path: Path, reduced: str, status: int) -> None:
    finding = replace(
        FINDING, engine="tcc", engines=("tcc",), reduced=reduced, plants=(), disabled_passes=(), stdin=b""
    )
    path = tmp_path / "elsewhere.json"
    path.write_text(finding.to_text(), encoding="utf-8")
    assert omnitest("replay", path).exit_code == status


# ---- doctor ------------------------------------------------------------------------------------------------


def test_this_machine_has_what_it_needs() -> None:
    result = omnitest("doctor", "--json", "-")
    rows = json.loads(result.stdout)
    assert [row["name"] for row in rows if not row["found"]] == []
    assert result.exit_code == 0
    assert {"gcc", "clang", "valgrind", "tcc", "libtcc", "python: hypothesis"} <= {row["name"] for row in rows}


def test_a_machine_without_tools_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = omnitest("doctor")
    assert result.exit_code == 1
    for words in ("valgrind: not found", "apt-get install -y valgrind", "libtcc-dev", "missing or not working"):
        assert words in result.stdout


def test_a_tool_that_is_installed_but_does_not_work_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bin" / "valgrind"
    broken.parent.mkdir()
    version = "if [ $1 = --version ]; then echo valgrind-3.19.0; exit 0; fi"
    broken.write_text(f"#!/bin/sh\n{version}\necho 'error: cannot start tool' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}{os.pathsep}{os.environ['PATH']}")
    rows = {row["name"]: row for row in json.loads(omnitest("doctor", "--json", "-").stdout)}
    assert not rows["valgrind"]["found"]
    assert rows["valgrind"]["problem"] == "valgrind: exit status 1: error: cannot start tool"
    assert rows["gcc"]["found"]


def test_programs_find_files_in_the_folder_that_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "input.txt").write_text("(1 2)", encoding="utf-8")
    program = tmp_path / "reads.omni"
    program.write_text('(print (call-with-input-file "input.txt" read))', encoding="utf-8")
    program.with_suffix(".expected").write_text("(1 2)\n", encoding="utf-8")
    assert omnitest("run", "-e", "tcc", "--directory", folder, program).exit_code == 0
    assert omnitest("run", "-e", "tcc", program).exit_code == 1  # an empty folder: a file-error, and other output
    assert omnitest("run", "-e", "tcc", "--directory", tmp_path / "no-such", program).exit_code == 2


def test_replaying_a_program_runs_it_on_all_engines(tmp_path: Path) -> None:
    path = program(tmp_path / "a.omni", "(display 1)", "1")
    result = omnitest("replay", path)
    assert (result.exit_code, "1 agree" in result.stdout) == (0, True)
    assert omnitest("replay", tmp_path / "missing.omni").exit_code == 2
