"""Owned → C tree: every operation becomes a call, every block a label, every failure a jump.

A block is followed by one that it jumps to, where there is one left; the cleanup of failing operations comes at the
end of the function. Cleanups drop the youngest variable first, so that those with the same older variables share
their ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from compiler.c_text import c_identifier, c_string
from compiler.ir import ctree, flat, owned
from compiler.literal_code import literal_code
from reference_interp.library import definition_number
from reference_interp.values import Value

_PREFIX = ctree.PREFIX
_CONTEXT = ctree.Name("ctx")
_LITERALS = ctree.Name(f"{_PREFIX}_literals")
_STATE = ctree.Name("state")
_SAVED = flat.Var("saved", 0, flat.Holds.IMMEDIATE)
_DROPS = ("omni_drop", "omni_drop2", "omni_drop3", "omni_drop4")  # by the number of references, less one
_FAILED = ctree.Return(ctree.Name("OMNI_FAILED"))


def lower(program: owned.OwnedProgram, prefix: str, floats_lose_signs: bool = False) -> ctree.Unit:
    """The C of ``program``; every symbol starts with ``prefix``. ``floats_lose_signs`` plants a fault."""
    own = [f for f in program.functions if f.library is None]
    names = _Names({f.label: f"{_PREFIX}_f{i}_{c_identifier(f.name or f.label)}" for i, f in enumerate(own)})
    tables = _Tables(program, names)
    functions: list[ctree.Function] = []
    for function in program.functions:
        lowered = _lower_function(function, names) if function.library is None else _lower_library(function)
        functions.append(lowered.function)
        tables.add(lowered)
    if floats_lose_signs:
        tables.literals = {key: abs(v) if type(v) is float else v for key, v in tables.literals.items()}
    return ctree.Unit(tuple(functions), tuple(tables.data()), (tables.descriptor(),), prefix, tables.positions())


class _Names:
    """The C names of functions; ``own`` are those of the program by their labels."""

    def __init__(self, own: dict[str, str]) -> None:
        self.own = own

    def __getitem__(self, label: str) -> str:
        return self.own.get(label) or _library_name(label)

    def group(self, labels: tuple[str, ...]) -> str:
        """The name of the array with the codes of a closure group."""
        return f"{self[labels[0]]}_group"


@lru_cache(maxsize=4096)
def _library_name(label: str) -> str:
    """The C name of a function of the library, the same in each program."""
    number = definition_number(label.removesuffix(owned.RESUME).rpartition(flat.INSIDE)[2])
    return f"{_PREFIX}_l{number}_{c_identifier(label)}"


def _literal_key(value: Value) -> str:
    """The key of a literal's position: the same object is one literal."""
    return f"l{id(value)}"


def _global_key(name: str) -> str:
    return f"g{name.encode().hex()}"


@dataclass(frozen=True, slots=True)
class _Lowered:
    """One function in C, and what it wants of the tables."""

    function: ctree.Function
    groups: tuple[tuple[str, ...], ...]
    literals: tuple[Value, ...]


def _lower_function(function: owned.Function, names: _Names) -> _Lowered:
    return _FunctionLowering(function, names).run()


@lru_cache(maxsize=4096)
def _lower_library(function: owned.Function) -> _Lowered:
    """A function of the library, which refers to functions of the library alone: the same object each time."""
    return _lower_function(function, _Names({}))


class _Tables:
    """The static data of a program: globals, literals, procedure codes, top-level forms, the descriptor."""

    def __init__(self, program: owned.OwnedProgram, names: _Names) -> None:
        self.program = program
        self.names = names
        self.functions = {f.label: f for f in program.functions}
        self.groups: dict[tuple[str, ...], None] = {}
        self.literals: dict[str, Value] = {}

    def add(self, lowered: _Lowered) -> None:
        """Take up what a function wants."""
        self.groups.update(dict.fromkeys(lowered.groups))
        for value in lowered.literals:
            self.literals.setdefault(_literal_key(value), value)

    def positions(self) -> dict[str, int]:
        """The positions of globals and literals by their keys."""
        positions = {_global_key(name): i for i, name in enumerate(self.program.globals)}
        return positions | {key: i for i, key in enumerate(self.literals)}

    def data(self) -> list[ctree.Data]:
        """All tables, after the functions have asked for theirs."""
        out = []
        if self.program.globals:
            cells = ",\n".join(f"  {{OMNI_UNBOUND, {c_string(n.encode())}}}" for n in self.program.globals)
            out.append(f"static omni_global {_PREFIX}_globals[{len(self.program.globals)}] = {{\n{cells}\n}};")
        if self.literals:
            codes = [literal_code(v) for v in self.literals.values()]
            rows = ",\n".join(f"  {{{c_string(c)}, {len(c)}}}" for c in codes)
            out.append(f"static const omni_literal {_PREFIX}_literal_codes[{len(codes)}] = {{\n{rows}\n}};")
            out.append(f"static omni_value {_PREFIX}_literals[{len(codes)}];")
        coded: dict[str, str] = {}
        for labels in self.groups:
            for label in labels:
                if label not in coded:
                    coded[label] = f"{self.names[label]}_code"
                    f = self.functions[label]
                    params = f.arity if f.packed else len(f.params) - f.rest
                    fields = f"(omni_entry){self.names[label]}, {c_string(f.name.encode())}, {params}, {int(f.rest)}"
                    out.append(f"static const omni_code {coded[label]} = {{{fields}, {int(f.packed)}}};")
        for labels in self.groups:
            members = ", ".join([f"&{coded[label]}" for label in labels])
            out.append(f"static const omni_code *const {self.names.group(labels)}[{len(labels)}] = {{{members}}};")
        if self.program.forms:
            rows = ",\n".join(f"  {self.names[label]}" for label in self.program.forms)
            out.append(f"static const omni_form {_PREFIX}_forms[{len(self.program.forms)}] = {{\n{rows}\n}};")
        return [ctree.Data(text) for text in out]

    def descriptor(self) -> ctree.Data:
        """The ``omni_program`` that hosts run."""
        p, program = _PREFIX, self.program
        forms = f"{p}_forms" if program.forms else "0"
        tables_of_globals = f"{p}_globals" if program.globals else "0"
        literals = f"{p}_literal_codes, {p}_literals" if self.literals else "0, 0"
        fields = (
            f"{c_string(program.file.encode())}, {forms}, {len(program.forms)}, "
            f"{tables_of_globals}, {len(program.globals)}, {literals}, {len(self.literals)}, 0, 0"
        )
        return ctree.Data(f"const omni_program {p} = {{{fields}}};")


#: What a failure has to drop, youngest last, and the block that it goes to, if not out of the function.
_Chain = tuple[tuple[flat.Var, ...], str | None]


@dataclass(frozen=True, slots=True)
class _Cleanup:
    """What happens when an operation fails: shown position, variables to drop, where to go.

    If it turns out that it did not fail but suspended, the frame is saved.
    """

    line: int
    column: int
    drops: tuple[flat.Var, ...]
    handler: str | None
    suspension: owned.Suspension | None = None


class _FunctionLowering:
    def __init__(self, function: owned.Function, names: _Names) -> None:
        self.function = function
        self.names = names
        self.groups: dict[tuple[str, ...], None] = {}
        self.literals: dict[str, Value] = {}
        self.body: list[ctree.Stmt] = []
        self.locals: dict[str, str] = {}
        self.spellings: dict[flat.Var, str] = {}
        self.cleanups: dict[_Cleanup, str] = {}
        self.chains: dict[_Chain, str] = {}
        self.written: set[_Chain] = set()
        self.line = 0
        self.blocks = {b.label: b for b in function.blocks}

    def run(self) -> _Lowered:
        f = self.function
        params = [ctree.Param("omni_context *", "ctx")]
        if f.self_param is not None:
            params.append(ctree.Param("omni_owned", self.name(f.self_param)))
        params.extend(ctree.Param("omni_owned", self.name(p)) for p in f.params)
        if f.resumes is not None:
            params.append(ctree.Param("int", _STATE.text))
        blocks = _layout(f.blocks)
        for block, following in zip(blocks, (*blocks[1:], None), strict=True):
            self.block(block, following.label if following is not None else None)
        self.release()
        used = {s.label for s in self.body if isinstance(s, ctree.Goto | ctree.IfGoto)}
        body = _drops_together([s for s in self.body if not isinstance(s, ctree.Label) or s.name in used])
        taken = {p.name for p in params}
        variables = tuple(ctree.Param(kind, name) for name, kind in self.locals.items() if name not in taken)
        file, line = (f.span.file, f.span.line) if f.span is not None else ("", 0)
        name = self.names[f.label]
        lowered = ctree.Function(name, tuple(params), variables, body, file, line, f.library)
        return _Lowered(lowered, tuple(self.groups), tuple(self.literals.values()))

    # ---- names ----

    def name(self, var: flat.Var) -> str:
        known = self.spellings.get(var)
        if known is not None:
            return known
        base = c_identifier(var.name)
        text = f"{base if base[:1].isalpha() else 'v' + base}_{var.number}"
        self.locals.setdefault(text, "omni_immediate" if var.holds is flat.Holds.IMMEDIATE else "omni_value")
        self.spellings[var] = text
        return text

    def atom(self, atom: flat.Atom) -> ctree.Expr:
        return ctree.Name(atom.text if isinstance(atom, flat.Imm) else self.name(atom))

    # ---- statements ----

    def assign(self, target: flat.Var, value: ctree.Expr) -> None:
        self.body.append(ctree.Assign(self.name(target), value, self.line))

    def drop(self, var: flat.Var, line: int) -> None:
        self.body.append(ctree.Do(ctree.Call("omni_drop", (_CONTEXT, self.atom(var))), line))

    def block(self, block: owned.Block, following: str | None) -> None:
        self.body.append(ctree.Label(block.label, self.line))
        for position, action in enumerate(block.actions):
            match action:
                case owned.Step() if position == len(block.actions) - 1 and self.is_returned(action, block):
                    call = self.operation(action.op, tuple([self.atom(a) for a in action.args]))
                    self.body.append(ctree.Return(call, self.line))
                    return
                case owned.Dup(result=result, source=source):
                    self.assign(result, ctree.Call("omni_dup", (self.atom(source),)))
                case owned.Drop(variable=variable):
                    self.drop(variable, self.line)
                case owned.Restore(result=result, index=index):
                    suffix = "_immediate" if result.holds is flat.Holds.IMMEDIATE else ""
                    self.assign(result, ctree.Call(f"omni_restore{suffix}", (_CONTEXT, _number(index))))
                case owned.Step():
                    self.step(action, block)
        self.end(block.end, following)

    @staticmethod
    def is_returned(step: owned.Step, block: owned.Block) -> bool:
        """Whether the function returns what ``step``, the last of ``block``, gives, also when it fails."""
        nothing_to_do = step.span is None and not step.cleanup and step.suspension is None and block.handler is None
        returned = isinstance(block.end, flat.Return) and block.end.value is step.result
        return step.op.gives.can_fail and nothing_to_do and returned

    def step(self, step: owned.Step, block: owned.Block) -> None:
        if step.span is not None:
            self.line = step.span.line
        call = self.operation(step.op, tuple(self.atom(a) for a in step.args))
        if step.result is None:
            self.body.append(ctree.Do(call, self.line))
        else:
            self.assign(step.result, call)
        if step.op.gives.can_fail:
            assert step.result is not None
            label = self.cleanup_label(step, block.handler)
            failed = ctree.Call("omni_failed", (self.atom(step.result),))
            self.body.append(ctree.IfGoto(failed, label, self.line))

    def cleanup_label(self, step: owned.Step, handler: str | None) -> str:
        line, column = (step.span.line, step.span.column) if step.span is not None else (0, 0)
        return self.label_of(_Cleanup(line, column, step.cleanup, handler, step.suspension))

    def label_of(self, cleanup: _Cleanup) -> str:
        """The label where ``cleanup`` happens; one that only drops is a chain."""
        if cleanup.suspension is None and not cleanup.line:
            if cleanup.drops:
                return self.chain_label((cleanup.drops, cleanup.handler))
            if cleanup.handler is not None:
                return cleanup.handler
        return self.cleanups.setdefault(cleanup, f"F{len(self.cleanups) + 1}")

    def chain_label(self, chain: _Chain) -> str:
        return self.chains.setdefault(chain, f"D{len(self.chains) + 1}")

    def release(self) -> None:
        """All cleanups: frames are saved, positions noted, variables dropped."""
        for cleanup in [c for c in self.cleanups if c.suspension is not None]:
            self.suspend(cleanup)
        # A chain stands where the first cleanup runs into it, and longer ones run into shorter ones.
        for cleanup in sorted([c for c in self.cleanups if c.suspension is None], key=lambda c: -len(c.drops)):
            self.body.append(ctree.Label(self.cleanups[cleanup], cleanup.line))
            if cleanup.line:
                position = (_CONTEXT, ctree.Name(str(cleanup.line)), ctree.Name(str(cleanup.column)))
                self.body.append(ctree.Do(ctree.Call("omni_at", position), cleanup.line))
            self.chain((cleanup.drops, cleanup.handler))
        for chain in sorted(self.chains, key=lambda chain: -len(chain[0])):
            if chain not in self.written:
                self.chain(chain)

    def chain(self, chain: _Chain) -> None:
        """Drop the variables of a chain, up to where another one goes on that is written already."""
        drops, handler = chain
        while drops and (drops, handler) not in self.written:
            self.written.add((drops, handler))
            self.body.append(ctree.Label(self.chain_label((drops, handler))))
            self.drop(drops[-1], 0)
            drops = drops[:-1]
        if drops:
            self.body.append(ctree.Goto(self.chain_label((drops, handler))))
        else:
            self.body.append(_FAILED if handler is None else ctree.Goto(handler))

    def suspend(self, cleanup: _Cleanup) -> None:
        """Save the frame if the operation suspended; if not, or without memory for it, the operation has failed."""
        suspension = cleanup.suspension
        assert suspension is not None
        self.body.append(ctree.Label(self.cleanups[cleanup]))
        numbers = (suspension.state, len(suspension.saved), int(cleanup.handler is not None))
        resume = ctree.Name(self.names[suspension.resume])
        self.assign(_SAVED, ctree.Call("omni_suspend", (_CONTEXT, resume, *map(_number, numbers))))
        failed = ctree.Call("omni_failed", (self.atom(_SAVED),))
        self.body.append(ctree.IfGoto(failed, self.label_of(replace(cleanup, suspension=None))))
        for index, variable in enumerate(suspension.saved):
            suffix = "_immediate" if variable.holds is flat.Holds.IMMEDIATE else ""
            save = ctree.Call(f"omni_save{suffix}", (_CONTEXT, _number(index), self.atom(variable)))
            self.body.append(ctree.Do(save))
        self.body.append(_FAILED)

    def end(self, end: owned.Terminator, following: str | None) -> None:
        match end:
            case owned.Dispatch(targets=targets):
                for state, target in enumerate(targets, start=1):
                    test = ctree.Call("omni_is_state", (_STATE, _number(state)))
                    self.body.append(ctree.IfGoto(test, target))
                self.body.append(ctree.Return(ctree.Name("OMNI_NOTHING")))
            case flat.Jump(target=target, args=args):
                self.move(self.blocks[target].params, args)
                if target != following:
                    self.body.append(ctree.Goto(target, self.line))
            case flat.Branch(condition=condition, then=then, otherwise=otherwise):
                decision = "omni_truthy"
                if then == following:
                    decision, then, otherwise = "omni_falsy", otherwise, then
                self.body.append(ctree.IfGoto(ctree.Call(decision, (self.atom(condition),)), then, self.line))
                if otherwise != following:
                    self.body.append(ctree.Goto(otherwise, self.line))
            case flat.Return(value=value):
                self.body.append(ctree.Return(self.atom(value), self.line))
            case flat.TailCall(args=args, as_list=as_list, span=span):
                if span is not None:
                    self.line = span.line
                function = "omni_tail_list" if as_list else f"omni_tail{len(args) - 1}"
                call = ctree.Call(function, (_CONTEXT, *[self.atom(a) for a in args]))
                self.body.append(ctree.Return(call, self.line))
            case flat.Fail():
                self.body.append(ctree.Return(ctree.Name("OMNI_NOTHING")))

    def move(self, params: tuple[flat.Var, ...], args: tuple[flat.Atom, ...]) -> None:
        """Parallel assignment of jump arguments; a parameter still to be read is saved first."""
        pairs = [(p, a) for p, a in zip(params, args, strict=True) if p is not a]
        sources: list[ctree.Expr] = []
        for position, (_, arg) in enumerate(pairs):
            overwritten = any(arg is p for p, _ in pairs[:position])
            if overwritten and isinstance(arg, flat.Var):
                saved = flat.Var(f"{arg.name}_saved", arg.number, arg.holds)
                sources.append(self.atom(saved))
                self.assign(saved, self.atom(arg))
            else:
                sources.append(self.atom(arg))
        for (param, _), source in zip(pairs, sources, strict=True):
            self.assign(param, source)

    # ---- operations ----

    def operation(self, op: flat.Operation | owned.Resumed, args: tuple[ctree.Expr, ...]) -> ctree.Call:
        """The C call of an operation."""
        match op:
            case flat.PrimOp(symbol=symbol):
                return ctree.Call(symbol, (_CONTEXT, *args))
            case flat.PrimitiveValue(index=index):
                return ctree.Call("omni_primitive", (_number(index),))
            case flat.Literal(value=value):
                key = _literal_key(value)
                self.literals.setdefault(key, value)
                return ctree.Call("omni_literal_get", (_CONTEXT, _LITERALS, ctree.Position(key)))
            case flat.CallValue():
                return ctree.Call(f"omni_call{len(args) - 1}", (_CONTEXT, *args))
            case flat.CallList():
                return ctree.Call("omni_call_list", (_CONTEXT, *args))
            case flat.CallKnown(label=label):
                return ctree.Call("omni_finish", (_CONTEXT, ctree.Call(self.names[label], (_CONTEXT, *args))))
            case flat.GroupMake(labels=labels, captures=captures):
                self.groups.setdefault(labels)
                group = ctree.Name(self.names.group(labels))
                return ctree.Call("omni_group_make", (_CONTEXT, group, _number(len(labels)), _number(captures)))
            case flat.CaptureInit(index=index):
                return ctree.Call("omni_capture_init", (args[0], _number(index), args[1]))
            case flat.CaptureGet(index=index):
                return ctree.Call("omni_capture_get", (args[0], _number(index)))
            case flat.Sibling(index=index):
                return ctree.Call("omni_sibling", (args[0], _number(index)))
            case flat.BoxMake():
                return ctree.Call("omni_box_make", (_CONTEXT, *args))
            case flat.BoxGet(name=name):
                return ctree.Call("omni_box_get", (_CONTEXT, *args, ctree.Name(c_string(name.encode()))))
            case flat.BoxSet():
                return ctree.Call("omni_box_set", (_CONTEXT, *args))
            case flat.GlobalGet(name=name):
                return ctree.Call("omni_global_get", (_CONTEXT, ctree.Cell(_global_key(name))))
            case flat.GlobalDefine(name=name):
                return ctree.Call("omni_global_define", (_CONTEXT, ctree.Cell(_global_key(name)), *args))
            case flat.GlobalSet(name=name):
                return ctree.Call("omni_global_set", (_CONTEXT, ctree.Cell(_global_key(name)), *args))
            case flat.Catch():
                return ctree.Call("omni_catch", (_CONTEXT,))
            case flat.Reraise():
                return ctree.Call("omni_reraise", (_CONTEXT, *args))
            case flat.CaughtContext():
                return ctree.Call("omni_caught_context", (_CONTEXT,))
            case flat.RaiseAgain():
                return ctree.Call("omni_raise_again", (_CONTEXT, *args))
            case owned.Resumed():
                return ctree.Call("omni_resumed", (_CONTEXT,))
            case flat.StackCheck():
                return ctree.Call("omni_stack_check", (_CONTEXT,))


def _drops_together(statements: list[ctree.Stmt]) -> tuple[ctree.Stmt, ...]:
    """``statements`` with one call for several drops in a row."""
    result: list[ctree.Stmt] = []
    for statement in statements:
        before = result[-1] if result else None
        if isinstance(statement, ctree.Do) and isinstance(before, ctree.Do) and before.line == statement.line:
            variables = (*before.call.args[1:], *statement.call.args[1:])
            if before.call.function in _DROPS[:-1] and statement.call.function == _DROPS[0]:
                result[-1] = ctree.Do(ctree.Call(_DROPS[len(variables) - 1], (_CONTEXT, *variables)), statement.line)
                continue
        result.append(statement)
    return tuple(result)


def _layout(blocks: tuple[owned.Block, ...]) -> list[owned.Block]:
    """The blocks in an order that lets most run into the next: each is followed by a successor that is still left."""
    left = {block.label: block for block in blocks}
    order: list[owned.Block] = []
    for first in blocks:
        block = left.pop(first.label, None)
        while block is not None:
            order.append(block)
            following = owned.successors(block.end)
            block = next((left.pop(label) for label in following if label in left), None)
    return order


def _number(n: int) -> ctree.Name:
    return ctree.Name(str(n))
