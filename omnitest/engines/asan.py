"""The asan engine: AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer in one build."""

from __future__ import annotations

from typing import Final

from compiler.flavours import FLAVOURS
from omnitest.engines.native import Profile, build_tools
from omnitest.engines.sanitizer import Sanitizer

#: The exit status of a process about which something was reported.
REPORT_STATUS: Final = 99

ASAN: Final = Profile(
    name="asan",
    flavour=FLAVOURS["asan"],
    tools=build_tools("gcc"),
    detects=frozenset({"leak", "use-after-free", "double-free", "out-of-bounds", "undefined-shift", "cycle-skip"}),
    environment={
        # The quarantine is per process and short-lived here; allocations that fail are the runtime's to handle.
        "ASAN_OPTIONS": ":".join(
            (
                "detect_leaks=1",
                f"exitcode={REPORT_STATUS}",
                "quarantine_size_mb=64",
                "allocator_may_return_null=1",
                "detect_stack_use_after_return=0",
            )
        ),
        "LSAN_OPTIONS": f"exitcode={REPORT_STATUS}:max_leaks=20:print_suppressions=0",
        "UBSAN_OPTIONS": f"print_stacktrace=1:exitcode={REPORT_STATUS}",
    },
    cpu_factor=4.0,
    memory_factor=4,
    address_space=False,
    report_statuses=frozenset({REPORT_STATUS}),
    checker=Sanitizer(),
)
