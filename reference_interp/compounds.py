"""The values that are printed with their parts in them.

To print another type that way, add it to :func:`compound_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reference_interp.conditions import message_line
from reference_interp.values import Condition, MultipleValues, Pair, Record, Value, Vector


@dataclass(frozen=True, slots=True)
class Compound:
    """The printed form of a value with parts, other than a pair: ``opener``, ``parts`` with spaces between them,
    ``closer``. With ``written``, the parts are in written form even where the value is displayed."""

    opener: str
    parts: Sequence[Value]
    closer: str
    written: bool = False


def compound_of(value: Value) -> Compound | None:
    """How ``value`` is printed if it has parts and is no pair."""
    kind = type(value)
    if kind is Vector:
        return Compound("#(", value.items, ")")
    if kind is Record:
        return Compound("#<" + value.type.name + (" " if value.fields else ""), value.fields, ">")
    if kind is MultipleValues:
        return Compound("#<values" + (" " if value.items else ""), value.items, ">", written=True)
    if kind is Condition:
        # The types of irritants matter to whoever reads the message.
        line = message_line(value.kind, value.message, [""] if value.irritants else [])
        return Compound("#<condition " + line, value.irritants, ">", written=True)
    return None


def printed_parts(value: Value) -> Iterator[Value] | None:
    """What is printed inside of ``value``, in order; None for a value that is printed without parts."""
    if type(value) is Pair:
        return iter((value.car, value.cdr))
    compound = compound_of(value)
    return None if compound is None else iter(compound.parts)
