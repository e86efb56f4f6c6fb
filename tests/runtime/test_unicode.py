"""The runtime's classes and cases of characters are those of the reference interpreter, for every character."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from compiler.flavours import FLAVOURS
from reference_interp import characters
from tests.runtime.build import C_TESTS, build_c_test


def reference_lines() -> Iterator[str]:
    """What the driver ought to print (see ``unicode_driver.c``)."""
    simple = (characters.upcase, characters.downcase, characters.foldcase)
    full = (characters.upcase_text, characters.downcase_text, characters.foldcase_text)
    classes = {
        "A": characters.is_alphabetic,
        "U": characters.is_upper_case,
        "L": characters.is_lower_case,
        "W": characters.is_white_space,
    }
    for code in range(0x110000):
        if 0xD800 <= code <= 0xDFFF:
            continue
        letters = "".join([letter for letter, holds in classes.items() if holds(code)])
        digit = characters.digit_value(code)
        mapped = [function(code) for function in simple]
        texts = [function(chr(code)) for function in full]
        if letters or digit is not None or mapped != [code] * 3 or texts != [chr(code)] * 3:
            shown = " ".join(["+".join([f"{ord(char):x}" for char in text]) for text in texts])
            codes = " ".join([f"{each:x}" for each in mapped])
            yield f"{code:x} :{letters} {'-' if digit is None else digit} {codes} {shown}"


def test_every_character_agrees(tmp_path: Path) -> None:
    driver = build_c_test(C_TESTS / "unicode_driver.c", FLAVOURS["asan"], tmp_path)
    done = subprocess.run([driver], capture_output=True, timeout=300, check=True)
    assert done.stdout.decode().splitlines() == list(reference_lines())
