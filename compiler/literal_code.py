"""Literals in C: immediate values as expressions, all others as the code that the runtime decodes.

The postfix code is described in ``runtime/include/omni_literal.h``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from reference_interp.values import EOF, NIL, NOTHING, Bytevector, Char, Pair, String, Symbol, Value, Vector

_FIXNUM_MIN, _FIXNUM_MAX = -(2**62), 2**62 - 1


def immediate_text(value: Value) -> str | None:
    """The C expression of an immediate value, or None for values that need a literal."""
    if value is True:
        return "OMNI_TRUE"
    if value is False:
        return "OMNI_FALSE"
    if type(value) is int and _FIXNUM_MIN <= value <= _FIXNUM_MAX:
        return f"omni_fixnum({value})" if abs(value) < 2**31 else f"omni_fixnum(INT64_C({value}))"
    if isinstance(value, Char):
        return f"omni_character({value.code})"
    constants: list[tuple[Value, str]] = [(NOTHING, "OMNI_NOTHING"), (NIL, "OMNI_NIL"), (EOF, "OMNI_EOF")]
    return next((text for constant, text in constants if value is constant), None)


def literal_code(value: Value) -> bytes:
    """The code of a literal: integers, floats, truth values, characters, strings, symbols, lists, vectors,
    bytevectors.

    What occurs in it more than once is one object at run time too. It must not be cyclic.
    """
    out: list[bytes] = []
    shared = _shared(value)
    kept: dict[int, int] = {}  # id of a value that occurs more than once → its number
    work: list[Value | bytes | _Keep] = [value]
    while work:
        item = work.pop()
        if isinstance(item, _Keep):
            kept[id(item.value)] = len(kept)
            out.append(b"k")
            continue
        if id(item) in kept:
            out.append(b"r%d;" % kept[id(item)])
            continue
        if id(item) in shared:
            work.append(_Keep(item))
        match item:
            case bytes():
                out.append(item)
            case Pair():
                elements: list[Value] = [item.car]
                rest: Value = item.cdr
                while isinstance(rest, Pair) and id(rest) not in shared:
                    elements.append(rest.car)
                    rest = rest.cdr
                work.append(b"l%d;" % len(elements))
                work.append(rest)
                work.extend(reversed(elements))
            case Vector(items=items):
                work.append(b"v%d;" % len(items))
                work.extend(reversed(items))
            case _:
                out.append(_atom(item))
    return b"".join(out)


@dataclass(frozen=True, slots=True)
class _Keep:
    """What follows the code of a value that occurs more than once."""

    value: Value


def _shared(value: Value) -> set[int]:
    """The ids of the pairs, vectors, strings and bytevectors that occur more than once in ``value``."""
    seen: set[int] = set()
    shared: set[int] = set()
    work = [value]
    while work:
        item = work.pop()
        if not isinstance(item, Bytevector | Pair | String | Vector):
            continue
        if id(item) in seen:
            shared.add(id(item))
            continue
        seen.add(id(item))
        if isinstance(item, Pair):
            work += (item.car, item.cdr)
        elif isinstance(item, Vector):
            work += item.items
    return shared


def _atom(value: Value) -> bytes:
    if value is True:
        return b"T"
    if value is False:
        return b"F"
    if value is NOTHING:
        return b"N"
    if value is NIL:
        return b"E"
    match value:
        case int():
            return b"i%d;" % value
        case float():
            return b"f%016x;" % struct.unpack(">Q", struct.pack(">d", value))[0]
        case Char(code=code):
            return b"c%d;" % code
        case String(text=text):
            return b"s" + _counted(text.encode("utf-8"))
        case Symbol(name=name):
            return b"y" + _counted(name.encode("utf-8"))
        case Bytevector(data=data):
            return b"b" + _counted(bytes(data))
    raise TypeError(f"{type(value).__name__} cannot be a literal")


def _counted(data: bytes) -> bytes:
    return b"%d:%s" % (len(data), data)
