"""Parser of what AddressSanitizer, LeakSanitizer, UndefinedBehaviorSanitizer and ThreadSanitizer print.

Reads the reports of GCC's and Clang's runtimes; one :class:`Fault` per report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from omnitest.outcome import Fault, FaultKind, Frame

#: Words with which a sanitizer says that it, not the program, is broken.
_TOOL_FAILURES: Final = (
    "LeakSanitizer has encountered a fatal error",
    "Sanitizer: CHECK failed",
    "unexpected memory mapping",
    "Shadow memory range interleaves",
    "Sanitizer: failed to",
    "Sanitizer does not support",
    "Sanitizer: Thread limit",
    "Sanitizer: internal allocator is out of memory",
)

#: ASan's and TSan's names for what they found, by the first word or words of the report.
_KINDS: Final = (
    ("heap-use-after-free", FaultKind.USE_AFTER_FREE),
    ("stack-use-after-return", FaultKind.USE_AFTER_FREE),
    ("stack-use-after-scope", FaultKind.USE_AFTER_FREE),
    ("use-after-poison", FaultKind.USE_AFTER_FREE),
    ("attempting double-free", FaultKind.DOUBLE_FREE),
    ("double-free", FaultKind.DOUBLE_FREE),
    ("heap-buffer-overflow", FaultKind.OUT_OF_BOUNDS),
    ("stack-buffer-overflow", FaultKind.OUT_OF_BOUNDS),
    ("stack-buffer-underflow", FaultKind.OUT_OF_BOUNDS),
    ("dynamic-stack-buffer-overflow", FaultKind.OUT_OF_BOUNDS),
    ("global-buffer-overflow", FaultKind.OUT_OF_BOUNDS),
    ("intra-object-overflow", FaultKind.OUT_OF_BOUNDS),
    ("container-overflow", FaultKind.OUT_OF_BOUNDS),
    ("negative-size-param", FaultKind.OUT_OF_BOUNDS),
    ("memcpy-param-overlap", FaultKind.UNDEFINED),
    ("data race", FaultKind.DATA_RACE),
    ("race on ", FaultKind.DATA_RACE),
)

#: UBSan's words for an access outside of an object.
_BEYOND: Final = ("out of bounds", "insufficient space for an object")

_ERROR: Final = re.compile(
    r"^==\d+==\s*(?:ERROR|WARNING): (?P<tool>Address|Leak|Thread|Memory)Sanitizer: (?P<what>.*)$"
)
_THREAD_WARNING: Final = re.compile(r"^WARNING: ThreadSanitizer: (?P<what>.*?)(?: \(pid=\d+\))?$")
_LEAK: Final = re.compile(r"^(?P<how>Direct|Indirect) leak of (?P<bytes>\d+) byte\(s\) in (?P<objects>\d+) object\(s\)")
_UNDEFINED: Final = re.compile(r"^(?P<file>.*?):(?P<line>\d+)(?::\d+)?: runtime error: (?P<what>.*)$")
_FRAME: Final = re.compile(
    r"^\s*#\d+ (?:0x[0-9a-f]+ )?(?:in )?(?P<function>.+?)(?: (?P<place>(?:/|\.\./|<)?[^\s()]*))?(?: \([^()]*\))*$"
)
_PLACE: Final = re.compile(r"^(?P<file>.*?):(?P<line>\d+)(?::\d+)?$")
_END: Final = re.compile(r"^(?:SUMMARY: |==\d+==ABORTING|=+$)")
#: What follows a report and says nothing about the program.
_NOISE: Final = re.compile(r"^(?:Shadow byte|=>0x|  (?:=>)?0x[0-9a-f]+:)")
#: Addresses, process and thread numbers differ from run to run; they have no place in a summary.
_VARYING: Final = (
    (re.compile(r" on (?:unknown )?(?:address )?0x[0-9a-f]+.*$"), ""),
    (re.compile(r" \(pid=\d+\)"), ""),
    (re.compile(r"0x[0-9a-f]{6,}"), "ADDRESS"),
)


@dataclass(slots=True)
class _Report:
    """A report under construction."""

    kind: FaultKind
    summary: str
    position: Frame | None = None  # stands for the stack when there is none
    stacks: list[list[Frame]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def finish(self) -> Fault:
        stacks = self.stacks or ([[self.position]] if self.position else [])
        return Fault(self.kind, self.summary, tuple(tuple(stack) for stack in stacks), "\n".join(self.lines).strip())


def tool_failure(text: str) -> str | None:
    """The line in which a sanitizer says that it failed itself, if there is one."""
    for line in text.splitlines():
        if any(words in line for words in _TOOL_FAILURES):
            return line.strip()
    return None


def parse(text: str) -> tuple[Fault, ...]:
    """The faults reported in ``text``, what a program and its sanitizers wrote to standard error."""
    return tuple(report.finish() for report in _reports(text))


def _reports(text: str) -> Iterator[_Report]:
    report: _Report | None = None
    stack: list[Frame] | None = None
    for line in text.splitlines():
        started = _start(line)
        if started is not None or (report is not None and _END.match(line)):
            if report is not None:
                yield report
            report, stack = started, None
            if started is None:
                continue
        if report is None or _NOISE.match(line):
            continue
        report.lines.append(line)
        frame = _frame(line)
        if frame is None:
            stack = None
        elif stack is None:
            stack = [frame]
            report.stacks.append(stack)
        else:
            stack.append(frame)
    if report is not None:
        yield report


def _start(line: str) -> _Report | None:
    """The report that begins with ``line``, if one does."""
    if match := _ERROR.match(line):
        if match["tool"] == "Leak":
            return None  # a heading: each leak below it is a report of its own
        return _Report(_kind(match["what"]), _without_varying(match["what"]))
    if match := _THREAD_WARNING.match(line):
        return _Report(_kind(match["what"]), match["what"])
    if match := _LEAK.match(line):
        summary = f"{match['how'].lower()} leak of {match['bytes']} bytes in {match['objects']} objects"
        return _Report(FaultKind.LEAK, summary)
    if match := _UNDEFINED.match(line):
        position = Frame("", _base_name(match["file"]), int(match["line"]))
        beyond = any(words in match["what"] for words in _BEYOND)
        kind = FaultKind.OUT_OF_BOUNDS if beyond else FaultKind.UNDEFINED
        return _Report(kind, _without_varying(match["what"]), position)
    return None


def _kind(what: str) -> FaultKind:
    return next((kind for words, kind in _KINDS if what.startswith(words)), FaultKind.OTHER)


def _without_varying(text: str) -> str:
    for pattern, replacement in _VARYING:
        text = pattern.sub(replacement, text)
    return text


def _frame(line: str) -> Frame | None:
    """``#0 0x55aa in omni_car /path/list.c:12:3 (module+0x1)`` and what the tools make of it without symbols."""
    match = _FRAME.match(line)
    if match is None:
        return None
    place = _PLACE.match(match["place"] or "")
    if place is None:
        return Frame(match["function"])
    return Frame(match["function"], _base_name(place["file"]), int(place["line"]))


def _base_name(path: str) -> str:
    return path.rsplit("/", 1)[-1]
