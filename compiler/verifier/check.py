"""Path-by-path proof of the ownership of every value in emitted C.

An abstract interpretation of each function: every local has one of the states of :class:`State`, calls
act on them as the typedefs in the prototypes say, and wherever two paths meet they must agree. The
functions have only forward structure the compiler emits (assignments, calls, conditional gotos); any
other construct is rejected, so that nothing passes unseen. No code is shared with the pass that
inserted the operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pycparser import c_ast

from compiler.verifier.frames import saved_frames
from compiler.verifier.memo import Memory, take_apart
from compiler.verifier.parse import Signature, header, parse_program, signature, type_name


class State(Enum):
    """What a local holds at a point."""

    EMPTY = "holds nothing"  # never set, moved away, dropped, or the failure marker
    OWNED = "owns a reference"
    IMMEDIATE = "is immediate"
    UNTESTED_OWNED = "is an untested result"
    UNTESTED_IMMEDIATE = "is an untested check"


_VALUE_TYPES = frozenset(
    {"omni_value", "omni_owned", "omni_borrowed", "omni_immediate", "omni_result", "omni_check", "omni_pending"}
)
_RESULT_STATES = {
    "omni_owned": State.OWNED,
    "omni_immediate": State.IMMEDIATE,
    "omni_result": State.UNTESTED_OWNED,
    "omni_check": State.UNTESTED_IMMEDIATE,
}


class Mode(Enum):
    """What a path is doing; the value says it in messages."""

    RUNNING = "running"
    FAILING = "failing"
    SUSPENDING = "suspending"  # the failure turned out to be a suspension
    SAVING = "saving its frame"  # the frame exists and is filled; then the function returns
    RESUMING = "taking its frame apart"


#: The only functions that a path may call in a mode.
_ALLOWED = {
    Mode.FAILING: frozenset({"omni_at", "omni_drop", "omni_catch"}),
    Mode.SUSPENDING: frozenset({"omni_suspend"}),
    Mode.SAVING: frozenset({"omni_save", "omni_save_immediate"}),
    Mode.RESUMING: frozenset({"omni_restore", "omni_restore_immediate", "omni_resumed"}),
}
_ONLY_IN = {name: mode for mode, names in _ALLOWED.items() if mode is not Mode.FAILING for name in names}
_FRAME = "the frame"  # stands for the frame being filled or taken apart where locals are named
_CONSTANTS = frozenset({"OMNI_FALSE", "OMNI_TRUE", "OMNI_NOTHING", "OMNI_NIL", "OMNI_EOF", "OMNI_UNBOUND"})


class Rule(Enum):
    """Which promise a violation breaks."""

    LEAKED = "a reference is never consumed"
    ABSENT = "a reference is used or consumed where it is not held"
    DISAGREE = "paths that meet disagree"
    UNTESTED = "a result is not tested for failure, or the failure is mishandled"
    FORM = "the emitted C is not of the form that can be verified"


class OwnershipViolation(Exception):
    """A value that is not consumed exactly once, or used when it is not there.

    ``rule`` says what is broken, ``function`` and ``value`` are C names, ``operation`` the C function at
    the point (or ""), ``path`` the decisions that lead there, ``file`` and ``line`` the OmniLisp position.
    """

    def __init__(
        self,
        rule: Rule,
        message: str,
        function: str,
        value: str,
        operation: str,
        path: tuple[str, ...],
        file: str,
        line: int,
    ) -> None:
        route = " → ".join(path) if path else "entry"
        super().__init__(f"{file}:{line}: in {function}: {message} (path: {route})")
        self.rule = rule
        self.message = message
        self.function = function
        self.value = value
        self.operation = operation
        self.path = path
        self.file = file
        self.line = line


def verify(c_text: str, memory: Memory | None = None) -> None:
    """Check every function of an emitted program.

    With a ``memory``, functions that were proved before are not proved again.

    :raises OwnershipViolation: for the first violation, in program order.
    :raises compiler.verifier.NotPlainC: when the text does not parse.
    """
    memory = memory if memory is not None else Memory()
    frames = saved_frames(c_text)
    pieces = take_apart(c_text, frames)
    fresh = [(key, text) for key, text in pieces.functions if key not in memory]
    tree = parse_program("\n".join([pieces.rest, *(text for _, text in fresh)]))
    signatures = dict(header().signatures)
    for item in tree.ext:
        if isinstance(item, c_ast.Decl) and isinstance(item.type, c_ast.FuncDecl):
            signatures[item.name] = signature(item.type)
    definitions = [item for item in tree.ext if isinstance(item, c_ast.FuncDef)]
    for definition in definitions:
        _Function(definition, signatures, frames.get(definition.decl.name, {})).check()
    for key, _ in fresh:
        memory.add(key)


_Route = tuple["_Route", str] | None  # the decisions so far, last one outermost


def _decisions(route: _Route) -> tuple[str, ...]:
    out: list[str] = []
    while route is not None:
        route, decision = route
        out.append(decision)
    return tuple(reversed(out))


@dataclass(slots=True)
class _Path:
    """The state of the locals at a point (those that are EMPTY left out), and how it was reached."""

    states: dict[str, State]
    missing: dict[str, frozenset[int]]  # captures and slots still to be filled or emptied, by group or frame
    mode: Mode
    route: _Route

    def copy(self, decision: str | None = None) -> _Path:
        route = self.route if decision is None else (self.route, decision)
        return _Path(dict(self.states), dict(self.missing), self.mode, route)

    def state(self, name: str) -> State:
        return self.states.get(name, State.EMPTY)

    def set(self, name: str, state: State) -> None:
        if state is State.EMPTY:
            self.states.pop(name, None)
        else:
            self.states[name] = state


class _Function:
    def __init__(
        self, definition: c_ast.FuncDef, signatures: dict[str, Signature], frames: dict[int, set[str]]
    ) -> None:
        self.name: str = definition.decl.name
        self.signatures = signatures
        self.frames = frames  # what this function continues, by state
        self.types: dict[str, str] = {}
        self.entry = _Path({}, {}, Mode.RUNNING, None)
        self.node: c_ast.Node = definition.decl
        self.operation = ""
        for param in definition.decl.type.args.params:
            kind = type_name(param.type)
            if kind in _VALUE_TYPES:
                self.types[param.name] = kind
                self.entry.states[param.name] = State.OWNED if kind == "omni_owned" else State.IMMEDIATE
        self.statements: list[c_ast.Node] = []
        self.labels: dict[str, int] = {}
        for item in definition.body.block_items or []:
            self.flatten(item)
        self.arrivals: dict[int, _Path] = {}

    def flatten(self, item: c_ast.Node) -> None:
        """Collect declarations and labels, so that a position is an index into ``statements``."""
        if isinstance(item, c_ast.Decl):
            kind = type_name(item.type)
            if kind not in ("omni_value", "omni_immediate") or item.init is not None:
                self.node = item
                raise self.violation(
                    Rule.FORM, "a local must be an uninitialised omni_value or omni_immediate", item.name
                )
            self.types[item.name] = kind
        elif isinstance(item, c_ast.Label):
            self.labels[item.name] = len(self.statements)
            self.flatten(item.stmt)
        else:
            self.statements.append(item)

    def violation(self, rule: Rule, message: str, value: str = "", path: _Path | None = None) -> OwnershipViolation:
        coord = self.node.coord
        file, line = (str(coord.file), int(coord.line)) if coord is not None else ("", 0)
        return OwnershipViolation(
            rule, message, self.name, value, self.operation, _decisions(path.route) if path else (), file, line
        )

    # ---- paths ----

    def check(self) -> None:
        starts = set(self.labels.values())
        work: list[tuple[int, _Path]] = [(0, self.entry)]
        while work:
            position, path = work.pop()
            while True:
                if position in starts and not self.arrive(position, path):
                    break
                if position >= len(self.statements):
                    raise self.violation(Rule.FORM, "control runs off the end", path=path)
                statement = self.statements[position]
                self.node = statement
                self.operation = ""
                if isinstance(statement, c_ast.Return):
                    self.leave(statement, path)
                    break
                if isinstance(statement, c_ast.Goto):
                    position = self.target(statement, path)
                    continue
                if isinstance(statement, c_ast.If):
                    work.append(self.branch(statement, path))
                    path.route = (path.route, f"not {self.describe(statement)}")
                else:
                    self.statement(statement, path)
                position += 1

    def arrive(self, position: int, path: _Path) -> bool:
        """Meet the other paths at a label; False when this one brings nothing new."""
        known = self.arrivals.get(position)
        if known is None:
            self.arrivals[position] = path.copy()
            return True
        if known.states == path.states and known.mode is path.mode and known.missing == path.missing:
            return False
        for name in dict.fromkeys((*path.states, *known.states)):
            here, there = path.state(name), known.state(name)
            if here is not there and not {here, there} <= {State.EMPTY, State.IMMEDIATE}:
                other = " → ".join(_decisions(known.route)) or "entry"
                message = f"paths meet where {name} {here.value}, but {there.value} after {other}"
                raise self.violation(Rule.DISAGREE, message, name, path)
        if known.mode is not path.mode:
            message = f"paths meet, one {path.mode.value} and one {known.mode.value}"
            raise self.violation(Rule.DISAGREE, message, path=path)
        if known.missing != path.missing:
            raise self.violation(Rule.DISAGREE, "paths meet with different captures or slots filled", path=path)
        # What is left are immediates that only one of the paths has set: nobody may rely on them.
        common = {name: state for name, state in known.states.items() if name in path.states}
        changed = common != known.states
        known.states = common
        path.states = dict(common)
        return changed

    def target(self, statement: c_ast.Goto, path: _Path) -> int:
        if statement.name not in self.labels:
            raise self.violation(Rule.FORM, f"jump to unknown label {statement.name}", path=path)
        return self.labels[statement.name]

    @staticmethod
    def describe(statement: c_ast.If) -> str:
        """The condition for a path description: ``omni_failed(x_3)@12``."""
        call = statement.cond
        name, args = call.name.name, call.args.exprs
        if name == "omni_is_state":
            return f"state {args[1].value}"
        line = statement.coord.line if statement.coord is not None else 0
        return f"{name}({args[0].name if isinstance(args[0], c_ast.ID) else '…'})@{line}"

    def branch(self, statement: c_ast.If, path: _Path) -> tuple[int, _Path]:
        """Both outcomes of a conditional goto: ``path`` falls through, the result jumps."""
        call = statement.cond
        if (
            not isinstance(call, c_ast.FuncCall)
            or not isinstance(statement.iftrue, c_ast.Goto)
            or statement.iffalse is not None
            or call.args is None
        ):
            raise self.violation(Rule.FORM, "a condition must be one call, with a goto", path=path)
        position = self.target(statement.iftrue, path)
        self.operation = call.name.name
        if self.operation == "omni_is_state":
            return position, self.resume(call.args.exprs, statement, path)
        if self.operation == "omni_suspending":
            if path.mode is not Mode.FAILING:
                raise self.violation(Rule.UNTESTED, "omni_suspending without a failure", path=path)
            suspending = path.copy(self.describe(statement))
            suspending.mode = Mode.SUSPENDING
            return position, suspending
        if len(call.args.exprs) != 1:
            raise self.violation(Rule.FORM, f"a condition cannot be {self.operation}", path=path)
        (arg,) = call.args.exprs
        if call.name.name == "omni_truthy":
            self.lend(arg, path)
            return position, path.copy(self.describe(statement))
        if call.name.name != "omni_failed" or not isinstance(arg, c_ast.ID):
            raise self.violation(Rule.FORM, f"a condition cannot be {self.operation}", path=path)
        state = path.state(arg.name)
        if state not in (State.UNTESTED_OWNED, State.UNTESTED_IMMEDIATE):
            raise self.violation(Rule.UNTESTED, f"{arg.name} is tested for failure but {state.value}", arg.name, path)
        failed = path.copy(self.describe(statement))
        failed.set(arg.name, State.EMPTY)
        failed.missing.pop(arg.name, None)
        failed.mode = Mode.FAILING
        path.states[arg.name] = State.OWNED if state is State.UNTESTED_OWNED else State.IMMEDIATE
        if path.mode is Mode.SUSPENDING:
            path.mode = Mode.SAVING
            failed.missing.pop(_FRAME, None)
        return position, failed

    def resume(self, args: list[c_ast.Node], statement: c_ast.If, path: _Path) -> _Path:
        """The path that continues a frame at a state: its slots are to be emptied first."""
        state = self.integer(args[1], path)
        layouts = self.frames.get(state, set())
        if len(layouts) != 1 or path.states or path.mode is not Mode.RUNNING:
            raise self.violation(Rule.FORM, f"state {state} is not saved by exactly one layout of slots", path=path)
        resuming = path.copy(self.describe(statement))
        resuming.mode = Mode.RESUMING
        (slots,) = layouts
        resuming.missing = {f"{_FRAME} {slots}": frozenset(range(len(slots)))}
        return resuming

    # ---- statements ----

    def statement(self, statement: c_ast.Node, path: _Path) -> None:
        if isinstance(statement, c_ast.FuncCall):
            result = self.call(statement, path)
            if result not in ("void", "omni_immediate"):
                raise self.violation(Rule.UNTESTED, f"the {result} of {self.operation} is ignored", path=path)
        elif (
            isinstance(statement, c_ast.Assignment)
            and statement.op == "="
            and isinstance(statement.lvalue, c_ast.ID)
            and statement.lvalue.name in self.types
        ):
            self.assign(statement.lvalue.name, statement.rvalue, path)
        else:
            raise self.violation(
                Rule.FORM, f"{type(statement).__name__} is not a statement the verifier knows", path=path
            )

    def assign(self, target: str, value: c_ast.Node, path: _Path) -> None:
        missing: frozenset[int] = frozenset()
        if isinstance(value, c_ast.FuncCall):
            kind = self.call(value, path)
            if kind not in _RESULT_STATES:
                raise self.violation(
                    Rule.FORM, f"the {kind} of {self.operation} cannot be kept in a local", target, path
                )
            state = _RESULT_STATES[kind]
            if self.operation == "omni_suspend":
                path.missing[_FRAME] = frozenset(range(self.integer(value.args.exprs[3], path)))
            if self.operation == "omni_group_make":
                missing = frozenset(range(self.integer(value.args.exprs[3], path)))
        else:
            state = State.OWNED if isinstance(value, c_ast.ID) and value.name in self.types else State.IMMEDIATE
            if state is State.OWNED and self.types[value.name] == "omni_immediate":
                state = State.IMMEDIATE
            self.consume(value, path)
        if path.state(target) in (State.OWNED, State.UNTESTED_OWNED, State.UNTESTED_IMMEDIATE):
            raise self.violation(
                Rule.LEAKED, f"{target} is overwritten while it {path.state(target).value}", target, path
            )
        if self.types[target] == "omni_immediate":
            if state in (State.OWNED, State.UNTESTED_OWNED):
                raise self.violation(
                    Rule.LEAKED, f"a reference is put into {target}, which never owns one", target, path
                )
        elif state in (State.IMMEDIATE, State.UNTESTED_IMMEDIATE):
            # A local that may own a reference counts as owning whatever is put into it.
            state = State.OWNED if state is State.IMMEDIATE else State.UNTESTED_OWNED
        path.set(target, state)
        if missing:
            path.missing[target] = missing

    def leave(self, statement: c_ast.Return, path: _Path) -> None:
        value = statement.expr
        failed = isinstance(value, c_ast.ID) and value.name == "OMNI_FAILED"
        if failed != (path.mode in (Mode.FAILING, Mode.SAVING)):
            message = "failure without a condition" if failed else f"a value is returned while {path.mode.value}"
            raise self.violation(Rule.UNTESTED, message, path=path)
        if path.mode is Mode.SAVING:
            self.complete(_FRAME, path)
        if isinstance(value, c_ast.FuncCall):
            kind = self.call(value, path)
            if kind not in ("omni_pending", "omni_owned", "omni_immediate"):
                raise self.violation(Rule.UNTESTED, f"the {kind} of {self.operation} is returned untested", path=path)
        elif not failed:
            self.consume(value, path)
        for name, state in path.states.items():
            if state in (State.OWNED, State.UNTESTED_OWNED, State.UNTESTED_IMMEDIATE):
                raise self.violation(Rule.LEAKED, f"{name} {state.value} that nobody consumes", name, path)

    # ---- calls ----

    def call(self, call: c_ast.FuncCall, path: _Path) -> str:
        """Apply a call to ``path`` and give the type name of its result."""
        if not isinstance(call.name, c_ast.ID) or call.name.name not in self.signatures:
            raise self.violation(Rule.FORM, "call of a function without a known prototype", path=path)
        name = call.name.name
        known = self.signatures[name]
        args = call.args.exprs if call.args is not None else []
        if len(args) != len(known.params):
            raise self.violation(Rule.FORM, f"{name} takes {len(known.params)} arguments", path=path)
        if path.mode in _ALLOWED and name not in _ALLOWED[path.mode]:
            raise self.violation(Rule.UNTESTED, f"{name} is called while {path.mode.value}", path=path)
        if name in _ONLY_IN and path.mode is not _ONLY_IN[name]:
            raise self.violation(Rule.UNTESTED, f"{name} is called while {path.mode.value}", path=path)
        if name == "omni_catch":
            if path.mode is not Mode.FAILING:
                raise self.violation(Rule.UNTESTED, "omni_catch without a failure", path=path)
            path.mode = Mode.RUNNING
        if path.mode is Mode.SAVING:
            self.fill(args[1], path)
        if path.mode is Mode.RESUMING:
            self.empty(name, args, path)
        inner_result = ""
        for arg, kind in zip(args, known.params, strict=True):
            if kind == "omni_pending":
                inner_result = self.call(arg, path) if isinstance(arg, c_ast.FuncCall) else ""
                if inner_result != "omni_pending":
                    raise self.violation(Rule.FORM, f"{name} needs a pending call", path=path)
        self.operation = name
        if name == "omni_capture_init":
            self.capture(args, path)
        moved: set[str] = set()
        for arg, kind in zip(args, known.params, strict=True):
            if kind == "omni_owned":
                self.consume(arg, path)
                if isinstance(arg, c_ast.ID):
                    moved.add(arg.name)
        for arg, kind in zip(args, known.params, strict=True):
            if kind == "omni_borrowed":
                self.lend(arg, path, initialising=name == "omni_capture_init")
            elif kind == "omni_immediate":
                self.lend(arg, path)
                if isinstance(arg, c_ast.ID) and path.state(arg.name) is State.OWNED:
                    raise self.violation(Rule.FORM, f"{arg.name} may hold a reference", arg.name, path)
            elif kind not in ("omni_owned", "omni_pending") and isinstance(arg, c_ast.ID) and arg.name in self.types:
                raise self.violation(Rule.FORM, f"{arg.name} is passed where {name} expects no value", arg.name, path)
        return known.result

    def fill(self, index: c_ast.Node, path: _Path) -> None:
        """One more slot of the frame being saved."""
        slot = self.integer(index, path)
        if slot not in path.missing.get(_FRAME, frozenset()):
            raise self.violation(Rule.ABSENT, f"slot {slot} is filled twice or does not exist", path=path)
        path.missing[_FRAME] -= {slot}

    def empty(self, operation: str, args: list[c_ast.Node], path: _Path) -> None:
        """One slot less of the frame being continued; after the last one, the value that it waited for."""
        ((frame, rest),) = path.missing.items()
        if operation == "omni_resumed":
            if rest:
                raise self.violation(Rule.LEAKED, f"slot {min(rest)} of the frame is never taken", path=path)
            path.missing = {}
            path.mode = Mode.RUNNING
            return
        slot = self.integer(args[1], path)
        kind = "i" if operation == "omni_restore_immediate" else "r"
        if slot not in rest or frame.removeprefix(f"{_FRAME} ")[slot] != kind:
            raise self.violation(Rule.ABSENT, f"slot {slot} is taken twice, or as what it is not", path=path)
        path.missing = {frame: rest - {slot}}

    def capture(self, args: list[c_ast.Node], path: _Path) -> None:
        group, index = args[0], self.integer(args[1], path)
        missing = path.missing.get(group.name, frozenset()) if isinstance(group, c_ast.ID) else frozenset()
        if index not in missing:
            raise self.violation(Rule.ABSENT, f"capture {index} is initialised twice or does not exist", path=path)
        path.missing[group.name] = missing - {index}
        if not path.missing[group.name]:
            del path.missing[group.name]

    def integer(self, node: c_ast.Node, path: _Path) -> int:
        if not isinstance(node, c_ast.Constant) or node.type != "int":
            raise self.violation(Rule.FORM, f"{self.operation} needs a literal count or index", path=path)
        return int(node.value)

    def constant(self, node: c_ast.Node, path: _Path) -> bool:
        """Whether ``node`` is an immediate that no local holds."""
        if isinstance(node, c_ast.ID):
            return node.name in _CONSTANTS
        if isinstance(node, c_ast.FuncCall) and isinstance(node.name, c_ast.ID):
            return node.name.name in ("omni_fixnum", "omni_character")
        return False

    def consume(self, node: c_ast.Node, path: _Path) -> None:
        """The reference in ``node`` moves away."""
        if self.constant(node, path):
            return
        if not isinstance(node, c_ast.ID) or node.name not in self.types:
            raise self.violation(Rule.FORM, "only locals and immediates can be given away", path=path)
        state = path.state(node.name)
        if state is State.IMMEDIATE:
            return
        if state is not State.OWNED:
            raise self.violation(Rule.ABSENT, f"{node.name} is given away but {state.value}", node.name, path)
        self.complete(node.name, path)
        path.set(node.name, State.EMPTY)

    def lend(self, node: c_ast.Node, path: _Path, initialising: bool = False) -> None:
        """``node`` is used and kept."""
        if self.constant(node, path):
            return
        if not isinstance(node, c_ast.ID) or node.name not in self.types:
            raise self.violation(Rule.FORM, "only locals and immediates can be lent", path=path)
        state = path.state(node.name)
        if state not in (State.OWNED, State.IMMEDIATE):
            raise self.violation(Rule.ABSENT, f"{node.name} is used but {state.value}", node.name, path)
        if not initialising:
            self.complete(node.name, path)

    def complete(self, name: str, path: _Path) -> None:
        if path.missing.get(name):
            raise self.violation(Rule.ABSENT, f"{name} is used before all its parts are there", name, path)
