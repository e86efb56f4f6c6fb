"""The primitives on any value, pairs and lists, vectors."""

from __future__ import annotations

from itertools import product

from reference_interp.primitives.table import (
    ANY,
    BOOL,
    IDX,
    IMMUTABLE,
    INDEX_ERROR,
    INT,
    LIST,
    MEMORY,
    NONE,
    PAIR,
    TYPE_ERROR,
    VEC,
    Direct,
    Effect,
    Result,
    Table,
)

TABLE = Table()

# ---- predicates on any value ------------------------------------------------------------------------
for _name in (
    "number?",
    "integer?",
    "float?",
    "boolean?",
    "nothing?",
    "char?",
    "string?",
    "symbol?",
    "pair?",
    "null?",
    "vector?",
    "procedure?",
    "condition?",
    "eof-object?",
    "list?",
    "not",
):
    TABLE.fixed(_name, (ANY,), BOOL, Effect.READ if _name == "list?" else Effect.PURE)
TABLE.comparison("boolean=?", "boolean_eq", BOOL)
TABLE.fixed("eq?", (ANY, ANY), BOOL, Effect.PURE)
TABLE.fixed("eqv?", (ANY, ANY), BOOL, Effect.PURE)
TABLE.fixed("equal?", (ANY, ANY), BOOL, Effect.READ, MEMORY)

# ---- pairs and lists --------------------------------------------------------------------------------
TABLE.fixed("cons", (ANY, ANY), PAIR, Effect.ALLOCATE, MEMORY, own="oo")
TABLE.fixed("car", (PAIR,), ANY, Effect.READ)
TABLE.fixed("cdr", (PAIR,), ANY, Effect.READ)
for _letters in (letters for depth in (2, 3, 4) for letters in product("ad", repeat=depth)):
    TABLE.fixed(f"c{''.join(_letters)}r", (PAIR,), ANY, Effect.READ)
TABLE.fixed("set-car!", (PAIR, ANY), NONE, Effect.WRITE, IMMUTABLE, own="bo")
TABLE.fixed("set-cdr!", (PAIR, ANY), NONE, Effect.WRITE, IMMUTABLE, own="bo")
TABLE.variadic("list", (), ANY, LIST, Effect.ALLOCATE, MEMORY)
TABLE.variadic("cons*", (ANY,), ANY, ANY, Effect.ALLOCATE, MEMORY, c="omni_cons_star_n")
TABLE.fixed("length", (LIST,), INT, Effect.READ)
TABLE.variadic(
    "append",
    (),
    ANY,
    ANY,
    Effect.ALLOCATE,
    MEMORY | TYPE_ERROR,
    direct={2: Direct("omni_append", "bo", Result.RESULT)},
)
TABLE.fixed("reverse", (LIST,), LIST, Effect.ALLOCATE, MEMORY)
TABLE.fixed("list-copy", (ANY,), ANY, Effect.ALLOCATE, MEMORY | TYPE_ERROR)
TABLE.variadic("make-list", (IDX, ANY), None, LIST, Effect.ALLOCATE, MEMORY, optional=1)
TABLE.fixed("list-tail", (ANY, IDX), ANY, Effect.READ, INDEX_ERROR)
TABLE.fixed("list-ref", (ANY, IDX), ANY, Effect.READ, INDEX_ERROR)
TABLE.fixed("list-set!", (ANY, IDX, ANY), NONE, Effect.WRITE, INDEX_ERROR | IMMUTABLE, own="bbo")
TABLE.fixed("last-pair", (PAIR,), PAIR, Effect.READ)
for _name in ("memq", "memv", "assq", "assv"):
    TABLE.fixed(_name, (ANY, LIST), ANY, Effect.READ, MEMORY)
# What the prelude's `member` and `assoc` do without a predicate; they check the list, in the name of those.
for _name in ("member", "assoc"):
    TABLE.fixed(f"%{_name}", (ANY, ANY), ANY, Effect.READ, TYPE_ERROR | MEMORY, c=f"omni_{_name}")

# ---- vectors ----------------------------------------------------------------------------------------
TABLE.variadic("make-vector", (IDX, ANY), None, VEC, Effect.ALLOCATE, MEMORY, optional=1)
TABLE.variadic("vector", (), ANY, VEC, Effect.ALLOCATE, MEMORY)
TABLE.fixed("vector-length", (VEC,), INT, Effect.PURE)
TABLE.fixed("vector-ref", (VEC, IDX), ANY, Effect.READ, INDEX_ERROR)
TABLE.fixed("vector-set!", (VEC, IDX, ANY), NONE, Effect.WRITE, INDEX_ERROR | IMMUTABLE, own="bbo")
TABLE.variadic(
    "vector-fill!",
    (VEC, ANY, IDX, IDX),
    None,
    NONE,
    Effect.WRITE,
    IMMUTABLE | INDEX_ERROR,
    optional=2,
    direct={2: Direct("omni_vector_fill_x", "bb", Result.CHECK)},
)
TABLE.variadic("vector-copy!", (VEC, IDX, VEC, IDX, IDX), None, NONE, Effect.WRITE, IMMUTABLE | INDEX_ERROR, optional=2)
TABLE.variadic("vector-copy", (VEC, IDX, IDX), None, VEC, Effect.ALLOCATE, INDEX_ERROR | MEMORY, optional=2)
TABLE.variadic("vector-append", (), VEC, VEC, Effect.ALLOCATE, MEMORY)
TABLE.variadic("vector->list", (VEC, IDX, IDX), None, LIST, Effect.ALLOCATE, INDEX_ERROR | MEMORY, optional=2)
TABLE.fixed("list->vector", (LIST,), VEC, Effect.ALLOCATE, MEMORY)
