"""Guidance in a campaign: a guide, the corpus that it shares with other workers, and which engines it needs.

Workers exchange what they find through the corpus: each adds its new entries after every batch, and takes those of the
others. Entries that were there before may be of another build, with other numbers for the same edges: they are judged
again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from random import Random
from typing import Final

from omnitest.engines.factory import EDGES
from omnitest.generate.config import GeneratorConfig
from omnitest.guide.corpus import CorpusStore
from omnitest.guide.features import features_of
from omnitest.guide.guide import Guide, Proposal, from_corpus
from omnitest.oracle import Judgement

#: Steps of a program in a guided campaign. Generated programs take far fewer; a mutant that does not end takes all.
GUIDED_STEPS: Final = 100_000
#: The corpus is looked at for what others have added when so many seconds have passed.
_EXCHANGE_SECONDS: Final = 5.0
#: Entries are taken that were added up to so many seconds before they could be seen.
_OVERLAP_SECONDS: Final = 2.0


def guided_engines(engines: Iterable[str]) -> tuple[str, ...]:
    """The engines of a guided campaign: ``edges`` in the place of ``tcc``, which it does the work of."""
    return tuple(dict.fromkeys(EDGES if name == "tcc" else name for name in engines))


class GuidedSource:
    """One worker's source of programs."""

    def __init__(self, config: GeneratorConfig, corpus: CorpusStore) -> None:
        self._guide: Final = Guide(config)
        self._corpus: Final = corpus
        self._exchanged = time.time()
        self._guide.queue(map(from_corpus, corpus.entries()))

    def propose(self, random: Random, count: int) -> list[Proposal]:
        """The next programs to judge."""
        return self._guide.propose(random, count)

    def learn(self, proposals: Sequence[Proposal], judgements: Sequence[Judgement], seconds: float) -> None:
        """Learn what came of ``proposals``, ``seconds`` for each, and exchange it when it is time to.

        Raises :class:`~omnitest.guide.corpus.CorpusProblem`.
        """
        for proposal, judgement in zip(proposals, judgements, strict=True):
            self._guide.observe(proposal, features_of(judgement), seconds)
        now = time.time()
        if now - self._exchanged < _EXCHANGE_SECONDS:
            return
        since, self._exchanged = self._exchanged - _OVERLAP_SECONDS, now
        others = self._corpus.entries(since)
        for entry in self._guide.exported(since):
            self._corpus.add(entry)
        self._guide.take(others)
