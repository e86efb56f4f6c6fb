"""The reference engine: the CEK machine of :mod:`reference_interp`, in this process."""

from __future__ import annotations

import os
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from omnitest.engines.native_outcome import RESOURCE_LIMITS, resource_end
from omnitest.engines.protocol import Case, EngineOptions, Tool
from omnitest.generate.config import GeneratorConfig
from omnitest.guide.features import observed_features
from omnitest.outcome import End, Finished, HarnessFailure, Limit, LimitReached, Observation, Raised
from reference_interp import Program, Result, run
from reference_interp.coverage import Coverage
from reference_interp.observing import Observer
from reference_interp.session import Surroundings

#: What the interpreter can run out of, in its words.
_EXHAUSTED: Final = {"steps": Limit.STEPS, "output": Limit.OUTPUT}


#: The plant that makes every value another one: a list of it.
WRONG_REFERENCE: Final = "wrong-reference"


class ReferenceEngine:
    """Says what a program means. Its budgets are steps, output and the size of one object.

    The one plant that concerns it is :data:`WRONG_REFERENCE`, by which engines that give an opinion of their own
    prove that they would contradict it.
    """

    name: Final = "reference"
    tools: Final[tuple[Tool, ...]] = ()
    detects: Final[frozenset[str]] = frozenset()

    def __init__(self, options: EngineOptions) -> None:
        self._limits = options.limits
        self._wrong = WRONG_REFERENCE in options.plants
        self._given = options.directory
        self._observe_runs = options.observe
        self._workspace = tempfile.TemporaryDirectory(prefix="omnitest-reference-")

    def narrow(self, config: GeneratorConfig) -> GeneratorConfig:
        return config

    def run(self, cases: Sequence[Case]) -> list[Observation]:
        return [self.observe(case.core, case.stdin) for case in cases]

    def observe(self, core: Program, stdin: bytes) -> Observation:
        """The outcome of one program, which need not be compiled for that."""
        started = time.process_time()
        observer = Observer() if self._observe_runs else None
        try:
            result = self.execute(core, stdin, observer=observer)
        except Exception:  # a defect of the interpreter must cost one observation, like any other failure
            return Observation(self.name, HarnessFailure(traceback.format_exc()))
        seconds = time.process_time() - started
        caught = RESOURCE_LIMITS.get(result.caught) if result.caught is not None else None
        end = _end(result)
        if self._wrong and isinstance(end, Finished):
            end = Finished(f"({end.value})")
        features = frozenset[str]() if observer is None else observed_features(observer)
        return Observation(self.name, end, result.output, seconds=seconds, caught_limit=caught, features=features)

    def execute(
        self, core: Program, stdin: bytes, coverage: Coverage | None = None, observer: Observer | None = None
    ) -> Result:
        """What the interpreter says about one program; ``coverage`` and ``observer`` are told what it reaches."""
        with self._files() as directory:
            return run(
                core,
                stdin=stdin,
                steps=self._limits.steps,
                memory=self._limits.heap_bytes,
                output_limit=self._limits.output_bytes,
                surroundings=Surroundings(directory=directory),
                coverage=coverage,
                observer=observer,
            )

    def close(self) -> None:
        self._workspace.cleanup()

    @contextmanager
    def _files(self) -> Iterator[str]:
        """The folder for one program's files: the one asked for, or an empty one."""
        if self._given is not None:
            yield str(self._given)
            return
        folder = self._workspace.name
        try:
            yield folder
        finally:
            for name in os.listdir(folder):
                os.unlink(os.path.join(folder, name))


def _end(result: Result) -> End:
    if result.exhausted is not None:
        return LimitReached(_EXHAUSTED[result.exhausted])
    if result.condition is not None:
        raised = result.condition
        return resource_end(Raised(raised.kind, raised.message, raised.irritants, raised.line, raised.column))
    assert result.value is not None
    return Finished(result.value)
