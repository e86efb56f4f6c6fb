"""The sandbox ends what it started, whatever that does, and binds it to its limits."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from omnitest.engines.sandbox import Completed, Sandbox, SandboxError, SandboxLimits, run

WALL = SandboxLimits(wall_seconds=20)


def python(program: str, limits: SandboxLimits = WALL, stdin: bytes = b"") -> Completed:
    return run([sys.executable, "-S", "-c", program], limits, stdin)


def gone(pid: int) -> bool:
    """Whether process ``pid`` has ended; its parent may still have to take note."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return True


def test_status_input_and_both_outputs() -> None:
    done = run(["sh", "-c", "cat; echo bad >&2; exit 3"], WALL, b"in")
    assert (done.status, done.signal, done.timed_out) == (3, 0, False)
    assert (done.stdout, done.stderr) == (b"in", b"bad\n")


def test_arguments_arrive_as_they_are() -> None:
    arguments = ["a b", "$HOME", "'", '"', "", "*", "\\", ";exit 1"]
    done = run(["printf", "<%s>", *arguments], WALL)
    assert done.stdout.decode() == "".join(f"<{argument}>" for argument in arguments)


def test_cpu_time_is_limited() -> None:
    done = python("while True: pass", SandboxLimits(wall_seconds=60, cpu_seconds=1))
    assert done.signal == signal.SIGXCPU
    assert 0.8 < done.cpu_seconds < 3


def test_wall_time_is_limited() -> None:
    started = time.monotonic()
    done = run(["sleep", "100"], SandboxLimits(wall_seconds=0.2))
    assert done.timed_out and done.signal == signal.SIGKILL
    assert time.monotonic() - started < 20


def test_address_space_is_limited() -> None:
    program = "import sys\ntry: bytearray(1 << 30)\nexcept MemoryError: sys.exit(5)"
    assert python(program, SandboxLimits(wall_seconds=20, address_space_bytes=512 << 20)).status == 5
    assert python(program).status == 0


def test_output_is_limited() -> None:
    done = run(["yes"], SandboxLimits(wall_seconds=20, file_bytes=4096))
    assert done.signal == signal.SIGXFSZ
    assert len(done.stdout) == 4096


def test_the_stack_can_be_raised() -> None:
    done = run(["sh", "-c", "ulimit -s"], SandboxLimits(wall_seconds=20, stack_bytes=100 << 20))
    assert done.stdout == b"102400\n"


def test_a_command_that_does_not_exist_is_named() -> None:
    with pytest.raises(SandboxError, match="no-such-command"):
        run(["no-such-command"], WALL)


#: Each leaves a process behind and prints its number.
ESCAPES = {
    "background": "import os, time\npid = os.fork()\nif pid == 0: time.sleep(1000)\nprint(pid)",
    "own group": "import os, time\npid = os.fork()\nif pid == 0: os.setpgid(0, 0); time.sleep(1000)\nprint(pid)",
    "own session, parent gone": (
        "import os, time\n"
        "r, w = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.write(w, str(os.getpid()).encode())\n"
        "        os.close(w)\n"
        "        time.sleep(1000)\n"
        "    os._exit(0)\n"
        "print(os.read(r, 20).decode())"
    ),
    "deaf": (
        "import os, signal, time\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(s, signal.SIG_IGN)\n"
        "    os.setsid(); time.sleep(1000)\n"
        "print(pid)"
    ),
}


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES.keys())
def test_nothing_is_left_behind(escape: str) -> None:
    done = python(escape)
    assert done.status == 0
    assert gone(int(done.stdout))


def test_other_processes_are_left_alone() -> None:
    with tempfile.TemporaryFile() as log, Sandbox(["sleep", "1000"], WALL, log) as other:
        run(["true"], WALL)
        assert not gone(other.pid)
    assert gone(other.pid)


@pytest.fixture
def open_descriptors() -> Callable[[], int]:
    return lambda: len(os.listdir("/proc/self/fd"))


def test_no_descriptor_leaks(open_descriptors: Callable[[], int]) -> None:
    run(["true"], WALL)
    before = open_descriptors()
    for _ in range(5):
        run(["true"], WALL)
    assert open_descriptors() == before


def test_a_conversation_by_lines(tmp_path: Path) -> None:
    with open(tmp_path / "log", "wb") as log, Sandbox(["cat"], WALL, log) as sandbox:
        assert sandbox.send("one\ntwo\n")
        assert sandbox.read_line(10) == "one"
        assert sandbox.read_line(10) == "two"
        with pytest.raises(TimeoutError):
            sandbox.read_line(0.05)


def test_the_end_of_a_conversation(tmp_path: Path) -> None:
    with open(tmp_path / "log", "wb") as log, Sandbox(["sh", "-c", "echo last; exit 4"], WALL, log) as sandbox:
        assert sandbox.read_line(10) == "last"
        assert sandbox.read_line(10) is None
        assert sandbox.wait(10) == 4
        assert not sandbox.send("too late\n" * 100000)
