"""The primitives on numbers."""

from __future__ import annotations

from reference_interp.primitives.table import (
    ANY,
    BOOL,
    DIVISION,
    FLO,
    IDX,
    INT,
    INTEGRAL,
    MEMORY,
    NUM,
    OVERFLOW,
    Direct,
    Effect,
    Result,
    Table,
)

TABLE = Table()

# ---- numbers ---------------------------------------------------------------------------------------
TABLE.arithmetic("+", "add", OVERFLOW)
TABLE.arithmetic("-", "subtract", OVERFLOW, minimum=1, unary="negate")
TABLE.arithmetic("*", "multiply", OVERFLOW)
TABLE.arithmetic("/", "divide", OVERFLOW | DIVISION, minimum=1, unary="reciprocal")
for _name, _c in (
    ("quotient", "quotient"),
    ("remainder", "remainder"),
    ("modulo", "modulo"),
    ("%", "remainder_percent"),
    ("floor-quotient", "floor_quotient"),
    ("floor-remainder", "floor_remainder"),
    ("truncate-quotient", "truncate_quotient"),
    ("truncate-remainder", "truncate_remainder"),
):
    _raises = DIVISION | MEMORY | (OVERFLOW if "quotient" in _name else frozenset())
    TABLE.fixed(_name, (INTEGRAL, INTEGRAL), NUM, Effect.PURE, _raises, c=f"omni_{_c}")
for _name, _c in (("=", "num_eq"), ("<", "num_lt"), (">", "num_gt"), ("<=", "num_le"), (">=", "num_ge")):
    TABLE.comparison(_name, _c, NUM)
for _name in ("zero?", "positive?", "negative?"):
    TABLE.fixed(_name, (NUM,), BOOL, Effect.PURE)
for _name in ("odd?", "even?"):
    TABLE.fixed(_name, (INTEGRAL,), BOOL, Effect.PURE)
TABLE.variadic(
    "max", (NUM,), NUM, NUM, Effect.PURE, MEMORY, direct={2: Direct("omni_max", "bb", Result.RESULT)}, fold=True
)
TABLE.variadic(
    "min", (NUM,), NUM, NUM, Effect.PURE, MEMORY, direct={2: Direct("omni_min", "bb", Result.RESULT)}, fold=True
)
TABLE.fixed("abs", (NUM,), NUM, Effect.PURE, OVERFLOW | MEMORY)
TABLE.fixed("magnitude", (NUM,), NUM, Effect.PURE, OVERFLOW | MEMORY, c="omni_magnitude_of")
TABLE.fixed("square", (NUM,), NUM, Effect.PURE, OVERFLOW | MEMORY)
TABLE.variadic(
    "gcd",
    (),
    INTEGRAL,
    NUM,
    Effect.PURE,
    OVERFLOW | MEMORY,
    direct={2: Direct("omni_gcd", "bb", Result.RESULT)},
    fold=True,
)
TABLE.variadic(
    "lcm",
    (),
    INTEGRAL,
    NUM,
    Effect.PURE,
    OVERFLOW | MEMORY,
    direct={2: Direct("omni_lcm", "bb", Result.RESULT)},
    fold=True,
)
TABLE.fixed("expt", (NUM, NUM), NUM, Effect.PURE, OVERFLOW | DIVISION | MEMORY)
TABLE.fixed("sqrt", (NUM,), NUM, Effect.PURE, MEMORY)
# For the prelude only: the greatest integer whose square is not greater.
TABLE.fixed("%integer-sqrt", (IDX,), INT, Effect.PURE, c="omni_integer_sqrt")
for _name in ("exp", "sin", "cos", "tan", "asin", "acos"):
    TABLE.fixed(_name, (NUM,), FLO, Effect.PURE, MEMORY)
for _name, _binary in (("log", "log_base"), ("atan", "atan_quadrant")):
    TABLE.variadic(
        _name,
        (NUM, NUM),
        None,
        FLO,
        Effect.PURE,
        MEMORY,
        optional=1,
        direct={
            1: Direct(f"omni_{_name}", "b", Result.RESULT),
            2: Direct(f"omni_{_binary}", "bb", Result.RESULT),
        },
    )
for _name in ("floor", "ceiling", "round", "truncate"):
    TABLE.fixed(_name, (NUM,), NUM, Effect.PURE, MEMORY)
for _name in ("numerator", "denominator"):
    TABLE.fixed(_name, (NUM,), NUM, Effect.PURE, MEMORY)
for _name in ("exact", "inexact->exact"):
    TABLE.fixed(_name, (NUM,), INT, Effect.PURE, OVERFLOW | MEMORY)
for _name in ("inexact", "exact->inexact"):
    TABLE.fixed(_name, (NUM,), FLO, Effect.PURE, MEMORY)
for _name in ("complex?", "real?", "rational?", "exact-rational?", "exact-integer?"):
    TABLE.fixed(_name, (ANY,), BOOL, Effect.PURE)
for _name in ("exact?", "inexact?", "finite?", "infinite?", "nan?"):
    TABLE.fixed(_name, (NUM,), BOOL, Effect.PURE)
TABLE.fixed("bitwise-and", (INT, INT), INT, Effect.PURE, MEMORY)
TABLE.fixed("bitwise-ior", (INT, INT), INT, Effect.PURE, MEMORY)
TABLE.fixed("bitwise-xor", (INT, INT), INT, Effect.PURE, MEMORY)
TABLE.fixed("bitwise-not", (INT,), INT, Effect.PURE, MEMORY)
TABLE.fixed("arithmetic-shift", (INT, INT), INT, Effect.PURE, OVERFLOW | MEMORY)
