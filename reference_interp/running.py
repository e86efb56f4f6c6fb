"""Running a program: limits in, result out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from reference_interp.conditions import MESSAGES
from reference_interp.core import Program
from reference_interp.coverage import Coverage
from reference_interp.errors import Raised
from reference_interp.linking import Linker
from reference_interp.machine import Frame, Machine, StepsExhausted
from reference_interp.observing import Observer
from reference_interp.printer import TextTooLong, write
from reference_interp.session import NO_SURROUNDINGS, OutputLimitReached, Session, Surroundings
from reference_interp.values import Condition, Value

DEFAULT_DEPTH: Final = 10_000_000  # continuation frames
DEFAULT_MEMORY: Final = 256 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Uncaught:
    """What ended a program: ``irritants`` as ``write`` prints them; line and column are 0 when unknown."""

    kind: str
    message: str
    irritants: tuple[str, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a run. Exactly one of ``value``, ``condition`` and ``exhausted`` is not None.

    ``output`` is what the program wrote, ``value`` its last value as ``write`` prints it, ``exhausted`` the
    budget that ended the run: "steps" or "output". ``steps`` are the machine's transitions. ``caught`` is the
    kind of a resource condition that the program caught, None if it caught none.
    """

    output: bytes
    value: str | None
    condition: Uncaught | None
    exhausted: str | None
    steps: int
    caught: str | None = None


def run(
    program: Program,
    *,
    stdin: bytes | BinaryIO = b"",
    steps: int | None = None,
    depth: int = DEFAULT_DEPTH,
    memory: int = DEFAULT_MEMORY,
    output_limit: int | None = None,
    write: Callable[[str], None] | None = None,
    surroundings: Surroundings = NO_SURROUNDINGS,
    coverage: Coverage | None = None,
    observer: Observer | None = None,
) -> Result:
    """Run ``program`` to its end or to one of its limits.

    ``stdin`` is what it reads. ``steps`` bounds the transitions of the machine and ``output_limit`` the bytes
    written: reaching either ends the run. ``depth`` bounds the frames of the continuation and ``memory`` the
    bytes of a single object: passing these raises ``stack-overflow`` and ``out-of-memory``, which the program
    can catch. ``write`` is called with each piece of output as it is written. ``surroundings`` are what the
    program finds around it: arguments, a directory for files, a place for errors. ``coverage`` is told what is
    reached, and ``observer`` what is applied and raised; both slow the run down.
    """
    session = Session(stdin, memory, output_limit, write, surroundings, program.file)
    machine = Machine(steps, _listener(coverage, observer))
    linker = Linker(program, session, depth, coverage, observer)
    value: str | None = None
    condition: Uncaught | None = None
    exhausted: str | None = None
    try:
        value = session.text_of(machine.run(linker.link()))
    except Raised as raised:
        condition = _uncaught(raised, memory)
    except StepsExhausted:
        exhausted = "steps"
    except OutputLimitReached:
        exhausted = "output"
    finally:
        linker.forget()
    if observer is not None:
        observer.ended(uncaught=condition is not None)
    return Result(session.output, value, condition, exhausted, machine.steps, machine.caught)


def _listener(coverage: Coverage | None, observer: Observer | None) -> Callable[[Value, Frame], None] | None:
    """What the machine calls with everything that is raised; None if nobody wants to know."""
    if coverage is None and observer is None:
        return None

    def listen(raised: Value, kont: Frame) -> None:
        if coverage is not None:
            coverage.kinds.add(_kind(raised))
        if observer is not None:
            observer.raised(raised, kont)

    return listen


def _kind(raised: Value) -> str:
    return raised.kind if type(raised) is Condition else MESSAGES["raised"].kind


def _uncaught(raised: Raised, memory: int) -> Uncaught:
    payload = raised.payload
    line, column = (raised.span.line, raised.span.column) if raised.span is not None else (0, 0)
    if type(payload) is Condition:
        kind, message, irritants = payload.kind, payload.message, payload.irritants
    else:
        kind, message, irritants = MESSAGES["raised"].kind, MESSAGES["raised"].template, (payload,)
    try:
        texts = tuple([write(irritant, memory) for irritant in irritants])
    except TextTooLong:
        kind, message, texts = MESSAGES["memory"].kind, MESSAGES["memory"].template, ()
    return Uncaught(kind, message, texts, line, column)
