"""Core → Flat: A-normal form, closure conversion, assignment conversion, control as blocks.

Top-level forms become functions, which the runtime calls in order; every lambda becomes a function, built
by :mod:`compiler.passes.flatten_function`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from compiler.context import CompileOptions, Context
from compiler.ir import flat
from compiler.passes.contify import contifiable
from compiler.passes.flatten_function import FlattenFacts, FunctionBuilder, Global, Member, Place, ReturnIt
from compiler.passes.free_variables import Variables
from compiler.passes.known_globals import library_globals
from reference_interp import core
from reference_interp.library import definition_number
from reference_interp.primitives import INDEX

__all__ = ["FlattenFacts", "flatten"]

_MOST_TOGETHER = 40  # top-level forms in one function
_LIMIT = 2048  # library procedures, each with the facts it was built for, that a process remembers


def flatten(program: core.Program, facts: FlattenFacts, context: Context) -> flat.FlatProgram:
    """Convert a whole program.

    Counts the decisions that few programs lead to: ``flatten.packed-parameters``, ``.call-with-list`` and others.
    """
    return ProgramBuilder(program, facts, context).build()


class ProgramBuilder:
    def __init__(self, program: core.Program, facts: FlattenFacts, context: Context) -> None:
        self.program = program
        self.facts = facts
        self.count = context.count
        self.functions: list[flat.Function] = []
        self.library: int | None = None  # the number of the definition of the prelude that is being converted
        self.label_suffix = ""
        self.label_count = 0
        self.globals = dict.fromkeys(program.globals)
        self.known_procedures: dict[core.Variable, tuple[str, int]] = {}
        self.known_global_labels: dict[str, str] = {}

    def build(self) -> flat.FlatProgram:
        for name in self.facts.known.procedures:
            library = definition_number(name) is not None
            self.known_global_labels[name] = name if library else self.new_label(name)
        *_, last = (None, *self.program.forms)
        wanted = [form for form in self.program.forms if form is last or not _is_constant(form)]
        forms = [self.form(together) for together in _together([*self.primitive_definitions(), *wanted])]
        return flat.FlatProgram(tuple(self.functions), tuple(forms), tuple(self.globals), self.program.file)

    def new_label(self, name: str) -> str:
        """A fresh function label that shows the source name."""
        self.label_count += 1
        return f"{name or 'lambda'}#{self.label_count}{self.label_suffix}"

    def primitive_definitions(self) -> list[core.Expr]:
        """Definitions of the program-level variables that start with a primitive of their name as the value."""
        start = core.Span(self.program.file, 1, 1)
        names = [name for name in self.program.globals if name in INDEX]
        return [core.Define(name, core.PrimRef(name, start), start) for name in names]

    def form(self, forms: list[core.Expr]) -> str:
        """A function for consecutive top-level forms; its result is the last one's value."""
        label = self.new_label("top")
        builder = FunctionBuilder(self, label, self_index=None)
        for form in forms[:-1]:
            builder.effect(form)
        # Not a tail call: a failure in the library is shown at the call that the user wrote here.
        builder.end(flat.Return(builder.value(forms[-1])))
        self.functions.append(builder.finish("", None, (), span=forms[-1].span))
        return label

    def mention(self, name: str) -> None:
        """See to it that a program-level variable has a cell; those that nobody defines stay unbound."""
        self.globals.setdefault(name)

    def procedure(self, label: str, procedure: core.Lambda, places: dict[core.Variable, Place], index: int) -> None:
        """Convert the body of member ``index`` of a group whose captures ``places`` describes."""
        number = definition_number(label) if self.library is None else None
        if number is None:
            self.convert(label, procedure, places, index)
        else:
            self.functions += _library_procedure(procedure, label, number, self.facts.contify, self.facts.suspends)

    def convert(self, label: str, procedure: core.Lambda, places: dict[core.Variable, Place], index: int) -> None:
        builder = FunctionBuilder(self, label, self_index=index)
        builder.places.update(places)
        if procedure.self_variable is not None:
            name = self.facts.known.name_of(procedure)
            own = Member(index) if name is None else Global(name, procedure.span)
            self.count("flatten.self-naming")
            builder.places[procedure.self_variable] = own
        params = (*procedure.params, *((procedure.rest,) if procedure.rest else ()))
        packed = len(params) > flat.MAX_PARAMS
        if packed:
            self.count("flatten.packed-parameters")
            outer: tuple[flat.Var, ...] = (builder.var("args"),)
            loop_params: tuple[flat.Atom, ...] = builder.unpack(outer[0], params, rest=procedure.rest is not None)
        else:
            outer = tuple(builder.var(p.name) for p in params)
            loop_params = builder.begin_loop(label, outer)
        builder.bind(params, loop_params)
        builder.tail(procedure.body, ReturnIt())
        self.functions.append(
            builder.finish(
                procedure.name,
                builder.self_var,
                outer,
                rest=procedure.rest is not None,
                packed=packed,
                arity=len(procedure.params),
                span=procedure.span,
            )
        )


def _is_constant(expr: core.Expr) -> bool:
    """Whether evaluating ``expr`` does nothing but give a value."""
    return isinstance(expr, core.Const | core.Lambda | core.PrimRef)


def _together(forms: Sequence[core.Expr]) -> Iterator[list[core.Expr]]:
    """Cut a program into what becomes one function each: forms that only define, and one of another kind."""
    together: list[core.Expr] = []
    for form in forms:
        together.append(form)
        if not (isinstance(form, core.Define) and _is_constant(form.value)) or len(together) == _MOST_TOGETHER:
            yield together
            together = []
    if together:
        yield together


@lru_cache(maxsize=_LIMIT)
def _library_procedure(
    procedure: core.Lambda, label: str, number: int, contify: bool, suspends: bool
) -> tuple[flat.Function, ...]:
    """The functions of a procedure of the library, the same objects each time.

    They depend on nothing else of a program: all globals that the library mentions are its own procedures, none is
    assigned, and each is known in a program that has it as long as anything is (:mod:`compiler.passes.known_globals`).
    """
    variables = Variables((procedure,))
    loops = contifiable((procedure,), variables) if contify else frozenset()
    facts = FlattenFacts(variables, loops, library_globals(), suspends, contify)
    unheard = Context(CompileOptions())  # what the library leads to says nothing about a program
    builder = ProgramBuilder(core.Program((), (), core.PRELUDE_FILE), facts, unheard)
    builder.library, builder.label_suffix = number, f"{flat.INSIDE}{label}"
    builder.known_global_labels = {name: name for name in facts.known.procedures}
    builder.convert(label, procedure, {}, 0)
    return tuple(builder.functions)
