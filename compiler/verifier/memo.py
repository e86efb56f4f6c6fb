"""Not proving the same function twice.

Programs share library procedures, and shrinking changes one place at a time, so most functions of a
program have been verified before under another name. A proof depends on a function's own statements, on the
prototypes of what it calls and on the frames that it continues, nothing else: two functions with the same
text up to the numbers of functions, globals, literals and groups, with callees of the same prototypes and
frames of the same layout, share one proof.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from compiler.verifier.frames import Frames, layout

_START = re.compile(r"^static omni_pending (\w+)\((.*)\) \{$")
_PROTOTYPE = re.compile(r"^static omni_pending (\w+)\((.*)\);$")
_LINE = re.compile(r"^#line .*\n", re.M)
_FUNCTION = re.compile(r"\b\w+_f\d+_\w*\b|\b\w+_f\d+\b")
_TABLE = re.compile(r"\b\w+_(globals\[|literals, |group)\d+")
_PARAMETER = re.compile(r"(omni_\w+ \*?)\w+")
_LIMIT = 50_000  # proofs remembered by a process


@dataclass(frozen=True, slots=True)
class Pieces:
    """An emitted text taken apart: ``rest`` (tables, prototypes) and each function with its key."""

    rest: str
    functions: tuple[tuple[str, str], ...]  # (key, text with its leading #line)


def take_apart(c_text: str, frames: Frames) -> Pieces:
    """Split the text of a program, which saves ``frames``, at its function definitions."""
    rest: list[str] = []
    functions: list[tuple[str, str]] = []
    prototypes: dict[str, str] = {}
    chunk: list[str] | None = None
    name = ""
    for line in c_text.splitlines():
        if chunk is not None:
            chunk.append(line)
            if line == "}":
                text = "\n".join(chunk)
                functions.append((_key(text, prototypes) + layout(frames, name), text))
                chunk = None
        elif (start := _START.match(line)) is not None:
            chunk, name = [line], start[1]
            if rest and rest[-1].startswith("#line"):
                chunk.insert(0, rest.pop())
        else:
            found = _PROTOTYPE.match(line)
            if found is not None:
                prototypes[found[1]] = _PARAMETER.sub(r"\1", found[2])
            rest.append(line)
    if chunk is not None:
        rest.extend(chunk)
    return Pieces("\n".join(rest), tuple(functions))


def _key(text: str, prototypes: dict[str, str]) -> str:
    text = _TABLE.sub(r"\1", _LINE.sub("", text))
    return _FUNCTION.sub(lambda m: f"<{prototypes.get(m.group(), m.group())}>", text)


class Memory:
    """Keys of functions that have been proved, the oldest forgotten first."""

    def __init__(self) -> None:
        self._proved: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._proved

    def add(self, key: str) -> None:
        """Remember a proof."""
        if len(self._proved) >= _LIMIT:
            del self._proved[next(iter(self._proved))]
        self._proved[key] = None
