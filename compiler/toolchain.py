"""Running C compilers: the runtime library of each flavour, programs, the tcc compiler and its servers.

What depends only on the sources of the runtime is built once and kept in a cache directory
(``$OMNITEST_CACHE``, else ``$XDG_CACHE_HOME/omnitest``, else ``~/.cache/omnitest``), under a name made
of everything that went into it: sources, flags and the compiler's version. Processes that want the same
entry at the same time wait for one another.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Final

from compiler.flavours import Flavour
from compiler.tcc_symbols import PUBLIC_HEADERS, SYMBOLS_HEADER, symbols_header

RUNTIME: Final = Path(__file__).resolve().parent.parent / "runtime"

#: Sources of executables of their own; everything else in ``runtime/src`` is the library.
EXECUTABLE_SOURCES: Final = frozenset({"tcc_compiler.c", "image_server.c"})

WARNINGS: Final = ("-Wall", "-Wextra")
LIBRARIES: Final = ("-lm", "-lpthread")

#: Debian packages of the tools and files that are run or linked here.
PACKAGES: Final = {
    "gcc": "gcc",
    "clang": "clang",
    "ar": "binutils",
    "valgrind": "valgrind",
    "tcc": "tcc",
    "libtcc.a": "libtcc-dev",
}

TOOL_SECONDS: Final = 900.0
STDERR_TAIL: Final = 8000  # characters of a tool's diagnostics that are kept
UNUSED_SECONDS: Final = 14 * 24 * 3600.0  # cache entries not used for so long are removed


class ToolFailure(Exception):
    """A tool is missing, failed or did not end.

    ``command`` is what was run, ``status`` its exit status (None: it did not run or did not end),
    ``stderr`` the end of what it said.
    """

    def __init__(self, reason: str, command: Sequence[str] = (), status: int | None = None, stderr: str = "") -> None:
        self.command = tuple(command)
        self.status = status
        self.stderr = stderr
        lines = [reason]
        if command:
            lines.append(f"  command: {shlex.join(command)}")
        lines.extend(f"  {line}" for line in stderr.splitlines())
        super().__init__("\n".join(lines))


def run_tool(command: Sequence[str], directory: Path | None = None, seconds: float = TOOL_SECONDS) -> str:
    """Run ``command`` in ``directory`` to its end and return its standard output; :class:`ToolFailure` otherwise."""
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise ToolFailure(missing_tool(command[0]), command) from error
    except subprocess.TimeoutExpired as error:
        raise ToolFailure(f"{command[0]} did not end within {seconds:.0f} seconds", command) from error
    if done.returncode != 0:
        how = f"exit status {done.returncode}" if done.returncode > 0 else f"signal {-done.returncode}"
        tail = (done.stderr or done.stdout)[-STDERR_TAIL:]
        raise ToolFailure(f"{command[0]} failed with {how}", command, done.returncode, tail)
    return done.stdout


def missing_tool(name: str) -> str:
    """What to tell a user who lacks the tool or library ``name``."""
    package = PACKAGES.get(name)
    advice = f": install it with `apt-get install {package}`" if package else ""
    return f"{name} was not found{advice}"


@lru_cache
def compiler_version(compiler: str) -> str:
    """The version text of a compiler; :class:`ToolFailure` when it is missing."""
    return run_tool((compiler, "--version"))


def cache_directory() -> Path:
    """The directory for build products, made if need be."""
    own = os.environ.get("OMNITEST_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    path = Path(own) if own else Path(base) / "omnitest"
    path.mkdir(parents=True, exist_ok=True)
    return path.resolve()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file ``path``; it is kept, because removing it would let two holders in."""
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _cached(kind: str, parts: Sequence[bytes], product: str, build: Callable[[Path], None]) -> Path:
    """The path of ``product`` in the cache entry for ``parts``, built by ``build(directory)`` if it is not there.

    ``build`` leaves ``product`` in the directory under the name ``product + ".new"``; it is renamed when
    complete, so a reader sees a whole file or none.
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    cache = cache_directory()
    entry = cache / f"{kind}-{digest.hexdigest()[:24]}"
    path = entry / product
    if not path.exists():
        with _locked(cache / f"{kind}.lock"):
            if not path.exists():
                _remove_unused(cache, kind)
                entry.mkdir(exist_ok=True)
                build(entry)
                os.replace(entry / f"{product}.new", path)
    with contextlib.suppress(OSError):  # another user's cache, perhaps; the time stamp only defers removal
        os.utime(entry)
    return path


def _remove_unused(cache: Path, kind: str) -> None:
    """Remove entries of ``kind`` that no one has used for long: each change of the runtime adds one."""
    digits = 24
    for entry in cache.iterdir():
        is_entry = entry.is_dir() and entry.name[: -digits - 1] == kind
        if is_entry and time.time() - entry.stat().st_mtime > UNUSED_SECONDS:
            shutil.rmtree(entry, ignore_errors=True)


# ---- the runtime library ---------------------------------------------------------------------------


def _headers(runtime: Path) -> list[Path]:
    return sorted((*(runtime / "include").glob("*.h"), *(runtime / "src").glob("*.h")))


def _library_sources(runtime: Path) -> list[Path]:
    return [path for path in sorted((runtime / "src").glob("*.c")) if path.name not in EXECUTABLE_SOURCES]


def _identity(flavour: Flavour, files: Sequence[Path]) -> list[bytes]:
    """What a build product depends on: compiler, flags and the named files with their contents."""
    parts = [
        compiler_version(flavour.compiler),
        *flavour.compile_flags,
        "|",
        *flavour.ldflags,
        "|",
        *WARNINGS,
    ]
    contents = [piece for path in files for piece in (path.name.encode(), path.read_bytes())]
    return [part.encode() for part in parts] + contents


def _includes(runtime: Path) -> tuple[str, str]:
    return ("-I", str(runtime / "include"))


def runtime_library(flavour: Flavour, runtime: Path = RUNTIME) -> Path:
    """The static library of the runtime for ``flavour``. Its directory also keeps the objects (``.gcno``
    and ``.gcda`` files appear there with a counting flavour).

    Raises :class:`ToolFailure` when a tool is missing or the runtime does not compile.
    """
    sources = _library_sources(runtime)
    identity = _identity(flavour, [*_headers(runtime), *sources])

    def compile_source(directory: Path, source: Path) -> str:
        name = f"{source.stem}.o"
        flags = (*flavour.compile_flags, *WARNINGS, *_includes(runtime), "-I", str(runtime / "src"))
        run_tool((flavour.compiler, *flags, "-c", str(source), "-o", str(directory / name)))
        return name

    def build(directory: Path) -> None:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            objects = list(pool.map(lambda source: compile_source(directory, source), sources))
        archive = "libomni.a.new"
        (directory / archive).unlink(missing_ok=True)
        run_tool(("ar", "rcsD", archive, *objects), directory)

    return _cached(f"runtime-{flavour.name}", identity, "libomni.a", build)


# ---- programs --------------------------------------------------------------------------------------


def build_program(c_texts: Sequence[str], flavour: Flavour, output: Path, runtime: Path = RUNTIME) -> None:
    """Compile each of ``c_texts`` (a whole translation unit; one has ``main``) and link them with the runtime
    of ``flavour`` into the executable ``output``.

    Warnings are off: the emitted C has its own checks. Raises :class:`ToolFailure`.
    """
    library = runtime_library(flavour, runtime)
    output = output.absolute()
    with tempfile.TemporaryDirectory(prefix="omnitest-build-") as name:
        directory = Path(name)
        units = [f"unit{number}.c" for number in range(len(c_texts))]
        for unit, text in zip(units, c_texts, strict=True):
            (directory / unit).write_text(text, encoding="utf-8")
        command = (flavour.compiler, *flavour.program_flags, "-w", *_includes(runtime), *units)
        run_tool((*command, str(library), *flavour.ldflags, *LIBRARIES, "-o", str(output)), directory)


# ---- compiling with tcc ----------------------------------------------------------------------------


def tcc_compiler(flavour: Flavour, runtime: Path = RUNTIME) -> tuple[Path, Path]:
    """The server that compiles batches with libtcc into images, and the include directory to start it with.

    ``flavour`` is how the server itself is built; images serve every flavour. Raises :class:`ToolFailure`, also
    when libtcc is not installed.
    """
    libtcc = _find_libtcc(flavour.compiler)
    return _image_tool("tcc_compiler", flavour, (libtcc,), runtime), runtime / "include"


def image_server(flavour: Flavour, runtime: Path = RUNTIME) -> Path:
    """The server that runs images against the runtime of ``flavour``. Raises :class:`ToolFailure`."""
    return _image_tool("image_server", flavour, (), runtime)


def _image_tool(name: str, flavour: Flavour, libraries: tuple[Path, ...], runtime: Path) -> Path:
    """The executable of the source ``name``, which knows the symbols that images use."""
    library = runtime_library(flavour, runtime)
    source = runtime / "src" / f"{name}.c"
    generator = Path(__file__).with_name("tcc_symbols.py")
    identity = [str(library).encode(), *_identity(flavour, [source, *libraries, generator, *_headers(runtime)])]

    def build(directory: Path) -> None:
        declarations = [(runtime / "include" / header).read_text(encoding="utf-8") for header in PUBLIC_HEADERS]
        (directory / SYMBOLS_HEADER).write_text(symbols_header(declarations), encoding="utf-8")
        flags = (*flavour.compile_flags, *WARNINGS, *_includes(runtime), "-I", str(directory))
        link = (str(library), *map(str, libraries), *flavour.ldflags, *LIBRARIES, "-ldl")
        run_tool((flavour.compiler, *flags, str(source), *link, "-o", str(directory / f"{name}.new")))

    return _cached(f"{name.replace('_', '-')}-{flavour.name}", identity, name, build)


def _find_libtcc(compiler: str) -> Path:
    """The static libtcc where ``compiler`` looks for libraries."""
    path = Path(run_tool((compiler, "-print-file-name=libtcc.a")).strip())
    if not path.is_absolute() or not path.exists():
        raise ToolFailure(missing_tool("libtcc.a"))
    return path
