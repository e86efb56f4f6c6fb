"""Which corpus entry to change next.

An entry has the more energy the rarer its features are among all programs so far, and the less the more often it was
chosen without finding anything. Rare features as the measure of what an entry can teach are those of Entropic (Böhme,
Manès and Cha, "Boosting Fuzzer Efficiency: An Information Theoretic Perspective", ESEC/FSE 2020); falling back with the
number of times chosen is the power schedule of AFLFast (Böhme, Pham and Roychoudhury, "Coverage-based Greybox Fuzzing
as Markov Chain", CCS 2016).
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt
from random import Random
from typing import Final

from omnitest.guide.corpus import Entry

#: Nodes of an entry that has full energy; dearer ones have less in proportion to the square root.
_PLAIN_NODES: Final = 60


@dataclass(slots=True)
class Yield:
    """How often an entry was ``chosen`` to be changed, and how many of these times something new was ``found``."""

    chosen: int = 0
    found: int = 0


def energy(entry: Entry, owned: frozenset[str], tried: Yield, hits: Mapping[str, int]) -> float:
    """The weight of ``entry``, which owns the features ``owned``; ``hits`` says how many programs had each feature."""
    rarity = sum(1.0 / hits.get(feature, 1) for feature in owned)
    fatigue = (1.0 + 2.0 * tried.found) / (1.0 + tried.chosen)
    size = sqrt(_PLAIN_NODES / max(_PLAIN_NODES, entry.nodes))
    return (0.02 + rarity) * fatigue * size


class Schedule:
    """Draws entries in proportion to weights that are computed once for several draws."""

    def __init__(self, entries: Sequence[Entry], weights: Sequence[float]) -> None:
        self._entries: Final = entries
        self._totals: Final = list(accumulate(weights))

    def draw(self, random: Random) -> Entry:
        """An entry; there must be one."""
        place = bisect(self._totals, random.random() * self._totals[-1])
        return self._entries[min(place, len(self._entries) - 1)]
