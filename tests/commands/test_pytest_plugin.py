"""The pytest plugin, as pytest runs it."""

from __future__ import annotations

import pytest

from omnitest.engines.factory import ENGINE_NAMES

pytest_plugins = ["pytester"]

#: The plugin under the name of its module, whether or not the package is installed.
PLUGIN = ("-p", "no:omnitest", "-p", "omnitest.pytest_plugin", "-p", "no:cacheprovider")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(*PLUGIN, "--omni-engines", "tcc", *arguments)


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
    result = pytester.runpytest_subprocess(*PLUGIN)
    result.stdout.fnmatch_lines([f"*open.omni on {', '.join(ENGINE_NAMES)}*"])
