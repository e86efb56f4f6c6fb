"""What a row of the primitive table says, and how rows are made.

One row says what a primitive is called, which arguments it takes, how the compiler calls it in C and
who owns what across that call, which errors it may raise and what effects it has. The interpreter
(argument checks), the compiler (calls, ownership), the generator (what fits where), the C runtime's
generated entry table and the documentation all read these rows; nothing repeats them.

Checks happen in one order on both sides: arity, then the declared argument types from left to right,
then whatever the primitive itself demands (ranges, overflow).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Type(Enum):
    """Argument and result types; the value is the ``{what}`` of a type-error message."""

    __hash__ = object.__hash__  # as equality is: much cheaper than that of the name

    ANY = "a value"
    NUMBER = "a number"
    INTEGER = "an integer"
    INTEGRAL = "an integral number"  # an integer, or a float without a fraction
    INDEX = "a non-negative integer"
    FLOAT = "a float"
    BOOLEAN = "a boolean"
    CHAR = "a character"
    STRING = "a string"
    SYMBOL = "a symbol"
    PAIR = "a pair"
    LIST = "a list"
    VECTOR = "a vector"
    PROCEDURE = "a procedure"
    CONDITION = "a condition"
    NOTHING = "nothing"
    BYTE = "a byte"
    BYTEVECTOR = "a bytevector"
    RECORD_TYPE = "a record type"
    RECORD = "a record"
    HASH_TABLE = "a hash table"
    PROMISE = "a promise"
    PARAMETER = "a parameter"
    GENERATOR = "a generator"
    PORT = "a port"
    INPUT_PORT = "an input port"
    OUTPUT_PORT = "an output port"
    TEXTUAL_INPUT_PORT = "a textual input port"
    TEXTUAL_OUTPUT_PORT = "a textual output port"
    BINARY_INPUT_PORT = "a binary input port"
    BINARY_OUTPUT_PORT = "a binary output port"
    STRING_OUTPUT_PORT = "a string output port"
    BYTEVECTOR_OUTPUT_PORT = "a bytevector output port"


class Result(Enum):
    """What the direct C function returns; the value is the C typedef in its prototype."""

    OWNED = "omni_owned"  # a reference that the caller owns; cannot fail
    IMMEDIATE = "omni_immediate"  # holds no reference; cannot fail
    RESULT = "omni_result"  # an owned reference, or the failure marker
    CHECK = "omni_check"  # an immediate, or the failure marker


class Effect(Enum):
    """The strongest effect a primitive has, besides raising what its row says."""

    PURE = "pure"  # same arguments, same result, no allocation that identity could observe
    ALLOCATE = "allocate"  # makes a fresh object
    READ = "read"  # reads mutable state
    WRITE = "write"  # changes an object
    IO = "io"  # input or output
    CONTROL = "control"  # raises or calls procedures
    SUSPEND = "suspend"  # like CONTROL, and may capture or replace the continuation


@dataclass(frozen=True, slots=True)
class Direct:
    """How compiled code calls the primitive with one given number of arguments.

    ``ownership`` has a letter per argument: ``b`` borrowed (the caller keeps its reference), ``o``
    owned (the callee consumes it, also when it fails). The prototype in ``omni.h`` must agree.
    """

    symbol: str
    ownership: str
    result: Result


@dataclass(frozen=True, slots=True)
class Primitive:
    """One row of the table.

    ``params`` are the required and then the ``optional`` trailing parameters; ``rest`` is the type of
    any further arguments, or None. ``direct`` maps an argument count to the C function for it; other
    counts go through the generic entry. With ``fold``, a call with more than two arguments means the
    left fold of the two-argument call, errors included. What a primitive does that is not ``deterministic``
    depends on more than its arguments, the program's input and what the program did before: on the clock, the
    environment, the file system.
    """

    name: str
    params: tuple[Type, ...]
    result: Type
    effect: Effect
    direct: dict[int, Direct]
    optional: int = 0
    rest: Type | None = None
    raises: frozenset[str] = frozenset()
    variadic: str | None = None  # C function (context, argc, argv) with borrowed arguments
    fold: bool = False
    deterministic: bool = True

    @property
    def min_args(self) -> int:
        """The fewest arguments of a call."""
        return len(self.params) - self.optional

    @property
    def max_args(self) -> int | None:
        """The most arguments of a call; None if there is no limit."""
        return None if self.rest is not None else len(self.params)

    def accepts(self, argc: int) -> bool:
        """Whether ``argc`` arguments pass the arity check."""
        return self.min_args <= argc and (self.max_args is None or argc <= self.max_args)

    def type_of_argument(self, index: int) -> Type:
        """The declared type of the argument at 0-based ``index``."""
        if index < len(self.params):
            return self.params[index]
        assert self.rest is not None
        return self.rest


ANY, NUM, INT, INTEGRAL, IDX = Type.ANY, Type.NUMBER, Type.INTEGER, Type.INTEGRAL, Type.INDEX
BOOL, CHAR, STR, SYM = Type.BOOLEAN, Type.CHAR, Type.STRING, Type.SYMBOL
PAIR, LIST, VEC, PROC = Type.PAIR, Type.LIST, Type.VECTOR, Type.PROCEDURE
COND, NONE, FLO = Type.CONDITION, Type.NOTHING, Type.FLOAT
BYTE, BYTES, RECORD_TYPE, HASH = Type.BYTE, Type.BYTEVECTOR, Type.RECORD_TYPE, Type.HASH_TABLE
RECORD = Type.RECORD
PROMISE, PARAMETER, GENERATOR = Type.PROMISE, Type.PARAMETER, Type.GENERATOR
PORT, IN_PORT, OUT_PORT = Type.PORT, Type.INPUT_PORT, Type.OUTPUT_PORT
TEXT_IN, TEXT_OUT = Type.TEXTUAL_INPUT_PORT, Type.TEXTUAL_OUTPUT_PORT
BYTES_IN, BYTES_OUT = Type.BINARY_INPUT_PORT, Type.BINARY_OUTPUT_PORT

TYPE_ERROR = frozenset({"type-error"})
MEMORY = frozenset({"out-of-memory"})
FILE_ERROR = frozenset({"file-error"})
READ_ERROR = frozenset({"read-error"})
OVERFLOW = frozenset({"integer-overflow"})
DIVISION = frozenset({"division-by-zero"})
INDEX_ERROR = frozenset({"index-out-of-range"})
IMMUTABLE = frozenset({"immutable-value"})


def _c_name(name: str) -> str:
    """The C symbol a primitive has unless its row says otherwise: ``string->list`` → ``omni_string_to_list``."""
    name = name.replace("->", "_to_").replace("?", "_p").replace("!", "_x").replace("*", "_star")
    name = name.replace("<=", "_le").replace(">=", "_ge").replace("=", "_eq").replace("<", "_lt").replace(">", "_gt")
    return "omni_" + name.replace("-", "_")


class Table:
    """A part of the primitive table; ``rows`` are in order."""

    def __init__(self) -> None:
        self.rows: list[Primitive] = []

    def fixed(
        self,
        name: str,
        params: tuple[Type, ...],
        result: Type,
        effect: Effect,
        raises: frozenset[str] = frozenset(),
        *,
        c: str | None = None,
        own: str | None = None,
        gives: Result | None = None,
        deterministic: bool = True,
    ) -> None:
        """A primitive with a fixed number of arguments.

        The result convention follows from the row unless ``gives`` overrides it: immediate results (truth
        values, characters, ``nothing``) own nothing, and only what can raise can fail.
        """
        if any(p is not ANY for p in params):
            raises = raises | TYPE_ERROR
        if gives is None:
            immediate = result in (BOOL, CHAR, NONE)
            if immediate:
                gives = Result.CHECK if raises else Result.IMMEDIATE
            else:
                gives = Result.RESULT if raises else Result.OWNED
        direct = {len(params): Direct(c or _c_name(name), own or "b" * len(params), gives)}
        self.rows.append(Primitive(name, params, result, effect, direct, raises=raises, deterministic=deterministic))

    def variadic(
        self,
        name: str,
        params: tuple[Type, ...],
        rest: Type | None,
        result: Type,
        effect: Effect,
        raises: frozenset[str] = frozenset(),
        *,
        optional: int = 0,
        direct: dict[int, Direct] | None = None,
        fold: bool = False,
        c: str | None = None,
        deterministic: bool = True,
    ) -> None:
        """A primitive with optional or any number of arguments; ``c`` is its ``(context, argc, argv)`` function."""
        if any(p is not ANY for p in params) or (rest is not None and rest is not ANY):
            raises = raises | TYPE_ERROR
        variadic = c or _c_name(name) + "_n"
        self.rows.append(
            Primitive(name, params, result, effect, direct or {}, optional, rest, raises, variadic, fold, deterministic)
        )

    def arithmetic(self, name: str, c: str, raises: frozenset[str], minimum: int = 0, unary: str | None = None) -> None:
        two = {2: Direct(f"omni_{c}", "bb", Result.RESULT)}
        if unary is not None:
            two[1] = Direct(f"omni_{unary}", "b", Result.RESULT)
        self.variadic(
            name, (NUM,) * minimum, NUM, NUM, Effect.PURE, raises | MEMORY, direct=two, fold=True, c=f"omni_{c}_n"
        )

    def comparison(self, name: str, c: str, of: Type, effect: Effect = Effect.PURE) -> None:
        direct = {2: Direct(f"omni_{c}", "bb", Result.CHECK)}
        self.variadic(name, (of,), of, BOOL, effect, direct=direct, c=f"omni_{c}_n")
