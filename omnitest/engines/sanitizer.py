"""What the engines that run programs under a sanitizer of the compiler have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from omnitest.engines import sanitizer_reports
from omnitest.engines.checker import CheckerFailed, ProgramRun
from omnitest.engines.protocol import Case
from omnitest.outcome import Fault

#: Where the kernel says how many bits of an address it chooses at random.
RANDOM_BITS: Final = Path("/proc/sys/vm/mmap_rnd_bits")

#: With more random bits than this, mappings can fall into the places where the sanitizers of GCC 12 and
#: Clang 14 want their shadow memory: processes then die at start, now and then.
MOST_RANDOM_BITS: Final = 28


def needs_fixed_addresses(random_bits: Path = RANDOM_BITS) -> bool:
    """Whether sanitizers only work reliably without address space randomisation on this machine."""
    try:
        return int(random_bits.read_text(encoding="ascii")) > MOST_RANDOM_BITS
    except (OSError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class Sanitizer:
    """Reads the reports that a sanitizer writes to a program's standard error."""

    warm_up: Case | None = None

    def command(self, command: Sequence[str], reports: Path, stack_bytes: int) -> list[str]:
        return ["setarch", "-R", *command] if needs_fixed_addresses() else [*command]

    def faults(self, run: ProgramRun) -> tuple[Fault, ...]:
        failure = sanitizer_reports.tool_failure(run.stderr)
        if failure is not None:
            raise CheckerFailed(failure)
        return sanitizer_reports.parse(run.stderr)

    def has_report(self, stderr: str) -> bool:
        return "Sanitizer" in stderr or bool(sanitizer_reports.parse(stderr))

    def forget(self, reports: Path, pid: int) -> None:
        pass
