"""Other implementations that the benchmark programs are compared with, as data.

The Schemes are given the text of the OmniLisp program behind what it needs there (``peers/``): names that the
implementation lacks or has in another shape. Each compiles the whole program, safely and as its users would for speed.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from omnitest.benchmarks.corpus import source_of, with_size

#: What the Schemes are given besides the program.
PRELUDES: Final = Path(__file__).parent / "peers"

_COMPILE_SECONDS: Final = 300.0

_CONTROL: Final = "prompts and generators are not Scheme's"
_PORTS: Final = "binary ports, and what is printed, differ"
_CURRIED: Final = "has no curried definitions"
_RECORDS: Final = "equal? looks into records there"
_R7RS: Final = "uses names of R7RS or hash tables that are not in its base"
_PRINTED: Final = "prints what is printed there in another way"


class PeerFailed(Exception):
    """A peer could not compile a program; the text is what it said last."""


@dataclass(frozen=True, slots=True)
class Peer:
    """An implementation. ``tool`` is the command that must be there, in the Debian package ``package``.

    ``compile`` is the command that makes what ``run`` runs, both with the placeholders ``{source}``, ``{out}`` and
    ``{here}`` (the folder of the preludes). ``preludes`` come before the program. ``lacks`` says of each program that
    cannot run there why.
    """

    name: str
    tool: str
    package: str
    version: tuple[str, ...]
    compile: tuple[str, ...]
    run: tuple[str, ...]
    preludes: tuple[str, ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)

    @property
    def installed(self) -> bool:
        """Whether the command is there."""
        return shutil.which(self.tool) is not None

    def version_text(self) -> str:
        """The first line of what the implementation says of its version."""
        done = subprocess.run(self.version, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return ((done.stdout + done.stderr).strip().splitlines() or ["?"])[0]

    def text(self, name: str, size: int) -> str | None:
        """The program for the peer, or None if it cannot run there."""
        return None if name in self.lacks else with_size(source_of(name), size)

    def build(self, text: str, folder: Path, name: str) -> tuple[str, ...]:
        """Compile ``text`` in ``folder`` and return the command that runs it. Raises :class:`PeerFailed`."""
        source, out = folder / f"{name}.scm", folder / f"{name}.{self.name}"
        parts = [(PRELUDES / prelude).read_text(encoding="utf-8") for prelude in self.preludes]
        source.write_text("\n".join([*parts, text]), encoding="utf-8")
        places = {"source": str(source), "out": str(out), "here": str(PRELUDES)}
        command = [part.format(**places) for part in self.compile]
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_COMPILE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise PeerFailed(f"{self.name} took more than {_COMPILE_SECONDS:g} s to compile it") from None
        if done.returncode != 0 or not out.exists():
            raise PeerFailed(" ".join((done.stderr + done.stdout).split())[-300:] or f"status {done.returncode}")
        program, *arguments = (part.format(**places) for part in self.run)
        return (shutil.which(program) or program, *arguments)


_SCHEME_LACKS: Final = {
    "bytevectors": _PORTS,
    "cat": _PORTS,
    "exceptions": "asks for the kind of a condition",
    "generators": _CONTROL,
    "interpreter": "match is not Scheme's",
    "prompts": _CONTROL,
    "parsing": _PRINTED,
}

PEERS: Final[dict[str, Peer]] = {
    peer.name: peer
    for peer in (
        Peer(
            "chez", "scheme", "chezscheme", ("scheme", "--version"),
            ("scheme", "--script", "{here}/compile_chez.scm", "{source}", "{out}"),
            ("scheme", "--program", "{out}"),
            ("chez.scm", "hash_tables.scm", "library.scm"),
            lacks={**_SCHEME_LACKS, "parameters": _PRINTED, "streams": "has no delay-force"},
        ),
        Peer(
            "guile", "guile", "guile-3.0", ("guile", "--version"),
            ("guile", "--no-auto-compile", "{here}/compile_guile.scm", "{source}", "{out}"),
            ("guile", "--no-auto-compile", "-c", '(load-compiled "{out}")'),
            ("guile.scm", "hash_tables.scm", "library.scm"),
            lacks={
                **_SCHEME_LACKS,
                "closures": _CURRIED,
                "unicode": "maps characters one by one",
                "unionfind": _RECORDS,
            },
        ),
        Peer(
            "gambit", "gsc", "gambc", ("gsc", "-v"),
            ("gsc", "-exe", "-o", "{out}", "-cc-options", "-O2", "{source}"),
            ("{out}",),
            ("gambit.scm", "library.scm"),
            lacks={
                **_SCHEME_LACKS,
                "closures": _CURRIED,
                "lattice": "ends with an error in its map",
                "unicode": "takes sources as Latin-1",
                "unionfind": _RECORDS,
                "varargs": "has no let-values",
            },
        ),
        Peer(
            "chicken", "csc", "chicken-bin", ("csc", "-version"),
            ("csc", "-O3", "-block", "-o", "{out}", "{source}"),
            ("{out}",),
            ("chicken.scm", "library.scm"),
            lacks={
                **_SCHEME_LACKS,
                "closures": _CURRIED,
                "unionfind": _RECORDS,
                **dict.fromkeys(
                    ("fft", "hashing", "nbody", "rewriting", "sieve", "spectral", "string_ports", "unicode"), _R7RS
                ),
            },
        ),
    )
}  # fmt: skip
