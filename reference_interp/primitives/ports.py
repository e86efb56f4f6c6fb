"""The primitives on input and output."""

from __future__ import annotations

from reference_interp.primitives.table import ANY, CHAR, MEMORY, NONE, STR, Effect, Table

TABLE = Table()

# ---- input and output -------------------------------------------------------------------------------
TABLE.fixed("display", (ANY,), NONE, Effect.IO, MEMORY)
TABLE.fixed("write", (ANY,), NONE, Effect.IO, MEMORY)
TABLE.fixed("write-shared", (ANY,), NONE, Effect.IO, MEMORY)
TABLE.fixed("write-simple", (ANY,), NONE, Effect.IO, MEMORY)
TABLE.fixed("print", (ANY,), NONE, Effect.IO, MEMORY)
TABLE.fixed("newline", (), NONE, Effect.IO)
TABLE.fixed("write-string", (STR,), NONE, Effect.IO)
TABLE.fixed("write-char", (CHAR,), NONE, Effect.IO)
TABLE.fixed("read-line", (), ANY, Effect.IO, MEMORY)
TABLE.fixed("eof-object", (), ANY, Effect.PURE, c="omni_eof_object")
