"""What one run of a program has besides its code: input, output, limits and the gensym counter."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

from reference_interp.errors import failure
from reference_interp.printer import Style, TextTooLong, printed, write
from reference_interp.values import EOF, String, Symbol, Value, intern


class OutputLimitReached(Exception):
    """The program wrote more than it may."""


class Session:
    """The world outside of one running program.

    ``stdin`` is read a line at a time, when the program asks for one.
    ``memory`` (bytes) bounds single allocations, ``output_limit`` (bytes, None for no limit) all output
    together; ``write`` is also given each piece of output as it comes.
    """

    def __init__(
        self, stdin: bytes | BinaryIO, memory: int, output_limit: int | None, write: Callable[[str], None] | None
    ) -> None:
        self._memory = memory
        self._output_limit = output_limit
        self._listener = write
        self._pieces: list[bytes] = []
        self._written = 0
        self._stdin = BytesIO(stdin) if isinstance(stdin, bytes) else stdin
        self._gensyms = 0

    @property
    def output(self) -> bytes:
        """All that was written, at most ``output_limit`` bytes."""
        return b"".join(self._pieces)

    def allocate(self, size: int) -> None:
        """Raise ``out-of-memory`` if an object of ``size`` bytes is too large."""
        if size > self._memory:
            raise failure("memory")

    def emit(self, text: str) -> None:
        """Write to the standard output."""
        data = text.encode("utf-8")
        if self._output_limit is not None and self._written + len(data) > self._output_limit:
            room = self._output_limit - self._written
            self._pieces.append(data[:room])
            self._written += room
            raise OutputLimitReached
        self._pieces.append(data)
        self._written += len(data)
        if self._listener is not None:
            self._listener(text)

    def emit_value(self, value: Value, style: Style, end: str = "") -> None:
        """Write a value as ``style`` says, and then ``end``.

        Text that is too long, or has no end, reaches the output limit or the memory limit, whichever is lower.
        """
        room = self._memory if self._output_limit is None else min(self._memory, self._output_limit - self._written)
        try:
            text = printed(value, style, room)
        except TextTooLong as too_long:
            if room == self._memory:
                raise failure("memory") from None
            text = too_long.text  # more than there is room for
        self.emit(text + end)

    def text_of(self, value: Value) -> str:
        """A value as ``write`` prints it; raises ``out-of-memory`` when that does not fit."""
        try:
            return write(value, self._memory)
        except TextTooLong:
            raise failure("memory") from None

    def read_line(self) -> Value:
        """The next line of the standard input without its newline, or the end-of-file object.

        Bytes that are not UTF-8 read as U+FFFD.
        """
        line = self._stdin.readline()
        return String(line.removesuffix(b"\n").decode("utf-8", "replace")) if line else EOF

    def gensym(self) -> Symbol:
        """The symbols g1, g2, …"""
        self._gensyms += 1
        return intern(f"g{self._gensyms}")
