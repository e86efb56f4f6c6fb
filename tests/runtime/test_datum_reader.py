"""``read`` gives in C what it gives in the reference interpreter, whatever the text."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from random import Random

import pytest

from compiler.flavours import FLAVOURS
from reference_interp.datum_reader import read_datum
from reference_interp.errors import Raised
from reference_interp.ports import InputPort
from reference_interp.printer import TextTooLong, write
from reference_interp.values import EOF, Value
from tests.reference_interp.data_texts import SAMPLES, mutated, random_text
from tests.runtime.build import C_TESTS, build_c_test

ROOM = 1 << 20  # as in the driver
#: A nightly run asks for more.
SEEDS = range(int(os.environ.get("OMNITEST_SEEDS", "1")))


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_c_test(C_TESTS / "datum_driver.c", FLAVOURS["asan"], tmp_path_factory.mktemp("data"))


def _shown(how: str, value: Value) -> str:
    try:
        return f"{how} {write(value, ROOM)}\n"
    except TextTooLong:
        return f"{how} endless\n"


def reference_answer(text: bytes) -> str:
    port = InputPort(True, text)
    answer = ""
    while True:
        try:
            value = read_datum(port)
        except Raised as raised:
            answer += _shown("raised", raised.payload)
        else:
            answer += _shown("value", value)
            if value is EOF:
                return answer + "\n"


def driver_answer(driver: Path, texts: list[bytes]) -> str:
    requests = b"".join(b"%d\n%s" % (len(text), text) for text in texts)
    done = subprocess.run([driver], input=requests, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def check_agreement(driver: Path, texts: list[bytes]) -> None:
    expected = [reference_answer(text) for text in texts]
    if driver_answer(driver, texts) != "".join(expected):
        for text, one in zip(texts, expected, strict=True):
            assert driver_answer(driver, [text]) == one, text
        pytest.fail("the texts are read differently together only")


def test_samples_agree(driver: Path) -> None:
    check_agreement(driver, [text.encode() for text in SAMPLES])


@pytest.mark.parametrize("seed", SEEDS)
def test_random_texts_agree(driver: Path, seed: int) -> None:
    random = Random(seed)
    texts = [random_text(random) for _ in range(1500)]
    check_agreement(driver, [text.encode() for text in texts])


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_texts_agree(driver: Path, seed: int) -> None:
    """Also bytes that are not UTF-8."""
    random = Random(seed)
    check_agreement(driver, [mutated(random_text(random).encode(), random) for _ in range(1500)])


def test_long_and_deep_data_agree(driver: Path) -> None:
    depth = 3000
    check_agreement(
        driver,
        [
            b"(" * depth + b")" * depth,
            b"'" * 2000 + b"a",
            b"#(" * 2000 + b")" * 2000,
            b"(" + b"x " * depth + b". y)",
            b'"' + b"ab\\n" * depth + b'"',
            b"#|" * depth + b"|#" * depth + b"end",
            b"(#0=a" + b" #0#" * depth + b")",
            b"#0=(" + b"a " * 2000 + b". #0#)",
        ],
    )
