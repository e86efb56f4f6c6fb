"""What the reducer asks about a candidate: does it fail in the same way? Cheap questions come first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from multiprocessing.util import Finalize
from typing import Final

from omnitest.compare import Diverged, Divergence
from omnitest.engines.protocol import Case
from omnitest.engines.reference import ReferenceEngine
from omnitest.oracle import Judgement, Oracle
from omnitest.outcome import End, Finished, Raised
from omnitest.prepare import VERIFIER, Settings, prepare
from omnitest.reduce import Reduction, Subject, reduce
from omnitest.triage.signature import signature
from reference_interp import SyntaxProblem, parse
from reference_interp.coverage import Coverage

#: A candidate may take so many times the steps and the CPU seconds of the program to be reduced, and at least this
#: much.
_SLOWER: Final = 4
_LEAST_STEPS: Final = 20_000
_LEAST_CPU_SECONDS: Final = 1.0

#: Engines from the cheapest to the dearest, for small programs by the dozen.
BY_COST: Final = (
    *("tcc", "tcc-asan", "tcc-tsan", "gcc-O0", "tcc-valgrind"),
    *("gcc-O2", "clang", "asan", "tsan", "valgrind"),
)

#: Engines on which candidates cost little, the cheapest first. If one sees something wrong with a program, and be it
#: only a symptom (live objects at the end where another engine names the allocation), only candidates with it are
#: worth more.
_SCREENS: Final = ("tcc",)

#: How the reference ends where these divergences are seen: with a value (True), with a condition (False).
_REFERENCE_FINISHES: Final[dict[object, bool]] = {
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

    ``finishes`` is whether with a value, None where both will do; ``kinds`` are the kinds of conditions it may end
    with.
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


@dataclass(frozen=True, slots=True)
class Stage:
    """A question to some engines: whether a divergence with the signature ``wanted`` is there."""

    engines: tuple[str, ...]
    settings: Settings
    wanted: tuple[str, ...]

    def answers(self, subjects: Sequence[Subject]) -> list[bool]:
        """For each subject whether it is."""
        answers: dict[Subject, bool] = {}
        for stdin in dict.fromkeys(subject.stdin for subject in subjects):
            alike = [subject for subject in subjects if subject.stdin == stdin]
            judgements = _opened(self).judge([subject.program for subject in alike], stdin=stdin)
            answers.update(zip(alike, (same(judgement, self.wanted) for judgement in judgements), strict=True))
        return [answers[subject] for subject in subjects]


@dataclass(frozen=True, slots=True)
class SameFailure:
    """The reducer's test: whether subjects fail in the way that all ``stages``, in this order, ask for.

    Before them, the reference has to come to what is ``expected``; None for faults in what the compiler puts out: no
    run is needed to see those. Instances are plain data and can be sent to other processes; each process has one
    oracle per stage, which :meth:`close` ends.
    """

    expected: Expectation | None
    settings: Settings
    stages: tuple[Stage, ...]

    def __call__(self, subjects: Sequence[Subject]) -> list[bool]:
        possible = self._possible(subjects)
        left = [place for place, subject in enumerate(subjects) if subject in possible]
        for stage in self.stages[:-1]:
            shown = stage.answers([subjects[place] for place in left])
            left = [place for place, shows in zip(left, shown, strict=True) if shows]
        answers = [False] * len(subjects)
        count = len(left) if len(self.stages) == 1 else 1
        while left:  # what came through the cheap stages probably comes through the last one: few at first
            for place, shows in zip(
                left[:count], self.stages[-1].answers([subjects[p] for p in left[:count]]), strict=True
            ):
                answers[place] = shows
                if shows:
                    return answers[: place + 1]
            left, count = left[count:], 2 * count
        return answers

    def _possible(self, subjects: Sequence[Subject]) -> set[Subject]:
        possible = set()
        reference = ReferenceEngine(self.settings.engine_options())
        try:
            for subject in subjects:
                try:
                    core = parse(subject.program)
                except SyntaxProblem:
                    continue
                if self.expected is None or self.expected.admits(reference.observe(core, subject.stdin).end):
                    possible.add(subject)
        finally:
            reference.close()
        return possible

    def close(self) -> None:
        """Stop the oracles that this test has started in this process."""
        for stage in self.stages:
            _close(stage)


def _opened(stage: Stage) -> Oracle:
    oracle = _oracles.get(stage)
    if oracle is None:
        oracle = _oracles[stage] = Oracle(stage.engines, stage.settings)
        Finalize(None, _close, args=(stage,), exitpriority=10)  # in a worker nobody else would
    return oracle


def _close(stage: Stage) -> None:
    oracle = _oracles.pop(stage, None)
    if oracle is not None:
        oracle.close()


_oracles: Final[dict[Stage, Oracle]] = {}


def cheapest_oracle(settings: Settings, subject: Subject, diverged: Diverged) -> tuple[Oracle, Diverged] | None:
    """An oracle of a single engine that sees the failure, and what it sees; the caller closes it. None: it is not
    seen again."""
    candidates = [(engine,) for engine in sorted(diverged.engines, key=_cost)]
    for engines in [tuple[str, ...]()] if diverged.observation.engine == VERIFIER else candidates:
        oracle = Oracle(engines, settings)
        try:
            (judgement,) = oracle.judge([subject.program], stdin=subject.stdin)
        except BaseException:
            oracle.close()
            raise
        seen = judgement.verdict
        if isinstance(seen, Diverged) and signature(seen) == signature(diverged):
            return oracle, seen
        oracle.close()
    return None


def _cost(engine: str) -> int:
    return BY_COST.index(engine) if engine in BY_COST else len(BY_COST)


def candidate_test(oracle: Oracle, subject: Subject, diverged: Diverged) -> SameFailure:
    """The test for candidates that fail as ``subject`` does, which ``oracle`` has judged.

    It spends less on a candidate than ``oracle`` would: fewer steps and CPU seconds, no compilation where the reference
    comes to something else than the failure takes, no verification unless the verifier is what complains, and a
    cheaper engine if that sees something wrong with ``subject``, too.
    """
    settings = oracle.settings
    limits = settings.limits
    wanted = signature(diverged)
    if diverged.observation.engine == VERIFIER:
        # Nothing has to run; the reference, which takes part in every judgement, gives up at once.
        settings = replace(settings, limits=replace(limits, steps=1))
        return SameFailure(None, settings, (Stage((), settings, wanted),))
    kinds, steps = _kinds_and_steps(settings, subject)
    settings = replace(_limited(settings, steps, diverged), verify=False)
    expected = Expectation(_REFERENCE_FINISHES.get(diverged.kind), kinds)
    stages = [Stage(oracle.engines, settings, wanted)]
    for screen in _SCREENS:
        if oracle.engines == (screen,):
            break
        symptom = _seen_by(screen, settings, subject)
        if symptom is not None:
            stages.insert(-1, Stage((screen,), settings, signature(symptom)))
    return SameFailure(expected, settings, tuple(stages))


def for_variants(settings: Settings, subject: Subject, diverged: Diverged) -> Settings:
    """``settings`` with no more steps and CPU seconds than a variant of ``subject`` may take: some run without end."""
    return _limited(settings, _kinds_and_steps(settings, subject)[1], diverged)


def _limited(settings: Settings, steps: int, diverged: Diverged) -> Settings:
    limits = settings.limits
    return replace(
        settings,
        limits=replace(
            limits,
            steps=min(limits.steps, max(_LEAST_STEPS, _SLOWER * steps)),
            cpu_seconds=min(limits.cpu_seconds, max(_LEAST_CPU_SECONDS, _SLOWER * diverged.observation.seconds)),
        ),
    )


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
    confirm: Callable[[Subject], bool] = lambda subject: True,
    executor: Executor | None = None,
    workers: int = 1,
) -> Reduction:
    """The smallest subject found within ``seconds`` that diverges in the same way under ``oracle``.

    Candidates are tested by cheaper oracles first, in ``executor`` if there is one. What those see may be another bug
    of the same program: the small program that is left is reduced once more without them. What is to be accepted has
    to pass the verifier, too, if ``oracle`` asks it, and then ``confirm``.
    """
    started = time.monotonic()
    test = candidate_test(oracle, subject, diverged)
    verified = test.expected is None or not oracle.settings.verify

    def confirmed(candidate: Subject) -> bool:
        # The engines have seen the failure, within less than what the oracle allows: no need to run them again.
        return (verified or _verified(candidate, oracle.settings)) and confirm(candidate)

    def reduced(subject: Subject, test: SameFailure, lines: frozenset[int]) -> Reduction:
        return reduce(
            subject,
            test,
            seconds=seconds - (time.monotonic() - started),
            confirm=confirmed,
            on_better=on_better,
            lines=lines,
            executor=executor,
            workers=workers,
        )

    try:
        first = reduced(subject, test, _lines(diverged))
        if len(test.stages) == 1 or not first.finished:
            return first
        second = reduced(first.subject, replace(test, stages=test.stages[-1:]), frozenset())
        return replace(second, steps=first.steps + second.steps, tried=first.tried + second.tried)
    finally:
        test.close()


def _lines(diverged: Diverged) -> frozenset[int]:
    """The lines of the program that what was observed points at."""
    frames = [frame for fault in diverged.observation.faults for stack in fault.stacks for frame in stack]
    lines = {frame.line for frame in frames if frame.file.endswith(".omni")}
    ends = (diverged.expected.end, diverged.observation.end)
    lines.update(end.line for end in ends if isinstance(end, Raised))
    return frozenset(lines)


def _verified(subject: Subject, settings: Settings) -> bool:
    """Whether the compiler and its verifier are content with a program."""
    return isinstance(prepare(subject.program, "program.omni", "p0", settings), Case)
