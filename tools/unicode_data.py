"""Write ``reference_interp/unicode_data.py``: what OmniLisp knows about Unicode, from Python's own database.

The language is defined by one version of Unicode, whatever Python it runs on. So this is needed once for each
version of Unicode that the language adopts, with a Python that has it:

    python tools/unicode_data.py [FILE]
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from textwrap import wrap

VERSION = "14.0.0"
TARGET = Path(__file__).parents[1] / "reference_interp" / "unicode_data.py"
SCALAR_VALUES = [code for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]

_HEAD = '''\
"""Unicode {version}: classes and cases of characters. Written by tools/unicode_data.py; do not edit.

All numbers are hexadecimal. A set is a list of runs: ``A``, ``A-B``, or ``A-B/2`` for every second one of them. In a
mapping, each run is followed by ``:`` and what its first member maps to; the others follow at the same distance.
In the mappings to several characters, ``A:B+C+D`` says that A becomes these three. What the sets and mappings mean
is said in :mod:`reference_interp.characters`, which reads them.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = "{version}"
'''


def _members(holds: Callable[[str], bool]) -> list[int]:
    return [code for code in SCALAR_VALUES if holds(chr(code))]


def _is_letter(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] == "L" or category == "Nl" or char.isupper() or char.islower()


def _is_white_space(char: str) -> bool:
    return unicodedata.category(char)[0] == "Z" or char in "\t\n\v\f\r\x85"


# ---- simple mappings: Python has the full ones only ---------------------------------------------------------


def _simple_upper(char: str) -> str:
    """Where the full mapping has several characters, the simple one is the title case, or there is none."""
    return next((mapped for mapped in (char.upper(), char.title()) if len(mapped) == 1), char)


def _simple_lower(char: str) -> str:
    return "i" if char == "\u0130" else char.lower()


def _simple_fold(char: str) -> str:
    """Where the full mapping has several characters, the simple one is the lower case, but U+0130 has none."""
    folded = char.casefold()
    if len(folded) == 1:
        return folded
    return char if char == "\u0130" else _simple_lower(char)


def _mapping(function: Callable[[str], str]) -> dict[int, int]:
    return {code: ord(function(chr(code))) for code in SCALAR_VALUES if function(chr(code)) != chr(code)}


def _expansions(function: Callable[[str], str]) -> dict[int, str]:
    return {code: function(chr(code)) for code in SCALAR_VALUES if len(function(chr(code))) > 1}


# ---- as text ------------------------------------------------------------------------------------------------


def _runs(codes: Iterable[int], distance: Callable[[int], int]) -> list[tuple[int, int, int]]:
    """First, last and step of maximal runs of sorted ``codes`` that have one step, 1 or 2, and one ``distance``."""
    runs: list[tuple[int, int, int]] = []
    for code in codes:
        if runs:
            first, last, step = runs[-1]
            gap = code - last
            if distance(code) == distance(last) and gap <= 2 and (first == last or gap == step):
                runs[-1] = (first, code, gap)
                continue
        runs.append((code, code, 1))
    return runs


def _run_text(first: int, last: int, step: int) -> str:
    if first == last:
        return f"{first:x}"
    return f"{first:x}-{last:x}" + ("" if step == 1 else f"/{step}")


def _set_text(codes: Iterable[int]) -> list[str]:
    return [_run_text(*run) for run in _runs(codes, lambda code: 0)]


def _mapping_text(mapping: Mapping[int, int]) -> list[str]:
    runs = _runs(mapping, lambda code: mapping[code] - code)
    return [f"{_run_text(*run)}:{mapping[run[0]]:x}" for run in runs]


def _expansion_text(expansions: Mapping[int, str]) -> list[str]:
    return [f"{code:x}:" + "+".join(f"{ord(char):x}" for char in text) for code, text in expansions.items()]


def unicode_data() -> str:
    """The text of the module. The Python that runs this must have Unicode ``VERSION``."""
    tables = {
        "ALPHABETIC": _set_text(_members(_is_letter)),
        "UPPER_CASE": _set_text(_members(str.isupper)),
        "LOWER_CASE": _set_text(_members(str.islower)),
        "WHITE_SPACE": _set_text(_members(_is_white_space)),
        # Decimal digits come in tens, in the order of their values: each ten is a run of its own.
        "DIGITS": [f"{zero:x}-{zero + 9:x}" for zero in _members(lambda char: unicodedata.decimal(char, None) == 0)],
        "UPCASE": _mapping_text(_mapping(_simple_upper)),
        "DOWNCASE": _mapping_text(_mapping(_simple_lower)),
        "FOLDCASE": _mapping_text(_mapping(_simple_fold)),
        "UPCASE_EXPANSIONS": _expansion_text(_expansions(str.upper)),
        "DOWNCASE_EXPANSIONS": _expansion_text(_expansions(str.lower)),
        "FOLDCASE_EXPANSIONS": _expansion_text(_expansions(str.casefold)),
    }
    text = _HEAD.format(version=VERSION)
    for name, tokens in tables.items():
        lines = "\n".join(wrap(" ".join(tokens), 118, break_on_hyphens=False))
        text += f'\n{name}: Final = """\n{lines}\n"""\n'
    return text


def main() -> int:
    """Command line; exit status 1 if this Python has another version of Unicode."""
    if unicodedata.unidata_version != VERSION:
        print(f"this Python has Unicode {unicodedata.unidata_version}, the language {VERSION}", file=sys.stderr)
        return 1
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.write_text(unicode_data(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
