"""Measuring compiled programs beside peers: sizes, ratios, and what is said when something is missing or wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from omnitest.benchmarks import peers
from omnitest.benchmarks.corpus import names
from omnitest.benchmarks.language import OWN, Program, Result, measure, same_output
from omnitest.benchmarks.measured import Launcher, ProgramFailed, Run
from omnitest.benchmarks.peers import PEERS, PeerFailed
from omnitest.cli import app


def result_of(own: list[float], peer: list[float], start: float = 0.0) -> Result:
    runs = {OWN: [Run(ms, 100) for ms in own], "chez": [Run(ms, 400) for ms in peer]}
    result = Result("gcc-O2", 1.0, len(own), {OWN: "", "chez": ""}, {OWN: start, "chez": start})
    result.programs.append(Program("fib", 10, runs))
    return result


def test_ratios_are_of_rounds_without_the_time_of_an_empty_program() -> None:
    result = result_of([20.0, 30.0, 60.0], [30.0, 50.0, 30.0], start=10.0)
    assert result.time("chez").by_program["fib"] == (0.5, 0.5, 2.5)
    assert result.memory("chez").by_program["fib"] == (0.25, 0.25, 0.25)
    assert result.time("chez").worst == ("fib", 0.5)


def test_the_mean_is_geometric() -> None:
    result = result_of([10.0], [40.0])
    result.programs += result_of([40.0], [10.0]).programs
    result.programs[1].name = "tak"
    assert result.time("chez").mean == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("expected", "output", "same"),
    [
        ("(fib 1 2.0)\n", "(fib 1 2.)\n", True),
        ("(fib 1 abc)\n", "(fib 1 abd)\n", False),
        ("(fib 1 2)\n", "(fib 1 2 3)\n", False),
        ("(fib 1 2.0)\n", "(fib 1 2.1)\n", False),
    ],
)
def test_outputs_are_the_same_however_floats_are_written(expected: str, output: str, same: bool) -> None:
    assert same_output(expected, output) is same


def test_programs_are_sized_and_compared_with_a_peer() -> None:
    result = measure(["fib", "nqueens"], ["chez"], 0.02, 2, "gcc-O2")
    assert result.failures == []
    assert [program.name for program in result.programs] == ["fib", "nqueens"]
    for program in result.programs:
        assert {name: len(runs) for name, runs in program.runs.items()} == {OWN: 2, "chez": 2}
        assert all(run.kilobytes > 500 for runs in program.runs.values() for run in runs)
    assert result.to_json()["ratios"]["chez"]["programs"] == 2


def test_a_peer_that_computes_something_else_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = "(define size 1)\n(print '(fib 1 0))"
    monkeypatch.setattr(peers.Peer, "text", lambda self, name, size: wrong)
    result = measure(["fib"], ["chez"], 0.01, 1, "gcc-O2")
    assert any("fib on chez: wrote" in failure for failure in result.failures)
    assert result.time("chez").by_program == {}


def test_a_peer_that_is_not_installed_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    result = measure([], ["gambit"], 0.01, 1, "gcc-O2")
    assert result.failures == ["gambit is not installed and was left out: apt-get install gambc"]


def test_a_program_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match="more than 1 seconds"):
        Launcher(tmp_path).run(["/bin/sleep", "60"], 1.0)


def test_a_launcher_that_dies_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match="measures it failed"):
        Launcher(tmp_path).run(["/bin/sh", "-c", "kill -9 $PPID"], 10.0)


def test_a_program_that_fails_is_told_with_its_complaint(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match="exit status 3 no"):
        Launcher(tmp_path).run(["/bin/sh", "-c", "echo no >&2; exit 3"], 10.0)


def test_what_a_peer_cannot_compile_says_why(tmp_path: Path) -> None:
    with pytest.raises(PeerFailed, match="unbound"):
        PEERS["chez"].build("(display there-is-no-such-name)", tmp_path, "wrong")


def test_what_peers_lack_are_programs() -> None:
    assert {name for peer in PEERS.values() for name in peer.lacks} <= set(names())


def test_no_peer_is_said_to_lack_so_much_that_fewer_than_25_programs_are_left() -> None:
    assert all(len(set(names()) - set(peer.lacks)) >= 25 for peer in PEERS.values())


def test_a_peer_that_compiles_but_does_not_run_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers.Peer, "build", lambda self, text, folder, name: ("/bin/false",))
    result = measure([], ["chez"], 0.01, 1, "gcc-O2")
    assert result.failures == ["chez does not work: exit status 1"]


def test_the_command_prints_ratios_and_writes_json(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    arguments = ["bench", "lang", "fib", "--seconds", "0.01", "--rounds", "1", "--json", str(out)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "× its time" in done.output
    assert json.loads(out.read_text())["programs"]["fib"]["runs"]["chez"]["milliseconds"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such"], "there is no no-such"),
        (["--peers", "sbcl"], "there is no sbcl"),
        (["--cc", "icc"], "there is no icc"),
    ],
)
def test_unknown_names_are_refused(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(app, ["bench", "lang", *arguments])
    assert done.exit_code == 2
    assert words in done.output
    assert "Traceback" not in done.output


def test_without_the_corpus_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("omnitest.benchmarks.corpus.FOLDER", tmp_path)
    done = CliRunner().invoke(app, ["bench", "lang"])
    assert done.exit_code == 2
    assert "checkout" in done.output
