"""Versions of the tools in use, as findings record them."""

from __future__ import annotations

import subprocess
from functools import cache

from omnitest.engines.factory import ALL_NAMES, make_engine
from omnitest.engines.protocol import EngineOptions, Tool

_SECONDS = 20.0


def engine_tools() -> tuple[Tool, ...]:
    """Every tool that some engine needs, once each."""
    found: dict[str, Tool] = {}
    for name in ALL_NAMES:
        engine = make_engine(name, EngineOptions())
        try:
            found.update((tool.name, tool) for tool in engine.tools)
        finally:
            engine.close()
    return tuple(found.values())


@cache
def tool_versions() -> tuple[tuple[str, str], ...]:
    """Name and version line of every tool on this machine, sorted by name."""
    return tuple(sorted((tool.name, _version(tool)) for tool in engine_tools()))


def _version(tool: Tool) -> str:
    try:
        done = subprocess.run(tool.probe, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"unknown: {problem}"
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0] if lines else "unknown"
