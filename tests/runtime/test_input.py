"""What is read from the standard input in C is what is read in the reference interpreter."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from compiler.flavours import FLAVOURS
from reference_interp.builtins import SESSION_IMPLEMENTATIONS
from reference_interp.printer import write
from reference_interp.session import Session
from reference_interp.values import EOF, Value
from tests.runtime.build import C_TESTS, build_c_test

PIECES = (b"\n", b"a", b"\r", "λ\U0001f600".encode(), b"\x80", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f", b"\xff", b"\0")
LONGER_THAN_THE_BUFFER = "aλ".encode() * 5000  # so that a character lies across its end


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_c_test(C_TESTS / "input_driver.c", FLAVOURS["asan"], tmp_path_factory.mktemp("input"))


def reference_output(reader: str, data: bytes) -> str:
    session = Session(BytesIO(data), 1 << 26, None, None)

    def read() -> Value:
        return SESSION_IMPLEMENTATIONS[reader](session, *([3] if reader == "read-string" else []))

    text = ""
    while (got := read()) is not EOF:
        if reader == "peek-char":
            assert SESSION_IMPLEMENTATIONS["read-char"](session) == got
        text += write(got) + "\n"
    return text


def random_input(seed: int) -> bytes:
    random = Random(seed)
    return b"".join(random.choice(PIECES) for _ in range(300))


INPUTS = {
    "empty": b"",
    "line feed": b"\n",
    "line feeds": b"\n\n",
    "no line feed": b"end",
    "two lines": b"one\ntwo",
    "long": LONGER_THAN_THE_BUFFER,
    "long between": b"x\n" + LONGER_THAN_THE_BUFFER + b"\ny",
    **{f"random {seed}": random_input(seed) for seed in range(5)},
}


@pytest.mark.parametrize("reader", ["read-line", "read-char", "peek-char", "read-string"])
@pytest.mark.parametrize("data", INPUTS.values(), ids=INPUTS.keys())
def test_what_is_read_agrees(driver: Path, reader: str, data: bytes) -> None:
    done = subprocess.run([driver, reader], input=data, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, reference_output(reader, data))
