"""The primitives on what surrounds a program: the clock, its command line, its environment."""

from __future__ import annotations

from reference_interp.primitives.table import ANY, FLO, INT, LIST, MEMORY, STR, Effect, Table

TABLE = Table()

TABLE.fixed("current-jiffy", (), INT, Effect.IO, MEMORY, deterministic=False)
TABLE.fixed("jiffies-per-second", (), INT, Effect.PURE)
TABLE.fixed("current-second", (), FLO, Effect.IO, MEMORY, deterministic=False)
TABLE.fixed("command-line", (), LIST, Effect.IO, MEMORY, deterministic=False)
TABLE.fixed("get-environment-variable", (STR,), ANY, Effect.IO, MEMORY, deterministic=False)
TABLE.fixed("get-environment-variables", (), LIST, Effect.IO, MEMORY, deterministic=False)
