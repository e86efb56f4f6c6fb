"""Programs that use files and the system do the same compiled as in the reference interpreter, and leave the same."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from compiler.cli import MAIN_SYMBOL, standalone_text
from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.flavours import FLAVOURS
from compiler.toolchain import build_program
from reference_interp import parse, run
from reference_interp.session import Surroundings

PROGRAMS = {
    "text": r"""
        (call-with-output-file "a.txt" (lambda (p) (display "λ one\ntwo \x1F600;\n" p) (write '("x" #\a) p)))
        (define in (open-input-file "a.txt"))
        (print (list (read-char in) (peek-char in) (read-line in) (read-string 4 in) (read-line in)))
        (print (list (read in) (read in) (read-char in) (read-line in)))
        (close-port in)
        (print (guard (e (#t e)) (read-char in)))
        """,
    "bytes": """
        (define out (open-binary-output-file "b.bin"))
        (define (fill n) (if (< n 300) (begin (write-u8 (remainder n 256) out) (fill (+ n 1)))))
        (fill 0)
        (write-bytevector (read (open-input-string "#u8(255 254 253)")) out 1)
        (close-output-port out)
        (define in (open-binary-input-file "b.bin"))
        (print (list (read-u8 in) (peek-u8 in) (read-bytevector 3 in)))
        (print (read-bytevector 1000 in))
        (print (list (read-bytevector 1 in) (read-u8 in)))
        """,
    "while written": """
        (define out (open-output-file "c.txt"))
        (define other (open-output-file "d.txt"))
        (define in (open-input-file "c.txt"))
        (write-string "ab" out)
        (write-string "12" other)
        (print (read-string 5 in))
        (write-string "cd" out)
        (print (read-string 5 in))
        (define again (open-output-file "c.txt"))
        (write-string "z" again)
        (write-string "ef" out)
        (print (call-with-input-file "c.txt" read-line))
        (delete-file "d.txt")
        (print (list (file-exists? "c.txt") (file-exists? "d.txt")))
        (write-string "unclosed" out)
        """,
    "more than buffers": """
        (define out (open-output-file "e.txt"))
        (define (fill n) (if (> n 0) (begin (write n out) (write-string " λ\n" out) (fill (- n 1)))))
        (fill 5000)
        (write-string (make-string 20000 #\\λ) out)
        (close-port out)
        (define in (open-input-file "e.txt"))
        (define (sum total)
          (let ((x (read in))) (if (number? x) (begin (read-line in) (sum (+ total x))) (list total x))))
        (print (car (sum 0)))
        """,
    "failures": r"""
        (define (try thunk) (print (guard (e (#t e)) (thunk))))
        (try (lambda () (open-input-file "none.txt")))
        (try (lambda () (open-output-file "none/none.txt")))
        (try (lambda () (open-binary-input-file ".")))
        (try (lambda () (open-input-file "")))
        (try (lambda () (open-input-file "a\x0;b")))
        (try (lambda () (delete-file "none.txt")))
        (try (lambda () (read-u8)))
        (try (lambda () (call-with-port 1 list)))
        (try (lambda () (call-with-output-file "f.txt" 5)))
        (print (list (file-exists? "f.txt") (file-exists? "") (file-exists? "a\x0;b") (file-exists? "..")))
        (close-port (current-input-port))
        (try read-char)
        (try (lambda () (read-line 'x)))
        """,
    "system": r"""
        (print (command-line))
        (print (map get-environment-variable '("PATH=" "" "a\x0;")))
        (print (equal? (get-environment-variable "PATH") (cdr (assoc "PATH" (get-environment-variables)))))
        (print (let ((t (current-jiffy))) (list (<= t (current-jiffy)) (< 1e9 (current-second)) (jiffies-per-second))))
        (display "to the error port" (current-error-port))
        """,
    "many files": """
        (define (open-many n) (if (> n 0) (begin (write n (open-output-file "g.txt")) (open-many (- n 1)))))
        (open-many 2000)
        (print (call-with-input-file "g.txt" read))
        """,
}


def _left_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_becomes_of_files(name: str, tmp_path: Path) -> None:
    program = parse(PROGRAMS[name], "files.omni")
    folders = [tmp_path / "reference", tmp_path / "compiled"]
    for folder in folders:
        folder.mkdir()
    errors: list[str] = []
    surroundings = Surroundings(("one", "λ"), str(folders[0]), errors.append)
    expected = run(program, surroundings=surroundings)
    assert expected.condition is None

    executable = tmp_path / "program"
    compiled = compile_program(program, CompileOptions(prefix=MAIN_SYMBOL))
    build_program([standalone_text(compiled)], FLAVOURS["asan"], executable)
    command = [str(executable), "one", "λ"]
    with open("/dev/null", "rb") as nothing:
        done = subprocess.run(command, capture_output=True, cwd=folders[1], timeout=60, check=False, stdin=nothing)
    assert (done.returncode, done.stderr.decode()) == (0, "".join(errors))
    assert done.stdout.decode() == expected.output.decode()
    assert _left_in(folders[1]) == _left_in(folders[0])
