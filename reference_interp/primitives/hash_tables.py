"""The primitives on hash tables."""

from __future__ import annotations

from reference_interp.primitives.table import (
    ANY,
    BOOL,
    HASH,
    INDEX_ERROR,
    INT,
    LIST,
    MEMORY,
    NONE,
    STR,
    Direct,
    Effect,
    Result,
    Table,
)

TABLE = Table()

TABLE.fixed("make-hash-table", (), HASH, Effect.ALLOCATE, MEMORY)
TABLE.fixed("make-eqv-hash-table", (), HASH, Effect.ALLOCATE, MEMORY)
TABLE.fixed("hash-table?", (ANY,), BOOL, Effect.PURE)
TABLE.variadic(
    "hash-ref",
    (HASH, ANY, ANY),
    None,
    ANY,
    Effect.READ,
    INDEX_ERROR | MEMORY,
    optional=1,
    direct={2: Direct("omni_hash_ref", "bb", Result.RESULT), 3: Direct("omni_hash_ref_or", "bbb", Result.RESULT)},
)
TABLE.fixed("hash-set!", (HASH, ANY, ANY), NONE, Effect.WRITE, MEMORY, own="boo")
TABLE.fixed("hash-delete!", (HASH, ANY), NONE, Effect.WRITE, MEMORY)
TABLE.fixed("hash-clear!", (HASH,), NONE, Effect.WRITE)
TABLE.fixed("hash-has-key?", (HASH, ANY), BOOL, Effect.READ, MEMORY)
TABLE.fixed("hash-count", (HASH,), INT, Effect.READ)
TABLE.fixed("hash-keys", (HASH,), LIST, Effect.ALLOCATE, MEMORY)
TABLE.fixed("hash-values", (HASH,), LIST, Effect.ALLOCATE, MEMORY)
TABLE.fixed("hash->list", (HASH,), LIST, Effect.ALLOCATE, MEMORY)
TABLE.fixed("hash-copy", (HASH,), HASH, Effect.ALLOCATE, MEMORY)
# For the prelude only: WHO is a string, as in the messages.
TABLE.fixed("%raise-key", (STR, ANY), NONE, Effect.CONTROL, INDEX_ERROR | MEMORY, c="omni_raise_key")
