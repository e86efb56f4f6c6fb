"""Parser of Valgrind memcheck's XML reports (protocol version 4)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import Final

from omnitest.outcome import Fault, FaultKind, Frame

_ACCESSES: Final = frozenset({"InvalidRead", "InvalidWrite", "InvalidJump", "InvalidMemPool"})
_KINDS: Final = {
    "UninitCondition": FaultKind.UNINITIALISED,
    "UninitValue": FaultKind.UNINITIALISED,
    "SyscallParam": FaultKind.UNINITIALISED,
    "ClientCheck": FaultKind.UNINITIALISED,
    "Overlap": FaultKind.UNDEFINED,
    "FishyValue": FaultKind.OUT_OF_BOUNDS,
}
#: Addresses differ from run to run; they have no place in a summary.
_ADDRESS: Final = re.compile(r"0x[0-9A-Fa-f]+")
_LOSS_RECORD: Final = re.compile(r" in loss record .*$")
_END_TAG: Final = "</valgrindoutput>"
_ERROR: Final = re.compile(r"<error>.*?</error>", re.DOTALL)


class MalformedReport(ValueError):
    """The text is not a memcheck report."""


def parse(text: str) -> tuple[Fault, ...]:
    """The faults in the XML ``text`` of one process.

    A report that was cut short, because the process was killed, gives the faults that are complete in it.
    Raises :class:`MalformedReport` for anything else that is not a report.
    """
    if "<protocoltool>memcheck</protocoltool>" not in text and text.strip():
        raise MalformedReport("not a report of valgrind's memcheck")
    complete = text.rstrip().endswith(_END_TAG)
    source = text if complete else f"<valgrindoutput>{''.join(_ERROR.findall(text))}{_END_TAG}"
    try:
        root = ElementTree.fromstring(source)
    except ElementTree.ParseError as error:
        raise MalformedReport(f"valgrind's report is not XML: {error}") from error
    return tuple(_fault(error) for error in root.iter("error"))


def _fault(error: ElementTree.Element) -> Fault:
    kind = error.findtext("kind", "")
    what = error.findtext("what") or error.findtext("xwhat/text") or kind
    remarks = [element.text or "" for element in error.iter("auxwhat")]
    remarks += [element.findtext("text", "") for element in error.iter("xauxwhat")]
    stacks = tuple(tuple(_frame(frame) for frame in stack.iter("frame")) for stack in error.iter("stack"))
    summary = "; ".join([_LOSS_RECORD.sub("", what), *(_ADDRESS.sub("ADDRESS", remark) for remark in remarks[:1])])
    return Fault(_kind(kind, remarks), summary, stacks, _text(what, remarks, stacks))


def _kind(kind: str, remarks: list[str]) -> FaultKind:
    freed = any("free'd" in remark and "recently" not in remark for remark in remarks)
    if kind.startswith("Leak_"):
        return FaultKind.LEAK
    if kind == "InvalidFree":
        return FaultKind.DOUBLE_FREE if freed else FaultKind.OTHER
    if kind in _ACCESSES:
        if freed:
            return FaultKind.USE_AFTER_FREE
        return FaultKind.OUT_OF_BOUNDS if any("a block of size" in remark for remark in remarks) else FaultKind.OTHER
    return _KINDS.get(kind, FaultKind.OTHER)


def _frame(frame: ElementTree.Element) -> Frame:
    function = frame.findtext("fn") or frame.findtext("ip") or ""
    return Frame(function, frame.findtext("file", "").rsplit("/", 1)[-1], int(frame.findtext("line", "0")))


def _text(what: str, remarks: list[str], stacks: tuple[tuple[Frame, ...], ...]) -> str:
    """The report as memcheck prints it without XML: each heading above its stack."""
    lines = []
    for position, heading in enumerate([what, *remarks]):
        lines.append(heading if position == 0 else f" {heading}")
        if position < len(stacks):
            for depth, frame in enumerate(stacks[position]):
                place = f" ({frame.file}:{frame.line})" if frame.file else ""
                lines.append(f"   {'at' if depth == 0 else 'by'} {frame.function}{place}")
    return "\n".join(lines)
