"""The reference engine: the CEK machine of :mod:`reference_interp`, in this process."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from typing import Final

from omnitest.engines.native_outcome import RESOURCE_LIMITS, resource_end
from omnitest.engines.protocol import Case, EngineOptions, Tool
from omnitest.outcome import End, Finished, HarnessFailure, Limit, LimitReached, Observation, Raised
from reference_interp import Result, run

#: What the interpreter can run out of, in its words.
_EXHAUSTED: Final = {"steps": Limit.STEPS, "output": Limit.OUTPUT}


class ReferenceEngine:
    """Says what a program means. Its budgets are steps, output and the size of one object; plants of the
    runtime do not concern it."""

    name: Final = "reference"
    tools: Final[tuple[Tool, ...]] = ()
    detects: Final[frozenset[str]] = frozenset()

    def __init__(self, options: EngineOptions) -> None:
        self._limits = options.limits

    def run(self, cases: Sequence[Case]) -> list[Observation]:
        return [self._observe(case) for case in cases]

    def close(self) -> None:
        """There is nothing to stop or remove."""

    def _observe(self, case: Case) -> Observation:
        started = time.process_time()
        try:
            result = run(
                case.core,
                stdin=case.stdin,
                steps=self._limits.steps,
                memory=self._limits.heap_bytes,
                output_limit=self._limits.output_bytes,
            )
        except Exception:  # a defect of the interpreter must cost one observation, like any other failure
            return Observation(self.name, HarnessFailure(traceback.format_exc()))
        seconds = time.process_time() - started
        caught = RESOURCE_LIMITS.get(result.caught) if result.caught is not None else None
        return Observation(self.name, _end(result), result.output, seconds=seconds, caught_limit=caught)


def _end(result: Result) -> End:
    if result.exhausted is not None:
        return LimitReached(_EXHAUSTED[result.exhausted])
    if result.condition is not None:
        raised = result.condition
        return resource_end(Raised(raised.kind, raised.message, raised.irritants, raised.line, raised.column))
    assert result.value is not None
    return Finished(result.value)
