"""Reading OmniLisp source files for the command lines: every way it can fail has its own message."""

from __future__ import annotations

from pathlib import Path

from reference_interp import parse
from reference_interp.core import Program
from reference_interp.reader import decode_source


class SourceUnreadable(Exception):
    """A source file that cannot be read; the text says which, why, and what to do."""


def read_source(path: Path) -> str:
    """The text of a source file.

    :raises SourceUnreadable: when it is missing, a directory, or not readable.
    :raises reference_interp.SyntaxProblem: when it is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise SourceUnreadable(f"{path}: no such file{_nearest(path)}") from None
    except IsADirectoryError:
        raise SourceUnreadable(f"{path}: is a directory; name the .omni files in it") from None
    except OSError as problem:
        raise SourceUnreadable(f"{path}: cannot be read: {problem.strerror}") from None
    return decode_source(data, str(path))


def load_program(path: Path) -> Program:
    """Read and expand a source file.

    :raises SourceUnreadable: as :func:`read_source`.
    :raises reference_interp.SyntaxProblem: when the program is not well formed.
    """
    return parse(read_source(path), str(path))


def _nearest(path: Path) -> str:
    """A suggestion for a mistyped file name."""
    from difflib import get_close_matches

    folder = path.parent
    names = [p.name for p in folder.iterdir() if p.is_file()] if folder.is_dir() else []
    close = get_close_matches(path.name, names, n=1)
    return f"; did you mean {folder / close[0]}?" if close else ""
