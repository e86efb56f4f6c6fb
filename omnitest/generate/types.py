"""The types by which the generator keeps programs meaningful and bounded.

They are finer than the types of the primitive table: integers carry an interval (so that arithmetic
does not overflow by accident and loop counts are small), strings and lists a range of lengths (so
that data does not grow without bound and ``car`` finds a pair), vectors their exact length, and
procedures the most steps that a call takes. A type is finite and an object never stores a value of
its own type or of an unknown one: values of these types can be printed. Data that contain themselves have
no type here and are the business of ``cycles.py`` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reference_interp.values import INT_MAX, INT_MIN


@dataclass(frozen=True, slots=True)
class Int:
    """An integer from ``low`` to ``high``, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Float:
    """Any double, infinities and NaN included."""


@dataclass(frozen=True, slots=True)
class Number:
    """A float, or an integer that fits :data:`WIDE`."""


@dataclass(frozen=True, slots=True)
class Bool:
    """``#t`` or ``#f``."""


@dataclass(frozen=True, slots=True)
class Char:
    """Any character."""


@dataclass(frozen=True, slots=True)
class Str:
    """A string of ``least`` to ``most`` characters."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Sym:
    """A symbol."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The value ``nothing``: the type of expressions evaluated for their effect."""


@dataclass(frozen=True, slots=True)
class Any:
    """Any value except procedures; what printing and the predicates take."""


@dataclass(frozen=True, slots=True)
class List:
    """A proper list of ``least`` to ``most`` items."""

    item: Type
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair that nothing takes for a list."""

    car: Type
    cdr: Type


@dataclass(frozen=True, slots=True)
class Vec:
    """A vector of exactly ``length`` items."""

    item: Type
    length: int


@dataclass(frozen=True, slots=True)
class Bytes:
    """A bytevector of ``least`` to ``most`` bytes."""

    least: int
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Rec:
    """A record of one record type of the program; compared by identity.

    ``name`` is the type's name in patterns; ``fields`` are the types of the fields, in order, each
    :func:`storable`.
    """

    name: str
    fields: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A hash table with at most :data:`TABLE_MOST` keys whose values are of type ``value``, which is :func:`storable`.

    ``mixed`` tables have keys of many types, the others small integers; ``equal`` tables compare keys
    with ``equal?``, the others with ``eqv?``.
    """

    value: Type
    mixed: bool
    equal: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of a value of type ``item``, which takes at most ``VALUE_COST`` steps to compute."""

    item: Type


@dataclass(frozen=True, slots=True)
class Fresh:
    """A mutable object of type ``of`` that the program made itself (literals are not).

    Only such an object is changed, and only with values of the exact types it was made for, so that
    everyone who knows it by a wider type stays right about it.
    """

    of: List | Pair | Vec | Str | Bytes


@dataclass(frozen=True, slots=True)
class Proc:
    """A procedure of ``params``, then at most ``most_rest`` arguments of type ``rest`` if that is not None.

    A call takes at most ``cost`` steps.
    """

    params: tuple[Type, ...]
    result: Type
    cost: int
    rest: Type | None = None
    most_rest: int = 0


@dataclass(frozen=True, slots=True)
class Gen:
    """A generator of ``item`` that ends, or may be ``endless``; then continuing it takes :data:`ENDLESS_COST` steps."""

    item: Type
    endless: bool = False


Type = (
    Int | Float | Number | Bool | Char | Str | Sym | Nothing | Any | List | Pair | Vec | Bytes | Rec | Table | Promise
    | Fresh | Proc | Gen
)  # fmt: skip

FLOAT: Final = Float()
NUMBER: Final = Number()
BOOL: Final = Bool()
CHAR: Final = Char()
SYM: Final = Sym()
NOTHING: Final = Nothing()
ANY: Final = Any()
SMALL: Final = Int(-(2**20), 2**20)
WIDE: Final = Int(-(2**40), 2**40)  # sums of a SMALL per step of a whole run stay inside
HUGE: Final = Int(INT_MIN, INT_MAX)
WORD: Final = Str(0, 12)
ENDLESS_COST: Final = 120
TEXT: Final = Str(0, 60)
BYTE: Final = Int(0, 255)
TABLE_MOST: Final = 24


def fits(have: Type, want: Type) -> bool:
    """Whether every value of type ``have`` may stand where ``want`` is asked for."""
    if have is want:
        return True
    match want:
        case Fresh():
            return have == want
        case Any():
            return type(have) is not Proc
        case _:
            pass
    if type(have) is Fresh:
        have = have.of
    if type(want) is Number:
        return type(have) is Float or (type(have) is Int and fits(have, WIDE))
    if type(have) is not type(want):
        return False
    match have, want:
        case Int(), Int():
            return want.low <= have.low and have.high <= want.high
        case Bytes(), Bytes():
            return want.least <= have.least and have.most <= want.most
        case Str(), Str():
            return want.least <= have.least and have.most <= want.most
        case List(), List():
            return want.least <= have.least and have.most <= want.most and fits(have.item, want.item)
        case Vec(), Vec():
            return have.length == want.length and fits(have.item, want.item)
        case Pair(), Pair():
            return fits(have.car, want.car) and fits(have.cdr, want.cdr)
        case Proc(), Proc():
            return _proc_fits(have, want)
        case Gen(), Gen():
            return have.endless <= want.endless and fits(have.item, want.item)
        case Promise(), Promise():
            return fits(have.item, want.item)
        case (Rec(), Rec()) | (Table(), Table()):
            return have == want
        case _:
            return True


def _proc_fits(have: Proc, want: Proc) -> bool:
    extra = len(want.params) - len(have.params)
    if extra < 0 or want.rest is not None or have.cost > want.cost:
        return False
    params = have.params
    if extra:
        if have.rest is None or extra > have.most_rest:
            return False
        params += (have.rest,) * extra
    return fits(have.result, want.result) and all(map(fits, want.params, params))


def storable(type_: Type) -> bool:
    """Whether values of ``type_`` may be stored in variables and objects: they reach no code."""
    match type_:
        case Proc() | Gen() | Promise() | Any():
            return False
        case List() | Vec():
            return storable(type_.item)
        case Pair():
            return storable(type_.car) and storable(type_.cdr)
        case Fresh():
            return storable(type_.of)
        case _:
            return True


def literal(type_: Type) -> bool:
    """Whether ``type_`` has values that can be written as quoted data."""
    match type_:
        case Proc() | Gen() | Fresh() | Nothing() | Rec() | Table() | Promise():
            return False
        case List() | Vec():
            return literal(type_.item)
        case Pair():
            return literal(type_.car) and literal(type_.cdr)
        case _:
            return True
