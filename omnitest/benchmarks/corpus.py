"""The programs of ``corpora/benchmarks``: each defines a size, to which its work is proportional."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parents[2] / "corpora" / "benchmarks"

SUFFIX: Final = ".omni"

_SIZE: Final = re.compile(r"^\(define size (\d+)\)$", re.MULTILINE)


class CorpusProblem(Exception):
    """There is no such program, or none at all; the message says what to do."""


def names() -> list[str]:
    """The benchmark programs in alphabetical order. Raises :class:`CorpusProblem` where there are none."""
    found = sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}"))
    if not found:
        raise CorpusProblem(f"there are no benchmark programs in {FOLDER}: run this in a checkout of the project")
    return found


def source_of(name: str) -> str:
    """The text of a program."""
    return (FOLDER / f"{name}{SUFFIX}").read_text(encoding="utf-8")


def size_of(source: str) -> int:
    """The number in the program's ``(define size N)``. Raises ValueError if there is none."""
    found = _SIZE.search(source)
    if found is None:
        raise ValueError("this program defines no size")
    return int(found[1])


def with_size(source: str, size: int) -> str:
    """The program with another size. Raises ValueError if it defines none."""
    size_of(source)
    return _SIZE.sub(f"(define size {size})", source, count=1)
