"""The primitive table: every built-in procedure as data.

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
from typing import Final


class Type(Enum):
    """Argument and result types; the value is the ``{what}`` of a type-error message."""

    ANY = "a value"
    NUMBER = "a number"
    INTEGER = "an integer"
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
    left fold of the two-argument call, errors included.
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

    @property
    def min_args(self) -> int:
        return len(self.params) - self.optional

    @property
    def max_args(self) -> int | None:
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


_ANY, _NUM, _INT, _IDX = Type.ANY, Type.NUMBER, Type.INTEGER, Type.INDEX
_BOOL, _CHAR, _STR, _SYM = Type.BOOLEAN, Type.CHAR, Type.STRING, Type.SYMBOL
_PAIR, _LIST, _VEC, _PROC = Type.PAIR, Type.LIST, Type.VECTOR, Type.PROCEDURE
_COND, _NONE, _FLO = Type.CONDITION, Type.NOTHING, Type.FLOAT

_rows: list[Primitive] = []

_TYPE_ERROR = frozenset({"type-error"})
_MEMORY = frozenset({"out-of-memory"})
_OVERFLOW = frozenset({"integer-overflow"})
_DIVISION = frozenset({"division-by-zero"})
_INDEX = frozenset({"index-out-of-range"})
_IMMUTABLE = frozenset({"immutable-value"})


def _c_name(name: str) -> str:
    """The C symbol a primitive has unless its row says otherwise: ``string->list`` → ``omni_string_to_list``."""
    name = name.replace("->", "_to_").replace("?", "_p").replace("!", "_x").replace("*", "_star")
    name = name.replace("<=", "_le").replace(">=", "_ge").replace("=", "_eq").replace("<", "_lt").replace(">", "_gt")
    return "omni_" + name.replace("-", "_")


def _row(
    name: str,
    params: tuple[Type, ...],
    result: Type,
    effect: Effect,
    raises: frozenset[str] = frozenset(),
    *,
    c: str | None = None,
    own: str | None = None,
    gives: Result | None = None,
) -> None:
    """A primitive with a fixed number of arguments.

    The result convention follows from the row unless ``gives`` overrides it: immediate results (truth
    values, characters, ``nothing``) own nothing, and only what can raise can fail.
    """
    if any(p is not _ANY for p in params):
        raises = raises | _TYPE_ERROR
    if gives is None:
        immediate = result in (_BOOL, _CHAR, _NONE)
        if immediate:
            gives = Result.CHECK if raises else Result.IMMEDIATE
        else:
            gives = Result.RESULT if raises else Result.OWNED
    direct = {len(params): Direct(c or _c_name(name), own or "b" * len(params), gives)}
    _rows.append(Primitive(name, params, result, effect, direct, raises=raises))


def _variadic(
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
) -> None:
    """A primitive with optional or any number of arguments; ``c`` is its ``(context, argc, argv)`` function."""
    if any(p is not _ANY for p in params) or (rest is not None and rest is not _ANY):
        raises = raises | _TYPE_ERROR
    variadic = c or _c_name(name) + "_n"
    _rows.append(Primitive(name, params, result, effect, direct or {}, optional, rest, raises, variadic, fold))


def _arithmetic(name: str, c: str, raises: frozenset[str], minimum: int = 0, unary: str | None = None) -> None:
    two = {2: Direct(f"omni_{c}", "bb", Result.RESULT)}
    if unary is not None:
        two[1] = Direct(f"omni_{unary}", "b", Result.RESULT)
    _variadic(
        name, (_NUM,) * minimum, _NUM, _NUM, Effect.PURE, raises | _MEMORY, direct=two, fold=True, c=f"omni_{c}_n"
    )


def _comparison(name: str, c: str, of: Type) -> None:
    direct = {2: Direct(f"omni_{c}", "bb", Result.CHECK)}
    _variadic(name, (of,), of, _BOOL, Effect.PURE, direct=direct, c=f"omni_{c}_n")


# ---- numbers ---------------------------------------------------------------------------------------
_arithmetic("+", "add", _OVERFLOW)
_arithmetic("-", "subtract", _OVERFLOW, minimum=1, unary="negate")
_arithmetic("*", "multiply", _OVERFLOW)
_arithmetic("/", "divide", _OVERFLOW | _DIVISION, minimum=1, unary="reciprocal")
for _name, _c in (
    ("quotient", "quotient"),
    ("remainder", "remainder"),
    ("modulo", "modulo"),
    ("%", "remainder_percent"),
):
    _raises = _DIVISION | _MEMORY | (_OVERFLOW if _name == "quotient" else frozenset())
    _row(_name, (_INT, _INT), _INT, Effect.PURE, _raises, c=f"omni_{_c}")
for _name, _c in (("=", "num_eq"), ("<", "num_lt"), (">", "num_gt"), ("<=", "num_le"), (">=", "num_ge")):
    _comparison(_name, _c, _NUM)
for _name in ("zero?", "positive?", "negative?"):
    _row(_name, (_NUM,), _BOOL, Effect.PURE)
for _name in ("odd?", "even?"):
    _row(_name, (_INT,), _BOOL, Effect.PURE)
_variadic(
    "max", (_NUM,), _NUM, _NUM, Effect.PURE, _MEMORY, direct={2: Direct("omni_max", "bb", Result.RESULT)}, fold=True
)
_variadic(
    "min", (_NUM,), _NUM, _NUM, Effect.PURE, _MEMORY, direct={2: Direct("omni_min", "bb", Result.RESULT)}, fold=True
)
_row("abs", (_NUM,), _NUM, Effect.PURE, _OVERFLOW | _MEMORY)
_row("square", (_NUM,), _NUM, Effect.PURE, _OVERFLOW | _MEMORY)
_variadic(
    "gcd",
    (),
    _INT,
    _INT,
    Effect.PURE,
    _OVERFLOW | _MEMORY,
    direct={2: Direct("omni_gcd", "bb", Result.RESULT)},
    fold=True,
)
_variadic(
    "lcm",
    (),
    _INT,
    _INT,
    Effect.PURE,
    _OVERFLOW | _MEMORY,
    direct={2: Direct("omni_lcm", "bb", Result.RESULT)},
    fold=True,
)
_row("expt", (_NUM, _NUM), _NUM, Effect.PURE, _OVERFLOW | _DIVISION | _MEMORY)
_row("sqrt", (_NUM,), _NUM, Effect.PURE, _MEMORY)
for _name in ("exp", "log", "sin", "cos", "tan", "atan"):
    _row(_name, (_NUM,), _FLO, Effect.PURE, _MEMORY)
for _name in ("floor", "ceiling", "round", "truncate"):
    _row(_name, (_NUM,), _NUM, Effect.PURE, _MEMORY)
_row("exact", (_NUM,), _INT, Effect.PURE, _OVERFLOW | _MEMORY)
_row("inexact", (_NUM,), _FLO, Effect.PURE, _MEMORY)
_row("bitwise-and", (_INT, _INT), _INT, Effect.PURE, _MEMORY)
_row("bitwise-ior", (_INT, _INT), _INT, Effect.PURE, _MEMORY)
_row("bitwise-xor", (_INT, _INT), _INT, Effect.PURE, _MEMORY)
_row("bitwise-not", (_INT,), _INT, Effect.PURE, _MEMORY)
_row("arithmetic-shift", (_INT, _INT), _INT, Effect.PURE, _OVERFLOW | _MEMORY)

# ---- predicates on any value ------------------------------------------------------------------------
for _name in (
    "number?",
    "integer?",
    "float?",
    "boolean?",
    "nothing?",
    "char?",
    "string?",
    "symbol?",
    "pair?",
    "null?",
    "vector?",
    "procedure?",
    "condition?",
    "eof-object?",
    "list?",
    "not",
):
    _row(_name, (_ANY,), _BOOL, Effect.READ if _name == "list?" else Effect.PURE)
_row("nan?", (_NUM,), _BOOL, Effect.PURE)
_row("eq?", (_ANY, _ANY), _BOOL, Effect.PURE)
_row("eqv?", (_ANY, _ANY), _BOOL, Effect.PURE)
_row("equal?", (_ANY, _ANY), _BOOL, Effect.READ, _MEMORY)

# ---- pairs and lists --------------------------------------------------------------------------------
_row("cons", (_ANY, _ANY), _PAIR, Effect.ALLOCATE, _MEMORY, own="oo")
_row("car", (_PAIR,), _ANY, Effect.READ)
_row("cdr", (_PAIR,), _ANY, Effect.READ)
for _name in ("caar", "cadr", "cdar", "cddr", "caddr", "cdddr", "cadddr"):
    _row(_name, (_PAIR,), _ANY, Effect.READ)
_row("set-car!", (_PAIR, _ANY), _NONE, Effect.WRITE, _IMMUTABLE, own="bo")
_row("set-cdr!", (_PAIR, _ANY), _NONE, Effect.WRITE, _IMMUTABLE, own="bo")
_variadic("list", (), _ANY, _LIST, Effect.ALLOCATE, _MEMORY)
_variadic("cons*", (_ANY,), _ANY, _ANY, Effect.ALLOCATE, _MEMORY, c="omni_cons_star_n")
_row("length", (_LIST,), _INT, Effect.READ)
_variadic(
    "append",
    (),
    _ANY,
    _ANY,
    Effect.ALLOCATE,
    _MEMORY | _TYPE_ERROR,
    direct={2: Direct("omni_append", "bo", Result.RESULT)},
)
_row("reverse", (_LIST,), _LIST, Effect.ALLOCATE, _MEMORY)
_row("list-copy", (_LIST,), _LIST, Effect.ALLOCATE, _MEMORY)
_row("list-tail", (_ANY, _IDX), _ANY, Effect.READ, _INDEX)
_row("list-ref", (_ANY, _IDX), _ANY, Effect.READ, _INDEX)
_row("last-pair", (_PAIR,), _PAIR, Effect.READ)
for _name in ("memq", "memv", "member"):
    _row(_name, (_ANY, _LIST), _ANY, Effect.READ, _MEMORY)
for _name in ("assq", "assv", "assoc"):
    _row(_name, (_ANY, _LIST), _ANY, Effect.READ, _MEMORY)

# ---- symbols, characters, strings -------------------------------------------------------------------
_row("symbol->string", (_SYM,), _STR, Effect.ALLOCATE, _MEMORY)
_row("string->symbol", (_STR,), _SYM, Effect.READ, _MEMORY)
_row("gensym", (), _SYM, Effect.ALLOCATE, _MEMORY)
_row("char->integer", (_CHAR,), _INT, Effect.PURE)
_row("integer->char", (_INT,), _CHAR, Effect.PURE, _INDEX)
for _name, _c in (("=", "eq"), ("<", "lt"), (">", "gt"), ("<=", "le"), (">=", "ge")):
    _comparison(f"char{_name}?", f"char_{_c}", _CHAR)
    _comparison(f"string{_name}?", f"string_{_c}", _STR)
for _name in ("char-alphabetic?", "char-numeric?", "char-whitespace?", "char-upper-case?", "char-lower-case?"):
    _row(_name, (_CHAR,), _BOOL, Effect.PURE)
_row("char-upcase", (_CHAR,), _CHAR, Effect.PURE)
_row("char-downcase", (_CHAR,), _CHAR, Effect.PURE)
_row("digit-value", (_CHAR,), _ANY, Effect.PURE)
_variadic("make-string", (_IDX, _CHAR), None, _STR, Effect.ALLOCATE, _MEMORY, optional=1)
_variadic("string", (), _CHAR, _STR, Effect.ALLOCATE, _MEMORY)
_row("string-length", (_STR,), _INT, Effect.PURE)
_row("string-ref", (_STR, _IDX), _CHAR, Effect.READ, _INDEX)
_row("substring", (_STR, _IDX, _IDX), _STR, Effect.ALLOCATE, _INDEX | _MEMORY)
_variadic(
    "string-append",
    (),
    _STR,
    _STR,
    Effect.ALLOCATE,
    _MEMORY,
    direct={2: Direct("omni_string_append", "bb", Result.RESULT)},
)
_variadic("string-copy", (_STR, _IDX, _IDX), None, _STR, Effect.ALLOCATE, _INDEX | _MEMORY, optional=2)
_variadic("string->list", (_STR, _IDX, _IDX), None, _LIST, Effect.ALLOCATE, _INDEX | _MEMORY, optional=2)
_row("list->string", (_LIST,), _STR, Effect.ALLOCATE, _MEMORY)
_row("string-upcase", (_STR,), _STR, Effect.ALLOCATE, _MEMORY)
_row("string-downcase", (_STR,), _STR, Effect.ALLOCATE, _MEMORY)
_variadic("number->string", (_NUM, _INT), None, _STR, Effect.ALLOCATE, _INDEX | _MEMORY, optional=1)
_variadic("string->number", (_STR, _INT), None, _ANY, Effect.READ, _INDEX | _MEMORY, optional=1)

# ---- vectors ----------------------------------------------------------------------------------------
_variadic("make-vector", (_IDX, _ANY), None, _VEC, Effect.ALLOCATE, _MEMORY, optional=1)
_variadic("vector", (), _ANY, _VEC, Effect.ALLOCATE, _MEMORY)
_row("vector-length", (_VEC,), _INT, Effect.PURE)
_row("vector-ref", (_VEC, _IDX), _ANY, Effect.READ, _INDEX)
_row("vector-set!", (_VEC, _IDX, _ANY), _NONE, Effect.WRITE, _INDEX | _IMMUTABLE, own="bbo")
_row("vector-fill!", (_VEC, _ANY), _NONE, Effect.WRITE, _IMMUTABLE)
_variadic("vector-copy", (_VEC, _IDX, _IDX), None, _VEC, Effect.ALLOCATE, _INDEX | _MEMORY, optional=2)
_variadic("vector-append", (), _VEC, _VEC, Effect.ALLOCATE, _MEMORY)
_variadic("vector->list", (_VEC, _IDX, _IDX), None, _LIST, Effect.ALLOCATE, _INDEX | _MEMORY, optional=2)
_row("list->vector", (_LIST,), _VEC, Effect.ALLOCATE, _MEMORY)

# ---- conditions and control -------------------------------------------------------------------------
_variadic("error", (_ANY,), _ANY, _NONE, Effect.CONTROL, frozenset({"user-error"}) | _MEMORY)
_row("raise", (_ANY,), _NONE, Effect.CONTROL, frozenset({"raised"}), own="o", gives=Result.CHECK)
_variadic("assert", (_ANY,), _ANY, _NONE, Effect.CONTROL, frozenset({"assertion-failed"}) | _MEMORY)
# For the prelude only (programs cannot name them): WHO and WHAT are strings, as in the messages.
_row("%raise-type", (_STR, _STR, _ANY), _NONE, Effect.CONTROL, _MEMORY, c="omni_raise_type")
_row("%raise-index", (_STR, _ANY), _NONE, Effect.CONTROL, _INDEX | _MEMORY, c="omni_raise_index")
_row("error-object?", (_ANY,), _BOOL, Effect.PURE)
_row("error-object-message", (_COND,), _STR, Effect.READ, _MEMORY)
_row("error-object-irritants", (_COND,), _LIST, Effect.READ, _MEMORY)
_row("condition-kind", (_COND,), _SYM, Effect.READ, _MEMORY)
_variadic("apply", (_PROC, _ANY), _ANY, _ANY, Effect.CONTROL, _TYPE_ERROR | _MEMORY, c="omni_apply_n")

# ---- input and output -------------------------------------------------------------------------------
_row("display", (_ANY,), _NONE, Effect.IO, _MEMORY)
_row("write", (_ANY,), _NONE, Effect.IO, _MEMORY)
_row("print", (_ANY,), _NONE, Effect.IO, _MEMORY)
_row("newline", (), _NONE, Effect.IO)
_row("write-string", (_STR,), _NONE, Effect.IO)
_row("write-char", (_CHAR,), _NONE, Effect.IO)
_row("read-line", (), _ANY, Effect.IO, _MEMORY)
_row("eof-object", (), _ANY, Effect.PURE, c="omni_eof_object")

PRIMITIVES: Final[dict[str, Primitive]] = {row.name: row for row in _rows}
INDEX: Final[dict[str, int]] = {row.name: i for i, row in enumerate(_rows)}
assert len(PRIMITIVES) == len(_rows), "two primitives share a name"
