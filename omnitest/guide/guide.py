"""The guide of one worker: proposes programs, and learns from the features that they turn out to have.

A guide is plain data: it can be pickled, kept and gone on with. Each worker has its own; what one finds the others
get by :meth:`Guide.exported` and :meth:`Guide.take`.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from typing import Any, Final

from omnitest.generate.config import GeneratorConfig, swarm
from omnitest.generate.exhaustive import Enumeration
from omnitest.generate.program import GeneratedProgram, generate_program
from omnitest.generate.rarity import Rarity
from omnitest.guide.corpus import Entry
from omnitest.guide.energy import Schedule, Yield, energy
from omnitest.guide.mutation import mutant
from omnitest.guide.sites import Sites, sites_of
from reference_interp import SyntaxProblem
from reference_interp.reader import read_program
from reference_interp.syntax import count_nodes

#: Analyses of programs that are kept.
_KEPT_SITES: Final = 512
#: Programs that a guide generates before it changes any.
_FIRST: Final = 40
#: Of so many fresh programs, every other time, the one with the rarest names is taken.
CANDIDATES: Final = 16
#: The share of each origin in the proposals at least: what never pays is still tried.
_LEAST_SHARE: Final = 0.15
#: Of a hundred proposals, so many are programs of an enumeration, with up to so many nodes.
_ENUMERATED_PERCENT: Final = 3
_SMALL_NODES: Final = 6
_SMALL: Final = Enumeration()
#: Programs after which the yield of an origin counts half.
_FORGETTING: Final = 400
#: A smaller program takes a feature over from an entry that has more nodes than its own times this.
_CLEARLY_SMALLER: Final = 1.3
#: Entries of the corpus at most; those with the least energy go first.
MOST_ENTRIES: Final = 3000


class Origin(Enum):
    """Where a proposal comes from."""

    FRESH = "fresh"
    MUTATED = "mutated"
    SPLICED = "spliced"
    ENUMERATED = "enumerated"
    CORPUS = "corpus"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A program to judge, and where it comes from.

    ``nodes`` are its syntax nodes, ``parents`` keys of corpus entries, ``changes`` the kinds of changes that made a
    mutant, ``generated`` what the generator knows of a fresh program, ``seconds`` the CPU time that making the
    proposal took.
    """

    text: str
    nodes: int
    origin: Origin
    parents: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    generated: GeneratedProgram | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class _Arm:
    """How an origin has paid lately: new features, and the CPU seconds that they cost, both fading."""

    reward: float = 0.0
    seconds: float = 0.0

    def learn(self, reward: float, seconds: float) -> None:
        fading = 0.5 ** (1 / _FORGETTING)
        self.reward = self.reward * fading + reward
        self.seconds = self.seconds * fading + seconds

    @property
    def rate(self) -> float:
        """New features for a second; something for an origin that has not had a chance yet."""
        return (self.reward + 1.0) / (self.seconds + 0.1)


class Guide:
    """Proposes programs of the configuration ``config``."""

    def __init__(self, config: GeneratorConfig) -> None:
        self.config: Final = config
        self.hits: Final[Counter[str]] = Counter()  # programs that had each feature
        self.programs = 0  # observed so far
        self.entries: Final[dict[str, Entry]] = {}
        self.yields: Final[dict[str, Yield]] = {}
        self._owners: Final[dict[str, str]] = {}  # key of the entry that each feature belongs to
        self._owned: Final[dict[str, set[str]]] = {}  # the features of each entry
        self._arms: Final = {Origin.FRESH: _Arm(), Origin.MUTATED: _Arm()}
        self._rarity: Final = Rarity()
        self._waiting: Final[list[Proposal]] = []
        self._sites: OrderedDict[str, Sites | None] = OrderedDict()

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_sites": OrderedDict()}  # can be computed again

    # ---- proposing ----

    def propose(self, random: Random, count: int) -> list[Proposal]:
        """The next ``count`` programs to judge. Programs of other corpora come first."""
        proposals = self._waiting[:count]
        del self._waiting[:count]
        schedule = self._schedule()
        while len(proposals) < count:
            started = time.process_time()
            if random.randrange(100) < _ENUMERATED_PERCENT:
                proposal = self._enumerated(random)
            else:
                proposal = self._mutated(random, schedule) or self._fresh(random)
            proposals.append(replace(proposal, seconds=time.process_time() - started))
        return proposals

    def _enumerated(self, random: Random) -> Proposal:
        text = _SMALL.program(random.randrange(_SMALL.up_to(_SMALL_NODES)))
        return Proposal(text, count_nodes(read_program(text)), Origin.ENUMERATED)

    def _fresh(self, random: Random) -> Proposal:
        count = CANDIDATES if random.randrange(2) else 1
        programs = [generate_program(random, swarm(random, self.config)) for _ in range(count)]
        program = programs[self._rarity.choose(programs)]
        return Proposal(program.text, program.nodes, Origin.FRESH, generated=program)

    def _mutated(self, random: Random, schedule: Schedule | None) -> Proposal | None:
        """A mutant; None where it is the turn of a fresh program."""
        if schedule is None or random.random() >= self._mutant_share():
            return None
        parent, donor = schedule.draw(random), schedule.draw(random)
        target = self._sites_of(parent)
        if target is None:
            return None
        self.yields[parent.key].chosen += 1
        made = mutant(random, target, self._sites_of(donor), self.config)
        if made is None:
            return None
        parents = (parent.key, donor.key) if made.spliced else (parent.key,)
        origin = Origin.SPLICED if made.spliced else Origin.MUTATED
        return Proposal(made.text, made.nodes, origin, parents, made.changes)

    def _mutant_share(self) -> float:
        """How many of the proposals are mutants: in proportion to what they find in a second, and fresh programs do."""
        mutated, fresh = self._arms[Origin.MUTATED].rate, self._arms[Origin.FRESH].rate
        share = mutated / (mutated + fresh)
        return min(1 - _LEAST_SHARE, max(_LEAST_SHARE, share))

    def _schedule(self) -> Schedule | None:
        if self.programs < _FIRST or not self.entries:
            return None
        entries = list(self.entries.values())
        return Schedule(entries, [self._energy(entry) for entry in entries])

    def _energy(self, entry: Entry) -> float:
        return energy(entry, frozenset(self._owned[entry.key]), self.yields[entry.key], self.hits)

    def _sites_of(self, entry: Entry) -> Sites | None:
        key = entry.key
        if key in self._sites:
            self._sites.move_to_end(key)
            return self._sites[key]
        try:
            sites = sites_of(entry.text)
        except SyntaxProblem:  # a corpus of another version of the language
            sites = None
        self._sites[key] = sites
        if len(self._sites) > _KEPT_SITES:
            self._sites.popitem(last=False)
        return sites

    # ---- learning ----

    def observe(self, proposal: Proposal, features: frozenset[str], seconds: float) -> frozenset[str]:
        """Learn that ``proposal`` had these ``features``; the new ones of them.

        ``seconds`` is what judging it took. A program without features, such as one that reached a limit, teaches
        nothing but that.
        """
        self.programs += 1
        new = frozenset([feature for feature in features if feature not in self.hits])
        self.hits.update(features)
        better = self._better(features, proposal.nodes) | new
        if better:
            self._own(Entry(proposal.text, better, proposal.nodes, seconds, time.time()))
        for parent in proposal.parents:
            if new and parent in self.yields:
                self.yields[parent].found += 1
        arm = self._arms.get(Origin.MUTATED if proposal.origin is Origin.SPLICED else proposal.origin)
        if arm is not None:
            arm.learn(len(new) ** 0.5, seconds + proposal.seconds)
        return new

    def _better(self, features: Iterable[str], nodes: int) -> frozenset[str]:
        """Those of ``features`` whose entry is clearly larger than ``nodes``."""
        limit = nodes * _CLEARLY_SMALLER
        owners, entries = self._owners, self.entries
        return frozenset([f for f in features if f in owners and entries[owners[f]].nodes > limit])

    def _own(self, entry: Entry) -> None:
        """Make ``entry`` the one for its features; entries without any features left are culled."""
        key = entry.key
        if key not in self.entries:
            self.entries[key] = entry
            self.yields[key] = Yield()
            self._owned[key] = set()
        for feature in entry.features:
            before = self._owners.get(feature)
            if before is not None and before != key:
                self._owned[before].discard(feature)
                if not self._owned[before]:
                    self._forget(before)
            self._owners[feature] = key
            self._owned[key].add(feature)
        if len(self.entries) > MOST_ENTRIES:
            weakest = min((e for e in self.entries.values() if e.key != key), key=self._energy)
            self._forget(weakest.key)

    def _forget(self, key: str) -> None:
        for feature in self._owned.pop(key):
            del self._owners[feature]
        del self.entries[key], self.yields[key]
        self._sites.pop(key, None)

    # ---- other guides and corpora ----

    def exported(self, since: float = 0.0) -> list[Entry]:
        """The entries found at ``since`` (seconds since 1970) or later, with the features that they have now."""
        return [
            Entry(entry.text, frozenset(self._owned[key]), entry.nodes, entry.seconds, entry.added)
            for key, entry in self.entries.items()
            if entry.added >= since
        ]

    def take(self, entries: Iterable[Entry]) -> int:
        """Take over entries of a guide with the same build of everything; how many had something new here."""
        taken = 0
        for entry in entries:
            wanted = self._better(entry.features, entry.nodes) | {f for f in entry.features if f not in self._owners}
            if wanted:
                self._own(Entry(entry.text, wanted, entry.nodes, entry.seconds, entry.added))
                self.hits.update([feature for feature in wanted if feature not in self.hits])
                taken += 1
        return taken

    def queue(self, proposals: Iterable[Proposal]) -> None:
        """Propose these programs next: enumerated ones, or a corpus whose features may be those of another build."""
        self._waiting.extend(proposals)


def from_corpus(entry: Entry) -> Proposal:
    """A program of a corpus, to be judged again."""
    return Proposal(entry.text, entry.nodes, Origin.CORPUS)
