"""The primitive table: every built-in procedure as data.

One row says what a primitive is called, which arguments it takes, how the compiler calls it in C and
who owns what across that call, which errors it may raise and what effects it has. The interpreter
(argument checks), the compiler (calls, ownership), the generator (what fits where), the C runtime's
generated entry table and the documentation all read these rows; nothing repeats them.

Each module has the rows of one theme; :mod:`~reference_interp.primitives.table` says what a row is.
"""

from __future__ import annotations

from typing import Final

from reference_interp.primitives import bytes, control, data, hash_tables, numbers, ports, records, system, text
from reference_interp.primitives.table import Direct, Effect, Primitive, Result, Type

__all__ = ["INDEX", "PRIMITIVES", "Direct", "Effect", "Primitive", "Result", "Type"]

_PARTS: Final = (numbers, data, hash_tables, text, bytes, control, records, ports, system)
_rows = [row for part in _PARTS for row in part.TABLE.rows]

PRIMITIVES: Final[dict[str, Primitive]] = {row.name: row for row in _rows}
INDEX: Final[dict[str, int]] = {row.name: i for i, row in enumerate(_rows)}
assert len(PRIMITIVES) == len(_rows), "two primitives share a name"
