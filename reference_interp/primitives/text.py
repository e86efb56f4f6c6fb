"""The primitives on symbols, characters and strings."""

from __future__ import annotations

from reference_interp.primitives.table import (
    ANY,
    BOOL,
    CHAR,
    IDX,
    IMMUTABLE,
    INDEX_ERROR,
    INT,
    LIST,
    MEMORY,
    NONE,
    NUM,
    STR,
    SYM,
    VEC,
    Direct,
    Effect,
    Result,
    Table,
)

TABLE = Table()

# ---- symbols, characters, strings -------------------------------------------------------------------
TABLE.fixed("symbol->string", (SYM,), STR, Effect.ALLOCATE, MEMORY)
TABLE.fixed("string->symbol", (STR,), SYM, Effect.READ, MEMORY)
TABLE.fixed("gensym", (), SYM, Effect.ALLOCATE, MEMORY)
TABLE.fixed("char->integer", (CHAR,), INT, Effect.PURE)
TABLE.fixed("integer->char", (INT,), CHAR, Effect.PURE, INDEX_ERROR)
TABLE.comparison("symbol=?", "symbol_eq", SYM)
for _name, _c in (("=", "eq"), ("<", "lt"), (">", "gt"), ("<=", "le"), (">=", "ge")):
    TABLE.comparison(f"char{_name}?", f"char_{_c}", CHAR)
    TABLE.comparison(f"char-ci{_name}?", f"char_ci_{_c}", CHAR)
    TABLE.comparison(f"string{_name}?", f"string_{_c}", STR, Effect.READ)
    TABLE.comparison(f"string-ci{_name}?", f"string_ci_{_c}", STR, Effect.READ)
for _name in ("char-alphabetic?", "char-numeric?", "char-whitespace?", "char-upper-case?", "char-lower-case?"):
    TABLE.fixed(_name, (CHAR,), BOOL, Effect.PURE)
for _name in ("char-upcase", "char-downcase", "char-foldcase"):
    TABLE.fixed(_name, (CHAR,), CHAR, Effect.PURE)
TABLE.fixed("digit-value", (CHAR,), ANY, Effect.PURE)
TABLE.variadic("make-string", (IDX, CHAR), None, STR, Effect.ALLOCATE, MEMORY, optional=1)
TABLE.variadic("string", (), CHAR, STR, Effect.ALLOCATE, MEMORY)
TABLE.fixed("string-length", (STR,), INT, Effect.PURE)
TABLE.fixed("string-ref", (STR, IDX), CHAR, Effect.READ, INDEX_ERROR)
TABLE.fixed("string-set!", (STR, IDX, CHAR), NONE, Effect.WRITE, INDEX_ERROR | IMMUTABLE)
TABLE.variadic("string-fill!", (STR, CHAR, IDX, IDX), None, NONE, Effect.WRITE, INDEX_ERROR | IMMUTABLE, optional=2)
TABLE.variadic("string-copy!", (STR, IDX, STR, IDX, IDX), None, NONE, Effect.WRITE, INDEX_ERROR | IMMUTABLE, optional=2)
TABLE.fixed("substring", (STR, IDX, IDX), STR, Effect.ALLOCATE, INDEX_ERROR | MEMORY)
TABLE.variadic(
    "string-append",
    (),
    STR,
    STR,
    Effect.ALLOCATE,
    MEMORY,
    direct={2: Direct("omni_string_append", "bb", Result.RESULT)},
)
TABLE.variadic("string-copy", (STR, IDX, IDX), None, STR, Effect.ALLOCATE, INDEX_ERROR | MEMORY, optional=2)
TABLE.variadic("string->list", (STR, IDX, IDX), None, LIST, Effect.ALLOCATE, INDEX_ERROR | MEMORY, optional=2)
TABLE.fixed("list->string", (LIST,), STR, Effect.ALLOCATE, MEMORY)
TABLE.variadic("string->vector", (STR, IDX, IDX), None, VEC, Effect.ALLOCATE, INDEX_ERROR | MEMORY, optional=2)
TABLE.variadic("vector->string", (VEC, IDX, IDX), None, STR, Effect.ALLOCATE, INDEX_ERROR | MEMORY, optional=2)
for _name in ("string-upcase", "string-downcase", "string-foldcase"):
    TABLE.fixed(_name, (STR,), STR, Effect.ALLOCATE, MEMORY)
TABLE.variadic("number->string", (NUM, INT), None, STR, Effect.ALLOCATE, INDEX_ERROR | MEMORY, optional=1)
TABLE.variadic("string->number", (STR, INT), None, ANY, Effect.READ, INDEX_ERROR | MEMORY, optional=1)
