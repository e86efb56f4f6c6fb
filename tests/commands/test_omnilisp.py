"""The ``omnilisp`` command as a user meets it: output, exit statuses, and every way to get it wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from compiler.cli import app

OMNILISP = Path(sys.executable).with_name("omnilisp")

BOTH = pytest.mark.parametrize("command", ["interp", "run"])


def omnilisp(
    *args: str | Path, stdin: bytes = b"", cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120", **(env or {})}
    return subprocess.run(
        [OMNILISP, *map(str, args)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment,
        timeout=120,
        check=False,
    )


def inside(*args: str | Path) -> Result:
    """The same in this process: for what is between the command line and a program that runs."""
    result = CliRunner().invoke(
        app, list(map(str, args)), env={"NO_COLOR": "1", "COLUMNS": "120"}, prog_name="omnilisp"
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return tmp_path / "program.omni"


@BOTH
def test_stdout_is_exactly_what_the_program_writes(program: Path, command: str) -> None:
    program.write_text('(display "λ ")\n(write "a\\nb")\n(+ 1 2)\n')
    done = omnilisp(command, program)
    assert (done.stdout, done.stderr, done.returncode) == ('λ "a\\nb"'.encode(), b"", 0)


@pytest.mark.parametrize("command", ["interp", "run", "emit", "build"])
def test_warnings_go_to_stderr_and_change_nothing_else(program: Path, tmp_path: Path, command: str) -> None:
    program.write_text("(display (match 5\n  (n n)\n  (0 'zero)))\n")
    done = omnilisp(command, program, *(["-o", str(tmp_path / "made")] if command in ("emit", "build") else []))
    warning, hint = done.stderr.decode().splitlines()
    expected = f"{program}:3:3: warning: match: this clause is never chosen: the clause on line 2 matches everything"
    assert (warning, hint.startswith("  hint: ")) == (expected, True)
    assert (done.stdout, done.returncode) == (b"5" if command in ("interp", "run") else b"", 0)


@BOTH
def test_print_adds_the_final_value(program: Path, command: str) -> None:
    program.write_text('(display "x") (list 1.5 #\\a "s" (quote sym))')
    assert omnilisp(command, "--print", program).stdout == b'x(1.5 #\\a "s" sym)\n'


@BOTH
def test_stdin_reaches_the_program(program: Path, command: str) -> None:
    program.write_text("(define a (read-line)) (define b (read-line)) (print (list a b (eof-object? (read-line))))")
    assert omnilisp(command, program, stdin="één\nzwei".encode()).stdout == '("één" "zwei" #t)\n'.encode()


@BOTH
def test_arguments_reach_the_program_and_errors_have_their_own_way(program: Path, command: str) -> None:
    program.write_text('(display "wrong" (current-error-port)) (print (cdr (command-line)))', encoding="utf-8")
    done = omnilisp(command, program, "a", "λ", "--", "-b")
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, '("a" "λ" "-b")\n', b"wrong")


@BOTH
def test_input_is_read_when_the_program_asks_and_not_before(program: Path, command: str) -> None:
    program.write_text('(display "ready") (if (= 1 2) (read-line))')
    with subprocess.Popen([OMNILISP, command, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.wait(timeout=60) == 0  # although nobody has closed its standard input
        assert process.stdout is not None
        assert process.stdout.read() == b"ready"


@BOTH
def test_an_uncaught_condition(program: Path, command: str) -> None:
    program.write_text('(display "before")\n(define (f x)\n  (+ 1 (car x)))\n(print (f 5))\n')
    done = omnilisp(command, program)
    assert done.stdout == b"before"
    assert done.stderr.decode() == f"{program}:3:8: error: type-error: car: expected a pair: 5\n"
    assert done.returncode == 70


@BOTH
def test_errors_in_the_library_are_shown_at_the_users_call(program: Path, command: str) -> None:
    program.write_text("(define (go)\n  (list (map car '(1 2))))\n(go)\n")
    done = omnilisp(command, program)
    assert done.stderr.decode().startswith(f"{program}:2:9: error: type-error: car: expected a pair: 1")


@BOTH
def test_syntax_errors(program: Path, command: str) -> None:
    program.write_text("(define (f x)\n  (let ((y 1)\n    y))\n")
    done = omnilisp(command, program)
    assert done.returncode == 65
    assert done.stderr.decode().startswith(f"{program}:1:1: error: syntax: ")


BAD_TEXT = {
    "unbalanced": b"(display (+ 1 2)",
    "stray closer": b"(display 1))",
    "bad literal": b"#\\nosuchname",
    "integer out of range": b"9223372036854775808",
    "not utf-8": b'(display "\xff")',
    "nested too deeply": b"(" * 100_000 + b")" * 100_000,
    "malformed let": b"(let ((x)) x)",
    "reserved": b"(define true 1)",
}


@pytest.mark.parametrize("text", BAD_TEXT.values(), ids=BAD_TEXT.keys())
@pytest.mark.parametrize("command", ["interp", "run", "emit"])
def test_bad_text_is_a_message_with_a_position(program: Path, command: str, text: bytes) -> None:
    program.write_bytes(text)
    done = inside(command, program)
    lines = done.stderr.splitlines()
    assert done.exit_code == 65
    assert lines[0].startswith(f"{program}:1:")
    assert "Traceback" not in done.stderr
    assert len(lines) <= 2


def test_files_that_cannot_be_read(tmp_path: Path, program: Path) -> None:
    program.write_text("1")
    missing = inside("interp", tmp_path / "progam.omni")
    assert missing.exit_code == 66
    assert f"did you mean {program}?" in missing.stderr
    folder = inside("run", tmp_path)
    assert folder.exit_code == 66
    assert "is a directory" in folder.stderr


@BOTH
def test_an_empty_file_is_a_program(program: Path, command: str) -> None:
    program.write_bytes(b"")
    done = omnilisp(command, "--print", program)
    assert (done.stdout, done.returncode) == (b"nothing\n", 0)


@BOTH
def test_a_ten_megabyte_line(program: Path, command: str) -> None:
    program.write_bytes(b'(string-length "' + b"x" * 10_000_000 + b'")')
    done = omnilisp(command, "--print", program)
    assert (done.stdout, done.returncode) == (b"10000000\n", 0)


def test_interp_ends_with_the_status_that_the_program_gave_to_exit(program: Path) -> None:
    program.write_text('(dynamic-wind list (lambda () (display "before") (exit 7)) (lambda () (display " after")))')
    done = omnilisp("interp", "--print", program)
    assert (done.stdout, done.stderr, done.returncode) == (b"before after", b"", 7)


def test_interp_stops_at_its_step_budget(program: Path) -> None:
    program.write_text("(define (loop) (loop)) (loop)")
    done = omnilisp("interp", "--steps", "1000", program)
    assert done.returncode == 70
    assert "budget of 1000 steps" in done.stderr.decode()


def test_build_makes_an_executable_of_its_own(program: Path, tmp_path: Path) -> None:
    program.write_text('(display "hello") 42')
    source = program.rename(tmp_path / "source.txt")
    made = tmp_path / "hello"
    assert omnilisp("build", source, "-o", made).returncode == 0
    done = subprocess.run([made], capture_output=True, env={"OMNI_PRINT": "1"}, check=False)
    assert (done.stdout, done.returncode) == (b"hello42\n", 0)
    assert not list(tmp_path.glob("*.c"))


def test_emit_writes_plain_c_that_leads_back_to_the_source(program: Path, tmp_path: Path) -> None:
    program.write_text("(define (f x)\n  (car x))\nf\n")
    made = tmp_path / "f.c"
    assert inside("emit", program, "-o", made).exit_code == 0
    text = made.read_text()
    assert f'#line 2 "{program}"' in text
    assert "__" not in text.replace("__omni", "")
    refused = inside("emit", program, "-o", tmp_path / "no" / "such" / "f.c")
    assert refused.exit_code == 73


def test_dumps_and_statistics(program: Path) -> None:
    program.write_text("(define (f x) (car x)) f")
    dump = inside("emit", "--dump-after", "ownership", program)
    assert "drop" in dump.stdout
    unknown = inside("emit", "--dump-after", "ownershp", program)
    assert unknown.exit_code == 2
    assert "ownership" in unknown.stderr
    stats = inside("emit", "--stats", "--json", program)
    assert "ownership.drops" in stats.stderr


def test_unknown_commands_suggest_the_nearest() -> None:
    done = omnilisp("bild", "x.omni")
    assert done.returncode == 2
    assert "build" in done.stderr.decode()


def test_help_has_examples_and_statuses() -> None:
    for command in ("interp", "run", "emit", "build"):
        text = inside(command, "--help").stdout
        assert "Example" in text
        assert "Exit status" in text
