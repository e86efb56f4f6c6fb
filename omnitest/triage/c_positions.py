"""Where a position in an OmniLisp source is in the emitted C.

Tools report the ``.omni`` line that ``#line`` gives them; this finds the C lines behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from omnitest.outcome import Frame

_LINE = re.compile(r'#line (\d+) "((?:[^"\\]|\\.)*)"')
_HEAD = re.compile(r"static omni_pending (\w+)\(.*\) \{$")


@dataclass(frozen=True, slots=True)
class CLine:
    """A line of emitted C: its 1-based ``number``, ``function``, and the source line it stands for."""

    number: int
    function: str
    source_line: int
    text: str


def c_lines(c_text: str) -> list[CLine]:
    """All lines of code of an emitted program, ``#line`` directives left out."""
    lines: list[CLine] = []
    function, source_line = "", 0
    for number, text in enumerate(c_text.splitlines(), 1):
        directive = _LINE.match(text)
        if directive is not None:
            source_line = int(directive[1])
            continue
        head = _HEAD.match(text)
        if head is not None:
            function = head[1]
        lines.append(CLine(number, function, source_line, text))
        source_line += 1
    return lines


def excerpt(c_text: str, frame: Frame, around: int = 2) -> str:
    """The C behind ``frame`` with some lines around it, the lines of that position marked ``>``.

    Empty when the frame is not in the emitted code.
    """
    suffix = frame.function.partition("_f")[2]
    lines = [line for line in c_lines(c_text) if suffix and line.function.partition("_f")[2] == suffix]
    at = [i for i, line in enumerate(lines) if line.source_line == frame.line]
    if not at:
        return ""
    shown = sorted({j for i in at for j in range(max(0, i - around), min(len(lines), i + around + 1))})
    out: list[str] = []
    for before, i in zip([-1, *shown], shown, strict=False):
        if i > before + 1 and out:
            out.append("        …")
        line = lines[i]
        out.append(f"{'>' if line.source_line == frame.line else ' '} {line.number:5} {line.text}")
    return "\n".join(out)
