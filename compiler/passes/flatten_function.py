"""One function of Flat from the body of one lambda (or from top-level forms).

Left-to-right evaluation becomes instruction order. A continuation is either "return from the
function" or "jump to a block with the value", so tail positions need no analysis of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compiler.ir import flat
from compiler.literal_code import immediate_text
from compiler.passes.free_variables import Variables
from compiler.passes.known_globals import KnownGlobals
from compiler.passes.letrec import Initialise, LetrecPlan, MakeGroup, plan_letrec
from reference_interp import core
from reference_interp.primitives import INDEX, PRIMITIVES, Effect, Primitive, Result
from reference_interp.values import NOTHING, Value

if TYPE_CHECKING:  # the two build each other's parts
    from compiler.passes.flatten import ProgramBuilder

_GIVES = {
    Result.OWNED: flat.Gives.OWNED,
    Result.IMMEDIATE: flat.Gives.IMMEDIATE,
    Result.RESULT: flat.Gives.RESULT,
    Result.CHECK: flat.Gives.CHECK,
}


@dataclass(frozen=True, slots=True)
class FlattenFacts:
    """What the analyses before flattening found out.

    ``suspends`` says whether the program can capture continuations, ``contify`` whether loops were looked for.
    The last two are the planted faults ``contify-argument-order`` and ``known-calls-swap``.
    """

    variables: Variables
    loops: frozenset[core.Letrec]
    known: KnownGlobals
    suspends: bool
    contify: bool
    loop_arguments_reversed: bool = False
    known_arguments_swapped: bool = False


# Where a local variable's value is, seen from the function being built.


@dataclass(frozen=True, slots=True)
class Bound:
    atom: flat.Atom


@dataclass(frozen=True, slots=True)
class Boxed:
    box: flat.Var


@dataclass(frozen=True, slots=True)
class Captured:
    index: int
    boxed: bool


@dataclass(frozen=True, slots=True)
class Member:
    index: int


@dataclass(frozen=True, slots=True)
class Loop:
    label: str


@dataclass(frozen=True, slots=True)
class Global:
    """The procedure itself, in a known global that direct calls reach without a closure to pass."""

    name: str
    span: core.Span


Place = Bound | Boxed | Captured | Member | Loop | Global


# What happens with the value of an expression.


@dataclass(frozen=True, slots=True)
class ReturnIt:
    pass


@dataclass(frozen=True, slots=True)
class JumpWith:
    """Jump to ``label`` with the value, or without it when nobody wants it."""

    label: str
    wanted: bool = True


Then = ReturnIt | JumpWith


class FunctionBuilder:
    """Builds the blocks of one function; ``self_index`` is its position in its closure group."""

    def __init__(self, program: ProgramBuilder, label: str, self_index: int | None) -> None:
        self.program = program
        self.facts = program.facts
        self.label = label
        self.self_index = self_index
        self.places: dict[core.Variable, Place] = {}
        self.var_count = 0
        self.block_count = 0
        self.blocks: list[flat.Block] = []
        self.handler: str | None = None
        self.self_var = self.var("self") if self_index is not None else None
        self.loop_header: str | None = None
        self.loop_arity = 0
        self.loops: dict[str, Then] = {}
        self.start(self.new_block())

    # ---- blocks and instructions ----

    def var(self, name: str, holds: flat.Holds = flat.Holds.REFERENCE) -> flat.Var:
        self.var_count += 1
        return flat.Var(name, self.var_count, holds)

    def new_block(self) -> str:
        self.block_count += 1
        return f"L{self.block_count}"

    def start(self, label: str, params: tuple[flat.Var, ...] = ()) -> None:
        """Continue in a new block; the previous one must have been ended."""
        self.current: flat.Block | None = flat.Block(label, params, (), flat.Fail(), self.handler)
        self.instrs: list[flat.Instr] = []

    def end(self, terminator: flat.Terminator) -> None:
        assert self.current is not None, "the block has ended already"
        self.current.instrs = tuple(self.instrs)
        self.current.end = terminator
        self.blocks.append(self.current)
        self.current = None

    def emit(
        self, op: flat.Operation, args: tuple[flat.Atom, ...], span: core.Span | None = None, name: str = "t"
    ) -> flat.Atom:
        """Append an instruction and give its result."""
        result = None if op.gives is flat.Gives.NONE else self.var(name, op.gives.holds)
        self.instrs.append(flat.Instr(result, op, args, span))
        return result if result is not None else flat.NOTHING

    def begin_loop(self, label: str, outer: tuple[flat.Var, ...]) -> tuple[flat.Var, ...]:
        """Give the function a header block that self tail calls jump to."""
        inner = tuple(self.var(v.name) for v in outer)
        self.loop_header = self.new_block()
        self.loop_arity = len(outer)
        self.end(flat.Jump(self.loop_header, outer))
        self.start(self.loop_header, inner)
        return inner

    def unpack(self, args: flat.Var, params: tuple[core.Variable, ...], rest: bool) -> tuple[flat.Atom, ...]:
        """Take the parameters of a packed procedure out of its argument list."""
        atoms: list[flat.Atom] = []
        remaining: flat.Atom = args
        for position, param in enumerate(params):
            if rest and position == len(params) - 1:
                atoms.append(remaining)
                break
            atoms.append(self.emit(_direct("car", 1), (remaining,), name=param.name))
            remaining = self.emit(_direct("cdr", 1), (remaining,), name="args")
        return tuple(atoms)

    def bind(self, variables: tuple[core.Variable, ...], atoms: tuple[flat.Atom, ...]) -> None:
        """Bind variables to values; assigned ones get a box."""
        for variable, atom in zip(variables, atoms, strict=True):
            if variable.assigned:
                self.places[variable] = self.box(variable, atom)
            else:
                self.places[variable] = Bound(atom)

    def box(self, variable: core.Variable, atom: flat.Atom) -> Boxed:
        made = self.emit(flat.BoxMake(), (atom,), name=variable.name)
        assert isinstance(made, flat.Var)
        return Boxed(made)

    def finish(
        self,
        name: str,
        self_param: flat.Var | None,
        params: tuple[flat.Var, ...],
        *,
        rest: bool = False,
        packed: bool = False,
        arity: int = 0,
        span: core.Span | None = None,
    ) -> flat.Function:
        """The finished function, with a stack check when it calls others other than in tail position.

        Functions of top-level forms have none: they begin at the base of the stack, where the runtime has checked.
        """
        blocks = flat.reachable(tuple(self.blocks))
        calls = (flat.CallValue, flat.CallList, flat.CallKnown)
        if self_param is not None and any(isinstance(i.op, calls) for b in blocks for i in b.instrs):
            check = flat.Instr(self.var("t", flat.Holds.IMMEDIATE), flat.StackCheck(), (), _shown(span))
            blocks[0].instrs = (check, *blocks[0].instrs)
        library = self.program.library
        return flat.Function(self.label, name, self_param, params, blocks, rest, packed, arity, span, library)

    # ---- expressions ----

    def value(self, expr: core.Expr) -> flat.Atom:
        """Evaluate ``expr`` here and continue in the current block with its value."""
        match expr:
            case core.Const(value=value):
                return self.constant(value)
            case core.LocalRef(variable=variable, span=span):
                return self.read(variable, span)
            case core.GlobalRef(name=name, span=span):
                self.program.mention(name)
                return self.emit(flat.GlobalGet(name), (), _shown(span), name)
            case core.PrimRef(name=name):
                return self.emit(flat.PrimitiveValue(INDEX[name], name), (), name=name)
            case core.SetLocal() | core.SetGlobal() | core.Define():
                return self.assign(expr)
            case core.Lambda():
                return self.closure(expr)
            case core.Call(function=core.Lambda(rest=None, self_variable=None) as callee, args=args) if len(
                args
            ) == len(callee.params):
                self.bind(callee.params, tuple(self.value(a) for a in args))
                return self.value(callee.body)
            case core.Call():
                return self.call(expr)
            case core.Seq(forms=forms):
                for form in forms[:-1]:
                    self.effect(form)
                return self.value(forms[-1])
            case core.Let(variables=variables, values=values, body=body):
                self.bind(variables, tuple(self.value(v) for v in values))
                return self.value(body)
            case core.Letrec() if expr not in self.facts.loops:
                self.letrec(expr)
                return self.value(expr.body)
            case _:
                join, result = self.new_block(), self.var("t")
                self.tail(expr, JumpWith(join))
                self.start(join, (result,))
                return result

    def effect(self, expr: core.Expr) -> None:
        """Evaluate ``expr`` for its effects."""
        match expr:
            case core.If() | core.Guard() | core.Letrec():
                join = self.new_block()
                self.tail(expr, JumpWith(join, wanted=False))
                self.start(join)
            case core.Const() | core.Lambda() | core.PrimRef():
                pass
            case _:
                self.value(expr)

    def tail(self, expr: core.Expr, then: Then) -> None:
        """Evaluate ``expr`` and give its value to ``then``; ends the current block."""
        match expr:
            case core.If(test=test, then=consequent, otherwise=otherwise):
                yes, no = self.new_block(), self.new_block()
                self.test(test, yes, no)
                self.start(yes)
                self.tail(consequent, then)
                self.start(no)
                self.tail(otherwise, then)
            case core.Seq(forms=forms):
                for form in forms[:-1]:
                    self.effect(form)
                self.tail(forms[-1], then)
            case core.Let(variables=variables, values=values, body=body):
                self.bind(variables, tuple(self.value(v) for v in values))
                self.tail(body, then)
            case core.Letrec() if expr in self.facts.loops:
                self.loop(expr, then)
            case core.Letrec():
                self.letrec(expr)
                self.tail(expr.body, then)
            case core.Guard():
                self.guard(expr, then)
            case core.Call():
                self.tail_call(expr, then)
            case core.Reraise(variable=variable, context=context, span=span):
                caught = self.read(variable, span)
                if self.facts.suspends:
                    self.program.count("flatten.raise-again")
                    self.deliver(self.emit(flat.RaiseAgain(), (caught, self.raw(context))), then)
                else:
                    self.emit(flat.Reraise(), (caught,))
                    self.end(flat.Fail())
            case _:
                self.deliver(self.value(expr), then)

    def deliver(self, atom: flat.Atom, then: Then) -> None:
        match then:
            case ReturnIt():
                self.end(flat.Return(atom))
            case JumpWith(label=label, wanted=wanted):
                self.end(flat.Jump(label, (atom,) if wanted else ()))

    def test(self, expr: core.Expr, yes: str, no: str) -> None:
        """Evaluate ``expr`` only to decide; ends the current block."""
        match expr:
            case core.Const(value=value):
                self.program.count("flatten.decided-test")
                self.end(flat.Jump(no if value is False or value is NOTHING else yes))
            case core.If(test=test, then=then, otherwise=otherwise):
                self.program.count("flatten.test-of-tests")
                first, second = self.new_block(), self.new_block()
                self.test(test, first, second)
                self.start(first)
                self.test(then, yes, no)
                self.start(second)
                self.test(otherwise, yes, no)
            case core.Call(function=core.PrimRef(name="not"), args=(arg,)):
                self.test(arg, no, yes)
            case core.Seq(forms=forms):
                for form in forms[:-1]:
                    self.effect(form)
                self.test(forms[-1], yes, no)
            case _:
                self.end(flat.Branch(self.value(expr), yes, no))

    # ---- variables and constants ----

    def constant(self, value: Value) -> flat.Atom:
        immediate = immediate_text(value)
        if immediate is not None:
            return flat.Imm(immediate)
        return self.emit(flat.Literal(value), ())

    def read(self, variable: core.Variable, span: core.Span | None) -> flat.Atom:
        """The value of a local variable."""
        place = self.places[variable]
        boxed = isinstance(place, Boxed) or (isinstance(place, Captured) and place.boxed)
        atom = self.raw(variable)
        return self.emit(flat.BoxGet(variable.name), (atom,), _shown(span), variable.name) if boxed else atom

    def raw(self, variable: core.Variable) -> flat.Atom:
        """What a closure captures for ``variable``: its box, or its value."""
        match self.places[variable]:
            case Bound(atom=atom):
                return atom
            case Boxed(box=box):
                return box
            case Captured(index=index):
                return self.emit(flat.CaptureGet(index), (self.own(),), name=variable.name)
            case Member(index=index) if index == self.self_index:
                return self.own()
            case Member(index=index):
                self.program.count("flatten.sibling-as-value")
                return self.emit(flat.Sibling(index), (self.own(),), name=variable.name)
            case Global(name=name, span=span):
                self.program.count("flatten.own-global-as-value")
                return self.emit(flat.GlobalGet(name), (), _shown(span), name)
            case Loop():
                raise AssertionError(f"contified procedure {variable.name} used as a value")

    def own(self) -> flat.Var:
        assert self.self_var is not None
        return self.self_var

    def assign(self, expr: core.SetLocal | core.SetGlobal | core.Define) -> flat.Atom:
        value = self.value(expr.value)
        match expr:
            case core.SetLocal(variable=variable):
                self.emit(flat.BoxSet(), (self.raw(variable), value))
            case core.SetGlobal(name=name, span=span):
                self.program.mention(name)
                self.emit(flat.GlobalSet(name), (value,), _shown(span))
            case core.Define(name=name):
                self.emit(flat.GlobalDefine(name), (value,))
        return flat.NOTHING

    # ---- procedures ----

    def closure(self, procedure: core.Lambda) -> flat.Atom:
        label = self.known_label(procedure)
        return self.group((procedure,), (label,), ())[0]

    def known_label(self, procedure: core.Lambda) -> str:
        """The label that was reserved for a known global procedure, or a fresh one."""
        name = self.facts.known.name_of(procedure)
        return self.program.known_global_labels[name] if name is not None else self.program.new_label(procedure.name)

    def group(
        self, procedures: tuple[core.Lambda, ...], labels: tuple[str, ...], members: tuple[core.Variable, ...]
    ) -> list[flat.Atom]:
        """Make a closure group; ``members`` are the variables that name its procedures, if any."""
        captured: dict[core.Variable, None] = {}
        for procedure in procedures:
            for variable in self.facts.variables.free(procedure):
                if variable not in members:
                    captured.setdefault(variable)
        first = self.emit(flat.GroupMake(labels, len(captured)), (), name=procedures[0].name or "lambda")
        inner: dict[core.Variable, Place] = {v: Member(i) for i, v in enumerate(members)}
        for index, variable in enumerate(captured):
            place = self.places[variable]
            boxed = isinstance(place, Boxed) or (isinstance(place, Captured) and place.boxed)
            inner[variable] = Captured(index, boxed)
            self.emit(flat.CaptureInit(index), (first, self.raw(variable)))
        for index, procedure in enumerate(procedures):
            self.program.procedure(labels[index], procedure, inner, index)
        rest = [self.emit(flat.Sibling(i), (first,), name=procedures[i].name) for i in range(1, len(procedures))]
        return [first, *rest]

    def letrec(self, expr: core.Letrec) -> None:
        """Bind the variables of a ``letrec*`` that is not a loop."""
        plan: LetrecPlan = plan_letrec(expr, self.facts.variables)
        if plan.boxed:
            self.program.count("flatten.boxed-letrec", len(plan.boxed))
        for variable in expr.variables:
            if variable in plan.boxed:
                self.places[variable] = self.box(variable, flat.UNBOUND)
        for step in plan.steps:
            match step:
                case MakeGroup(members=members):
                    self.make_group(expr, members)
                case Initialise(index=index):
                    variable = expr.variables[index]
                    value = self.value(expr.values[index])
                    if variable in plan.boxed:
                        self.emit(flat.BoxSet(), (self.raw(variable), value))
                    else:
                        self.places[variable] = Bound(value)

    def make_group(self, expr: core.Letrec, members: tuple[int, ...]) -> None:
        if len(members) > 1:
            self.program.count("flatten.group-of-several")
        variables = tuple(expr.variables[i] for i in members)
        procedures = [expr.values[i] for i in members]
        lambdas = tuple(p for p in procedures if isinstance(p, core.Lambda))
        labels = tuple(self.program.new_label(p.name) for p in lambdas)
        for variable, procedure, label in zip(variables, lambdas, labels, strict=True):
            if procedure.rest is None and len(procedure.params) <= flat.MAX_PARAMS and self.facts.known.enabled:
                self.program.known_procedures[variable] = (label, len(procedure.params))
        atoms = self.group(lambdas, labels, variables)
        for variable, atom in zip(variables, atoms, strict=True):
            self.places[variable] = Bound(atom)

    def loop(self, expr: core.Letrec, then: Then) -> None:
        """A contified ``letrec``: every procedure is a block, every call of it a jump."""
        headers: list[tuple[str, core.Lambda]] = []
        for variable, procedure in zip(expr.variables, expr.values, strict=True):
            assert isinstance(procedure, core.Lambda)
            label = self.new_block()
            self.places[variable] = Loop(label)
            headers.append((label, procedure))
        self.tail(expr.body, then)
        for label, procedure in headers:
            params = tuple(self.var(p.name) for p in procedure.params)
            self.start(label, params)
            self.bind(procedure.params, params)
            self.tail(procedure.body, then)

    # ---- calls ----

    def call(self, expr: core.Call) -> flat.Atom:
        span = _shown(expr.span)
        if isinstance(expr.function, core.PrimRef):
            return self.primitive_call(PRIMITIVES[expr.function.name], expr, span)
        name = self.global_name(expr.function)
        if name is not None:
            known = self.facts.known.procedures.get(name)
            if known is not None and known.accepts(len(expr.args)):
                args = tuple(self.value(a) for a in expr.args)
                if self.facts.known_arguments_swapped and len(args) == 3:
                    args = (args[0], args[2], args[1])
                label = self.program.known_global_labels[name]
                return self.emit(flat.CallKnown(label, "o" * (1 + len(args))), (flat.NOTHING, *args), span)
        if isinstance(expr.function, core.LocalRef):
            local = self.program.known_procedures.get(expr.function.variable)
            if local is not None and local[1] == len(expr.args):
                callee = self.read(expr.function.variable, expr.function.span)
                args = tuple(self.value(a) for a in expr.args)
                return self.emit(flat.CallKnown(local[0], "o" * (1 + len(args))), (callee, *args), span)
        callee = self.value(expr.function)
        args = tuple(self.value(a) for a in expr.args)
        return self.call_value(callee, args, span)

    def call_value(self, callee: flat.Atom, args: tuple[flat.Atom, ...], span: core.Span | None) -> flat.Atom:
        if len(args) <= flat.MAX_CALL_ARGS:
            return self.emit(flat.CallValue("o" * (1 + len(args))), (callee, *args), span)
        self.program.count("flatten.call-with-list")
        return self.emit(flat.CallList(), (callee, self.make_list(args)), span)

    def make_list(self, atoms: tuple[flat.Atom, ...]) -> flat.Atom:
        result: flat.Atom = flat.Imm("OMNI_NIL")
        for atom in reversed(atoms):
            result = self.emit(_direct("cons", 2), (atom, result))
        return result

    def primitive_call(self, primitive: Primitive, expr: core.Call, span: core.Span | None) -> flat.Atom:
        if primitive.name == "not" and len(expr.args) == 1:
            return self.materialise_test(expr)
        args = tuple(self.value(a) for a in expr.args)
        if len(args) in primitive.direct:
            return self.emit(_direct(primitive.name, len(args)), args, span)
        if primitive.fold and len(args) > 2:
            self.program.count("flatten.folded-call")
            result = args[0]
            for arg in args[1:]:
                result = self.emit(_direct(primitive.name, 2), (result, arg), span)
            return result
        if primitive.name == "list":
            return self.make_list(args)
        self.program.count("flatten.primitive-as-value")
        callee = self.emit(flat.PrimitiveValue(INDEX[primitive.name], primitive.name), (), name=primitive.name)
        return self.call_value(callee, args, span)

    def materialise_test(self, expr: core.Expr) -> flat.Atom:
        """The truth value of a test as a value."""
        join, yes, no = self.new_block(), self.new_block(), self.new_block()
        result = self.var("t", flat.Holds.IMMEDIATE)
        self.test(expr, yes, no)
        self.start(yes)
        self.end(flat.Jump(join, (flat.Imm("OMNI_TRUE"),)))
        self.start(no)
        self.end(flat.Jump(join, (flat.Imm("OMNI_FALSE"),)))
        self.start(join, (result,))
        return result

    def tail_call(self, expr: core.Call, then: Then) -> None:
        function = expr.function
        if isinstance(function, core.LocalRef):
            place = self.places.get(function.variable)
            if isinstance(place, Loop):
                atoms = tuple(self.value(a) for a in expr.args)
                self.end(flat.Jump(place.label, atoms[::-1] if self.facts.loop_arguments_reversed else atoms))
                return
        if isinstance(function, core.Lambda) and function.rest is None and function.self_variable is None:
            if len(function.params) == len(expr.args):
                self.program.count("flatten.called-in-place")
                self.bind(function.params, tuple(self.value(a) for a in expr.args))
                self.tail(function.body, then)
                return
        if isinstance(then, ReturnIt) and self.calls_itself(expr):
            assert self.loop_header is not None
            self.program.count("flatten.self-tail-call")
            self.end(flat.Jump(self.loop_header, tuple(self.value(a) for a in expr.args)))
            return
        if isinstance(then, JumpWith) or (
            isinstance(function, core.PrimRef) and not _calls_in_tail_position(function.name)
        ):
            self.deliver(self.call(expr), then)
            return
        callee = self.value(function)
        args = tuple(self.value(a) for a in expr.args)
        if len(args) <= flat.MAX_CALL_ARGS:
            self.end(flat.TailCall((callee, *args), span=_shown(expr.span)))
        else:
            self.program.count("flatten.tail-call-with-list")
            self.end(flat.TailCall((callee, self.make_list(args)), as_list=True, span=_shown(expr.span)))

    def global_name(self, function: core.Expr) -> str | None:
        """The program-level variable that an operator names, directly or as a procedure's own name."""
        if isinstance(function, core.GlobalRef):
            return function.name
        if isinstance(function, core.LocalRef):
            place = self.places.get(function.variable)
            return place.name if isinstance(place, Global) else None
        return None

    def calls_itself(self, expr: core.Call) -> bool:
        """Whether a call is of the very function being built, with as many arguments as it has."""
        if self.loop_header is None or len(expr.args) != self.loop_arity or not self.facts.known.enabled:
            return False
        name = self.global_name(expr.function)
        if name is not None:
            known = self.facts.known.procedures.get(name)
            return known is not None and known.rest is None and self.program.known_global_labels[name] == self.label
        match expr.function:
            case core.LocalRef(variable=variable):
                place = self.places.get(variable)
                known_local = self.program.known_procedures.get(variable)
                return isinstance(place, Member) and known_local is not None and known_local[0] == self.label
            case _:
                return False

    # ---- errors ----

    def guard(self, expr: core.Guard, then: Then) -> None:
        """The body runs with a handler; its value leaves through a block outside of it."""
        handler, leave, result = self.new_block(), self.new_block(), self.var("t")
        inside, outer = self.new_block(), self.handler
        self.end(flat.Jump(inside))
        self.handler = handler
        self.start(inside)
        self.tail(expr.body, JumpWith(leave))
        self.handler = outer
        self.start(leave, (result,))
        self.deliver(result, then)
        self.start(handler)
        caught = self.emit(flat.Catch(), (), name=expr.variable.name)
        context: flat.Atom = flat.NOTHING
        if self.facts.suspends and self.facts.variables.references.get(expr.context):
            self.program.count("flatten.caught-context")
            context = self.emit(flat.CaughtContext(), (), name=expr.context.name)
        self.bind((expr.variable, expr.context), (caught, context))
        self.tail(expr.handler, then)


def _calls_in_tail_position(primitive: str) -> bool:
    """Whether a primitive calls procedures in tail position: a tail call of it must not keep the caller's frame."""
    return primitive == "apply" or PRIMITIVES[primitive].effect is Effect.SUSPEND


def _direct(name: str, argc: int) -> flat.PrimOp:
    primitive = PRIMITIVES[name]
    direct = primitive.direct[argc]
    pure = primitive.effect in (Effect.PURE, Effect.READ, Effect.ALLOCATE)
    return flat.PrimOp(name, direct.symbol, direct.ownership, _GIVES[direct.result], pure)


def _shown(span: core.Span | None) -> core.Span | None:
    """Positions in the prelude are not the user's: failures there are shown at the user's call."""
    return None if span is None or span.is_prelude else span
