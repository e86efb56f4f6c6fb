"""The tsan engine: ThreadSanitizer."""

from __future__ import annotations

from typing import Final

from compiler.flavours import FLAVOURS
from omnitest.engines.native import Profile, build_tools
from omnitest.engines.sanitizer import Sanitizer

#: The exit status of a process about which something was reported.
REPORT_STATUS: Final = 66

TSAN: Final = Profile(
    name="tsan",
    flavour=FLAVOURS["tsan"],
    tools=build_tools("gcc"),
    detects=frozenset({"data-race"}),
    environment={"TSAN_OPTIONS": f"exitcode={REPORT_STATUS}:halt_on_error=0:second_deadlock_stack=1"},
    cpu_factor=6.0,
    memory_factor=8,
    address_space=False,
    # ThreadSanitizer keeps a shadow stack of 65,536 calls and does not check its end. A frame of emitted
    # code takes more than 64 bytes, so that this much C stack is used up first.
    most_stack=4 << 20,
    report_statuses=frozenset({REPORT_STATUS}),
    checker=Sanitizer(),
)
