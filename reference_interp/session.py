"""What one run of a program has besides its code: ports, files, limits, surroundings and the gensym counter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO, Final

from reference_interp.errors import failure
from reference_interp.ports import (
    Collector,
    Files,
    InputPort,
    Meter,
    Outlet,
    OutputLimitReached,
    OutputPort,
    StreamSource,
)
from reference_interp.printer import Style, TextTooLong, printed, write
from reference_interp.values import Port, Symbol, Value, intern

__all__ = ["NO_SURROUNDINGS", "Current", "OutputLimitReached", "Session", "Surroundings"]


class Current(IntEnum):
    """The ports that are used where a call names none."""

    INPUT = 0
    OUTPUT = 1
    ERROR = 2


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a program finds around it.

    ``arguments`` follow its name in its command line, relative names of files are relative to ``directory``
    (None: that of the process), and ``write_error`` is called with each piece of text for the error port.
    """

    arguments: tuple[str, ...] = ()
    directory: str | None = None
    write_error: Callable[[str], None] | None = None


NO_SURROUNDINGS: Final = Surroundings()


class Session:
    """The world outside of one running program.

    ``stdin`` is read when the program asks for more than was read.
    ``memory`` (bytes) bounds single allocations, ``output_limit`` (bytes, None for no limit) all output
    together; ``write`` is also given each piece of text for the standard output as it comes. ``program`` is
    the name under which the program sees itself.
    """

    def __init__(
        self,
        stdin: bytes | BinaryIO,
        memory: int,
        output_limit: int | None,
        write: Callable[[str], None] | None,
        surroundings: Surroundings = NO_SURROUNDINGS,
        program: str = "program",
    ) -> None:
        self._memory = memory
        self._listener = write
        self._pieces: list[bytes] = []
        self._gensyms = 0
        meter = Meter(output_limit)
        self.files = Files(surroundings.directory, meter)
        self.command_line = (program, *surroundings.arguments)
        standard_input = (
            InputPort(True, stdin) if isinstance(stdin, bytes) else InputPort(True, source=StreamSource(stdin))
        )
        listen = surroundings.write_error
        self._current: list[Port] = [
            standard_input,
            OutputPort(True, Outlet(meter, self._emit)),
            OutputPort(True, Outlet(meter, lambda data: _tell(listen, data))),
        ]

    @property
    def output(self) -> bytes:
        """All that was written to the standard output."""
        return b"".join(self._pieces)

    def _emit(self, data: bytes) -> None:
        self._pieces.append(data)
        _tell(self._listener, data)

    def current_port(self, which: Current) -> Port:
        """The port that is used where a call names none."""
        return self._current[which]

    def set_current_port(self, which: Current, port: Port) -> Port:
        """Make ``port`` the current one; gives the one that was."""
        before, self._current[which] = self._current[which], port
        return before

    def allocate(self, size: int) -> None:
        """Raise ``out-of-memory`` if an object of ``size`` bytes is too large."""
        if size > self._memory:
            raise failure("memory")

    def collecting_port(self, is_textual: bool) -> OutputPort:
        """A new string or bytevector port to write to."""
        return OutputPort(is_textual, Collector(self.allocate))

    def write_value(self, who: str, port: OutputPort, value: Value, style: Style, end: str = "") -> None:
        """Write a value as ``style`` says, and then ``end``.

        Text that is too long, or has no end, reaches the output limit or the memory limit, whichever is lower.
        """
        limit = self._memory if port.room is None else min(self._memory, port.room)
        try:
            text = printed(value, style, limit)
        except TextTooLong as too_long:
            if limit == self._memory:
                raise failure("memory") from None
            text = too_long.text  # more than there is room for
        port.write(who, (text + end).encode("utf-8"))

    def text_of(self, value: Value) -> str:
        """A value as ``write`` prints it; raises ``out-of-memory`` when that does not fit."""
        try:
            return write(value, self._memory)
        except TextTooLong:
            raise failure("memory") from None

    def gensym(self) -> Symbol:
        """The symbols g1, g2, …"""
        self._gensyms += 1
        return intern(f"g{self._gensyms}")


def _tell(listener: Callable[[str], None] | None, data: bytes) -> None:
    """Give a listener a piece of text; the limit may have cut it within its last character."""
    if listener is not None and data:
        listener(data.decode("utf-8", "ignore"))
