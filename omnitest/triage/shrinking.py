"""What the reducer asks about a candidate: does it fail in the same way? Cheap questions come first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from multiprocessing.util import Finalize
from typing import Final

from omnitest.compare import Diverged, Divergence
from omnitest.engines.reference import ReferenceEngine
from omnitest.oracle import Judgement, Oracle
from omnitest.outcome import End, Finished, Raised
from omnitest.prepare import VERIFIER, Settings
from omnitest.reduce import Reduction, Subject, reduce
from omnitest.triage.fingerprint import signature
from reference_interp import SyntaxProblem, parse
from reference_interp.coverage import Coverage

#: A candidate may take so many times the steps and the CPU seconds of the program to be reduced, and at least this much.
_SLOWER: Final = 4
_LEAST_STEPS: Final = 20_000
_LEAST_CPU_SECONDS: Final = 2.0

#: Engines on which candidates cost little. What they see may be a symptom only (live objects at the end where another
#: engine names the allocation): whatever is to be accepted is judged by the real engines as well.
_PROXIES: Final = ("tcc",)

#: How the reference ends where these divergences are seen: with a value (True), with a condition (False).
_REFERENCE_FINISHES: Final = {
    Divergence.WRONG_VALUE: True,
    Divergence.UNEXPECTED_ERROR: True,
    Divergence.WRONG_ERROR: False,
    Divergence.MISSING_ERROR: False,
}


def same(judgement: Judgement, wanted: tuple[str, ...]) -> bool:
    """Whether a judgement shows the divergence with this signature."""
    return isinstance(judgement.verdict, Diverged) and signature(judgement.verdict) == wanted


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the reference must come to for a candidate to be worth compiling.

    ``finishes`` is whether with a value, None where both will do; ``kinds`` are the kinds of conditions it may end with.
    """

    finishes: bool | None
    kinds: frozenset[str]

    def admits(self, end: End) -> bool:
        """Whether a candidate for which the reference ends so may show the failure."""
        match end:
            case Finished():
                return self.finishes is not False
            case Raised(kind=kind):
                return self.finishes is not True and kind in self.kinds
            case _:
                return False


@dataclass(frozen=True)
class SameFailure:
    """The reducer's test: whether subjects show the divergence with the signature ``wanted`` under ``settings``.

    ``expected`` is None for faults in what the compiler puts out: no run is needed to see them. Instances are plain
    data and can be sent to other processes; each process has one oracle per configuration, which :func:`close` ends.
    """

    engines: tuple[str, ...]
    settings: Settings
    wanted: tuple[str, ...]
    expected: Expectation | None

    def __call__(self, subjects: Sequence[Subject]) -> list[bool]:
        answers = dict.fromkeys(subjects, False)
        possible = [subject for subject in answers if self._possible(subject)]
        for stdin in dict.fromkeys(subject.stdin for subject in possible):
            alike = [subject for subject in possible if subject.stdin == stdin]
            judgements = self._oracle().judge([subject.program for subject in alike], stdin=stdin)
            answers.update(zip(alike, (same(judgement, self.wanted) for judgement in judgements), strict=True))
        return [answers[subject] for subject in subjects]

    def _possible(self, subject: Subject) -> bool:
        try:
            core = parse(subject.program)
        except SyntaxProblem:
            return False
        return self.expected is None or self.expected.admits(self._reference().observe(core, subject.stdin).end)

    def _oracle(self) -> Oracle:
        return self._open()[0]

    def _reference(self) -> ReferenceEngine:
        return self._open()[1]

    def _open(self) -> tuple[Oracle, ReferenceEngine]:
        key = (self.engines, self.settings)
        if key not in _open:
            _open[key] = Oracle(self.engines, self.settings), ReferenceEngine(self.settings.engine_options())
            Finalize(None, close, args=key, exitpriority=10)  # in a worker nobody else would
        return _open[key]


_open: Final[dict[tuple[tuple[str, ...], Settings], tuple[Oracle, ReferenceEngine]]] = {}


def close(engines: tuple[str, ...], settings: Settings) -> None:
    """Stop the oracle that tests with these engines and settings use in this process, if there is one."""
    for part in _open.pop((engines, settings), ()):
        part.close()


def test_for(oracle: Oracle, subject: Subject, diverged: Diverged) -> SameFailure:
    """The test for candidates that fail as ``subject`` does, which ``oracle`` has judged.

    It spends less on a candidate than ``oracle`` would: fewer steps and CPU seconds, no compilation where the reference
    comes to something else than the failure takes, no verification unless the verifier is what complains, and a
    cheaper engine if that sees something wrong with ``subject``, too.
    """
    settings = oracle.settings
    limits = settings.limits
    if diverged.observation.engine == VERIFIER:
        # Nothing has to run; the reference, which takes part in every judgement, gives up at once.
        return SameFailure((), replace(settings, limits=replace(limits, steps=1)), signature(diverged), None)
    kinds, steps = _kinds_and_steps(settings, subject)
    limits = replace(
        limits,
        steps=min(limits.steps, max(_LEAST_STEPS, _SLOWER * steps)),
        cpu_seconds=min(limits.cpu_seconds, max(_LEAST_CPU_SECONDS, _SLOWER * diverged.observation.seconds)),
    )
    settings = replace(settings, limits=limits, verify=False)
    expected = Expectation(_REFERENCE_FINISHES.get(diverged.kind), kinds)
    engines, seen = oracle.engines, diverged
    for proxy in _PROXIES:
        if proxy in oracle.engines:
            break
        seen_by_proxy = _seen_by(proxy, settings, subject)
        if seen_by_proxy is not None:
            engines, seen = (proxy,), seen_by_proxy
            break
    return SameFailure(engines, settings, signature(seen), expected)


def _seen_by(engine: str, settings: Settings, subject: Subject) -> Diverged | None:
    """What is wrong with a subject for one engine, the reference aside; None if nothing is."""
    with Oracle((engine,), settings) as oracle:
        (judgement,) = oracle.judge([subject.program], stdin=subject.stdin)
    return judgement.verdict if isinstance(judgement.verdict, Diverged) else None


def _kinds_and_steps(settings: Settings, subject: Subject) -> tuple[frozenset[str], int]:
    """The kinds of everything that a program raises, caught or not, and the steps it takes."""
    reference = ReferenceEngine(settings.engine_options())
    coverage = Coverage()
    try:
        result = reference.execute(parse(subject.program), subject.stdin, coverage)
    finally:
        reference.close()
    return frozenset(coverage.kinds), result.steps


def shrink(
    oracle: Oracle,
    subject: Subject,
    diverged: Diverged,
    seconds: float,
    *,
    on_better: Callable[[Subject], None] = lambda subject: None,
    confirm: Callable[[Subject, Diverged], bool] = lambda subject, diverged: True,
    executor: Executor | None = None,
    workers: int = 1,
) -> Reduction:
    """The smallest subject found within ``seconds`` that diverges in the same way under ``oracle``.

    Candidates are tested by a cheaper oracle, in ``executor`` if there is one; each that is to be accepted is judged by
    ``oracle`` again, and ``confirm`` may refuse it with a further reason, given the divergence.
    """
    test = test_for(oracle, subject, diverged)

    def confirmed(candidate: Subject) -> bool:
        (judgement,) = oracle.judge([candidate.program], stdin=candidate.stdin)
        verdict = judgement.verdict
        return isinstance(verdict, Diverged) and signature(verdict) == test.wanted and confirm(candidate, verdict)

    try:
        return reduce(
            subject,
            test,
            seconds=seconds,
            confirm=confirmed,
            on_better=on_better,
            executor=executor,
            workers=workers,
        )
    finally:
        close(test.engines, test.settings)
