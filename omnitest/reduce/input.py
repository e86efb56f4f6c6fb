"""The pass for what a program reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from omnitest.reduce.deletion import runs
from omnitest.reduce.problem import Problem
from omnitest.reduce.subject import Subject

_PLAIN = ord("a")


def shorten_input(problem: Problem) -> None:
    """Drop runs of lines of the input, then runs of bytes, then make bytes plain."""
    while problem.first_better_subject(_shorter_inputs(problem.subject)) is not None:
        pass


def _shorter_inputs(subject: Subject) -> Iterator[Subject]:
    stdin = subject.stdin
    lines = stdin.splitlines(keepends=True)
    parts: Sequence[Sequence[bytes]] = (lines, [stdin[place : place + 1] for place in range(len(stdin))])
    for pieces in parts:
        for start, end in runs(len(pieces)):
            yield replace(subject, stdin=b"".join([*pieces[:start], *pieces[end:]]))
    for place, byte in enumerate(stdin):
        if byte != _PLAIN:
            yield replace(subject, stdin=stdin[:place] + b"a" + stdin[place + 1 :])
