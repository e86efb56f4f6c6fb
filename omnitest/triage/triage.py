"""From a program that diverged to a finding: confirm, blame, reduce, look closer, name."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final

from compiler.pipeline import OPTIONAL_PASSES
from omnitest.compare import Diverged, verdicts_by_engine
from omnitest.engines.protocol import Case
from omnitest.json_fields import Fields
from omnitest.oracle import Judgement, Oracle
from omnitest.outcome_json import bytes_from_json, bytes_to_json
from omnitest.prepare import Settings, prepare
from omnitest.reduce import Subject
from omnitest.store.finding import Finding
from omnitest.store.revision import revision
from omnitest.tools import tool_versions
from omnitest.triage.blame import PassBlame, blame_passes
from omnitest.triage.c_positions import excerpt
from omnitest.triage.culprits import culprits
from omnitest.triage.fingerprint import Evidence, names_procedures
from omnitest.triage.literals import with_literals
from omnitest.triage.shrinking import cheapest_oracle, for_variants, same, shrink
from omnitest.triage.signature import Manner, manner_of, sighting, signature
from omnitest.triage.suspect_json import diverged_from_json, diverged_to_json, settings_from_json, settings_to_json
from reference_interp.library import library_procedures
from reference_interp.reader import read_program

#: The engines that say more than an outcome, in the order in which they are asked about a reduced program.
_CHECKERS: Final = ("asan", "valgrind")

#: Manners that a checker may know more about: an outcome may come from memory that was not its own, a leak that the
#: runtime has counted was allocated somewhere.
_LOOKED_INTO: Final = frozenset({Manner.OUTCOME, Manner.MEMORY, Manner.LEAK})

_EVERYTHING: Final = frozenset(OPTIONAL_PASSES)

#: Of the time for a reduction, so much is for the first attempt: what is left is needed if that trades one bug for
#: another.
_FIRST_SHARE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Suspect:
    """A program that diverged once, with all that is needed to see it again."""

    source: str
    diverged: Diverged
    settings: Settings
    engines: tuple[str, ...]  # all that took part
    seed: int | None = None
    stdin: bytes = b""

    @property
    def signature(self) -> tuple[str, ...]:
        """What suspects of one bug often have in common before anything is reduced."""
        return sighting(self.diverged)

    def to_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "diverged": diverged_to_json(self.diverged),
            "settings": settings_to_json(self.settings),
            "engines": list(self.engines),
            "seed": self.seed,
            "stdin": bytes_to_json(self.stdin),
        }

    @classmethod
    def from_json(cls, document: object) -> Suspect:
        """The inverse of :meth:`to_json`. Raises :class:`~omnitest.json_fields.FieldProblem`."""
        fields = Fields(document)
        return cls(
            fields.text("source"),
            diverged_from_json(fields.fields("diverged")),
            settings_from_json(fields.fields("settings")),
            fields.texts("engines"),
            fields.optional("seed", fields.integer),
            bytes_from_json(fields.fields("stdin")),
        )


def triage(
    suspect: Suspect, seconds: float, on_better: Callable[[Subject], None] = lambda subject: None
) -> Finding | None:
    """Make a finding of a suspect, or None when it does not happen again (it was flaky).

    The reduction takes at most ``seconds``; ``on_better`` is called with everything smaller that is found.
    """
    original = Subject(suspect.source, suspect.stdin)
    found = cheapest_oracle(suspect.settings, original, suspect.diverged)
    if found is None:
        return None
    oracle, diverged = found
    with oracle:
        first = blamed(oracle, original, diverged, suspect.settings.disabled)
    suspect = replace(suspect, settings=replace(suspect.settings, disabled=first.disabled))
    with (
        Oracle(oracle.engines, suspect.settings) as cheapest,
        Oracle(suspect.engines, suspect.settings) as everyone,
    ):
        return _reduced(suspect, cheapest, everyone, diverged, first, seconds, on_better)


def _reduced(
    suspect: Suspect,
    cheapest: Oracle,
    everyone: Oracle,
    diverged: Diverged,
    first: PassBlame,
    seconds: float,
    on_better: Callable[[Subject], None],
) -> Finding | None:
    """The finding for the smallest program found, which all the engines that took part see fail as the suspect did.

    The reduction asks ``cheapest`` only. If what it leads to is another bug in the eyes of ``everyone``, or needs
    other passes, it is repeated with nothing accepted that is; if there is no time for that, nothing is reduced.
    """
    started = time.monotonic()
    original = Subject(suspect.source, suspect.stdin)
    wanted = signature(suspect.diverged)

    def seen(subject: Subject) -> Judgement:
        return everyone.judge([subject.program], stdin=subject.stdin)[0]

    def is_the_same(subject: Subject) -> bool:
        if blamed(cheapest, subject, diverged, first.disabled).passes != first.passes:
            return False
        return same(seen(subject), wanted)

    smallest = shrink(cheapest, original, diverged, _FIRST_SHARE * seconds, on_better=on_better).subject
    if not is_the_same(smallest):
        left = seconds - (time.monotonic() - started)
        smallest = shrink(cheapest, original, diverged, left, on_better=on_better, confirm=is_the_same).subject
    judgement = seen(smallest)
    if not isinstance(judgement.verdict, Diverged):
        return None
    evidence = _evidence(suspect, cheapest, smallest, diverged, judgement.verdict)
    finding = describe(suspect, smallest, judgement.verdict, evidence)
    return replace(finding, matrix=verdicts_by_engine(judgement.observations) or finding.matrix)


@dataclass(frozen=True, slots=True)
class _Test:
    """Whether programs diverge like ``diverged`` when ``disabled`` passes are left out."""

    oracle: Oracle
    diverged: Diverged
    stdin: bytes
    disabled: frozenset[str]

    def __call__(self, programs: Sequence[str]) -> list[bool]:
        wanted = signature(self.diverged)
        judgements = self.oracle.judge(programs, stdin=self.stdin, disabled=self.disabled)
        return [same(judgement, wanted) for judgement in judgements]


def blamed(oracle: Oracle, subject: Subject, diverged: Diverged, disabled: frozenset[str]) -> PassBlame:
    """The optional passes that the divergence needs; it is there without the ``disabled`` ones."""

    def fails_without(passes: frozenset[str]) -> bool:
        return _Test(oracle, diverged, subject.stdin, passes)([subject.program])[0]

    return blame_passes(fails_without, disabled)


def _evidence(suspect: Suspect, cheapest: Oracle, smallest: Subject, diverged: Diverged, by_all: Diverged) -> Evidence:
    """All that names the bug; ``diverged`` is what ``cheapest`` sees, ``by_all`` what all engines do."""
    blame = blamed(cheapest, smallest, diverged, suspect.settings.disabled)
    manner = manner_of(by_all)
    if manner is Manner.OWNERSHIP:
        c_text = _c_text(smallest.program, suspect.settings)
        evidence = Evidence(by_all, blame.passes, (), suspect.engines, by_all.engines, c_text)
        return replace(evidence, passes=()) if blame.passes and _of_library(cheapest, evidence) else evidence
    program = smallest.program
    if blame.passes:
        folded = with_literals(tuple(read_program(program, "<reduced>")))
        (fails_alike,) = _Test(cheapest, diverged, smallest.stdin, _EVERYTHING)([folded])
        if fails_alike:  # nothing was needed of the passes but the constants that they make
            program, blame = folded, PassBlame((), _EVERYTHING)
    guilty: tuple[str, ...] = ()
    if names_procedures(manner, blame.passes):
        with Oracle(cheapest.engines, for_variants(cheapest.settings, smallest, diverged)) as hasty:
            test = _Test(hasty, diverged, smallest.stdin, blame.disabled)
            guilty = culprits(program, test, leak=manner is Manner.LEAK)
    return Evidence(look_closer(suspect, smallest, by_all), blame.passes, guilty, suspect.engines, by_all.engines)


def _of_library(oracle: Oracle, evidence: Evidence) -> bool:
    """Whether the broken rule of ownership is broken in the same way by some procedure of the library without any
    optional pass: then those only shape what the bug needs."""
    wanted = replace(evidence, passes=()).parts()
    for judgement in oracle.judge(library_procedures(), disabled=_EVERYTHING):
        seen = judgement.verdict
        if isinstance(seen, Diverged) and manner_of(seen) is Manner.OWNERSHIP:
            c_text = _c_text(judgement.source, replace(oracle.settings, disabled=_EVERYTHING))
            if Evidence(seen, c_text=c_text).parts() == wanted:
                return True
    return False


def look_closer(suspect: Suspect, reduced: Subject, diverged: Diverged) -> Diverged:
    """``diverged``, or what a checker says about the program, if that is more.

    A checker that is not on this machine says nothing.
    """
    known = diverged.fault is not None and bool(diverged.fault.stacks)
    if known or manner_of(diverged) not in _LOOKED_INTO:
        return diverged
    for name in _CHECKERS:
        if name not in suspect.engines:
            with Oracle((name,), suspect.settings) as oracle:
                (judgement,) = oracle.judge([reduced.program], stdin=reduced.stdin)
            seen = judgement.verdict
            if isinstance(seen, Diverged) and seen.fault is not None and seen.fault.stacks:
                return seen
    return diverged


def describe(suspect: Suspect, reduced: Subject, diverged: Diverged, evidence: Evidence | None = None) -> Finding:
    """The finding, from what is known; nothing is run but the compiler, for the C positions.

    Without ``evidence``, for a program that nobody looked into, its name is made of what was seen.
    """
    evidence = Evidence(diverged) if evidence is None else evidence
    now = datetime.now(UTC)
    return Finding(
        fingerprint=evidence.fingerprint(),
        kind=diverged.kind.value,
        engine=diverged.observation.engine,
        engines=diverged.engines,
        summary=f"{diverged.detail} (engines: {', '.join(diverged.engines)}; {', '.join(evidence.parts())})",
        original=suspect.source,
        reduced=reduced.program,
        expected=diverged.expected,
        actual=diverged.observation,
        stdin=reduced.stdin,
        original_stdin=suspect.stdin if suspect.stdin != reduced.stdin else None,
        disabled_passes=tuple(sorted(suspect.settings.disabled)),
        plants=tuple(sorted(suspect.settings.plants)),
        limits=suspect.settings.limits,
        seed=suspect.seed,
        diagnostics=diagnostics(diverged, evidence, reduced.program, suspect.settings),
        tools=tool_versions(),
        matrix=tuple((engine, diverged.kind.value) for engine in diverged.engines),
        omnitest_version=version("omnitest"),
        revision=revision(),
        first_seen=now,
        last_seen=now,
    )


def diagnostics(diverged: Diverged, evidence: Evidence, source: str, settings: Settings) -> str:
    """The checker's report and the C behind each position in it."""
    fault = evidence.diverged.fault or diverged.fault
    if fault is None:
        return ""
    parts = [fault.text.strip() or fault.summary]
    c_text = _c_text(source, settings)
    for stack in fault.stacks:
        for frame in stack:
            lines = excerpt(c_text, frame)
            if lines:
                parts.append(f"{frame.file}:{frame.line} is in the emitted C ({frame.function}):\n{lines}")
                break
    return "\n\n".join(parts)


def _c_text(source: str, settings: Settings) -> str:
    unverified = prepare(source, "program.omni", "p1", replace(settings, verify=False))
    return unverified.compiled.c_text if isinstance(unverified, Case) else ""
