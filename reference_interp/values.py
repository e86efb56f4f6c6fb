"""The values of OmniLisp as the reference interpreter represents them.

Integers, floats and booleans are Python's own ``int``, ``float`` and ``bool``; since ``bool`` is a
subclass of ``int``, code that asks for an integer must compare ``type(x) is int``.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, ClassVar, Final

# Python's type system cannot name "any OmniLisp value" more narrowly without recursion on
# procedures; the alias marks intent.
Value = Any

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1


class Singleton:
    """A value that exists once (``nothing``, ``()``, end of file); printed as its text."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


NOTHING: Final = Singleton("nothing")
NIL: Final = Singleton("()")
EOF: Final = Singleton("#<eof>")


@dataclass(frozen=True, slots=True)
class Char:
    """A Unicode scalar value."""

    code: int


class Symbol:
    """An interned name; make one with :func:`intern`, so that identity is equality."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


_symbols: dict[str, Symbol] = {}


def intern(name: str) -> Symbol:
    """The one symbol called ``name``."""
    symbol = _symbols.get(name)
    if symbol is None:
        symbol = _symbols[name] = Symbol(name)
    return symbol


class String:
    """A string; ``text`` holds its Unicode scalar values. Literals are immutable."""

    __slots__ = ("immutable", "text")

    def __init__(self, text: str, immutable: bool = False) -> None:
        self.text = text
        self.immutable = immutable


class Pair:
    """A mutable pair; pairs of literals are immutable."""

    __slots__ = ("car", "cdr", "immutable")

    def __init__(self, car: Value, cdr: Value, immutable: bool = False) -> None:
        self.car = car
        self.cdr = cdr
        self.immutable = immutable


class Vector:
    """A vector of values with a fixed length; vectors of literals are immutable."""

    __slots__ = ("immutable", "items")

    def __init__(self, items: list[Value], immutable: bool = False) -> None:
        self.items = items
        self.immutable = immutable


class Bytevector:
    """A sequence of bytes with a fixed length; bytevectors of literals are immutable."""

    __slots__ = ("data", "immutable")

    def __init__(self, data: bytearray, immutable: bool = False) -> None:
        self.data = data
        self.immutable = immutable


class RecordType:
    """What ``define-record-type`` makes: a new type each time. ``fields`` is how many fields its records have."""

    __slots__ = ("fields", "name")

    def __init__(self, name: str, fields: int) -> None:
        self.name = name
        self.fields = fields


class Record:
    """A mutable record; its fields are in the order of its type."""

    __slots__ = ("fields", "type")

    def __init__(self, type: RecordType, fields: list[Value]) -> None:
        self.type = type
        self.fields = fields


class Promise:
    """What ``delay`` makes. ``content`` is a pair that promises can share: ``(#t . value)`` or ``(#f . thunk)``."""

    __slots__ = ("content",)

    def __init__(self, content: Pair) -> None:
        self.content = content


class HashTable:
    """A table that keeps its entries in the order of their insertion.

    ``entries`` maps what :mod:`reference_interp.hashing` makes of a key to the key and its value. Keys are compared
    with ``equal?`` if ``by_content``, else with ``eqv?``.
    """

    __slots__ = ("by_content", "entries")

    def __init__(self, by_content: bool) -> None:
        self.by_content = by_content
        self.entries: dict[Hashable, tuple[Value, Value]] = {}


class Port:
    """Where input comes from or output goes to, characters (``is_textual``) or bytes.

    Its subclasses are in :mod:`reference_interp.ports`.
    """

    __slots__ = ("is_input", "is_open", "is_textual")

    def __init__(self, is_input: bool, is_textual: bool) -> None:
        self.is_input = is_input
        self.is_textual = is_textual
        self.is_open = True


class Condition:
    """An error condition: what ``guard`` catches.

    ``kind`` names the kind (see :mod:`reference_interp.conditions`), ``message`` is fixed text and
    ``irritants`` the values that explain it. An object raised with ``raise`` that is not itself a
    condition never becomes one: it is caught as it is. ``place`` is where it was first raised (a
    :class:`~reference_interp.core.Span`, None before that): a program that raises it again does not move it.
    """

    __slots__ = ("irritants", "kind", "message", "place")

    def __init__(self, kind: str, message: str, irritants: tuple[Value, ...] = ()) -> None:
        self.kind = kind
        self.message = message
        self.irritants = irritants
        self.place: Any = None


class MultipleValues:
    """What ``values`` gives for any number of arguments but one."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Value, ...]) -> None:
        self.items = items


class GeneratorState(Enum):
    """FRESH before the body has begun, SUSPENDED in a ``yield``, DONE when it goes on no more."""

    FRESH = auto()
    RUNNING = auto()
    SUSPENDED = auto()
    DONE = auto()


class Generator:
    """A procedure of no arguments, ``thunk``, that can be left and continued.

    ``saved`` is the machine's: the continuation of the ``yield`` in which the generator is suspended.
    """

    __slots__ = ("saved", "state", "thunk")

    def __init__(self, thunk: Procedure) -> None:
        self.thunk = thunk
        self.state = GeneratorState.FRESH
        self.saved: Any = None


class Procedure:
    """Anything that can be called; ``name`` is "" for an anonymous procedure, ``what`` the word it is printed with.

    The machine's closures and the primitives are its subclasses, and so are continuations and parameters.
    """

    __slots__ = ("name",)

    what: ClassVar = "procedure"

    def __init__(self, name: str) -> None:
        self.name = name
