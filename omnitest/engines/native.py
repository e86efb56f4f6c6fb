"""Engines that compile a batch of programs ahead of time, run them in as few processes as possible, and those about
which anything is remarkable again in a process of their own.

The plain compilers are here; engines with a checker have a :class:`Profile` that names it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from compiler.flavours import FLAVOURS, Flavour
from compiler.toolchain import PACKAGES, ToolFailure, build_program, runtime_library
from omnitest.engines import company
from omnitest.engines.batch_process import BatchProcess, Ended, RunnerDied, RunnerLimits, Verdict
from omnitest.engines.checker import Checker, CheckerFailed, ProgramRun, Unchecked
from omnitest.engines.native_outcome import EXIT_CONDITION, Ending, caught_limit, end_of, live_faults
from omnitest.engines.outcome_record import MalformedRecord, Record, parse_record
from omnitest.engines.protocol import Case, EngineOptions, Tool
from omnitest.engines.sandbox import SandboxError
from omnitest.engines.translation_unit import translation_unit
from omnitest.generate.config import GeneratorConfig
from omnitest.outcome import FaultKind, Finished, HarnessFailure, Observation, Raised

#: Name of the executable in a batch's directory.
EXECUTABLE: Final = "batch"

_MAIN: Final = "int main(int argc, char **argv) { return omni_batch_serve(&omni_batch_table, argc, argv); }\n"

#: Stack beyond what the program may use: for the runner's own frames and for handling the overflow.
STACK_MARGIN: Final = 8 << 20
#: File size beyond the program's output limit: reports of checkers and outcome records must fit.
FILE_MARGIN: Final = 1 << 20
#: Memory beyond heap and stack: code, libraries, a checker's own tables.
MEMORY_MARGIN: Final = 256 << 20
#: Bytes of a program's standard error that are looked at.
STDERR_BYTES: Final = 1 << 20


def build_tools(compiler: str) -> tuple[Tool, ...]:
    """What building a runtime and programs with ``compiler`` takes."""
    return tuple(Tool(command, (command, "--version"), PACKAGES[command]) for command in (compiler, "ar"))


@dataclass(frozen=True, slots=True)
class Profile:
    """What distinguishes one native engine from another.

    ``cpu_factor`` says how many times slower than plain code programs run at most, ``memory_factor`` how
    many bytes of memory a byte of live objects takes at most; ``address_space`` whether virtual memory can
    be limited (a checker reserves terabytes for its shadow); ``most_stack`` bounds the C stack in bytes.
    ``report_statuses`` are exit statuses that only say that the ``checker`` reported something.
    """

    name: str
    flavour: Flavour
    tools: tuple[Tool, ...]
    detects: frozenset[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    cpu_factor: float = 1.0
    memory_factor: int = 3
    address_space: bool = True
    most_stack: int | None = None
    report_statuses: frozenset[int] = frozenset()
    checker: Checker = field(default_factory=Unchecked)


class NativeEngine:
    """Compiles a batch into one executable and lets its batch runner run the programs."""

    def __init__(self, profile: Profile, options: EngineOptions) -> None:
        self._profile = profile
        self._options = options
        self._flavour = profile.flavour.with_plants() if options.plants else profile.flavour
        self._workspace = tempfile.TemporaryDirectory(prefix=f"omnitest-{profile.name}-")
        limits = options.limits
        stack = limits.stack_bytes if profile.most_stack is None else min(limits.stack_bytes, profile.most_stack)
        memory = limits.heap_bytes * profile.memory_factor + stack + MEMORY_MARGIN
        self._limits = RunnerLimits(
            cpu_seconds=limits.cpu_seconds * profile.cpu_factor,
            wall_seconds=limits.wall_seconds,
            heap_bytes=limits.heap_bytes,
            stack_bytes=stack,
            file_bytes=limits.output_bytes + FILE_MARGIN,
            address_space_bytes=memory if profile.address_space else 0,
            resident_bytes=memory,
        )

    @property
    def name(self) -> str:
        return self._profile.name

    @property
    def tools(self) -> tuple[Tool, ...]:
        return self._profile.tools

    @property
    def detects(self) -> frozenset[str]:
        return self._profile.detects

    def narrow(self, config: GeneratorConfig) -> GeneratorConfig:
        return config

    def run(self, cases: Sequence[Case]) -> list[Observation]:
        try:
            self._prepare()
        except ToolFailure as failure:
            return [self._failure(str(failure)) for _ in cases]
        return self._run_batch(cases)

    def close(self) -> None:
        self._workspace.cleanup()

    # ---- what engines with another compiler replace ----

    def _prepare(self) -> None:
        """Build what all batches share; :class:`ToolFailure` when that fails."""
        runtime_library(self._flavour)

    def _open(self, cases: Sequence[Case], directory: Path) -> BatchProcess:
        """A batch runner that is ready to serve ``cases``; :class:`ToolFailure` if they don't compile.

        Called again with the same arguments when a runner has died.
        """
        executable = directory / EXECUTABLE
        warm_up = self._warm_up()
        programs = cases if warm_up is None else [*cases, warm_up]
        if not executable.exists():
            build_program([translation_unit(programs) + _MAIN], self._flavour, executable)
        process = self._start(executable, [str(directory)], directory)
        try:
            process.await_ready(len(programs))
            if warm_up is not None:
                process.warm_up(len(cases), EXIT_CONDITION)
        except BaseException:
            self._abandon(process)
            raise
        return process

    def _release(self, process: BatchProcess) -> None:
        """Take leave of a runner whose batch is done."""
        process.close()

    def _abandon(self, process: BatchProcess) -> None:
        """End a runner that is in no state to go on."""
        process.close()

    def _reports(self, directory: Path) -> Path:
        """Where the checker of the runner that works in ``directory`` leaves its reports."""
        return directory

    # ---- the way of a batch ----

    def _warm_up(self) -> Case | None:
        """What a new runner runs first; it would run into a planted fault."""
        return None if self._options.plants else self._profile.checker.warm_up

    def _start(self, executable: Path, arguments: Sequence[str], directory: Path) -> BatchProcess:
        """Start ``executable`` under the checker, with a log and the checker's reports in ``directory``."""
        arguments = [*arguments, *self._limits.arguments()]
        if self._options.plants:
            arguments.append(f"plants={','.join(sorted(self._options.plants))}")
        if self._options.directory is not None:
            arguments.append(f"files={self._options.directory.absolute()}")
        stack_bytes = self._limits.stack_bytes + STACK_MARGIN
        return BatchProcess(
            self._profile.checker.command([str(executable), *arguments], directory, stack_bytes),
            directory / "runner.log",
            stack_bytes,
            self._limits.wall_seconds,
            {**os.environ, **self._profile.environment},
        )

    def _run_batch(self, cases: Sequence[Case]) -> list[Observation]:
        """Run ``cases`` as one batch, or as two if they do not compile together, until the bad ones are alone."""
        if not cases:
            return []
        with tempfile.TemporaryDirectory(dir=self._workspace.name, prefix="batch-") as name:
            directory = Path(name)
            for index, case in enumerate(cases):
                if case.stdin:
                    (directory / f"{index}.in").write_bytes(case.stdin)
            try:
                return self._serve(cases, directory)
            except ToolFailure as failure:
                if len(cases) == 1:
                    return [self._failure(str(failure))]
        middle = len(cases) // 2
        return self._run_batch(cases[:middle]) + self._run_batch(cases[middle:])

    def _serve(self, cases: Sequence[Case], directory: Path) -> list[Observation]:
        """Run every program of a batch. A runner that dies costs the program that it was running."""
        seen: dict[int, Observation] = {}
        # In a folder that they share, programs could see what those have left that are run again.
        in_company = len(cases) > 1 and self._options.directory is None
        while len(seen) < len(cases):
            try:
                process = self._open(cases, directory)
            except (RunnerDied, SandboxError) as failure:
                seen |= {index: self._failure(str(failure)) for index in range(len(cases)) if index not in seen}
                break
            try:
                if in_company:
                    in_company = False
                    self._serve_together(process, range(len(cases)), directory, seen)
                self._serve_alone(process, len(cases), directory, seen)
            except RunnerDied:
                self._abandon(process)
            except BaseException:
                self._abandon(process)
                raise
        return [seen[index] for index in range(len(cases))]

    def _serve_together(
        self, process: BatchProcess, programs: range, directory: Path, seen: dict[int, Observation]
    ) -> None:
        """Run the programs in company, adding to ``seen`` what is beyond doubt."""
        pending = [programs]
        while pending:
            span = pending.pop()
            for run in process.together(span.start, len(span)):
                self._profile.checker.forget(self._reports(directory), run.pid)
                observed = {
                    guest.index: self._observe_guest(directory, guest) for guest in company.guests(directory, run)
                }
                accepted = {index: one for index, one in observed.items() if one is not None}
                if company.is_quiet(run):
                    seen.update(accepted)
                else:
                    pending += company.again(run, set(accepted))

    def _observe_guest(self, directory: Path, guest: company.Guest) -> Observation | None:
        """The observation of a program in company, whose batch has ``directory``; None if there is any doubt."""
        allowed = self._options.limits.output_bytes
        verdict = Verdict(Ended.EXITED, guest.status, 0, guest.seconds)
        try:
            record = parse_record(guest.record)
        except MalformedRecord:
            return None
        end = end_of(Ending(verdict, record, len(guest.output), guest.stderr), self._limits, allowed, frozenset())
        if (
            guest.doubtful
            or not isinstance(end, Finished | Raised)
            or caught_limit(record) is not None
            or live_faults(record)
            or self._profile.checker.has_report(guest.stderr)
        ):
            return None
        return Observation(self.name, end, guest.output, (), guest.seconds, guest.stderr, in_company=True)

    def _serve_alone(self, process: BatchProcess, count: int, directory: Path, seen: dict[int, Observation]) -> None:
        """Run the programs that ``seen`` lacks, each in a process of its own. The one that the runner dies with has its
        observation when :class:`RunnerDied` is raised."""
        for index in range(count):
            if index in seen:
                continue
            try:
                verdict = process.run(index)
            except RunnerDied as death:
                seen[index] = self._failure(str(death))
                raise
            seen[index] = self._observe(directory, index, verdict)
        self._release(process)

    def _observe(self, directory: Path, index: int, verdict: Verdict) -> Observation:
        output_path = directory / f"{index}.out"
        allowed = self._options.limits.output_bytes
        output = _read_at_most(output_path, allowed)
        stderr = _read_at_most(directory / f"{index}.err", STDERR_BYTES).decode("utf-8", "replace")
        size = output_path.stat().st_size if output_path.exists() else 0
        try:
            record = _read_record(directory / f"{index}.outcome")
            faults = self._profile.checker.faults(ProgramRun(verdict, stderr, self._reports(directory)))
        except (MalformedRecord, CheckerFailed) as failure:
            return self._failure(str(failure), output, stderr)
        end = end_of(Ending(verdict, record, size, stderr), self._limits, allowed, self._profile.report_statuses)
        if verdict.ended is Ended.EXITED:
            faults += live_faults(record)
        else:  # what a killed process still held is no leak
            faults = tuple(fault for fault in faults if fault.kind is not FaultKind.LEAK)
        return Observation(self.name, end, output, faults, verdict.cpu_seconds, stderr, caught_limit(record))

    def _failure(self, reason: str, output: bytes = b"", stderr: str = "") -> Observation:
        return Observation(self.name, HarnessFailure(reason), output, stderr=stderr)


def _read_at_most(path: Path, size: int) -> bytes:
    """The first ``size`` bytes of a file; nothing if there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read(size)
    except FileNotFoundError:
        return b""


def _read_record(path: Path) -> Record | None:
    try:
        return parse_record(path.read_bytes())
    except FileNotFoundError:
        return None


def _plain(flavour: str) -> Profile:
    return Profile(
        name=flavour,
        flavour=FLAVOURS[flavour],
        tools=build_tools(FLAVOURS[flavour].compiler),
        detects=frozenset({"wrong-error-kind", "cycle-skip"}),
    )


GCC_O0: Final = _plain("gcc-O0")
GCC_O2: Final = _plain("gcc-O2")
CLANG: Final = _plain("clang")
