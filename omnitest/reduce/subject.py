"""What is reduced: a program, with what it is run with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from omnitest.reduce.forest import Forms
from reference_interp.syntax import walk


@dataclass(frozen=True, slots=True)
class Subject:
    """A failing program and everything besides its text that the failure takes.

    ``program`` is the text, ``stdin`` what the program reads. A further part, such as the schedule of a program with
    threads, is a further field with a default, its size at the end of :func:`measure`, and passes that propose
    subjects with other values of it.
    """

    program: str
    stdin: bytes = b""


#: The caller's test: for each of several subjects, whether it still shows what is looked for. Behind the first that
#: does, answers may be missing.
Interesting = Callable[[Sequence[Subject]], list[bool]]

Measure = tuple[int, int, int, str, int, bytes]


def measure(subject: Subject, forms: Forms) -> Measure:
    """What a reduction makes smaller; ``forms`` are those of the subject's program.

    In this order: syntax nodes, length of the program, symbols (a constant says more than a name), the program's text;
    then the length of the input, the input. There is no infinite descent, so every reduction ends.
    """
    nodes = symbols = 0
    for node in walk(forms):
        nodes += 1
        symbols += node.symbol is not None
    return nodes, len(subject.program), symbols, subject.program, len(subject.stdin), subject.stdin
