"""What this machine has of what the harness needs, found out by using it.

A tool that is installed is not yet a tool that works: gcc without the sanitizer libraries, clang without
``libclang-rt``, valgrind that cannot start. So every check here does a small piece of the real work. What is
needed comes from the engines' ``tools`` and from the flavours that programs are compiled in.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from compiler.flavours import FLAVOURS
from compiler.toolchain import PACKAGES
from omnitest.engines.factory import ALL_NAMES, ENGINE_NAMES, make_engine
from omnitest.engines.protocol import EngineOptions, Tool

#: Stands for every engine in ``Result.needed_by``.
EVERYTHING: Final = "all"

_SECONDS: Final = 60.0  # a healthy tool answers in less than one; a hung one must not hang the table

_THREADED_MAIN: Final = """#include <pthread.h>
#include <stdlib.h>
static void *work(void *p) { return p; }
int main(void) {
  pthread_t t;
  char *p = malloc(1);
  if (!p || pthread_create(&t, NULL, work, p)) return 2;
  pthread_join(t, NULL);
  free(p);
  return 0;
}
"""
_TCC_MAIN: Final = """#include <libtcc.h>
int main(void) {
  TCCState *s = tcc_new();
  int (*f)(void);
  if (!s) return 2;
  tcc_set_output_type(s, TCC_OUTPUT_MEMORY);
  if (tcc_compile_string(s, "#include <stddef.h>\\nint f(void) { return 7; }") < 0) return 3;
  if (tcc_relocate(s, TCC_RELOCATE_AUTO) < 0) return 4;
  f = (int (*)(void))tcc_get_symbol(s, "f");
  return f && f() == 7 ? 0 : 5;
}
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the table. ``needed_by`` names engines, ``all`` or ``development``; ``problem`` is empty
    when ``found``; ``install`` is a command for a shell."""

    name: str
    found: bool
    version: str
    needed_by: tuple[str, ...]
    install: str
    problem: str = ""

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "found": self.found,
            "version": self.version,
            "needed_by": list(self.needed_by),
            "install": self.install,
            "problem": self.problem,
        }


class _Failed(Exception):
    """A check did not succeed; the message says what went wrong."""


def _call(argv: Sequence[str], cwd: Path | None = None) -> str:
    """Run a tool; what it printed, stdout before stderr. Raises :class:`_Failed` with the first line that matters."""
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, errors="replace", timeout=_SECONDS, cwd=cwd, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise _Failed(f"{argv[0]}: not found") from None
    except PermissionError:
        raise _Failed(f"{argv[0]}: not executable") from None
    except OSError as error:
        raise _Failed(f"{argv[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise _Failed(f"{argv[0]}: no answer within {_SECONDS:.0f} s") from None
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        told = next((line for line in lines if "error" in line or "cannot" in line), lines[0] if lines else "")
        how = f"exit status {done.returncode}" if done.returncode > 0 else f"signal {-done.returncode}"
        raise _Failed(f"{Path(argv[0]).name}: {how}" + (f": {told.strip()}" if told else ""))
    return done.stdout + done.stderr


def _version_in(text: str) -> str:
    found = re.search(r"\d+\.\d+(?:\.\d+)*", text)
    return found.group() if found else ""


def _compiles_and_runs(compiler: str, flags: Sequence[str], program: str, libraries: Sequence[str] = ()) -> None:
    with tempfile.TemporaryDirectory(prefix="omnitest-doctor-") as folder:
        source = Path(folder, "check.c")
        source.write_text(program, encoding="utf-8")
        _call([compiler, *flags, str(source), "-o", str(Path(folder, "check")), *libraries])
        _call([str(Path(folder, "check"))])


def _compiler(command: str, flags: Sequence[str]) -> Callable[[], str]:
    """Compile, link and run a program with a thread and an allocation in it."""

    def check() -> str:
        _compiles_and_runs(command, [*flags, "-pthread"], _THREADED_MAIN)
        return _version_in(_call([command, "--version"]))

    return check


def _valgrind() -> str:
    version = _version_in(_call(["valgrind", "--version"]))
    program = shutil.which("true") or "true"
    _call(["valgrind", "--quiet", "--error-exitcode=9", "--leak-check=full", program])
    return version


def _libtcc() -> str:
    """Compile a function in memory and call it."""
    _compiles_and_runs("gcc", ["-pthread"], _TCC_MAIN, ["-l:libtcc.a", "-ldl", "-lm"])
    return _version_in(_call(["tcc", "-v"])) if shutil.which("tcc") else ""


def _tcc_files() -> str:
    """tcc's own headers and support library, which code compiled in memory needs."""
    install = re.search(r"^install: (.+)$", _call(["tcc", "-print-search-dirs"]), re.MULTILINE)
    if install is None:
        raise _Failed("tcc: does not say where it is installed")
    for part in ("include/stddef.h", "libtcc1.a"):
        if not Path(install.group(1), part).exists():
            raise _Failed(f"{install.group(1)}/{part}: not found")
    return _version_in(_call(["tcc", "-v"]))


def _postgresql() -> str:
    """The server that tests start; Debian keeps it out of PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return _version_in(_call([str(installed[-1]) if installed else "postgres", "--version"]))


def _python() -> str:
    return ".".join(str(part) for part in sys.version_info[:3])


@dataclass(frozen=True, slots=True)
class Check:
    """``probe`` does the work: it returns a version (possibly empty), or raises with what is wrong."""

    name: str
    package: str
    needed_by: tuple[str, ...]
    probe: Callable[[], str]


#: How to try a tool where running its ``Tool.probe`` would prove too little.
_TRIALS: Final[dict[str, Callable[[], str]]] = {"valgrind": _valgrind, "libtcc": _libtcc, "tcc": _tcc_files}

_CLANG_SANITIZERS: Final = tuple(
    Check(
        f"clang -fsanitize={sanitizer}", "clang libclang-rt-14-dev", ("development",),
        _compiler("clang", [f"-fsanitize={sanitizer}"]),
    )
    for sanitizer in ("address", "thread")
)  # fmt: skip


_POSTGRESQL: Final = Check("postgresql", "postgresql", ("development",), _postgresql)


def _probe(tool: Tool) -> Callable[[], str]:
    return lambda: _version_in(_call(tool.probe))


def tool_checks() -> list[Check]:
    """Python, each tool that an engine names, a build in each engine's flavour, what only developers need."""
    users: dict[str, list[str]] = {}
    tools: dict[str, Tool] = {}
    for name in ALL_NAMES:
        engine = make_engine(name, EngineOptions())
        for tool in engine.tools:
            tools.setdefault(tool.name, tool)
            users.setdefault(tool.name, []).append(name)
        engine.close()
    checks = [Check("python", "python3.11 python3.11-venv", (EVERYTHING,), _python)]
    for name, tool in tools.items():
        checks.append(Check(name, tool.package, tuple(users[name]), _TRIALS.get(name) or _probe(tool)))
    for flavour in (FLAVOURS[name] for name in ENGINE_NAMES if name in FLAVOURS):
        flags = (*flavour.compile_flags, *flavour.ldflags)
        title = f"{flavour.compiler} build for {flavour.name}"
        checks.append(Check(title, PACKAGES[flavour.compiler], (flavour.name,), _compiler(flavour.compiler, flags)))
    return [*checks, *_CLANG_SANITIZERS, _POSTGRESQL]


def _apt_command(packages: str) -> str:
    return f"{'' if os.geteuid() == 0 else 'sudo '}apt-get install -y {packages}"


def _try(check: Check) -> Result:
    try:
        version, problem = check.probe(), ""
    except _Failed as failure:
        version, problem = "", str(failure)
    except OSError as error:  # no room for the check's own files, for instance
        version, problem = "", f"cannot check: {error}"
    return Result(check.name, not problem, version, check.needed_by, _apt_command(check.package), problem)


def _python_package(requirement: Requirement) -> Result:
    specifier = str(requirement).split(";")[0].strip()
    install = f"{sys.executable} -m pip install '{specifier}'"
    name = f"python: {requirement.name}"
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return Result(name, False, "", (EVERYTHING,), install, "not installed")
    if not requirement.specifier.contains(version, prereleases=True):
        return Result(
            name, False, version, (EVERYTHING,), install, f"version {version} is outside {requirement.specifier}"
        )
    return Result(name, True, version, (EVERYTHING,), install)


def python_packages() -> list[Result]:
    """What the installed distribution says it needs, extras left out."""
    try:
        declared = importlib.metadata.requires("omnitest") or []
    except importlib.metadata.PackageNotFoundError:
        here = Path(__file__).resolve().parent.parent
        install = f"{sys.executable} -m pip install --editable {here}"
        return [Result("python: omnitest", False, "", (EVERYTHING,), install, "not installed, only importable")]
    requirements = [Requirement(line) for line in declared]
    return [
        _python_package(item) for item in requirements if item.marker is None or item.marker.evaluate({"extra": ""})
    ]


def examine() -> list[Result]:
    """Try everything, tools first, in a fixed order. Takes about as long as the slowest check."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        tools = list(pool.map(_try, tool_checks()))
    return tools + python_packages()
