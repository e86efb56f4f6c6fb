"""The whole judgement of programs: prepare, run through the engines, compare.

An :class:`Oracle` keeps its engines (and their helper processes) until it is closed.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Final

from omnitest.compare import Diverged, Inconclusive, Verdict, diverges, judge
from omnitest.engines.factory import make_engine
from omnitest.engines.protocol import Case, Engine
from omnitest.generate.config import GeneratorConfig
from omnitest.outcome import Limit, LimitReached, Observation, Unsupported
from omnitest.prepare import VERIFIER, Malformed, Rejected, Settings, prepare
from reference_interp.primitives import PRIMITIVES

REFERENCE = "reference"

#: Primitives whose results are not the program's own doing. Generated programs look at them only in ways that have one
#: answer; what users write, and what a reducer leaves of a program, need not.
_UNPREDICTABLE: Final = tuple(row.name for row in PRIMITIVES.values() if not row.deterministic)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A program's verdict and what it rests on; ``observations`` start with the reference's, if it ran.

    ``counters`` are what the compiler's passes did, ``disabled`` the passes that were left out.
    """

    source: str
    verdict: Verdict
    observations: tuple[Observation, ...] = ()
    counters: dict[str, int] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()


class Oracle:
    """Judges batches of programs under fixed settings with a fixed set of engines.

    ``engines`` are names of :data:`omnitest.engines.factory.ENGINE_NAMES`; the reference always takes
    part, and is not among the attribute ``engines``. ``busy`` adds up the wall seconds that each engine, and preparing,
    has taken. With ``observe`` the reference says what each run reached; and a program that uses up its steps there, as
    a mutant may, is not run elsewhere: it would cost each engine its limit, for an inconclusive verdict.
    """

    def __init__(self, engines: Iterable[str], settings: Settings, *, observe: bool = False) -> None:
        self.settings = settings
        self._screens = observe
        options = replace(settings.engine_options(), observe=observe)
        self._reference = make_engine(REFERENCE, options)
        self.engines = tuple(name for name in engines if name != REFERENCE)
        self._engines: tuple[Engine, ...] = tuple(make_engine(name, options) for name in self.engines)
        self.busy: dict[str, float] = {}
        self._prepared = 0

    def __enter__(self) -> Oracle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the engines."""
        for engine in (self._reference, *self._engines):
            engine.close()

    def narrow(self, config: GeneratorConfig) -> GeneratorConfig:
        """``config`` without what one of the engines could not run or not judge."""
        for engine in self._engines:
            config = engine.narrow(config)
        return config

    def judge(
        self,
        sources: Sequence[str],
        file: str = "program.omni",
        stdin: bytes = b"",
        disabled: frozenset[str] | None = None,
    ) -> list[Judgement]:
        """One judgement per program, in order; ``disabled`` replaces the passes that the settings leave out."""
        return self.judge_files([(source, file) for source in sources], stdin, disabled)

    def judge_files(
        self, programs: Sequence[tuple[str, str]], stdin: bytes = b"", disabled: frozenset[str] | None = None
    ) -> list[Judgement]:
        """As :meth:`judge`, for programs that come with the names of their files."""
        passes = self.settings.disabled if disabled is None else disabled
        return self._judge([(source, file, passes) for source, file in programs], stdin)

    def judge_variants(self, programs: Sequence[tuple[str, frozenset[str]]]) -> list[Judgement]:
        """As :meth:`judge`, for programs that come with the passes to leave out."""
        return self._judge([(source, "program.omni", disabled) for source, disabled in programs], b"")

    def _judge(self, programs: Sequence[tuple[str, str, frozenset[str]]], stdin: bytes) -> list[Judgement]:
        """One judgement per text, name of its file, and passes to leave out."""
        started = time.monotonic()
        prepared = []
        for source, file, disabled in programs:
            self._prepared += 1
            settings = replace(self.settings, disabled=disabled)
            prepared.append(prepare(source, file, f"p{self._prepared}", settings, stdin))
        self._spend("prepare", started)
        cases = [p for p in prepared if isinstance(p, Case)]
        rows = iter(self._observe(cases))
        judgements = []
        for (source, _, disabled), item in zip(programs, prepared, strict=True):
            match item:
                case Malformed(problem=problem):
                    judgements.append(Judgement(source, Inconclusive("malformed", problem)))
                case Rejected(fault=fault):
                    nothing = Unsupported("rejected before it could run")
                    observation = Observation(VERIFIER, nothing, faults=(fault,))
                    expected = Observation(REFERENCE, nothing)
                    wrong = Diverged(fault.kind, fault.summary, expected, observation, (VERIFIER,), fault)
                    judgements.append(Judgement(source, wrong, (observation,)))
                case Case(compiled=compiled):
                    observations = next(rows)
                    verdict = judge(observations[0], observations[1:])
                    if isinstance(verdict, Diverged) and self._is_chance(item, observations[0], verdict):
                        verdict = Inconclusive("unpredictable", "the reference itself has another outcome each time")
                    judgements.append(Judgement(source, verdict, observations, compiled.counters, disabled))
        return judgements

    def _observe(self, cases: Sequence[Case]) -> list[tuple[Observation, ...]]:
        """What the reference and then each engine saw of each case. What differs from the reference and was seen in
        company is seen again alone: a neighbour may have spoilt it."""
        if not cases:
            return []
        expected = self._run(self._reference, cases)
        runs = [not self._screens or seen.end != LimitReached(Limit.STEPS) for seen in expected]
        running = [case for case, runs_here in zip(cases, runs, strict=True) if runs_here]
        wanted = [seen for seen, runs_here in zip(expected, runs, strict=True) if runs_here]
        columns = [iter(self._column(engine, running, wanted)) for engine in self._engines]
        return [
            (seen, *(next(column) for column in columns))
            if runs_here
            else (seen, *(Observation(engine.name, seen.end) for engine in self._engines))
            for seen, runs_here in zip(expected, runs, strict=True)
        ]

    def _column(self, engine: Engine, cases: Sequence[Case], expected: Sequence[Observation]) -> list[Observation]:
        """What one engine saw of each case."""
        column = self._run(engine, cases) if cases else []
        for index, (wanted, seen) in enumerate(zip(expected, column, strict=True)):
            if seen.in_company and diverges(wanted, seen):
                (column[index],) = self._run(engine, cases[index : index + 1])
        return column

    def _is_chance(self, case: Case, expected: Observation, verdict: Diverged) -> bool:
        """Whether the outcomes differ because the program shows what no two runs have in common, as the clock."""
        if verdict.fault is not None or not any(name in case.source for name in _UNPREDICTABLE):
            return False
        (again,) = self._run(self._reference, [case])
        return diverges(expected, again)

    def _run(self, engine: Engine, cases: Sequence[Case]) -> list[Observation]:
        started = time.monotonic()
        observations = engine.run(cases)
        assert len(observations) == len(cases), f"{engine.name} lost an observation"
        self._spend(engine.name, started)
        return observations

    def _spend(self, name: str, started: float) -> None:
        self.busy[name] = self.busy.get(name, 0.0) + time.monotonic() - started
