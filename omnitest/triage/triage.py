"""From a program that diverged to a finding: confirm, reduce, blame, name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version

from compiler.pipeline import OPTIONAL_PASSES
from omnitest.compare import Diverged
from omnitest.engines.factory import ALL_NAMES
from omnitest.engines.protocol import Case
from omnitest.oracle import Judgement, Oracle
from omnitest.prepare import Settings, prepare
from omnitest.reduce import Reduction, reduce
from omnitest.store.finding import Finding
from omnitest.tools import tool_versions
from omnitest.triage.c_positions import excerpt
from omnitest.triage.fingerprint import fingerprint, signature


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
        """What identifies the bug before anything is reduced."""
        return signature(self.diverged)


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
        reduction = shrink(oracle, suspect.source, again.verdict, seconds, suspect.stdin, on_better)
        blame = blamed_passes(oracle, reduction.text, again.verdict, suspect.stdin)
    return finding_of(suspect, reduction.text, blame)


def shrink(
    oracle: Oracle,
    source: str,
    diverged: Diverged,
    seconds: float,
    stdin: bytes = b"",
    on_better: Callable[[str], None] | None = None,
) -> Reduction:
    """The smallest program found within ``seconds`` that diverges in the same way under ``oracle``."""
    wanted = signature(diverged)

    def interesting(candidates: Sequence[str]) -> list[bool]:
        return [same(j, wanted) for j in oracle.judge(candidates, stdin=stdin)]

    return reduce(source, interesting, seconds=seconds, progress=on_better)


def same(judgement: Judgement, wanted: tuple[str, ...]) -> bool:
    """Whether a judgement shows the divergence with this signature."""
    return isinstance(judgement.verdict, Diverged) and signature(judgement.verdict) == wanted


def blamed_passes(oracle: Oracle, source: str, diverged: Diverged, stdin: bytes = b"") -> tuple[str, ...]:
    """The optional passes without which the divergence vanishes."""
    wanted = signature(diverged)
    disabled = oracle.settings.disabled
    blamed = []
    for name in OPTIONAL_PASSES:
        if name not in disabled:
            (judgement,) = oracle.judge([source], stdin=stdin, disabled=disabled | {name})
            if not same(judgement, wanted):
                blamed.append(name)
    return tuple(blamed)


def finding_of(suspect: Suspect, reduced: str, blame: tuple[str, ...]) -> Finding | None:
    """The finding for a reduced program, seen by all the engines that took part; None if none sees it."""
    with Oracle(suspect.engines, suspect.settings) as oracle:
        (judgement,) = oracle.judge([reduced], stdin=suspect.stdin)
    if not isinstance(judgement.verdict, Diverged):
        return None
    return describe(suspect, reduced, judgement.verdict, blame)


def describe(suspect: Suspect, reduced: str, diverged: Diverged, blame: tuple[str, ...]) -> Finding:
    """The finding, from what is known; nothing is run but the compiler, for the C positions."""
    now = datetime.now(UTC)
    manner = f"{diverged.detail} (engines: {', '.join(diverged.engines)}"
    summary = f"{manner}; not without: {', '.join(blame)})" if blame else f"{manner})"
    return Finding(
        fingerprint=fingerprint(diverged, blame),
        kind=diverged.kind.value,
        engine=diverged.observation.engine,
        engines=diverged.engines,
        summary=summary,
        original=suspect.source,
        reduced=reduced,
        expected=diverged.expected,
        actual=diverged.observation,
        stdin=suspect.stdin,
        disabled_passes=tuple(sorted(suspect.settings.disabled)),
        plants=tuple(sorted(suspect.settings.plants)),
        limits=suspect.settings.limits,
        seed=suspect.seed,
        diagnostics=diagnostics(diverged, reduced, suspect.settings),
        tools=tool_versions(),
        omnitest_version=version("omnitest"),
        first_seen=now,
        last_seen=now,
    )


def diagnostics(diverged: Diverged, source: str, settings: Settings) -> str:
    """The checker's report and the C behind each position in it."""
    fault = diverged.fault
    if fault is None:
        return ""
    parts = [fault.text.strip() or fault.summary]
    unverified = prepare(source, "program.omni", "p1", replace(settings, verify=False))
    c_text = unverified.compiled.c_text if isinstance(unverified, Case) else ""
    for stack in fault.stacks:
        for frame in stack:
            lines = excerpt(c_text, frame)
            if lines:
                parts.append(f"{frame.file}:{frame.line} is in the emitted C ({frame.function}):\n{lines}")
                break
    return "\n\n".join(parts)
