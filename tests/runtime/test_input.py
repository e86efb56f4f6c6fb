"""read-line gives in C what it gives in the reference interpreter."""

from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random

import pytest

from compiler.flavours import FLAVOURS
from reference_interp.printer import write
from reference_interp.session import Session
from reference_interp.values import EOF
from tests.runtime.build import C_TESTS, build_c_test

PIECES = (b"\n", b"a", b"\r", "λ\U0001f600".encode(), b"\x80", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f", b"\xff", b"\0")
LONGER_THAN_THE_BUFFER = "λ".encode() * 5000


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_c_test(C_TESTS / "input_driver.c", FLAVOURS["asan"], tmp_path_factory.mktemp("input"))


def reference_lines(data: bytes) -> str:
    session = Session(data, 1 << 26, None, None)
    text = ""
    while (line := session.read_line()) is not EOF:
        text += write(line) + "\n"
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


@pytest.mark.parametrize("data", INPUTS.values(), ids=INPUTS.keys())
def test_lines_agree(driver: Path, data: bytes) -> None:
    done = subprocess.run([driver], input=data, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, reference_lines(data))
