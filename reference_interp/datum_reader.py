"""``read``: the next datum from a port.

The grammar is that of programs (:mod:`reference_interp.reader`) and datum labels, also for cyclic data. Nothing
behind the datum is read, and what was read before an error stays read. The C runtime's ``datum_reader.c`` takes
the same steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from reference_interp.builtins_data import make_list
from reference_interp.characters import foldcase_text
from reference_interp.conditions import READ_PROBLEMS
from reference_interp.errors import Raised, failure
from reference_interp.numbers import IntegerOutOfRange, fits, parse_number
from reference_interp.ports import InputPort
from reference_interp.printer import BARE_SYMBOL, CHAR_NAMES
from reference_interp.syntax import ABBREVIATIONS, FOLDING_DIRECTIVES
from reference_interp.values import EOF, Bytevector, Char, Pair, String, Value, Vector, intern

_WHITE_SPACE: Final = frozenset(" \t\n\r\f\v")
_DELIMITERS: Final = _WHITE_SPACE | frozenset("()[]{}\";'`,|")
_DIGITS: Final = frozenset("0123456789")
_HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")
_ESCAPES: Final = dict(zip('abtnr"\\|', '\a\b\t\n\r"\\|', strict=True))
_BOOLEANS: Final = {"#t": True, "#true": True, "#f": False, "#false": False}
_NUMBER_START: Final = frozenset("+-.0123456789#")
_LABEL_DIGITS: Final = 9
_LIST, _VECTOR, _BYTEVECTOR, _COMMENT, _LABEL = "(", "#(", "#u8(", "#;", "#="


def read_datum(port: InputPort) -> Value:
    """The next datum, all of it fresh, or the end-of-file object. Raises a read-error for anything else."""
    return _DatumReader(port).read()


def _problem(key: str, *irritants: Value) -> Raised:
    return failure("read", *irritants, who="read", what=READ_PROBLEMS[key])


@dataclass(frozen=True, slots=True)
class _Reference:
    """Stands for the datum of a label until all is read."""

    label: int  # its index


@dataclass(slots=True)
class _Label:
    """``value`` is None as long as the datum is being read."""

    number: int
    value: Value = None


@dataclass(slots=True)
class _Frame:
    """Something begun and not finished; ``opener`` is one of the above or a key of ABBREVIATIONS."""

    opener: str
    labels: int  # how many there were when it began
    items: list[Value] = field(default_factory=list)
    has_dot: bool = False
    has_tail: bool = False  # the last item is what follows the dot


class _DatumReader:
    def __init__(self, port: InputPort) -> None:
        self._port = port
        self._frames: list[_Frame] = []
        self._labels: list[_Label] = []
        self._has_references = False
        self._result: Value = None  # None until the datum is complete

    def read(self) -> Value:
        while self._result is None:
            char = self._next()
            if not char:
                if self._frames:
                    raise _problem("end")
                return EOF
            self._begin(char)
        if self._has_references:
            self._resolve(self._result)
        return self._result

    # ---- characters ---------------------------------------------------------------------------------

    def _next(self) -> str:
        return self._port.read_character("read")

    def _peek(self) -> str:
        return self._port.peek_character("read")

    def _skip(self, char: str) -> bool:
        """Read ``char`` if it comes next."""
        if self._peek() != char:
            return False
        self._next()
        return True

    def _needed(self) -> str:
        """The next character, which must be there."""
        char = self._next()
        if not char:
            raise _problem("end")
        return char

    def _token(self, start: str) -> str:
        """``start`` and what follows up to a delimiter."""
        chars = [start]
        while (char := self._peek()) and char not in _DELIMITERS:
            chars.append(self._next())
        return "".join(chars)

    def _folded(self, text: str) -> str:
        """``text`` in the case that the port's directives ask for."""
        return foldcase_text(text) if self._port.folds_case else text

    # ---- data ---------------------------------------------------------------------------------------

    def _begin(self, char: str) -> None:
        """Handle what starts with ``char``."""
        if char in _WHITE_SPACE:
            return
        if char == ";":
            while self._next() not in ("\n", ""):
                pass
        elif char == "(":
            self._open(_LIST)
        elif char == ")":
            self._close()
        elif char in "'`":
            self._open(char)
        elif char == ",":
            self._open(",@" if self._skip("@") else ",")
        elif char == '"':
            self._deliver(String(self._quoted('"')))
        elif char == "|":
            self._deliver(intern(self._quoted("|")))
        elif char == "#":
            self._hash()
        elif char in "[]{}":
            raise _problem("bracket", Char(ord(char)))
        else:
            self._atom(self._folded(self._token(char)))

    def _hash(self) -> None:
        following = self._peek()
        if following == "(":
            self._next()
            self._open(_VECTOR)
        elif following == ";":
            self._next()
            self._open(_COMMENT)
        elif following == "|":
            self._next()
            self._block_comment()
        elif following == "\\":
            self._next()
            self._deliver(self._character())
        elif following in _DIGITS:
            self._label()
        else:
            token = self._token("#")
            if token.lower() == "#u8" and self._skip("("):
                self._open(_BYTEVECTOR)
            elif token in FOLDING_DIRECTIVES:
                self._port.folds_case = FOLDING_DIRECTIVES[token]
            else:
                self._deliver(_hash_literal(token))

    def _open(self, opener: str) -> None:
        self._frames.append(_Frame(opener, len(self._labels)))

    def _close(self) -> None:
        if not self._frames:
            raise _problem("close")
        frame = self._frames[-1]
        if frame.opener not in (_LIST, _VECTOR, _BYTEVECTOR):
            raise _problem("prefix")
        if frame.has_dot and not frame.has_tail:
            raise _problem("after-dot")
        self._frames.pop()
        if frame.opener == _VECTOR:
            self._deliver(Vector(frame.items))
        elif frame.opener == _BYTEVECTOR:
            self._deliver(Bytevector(bytearray(frame.items)))
        elif frame.has_tail:
            self._deliver(make_list(frame.items[:-1], frame.items[-1]))
        else:
            self._deliver(make_list(frame.items))

    def _atom(self, token: str) -> None:
        if token == ".":
            self._dot()
            return
        number = _number(token)
        if number is None and BARE_SYMBOL.match(token) is None:
            raise _problem("symbol", String(token))
        self._deliver(intern(token) if number is None else number)

    def _dot(self) -> None:
        frame = self._frames[-1] if self._frames else None
        if frame is None or frame.opener != _LIST or not frame.items or frame.has_dot:
            raise _problem("dot")
        frame.has_dot = True

    def _deliver(self, value: Value) -> None:
        """Hand a complete datum to whatever encloses it."""
        while self._frames:
            frame = self._frames[-1]
            if frame.opener in (_LIST, _VECTOR, _BYTEVECTOR):
                self._add(frame, value)
                return
            self._frames.pop()
            if frame.opener == _COMMENT:
                del self._labels[frame.labels :]
                return
            if frame.opener == _LABEL:
                self._define(frame.labels - 1, value)
            else:
                value = make_list([intern(ABBREVIATIONS[frame.opener]), value])
        self._result = value

    @staticmethod
    def _add(frame: _Frame, value: Value) -> None:
        if frame.has_tail:
            raise _problem("after-dot")
        if frame.opener == _BYTEVECTOR and not (type(value) is int and 0 <= value <= 255):
            raise _problem("byte")
        frame.items.append(value)
        frame.has_tail = frame.has_dot

    def _block_comment(self) -> None:
        depth = 1
        while depth:
            char = self._needed()
            if char == "#" and self._skip("|"):
                depth += 1
            elif char == "|" and self._skip("#"):
                depth -= 1

    # ---- labels -------------------------------------------------------------------------------------

    def _label(self) -> None:
        digits = ""
        while (char := self._peek()) and char in _DIGITS:
            digits += self._next()
        if char and char not in "=#":
            raise _problem("literal", String(self._token("#" + digits)))
        self._needed()
        if len(digits) > _LABEL_DIGITS:
            raise _problem("label-long")
        number = int(digits)
        known = next((index for index, label in enumerate(self._labels) if label.number == number), None)
        if char == "=":
            if known is not None:
                raise _problem("label-twice", number)
            self._labels.append(_Label(number))
            self._open(_LABEL)
        else:
            if known is None:
                raise _problem("label-unknown", number)
            self._has_references = True
            self._deliver(_Reference(known))

    def _define(self, index: int, value: Value) -> None:
        if type(value) is _Reference:
            if value.label == index:
                raise _problem("label-empty", self._labels[index].number)
            earlier = self._labels[value.label].value
            value = value if earlier is None else earlier
        self._labels[index].value = value

    def _resolve(self, datum: Value) -> None:
        """Put the data of labels where references stand. What was read is a tree apart from those."""
        stack = [datum]
        while stack:
            value = stack.pop()
            if type(value) is Pair:
                value.car, value.cdr = self._resolved(value.car, stack), self._resolved(value.cdr, stack)
            elif type(value) is Vector:
                value.items[:] = [self._resolved(item, stack) for item in value.items]

    def _resolved(self, value: Value, stack: list[Value]) -> Value:
        """What belongs where ``value`` stands; a part that is still to be searched goes on the stack."""
        if type(value) is not _Reference:
            stack.append(value)
            return value
        while type(value) is _Reference:
            value = self._labels[value.label].value
        return value

    # ---- characters, strings, symbols ---------------------------------------------------------------

    def _character(self) -> Char:
        name = self._token(self._needed())
        if len(name) == 1:
            return Char(ord(name))
        name = self._folded(name)
        if name in CHAR_NAMES:
            return Char(CHAR_NAMES[name])
        if name[0] in "xX" and _HEX_DIGITS.issuperset(name[1:]):
            return Char(_scalar(name[1:]))
        raise _problem("character", String(name))

    def _quoted(self, end: str) -> str:
        """The text of a string or symbol up to the character ``end``, which is read, too."""
        return "".join(self._pieces(end))

    def _pieces(self, end: str) -> Iterator[str]:
        while (char := self._in_text()) != end:
            yield self._escape() if char == "\\" else char

    def _in_text(self) -> str:
        """The next character, a line end as a newline."""
        char = self._needed()
        return self._needed() if char == "\r" and self._peek() == "\n" else char

    def _escape(self) -> str:
        char = self._in_text()
        if char in "xX":
            return self._hex_escape(char)
        if char in " \t\n":
            self._line_end(char)
            return ""
        plain = _ESCAPES.get(char)
        if plain is None:
            raise _problem("escape", Char(ord(char)))
        return plain

    def _hex_escape(self, letter: str) -> str:
        digits = ""
        while (char := self._peek()) and char in _HEX_DIGITS:
            digits += self._next()
        if not digits or not self._skip(";"):
            raise _problem("escape", Char(ord(letter)))
        return chr(_scalar(digits))

    def _line_end(self, char: str) -> None:
        """The line end after a backslash and the white space around it, which starts with ``char``."""
        first = char
        while char in " \t":
            char = self._in_text()
        if char != "\n":
            raise _problem("escape", Char(ord(first)))
        while self._peek() in (" ", "\t"):
            self._next()


def _scalar(digits: str) -> int:
    """The scalar value with these hexadecimal digits."""
    code = int(digits, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise _problem("scalar", String(digits))
    return code


# ---- numbers ------------------------------------------------------------------------------------------


def _number(token: str) -> int | float | None:
    """The number that ``token`` spells, or None."""
    if token[:1] not in _NUMBER_START:
        return None
    try:
        return parse_number(token)
    except IntegerOutOfRange:
        raise _problem("integer", String(token)) from None


def _hash_literal(token: str) -> Value:
    """The boolean or number that ``token``, which begins with ``#``, spells."""
    truth = _BOOLEANS.get(token.lower())
    if truth is not None:
        return truth
    if token[1:2] not in tuple("eEiIxXbBoOdD"):
        raise _problem("literal", String(token))
    exactness, rest = _split_exactness(token)
    value = _number(rest)
    if value is None:
        raise _problem("number", String(token))
    if exactness == "i":
        return float(value)
    if exactness == "e" and type(value) is float:
        if not value.is_integer() or not fits(int(value)):
            raise _problem("integer", String(token))
        return int(value)
    return value


def _split_exactness(token: str) -> tuple[str, str]:
    """``("e" | "i" | "", the rest)`` of a token such as ``#e1.0``, ``#x#i10``."""
    for index in (0, 2):
        if token[index : index + 1] == "#" and token[index + 1 : index + 2].lower() in ("e", "i"):
            return token[index + 1].lower(), token[:index] + token[index + 2 :]
    return "", token
