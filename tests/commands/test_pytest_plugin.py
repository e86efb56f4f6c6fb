"""The pytest plugin, as pytest runs it."""

from __future__ import annotations

import re

import pytest

from omnitest.engines.factory import ENGINE_NAMES

pytest_plugins = ["pytester"]

#: The plugin under the name of its module, whether or not the package is installed.
PLUGIN = ("-p", "no:omnitest", "-p", "omnitest.pytest_plugin", "-p", "no:cacheprovider")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """A session on files, in this process: a new one would take longer to import all than the session takes."""
    return pytester.runpytest_inprocess(*PLUGIN, "--omni-engines", "tcc", *arguments)


def program(pytester: pytest.Pytester, name: str, text: str, expected: str | None = None) -> None:
    path = pytester.path / f"{name}.omni"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if expected is not None:
        path.with_suffix(".expected").write_text(expected, encoding="utf-8")


def test_every_program_below_is_one_test(pytester: pytest.Pytester) -> None:
    program(pytester, "one", "(display 1)", "1")
    program(pytester, "deep/down/two", '(error "on purpose")')
    pytester.makepyfile("def test_python(): pass")
    result = run(pytester, "-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines_random(["*one.omni::one PASSED*", "*two.omni::two PASSED*"])


def test_a_wrong_output_is_shown_without_a_traceback(pytester: pytest.Pytester) -> None:
    program(pytester, "greeting", '(display "helo")', "hello")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*greeting.omni on tcc*",
            "*greeting.omni: wrong-output: *",
            "expected (greeting.expected):",
            "*hello",
            "actual*",
            "*helo",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*matrix.py*")


def test_a_program_that_could_not_be_compared_has_not_passed(pytester: pytest.Pytester) -> None:
    program(pytester, "open", "(display 1")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*open.omni: malformed: *1:1*"])


def test_an_unknown_engine_is_a_usage_error(pytester: pytest.Pytester) -> None:
    program(pytester, "one", "1")
    result = run(pytester, "--omni-engines", "tc")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--omni-engines: there is no engine 'tc'. Did you mean tcc?*"])


def test_files_can_be_left_out(pytester: pytest.Pytester) -> None:
    program(pytester, "data/broken", "(")
    program(pytester, "one", "1")
    pytester.makeconftest('collect_ignore_glob = ["data/*.omni"]')
    run(pytester).assert_outcomes(passed=1)


def test_all_engines_run_by_default(pytester: pytest.Pytester) -> None:
    program(pytester, "open", "(")
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.stdout.fnmatch_lines([f"*open.omni on {', '.join(ENGINE_NAMES)}*"])


# ---- generated programs as tests ----

#: Makes every shard compile with a fault that nearly every program shows, and Hypothesis keep examples also where it
#: finds itself in CI.
PLANT = """
from dataclasses import replace
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase
from omnitest import pytest_plugin
from omnitest.prepare import Settings

settings.register_profile("kept", database=DirectoryBasedExampleDatabase("examples"))
settings.load_profile("kept")
sound = pytest_plugin._campaign
pytest_plugin._campaign = lambda config: replace(
    sound(config), settings=Settings(plants=frozenset({"lost-drop"})), reduce_seconds=10.0
)
"""


def campaign(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(
        *PLUGIN, "--omni-engines", "tcc", "--omni-seed", "7", "-p", "xdist", *arguments
    )


def test_a_session_can_look_for_bugs_in_one_shard_per_worker(pytester: pytest.Pytester) -> None:
    result = campaign(pytester, "--omni-seconds", "1", "--omni-profile", "ownership", "-n", "2", "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines_random(["*PASSED ::omnitest?1/2?*", "*PASSED ::omnitest?2/2?*"])
    result.stdout.fnmatch_lines(["*omnitest, seed 7*", "* programs in 2 shards, *0 diverged*"])


def test_each_bug_fails_once_reduced_with_its_replay_and_is_tried_first_the_next_time(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMNITEST_HOME", str(pytester.path / "home"))
    pytester.makeconftest(PLANT)
    first = campaign(pytester, "--omni-seconds", "8", "-n", "2")
    names = set(re.findall(r"^  replay: omnitest replay (\S+)", first.stdout.str(), re.MULTILINE))
    assert names
    assert first.parseoutcomes()["failed"] == len(names)
    # No program is generated now: what fails has been kept.
    again = campaign(pytester, "--omni-seconds", "0")
    assert set(re.findall(r"omnitest replay (\S+)", again.stdout.str())) <= names
    assert again.parseoutcomes()["failed"] >= 1
    again.stdout.fnmatch_lines(["0 programs in 1 shard, *"])


def test_an_unknown_profile_is_a_usage_error(pytester: pytest.Pytester) -> None:
    result = campaign(pytester, "--omni-seconds", "1", "--omni-profile", "contrl")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--omni-profile: there is no profile 'contrl'. Did you mean control?*"])
