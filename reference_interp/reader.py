"""The reader: program text to syntax trees.

Works in one pass over the text, in linear time and without recursion, whatever the input is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from reference_interp.characters import foldcase_text
from reference_interp.core import Span
from reference_interp.numbers import IntegerOutOfRange, fits, parse_number, split_exactness
from reference_interp.printer import BARE_SYMBOL, CHAR_NAMES
from reference_interp.syntax import ABBREVIATIONS, FOLDING_DIRECTIVES, Kind, Syntax
from reference_interp.values import Bytevector, Char, String, Value, intern

#: How deep parentheses, vectors, quotes and datum comments may nest.
NESTING_LIMIT: Final = 1000


class SyntaxProblem(Exception):
    """A program that is not well formed: what is wrong, where, and what to do about it.

    ``line`` and ``column`` are 1-based; 0 when the problem has no place in the text. ``hint`` may be "".
    """

    def __init__(self, message: str, file: str, line: int, column: int, hint: str = "") -> None:
        super().__init__(message, file, line, column, hint)
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.message}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


def problem_at(span: Span, message: str, hint: str = "") -> SyntaxProblem:
    """A :class:`SyntaxProblem` at the first character of ``span``."""
    return SyntaxProblem(message, span.file, span.line, span.column, hint)


def decode_source(data: bytes, file: str) -> str:
    """The text of a source file: UTF-8, a byte-order mark at the start is skipped.

    Raises :class:`SyntaxProblem` at the first byte that is not UTF-8.
    """
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        line_start = before.rfind(b"\n") + 1
        column = len(before[line_start:].decode("utf-8")) + 1
        raise SyntaxProblem(
            f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8",
            file,
            line,
            column,
            "save the file with UTF-8 encoding",
        ) from None


def read_program(text: str, file: str = "<input>") -> list[Syntax]:
    """The data of a program, in order. Raises :class:`SyntaxProblem`."""
    return _Reader(text, file).read()


# Only ASCII white space separates; Unicode spaces are symbol characters like any other.
_DELIMITERS: Final = r" \t\n\r\f\v()\[\]{}\";'`,|"
_SKIP: Final = re.compile(r"(?:[ \t\n\r\f\v]+|;[^\n]*)+")
_BLOCK_COMMENT_EDGE: Final = re.compile(r"#\||\|#")
_STRING: Final = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_BAR_SYMBOL: Final = re.compile(r"\|([^|\\]*(?:\\.[^|\\]*)*)\|", re.DOTALL)
_CHAR: Final = re.compile(rf"#\\(.[^{_DELIMITERS}]*)", re.DOTALL)
_TOKEN: Final = re.compile(rf"[^{_DELIMITERS}]+")
_ESCAPE: Final = re.compile(r"\\(?:[xX]([0-9a-fA-F]+);|[ \t]*\n[ \t]*|(.))", re.DOTALL)
_SIMPLE_ESCAPES: Final = dict(zip('abtnr"\\|', '\a\b\t\n\r"\\|', strict=True))
_HEX_CHAR: Final = re.compile(r"[xX]([0-9a-fA-F]+)\Z")
_NUMBER_START: Final = frozenset("+-.0123456789#")
_NUMBER_PREFIX: Final = re.compile(r"#[eEiIxXbBoOdD]")
_LABEL: Final = re.compile(r"#([0-9]{1,18})([=#])")
_BRACKETS: Final = frozenset({"(", "#(", "#u8("})  # openers that a ) closes
_BOOLEANS: Final = {"#t": True, "#true": True, "#f": False, "#false": False}


@dataclass(slots=True)
class _Open:
    """Something begun and not finished: a list, a vector, a quotation, a datum comment or a labelled datum."""

    opener: str  # one of _BRACKETS, a key of ABBREVIATIONS, "#;", or such as "#0="
    start: int
    span: Span
    items: list[Syntax] = field(default_factory=list)
    dot: Span | None = None  # where the dot of a dotted list stands
    before_dot: int = 0  # how many items stand before it
    label: int = 0  # the number in "#0="


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._stack: list[_Open] = []
        self._forms: list[Syntax] = []
        self._folds_case = False
        self._labels: dict[int, bool] = {}  # datum labels of the top-level datum at hand: whether theirs is complete
        # Position of the last place asked for: places are asked for in (almost) ascending order.
        self._line = 1
        self._line_start = 0
        self._scanned = 0

    def read(self) -> list[Syntax]:
        text, position = self._text, 0
        while True:
            skipped = _SKIP.match(text, position)
            if skipped is not None:
                position = skipped.end()
            if position >= len(text):
                break
            position = self._read_token(position)
        self._check_closed()
        return self._forms

    def _read_token(self, at: int) -> int:
        """Handle the token that starts at offset ``at``; the offset after it."""
        text = self._text
        char = text[at]
        if char == "(":
            return self._open("(", at)
        if char == ")":
            self._close(at)
            return at + 1
        if char in "'`":
            return self._open(char, at)
        if char == ",":
            return self._open(",@" if text.startswith(",@", at) else ",", at)
        if char == '"':
            return self._read_string(at)
        if char == "|":
            return self._read_bar_symbol(at)
        if char == "#":
            following = text[at + 1 : at + 2]
            if following == "(":
                return self._open("#(", at)
            if following == ";":
                return self._open("#;", at)
            if following == "|":
                return self._skip_block_comment(at)
            if following == "\\":
                return self._read_char(at)
            if following == "!":
                return self._read_directive(at)
            if text[at : at + 4].lower() == "#u8(":
                return self._open("#u8(", at)
            label = _LABEL.match(text, at)
            if label is not None:
                return self._read_label(label)
        if char in "[]{}":
            raise self._problem(at, f"unexpected {char}", "lists are written with round parentheses")
        return self._read_atom(at)

    # ---- lists, vectors and prefixes ----------------------------------------------------------------

    def _open(self, opener: str, at: int) -> int:
        if len(self._stack) >= NESTING_LIMIT:
            raise self._problem(
                at, f"nested more than {NESTING_LIMIT} levels deep", "move inner parts into definitions of their own"
            )
        self._stack.append(_Open(opener, at, self._place(at)))
        return at + len(opener)

    def _read_label(self, match: re.Match[str]) -> int:
        at, number = match.start(), int(match.group(1))
        if match.group(2) == "=":
            if number in self._labels:
                raise self._problem(at, f"the label {match.group()} is there already", "use another number")
            self._labels[number] = False
            end = self._open(match.group(), at)
            self._stack[-1].label = number
            return end
        if number not in self._labels:
            raise self._problem(at, f"no datum has the label of {match.group()}", f"write #{number}= before the datum")
        if not self._labels[number]:
            raise self._problem(
                at, "this literal would be cyclic", "make cycles with set-car!, set-cdr! or vector-set!"
            )
        self._deliver(Syntax(Kind.REFERENCE, self._through(self._place(at), match.end()), number))
        return match.end()

    def _read_directive(self, at: int) -> int:
        match = _TOKEN.match(self._text, at)
        assert match is not None
        if match.group() not in FOLDING_DIRECTIVES:
            raise self._problem(
                at, f"unknown directive {_shorten(match.group())}", "there are " + " and ".join(FOLDING_DIRECTIVES)
            )
        self._folds_case = FOLDING_DIRECTIVES[match.group()]
        return match.end()

    def _close(self, at: int) -> None:
        if not self._stack:
            raise self._problem(at, "this ) closes nothing", "remove it, or add the ( that it belongs to")
        top = self._stack.pop()
        if top.opener not in _BRACKETS:
            raise problem_at(top.span, f"nothing follows this {top.opener}", "write the datum that it applies to")
        items, tail = top.items, None
        if top.dot is not None:
            items, tail = self._split_at_dot(top, top.dot)
        span = self._through(top.span, at + 1)
        if top.opener == "#u8(":
            self._deliver(Syntax(Kind.ATOM, span, self._bytevector(items)))
        else:
            kind = Kind.LIST if top.opener == "(" else Kind.VECTOR
            self._deliver(Syntax(kind, span, None, tuple(items), tail))

    @staticmethod
    def _bytevector(items: list[Syntax]) -> Bytevector:
        for item in items:
            if type(item.datum) is not int or not 0 <= item.datum <= 255 or item.kind is not Kind.ATOM:
                raise problem_at(item.span, "this is not a byte", "a bytevector consists of integers from 0 to 255")
        return Bytevector(bytearray([item.datum for item in items]), immutable=True)

    @staticmethod
    def _split_at_dot(top: _Open, dot: Span) -> tuple[list[Syntax], Syntax | None]:
        after = top.items[top.before_dot :]
        if len(after) != 1:
            where, count = (dot, "nothing") if not after else (after[1].span, "more than one datum")
            raise problem_at(where, f"{count} after the dot", "a dotted list ends in one datum: (a b . rest)")
        items, tail = top.items[: top.before_dot], after[0]
        if tail.kind is Kind.LIST:  # (a . (b c)) and (a b c) are the same datum
            return items + list(tail.items), tail.tail
        return items, tail

    def _dot(self, at: int) -> None:
        top = self._stack[-1] if self._stack else None
        if top is None or top.opener != "(" or not top.items or top.dot is not None:
            raise self._problem(at, "a dot does not belong here", "it stands before the last datum of a list: (a . b)")
        top.dot, top.before_dot = self._place(at), len(top.items)

    def _deliver(self, node: Syntax) -> None:
        """Hand a complete datum to whatever encloses it."""
        while self._stack:
            top = self._stack[-1]
            if top.opener in _BRACKETS:
                top.items.append(node)
                return
            self._stack.pop()
            if top.opener == "#;":
                return
            whole = Span(self._file, top.span.line, top.span.column, node.span.end_line, node.span.end_column)
            if top.opener in ABBREVIATIONS:
                name = Syntax(Kind.ATOM, top.span, intern(ABBREVIATIONS[top.opener]))
                node = Syntax(Kind.LIST, whole, None, (name, node))
            else:
                self._labels[top.label] = True
                node = Syntax(Kind.LABEL, whole, top.label, (node,))
        self._labels.clear()
        self._forms.append(node)

    def _check_closed(self) -> None:
        """At the end of the text: everything that was begun must be finished."""
        if not self._stack:
            return
        top = self._stack[-1]
        if top.opener not in _BRACKETS:
            raise problem_at(top.span, f"nothing follows this {top.opener}", "write the datum that it applies to")
        hint = "add the missing )"
        if len(self._stack) > 1:
            outer = self._stack[0].span
            hint += f"; {len(self._stack)} are open here, the outermost since {outer.line}:{outer.column}"
        raise problem_at(top.span, f"this {top.opener} is never closed", hint)

    def _skip_block_comment(self, at: int) -> int:
        depth, position = 1, at + 2
        while depth:
            edge = _BLOCK_COMMENT_EDGE.search(self._text, position)
            if edge is None:
                raise self._problem(at, "this #| comment is never closed", "end it with |#; comments nest")
            depth += 1 if edge.group() == "#|" else -1
            position = edge.end()
        return position

    # ---- atoms --------------------------------------------------------------------------------------

    def _read_string(self, at: int) -> int:
        match = _STRING.match(self._text, at)
        if match is None:
            raise self._problem(at, "this string is never closed", 'end it with "; a " inside of it is written \\"')
        text = self._unescape(match.group(1), at + 1)
        return self._atom(String(text, immutable=True), at, match.end())

    def _read_bar_symbol(self, at: int) -> int:
        match = _BAR_SYMBOL.match(self._text, at)
        if match is None:
            raise self._problem(at, "this |symbol is never closed", "end it with |; a | inside of it is written \\|")
        return self._atom(intern(self._unescape(match.group(1), at + 1)), at, match.end())

    def _unescape(self, text: str, at: int) -> str:
        """``text``, which starts at offset ``at``, with its escapes replaced and line ends as ``\\n``."""
        if "\r" in text:
            # A carriage return only counts as part of a line end; offsets for messages are then approximate.
            text = text.replace("\r\n", "\n")
        if "\\" not in text:
            return text

        def replace(match: re.Match[str]) -> str:
            code, char = match.groups()
            if code is not None:
                return self._scalar(code, at + match.start())
            if char is None:
                return ""
            plain = _SIMPLE_ESCAPES.get(char)
            if plain is None:
                known = '\\a \\b \\t \\n \\r \\" \\\\ \\| \\x41;'
                raise self._problem(at + match.start(), f"unknown escape \\{char}", f"the escapes are {known}")
            return plain

        return _ESCAPE.sub(replace, text)

    def _scalar(self, code: str, at: int) -> str:
        """The character with hexadecimal ``code``."""
        value = int(code, 16)
        if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
            raise self._problem(
                at, f"x{code} is not a Unicode scalar value", "0 to 10FFFF without the surrogates D800 to DFFF"
            )
        return chr(value)

    def _read_char(self, at: int) -> int:
        match = _CHAR.match(self._text, at)
        if match is None:
            raise self._problem(at, "a character is missing after #\\", "for example #\\a or #\\space")
        name = match.group(1)
        if self._folds_case and len(name) > 1:
            name = foldcase_text(name)
        if len(name) == 1:
            code = ord(name)
        elif name in CHAR_NAMES:
            code = CHAR_NAMES[name]
        elif (hexadecimal := _HEX_CHAR.match(name)) is not None:
            code = ord(self._scalar(hexadecimal.group(1), at))
        else:
            raise self._problem(
                at, f"unknown character #\\{_shorten(name)}", "the names are " + ", ".join(sorted(CHAR_NAMES))
            )
        return self._atom(Char(code), at, match.end())

    def _read_atom(self, at: int) -> int:
        match = _TOKEN.match(self._text, at)
        assert match is not None
        token = match.group()
        if token == ".":
            self._dot(at)
            return match.end()
        if token[0] == "#":
            value = self._hash_literal(token, at)
        else:
            value = self._number(token, at)
            if value is None:
                value = self._symbol(token, at)
        return self._atom(value, at, match.end())

    def _symbol(self, token: str, at: int) -> Value:
        if BARE_SYMBOL.match(token) is None:
            odd = next(char for char in token if BARE_SYMBOL.match(char) is None)
            shown = odd if odd.isprintable() else f"U+{ord(odd):04X}"
            raise self._problem(
                at,
                f"the character {shown} does not belong in a symbol",
                "symbols with unusual characters are written |between bars|",
            )
        return intern(foldcase_text(token) if self._folds_case else token)

    def _number(self, token: str, at: int) -> int | float | None:
        if token[:1] not in _NUMBER_START:
            return None
        try:
            return parse_number(token)
        except IntegerOutOfRange:
            raise self._problem(
                at,
                f"the integer {_shorten(token)} does not fit in 64 bits",
                "integers are -2^63 to 2^63-1; 1e30 is a float",
            ) from None

    def _hash_literal(self, token: str, at: int) -> Value:
        truth = _BOOLEANS.get(token.lower())
        if truth is not None:
            return truth
        if _NUMBER_PREFIX.match(token) is None:
            raise self._problem(
                at,
                f"unknown literal {_shorten(token)}",
                "literals with # are #t #f #\\char #(vector) #u8(bytes) and numbers such as #xff",
            )
        exactness, rest = split_exactness(token)
        value = self._number(rest, at)
        if value is None:
            raise self._problem(at, f"{_shorten(token)} is not a number", "the prefixes are #x #b #o #d #e #i")
        if exactness == "i":
            return float(value)
        if exactness == "e" and type(value) is float:
            if not value.is_integer() or not fits(int(value)):
                raise self._problem(at, f"{_shorten(token)} is not an integer of 64 bits", "exact numbers are integers")
            return int(value)
        return value

    # ---- places -------------------------------------------------------------------------------------

    def _atom(self, value: Value, at: int, end: int) -> int:
        span = Span(self._file, *self._position(at), *self._position(end))
        self._deliver(Syntax(Kind.ATOM, span, value))
        return end

    def _place(self, at: int) -> Span:
        """The place of offset ``at``."""
        line, column = self._position(at)
        return Span(self._file, line, column)

    def _position(self, at: int) -> tuple[int, int]:
        """Line and column of offset ``at``; offsets come in ascending order, so the whole reading stays linear."""
        if at < self._scanned:  # only for messages about a part of a token
            line_start = self._text.rfind("\n", 0, at) + 1
            return self._text.count("\n", 0, at) + 1, at - line_start + 1
        newlines = self._text.count("\n", self._scanned, at)
        if newlines:
            self._line += newlines
            self._line_start = self._text.rfind("\n", self._scanned, at) + 1
        self._scanned = at
        return self._line, at - self._line_start + 1

    def _through(self, start: Span, end: int) -> Span:
        """The span from ``start`` to just before offset ``end``."""
        return Span(self._file, start.line, start.column, *self._position(end))

    def _problem(self, at: int, message: str, hint: str) -> SyntaxProblem:
        return problem_at(self._place(at), message, hint)


def _shorten(text: str) -> str:
    """``text`` for a message, cut when it is long."""
    return text if len(text) <= 40 else text[:37] + "..."
