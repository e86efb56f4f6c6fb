"""What a campaign counts: verdicts, by engine and reason; what each oracle had to check; where the time went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, Final

from omnitest.campaign.coverage import CoverageTally
from omnitest.compare import Agree, Diverged, Inconclusive, compare
from omnitest.generate import GeneratedProgram
from omnitest.oracle import Judgement
from omnitest.outcome import Finished, Observation, Raised
from omnitest.prepare import VERIFIER
from reference_interp.conditions import KINDS


class Check(Enum):
    """An oracle: one way in which a program can be found to be wrong. The value is for people.

    One that never had anything to check has proved nothing, whatever the verdicts say.
    """

    VALUE = "final value against the reference's"
    OUTPUT = "output against the reference's"
    ERROR = "uncaught condition against the reference's"
    OWNERSHIP = "ownership of the emitted C"
    PASSES = "same outcome with passes left out"
    MEMORY = "accesses to memory"
    LEAKS = "memory that is never freed"
    UNDEFINED = "undefined behaviour"
    RACES = "data races"


#: The oracles that an engine adds to the comparison of outcomes, by the engine's name.
CHECKS_OF_ENGINES: Final[Mapping[str, tuple[Check, ...]]] = {
    "valgrind": (Check.MEMORY, Check.LEAKS),
    "tcc-valgrind": (Check.MEMORY, Check.LEAKS),
    "asan": (Check.MEMORY, Check.LEAKS, Check.UNDEFINED),
    "tcc-asan": (Check.MEMORY, Check.LEAKS, Check.UNDEFINED),
    "tsan": (Check.RACES,),
    "tcc-tsan": (Check.RACES,),
}

#: Kinds that can end a program of which nothing is known, such as a mutant.
ANY_END: Final = frozenset(KINDS)

#: Procedures and forms that start a second thread: without one of them there is nothing to race with.
STARTS_THREADS: Final = frozenset({"spawn", "spawn-in", "with-nursery"})


@dataclass(slots=True)
class Tally:
    """Counts of judged programs.

    ``programs`` were generated, ``valid`` of them came to the end that the generator meant. ``verdicts`` count by
    engine and verdict (:func:`verdict_word`), ``checks`` programs by the oracle that had something to check.
    ``milliseconds`` are wall time of worker processes by stage: an engine's name, ``generate``, ``prepare`` …
    ``passes`` are the compiler's counters, ``problems`` sentences about failures of the harness with how often they
    came.
    """

    programs: int = 0
    valid: int = 0
    agree: int = 0
    diverged: int = 0
    fully: int = 0
    inconclusive: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    profiles: Counter[str] = field(default_factory=Counter)
    milliseconds: Counter[str] = field(default_factory=Counter)
    passes: Counter[str] = field(default_factory=Counter)
    coverage: CoverageTally = field(default_factory=CoverageTally)

    def add(self, other: Tally) -> None:
        """Add what another tally counted."""
        for one in fields(Tally):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, int):
                setattr(self, one.name, mine + theirs)
            elif isinstance(mine, Counter):
                mine.update(theirs)
        self.coverage.add(other.coverage)

    def spend(self, stage: str, seconds: float) -> None:
        """Count wall time of a worker process."""
        self.milliseconds[stage] += round(seconds * 1000)

    def runs(self, engine: str) -> int:
        """How many programs ``engine`` has run."""
        return sum(count for (name, _), count in self.verdicts.items() if name == engine)

    def engines(self) -> tuple[str, ...]:
        """The engines that have run anything, in the order of their first program."""
        return tuple(dict.fromkeys(name for name, _ in self.verdicts))

    # ---- counting ----

    def count(self, program: GeneratedProgram, judgement: Judgement, profile: str) -> None:
        """Count a generated program and the first judgement of it."""
        self.programs += 1
        self.profiles[profile] += 1
        self.valid += any(_as_intended(program, o) for o in judgement.observations[:1])
        match judgement.verdict:
            case Agree():
                self.agree += 1
            case Diverged():
                self.diverged += 1
            case Inconclusive(reason=reason, detail=detail):
                self.inconclusive[reason] += 1
                self._note_problem(reason, detail)
        self.passes.update(judgement.counters)
        self._count_engines(judgement.observations)
        self._count_checks(program.uses, judgement)

    def count_again(self, uses: Mapping[str, int], judgement: Judgement) -> None:
        """Count a judgement by further engines of a program that :meth:`count` has seen."""
        self.fully += 1
        match judgement.verdict:
            case Agree():
                pass
            case Diverged():
                self.agree -= 1
                self.diverged += 1
            case Inconclusive(reason=reason, detail=detail):
                self.agree -= 1
                self.inconclusive[reason] += 1
                self._note_problem(reason, detail)
        self._count_engines(judgement.observations)
        self._count_checks(uses, judgement)

    def _note_problem(self, reason: str, detail: str) -> None:
        if reason in ("harness-failure", "malformed"):
            self.problems[f"{reason}: {detail.strip()[:500]}"] += 1

    def _count_engines(self, observations: Sequence[Observation]) -> None:
        for position, observation in enumerate(observations):
            self.faults[observation.engine] += bool(observation.faults)
            word = "ran" if position == 0 else verdict_word(observations[0], observation)
            self.verdicts[observation.engine, word] += 1

    def _count_checks(self, uses: Mapping[str, int], judgement: Judgement) -> None:
        had: set[Check] = set()
        observations = judgement.observations
        if judgement.counters.get("lower.functions"):
            had.add(Check.OWNERSHIP)
        if len(observations) > 1 and observations[0].engine != VERIFIER:
            end = observations[0].end
            had |= {Check.VALUE} if isinstance(end, Finished) else set()
            had |= {Check.ERROR} if isinstance(end, Raised) else set()
            had |= {Check.OUTPUT} if observations[0].output else set()
            had |= {Check.PASSES} if judgement.disabled else set()
            for observation in observations[1:]:
                had.update(CHECKS_OF_ENGINES.get(observation.engine, ()))
        if not STARTS_THREADS & uses.keys():
            had.discard(Check.RACES)
        self.checks.update(check.name for check in had)

    # ---- JSON ----

    def to_json(self) -> dict[str, Any]:
        """What :meth:`from_json` reads; the coverage is left out of it when nothing was counted."""
        document: dict[str, Any] = {}
        for one in fields(Tally):
            value = getattr(self, one.name)
            if one.name == "verdicts":
                document[one.name] = [[*key, count] for key, count in value.items()]
            elif one.name == "coverage":
                document[one.name] = value.to_json()
            else:
                document[one.name] = dict(value) if isinstance(value, Counter) else value
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Tally:
        """The inverse of :meth:`to_json`."""
        tally = cls()
        for one in fields(Tally):
            value = document[one.name]
            if one.name == "verdicts":
                tally.verdicts = Counter({(engine, word): count for engine, word, count in value})
            elif one.name == "coverage":
                tally.coverage = CoverageTally.from_json(value)
            else:
                setattr(tally, one.name, Counter(value) if isinstance(value, dict) else value)
        return tally


def verdict_word(expected: Observation, actual: Observation) -> str:
    """One engine's verdict on one program as a word or two: ``agree``, ``diverged: leak``, ``limit-steps`` …"""
    match compare(expected, actual):
        case Agree():
            return "agree"
        case Diverged(kind=kind):
            return f"diverged: {kind.value}"
        case Inconclusive(reason=reason):
            return reason


def _as_intended(program: GeneratedProgram, first: Observation) -> bool:
    """Whether the reference came to the end that the generator meant, or was kept from trying."""
    match first.end:
        case Finished():
            return not program.may_raise or program.may_raise is ANY_END
        case Raised(kind=kind):
            return kind in program.may_raise
        case _:
            return first.engine == VERIFIER
