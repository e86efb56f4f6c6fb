"""Not proving the same function twice.

Programs share the library's procedures, whose functions have the same text in all of them but for the prefix of the
program's symbols and positions in its tables. The first is a renaming of identifiers, the second are numbers in
places where the verifier expects no value of the language and looks at none. Besides the text, a proof depends on
the prototypes of the functions that the text mentions and on the frames that the function continues. So where all
of these are as they were, the function is parsed and proved already.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from compiler.verifier.frames import Frames
from compiler.verifier.parse import Signature, header

_HEAD = re.compile(r"^static omni_pending (\w+)\([^{}\n]*\) \{$", re.M | re.ASCII)
_DESCRIPTOR = re.compile(r"^const omni_program (\w+) = \{", re.M | re.ASCII)
_GLOBAL = re.compile(r"@globals\[[0-9]+")
_LITERAL = re.compile(r"@literals, [0-9]+")
_LIMIT = 4096  # proofs remembered by a process


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one function; ``key`` is the same for functions that differ in prefix and positions alone."""

    name: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Pieces:
    """An emitted text taken apart: declarations and tables, and the functions between them."""

    prefix: str
    before: str
    functions: list[Text]
    after: str


def take_apart(c_text: str) -> Pieces | None:
    """Cut a text at the ends of its functions; None if it is not laid out as the compiler does."""
    found = _DESCRIPTOR.search(c_text, max(c_text.rfind("\n}\n"), 0))
    *chunks, after = c_text.split("\n}\n")
    first = _HEAD.search(chunks[0]) if chunks else None
    if found is None or first is None:
        return None
    prefix = found[1]
    if any(f"{prefix}_" in name for name in header().names):
        return None  # then the prefix is no sign of the program's own symbols
    before, chunks[0] = chunks[0][: first.start()], chunks[0][first.start() :]
    keys = c_text[first.start() :].replace(f"{prefix}_", "@")
    keys = _LITERAL.sub("@literals, ", _GLOBAL.sub("@globals[", keys))
    functions: list[Text] = []
    for chunk, key in zip(chunks, keys.split("\n}\n"), strict=False):
        head = _HEAD.search(chunk)
        if head is None:
            return None
        functions.append(Text(head[1], key, f"{chunk}\n}}\n"))
    return Pieces(prefix, before, functions, after)


@dataclass(frozen=True, slots=True)
class _Proof:
    """What a proof depends on besides the text: prototypes by the names without prefix, and frames."""

    prototypes: dict[str, Signature | None]
    frames: dict[int, set[str]]


class Proofs:
    """Proofs of functions by their keys, the oldest forgotten first."""

    def __init__(self) -> None:
        self._proofs: dict[str, _Proof] = {}

    def __contains__(self, function: Text) -> bool:
        return function.key in self._proofs

    def covers(self, function: Text, prefix: str, prototypes: dict[str, Signature], frames: Frames) -> bool:
        """Whether a function whose key is known has the surroundings that its proof depends on."""
        proof = self._proofs[function.key]
        return proof.frames == frames.get(function.name, {}) and all(
            prototypes.get(f"{prefix}_{name}") == known for name, known in proof.prototypes.items()
        )

    def add(self, function: Text, prefix: str, prototypes: dict[str, Signature], frames: Frames) -> None:
        """Remember that a function has been proved."""
        if len(self._proofs) >= _LIMIT:
            del self._proofs[next(iter(self._proofs))]
        names = re.findall(r"@(\w+)", function.key, re.ASCII)
        mentioned = {name: prototypes.get(f"{prefix}_{name}") for name in names}
        self._proofs[function.key] = _Proof(mentioned, dict(frames.get(function.name, {})))
