"""Ports: where input comes from and output goes to.

Both kinds work on bytes; textual ports carry UTF-8. What is written to a file is in the file at once, and what
is read from one comes in pieces of :data:`CHUNK` bytes: a program that writes a file while it reads it can tell.
"""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Callable
from typing import BinaryIO, Final, Protocol

from reference_interp.conditions import FILE_PROBLEMS
from reference_interp.errors import failure
from reference_interp.values import Port

CHUNK: Final = 8192  # bytes

#: What stands for a malformed part of UTF-8.
REPLACEMENT: Final = "\ufffd"


class Source(Protocol):
    """Where an input port gets bytes from."""

    def read(self) -> bytes:
        """At least one byte, or b"" at the end. May raise OSError."""

    def ready(self) -> bool:
        """Whether ``read`` would not wait."""

    def close(self) -> None: ...


class Sink(Protocol):
    """Where an output port brings bytes to."""

    @property
    def room(self) -> int | None:
        """How many bytes it takes at most; None if nothing is known about that."""

    def write(self, data: bytes) -> None:
        """Take all of ``data``. May raise OSError."""

    def close(self) -> None: ...


# ---- input ------------------------------------------------------------------------------------------


def first_character(data: bytes, at: int) -> tuple[str, int, bool]:
    """The character that starts at offset ``at`` < ``len(data)``, its size in bytes, and whether more bytes could
    change it. Each maximal part of a malformed sequence is one U+FFFD (Unicode standard, section 3.9)."""
    lead = data[at]
    if lead < 0x80:
        return chr(lead), 1, False
    size = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    try:
        return data[at : at + size].decode("utf-8"), size, False
    except UnicodeDecodeError as error:
        return REPLACEMENT, error.end - error.start, error.reason == "unexpected end of data"


class InputPort(Port):
    """A port to read from: the bytes at hand, and the source of more if there is one.

    ``folds_case`` says what the last directive about it asked for that ``read`` met in the port.
    """

    __slots__ = ("_at", "_bytes", "_source", "folds_case")

    def __init__(self, is_textual: bool, data: bytes = b"", source: Source | None = None) -> None:
        super().__init__(True, is_textual)
        self.folds_case = False
        self._bytes = data
        self._at = 0
        self._source = source

    def close(self) -> None:
        """Closing a closed port does nothing."""
        if self.is_open:
            self.is_open = False
            self._bytes = b""
            self._at = 0
            if self._source is not None:
                self._source.close()

    def ready(self) -> bool:
        """Whether reading would not wait."""
        return self._at < len(self._bytes) or self._source is None or self._source.ready()

    @property
    def at_hand(self) -> bytes:
        """What has come from the source and was not read yet."""
        return self._bytes[self._at :]

    def peek_character(self, who: str) -> str:
        """The next character, which stays; "" at the end. ``who`` reads, for messages."""
        return self._next(who)[0]

    def read_character(self, who: str) -> str:
        """The next character; "" at the end."""
        char, size = self._next(who)
        self._at += size
        return char

    def peek_byte(self, who: str) -> int | None:
        """The next byte, which stays; None at the end."""
        return self._bytes[self._at] if self._at < len(self._bytes) or self._more(who) else None

    def read_bytes(self, who: str, count: int) -> bytes:
        """The next ``count`` bytes, fewer at the end only."""
        pieces: list[bytes] = []
        while count > 0 and (self._at < len(self._bytes) or self._more(who)):
            piece = self._bytes[self._at : self._at + count]
            self._at += len(piece)
            count -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def read_line(self, who: str) -> str | None:
        """The characters up to the next newline, which is read, too; None at the end."""
        pieces: list[bytes] = []
        while self._at < len(self._bytes) or self._more(who):
            newline = self._bytes.find(b"\n", self._at)
            end = newline if newline >= 0 else len(self._bytes)
            pieces.append(self._bytes[self._at : end])
            self._at = end
            if newline >= 0:
                self._at += 1
                break
        return b"".join(pieces).decode("utf-8", "replace") if pieces else None

    def _next(self, who: str) -> tuple[str, int]:
        """The next character and its size in bytes; "" and 0 at the end."""
        if self._at == len(self._bytes) and not self._more(who):
            return "", 0
        char, size, unfinished = first_character(self._bytes, self._at)
        while unfinished and self._more(who):
            char, size, unfinished = first_character(self._bytes, self._at)
        return char, size

    def _more(self, who: str) -> bool:
        """Get more bytes; False at the end."""
        if self._source is None:
            return False
        try:
            chunk = self._source.read()
        except OSError:
            raise failure("file", self, who=who, what=FILE_PROBLEMS["input"]) from None
        self._bytes = self._bytes[self._at :] + chunk
        self._at = 0
        return bool(chunk)


class OpenFile:
    """A file descriptor, closed with its port or when nobody has it any more."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def close(self) -> None:
        fd, self.fd = self.fd, -1
        if fd >= 0:
            os.close(fd)

    def __del__(self) -> None:
        self.close()


class FileSource:
    """A file to read from."""

    def __init__(self, file: OpenFile) -> None:
        self._file = file

    def read(self) -> bytes:
        return os.read(self._file.fd, CHUNK)

    def ready(self) -> bool:
        return bool(select.select([self._file.fd], [], [], 0)[0])

    def close(self) -> None:
        self._file.close()


class StreamSource:
    """A stream that belongs to somebody else, who does not read from it. Its end is final."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ended = False
        try:
            self._fd: int | None = stream.fileno()
        except OSError:
            self._fd = None

    def read(self) -> bytes:
        if self._ended:
            return b""
        try:
            # What a stream with a descriptor has buffered would not count as ready.
            chunk = self._stream.readline(CHUNK) if self._fd is None else os.read(self._fd, CHUNK)
        except OSError:
            chunk = b""  # an unreadable input ends here
        self._ended = not chunk
        return chunk

    def ready(self) -> bool:
        return self._ended or self._fd is None or bool(select.select([self._fd], [], [], 0)[0])

    def close(self) -> None:
        pass


# ---- output -----------------------------------------------------------------------------------------


class OutputPort(Port):
    """A port to write to."""

    __slots__ = ("_sink",)

    def __init__(self, is_textual: bool, sink: Sink) -> None:
        super().__init__(False, is_textual)
        self._sink = sink

    @property
    def room(self) -> int | None:
        """How many bytes can be written at most; None if nothing is known about that."""
        return self._sink.room

    @property
    def collected(self) -> bytes | None:
        """All that was written, if the port collects that; a closed one still has it."""
        return bytes(self._sink.data) if isinstance(self._sink, Collector) else None

    def write(self, who: str, data: bytes) -> None:
        """Write all of ``data``. ``who`` writes, for messages."""
        try:
            self._sink.write(data)
        except OSError:
            raise failure("file", self, who=who, what=FILE_PROBLEMS["output"]) from None

    def close(self) -> None:
        """Closing a closed port does nothing."""
        if self.is_open:
            self.is_open = False
            self._sink.close()


class OutputLimitReached(Exception):
    """The program wrote more than it may."""


class Meter:
    """Counts what leaves the program, against the ``limit`` (bytes, None for none) on all of it together."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._written = 0

    @property
    def room(self) -> int | None:
        return None if self._limit is None else self._limit - self._written

    def admit(self, data: bytes) -> bytes:
        """As much of ``data`` as there is room for, which then counts as written."""
        admitted = data if self.room is None else data[: self.room]
        self._written += len(admitted)
        return admitted


class Collector:
    """Keeps what is written; ``allocate`` raises out-of-memory for sizes that are too large."""

    room = None

    def __init__(self, allocate: Callable[[int], None]) -> None:
        self.data = bytearray()
        self._allocate = allocate

    def write(self, data: bytes) -> None:
        self._allocate(len(self.data) + len(data))
        self.data += data

    def close(self) -> None:
        pass


class Outlet:
    """Where bytes leave the program: ``deliver`` gets what the meter admits."""

    def __init__(self, meter: Meter, deliver: Callable[[bytes], None]) -> None:
        self._meter = meter
        self._deliver = deliver

    @property
    def room(self) -> int | None:
        return self._meter.room

    def write(self, data: bytes) -> None:
        admitted = self._meter.admit(data)
        self._deliver(admitted)
        if len(admitted) < len(data):
            raise OutputLimitReached

    def close(self) -> None:
        pass


class FileSink(Outlet):
    """A file to write to."""

    def __init__(self, meter: Meter, file: OpenFile) -> None:
        super().__init__(meter, self._write_all)
        self._file = file

    def _write_all(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file.fd, data) :]

    def close(self) -> None:
        self._file.close()


# ---- files ------------------------------------------------------------------------------------------


class Files:
    """The files that a program can reach: names that do not begin with ``/`` are relative to ``directory``."""

    def __init__(self, directory: str | None, meter: Meter) -> None:
        self._directory = os.fsencode(directory) if directory is not None else b""
        self._meter = meter

    def open_input(self, name: str, is_textual: bool) -> InputPort:
        """Raises OSError."""
        file = OpenFile(os.open(self._path(name), os.O_RDONLY | os.O_CLOEXEC))
        if stat.S_ISDIR(os.fstat(file.fd).st_mode):
            raise IsADirectoryError
        return InputPort(is_textual, source=FileSource(file))

    def open_output(self, name: str, is_textual: bool) -> OutputPort:
        """Make the file, or empty it. Raises OSError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        return OutputPort(is_textual, FileSink(self._meter, OpenFile(os.open(self._path(name), flags, 0o666))))

    def exists(self, name: str) -> bool:
        """Whether there is a file or folder of that name that can be reached."""
        try:
            os.stat(self._path(name))
        except OSError:
            return False
        return True

    def delete(self, name: str) -> None:
        """Raises OSError."""
        os.unlink(self._path(name))

    def _path(self, name: str) -> bytes:
        if not name or "\0" in name:
            raise FileNotFoundError  # no file has such a name
        return os.path.join(self._directory, name.encode("utf-8"))
