"""Tests of the reducer that look at program texts only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from omnitest.reduce import Interesting, Subject


def of_texts(holds: Callable[[str], bool]) -> Interesting:
    """Interesting are the subjects whose program has a property."""

    def interesting(subjects: Sequence[Subject]) -> list[bool]:
        return [holds(subject.program) for subject in subjects]

    return interesting
