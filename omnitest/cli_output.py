"""Where the ``omnitest`` command writes its results: the terminal, files, JSON for scripts."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from omnitest.cli_errors import Exit, fail

#: What ``--json`` is given for the standard output.
STDOUT: Final = Path("-")

#: Columns of tables that go to a file or a program: wide enough to fold next to nothing.
_WIDTH: Final = 160


def _width() -> int | None:
    """Columns of the output; None leaves it to the terminal, or to ``$COLUMNS``."""
    return None if sys.stdout.isatty() or os.environ.get("COLUMNS") else _WIDTH


out: Final = Console(soft_wrap=True, highlight=False, width=_width())


def show_result(text: Any, document: Any, json_to: Path | None) -> None:
    """Show a command's result: ``text`` for people, unless stdout is wanted for JSON; ``document`` for scripts."""
    if json_to != STDOUT:
        out.print(text)
    if json_to is not None:
        data = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        if json_to == STDOUT:
            sys.stdout.write(data)
        else:
            write(json_to, data)


def writable_folder(folder: Path, option: str) -> Path:
    """The folder, made if need be, after a file was really written in it: before the work, not after."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / f".trial-{os.getpid()}"
        trial.write_bytes(b"omnitest")
        trial.unlink()
    except OSError as problem:
        fail(
            f"{folder}: files cannot be written there: {problem.strerror}",
            Exit.CANNOT_WRITE,
            f"choose another folder with {option}",
        )
    return folder


def write(path: Path, text: str) -> None:
    """Write a file, or say why that cannot be and end the command."""
    try:
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as problem:
        fail(f"{path}: cannot be written: {problem.strerror}", Exit.CANNOT_WRITE)
