"""`tools/setup.sh`: what it says and does on machines that lack something."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: Programs of the base system that the script itself uses.
BASE = ["bash", "cat", "cut", "dirname", "env", "grep", "id", "rm", "touch", "uname"]


class Machine:
    """A PATH of our own making: base programs, plus the fakes a test adds."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.log = folder / "log"
        for name in BASE:
            found = shutil.which(name)
            assert found is not None
            (self.bin / name).symlink_to(found)

    def add(self, name: str, script: str) -> None:
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!{self.bin}/bash\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def set_up(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.bin / "bash"), str(ROOT / "tools" / "setup.sh"), "--system"],
            env={"PATH": str(self.bin), "LOG": str(self.log)},
            capture_output=True,
            text=True,
            timeout=60,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_without_apt_is_told_the_package_names(machine: Machine) -> None:
    done = machine.set_up()
    assert done.returncode == 1
    assert "valgrind" in done.stderr and "libclang-rt-14-dev" in done.stderr and "python3.11-venv" in done.stderr
    assert "no apt-get" in done.stderr


def test_a_user_without_sudo_is_told_the_command_for_root(machine: Machine) -> None:
    machine.add("apt-get", "exit 9")
    machine.add("id", "echo 1000")
    done = machine.set_up()
    assert done.returncode == 1
    assert "apt-get update && apt-get install -y" in done.stderr


def test_a_user_with_sudo_installs_through_it_after_an_update(machine: Machine) -> None:
    machine.add("apt-get", 'echo "apt-get $*" >>"$LOG"')
    machine.add("sudo", 'echo "sudo $1" >>"$LOG"; "$@"')
    machine.add("id", "echo 1000")
    done = machine.set_up()
    steps = machine.log.read_text(encoding="utf-8").splitlines()
    assert steps[0] == "sudo env"
    assert steps[1] == "apt-get update"
    assert steps[3].startswith("apt-get install -y --no-install-recommends ")
    # nothing was really installed, and the script must notice
    assert done.returncode == 1 and "still missing after installation" in done.stderr


def test_root_needs_no_sudo(machine: Machine) -> None:
    machine.add("apt-get", 'echo "apt-get $*" >>"$LOG"')
    machine.add("id", "echo 0")
    machine.set_up()
    assert machine.log.read_text(encoding="utf-8").startswith("apt-get update\n")


def test_a_failing_update_is_reported(machine: Machine) -> None:
    machine.add("apt-get", "echo 'Could not resolve deb.debian.org' >&2; exit 100")
    machine.add("id", "echo 0")
    done = machine.set_up()
    assert done.returncode == 1
    assert "Could not resolve" in done.stderr and "network" in done.stderr


def test_a_complete_machine_changes_nothing_and_says_nothing() -> None:
    environment = {**os.environ, "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [str(ROOT / "tools" / "setup.sh"), "--system"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_python_of_the_distribution_is_preferred_and_the_one_asked_for_taken(tmp_path: Path) -> None:
    """A Python answers whether it is the distribution's; one that is too old fails."""
    script = (ROOT / "tools" / "setup.sh").read_text(encoding="utf-8")
    start = script.index("find_python() {")
    function = script[start : script.index("\n}\n", start) + 3]
    answers = {"old": "exit 1", "manager": "cat >/dev/null; echo False", "usr": "cat >/dev/null; echo True"}
    for folder, answer in answers.items():
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "python3.11"
        path.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        path.chmod(0o755)
    base = tmp_path / "base"
    base.mkdir()
    for name in ("bash", "cat"):
        (base / name).symlink_to(shutil.which(name) or name)

    def found(*folders: str, python: str = "") -> str:
        places = [str(tmp_path / folder) for folder in (*folders, "base")]
        done = subprocess.run(
            [str(base / "bash"), "-c", f"set -euo pipefail\n{function}\nfind_python || echo none"],
            env={"PATH": ":".join(places), "PYTHON": python},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout.strip().removeprefix(f"{tmp_path}/")

    assert found("old", "manager", "usr") == "usr/python3.11"
    assert found("old", "manager") == "manager/python3.11"
    assert found("usr", python=str(tmp_path / "manager" / "python3.11")) == "manager/python3.11"
    assert found("old") == "none"
