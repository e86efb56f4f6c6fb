"""The passes, in order.

Core passes first (they see the program as the reference does), then Flat, then the one late pass that
makes ownership explicit, then C. Optional passes can be left out by name; any subset gives the same
outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compiler.context import Context
from compiler.ir import (
    core_checker,
    core_printer,
    ctree,
    ctree_checker,
    ctree_printer,
    flat,
    flat_checker,
    flat_printer,
    owned,
    owned_checker,
    owned_printer,
)
from compiler.passes import (
    dead_code,
    direct_procedures,
    fold_constants,
    inlining,
    lower,
    ownership,
    resumable,
    simplify_blocks,
)
from compiler.passes.contify import contifiable
from compiler.passes.flatten import FlattenFacts, flatten
from compiler.passes.free_variables import Variables
from compiler.passes.known_globals import KnownGlobals, known_globals
from compiler.passes.suspension import suspends
from reference_interp import core
from reference_interp.library import is_library


@dataclass(frozen=True, slots=True)
class Pass:
    """One step: ``source`` and ``target`` name its IRs, ``reason`` says why it stands where it does."""

    name: str
    source: str
    target: str
    optional: bool
    reason: str
    run: Callable[[Any, Context], Any]


def _flatten(program: core.Program, context: Context) -> flat.FlatProgram:
    known = known_globals(program) if context.enabled("known-calls") else KnownGlobals(enabled=False)
    # Known procedures of the library are converted once per process, others like those of the program.
    own = [
        f for f in program.forms if not (is_library(f) and isinstance(f, core.Define) and f.name in known.procedures)
    ]
    variables = Variables(own, closed=known.names)
    contify = context.enabled("contify")
    loops = contifiable(own, variables) if contify else frozenset()
    context.count("contify.loops", len(loops))
    context.count("known-calls.procedures", len(known.procedures))
    facts = FlattenFacts(
        variables,
        loops,
        known,
        suspends(program),
        contify,
        loop_arguments_reversed=context.planted("contify-argument-order"),
        known_arguments_swapped=context.planted("known-calls-swap"),
    )
    result = flatten(program, facts, context)
    context.count("flatten.functions", len(result.functions))
    return result


def _lower(program: owned.OwnedProgram, context: Context) -> ctree.Unit:
    unit = lower.lower(program, context.options.prefix, context.planted("float-literal-sign"))
    context.count("lower.functions", len(unit.functions))
    return unit


PIPELINE: tuple[Pass, ...] = (
    Pass("fold-constants", "core", "core", True, "on Core, where operands are still literals", fold_constants.run),
    Pass("flatten", "core", "flat", False, "names every value and makes closures explicit", _flatten),
    Pass(
        "inlining",
        "flat",
        "flat",
        True,
        "before simplify-blocks, which joins the bodies to what is around",
        inlining.run,
    ),
    Pass("simplify-blocks", "flat", "flat", True, "flattening leaves blocks that only jump", simplify_blocks.run),
    Pass("dead-code", "flat", "flat", True, "before ownership, which would have to drop dead values", dead_code.run),
    Pass("direct-procedures", "flat", "flat", True, "after dead-code, which removes closures", direct_procedures.run),
    Pass("ownership", "flat", "owned", False, "last before C: no other pass has to know about counts", ownership.run),
    Pass("resumable", "owned", "owned", False, "after ownership, which says what a frame holds", resumable.run),
    Pass("lower", "owned", "c", False, "decides everything about the C text", _lower),
)

#: Analyses inside ``flatten`` that can be switched off like passes.
OPTIONAL_ANALYSES = ("contify", "known-calls")

#: Everything that ``CompileOptions.disabled`` may name.
OPTIONAL_PASSES: tuple[str, ...] = (*(p.name for p in PIPELINE if p.optional), *OPTIONAL_ANALYSES)

PRINTERS: dict[str, Callable[[Any], str]] = {
    "core": core_printer.print_program,
    "flat": flat_printer.print_program,
    "owned": owned_printer.print_program,
    "c": ctree_printer.print_unit,
}

CHECKERS: dict[str, Callable[[Any], None]] = {
    "core": core_checker.check_program,
    "flat": flat_checker.check_program,
    "owned": owned_checker.check_program,
    "c": ctree_checker.check_unit,
}
