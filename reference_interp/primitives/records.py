"""The primitives on records and promises, and those that matching and ``case-lambda`` raise errors with.

Programs see ``promise?`` alone. The others are what ``define-record-type``, ``match``, ``case-lambda``, ``delay``
and the prelude consist of.
"""

from __future__ import annotations

from reference_interp.primitives.table import (
    ANY,
    BOOL,
    IDX,
    INDEX_ERROR,
    MEMORY,
    NONE,
    PAIR,
    PROC,
    PROMISE,
    RECORD,
    RECORD_TYPE,
    SYM,
    Effect,
    Table,
)

TABLE = Table()

# ---- records ----------------------------------------------------------------------------------------
# The name, and the number of fields.
TABLE.fixed("%make-record-type", (SYM, IDX), RECORD_TYPE, Effect.ALLOCATE, MEMORY, c="omni_make_record_type")
# Every field is nothing at first.
TABLE.fixed("%make-record", (RECORD_TYPE,), RECORD, Effect.ALLOCATE, MEMORY, c="omni_make_record")
# Whether the first is a record and the second its type.
TABLE.fixed("%record-is?", (ANY, ANY), BOOL, Effect.PURE, c="omni_record_is_p")
TABLE.fixed("%record-ref", (RECORD, IDX), ANY, Effect.READ, INDEX_ERROR, c="omni_record_ref")
TABLE.fixed("%record-set!", (RECORD, IDX, ANY), NONE, Effect.WRITE, INDEX_ERROR, c="omni_record_set_x", own="bbo")

# ---- promises ---------------------------------------------------------------------------------------
# The content of a promise is a pair: (#t . value), or (#f . thunk) as long as nobody has forced it.
TABLE.fixed("promise?", (ANY,), BOOL, Effect.PURE)
TABLE.fixed("%promise", (PAIR,), PROMISE, Effect.ALLOCATE, MEMORY, c="omni_promise_make", own="o")
TABLE.fixed("%promise-content", (PROMISE,), PAIR, Effect.READ, c="omni_promise_content")
TABLE.fixed("%promise-replace!", (PROMISE, PAIR), NONE, Effect.WRITE, c="omni_promise_replace_x", own="bo")

# ---- errors -----------------------------------------------------------------------------------------
MATCH_FAILURE = frozenset({"match-failure"})
ARITY_ERROR = frozenset({"arity-error"})
TABLE.fixed("%raise-match", (ANY,), NONE, Effect.CONTROL, MATCH_FAILURE | MEMORY, c="omni_raise_match")
# The procedure, and the number of arguments that none of its clauses takes.
TABLE.fixed("%raise-no-clause", (PROC, IDX), NONE, Effect.CONTROL, ARITY_ERROR | MEMORY, c="omni_raise_no_clause")
