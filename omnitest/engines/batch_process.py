"""The client's side of the batch runner's protocol (``runtime/BATCH.md``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from omnitest.engines.sandbox import Sandbox, SandboxLimits

#: How long starting a runner may take: valgrind on a busy machine needs seconds.
START_SECONDS: Final = 120.0

#: What a verdict may take beyond the wall limit of its program: killing it and what it left behind, and
#: leak checks at exit.
GRACE_SECONDS: Final = 30.0

STDERR_TAIL: Final = 4000  # characters of a dead runner's last words that are kept


class Ended(Enum):
    """How a process ended; the values are the protocol's words."""

    EXITED = "exited"
    SIGNALED = "signaled"
    WALL_LIMIT = "wall-limit"
    MEMORY_LIMIT = "memory-limit"
    CPU_LIMIT = "cpu-limit"
    FORK_FAILED = "fork-failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``code`` is an exit status, a signal number or an errno, as ``ended`` says; ``pid`` the program's process."""

    ended: Ended
    code: int
    pid: int
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Company:
    """One process that ran programs one after the other.

    ``ended`` is how many programs did, beginning with number ``first``; ``interrupted`` whether the process ended while
    the next one was running. ``how`` and ``code`` are as in :class:`Verdict`.
    """

    first: int
    ended: int
    interrupted: bool
    how: Ended
    code: int
    pid: int


class RunnerDied(Exception):
    """The batch runner itself ended, fell silent or talked nonsense."""


@dataclass(frozen=True, slots=True)
class RunnerLimits:
    """Limits of every program of a batch, as the runner enforces them; 0 means none for the last three."""

    cpu_seconds: float
    wall_seconds: float
    heap_bytes: int
    stack_bytes: int
    file_bytes: int
    address_space_bytes: int
    resident_bytes: int

    def arguments(self) -> list[str]:
        """The limits as arguments of the runner."""
        return [
            f"cpu-seconds={self.cpu_seconds}",
            f"wall-seconds={self.wall_seconds}",
            f"heap-bytes={self.heap_bytes}",
            f"stack-bytes={self.stack_bytes}",
            f"file-bytes={self.file_bytes}",
            f"address-space-bytes={self.address_space_bytes}",
            f"resident-bytes={self.resident_bytes}",
        ]


class BatchProcess:
    """A running batch runner, started with ``command`` and ``stack_bytes`` of stack.

    Its standard error goes to the file ``log``.
    """

    def __init__(
        self, command: Sequence[str], log: Path, stack_bytes: int, wall_seconds: float, environment: Mapping[str, str]
    ) -> None:
        self._log = log
        self._wall_seconds = wall_seconds
        with open(log, "wb") as stderr:
            limits = SandboxLimits(stack_bytes=stack_bytes)
            self._sandbox = Sandbox(command, limits, stderr, environment=environment)

    def await_ready(self, count: int) -> None:
        """Wait until the runner serves its ``count`` programs."""
        answer = self.answer(START_SECONDS)
        if answer != f"ready {count}":
            raise self._died(f"said {answer!r} instead of being ready for {count} programs")

    def warm_up(self, index: int, status: int) -> None:
        """Run the trusted program ``index`` in the runner; :class:`RunnerDied` unless it exits with ``status``."""
        self.send(f"warm {index}\n")
        answer = self.answer(self._wall_seconds + GRACE_SECONDS)
        if answer.split() != [str(index), "warm", str(status)]:
            raise self._died(f"failed to warm up: {answer}")

    def run(self, index: int) -> Verdict:
        """Run program ``index`` and wait for the verdict; :class:`RunnerDied` when there is none."""
        self.send(f"run {index}\n")
        answer = self.answer(self._wall_seconds + GRACE_SECONDS)
        words = answer.split()
        try:
            number, ended, code, pid, milliseconds = words
            verdict = Verdict(Ended(ended), int(code), int(pid), int(milliseconds) / 1000)
            if int(number) != index:
                raise ValueError(f"verdict of program {number} instead of {index}")
        except ValueError as error:
            raise self._died(f"said {answer!r}: {error}") from error
        return verdict

    def together(self, first: int, count: int) -> list[Company]:
        """Run ``count`` programs from number ``first`` on in as few processes as possible, and wait for all of them;
        :class:`RunnerDied` when it does not answer."""
        self.send(f"together {first} {count}\n")
        companies: list[Company] = []
        done = 0
        while done < count:
            answer = self.answer((count - done) * self._wall_seconds + GRACE_SECONDS)
            words = answer.split()
            try:
                if words[0] != "together" or int(words[1]) != first + done:
                    raise ValueError(f"no answer for program {first + done}")
                ended, interrupted, code, pid = (int(words[i]) for i in (2, 3, 5, 6))
                if ended < 0 or not 0 < ended + interrupted <= count - done:
                    raise ValueError(f"{ended} programs out of {count - done}")
                companies.append(Company(first + done, ended, interrupted != 0, Ended(words[4]), code, pid))
            except (ValueError, IndexError) as error:
                raise self._died(f"said {answer!r}: {error}") from error
            done += ended + interrupted
        return companies

    def send(self, request: str) -> None:
        """Send a request; raises :class:`RunnerDied` when the runner does not listen."""
        if not self._sandbox.send(request):
            raise self._died("does not listen")

    def answer(self, seconds: float) -> str:
        """The next line from the runner; :class:`RunnerDied` when there is none within ``seconds``."""
        try:
            line = self._sandbox.read_line(seconds)
        except TimeoutError as error:
            raise self._died(f"gave {error}") from error
        if line is None:
            code = self._sandbox.wait(START_SECONDS)
            how = "is hung" if code is None else f"was killed by signal {-code}" if code < 0 else f"exited with {code}"
            raise self._died(how)
        return line

    def _died(self, how: str) -> RunnerDied:
        words = self._log.read_text(encoding="utf-8", errors="replace")[-STDERR_TAIL:].strip()
        return RunnerDied(f"the batch runner {how}" + (f":\n{words}" if words else ""))

    def close(self) -> None:
        """End the runner and everything it started."""
        self._sandbox.close()
