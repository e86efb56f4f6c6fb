"""Compiling one program: the pipeline, the checks, and the verified C text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from compiler.context import CompileOptions, Context
from compiler.ir.ctree_printer import print_unit
from compiler.pipeline import CHECKERS, PIPELINE, PRINTERS
from compiler.verifier import Verifier
from reference_interp.core import Program
from reference_interp.recursion import deep_recursion

#: Remembers what this process has read and proved of emitted C, whatever program it came in.
_VERIFIER = Verifier()


@dataclass(frozen=True, slots=True)
class CompiledProgram:
    """The C of one program.

    ``c_text`` has no ``#include`` lines and expects ``omni.h`` before it; ``symbol`` is its
    ``omni_program``; all other symbols are static and start with ``prefix``. ``counters`` say what the
    passes did.
    """

    c_text: str
    prefix: str
    symbol: str
    file: str
    counters: dict[str, int] = field(default_factory=dict)


def compile_program(
    program: Program,
    options: CompileOptions | None = None,
    dump: Callable[[str, str], None] | None = None,
) -> CompiledProgram:
    """Compile ``program`` to C.

    ``dump`` is called with the name of each pass and the text of its result.

    :raises compiler.verifier.OwnershipViolation: when the emitted C mishandles a reference; that is a
        bug of the compiler, whatever the program.
    :raises compiler.verifier.NotPlainC: when the emitted C does not parse.
    :raises compiler.ir.errors.MalformedIR: with ``check_ir``, when a pass breaks its IR.
    """
    options = options or CompileOptions()
    context = Context(options)
    with deep_recursion():
        return _compile(program, context, dump)


def _compile(program: Program, context: Context, dump: Callable[[str, str], None] | None) -> CompiledProgram:
    options = context.options
    ir: Any = program
    for step in PIPELINE:
        if step.optional and not context.enabled(step.name):
            continue
        ir = step.run(ir, context)
        if options.check_ir:
            CHECKERS[step.target](ir)
        if dump is not None:
            dump(step.name, PRINTERS[step.target](ir))
    c_text = print_unit(ir)
    if options.verify:
        _VERIFIER.verify(c_text)
    return CompiledProgram(c_text, options.prefix, options.prefix, program.file, dict(context.counters))
