"""From a program that diverged to a finding: confirm, blame, reduce, look closer, name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

from omnitest.compare import Diverged
from omnitest.engines.factory import ALL_NAMES
from omnitest.engines.protocol import Case
from omnitest.oracle import Judgement, Oracle
from omnitest.prepare import Settings, prepare
from omnitest.reduce import Reduction, reduce
from omnitest.store.finding import Finding
from omnitest.tools import tool_versions
from omnitest.triage.blame import PassBlame, blame_passes
from omnitest.triage.c_positions import excerpt
from omnitest.triage.culprits import culprits
from omnitest.triage.fingerprint import CONSEQUENCES, Evidence
from omnitest.triage.signature import Manner, manner_of, sighting, signature

#: The engines that say more than an outcome, in the order in which they are asked about a reduced program.
_CHECKERS: Final = ("asan", "valgrind")

#: Manners that a checker may know more about: an outcome may come from memory that was not its own, a leak that the
#: runtime has counted was allocated somewhere.
_LOOKED_INTO: Final = frozenset({Manner.OUTCOME, Manner.MEMORY, Manner.LEAK})


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


def triage(suspect: Suspect, seconds: float, on_better: Callable[[str], None] | None = None) -> Finding | None:
    """Make a finding of a suspect, or None when it does not happen again (it was flaky).

    The reduction takes at most ``seconds``; ``on_better`` is called with every smaller program.
    """
    narrow = tuple(e for e in suspect.diverged.engines if e in ALL_NAMES)[:1]
    if suspect.diverged.observation.engine in ALL_NAMES:
        narrow = (suspect.diverged.observation.engine,)
    with Oracle(narrow, suspect.settings) as oracle:
        (again,) = oracle.judge([suspect.source], stdin=suspect.stdin)
        if not isinstance(again.verdict, Diverged):
            return None
        first = blamed(oracle, suspect.source, again.verdict, suspect.settings.disabled, suspect.stdin)
        reduction = shrink(oracle, suspect.source, again.verdict, seconds, suspect.stdin, on_better, first.disabled)
        blame = blamed(oracle, reduction.text, again.verdict, first.disabled, suspect.stdin)
        test = _Test(oracle, again.verdict, suspect.stdin, blame.disabled)
        guilty = culprits(reduction.text, test) if manner_of(again.verdict) in CONSEQUENCES else ()
    suspect = replace(suspect, settings=replace(suspect.settings, disabled=blame.disabled))
    return finding_of(suspect, reduction.text, blame, guilty)


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


def shrink(
    oracle: Oracle,
    source: str,
    diverged: Diverged,
    seconds: float,
    stdin: bytes = b"",
    on_better: Callable[[str], None] | None = None,
    disabled: frozenset[str] | None = None,
) -> Reduction:
    """The smallest program found within ``seconds`` that diverges in the same way under ``oracle``.

    ``disabled`` replaces the passes that the oracle's settings leave out.
    """
    test = _Test(oracle, diverged, stdin, oracle.settings.disabled if disabled is None else disabled)
    return reduce(source, test, seconds=seconds, progress=on_better)


def same(judgement: Judgement, wanted: tuple[str, ...]) -> bool:
    """Whether a judgement shows the divergence with this signature."""
    return isinstance(judgement.verdict, Diverged) and signature(judgement.verdict) == wanted


def blamed(oracle: Oracle, source: str, diverged: Diverged, disabled: frozenset[str], stdin: bytes = b"") -> PassBlame:
    """The optional passes that the divergence needs; it is there without the ``disabled`` ones."""

    def fails_without(passes: frozenset[str]) -> bool:
        return _Test(oracle, diverged, stdin, passes)([source])[0]

    return blame_passes(fails_without, disabled)


def finding_of(suspect: Suspect, reduced: str, blame: PassBlame, guilty: tuple[str, ...]) -> Finding | None:
    """The finding for a reduced program, seen by all the engines that took part; None if none sees it."""
    with Oracle(suspect.engines, suspect.settings) as oracle:
        (judgement,) = oracle.judge([reduced], stdin=suspect.stdin)
    if not isinstance(judgement.verdict, Diverged):
        return None
    diverged = judgement.verdict
    evidence = Evidence(
        look_closer(suspect, reduced, diverged),
        blame.passes,
        guilty,
        suspect.engines,
        diverged.engines,
        _c_text(reduced, suspect.settings) if manner_of(diverged) is Manner.OWNERSHIP else "",
    )
    return describe(suspect, reduced, diverged, evidence)


def look_closer(suspect: Suspect, reduced: str, diverged: Diverged) -> Diverged:
    """``diverged``, or what a checker says about the program, if that is more.

    A checker that is not on this machine says nothing.
    """
    known = diverged.fault is not None and bool(diverged.fault.stacks)
    if known or manner_of(diverged) not in _LOOKED_INTO:
        return diverged
    for name in _CHECKERS:
        if name not in suspect.engines:
            with Oracle((name,), suspect.settings) as oracle:
                (judgement,) = oracle.judge([reduced], stdin=suspect.stdin)
            seen = judgement.verdict
            if isinstance(seen, Diverged) and seen.fault is not None and seen.fault.stacks:
                return seen
    return diverged


def describe(suspect: Suspect, reduced: str, diverged: Diverged, evidence: Evidence | None = None) -> Finding:
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
        reduced=reduced,
        expected=diverged.expected,
        actual=diverged.observation,
        stdin=suspect.stdin,
        disabled_passes=tuple(sorted(suspect.settings.disabled)),
        plants=tuple(sorted(suspect.settings.plants)),
        limits=suspect.settings.limits,
        seed=suspect.seed,
        diagnostics=diagnostics(diverged, evidence, reduced, suspect.settings),
        tools=tool_versions(),
        omnitest_version=version("omnitest"),
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
