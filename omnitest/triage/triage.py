"""From a program that diverged to a finding: confirm, reduce, blame, name."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final

from compiler.pipeline import OPTIONAL_PASSES
from omnitest.compare import Diverged
from omnitest.engines.protocol import Case
from omnitest.json_fields import Fields
from omnitest.oracle import Oracle
from omnitest.outcome_json import bytes_from_json, bytes_to_json
from omnitest.prepare import Settings, prepare
from omnitest.reduce import Subject
from omnitest.store.finding import Finding
from omnitest.store.revision import revision
from omnitest.tools import tool_versions
from omnitest.triage.c_positions import excerpt
from omnitest.triage.fingerprint import fingerprint, signature
from omnitest.triage.shrinking import cheapest_oracle, same, shrink
from omnitest.triage.suspect_json import diverged_from_json, diverged_to_json, settings_from_json, settings_to_json

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
        """What identifies the bug before anything is reduced."""
        return signature(self.diverged)

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
    found = cheapest_oracle(suspect.settings, Subject(suspect.source, suspect.stdin), suspect.diverged)
    if found is None:
        return None
    cheapest, again = found
    with cheapest, Oracle(suspect.engines, suspect.settings) as everyone:
        return _reduced(suspect, cheapest, again, everyone, seconds, on_better)


def _reduced(
    suspect: Suspect,
    cheapest: Oracle,
    diverged: Diverged,
    everyone: Oracle,
    seconds: float,
    on_better: Callable[[Subject], None],
) -> Finding | None:
    """The finding for the smallest program found, which all the engines that took part see fail as the suspect did.

    The reduction asks ``cheapest`` only. If what it leads to is another bug in the eyes of ``everyone``, or is so
    without other passes, it is repeated with nothing accepted that is; if there is no time for that, nothing is
    reduced.
    """
    started = time.monotonic()
    original = Subject(suspect.source, suspect.stdin)
    blame = blamed_passes(cheapest, original, diverged)

    def seen(subject: Subject) -> Diverged | None:
        (judgement,) = everyone.judge([subject.program], stdin=subject.stdin)
        return judgement.verdict if isinstance(judgement.verdict, Diverged) else None

    def is_the_same(subject: Subject) -> bool:
        if diverged.fault is None and blamed_passes(cheapest, subject, diverged) != blame:
            return False
        by_all = seen(subject)
        return by_all is not None and signature(by_all) == suspect.signature

    smallest = shrink(cheapest, original, diverged, _FIRST_SHARE * seconds, on_better=on_better).subject
    if not is_the_same(smallest):
        left = seconds - (time.monotonic() - started)
        smallest = shrink(cheapest, original, diverged, left, on_better=on_better, confirm=is_the_same).subject
    by_all = seen(smallest)
    if by_all is None:
        return None
    return describe(suspect, smallest, by_all, blamed_passes(cheapest, smallest, diverged))


def blamed_passes(oracle: Oracle, subject: Subject, diverged: Diverged) -> tuple[str, ...]:
    """The optional passes without which the divergence vanishes."""
    wanted = signature(diverged)
    disabled = oracle.settings.disabled
    blamed = []
    for name in OPTIONAL_PASSES:
        if name not in disabled:
            (judgement,) = oracle.judge([subject.program], stdin=subject.stdin, disabled=disabled | {name})
            if not same(judgement, wanted):
                blamed.append(name)
    return tuple(blamed)


def describe(suspect: Suspect, reduced: Subject, diverged: Diverged, blame: tuple[str, ...]) -> Finding:
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
        reduced=reduced.program,
        expected=diverged.expected,
        actual=diverged.observation,
        stdin=reduced.stdin,
        original_stdin=None if reduced.stdin == suspect.stdin else suspect.stdin,
        disabled_passes=tuple(sorted(suspect.settings.disabled)),
        plant=suspect.settings.plant,
        limits=suspect.settings.limits,
        seed=suspect.seed,
        diagnostics=diagnostics(diverged, reduced.program, suspect.settings),
        tools=tool_versions(),
        matrix=tuple((engine, diverged.kind.value) for engine in diverged.engines),
        omnitest_version=version("omnitest"),
        revision=revision(),
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
