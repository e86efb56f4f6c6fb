"""How long tasks take, so that a campaign ends when it should."""

from __future__ import annotations

from collections.abc import Mapping


class Pace:
    """Wall seconds that a worker takes for a program, by kind of task, the latest tasks counting most."""

    _KEPT = 0.7  # of the estimate, when a new measurement comes

    def __init__(self, guesses: Mapping[type, float]) -> None:
        """``guesses`` are seconds per program to begin with, for every kind of task."""
        self._each: dict[type, float] = dict(guesses)
        self._measured: set[type] = set()

    def note(self, kind: type, programs: int, seconds: float) -> None:
        """A task of ``kind`` with so many programs took ``seconds``."""
        each = seconds / max(programs, 1)
        known = self._each[kind] if kind in self._measured else each
        self._measured.add(kind)
        self._each[kind] = self._KEPT * known + (1 - self._KEPT) * each

    def seconds(self, kind: type, programs: int) -> float:
        """What a worker will take for ``programs``."""
        return self._each[kind] * programs

    def programs(self, kind: type, seconds: float, most: int) -> int:
        """How many programs a worker will manage in ``seconds``, at most ``most``."""
        return max(0, min(most, int(seconds / self._each[kind])))
