"""Ports: decoding, laziness, files, limits."""

from __future__ import annotations

import gc
import io
import os
from pathlib import Path
from random import Random

import pytest

from reference_interp import parse, run
from reference_interp.ports import InputPort, Source
from reference_interp.session import Surroundings


class Pieces(Source):
    """Gives its pieces one by one and says how many it gave."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.given = 0

    def read(self) -> bytes:
        self.given += 1
        return self.pieces[self.given - 1] if self.given <= len(self.pieces) else b""

    def ready(self) -> bool:
        return False

    def close(self) -> None:
        pass


def _characters(port: InputPort) -> str:
    text = ""
    while char := port.peek_character("test"):
        assert port.read_character("test") == char
        text += char
    return text


@pytest.mark.parametrize("seed", range(20))
def test_characters_are_decoded_as_python_does_it(seed: int) -> None:
    """Whatever the bytes are and however they arrive."""
    random = Random(seed)
    alphabet = [*("aλ\u0800\U0001f600\ud7ff".encode()), 0x80, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xF5, 0xFF]
    data = bytes(random.choices(alphabet, k=400))
    pieces, rest = [], data
    while rest:
        size = random.randint(1, 5)
        pieces.append(rest[:size])
        rest = rest[size:]
    assert _characters(InputPort(True, source=Pieces(pieces))) == data.decode("utf-8", "replace")
    assert _characters(InputPort(True, data)) == data.decode("utf-8", "replace")


def test_no_more_is_read_than_is_asked_for() -> None:
    source = Pieces([b"(a ", b"b)", b"rest\xce", b"\xbb\n", b"never"])
    port = InputPort(True, source=source)
    assert port.read_character("test") == "(" and source.given == 1
    assert port.read_line("test") == "a b)restλ" and source.given == 4


def _run(program: str, directory: Path | None = None) -> tuple[str, str | None]:
    surroundings = Surroundings(directory=None if directory is None else str(directory))
    result = run(parse(program), surroundings=surroundings)
    assert result.condition is None, result.condition
    return result.output.decode(), result.value


def test_files_are_in_the_directory_of_the_run(tmp_path: Path) -> None:
    program = """
    (call-with-output-file "new.txt" (lambda (port) (write-string "λ\\nb" port)))
    (list (file-exists? "new.txt") (file-exists? "old.txt") (call-with-input-file "new.txt" read-line))
    """
    assert _run(program, tmp_path) == ("", '(#t #f "λ")')
    assert (tmp_path / "new.txt").read_text(encoding="utf-8") == "λ\nb"


def test_what_is_written_is_in_the_file_at_once(tmp_path: Path) -> None:
    program = """
    (define out (open-output-file "f.txt"))
    (define in (open-input-file "f.txt"))
    (write-string "ab" out)
    (define first (read-string 9 in))
    (write-string "cd" out)
    (list first (read-string 9 in) (read-char in))
    """
    assert _run(program, tmp_path) == ("", '("ab" "cd" #<eof>)')


def test_descriptors_are_not_lost(tmp_path: Path) -> None:
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    _run('(define (f n) (if (> n 0) (begin (open-output-file "f.txt") (f (- n 1))))) (f 50)', tmp_path)
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_output_limit_counts_files_too(tmp_path: Path) -> None:
    program = '(define p (open-output-file "f.txt")) (define (f) (write-string "0123456789" p) (f)) (f)'
    result = run(parse(program), surroundings=Surroundings(directory=str(tmp_path)), output_limit=25)
    assert result.exhausted == "output" and result.output == b""
    assert (tmp_path / "f.txt").read_bytes() == b"0123456789012345678901234"[:25]


def test_a_string_port_has_the_memory_limit() -> None:
    program = '(define p (open-output-string)) (define (f) (write-string "0123456789" p) (f)) (f)'
    result = run(parse(program), memory=10_000)
    assert result.condition is not None and result.condition.kind == "out-of-memory"


def test_errors_and_arguments() -> None:
    errors: list[str] = []
    surroundings = Surroundings(arguments=("a", "λ"), write_error=errors.append)
    program = parse('(display "wrong: λ" (current-error-port)) (command-line)', "name.omni")
    result = run(program, surroundings=surroundings)
    assert (errors, result.output, result.value) == (["wrong: λ"], b"", '("name.omni" "a" "λ")')


def test_the_standard_input_stays_at_its_end() -> None:
    stream = io.BytesIO(b"x")
    result = run(parse("(read-char) (define a (read-char)) (list a (read-char) (char-ready?))"), stdin=stream)
    assert result.value == "(#<eof> #<eof> #t)"


def test_time_goes_on() -> None:
    value = _run("(let ((t (current-jiffy))) (list (<= t (current-jiffy)) (< 1e9 (current-second))))")[1]
    assert value == "(#t #t)"


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNI_TEST_NAME", "a value")
    program = """
    (define all (get-environment-variables))
    (list (get-environment-variable "OMNI_TEST_NAME") (cdr (assoc "OMNI_TEST_NAME" all))
          (get-environment-variable "OMNI_TEST_NONE") (get-environment-variable ""))
    """
    assert _run(program)[1] == '("a value" "a value" #f #f)'
