"""The primitives on ports: input and output."""

from __future__ import annotations

from reference_interp.primitives.table import (
    ANY,
    BOOL,
    BYTE,
    BYTES,
    BYTES_IN,
    BYTES_OUT,
    CHAR,
    FILE_ERROR,
    IDX,
    IMMUTABLE,
    IN_PORT,
    INDEX_ERROR,
    MEMORY,
    NONE,
    OUT_PORT,
    PORT,
    READ_ERROR,
    STR,
    TEXT_IN,
    TEXT_OUT,
    Direct,
    Effect,
    Result,
    Table,
    Type,
)

TABLE = Table()

# ---- ports ------------------------------------------------------------------------------------------
for _name in ("port?", "input-port?", "output-port?", "textual-port?", "binary-port?"):
    TABLE.fixed(_name, (ANY,), BOOL, Effect.PURE)
TABLE.fixed("input-port-open?", (IN_PORT,), BOOL, Effect.READ)
TABLE.fixed("output-port-open?", (OUT_PORT,), BOOL, Effect.READ)
TABLE.fixed("current-input-port", (), IN_PORT, Effect.READ)
TABLE.fixed("current-output-port", (), OUT_PORT, Effect.READ)
TABLE.fixed("current-error-port", (), OUT_PORT, Effect.READ)
# For the prelude: make a port current (0 input, 1 output, 2 errors); gives the one that was.
TABLE.fixed("%set-current-port!", (IDX, PORT), PORT, Effect.IO, INDEX_ERROR, c="omni_set_current_port")
TABLE.fixed("close-port", (PORT,), NONE, Effect.IO, FILE_ERROR)
TABLE.fixed("close-input-port", (IN_PORT,), NONE, Effect.IO)
TABLE.fixed("close-output-port", (OUT_PORT,), NONE, Effect.IO, FILE_ERROR)
TABLE.fixed("open-input-string", (STR,), IN_PORT, Effect.ALLOCATE, MEMORY)
TABLE.fixed("open-output-string", (), OUT_PORT, Effect.ALLOCATE, MEMORY)
TABLE.fixed("get-output-string", (Type.STRING_OUTPUT_PORT,), STR, Effect.READ, MEMORY)
TABLE.fixed("open-input-bytevector", (BYTES,), IN_PORT, Effect.ALLOCATE, MEMORY)
TABLE.fixed("open-output-bytevector", (), OUT_PORT, Effect.ALLOCATE, MEMORY)
TABLE.fixed("get-output-bytevector", (Type.BYTEVECTOR_OUTPUT_PORT,), BYTES, Effect.READ, MEMORY)

# ---- files ------------------------------------------------------------------------------------------
for _name, _port in (("input", IN_PORT), ("output", OUT_PORT)):
    for _kind in ("", "binary-"):
        TABLE.fixed(f"open-{_kind}{_name}-file", (STR,), _port, Effect.IO, FILE_ERROR | MEMORY, deterministic=False)
TABLE.fixed("file-exists?", (STR,), BOOL, Effect.IO, MEMORY, deterministic=False)
TABLE.fixed("delete-file", (STR,), NONE, Effect.IO, FILE_ERROR | MEMORY, deterministic=False)

# ---- input ------------------------------------------------------------------------------------------
INPUT_ERRORS = FILE_ERROR | MEMORY
for _name, _c in (("read-char", "read_char"), ("peek-char", "peek_char"), ("read-line", "read_line")):
    TABLE.variadic(
        _name,
        (TEXT_IN,),
        None,
        ANY,
        Effect.IO,
        INPUT_ERRORS,
        optional=1,
        direct={0: Direct(f"omni_{_c}", "", Result.RESULT)},
    )
TABLE.variadic("read-string", (IDX, TEXT_IN), None, ANY, Effect.IO, INPUT_ERRORS, optional=1)
TABLE.variadic("read", (TEXT_IN,), None, ANY, Effect.IO, INPUT_ERRORS | READ_ERROR, optional=1)
# Whether there is something to read can depend on whoever writes it.
TABLE.variadic("char-ready?", (TEXT_IN,), None, BOOL, Effect.IO, INPUT_ERRORS, optional=1, deterministic=False)
TABLE.variadic("u8-ready?", (BYTES_IN,), None, BOOL, Effect.IO, INPUT_ERRORS, optional=1, deterministic=False)
TABLE.variadic("read-u8", (BYTES_IN,), None, ANY, Effect.IO, INPUT_ERRORS, optional=1)
TABLE.variadic("peek-u8", (BYTES_IN,), None, ANY, Effect.IO, INPUT_ERRORS, optional=1)
TABLE.variadic("read-bytevector", (IDX, BYTES_IN), None, ANY, Effect.IO, INPUT_ERRORS, optional=1)
TABLE.variadic(
    "read-bytevector!",
    (BYTES, BYTES_IN, IDX, IDX),
    None,
    ANY,
    Effect.IO,
    INPUT_ERRORS | INDEX_ERROR | IMMUTABLE,
    optional=3,
)
TABLE.fixed("eof-object", (), ANY, Effect.PURE, c="omni_eof_object")

# ---- output -----------------------------------------------------------------------------------------
OUTPUT_ERRORS = FILE_ERROR | MEMORY
for _name, _c in (
    ("display", "display"),
    ("write", "write"),
    ("write-shared", "write_shared"),
    ("write-simple", "write_simple"),
    ("print", "print"),
):
    TABLE.variadic(
        _name,
        (ANY, TEXT_OUT),
        None,
        NONE,
        Effect.IO,
        OUTPUT_ERRORS,
        optional=1,
        direct={1: Direct(f"omni_{_c}", "b", Result.CHECK)},
    )
TABLE.variadic(
    "newline",
    (TEXT_OUT,),
    None,
    NONE,
    Effect.IO,
    OUTPUT_ERRORS,
    optional=1,
    direct={0: Direct("omni_newline", "", Result.CHECK)},
)
TABLE.variadic(
    "write-string",
    (STR, TEXT_OUT, IDX, IDX),
    None,
    NONE,
    Effect.IO,
    OUTPUT_ERRORS | INDEX_ERROR,
    optional=3,
    direct={1: Direct("omni_write_string", "b", Result.CHECK)},
)
TABLE.variadic(
    "write-char",
    (CHAR, TEXT_OUT),
    None,
    NONE,
    Effect.IO,
    OUTPUT_ERRORS,
    optional=1,
    direct={1: Direct("omni_write_char", "b", Result.CHECK)},
)
TABLE.variadic("write-u8", (BYTE, BYTES_OUT), None, NONE, Effect.IO, OUTPUT_ERRORS, optional=1)
TABLE.variadic(
    "write-bytevector", (BYTES, BYTES_OUT, IDX, IDX), None, NONE, Effect.IO, OUTPUT_ERRORS | INDEX_ERROR, optional=3
)
TABLE.variadic("flush-output-port", (OUT_PORT,), None, NONE, Effect.IO, FILE_ERROR, optional=1)
