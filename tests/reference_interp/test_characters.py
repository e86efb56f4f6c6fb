"""Classes and cases of characters: the data, and what they mean."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from reference_interp import characters, unicode_data

TOOL = Path(__file__).parents[2] / "tools" / "unicode_data.py"
SCALAR_VALUES = [code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]


def test_the_data_are_those_of_the_version_they_name(tmp_path: Path) -> None:
    """The tool writes the same from a Python with that version of Unicode, and refuses with any other Python."""
    written = tmp_path / "unicode_data.py"
    done = subprocess.run([sys.executable, TOOL, written], capture_output=True, timeout=300, check=False)
    if unicodedata.unidata_version == unicode_data.VERSION:
        assert written.read_text(encoding="utf-8") == Path(unicode_data.__file__).read_text(encoding="utf-8")
    else:
        assert done.returncode == 1 and not written.exists()


def test_folding_is_what_every_later_version_must_keep() -> None:
    """Unicode never changes how a character folds that it has."""
    for code in SCALAR_VALUES:
        folded = characters.foldcase_text(chr(code))
        if folded != chr(code):
            assert folded == chr(code).casefold(), hex(code)


def test_classes_are_consistent() -> None:
    tests = (
        characters.is_alphabetic,
        characters.is_upper_case,
        characters.is_lower_case,
        characters.is_white_space,
    )
    alphabetic, upper, lower, white = [{code for code in SCALAR_VALUES if holds(code)} for holds in tests]
    digits = {code for code in SCALAR_VALUES if characters.digit_value(code) is not None}
    assert upper | lower < alphabetic
    assert not upper & lower
    assert not alphabetic & (white | digits)
    assert not white & digits


def test_simple_and_full_mappings_agree_where_one_character_is_enough() -> None:
    pairs = (
        (characters.upcase, characters.upcase_text),
        (characters.downcase, characters.downcase_text),
        (characters.foldcase, characters.foldcase_text),
    )
    for simple, full in pairs:
        for code in SCALAR_VALUES:
            text = full(chr(code))
            assert len(text) > 1 or ord(text) == simple(code), hex(code)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "ABC xyz 09", "Straße", "ΑΣ", "\u0130", "ﬃ", "\u01c5", "\u1e9e"],
)
def test_a_text_is_mapped_character_by_character(text: str) -> None:
    for function in (characters.upcase_text, characters.downcase_text, characters.foldcase_text):
        assert function(text) == "".join([function(char) for char in text])


def test_folded_text_folds_to_itself() -> None:
    for code in SCALAR_VALUES:
        folded = characters.foldcase_text(chr(code))
        assert characters.foldcase_text(folded) == folded, hex(code)
