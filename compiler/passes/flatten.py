"""Core → Flat: A-normal form, closure conversion, assignment conversion, control as blocks.

Top-level forms become chunk functions that ``run`` calls in order; every lambda becomes a function, built
by :mod:`compiler.passes.flatten_function`.
"""

from __future__ import annotations

from compiler.context import Context
from compiler.ir import flat
from compiler.passes.flatten_function import FlattenFacts, FunctionBuilder, Global, Member, Place, ReturnIt
from reference_interp import core
from reference_interp.primitives import INDEX
from reference_interp.values import Value

__all__ = ["FlattenFacts", "flatten"]

_FORMS_PER_CHUNK = 40


def flatten(program: core.Program, facts: FlattenFacts, context: Context) -> flat.FlatProgram:
    """Convert a whole program; top-level forms become chunk functions that ``run`` calls in order.

    Counts the decisions that few programs lead to: ``flatten.packed-parameters``, ``.call-with-list`` and others.
    """
    return ProgramBuilder(program, facts, context).build()


class ProgramBuilder:
    def __init__(self, program: core.Program, facts: FlattenFacts, context: Context) -> None:
        self.program = program
        self.facts = facts
        self.count = context.count
        self.functions: list[flat.Function] = []
        self.literals: list[Value] = []
        self.literal_index: dict[int, int] = {}
        self.label_count = 0
        self.global_index = {name: i for i, name in enumerate(program.globals)}
        self.unknown_globals: list[str] = []
        self.known_procedures: dict[core.Variable, tuple[str, int]] = {}
        self.known_global_labels: dict[str, str] = {}

    def build(self) -> flat.FlatProgram:
        for name in self.facts.known.procedures:
            self.known_global_labels[name] = self.new_label(name)
        chunks: list[str] = []
        pending: list[core.Expr] = []
        for form in self.program.forms:
            if isinstance(form, core.Define) and isinstance(form.value, core.Lambda):
                pending.append(form)
                if len(pending) < _FORMS_PER_CHUNK:
                    continue
            else:
                if pending:
                    chunks.append(self.chunk(pending))
                pending = [form]
            chunks.append(self.chunk(pending))
            pending = []
        if pending:
            chunks.append(self.chunk(pending))
        run = self.run_function(chunks)
        names = (*self.program.globals, *self.unknown_globals)
        return flat.FlatProgram(tuple(self.functions), run, names, tuple(self.literals), self.program.file)

    def new_label(self, name: str) -> str:
        """A fresh function label that shows the source name."""
        self.label_count += 1
        return f"{name or 'lambda'}#{self.label_count}"

    def chunk(self, forms: list[core.Expr]) -> str:
        """A function for consecutive top-level forms; its result is the last one's value."""
        label = self.new_label("top")
        builder = FunctionBuilder(self, label, self_index=None)
        for form in forms[:-1]:
            builder.effect(form)
        # Not a tail call: a failure in the library is shown at the call that the user wrote here.
        builder.end(flat.Return(builder.value(forms[-1])))
        self.functions.append(builder.finish("", None, (), span=forms[0].span))
        return label

    def run_function(self, chunks: list[str]) -> str:
        label = self.new_label("run")
        builder = FunctionBuilder(self, label, self_index=None)
        for name in self.program.globals:
            if name in INDEX:
                builtin = builder.emit(flat.PrimitiveValue(INDEX[name], name), (), name=name)
                builder.emit(flat.GlobalDefine(self.global_index[name], name), (builtin,))
        result: flat.Atom = flat.NOTHING
        for chunk in chunks:
            result = builder.emit(flat.CallKnown(chunk, ""), ())
        builder.end(flat.Return(result))
        self.functions.append(builder.finish("", None, (), span=core.Span(self.program.file, 1, 1)))
        return label

    def literal(self, value: Value) -> int:
        """Index of ``value`` in the literal table; the same object always has the same index."""
        key = id(value)
        if key not in self.literal_index:
            self.literal_index[key] = len(self.literals)
            self.literals.append(value)
        return self.literal_index[key]

    def global_number(self, name: str) -> int:
        """Index of a program-level variable; names nobody defines get a cell that stays unbound."""
        number = self.global_index.get(name)
        if number is not None:
            return number
        if name not in self.unknown_globals:
            self.unknown_globals.append(name)
        return len(self.program.globals) + self.unknown_globals.index(name)

    def procedure(self, label: str, procedure: core.Lambda, places: dict[core.Variable, Place], index: int) -> None:
        """Convert the body of member ``index`` of a group whose captures ``places`` describes."""
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
