"""The primitives on ports."""

from __future__ import annotations

from collections.abc import Callable
from errno import EMFILE, ENFILE, ENOMEM
from typing import Final

from reference_interp.checks import slice_bounds, want_mutable
from reference_interp.conditions import FILE_PROBLEMS
from reference_interp.datum_reader import read_datum
from reference_interp.errors import Raised, failure, type_failure
from reference_interp.ports import Files, InputPort, OutputPort
from reference_interp.primitives import Type
from reference_interp.printer import Style
from reference_interp.session import Current, Session
from reference_interp.values import EOF, NOTHING, Bytevector, Char, Port, String, Value

# ---- the port of a call -----------------------------------------------------------------------------


def _opened(who: str, port: Port) -> None:
    if not port.is_open:
        raise failure("closed", port, who=who)


def _input(session: Session, who: str, port: Port | None, is_textual: bool) -> InputPort:
    """The port to read from: ``port``, or the current one, which has to be of the right kind, too."""
    if port is None:
        port = session.current_port(Current.INPUT)
        if port.is_textual is not is_textual:
            kind = Type.TEXTUAL_INPUT_PORT if is_textual else Type.BINARY_INPUT_PORT
            raise type_failure(who, kind, port)
    _opened(who, port)
    assert isinstance(port, InputPort)
    return port


def _output(session: Session, who: str, port: Port | None, is_textual: bool) -> OutputPort:
    """The port to write to: ``port``, or the current one, which has to be of the right kind, too."""
    if port is None:
        port = session.current_port(Current.OUTPUT)
        if port.is_textual is not is_textual:
            kind = Type.TEXTUAL_OUTPUT_PORT if is_textual else Type.BINARY_OUTPUT_PORT
            raise type_failure(who, kind, port)
    _opened(who, port)
    assert isinstance(port, OutputPort)
    return port


def set_current_port(session: Session, which: int, port: Port) -> Port:
    if which not in list(Current):
        raise failure("index", which, who="%set-current-port!")
    if port.is_input is not (which == Current.INPUT):
        kind = Type.INPUT_PORT if which == Current.INPUT else Type.OUTPUT_PORT
        raise type_failure("%set-current-port!", kind, port)
    return session.set_current_port(Current(which), port)


def _is_port(holds: Callable[[Port], bool]) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, Port) and holds(value)


def close_port(port: InputPort | OutputPort) -> Value:
    port.close()
    return NOTHING


# ---- strings, bytevectors, files --------------------------------------------------------------------


def get_output_string(port: OutputPort) -> String:
    assert port.collected is not None
    return String(port.collected.decode("utf-8"))


def get_output_bytevector(port: OutputPort) -> Bytevector:
    assert port.collected is not None
    return Bytevector(bytearray(port.collected))


def _cannot_open(who: str, name: String, problem: OSError) -> Raised:
    """Files are a resource: how many can be open at once is the system's affair."""
    if problem.errno in (EMFILE, ENFILE, ENOMEM):
        return failure("memory")
    return failure("file", name, who=who, what=FILE_PROBLEMS["open"])


def _opens(who: str, kind: Callable[[Files, str, bool], Port], is_textual: bool) -> Callable[[Session, String], Port]:
    def open_file(session: Session, name: String) -> Port:
        try:
            return kind(session.files, name.text, is_textual)
        except OSError as problem:
            raise _cannot_open(who, name, problem) from None

    return open_file


def delete_file(session: Session, name: String) -> Value:
    try:
        session.files.delete(name.text)
    except OSError:
        raise failure("file", name, who="delete-file", what=FILE_PROBLEMS["delete"]) from None
    return NOTHING


# ---- input ------------------------------------------------------------------------------------------


def _char_or_eof(char: str) -> Value:
    return Char(ord(char)) if char else EOF


def read_char(session: Session, port: Port | None = None) -> Value:
    return _char_or_eof(_input(session, "read-char", port, True).read_character("read-char"))


def peek_char(session: Session, port: Port | None = None) -> Value:
    return _char_or_eof(_input(session, "peek-char", port, True).peek_character("peek-char"))


def read_line(session: Session, port: Port | None = None) -> Value:
    line = _input(session, "read-line", port, True).read_line("read-line")
    return EOF if line is None else String(line)


def read_string(session: Session, count: int, port: Port | None = None) -> Value:
    source = _input(session, "read-string", port, True)
    chars: list[str] = []
    while len(chars) < count:
        char = source.read_character("read-string")
        if not char:
            break
        chars.append(char)
    return String("".join(chars)) if chars or count == 0 else EOF


def read(session: Session, port: Port | None = None) -> Value:
    return read_datum(_input(session, "read", port, True))


def read_u8(session: Session, port: Port | None = None) -> Value:
    byte = _input(session, "read-u8", port, False).read_bytes("read-u8", 1)
    return byte[0] if byte else EOF


def peek_u8(session: Session, port: Port | None = None) -> Value:
    byte = _input(session, "peek-u8", port, False).peek_byte("peek-u8")
    return EOF if byte is None else byte


def read_bytevector(session: Session, count: int, port: Port | None = None) -> Value:
    data = _input(session, "read-bytevector", port, False).read_bytes("read-bytevector", count)
    return Bytevector(bytearray(data)) if data or count == 0 else EOF


def read_bytevector_into(
    session: Session, target: Bytevector, port: Port | None = None, start: int = 0, end: int | None = None
) -> Value:
    who = "read-bytevector!"
    source = _input(session, who, port, False)
    want_mutable(who, target)
    start, end = slice_bounds(who, len(target.data), start, end)
    data = source.read_bytes(who, end - start)
    target.data[start : start + len(data)] = data
    return len(data) if data or start == end else EOF


def _ready(who: str, is_textual: bool) -> Callable[..., bool]:
    def ready(session: Session, port: Port | None = None) -> bool:
        return _input(session, who, port, is_textual).ready()

    return ready


# ---- output -----------------------------------------------------------------------------------------


def _write_value(who: str, style: Style, end: str = "") -> Callable[..., Value]:
    def emit(session: Session, value: Value, port: Port | None = None) -> Value:
        session.write_value(who, _output(session, who, port, True), value, style, end)
        return NOTHING

    return emit


def newline(session: Session, port: Port | None = None) -> Value:
    _output(session, "newline", port, True).write("newline", b"\n")
    return NOTHING


def write_char(session: Session, char: Char, port: Port | None = None) -> Value:
    _output(session, "write-char", port, True).write("write-char", chr(char.code).encode("utf-8"))
    return NOTHING


def write_string(
    session: Session, string: String, port: Port | None = None, start: int = 0, end: int | None = None
) -> Value:
    sink = _output(session, "write-string", port, True)
    start, end = slice_bounds("write-string", len(string.text), start, end)
    sink.write("write-string", string.text[start:end].encode("utf-8"))
    return NOTHING


def write_u8(session: Session, byte: int, port: Port | None = None) -> Value:
    _output(session, "write-u8", port, False).write("write-u8", bytes([byte]))
    return NOTHING


def write_bytevector(
    session: Session, source: Bytevector, port: Port | None = None, start: int = 0, end: int | None = None
) -> Value:
    sink = _output(session, "write-bytevector", port, False)
    start, end = slice_bounds("write-bytevector", len(source.data), start, end)
    sink.write("write-bytevector", bytes(source.data[start:end]))
    return NOTHING


def flush_output_port(session: Session, port: Port | None = None) -> Value:
    """There is nothing to flush: what is written has left already."""
    _opened("flush-output-port", session.current_port(Current.OUTPUT) if port is None else port)
    return NOTHING


def _collects(is_textual: bool) -> Callable[[Value], bool]:
    return lambda value: (
        isinstance(value, OutputPort) and value.is_textual is is_textual and value.collected is not None
    )


#: The types of ports: whether a value is of the type.
TYPES: Final[dict[Type, Callable[[Value], bool]]] = {
    Type.PORT: _is_port(lambda port: True),
    Type.INPUT_PORT: _is_port(lambda port: port.is_input),
    Type.OUTPUT_PORT: _is_port(lambda port: not port.is_input),
    Type.TEXTUAL_INPUT_PORT: _is_port(lambda port: port.is_input and port.is_textual),
    Type.BINARY_INPUT_PORT: _is_port(lambda port: port.is_input and not port.is_textual),
    Type.TEXTUAL_OUTPUT_PORT: _is_port(lambda port: not port.is_input and port.is_textual),
    Type.BINARY_OUTPUT_PORT: _is_port(lambda port: not (port.is_input or port.is_textual)),
    Type.STRING_OUTPUT_PORT: _collects(True),
    Type.BYTEVECTOR_OUTPUT_PORT: _collects(False),
}

IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "port?": _is_port(lambda port: True),
    "input-port?": _is_port(lambda port: port.is_input),
    "output-port?": _is_port(lambda port: not port.is_input),
    "textual-port?": _is_port(lambda port: port.is_textual),
    "binary-port?": _is_port(lambda port: not port.is_textual),
    "input-port-open?": lambda port: port.is_open,
    "output-port-open?": lambda port: port.is_open,
    "close-port": close_port,
    "close-input-port": close_port,
    "close-output-port": close_port,
    "open-input-string": lambda string: InputPort(True, string.text.encode("utf-8")),
    "get-output-string": get_output_string,
    "open-input-bytevector": lambda bytevector: InputPort(False, bytes(bytevector.data)),
    "get-output-bytevector": get_output_bytevector,
    "eof-object": lambda: EOF,
}

SESSION_IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "current-input-port": lambda session: session.current_port(Current.INPUT),
    "current-output-port": lambda session: session.current_port(Current.OUTPUT),
    "current-error-port": lambda session: session.current_port(Current.ERROR),
    "%set-current-port!": set_current_port,
    "open-output-string": lambda session: session.collecting_port(True),
    "open-output-bytevector": lambda session: session.collecting_port(False),
    "open-input-file": _opens("open-input-file", Files.open_input, True),
    "open-binary-input-file": _opens("open-binary-input-file", Files.open_input, False),
    "open-output-file": _opens("open-output-file", Files.open_output, True),
    "open-binary-output-file": _opens("open-binary-output-file", Files.open_output, False),
    "file-exists?": lambda session, name: session.files.exists(name.text),
    "delete-file": delete_file,
    "read-char": read_char,
    "peek-char": peek_char,
    "read-line": read_line,
    "read-string": read_string,
    "read": read,
    "char-ready?": _ready("char-ready?", True),
    "u8-ready?": _ready("u8-ready?", False),
    "read-u8": read_u8,
    "peek-u8": peek_u8,
    "read-bytevector": read_bytevector,
    "read-bytevector!": read_bytevector_into,
    "display": _write_value("display", Style.DISPLAY),
    "write": _write_value("write", Style.WRITE),
    "write-shared": _write_value("write-shared", Style.WRITE_SHARED),
    "write-simple": _write_value("write-simple", Style.WRITE_SIMPLE),
    "print": _write_value("print", Style.WRITE, "\n"),
    "newline": newline,
    "write-string": write_string,
    "write-char": write_char,
    "write-u8": write_u8,
    "write-bytevector": write_bytevector,
    "flush-output-port": flush_output_port,
}
