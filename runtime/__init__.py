"""The C runtime, as files: this package only says where its sources and headers are.

The sources are shipped with the package, because programs are compiled and linked where they run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: Sources that are executables of their own, not part of the library.
_EXECUTABLES: Final = frozenset({"tcc_compiler.c", "image_server.c"})


def source_root() -> Path:
    """The folder that holds ``include``, ``src`` and ``tests``."""
    return Path(__file__).resolve().parent


def include_directory() -> Path:
    """Where the public headers are: the include path of emitted code and of hosts."""
    return source_root() / "include"


def source_directory() -> Path:
    """Where the sources and private headers are."""
    return source_root() / "src"


def headers() -> list[Path]:
    """All headers, public and private, sorted."""
    return sorted((*include_directory().glob("*.h"), *source_directory().glob("*.h")))


def library_sources() -> list[Path]:
    """The sources of the runtime library, sorted. ``main.c`` is one of them: a linker takes it from the
    archive only for a program that has no ``main`` of its own."""
    return [path for path in sorted(source_directory().glob("*.c")) if path.name not in _EXECUTABLES]
