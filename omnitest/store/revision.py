"""Which code was tested."""

from __future__ import annotations

import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]


@cache
def revision() -> str:
    """The git commit of the checkout that this code runs from, with ``-dirty`` behind it where files differ from it.

    Without a checkout or without git it is the version of the package.
    """
    if (_CHECKOUT / ".git").exists():
        commit = _git("rev-parse", "--verify", "HEAD")
        if commit:
            changed = _git("status", "--porcelain", "--untracked-files=no")
            return commit if changed == "" else f"{commit}-dirty"
    try:
        return version("omnitest")
    except PackageNotFoundError:
        return "unknown"


def _git(*arguments: str) -> str | None:
    """What git says, or ``None`` where it cannot."""
    try:
        done = subprocess.run(
            ["git", "-C", str(_CHECKOUT), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
