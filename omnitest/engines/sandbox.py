"""Running a command under limits, leaving no process behind.

A command gets a session of its own. When it has ended, or its wall time is over, every process that
descends from it is killed: also those that left the session, which are recognised by a mark in the
environment that children inherit.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import psutil

from compiler.toolchain import missing_tool

#: Environment variable that marks the processes of one sandbox.
MARK: Final = "OMNITEST_SANDBOX"

#: Rounds of looking for processes to kill. A process may fork between being listed and being killed, so
#: one round is not enough; a command that outruns this many rounds is reported.
KILL_ROUNDS: Final = 500
KILL_ROUND_SECONDS: Final = 0.01

_SHELL: Final = "/bin/sh"


class SandboxError(Exception):
    """A command cannot be started, or its processes cannot be killed."""


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """Limits of one command; None means no limit.

    ``cpu_seconds``, ``address_space_bytes`` and ``file_bytes`` (the size of any file it writes, the
    captured output included) bind every process of the command separately; ``wall_seconds`` binds the
    command as a whole; ``stack_bytes`` is the stack that its processes have, more or less than the
    default.
    """

    wall_seconds: float | None = None
    cpu_seconds: float | None = None
    address_space_bytes: int | None = None
    file_bytes: int | None = None
    stack_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command ended: ``status`` if it exited, else the ``signal`` that killed it.

    ``timed_out`` says that the wall limit did. ``cpu_seconds`` counts its children that it waited for.
    """

    status: int
    signal: int
    timed_out: bool
    stdout: bytes
    stderr: bytes
    cpu_seconds: float


def _limited(argv: Sequence[str], limits: SandboxLimits) -> list[str]:
    """``argv`` started by a shell that sets the limits first: safe with threads, as code between fork and
    exec in Python would not be."""
    settings = ["ulimit -c 0"]
    if limits.cpu_seconds is not None:
        seconds = max(1, -int(-limits.cpu_seconds // 1))
        settings += [f"ulimit -S -t {seconds}", f"ulimit -H -t {seconds + 1}"]
    if limits.address_space_bytes is not None:
        settings.append(f"ulimit -v {limits.address_space_bytes // 1024}")
    if limits.file_bytes is not None:
        settings.append(f"ulimit -f {-(-limits.file_bytes // 512)}")
    if limits.stack_bytes is not None:
        settings.append(f"ulimit -S -s {-(-limits.stack_bytes // 1024)}")
    return [_SHELL, "-c", " && ".join(settings) + ' && exec "$@"', "sandbox", *argv]


class Sandbox:
    """A running command with pipes to its standard input and output. Use as a context manager, or ``close``.

    ``stderr`` is the open file that receives its standard error; ``stdout`` the one for its standard output,
    or None for a pipe that :meth:`read_line` reads.
    """

    def __init__(
        self,
        argv: Sequence[str],
        limits: SandboxLimits,
        stderr: IO[bytes],
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        if shutil.which(argv[0]) is None:
            raise SandboxError(missing_tool(argv[0]))
        self._mark = uuid.uuid4().hex
        self._pending = b""
        variables = {**(os.environ if environment is None else environment), MARK: self._mark}
        try:
            self._process = subprocess.Popen(
                _limited(argv, limits),
                stdin=subprocess.PIPE if stdin is None else stdin,
                stdout=subprocess.PIPE if stdout is None else stdout,
                stderr=stderr,
                env=variables,
                cwd=directory,
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise SandboxError(f"cannot start {argv[0]}: {error}") from error
        self._cpu_seconds = 0.0

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def cpu_seconds(self) -> float:
        """CPU time of the command and of the children it waited for; known once it has ended."""
        return self._cpu_seconds

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, text: str) -> bool:
        """Write ``text`` to the command's standard input; False if nobody reads it any more."""
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.write(text.encode())
        except OSError:
            return False
        return True

    def read_line(self, seconds: float) -> str | None:
        """The next line of the command's standard output, without its newline; None at its end.

        Raises :class:`TimeoutError` when there is none within ``seconds``.
        """
        stream = self._process.stdout
        assert stream is not None
        deadline = time.monotonic() + seconds
        while b"\n" not in self._pending:
            left = deadline - time.monotonic()
            if left <= 0 or not _readable(stream.fileno(), left):
                raise TimeoutError(f"no answer within {seconds:.1f} seconds")
            piece = os.read(stream.fileno(), 65536)
            if not piece:
                return None
            self._pending += piece
        line, _, self._pending = self._pending.partition(b"\n")
        return line.decode(errors="replace")

    def wait(self, seconds: float | None) -> int | None:
        """Wait until the command ends; its return code as :mod:`subprocess` gives it, or None at the timeout."""
        if self._process.returncode is None:
            descriptor = os.pidfd_open(self.pid)
            try:
                if not _readable(descriptor, seconds):
                    return None
            finally:
                os.close(descriptor)
            _, status, usage = os.wait4(self.pid, 0)
            self._process.returncode = os.waitstatus_to_exitcode(status)
            self._cpu_seconds = usage.ru_utime + usage.ru_stime
        return self._process.returncode

    def close(self) -> None:
        """End the command and everything it started."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self.wait(None)
        self._kill_leftovers()

    def _kill_leftovers(self) -> None:
        for _ in range(KILL_ROUNDS):
            if not kill_marked(self._mark):
                return
            time.sleep(KILL_ROUND_SECONDS)
        raise SandboxError(f"processes started by {self._process.args!r} cannot be killed")


def kill_marked(mark: str) -> int:
    """Kill the living processes whose environment carries ``mark``; how many there were."""
    killed = 0
    for process in psutil.process_iter():
        # It may end in between, have ended without being reaped, or be another user's.
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                process.kill()
                killed += 1
    return killed


def _readable(descriptor: int, seconds: float | None) -> bool:
    """Wait until ``descriptor`` can be read; False when ``seconds`` pass first."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP)
    return bool(poll.poll(None if seconds is None else max(0, seconds * 1000)))


def run(
    argv: Sequence[str],
    limits: SandboxLimits,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Completed:
    """Run ``argv`` to its end under ``limits``, with ``stdin`` as its input.

    Output beyond ``limits.file_bytes`` ends the command with SIGXFSZ. Raises :class:`SandboxError` when the
    command cannot be started.
    """
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
    ):
        source.write(stdin)
        source.seek(0)
        with Sandbox(argv, limits, stderr, source, stdout, environment, directory) as sandbox:
            code = sandbox.wait(limits.wall_seconds)
            timed_out = code is None
        code = sandbox.wait(None)
        assert code is not None
        return Completed(
            status=max(code, 0),
            signal=max(-code, 0),
            timed_out=timed_out,
            stdout=_contents(stdout),
            stderr=_contents(stderr),
            cpu_seconds=sandbox.cpu_seconds,
        )


def _contents(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
