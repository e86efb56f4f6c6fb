"""From what the engines saw to a verdict. Verdicts are closed: agree, diverged, inconclusive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from omnitest.outcome import (
    Crashed,
    Failed,
    Fault,
    FaultKind,
    Finished,
    HarnessFailure,
    LimitReached,
    Observation,
    Raised,
    Unsupported,
)

#: Kinds of conditions that only programs raise; every engine knows them apart from errors of its own.
_OF_PROGRAMS: Final = frozenset({"user-error", "raised", "assertion-failed"})


class Divergence(Enum):
    """How an engine's outcome differs from the reference's."""

    CRASH = "crash"
    WRONG_VALUE = "wrong-value"
    WRONG_OUTPUT = "wrong-output"
    WRONG_ERROR = "wrong-error"
    UNEXPECTED_ERROR = "unexpected-error"
    MISSING_ERROR = "missing-error"


@dataclass(frozen=True, slots=True)
class Agree:
    """Every engine gave the reference's outcome, and no checker had anything to say."""


@dataclass(frozen=True, slots=True)
class Diverged:
    """``observation`` is the most telling of those that are wrong; ``engines`` are all that are.

    ``fault`` is what a checker reported, or None where the outcome itself differs.
    """

    kind: FaultKind | Divergence
    detail: str
    expected: Observation
    observation: Observation
    engines: tuple[str, ...]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Inconclusive:
    """Nothing can be said; ``reason`` is one of a few words, so that reasons can be counted."""

    reason: str
    detail: str = ""


Verdict = Agree | Diverged | Inconclusive


def judge(expected: Observation, actual: Sequence[Observation]) -> Verdict:
    """The verdict on one program; ``expected`` is the reference's observation."""
    wrong: list[tuple[int, Diverged]] = []
    undecided: list[Inconclusive] = []
    for observation in actual:
        verdict = compare(expected, observation)
        if isinstance(verdict, Diverged):
            wrong.append((_weight(verdict), verdict))
        elif isinstance(verdict, Inconclusive):
            undecided.append(verdict)
    if wrong:
        worst = max(wrong, key=lambda pair: pair[0])[1]
        engines = tuple(d.observation.engine for _, d in wrong)
        return Diverged(worst.kind, worst.detail, expected, worst.observation, engines, worst.fault)
    if undecided:
        return undecided[0]
    return Agree() if actual else Inconclusive("nothing-ran")


def diverges(expected: Observation, actual: Observation) -> bool:
    """Whether one observation by itself is a divergence from the reference's."""
    return isinstance(compare(expected, actual), Diverged)


def verdicts_by_engine(observations: Sequence[Observation]) -> tuple[tuple[str, str], ...]:
    """What each engine comes to by itself, in a word: ``agree``, ``inconclusive`` or the kind of its divergence.

    ``observations`` start with the reference's; where it did not run, there is nothing to say.
    """
    words = []
    for observation in observations[1:]:
        match compare(observations[0], observation):
            case Agree():
                word = "agree"
            case Inconclusive():
                word = "inconclusive"
            case Diverged(kind=kind):
                word = kind.value
        words.append((observation.engine, word))
    return tuple(words)


def compare(expected: Observation, actual: Observation) -> Verdict:
    """The verdict of one engine against the reference's observation ``expected``.

    A checker's report counts whatever the outcome was.
    """
    if actual.faults:
        fault = max(actual.faults, key=lambda f: len(f.stacks))
        return Diverged(fault.kind, fault.summary, expected, actual, (actual.engine,), fault)
    if isinstance(actual.end, HarnessFailure):
        return Inconclusive("harness-failure", f"{actual.engine}: {actual.end.reason}")
    if isinstance(actual.end, Crashed):
        how = f"signal {actual.end.signal}" if actual.end.signal else f"exit status {actual.end.status}"
        return Diverged(Divergence.CRASH, how, expected, actual, (actual.engine,))
    for observation in (expected, actual):
        match observation.end:
            case HarnessFailure(reason=reason):
                return Inconclusive("harness-failure", f"{observation.engine}: {reason}")
            case LimitReached(limit=limit):
                return Inconclusive(f"limit-{limit.value}", observation.engine)
            case Unsupported(reason=reason):
                return Inconclusive("unsupported", f"{observation.engine}: {reason}")
            case _:
                pass
    difference = _difference(expected, actual)
    if difference is None:
        return Agree()
    for observation in (expected, actual):
        if observation.caught_limit is not None:
            return Inconclusive(f"caught-{observation.caught_limit.value}", observation.engine)
    kind, detail = difference
    return Diverged(kind, detail, expected, actual, (actual.engine,))


def _difference(expected: Observation, actual: Observation) -> tuple[Divergence, str] | None:
    """How two outcomes differ. Positions of errors are shown to people, never compared."""
    match expected.end, actual.end:
        case Finished(value=wanted), Finished(value=got):
            if wanted != got:
                return Divergence.WRONG_VALUE, f"expected {_clip(wanted)}, got {_clip(got)}"
        case Raised() as wanted_error, Raised() as got_error:
            if (wanted_error.kind, wanted_error.message, wanted_error.irritants) != (
                got_error.kind,
                got_error.message,
                got_error.irritants,
            ):
                return Divergence.WRONG_ERROR, f"expected {wanted_error.kind}, got {got_error.kind}"
        case Raised(kind=kind), Failed(detail=detail):
            if kind in _OF_PROGRAMS:
                return Divergence.WRONG_ERROR, f"expected {kind}, got an error: {_clip(detail)}"
        case Finished(), Failed(detail=detail):
            return Divergence.UNEXPECTED_ERROR, f"an error instead of a value: {_clip(detail)}"
        case Finished(), Raised(kind=kind):
            return Divergence.UNEXPECTED_ERROR, f"{kind} instead of a value"
        case Raised(kind=kind), Finished():
            return Divergence.MISSING_ERROR, f"a value instead of {kind}"
        case _:
            raise AssertionError(f"not comparable: {expected.end} and {actual.end}")
    if expected.output != actual.output:
        return Divergence.WRONG_OUTPUT, _first_difference(expected.output, actual.output)
    return None


def _first_difference(wanted: bytes, got: bytes) -> str:
    position = next(
        (i for i, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), min(len(wanted), len(got))
    )
    return f"output differs from byte {position}"


def _clip(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _weight(verdict: Diverged) -> int:
    """How much a divergence tells: reports with stacks first, bare counters and differences last."""
    if verdict.fault is None:
        return 1 if verdict.kind is Divergence.CRASH else 2
    if not verdict.fault.stacks:
        return 0
    return 4 if verdict.kind in (FaultKind.OWNERSHIP, FaultKind.COMPILER_CRASH) else 3
