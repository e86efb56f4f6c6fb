"""The primitives on bytevectors."""

from __future__ import annotations

from reference_interp.primitives.table import (
    ANY,
    BOOL,
    BYTE,
    BYTES,
    IDX,
    IMMUTABLE,
    INDEX_ERROR,
    INT,
    MEMORY,
    NONE,
    STR,
    Effect,
    Table,
)

TABLE = Table()

TABLE.fixed("bytevector?", (ANY,), BOOL, Effect.PURE)
TABLE.variadic("make-bytevector", (IDX, BYTE), None, BYTES, Effect.ALLOCATE, MEMORY, optional=1)
TABLE.variadic("bytevector", (), BYTE, BYTES, Effect.ALLOCATE, MEMORY)
TABLE.fixed("bytevector-length", (BYTES,), INT, Effect.PURE)
TABLE.fixed("bytevector-u8-ref", (BYTES, IDX), INT, Effect.READ, INDEX_ERROR)
TABLE.fixed("bytevector-u8-set!", (BYTES, IDX, BYTE), NONE, Effect.WRITE, INDEX_ERROR | IMMUTABLE)
TABLE.variadic(
    "bytevector-fill!", (BYTES, BYTE, IDX, IDX), None, NONE, Effect.WRITE, INDEX_ERROR | IMMUTABLE, optional=2
)
TABLE.variadic("bytevector-copy", (BYTES, IDX, IDX), None, BYTES, Effect.ALLOCATE, INDEX_ERROR | MEMORY, optional=2)
TABLE.variadic(
    "bytevector-copy!", (BYTES, IDX, BYTES, IDX, IDX), None, NONE, Effect.WRITE, INDEX_ERROR | IMMUTABLE, optional=2
)
TABLE.variadic("bytevector-append", (), BYTES, BYTES, Effect.ALLOCATE, MEMORY)
TABLE.variadic("string->utf8", (STR, IDX, IDX), None, BYTES, Effect.ALLOCATE, INDEX_ERROR | MEMORY, optional=2)
TABLE.variadic("utf8->string", (BYTES, IDX, IDX), None, STR, Effect.ALLOCATE, INDEX_ERROR | MEMORY, optional=2)
