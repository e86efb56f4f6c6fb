"""Observations and quantities in words, the same in the page, on the console and in pytest."""

from __future__ import annotations

import signal
from typing import Final

from omnitest.outcome import (
    Crashed,
    End,
    Failed,
    Fault,
    Finished,
    Frame,
    HarnessFailure,
    LimitReached,
    Observation,
    Raised,
    Unsupported,
)
from reference_interp.conditions import message_line

#: Control characters have no place in a page or on a terminal; each becomes its picture (U+2400 and on).
_PICTURES: Final = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)} | {0x7F: 0x2421}


def printable(text: str) -> str:
    """``text`` with control characters and lone surrogates made visible; not yet escaped."""
    return text.translate(_PICTURES).encode("utf-8", "backslashreplace").decode("utf-8")


def duration(seconds: float) -> str:
    """``75.2`` as ``1 min 15 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s"


def percent(share: float) -> str:
    """A share from 0 to 1 as a percentage with one decimal."""
    return f"{100 * share:.1f} %"


def number(count: int) -> str:
    """Digits in groups of three, so that magnitudes can be read."""
    return f"{count:,}"


def signal_name(number: int) -> str:
    """``SIGSEGV`` and the like; the number where it has no name on this machine."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def end_text(end: End) -> str:
    """One line: how a run ended."""
    match end:
        case Finished(value):
            return f"value {value}"
        case Raised(kind, message, irritants):
            return f"raised {message_line(kind, message, list(irritants))}"
        case Failed(detail):
            return f"error: {detail}"
        case Crashed(signal=0, status=status):
            return f"crashed with exit status {status}"
        case Crashed(signal=number):
            return f"crashed with {signal_name(number)}"
        case LimitReached(limit):
            return f"reached the limit of {limit.value}"
        case Unsupported(reason):
            return f"unsupported: {reason}"
        case HarnessFailure(reason):
            return f"the harness failed: {reason}"


def frame_text(frame: Frame) -> str:
    """A frame of a stack: the function, and its place in the source if that is known."""
    if not frame.file:
        return frame.function
    return f"{frame.function} at {frame.file}:{frame.line}" if frame.line else f"{frame.function} in {frame.file}"


def fault_lines(fault: Fault) -> list[str]:
    """The fault's summary, then its stacks, indented."""
    lines = [f"{fault.kind.value}: {fault.summary}"]
    for title, stack in named_stacks(fault):
        lines.append(f"  {title}:")
        lines.extend(f"    {frame_text(frame)}" for frame in stack)
    return lines


def named_stacks(fault: Fault) -> list[tuple[str, tuple[Frame, ...]]]:
    """The stacks with what each one shows; a tool that gives three gives access, free and allocation."""
    titles = ("where", "freed", "allocated") if len(fault.stacks) > 2 else ("where", "allocated or freed")
    return [
        (titles[number] if number < len(titles) else f"stack {number + 1}", stack)
        for number, stack in enumerate(fault.stacks)
        if stack
    ]


def observation_lines(observation: Observation) -> list[str]:
    """The whole observation: output, end, faults."""
    lines = []
    if observation.output:
        lines.append("output:")
        lines.extend(f"  {line}" for line in observation.output.decode("utf-8", "backslashreplace").splitlines())
    lines.append(end_text(observation.end))
    for fault in observation.faults:
        lines.extend(fault_lines(fault))
    return lines


def comparison_lines(expected: Observation, actual: Observation) -> list[str]:
    """Both observations, one after the other. Outputs that look the same on a screen are also given byte by byte."""
    wanted, got = observation_lines(expected), observation_lines(actual)
    if expected.output != actual.output and wanted == got:
        wanted.append(f"bytes: {expected.output!r}")
        got.append(f"bytes: {actual.output!r}")
    lines = []
    for title, observation, told in (("expected", expected, wanted), ("actual", actual, got)):
        lines.append(f"{title} ({observation.engine}):")
        lines += [f"  {line}" for line in told]
    return lines
