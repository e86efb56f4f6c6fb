"""How long tasks take, so that a campaign ends when it should."""

from __future__ import annotations


class Pace:
    """Wall seconds that a worker takes for a program, by kind of task, the latest tasks counting most."""

    _KEPT = 0.7  # of the estimate, when a new measurement comes

    def __init__(self) -> None:
        self._each: dict[type, float] = {}

    def note(self, kind: type, programs: int, seconds: float) -> None:
        """A task of ``kind`` with so many programs took ``seconds``."""
        each = seconds / max(programs, 1)
        known = self._each.get(kind, each)
        self._each[kind] = self._KEPT * known + (1 - self._KEPT) * each

    def seconds(self, kind: type, programs: int) -> float:
        """What a worker will take for ``programs``; 0 while nothing is known."""
        return self._each.get(kind, 0.0) * programs

    def programs(self, kind: type, seconds: float, most: int) -> int:
        """How many programs a worker will manage in ``seconds``, at most ``most``; that many while nothing is known."""
        each = self._each.get(kind)
        if not each:
            return most
        return max(0, min(most, int(seconds / each)))
