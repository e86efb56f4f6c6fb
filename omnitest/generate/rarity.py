"""What programs seldom have: counted, so that later ones can be directed at it.

The language has some hundred names, and one program has room for few. What few places take (a library procedure that
wants a procedure of two arguments, an exit in the middle) would be missing from a whole campaign now and then. The
generator prefers rare names where it has a choice of names; for what depends on more than that, the rarest of some
programs is chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from omnitest.generate.program import GeneratedProgram


class Rarity:
    """Knows in how many programs each name has occurred so far, out of those that it chose."""

    def __init__(self) -> None:
        self._programs: Counter[str] = Counter()

    @property
    def seen(self) -> Mapping[str, int]:
        """In how many programs each name has occurred; it grows with every choice."""
        return self._programs

    def choose(self, candidates: Sequence[GeneratedProgram]) -> int:
        """The index of the candidate whose rarest name is the rarest, the first of several."""
        ranks = [min((self._programs[name] for name in program.uses), default=0) for program in candidates]
        chosen = ranks.index(min(ranks))
        self._programs.update(candidates[chosen].uses.keys())
        return chosen
