"""Running a stored finding again, exactly as it was found."""

from __future__ import annotations

from dataclasses import dataclass

from omnitest.compare import Diverged
from omnitest.engines.factory import ALL_NAMES
from omnitest.oracle import Judgement, Oracle
from omnitest.prepare import Settings
from omnitest.store.finding import Finding


@dataclass(frozen=True, slots=True)
class Replay:
    """``reproduced`` is whether the program still shows a divergence of the finding's kind."""

    finding: Finding
    judgement: Judgement
    reproduced: bool


def settings_of(finding: Finding) -> Settings:
    """The compiler and engine settings under which the finding was made."""
    return Settings(frozenset(finding.disabled_passes), frozenset(finding.plants), finding.limits)


def replay(finding: Finding, original: bool = False) -> Replay:
    """Run the reduced program (or the ``original``) of a finding on its engine and the reference."""
    engines = (finding.engine,) if finding.engine in ALL_NAMES else ()
    source, stdin = finding.reduced, finding.stdin
    if original:
        source = finding.original
        stdin = finding.stdin if finding.original_stdin is None else finding.original_stdin
    with Oracle(engines, settings_of(finding)) as oracle:
        (judgement,) = oracle.judge([source], stdin=stdin)
    verdict = judgement.verdict
    return Replay(finding, judgement, isinstance(verdict, Diverged) and verdict.kind.value == finding.kind)
