"""The whole judgement of programs: prepare, run through the engines, compare.

An :class:`Oracle` keeps its engines (and their helper processes) until it is closed.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType

from omnitest.compare import Diverged, Inconclusive, Verdict, judge
from omnitest.engines.factory import make_engine
from omnitest.engines.protocol import Case, Engine
from omnitest.generate.config import GeneratorConfig
from omnitest.outcome import Limit, LimitReached, Observation, Unsupported
from omnitest.prepare import VERIFIER, Malformed, Rejected, Settings, prepare

REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A program's verdict and what it rests on; ``observations`` start with the reference's, if it ran."""

    source: str
    verdict: Verdict
    observations: tuple[Observation, ...] = ()
    counters: dict[str, int] = field(default_factory=dict)


class Oracle:
    """Judges batches of programs under fixed settings with a fixed set of engines.

    ``engines`` are names of :data:`omnitest.engines.factory.ENGINE_NAMES`; the reference always takes
    part. ``busy`` adds up the wall seconds that each engine, and preparing, has taken. With ``observe`` the reference
    says what each run reached; and a program that uses up its steps there, as a mutant may, is not run elsewhere: it
    would cost each engine its limit, for an inconclusive verdict.
    """

    def __init__(self, engines: Iterable[str], settings: Settings, *, observe: bool = False) -> None:
        self.settings = settings
        self._screens = observe
        options = replace(settings.engine_options(), observe=observe)
        self._reference = make_engine(REFERENCE, options)
        self._engines: tuple[Engine, ...] = tuple(make_engine(n, options) for n in engines if n != REFERENCE)
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
        started = time.monotonic()
        settings = self.settings if disabled is None else replace(self.settings, disabled=disabled)
        prepared = []
        for source, file in programs:
            self._prepared += 1
            prepared.append(prepare(source, file, f"p{self._prepared}", settings, stdin))
        self._spend("prepare", started)
        cases = [p for p in prepared if isinstance(p, Case)]
        rows = iter(self._rows(cases))
        judgements = []
        for (source, _), item in zip(programs, prepared, strict=True):
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
                    judgements.append(Judgement(source, verdict, observations, compiled.counters))
        return judgements

    def _rows(self, cases: Sequence[Case]) -> list[tuple[Observation, ...]]:
        """What each engine, the reference first, saw of each case."""
        if not cases:
            return []
        expected = self._run(self._reference, cases)
        endless = [self._screens and o.end == LimitReached(Limit.STEPS) for o in expected]
        running = [case for case, skip in zip(cases, endless, strict=True) if not skip]
        columns = [iter(self._run(engine, running) if running else []) for engine in self._engines]
        return [
            (seen, *(Observation(engine.name, seen.end) for engine in self._engines))
            if skip
            else (seen, *(next(column) for column in columns))
            for seen, skip in zip(expected, endless, strict=True)
        ]

    def _run(self, engine: Engine, cases: Sequence[Case]) -> list[Observation]:
        started = time.monotonic()
        observations = engine.run(cases)
        assert len(observations) == len(cases), f"{engine.name} lost an observation"
        self._spend(engine.name, started)
        return observations

    def _spend(self, name: str, started: float) -> None:
        self.busy[name] = self.busy.get(name, 0.0) + time.monotonic() - started
