"""Engines that are other implementations of Scheme: a third opinion on what programs of the common subset mean.

One process serves many programs, each in a fresh environment, as ``scheme_prelude/common.scm`` says. It gets
the text of the program as it is. What it raises itself is :class:`~omnitest.outcome.Failed`: an error without
OmniLisp's kind and message. A process that dies or hangs costs the program that it was running.

What the common subset is, and why, is told in ``docs/portability.md``.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import psutil

from omnitest.engines.protocol import Case, EngineOptions, Tool
from omnitest.engines.sandbox import Sandbox, SandboxError, SandboxLimits
from omnitest.generate.config import Feature, GeneratorConfig, Subset
from omnitest.generate.vocabulary import BUILTINS
from omnitest.outcome import (
    End,
    Failed,
    Finished,
    HarnessFailure,
    Limit,
    LimitReached,
    Observation,
    Raised,
    Unsupported,
)

PRELUDE: Final = Path(__file__).parent / "scheme_prelude"

#: Programs asked for at once: a process need not wait for the next one.
_BATCH: Final = 50
#: Programs after which a process is replaced: what they leave behind adds up.
_PROGRAMS_PER_PROCESS: Final = 500
_START_SECONDS: Final = 120.0
#: How often the CPU time of a running program is looked at.
_TICK_SECONDS: Final = 0.05
#: Bytes of address space beyond the heap: code, the collector's own tables, the stack.
_MEMORY_MARGIN: Final = 512 << 20
_STDERR_TAIL: Final = 2000

_HEADER: Final = "omni-foreign 1\n"
#: Words of a text between delimiters; what is inside of strings and comments counts as well.
_WORD: Final = re.compile(r"[^\s()'`,\";#|]+")

#: Kinds of errors that are errors there as well; a literal may be changed there.
COMMON_ERROR_KINDS: Final = frozenset(
    {
        "type-error",
        "arity-error",
        "unbound-variable",
        "integer-overflow",
        "division-by-zero",
        "index-out-of-range",
        "assertion-failed",
        "user-error",
        "raised",
        "control-error",
    }
)
#: The groups of constructs of which a part is common, and whose forms ``omnitest.generate.sequencing`` knows.
COMMON_FEATURES: Final = frozenset(
    {
        Feature.FLOATS,
        Feature.BIG_INTEGERS,
        Feature.BITWISE,
        Feature.CHARS,
        Feature.STRINGS,
        Feature.SYMBOLS,
        Feature.VECTORS,
        Feature.PAIRS,
        Feature.NESTED_DATA,
        Feature.BIG_LITERALS,
        Feature.QUASIQUOTE,
        Feature.MUTATION,
        Feature.ASSIGNMENT,
        Feature.CYCLES,
        Feature.CLOSURES,
        Feature.HIGHER_ORDER,
        Feature.REST,
        Feature.LOOPS,
        Feature.RECURSION,
        Feature.DEEP_RECURSION,
        Feature.LETREC,
        Feature.INTERNAL_DEFINES,
        Feature.CASES,
        Feature.GUARD,
        Feature.OUTPUT,
        Feature.SEVERAL_VALUES,
        Feature.CONTINUATIONS,
        Feature.WINDS,
        Feature.HANDLERS,
        Feature.PARAMETERS,
        Feature.SHADOWING,
        Feature.DEAD_VALUES,
        Feature.RECORDS,
        Feature.CASE_LAMBDA,
        Feature.PROMISES,
        Feature.BYTEVECTORS,
        Feature.MUTABLE_TEXT,
        Feature.UNICODE,
        Feature.MACROS,
    }
)


@cache
def common_names() -> frozenset[str]:
    """The names of the language that programs of the common subset may use."""
    text = re.sub(r";.*", "", (PRELUDE / "names.scm").read_text(encoding="utf-8"))
    return frozenset(re.findall(r"[^\s()]+", text))


@dataclass(frozen=True, slots=True)
class Implementation:
    """What distinguishes one implementation: the command that serves programs, started in the prelude's folder,
    and how its last words say that memory ran out."""

    name: str
    command: tuple[str, ...]
    tool: Tool
    out_of_memory: re.Pattern[str]


class _Died(Exception):
    """The process ended or was ended; ``end`` is what that means for the program it was running."""

    def __init__(self, end: End) -> None:
        super().__init__()
        self.end = end


class SchemeEngine:
    """Runs programs in one implementation."""

    detects: Final[frozenset[str]] = frozenset()

    def __init__(self, implementation: Implementation, options: EngineOptions) -> None:
        self._implementation = implementation
        self._limits = options.limits
        self._workspace = tempfile.TemporaryDirectory(prefix=f"omnitest-{implementation.name}-")
        self._directory = Path(self._workspace.name)
        self._sandbox: Sandbox | None = None
        self._served = 0

    @property
    def name(self) -> str:
        return self._implementation.name

    @property
    def tools(self) -> tuple[Tool, ...]:
        return (self._implementation.tool,)

    def narrow(self, config: GeneratorConfig) -> GeneratorConfig:
        subset = Subset(common_names(), COMMON_ERROR_KINDS)
        return replace(config, features=config.features & COMMON_FEATURES, subset=subset.within(config.subset))

    def run(self, cases: Sequence[Case]) -> list[Observation]:
        observations: dict[int, Observation] = {}
        waiting: list[tuple[int, Case]] = []
        for index, case in enumerate(cases):
            beyond = _beyond_the_subset(case.source)
            if beyond:
                reason = Unsupported(f"outside of the common subset: {', '.join(beyond)}")
                observations[index] = Observation(self.name, reason)
            else:
                waiting.append((index, case))
        while waiting:
            batch, waiting = waiting[:_BATCH], waiting[_BATCH:]
            # Programs that a dead process did not get to are served by the next one.
            waiting = batch[self._serve(batch, observations) :] + waiting
        return [observations[index] for index in range(len(cases))]

    def close(self) -> None:
        self._stop()
        self._workspace.cleanup()

    # ---- a batch ----

    def _serve(self, batch: Sequence[tuple[int, Case]], observations: dict[int, Observation]) -> int:
        """Run the programs of ``batch`` until one of them ends the process; how many have an observation then."""
        served = 0
        try:
            sandbox = self._running()
            process = psutil.Process(sandbox.pid)
            requests = "".join(self._request(number, case) for number, (_, case) in enumerate(batch))
            before = _cpu_seconds(process)
            # A process that is gone does not listen: that shows when it does not answer.
            sandbox.send(requests)
            for number, (index, _) in enumerate(batch):
                self._await(sandbox, process, before)
                end, output = parse_record(self._file(number, "record").read_bytes().decode("utf-8"))
                after = _cpu_seconds(process)
                observations[index] = Observation(self.name, end, output, seconds=after - before)
                before = after
                served += 1
            self._served += served
        except _Died as death:
            self._stop()
            observations[batch[served][0]] = Observation(self.name, death.end)
            served += 1
        except (SandboxError, psutil.Error, OSError, ValueError) as failure:
            self._stop()
            observations[batch[served][0]] = Observation(self.name, HarnessFailure(f"{self.name}: {failure}"))
            served += 1
        return served

    def _file(self, number: int, what: str) -> Path:
        return self._directory / f"{number}.{what}"

    def _request(self, number: int, case: Case) -> str:
        """What asks for program ``number`` of a batch to be run, after its files have been written."""
        program, stdin, record = (self._file(number, what) for what in ("omni", "in", "record"))
        program.write_bytes(case.source.encode("utf-8"))
        stdin.write_bytes(case.stdin)
        record.unlink(missing_ok=True)
        return f"{program}\n{stdin}\n{record}\n{self._limits.output_bytes}\n"

    def _await(self, sandbox: Sandbox, process: psutil.Process, cpu_before: float) -> None:
        """Wait for the answer; :class:`_Died` when there is none within the limits."""
        deadline = time.monotonic() + self._limits.wall_seconds
        while True:
            try:
                if sandbox.read_line(_TICK_SECONDS) is None:
                    raise self._death(sandbox)
                return
            except TimeoutError:
                if _cpu_seconds(process) - cpu_before >= self._limits.cpu_seconds:
                    raise _Died(LimitReached(Limit.CPU)) from None
                if time.monotonic() >= deadline:
                    raise _Died(LimitReached(Limit.WALL)) from None

    # ---- the process ----

    def _running(self) -> Sandbox:
        if self._sandbox is not None and self._served < _PROGRAMS_PER_PROCESS:
            return self._sandbox
        self._stop()
        limits = SandboxLimits(
            stack_bytes=self._limits.stack_bytes, address_space_bytes=self._limits.heap_bytes + _MEMORY_MARGIN
        )
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        with open(self._stderr, "wb") as stderr:
            self._sandbox = Sandbox(
                self._implementation.command, limits, stderr, environment=environment, directory=PRELUDE
            )
        self._served = 0
        if self._sandbox.read_line(_START_SECONDS) is None:
            raise SandboxError(f"it does not start:\n{self._last_words()}")
        return self._sandbox

    def _stop(self) -> None:
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None

    @property
    def _stderr(self) -> Path:
        return self._directory / "stderr"

    def _last_words(self) -> str:
        return self._stderr.read_text(encoding="utf-8", errors="replace")[-_STDERR_TAIL:].strip()

    def _death(self, sandbox: Sandbox) -> _Died:
        code = sandbox.wait(_START_SECONDS)
        words = self._last_words()
        if self._implementation.out_of_memory.search(words):
            return _Died(LimitReached(Limit.MEMORY))
        return _Died(HarnessFailure(f"{self.name} ended with {code}:\n{words}"))


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:  # it has ended; whoever waits for its answer will learn that
        return 0.0
    return float(times.user + times.system)


def _beyond_the_subset(source: str) -> list[str]:
    """Names of the language in ``source`` that are not common, be they used or just mentioned."""
    return sorted((BUILTINS - common_names()) & set(_WORD.findall(source)))


# ---- what a program left ----


def parse_record(text: str) -> tuple[End, bytes]:
    """The end and the output in the ``text`` of a record.

    Raises :class:`ValueError` for anything that is not a complete record.
    """
    if not text.startswith(_HEADER):
        raise ValueError(f"a record begins with {text[: len(_HEADER)]!r}")
    fields: list[str] = []
    at = len(_HEADER)
    while text[at:] != "complete\n":
        end_of_size = text.index("\n", at)
        start = end_of_size + 1
        stop = start + int(text[at:end_of_size])
        if text[stop : stop + 1] != "\n":
            raise ValueError("a record ends within a field")
        fields.append(text[start:stop])
        at = stop + 1
    match fields:
        case ["value", output, value]:
            end: End = Finished(value)
        case ["condition", output, kind, message, *irritants]:
            end = Raised(kind, message, tuple(irritants))
        case ["error", output, detail]:
            end = Failed(detail)
        case ["incomparable", output, reason]:
            end = Unsupported(reason)
        case ["limit", output, which]:
            end = LimitReached(_LIMITS[which])
        case _:
            raise ValueError(f"a record of {fields[:1]} with {len(fields)} fields")
    return end, output.encode("utf-8")


_LIMITS: Final = {"output": Limit.OUTPUT, "stack": Limit.STACK, "memory": Limit.MEMORY}
