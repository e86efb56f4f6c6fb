"""Literals as the postfix code that the runtime decodes (``runtime/include/omni_literal.h``)."""

from __future__ import annotations

import struct

from reference_interp.values import NIL, NOTHING, Bytevector, Char, Pair, String, Symbol, Value, Vector


def literal_code(value: Value) -> bytes:
    """The code of a literal: integers, floats, truth values, characters, strings, symbols, lists, vectors,
    bytevectors."""
    out: list[bytes] = []
    work: list[Value | bytes] = [value]
    while work:
        item = work.pop()
        match item:
            case bytes():
                out.append(item)
            case Pair():
                elements: list[Value] = []
                rest: Value = item
                while isinstance(rest, Pair):
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
            return b"s" + _counted(text)
        case Bytevector(data=data):
            return b"b%d:%s" % (len(data), bytes(data))
        case Symbol(name=name):
            return b"y" + _counted(name)
    raise TypeError(f"{type(value).__name__} cannot be a literal")


def _counted(text: str) -> bytes:
    data = text.encode("utf-8")
    return b"%d:%s" % (len(data), data)
