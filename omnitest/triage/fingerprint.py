"""Names for bugs: the same for every program that shows one bug, different for different bugs.

Reports of checkers are named by their kind and the runtime functions on the stack, wrong outcomes by
how they are wrong, by the engines that share the mistake and by the compiler pass without which it
vanishes.
"""

from __future__ import annotations

import hashlib
import re

from omnitest.compare import Diverged, Divergence
from omnitest.outcome import FaultKind, Frame

_EMITTED = re.compile(r"_f\d+_|_f\d+$")
_ALLOCATION = re.compile(
    r"^(__interceptor_\w+|malloc|calloc|realloc|free|posix_memalign|aligned_alloc|_?_?libc\w*|_start|main|omni_heap_\w+)$"
)
_NAMES = re.compile(r"\b\w*_\d+\b|\d+")
_DEPTH = 2  # runtime frames that tell bugs apart


def signature(diverged: Diverged) -> tuple[str, ...]:
    """What identifies the bug without running anything further: kind, place, manner."""
    kind = diverged.kind.value
    fault = diverged.fault
    if fault is not None:
        if fault.kind is FaultKind.OWNERSHIP:
            return kind, fault.summary.split(":")[0]
        if fault.kind is FaultKind.COMPILER_CRASH:
            return kind, fault.summary.split(":")[0], *(f.function for f in fault.stacks[0][:_DEPTH])
        if fault.stacks:
            return kind, *runtime_frames(fault.stacks[0])
        return kind, _NAMES.sub("N", fault.summary)
    if diverged.kind in (Divergence.WRONG_VALUE, Divergence.WRONG_OUTPUT):
        return kind, *diverged.engines
    return kind, diverged.detail, *diverged.engines


def runtime_frames(stack: tuple[Frame, ...]) -> tuple[str, ...]:
    """The innermost functions of the runtime, allocator plumbing left out, down to the emitted code."""
    found: list[str] = []
    for frame in stack:
        if _EMITTED.search(frame.function):
            break
        if not _ALLOCATION.match(frame.function):
            found.append(frame.function)
    return tuple(found[:_DEPTH])


def fingerprint(diverged: Diverged, blame: tuple[str, ...]) -> str:
    """The name of the bug; ``blame`` are the passes without which it vanishes."""
    parts = (*signature(diverged), "blame", *blame)
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]
    return f"{diverged.kind.value}-{digest}"
