"""In which manner a program is wrong: what stays the same while it gets smaller.

Names for *bugs* are made later, of the reduced program (:mod:`omnitest.triage.fingerprint`); what is here only keeps a
reduction from leaving for another bug, and a campaign from triaging the same suspect again and again.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from omnitest.compare import Diverged, Divergence
from omnitest.outcome import FaultKind, Frame


class Manner(Enum):
    """Kinds of divergence that one bug can show itself by, depending on program, compiler and checker."""

    LEAK = "leak"
    MEMORY = "memory-error"
    BOUNDS = "out-of-bounds"
    UNINITIALISED = "uninitialised-read"
    UNDEFINED = "undefined-behaviour"
    RACE = "data-race"
    OWNERSHIP = "ownership-violation"
    INVALID_C = "invalid-c"
    COMPILER_CRASH = "compiler-crash"
    OUTCOME = "wrong-outcome"


#: A reference too few is a use after free here and a double free there, and a crash where no checker looks. A wrong
#: value is a wrong output or error in the program around it.
_MANNERS: Final[dict[FaultKind | Divergence, Manner]] = {
    FaultKind.LEAK: Manner.LEAK,
    FaultKind.USE_AFTER_FREE: Manner.MEMORY,
    FaultKind.DOUBLE_FREE: Manner.MEMORY,
    FaultKind.OTHER: Manner.MEMORY,
    Divergence.CRASH: Manner.MEMORY,
    FaultKind.OUT_OF_BOUNDS: Manner.BOUNDS,
    FaultKind.UNINITIALISED: Manner.UNINITIALISED,
    FaultKind.UNDEFINED: Manner.UNDEFINED,
    FaultKind.DATA_RACE: Manner.RACE,
    FaultKind.OWNERSHIP: Manner.OWNERSHIP,
    FaultKind.INVALID_C: Manner.INVALID_C,
    FaultKind.COMPILER_CRASH: Manner.COMPILER_CRASH,
    **{kind: Manner.OUTCOME for kind in Divergence if kind is not Divergence.CRASH},
}

#: The functions of emitted C, as :mod:`compiler.passes.lower` names them, and code of tcc, which has no names.
_EMITTED: Final = re.compile(r"_[fl]\d+(_|$)|^(0x|\(?<?unknown)")
#: What stands between a bug and the report of it: allocators and their interceptors, the runtime's allocation and
#: counting, which are inlined here and calls there.
_PLUMBING: Final = re.compile(
    r"^(__interceptor_\w+|__asan_\w+|malloc|calloc|realloc|free|posix_memalign|aligned_alloc|mem(cpy|move|set)"
    r"|_?_?libc\w*|_start|main|block_\w+|take_\w+|omni_(heap|storage|object)_\w+|omni_plant_\w+|omni_(dup|drop|release)\w*"
    r"|omni_cycles_\w+)(\.\w+)*$"
)
_SUFFIX: Final = re.compile(r"\.(isra|part|constprop|cold|lto_priv)(\.\d+)*")
_DEPTH: Final = 2  # functions of the runtime that are looked at


def manner_of(diverged: Diverged) -> Manner:
    """The manner of a divergence."""
    return _MANNERS[diverged.kind]


def runtime_frames(stack: tuple[Frame, ...]) -> tuple[str, ...]:
    """The innermost functions of the runtime down to the emitted code, without plumbing and compilers' suffixes."""
    found: list[str] = []
    for frame in stack:
        if _EMITTED.search(frame.function):
            break
        name = _SUFFIX.sub("", frame.function)
        if name and not _PLUMBING.match(name):
            found.append(name)
    return tuple(found[:_DEPTH])


def place_of(diverged: Diverged) -> tuple[str, ...]:
    """Where it is wrong, for manners whose reports point at the bug itself rather than at a consequence of it."""
    fault = diverged.fault
    if fault is None:
        return ()
    match manner_of(diverged):
        case Manner.OWNERSHIP:
            return (fault.summary.split(":")[0],)
        case Manner.COMPILER_CRASH:
            return fault.summary.split(":")[0], *(f.function for f in fault.stacks[0][:_DEPTH])
        case Manner.BOUNDS | Manner.UNDEFINED | Manner.RACE if fault.stacks:
            return runtime_frames(fault.stacks[0])[:1]
        case _:
            return ()


def signature(diverged: Diverged) -> tuple[str, ...]:
    """What a smaller program has in common with the one it was made of."""
    return manner_of(diverged).value, *place_of(diverged)


def sighting(diverged: Diverged) -> tuple[str, ...]:
    """What suspects of one bug often have in common before they are reduced: the exact kind, the stack of the report,
    the engines that share a wrong outcome. Where a leak was allocated says little: all that hangs on what is leaked is
    leaked with it."""
    fault = diverged.fault
    if manner_of(diverged) is Manner.LEAK:
        return signature(diverged)
    if fault is not None and fault.stacks:
        return *signature(diverged), diverged.kind.value, *runtime_frames(fault.stacks[0])
    return *signature(diverged), diverged.kind.value, *diverged.engines
