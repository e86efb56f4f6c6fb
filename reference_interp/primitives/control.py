"""The primitives on conditions, procedures and control."""

from __future__ import annotations

from reference_interp.primitives.table import (
    ANY,
    BOOL,
    COND,
    DIVISION,
    GENERATOR,
    INDEX_ERROR,
    LIST,
    MEMORY,
    NONE,
    OVERFLOW,
    PARAMETER,
    PROC,
    STR,
    SYM,
    TYPE_ERROR,
    Effect,
    Result,
    Table,
)

TABLE = Table()

# ---- conditions and control -------------------------------------------------------------------------
TABLE.variadic("error", (ANY,), ANY, NONE, Effect.CONTROL, frozenset({"user-error"}) | MEMORY)
TABLE.fixed("raise", (ANY,), NONE, Effect.CONTROL, frozenset({"raised"}), own="o", gives=Result.CHECK)
TABLE.variadic("assert", (ANY,), ANY, NONE, Effect.CONTROL, frozenset({"assertion-failed"}) | MEMORY)
# For the prelude only (programs cannot name them): WHO and WHAT are strings, as in the messages.
TABLE.fixed("%raise-type", (STR, STR, ANY), NONE, Effect.CONTROL, MEMORY, c="omni_raise_type")
TABLE.fixed("%raise-index", (STR, ANY), NONE, Effect.CONTROL, INDEX_ERROR | MEMORY, c="omni_raise_index")
TABLE.fixed("%raise-division", (STR,), NONE, Effect.CONTROL, DIVISION | MEMORY, c="omni_raise_division")
TABLE.fixed("%raise-overflow", (STR,), NONE, Effect.CONTROL, OVERFLOW | MEMORY, c="omni_raise_overflow")
TABLE.fixed("error-object?", (ANY,), BOOL, Effect.PURE)
TABLE.fixed("read-error?", (ANY,), BOOL, Effect.PURE)
TABLE.fixed("file-error?", (ANY,), BOOL, Effect.PURE)
TABLE.fixed("error-object-message", (COND,), STR, Effect.READ, MEMORY)
TABLE.fixed("error-object-irritants", (COND,), LIST, Effect.READ, MEMORY)
TABLE.fixed("condition-kind", (COND,), SYM, Effect.READ, MEMORY)
TABLE.variadic("apply", (PROC, ANY), ANY, ANY, Effect.CONTROL, TYPE_ERROR | MEMORY, c="omni_apply_n")

# ---- procedures that capture, replace or extend the continuation (docs/language.md, "Control") -------
# Compiled code always calls them through their generic entry, which leaves the work to the driver.
CONTROL_ERROR = frozenset({"control-error"})
TABLE.variadic("call-with-current-continuation", (PROC,), None, ANY, Effect.SUSPEND, MEMORY, c="omni_call_cc_long_n")
TABLE.variadic("call/cc", (PROC,), None, ANY, Effect.SUSPEND, MEMORY, c="omni_call_cc_n")
TABLE.variadic("dynamic-wind", (PROC, PROC, PROC), None, ANY, Effect.SUSPEND, MEMORY)
TABLE.variadic("with-exception-handler", (PROC, PROC), None, ANY, Effect.SUSPEND, MEMORY)
TABLE.variadic("raise-continuable", (ANY,), None, ANY, Effect.SUSPEND, frozenset({"raised"}) | MEMORY)
TABLE.variadic("%call-with-prompt", (ANY, PROC), None, ANY, Effect.SUSPEND, MEMORY, c="omni_call_with_prompt_n")
TABLE.variadic("%control", (ANY, PROC), None, ANY, Effect.SUSPEND, CONTROL_ERROR | MEMORY, c="omni_control_n")
# A list of (parameter . converted value) pairs, and the thunk that runs with these bindings.
TABLE.variadic(
    "%call-with-parameters", (LIST, PROC), None, ANY, Effect.SUSPEND, MEMORY, c="omni_call_with_parameters_n"
)
TABLE.variadic("yield", (ANY,), None, ANY, Effect.SUSPEND, CONTROL_ERROR | MEMORY)
TABLE.variadic("generator-next!", (GENERATOR,), None, ANY, Effect.SUSPEND, CONTROL_ERROR | MEMORY)
TABLE.variadic("generator-close!", (GENERATOR,), None, NONE, Effect.SUSPEND, CONTROL_ERROR | MEMORY)
TABLE.variadic("exit", (ANY,), None, NONE, Effect.SUSPEND, frozenset({"exit"}) | MEMORY, optional=1)
TABLE.variadic("emergency-exit", (ANY,), None, NONE, Effect.SUSPEND, frozenset({"exit"}) | MEMORY, optional=1)

TABLE.fixed("make-generator", (PROC,), GENERATOR, Effect.ALLOCATE, MEMORY)
TABLE.fixed("generator?", (ANY,), BOOL, Effect.PURE)
TABLE.fixed("generator-done?", (GENERATOR,), BOOL, Effect.READ)
# The initial value, converted already, and the converter.
TABLE.fixed("%make-parameter", (ANY, PROC), PARAMETER, Effect.ALLOCATE, MEMORY, c="omni_make_parameter", own="oo")
TABLE.fixed("%parameter?", (ANY,), BOOL, Effect.PURE, c="omni_parameter_p")
TABLE.fixed("%parameter-converter", (PARAMETER,), PROC, Effect.READ, c="omni_parameter_converter")
# One value stands for itself; any other number of values is an object of its own.
TABLE.variadic("values", (), ANY, ANY, Effect.ALLOCATE, MEMORY)
TABLE.fixed("%values->list", (ANY,), LIST, Effect.ALLOCATE, MEMORY, c="omni_values_to_list")
