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

from compiler.verifier import forms
from compiler.verifier.frames import Frames, saved_frames
from compiler.verifier.items import ItemReader, Unit
from compiler.verifier.parse import Signature, header
from compiler.verifier.proofs import Proofs, take_apart


class State(Enum):
    """What a local holds at a point."""

    __hash__ = object.__hash__  # as equality is: much cheaper than that of the name

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

    __hash__ = object.__hash__

    RUNNING = "running"
    FAILING = "failing"
    ASKING = "asking whether it suspends"  # the answer of omni_suspend is not tested yet
    SAVING = "saving its frame"  # the frame exists and is filled; then the function returns
    RESUMING = "taking its frame apart"


_DROPS = frozenset({"omni_drop", "omni_drop2", "omni_drop3", "omni_drop4"})
#: The only functions that a path may call in a mode.
_ALLOWED = {
    Mode.FAILING: frozenset({"omni_suspend", "omni_at", "omni_catch", *_DROPS}),
    Mode.ASKING: frozenset(),
    Mode.SAVING: frozenset({"omni_save", "omni_save_immediate"}),
    Mode.RESUMING: frozenset({"omni_restore", "omni_restore_immediate", "omni_resumed"}),
}
_ONLY_IN = {name: mode for mode, names in _ALLOWED.items() for name in names - {"omni_at", *_DROPS}}
_FAILED_IN = (Mode.FAILING, Mode.SAVING)  # where a function may return OMNI_FAILED
_RETURNED_IN = (Mode.RUNNING,)  # where it may return anything else
_UNTESTED = (State.UNTESTED_OWNED, State.UNTESTED_IMMEDIATE)
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


class Verifier:
    """Checks emitted programs, and remembers what it has read and proved of earlier ones."""

    def __init__(self) -> None:
        self._reader = ItemReader()
        self._proofs = Proofs()

    def verify(self, c_text: str) -> None:
        """As :func:`verify`."""
        frames = saved_frames(c_text)
        pieces = take_apart(c_text)
        if pieces is None:
            _check_all(self._reader.read(c_text), frames)
            return
        fresh = [function for function in pieces.functions if function not in self._proofs]
        unit = self._reader.read("".join([pieces.before, *[function.text for function in fresh], pieces.after]))
        proved = [function for function in pieces.functions if function in self._proofs]
        if not all(self._proofs.covers(function, pieces.prefix, unit.prototypes, frames) for function in proved):
            fresh, unit = pieces.functions, self._reader.read(c_text)
        _check_all(unit, frames)
        for function in fresh:
            self._proofs.add(function, pieces.prefix, unit.prototypes, frames)


def verify(c_text: str) -> None:
    """Check every function of an emitted program.

    :raises OwnershipViolation: for the first violation, in program order.
    :raises compiler.verifier.NotPlainC: when the text does not parse.
    """
    Verifier().verify(c_text)


def _check_all(unit: Unit, frames: Frames) -> None:
    signatures = header().signatures | unit.prototypes
    for definition in unit.functions:
        _Function(definition, signatures, frames.get(definition.name, {})).check()


#: The decisions on the way to a point, last one outermost: the position of a condition, and whether it jumped.
_Route = tuple["_Route", int, bool] | None


@dataclass(slots=True)
class _Path:
    """The state of the locals at a point (those that are EMPTY left out), and how it was reached."""

    states: dict[str, State]
    missing: dict[str, frozenset[int]]  # captures and slots still to be filled or emptied, by group or frame
    mode: Mode
    route: _Route

    def copy(self) -> _Path:
        return _Path(self.states.copy(), self.missing.copy(), self.mode, self.route)

    def jump(self, position: int) -> _Path:
        """The path that jumps where this one does not."""
        return _Path(self.states.copy(), self.missing.copy(), self.mode, (self.route, position, True))

    def state(self, name: str) -> State:
        return self.states.get(name, State.EMPTY)


class _Function:
    def __init__(
        self, definition: forms.Definition, signatures: dict[str, Signature], frames: dict[int, set[str]]
    ) -> None:
        self.name = definition.name
        self.signatures = signatures
        self.frames = frames  # what this function continues, by state
        self.types: dict[str, str] = {}
        self.entry = _Path({}, {}, Mode.RUNNING, None)
        self.operation = ""
        for name, kind in definition.parameters:
            if kind in _VALUE_TYPES:
                self.types[name] = kind
                self.entry.states[name] = State.OWNED if kind == "omni_owned" else State.IMMEDIATE
        self.statements = definition.statements
        self.places = definition.places
        self.labels = definition.labels
        self.position = 0
        for local, place in definition.locals:
            if local.type not in ("omni_value", "omni_immediate") or local.initialised:
                message = "a local must be an uninitialised omni_value or omni_immediate"
                raise OwnershipViolation(Rule.FORM, message, self.name, local.name, "", (), *place)
            self.types[local.name] = local.type
        self.arrivals: dict[int, _Path] = {}

    def violation(self, rule: Rule, message: str, value: str = "", path: _Path | None = None) -> OwnershipViolation:
        file, line = self.places[self.position] if self.position < len(self.places) else ("", 0)
        decisions = self.decisions(path.route) if path is not None else ()
        return OwnershipViolation(rule, message, self.name, value, self.operation, decisions, file, line)

    def decisions(self, route: _Route) -> tuple[str, ...]:
        """A route in words: ``omni_failed(x_3)@12`` for a jump, ``not …`` where control fell through."""
        out: list[str] = []
        while route is not None:
            route, position, jumped = route
            test = self.statements[position]
            assert isinstance(test, forms.Test)
            name, args = test.condition.function, test.condition.args
            if name == "omni_is_state" and isinstance(args[-1], forms.Integer):
                text = f"state {args[-1].value}"
            else:
                first = args[0] if args else None
                shown = first.name if isinstance(first, forms.Name) else "…"
                text = f"{name}({shown})@{self.places[position][1]}"
            out.append(text if jumped else f"not {text}")
        return tuple(reversed(out))

    # ---- paths ----

    def check(self) -> None:
        starts = set(self.labels.values())
        statements = self.statements
        work: list[tuple[int, _Path]] = [(0, self.entry)]
        while work:
            position, path = work.pop()
            while True:
                self.position = position
                self.operation = ""
                if position in starts and not self.arrive(position, path):
                    break
                if position >= len(statements):
                    raise self.violation(Rule.FORM, "control runs off the end", path=path)
                statement = statements[position]
                if isinstance(statement, forms.Assign):
                    self.assign(statement, path)
                elif isinstance(statement, forms.Call):
                    result = self.call(statement, path)
                    if result not in ("void", "omni_immediate"):
                        raise self.violation(Rule.UNTESTED, f"the {result} of {self.operation} is ignored", path=path)
                elif isinstance(statement, forms.Test):
                    work.append((self.target(statement.label, path), self.branch(statement.condition, path)))
                    path.route = (path.route, position, False)
                elif isinstance(statement, forms.Goto):
                    position = self.target(statement.label, path)
                    continue
                elif isinstance(statement, forms.Return):
                    self.leave(statement.value, path)
                    break
                else:
                    message = f"{statement.kind} is not a statement the verifier knows"
                    raise self.violation(Rule.FORM, message, path=path)
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
                other = " → ".join(self.decisions(known.route)) or "entry"
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
        path.states = common.copy()
        return changed

    def target(self, label: str, path: _Path) -> int:
        if label not in self.labels:
            raise self.violation(Rule.FORM, f"jump to unknown label {label}", path=path)
        return self.labels[label]

    def branch(self, condition: forms.Call, path: _Path) -> _Path:
        """Both outcomes of a conditional goto: ``path`` falls through, the result jumps."""
        self.operation = condition.function
        if self.operation == "omni_is_state":
            return self.resume(condition.args, path)
        if len(condition.args) != 1:
            raise self.violation(Rule.FORM, f"a condition cannot be {self.operation}", path=path)
        (arg,) = condition.args
        if self.operation in ("omni_truthy", "omni_falsy"):
            self.lend(arg, path)
            return path.jump(self.position)
        if self.operation != "omni_failed" or not isinstance(arg, forms.Name):
            raise self.violation(Rule.FORM, f"a condition cannot be {self.operation}", path=path)
        name = arg.name
        state = path.state(name)
        if state not in _UNTESTED:
            raise self.violation(Rule.UNTESTED, f"{name} is tested for failure but {state.value}", name, path)
        failed = path.jump(self.position)
        del failed.states[name]
        failed.missing.pop(name, None)
        failed.mode = Mode.FAILING
        path.states[name] = State.OWNED if state is State.UNTESTED_OWNED else State.IMMEDIATE
        if path.mode is Mode.ASKING:
            path.mode = Mode.SAVING
            failed.missing.pop(_FRAME, None)
        return failed

    def resume(self, args: tuple[forms.Expr, ...], path: _Path) -> _Path:
        """The path that continues a frame at a state: its slots are to be emptied first."""
        if len(args) != 2:
            raise self.violation(Rule.FORM, f"{self.operation} takes 2 arguments", path=path)
        state = self.integer(args[1], path)
        layouts = self.frames.get(state, set())
        if len(layouts) != 1 or path.states or path.mode is not Mode.RUNNING:
            raise self.violation(Rule.FORM, f"state {state} is not saved by exactly one layout of slots", path=path)
        resuming = path.jump(self.position)
        resuming.mode = Mode.RESUMING
        (slots,) = layouts
        resuming.missing = {f"{_FRAME} {slots}": frozenset(range(len(slots)))}
        return resuming

    # ---- statements ----

    def assign(self, statement: forms.Assign, path: _Path) -> None:
        target, value = statement.target, statement.value
        missing: frozenset[int] = frozenset()
        if target not in self.types:
            raise self.violation(Rule.FORM, f"{target} is assigned, which is no local", target, path)
        if isinstance(value, forms.Call):
            kind = self.call(value, path)
            result = _RESULT_STATES.get(kind)
            if result is None:
                raise self.violation(
                    Rule.FORM, f"the {kind} of {self.operation} cannot be kept in a local", target, path
                )
            state = result
            if self.operation == "omni_suspend":
                untested = [name for name, held in path.states.items() if held in _UNTESTED]
                if untested:
                    message = f"{untested[0]} is not tested before the frame is saved"
                    raise self.violation(Rule.UNTESTED, message, untested[0], path)
                path.mode = Mode.ASKING
                path.missing[_FRAME] = frozenset(range(self.integer(value.args[3], path)))
            elif self.operation == "omni_group_make":
                missing = frozenset(range(self.integer(value.args[3], path)))
        else:
            state = State.OWNED if isinstance(value, forms.Name) and value.name in self.types else State.IMMEDIATE
            if isinstance(value, forms.Name) and self.types.get(value.name) == "omni_immediate":
                state = State.IMMEDIATE
            self.consume(value, path)
        held = path.states.get(target, State.EMPTY)
        if held is not State.EMPTY and held is not State.IMMEDIATE:
            raise self.violation(Rule.LEAKED, f"{target} is overwritten while it {held.value}", target, path)
        if self.types[target] == "omni_immediate":
            if state is State.OWNED or state is State.UNTESTED_OWNED:
                raise self.violation(
                    Rule.LEAKED, f"a reference is put into {target}, which never owns one", target, path
                )
        # A local that may own a reference counts as owning whatever is put into it.
        elif state is State.IMMEDIATE:
            state = State.OWNED
        elif state is State.UNTESTED_IMMEDIATE:
            state = State.UNTESTED_OWNED
        path.states[target] = state
        if missing:
            path.missing[target] = missing

    def leave(self, value: forms.Expr, path: _Path) -> None:
        failed = isinstance(value, forms.Name) and value.name == "OMNI_FAILED"
        if path.mode not in (_FAILED_IN if failed else _RETURNED_IN):
            message = "failure without a condition" if failed else f"a value is returned while {path.mode.value}"
            raise self.violation(Rule.UNTESTED, message, path=path)
        if path.mode is Mode.SAVING:
            self.complete(_FRAME, path)
        if isinstance(value, forms.Call):
            kind = self.call(value, path)
            if kind not in _RESULT_STATES and kind != "omni_pending":
                raise self.violation(Rule.FORM, f"the {kind} of {self.operation} is returned", path=path)
        elif not failed:
            self.consume(value, path)
        for name, state in path.states.items():
            if state is not State.IMMEDIATE:
                raise self.violation(Rule.LEAKED, f"{name} {state.value} that nobody consumes", name, path)

    # ---- calls ----

    def call(self, call: forms.Call, path: _Path) -> str:
        """Apply a call to ``path`` and give the type name of its result."""
        name, args = call.function, call.args
        known = self.signatures.get(name)
        if known is None:
            raise self.violation(Rule.FORM, "call of a function without a known prototype", path=path)
        if len(args) != len(known.params):
            raise self.violation(Rule.FORM, f"{name} takes {len(known.params)} arguments", path=path)
        mode = path.mode
        allowed = _ALLOWED.get(mode) if mode is not Mode.RUNNING else None
        if (allowed is not None and name not in allowed) or _ONLY_IN.get(name, mode) is not mode:
            raise self.violation(Rule.UNTESTED, f"{name} is called while {mode.value}", path=path)
        if name == "omni_catch":
            path.mode = Mode.RUNNING
        elif mode is Mode.SAVING:
            self.fill(args[1], path)
        elif mode is Mode.RESUMING:
            self.empty(name, args, path)
        for i in known.pending:
            inner = args[i]
            if not isinstance(inner, forms.Call) or self.call(inner, path) != "omni_pending":
                raise self.violation(Rule.FORM, f"{name} needs a pending call", path=path)
        self.operation = name
        initialising = name == "omni_capture_init"
        if initialising:
            self.capture(args, path)
        for i in known.owned:
            self.consume(args[i], path)
        for i in known.borrowed:
            self.lend(args[i], path, initialising)
        for i in known.immediate:
            arg = args[i]
            self.lend(arg, path)
            if isinstance(arg, forms.Name) and path.states.get(arg.name) is State.OWNED:
                raise self.violation(Rule.FORM, f"{arg.name} may hold a reference", arg.name, path)
        for i in known.plain:
            arg = args[i]
            if isinstance(arg, forms.Name) and arg.name in self.types:
                raise self.violation(Rule.FORM, f"{arg.name} is passed where {name} expects no value", arg.name, path)
        return known.result

    def fill(self, index: forms.Expr, path: _Path) -> None:
        """One more slot of the frame being saved."""
        slot = self.integer(index, path)
        if slot not in path.missing.get(_FRAME, frozenset()):
            raise self.violation(Rule.ABSENT, f"slot {slot} is filled twice or does not exist", path=path)
        path.missing[_FRAME] -= {slot}

    def empty(self, operation: str, args: tuple[forms.Expr, ...], path: _Path) -> None:
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

    def capture(self, args: tuple[forms.Expr, ...], path: _Path) -> None:
        group, index = args[0], self.integer(args[1], path)
        missing = path.missing.get(group.name, frozenset()) if isinstance(group, forms.Name) else frozenset()
        if not isinstance(group, forms.Name) or index not in missing:
            raise self.violation(Rule.ABSENT, f"capture {index} is initialised twice or does not exist", path=path)
        path.missing[group.name] = missing - {index}
        if not path.missing[group.name]:
            del path.missing[group.name]

    def integer(self, node: forms.Expr, path: _Path) -> int:
        if not isinstance(node, forms.Integer):
            raise self.violation(Rule.FORM, f"{self.operation} needs a literal count or index", path=path)
        return node.value

    @staticmethod
    def constant(node: forms.Expr) -> bool:
        """Whether ``node`` is an immediate that no local holds."""
        if isinstance(node, forms.Name):
            return node.name in _CONSTANTS
        return isinstance(node, forms.Call) and node.function in ("omni_fixnum", "omni_character")

    def consume(self, node: forms.Expr, path: _Path) -> None:
        """The reference in ``node`` moves away."""
        if not isinstance(node, forms.Name) or node.name not in self.types:
            if self.constant(node):
                return
            raise self.violation(Rule.FORM, "only locals and immediates can be given away", path=path)
        name = node.name
        state = path.states.get(name, State.EMPTY)
        if state is State.IMMEDIATE:
            return
        if state is not State.OWNED:
            raise self.violation(Rule.ABSENT, f"{name} is given away but {state.value}", name, path)
        if path.missing:
            self.complete(name, path)
        del path.states[name]

    def lend(self, node: forms.Expr, path: _Path, initialising: bool = False) -> None:
        """``node`` is used and kept."""
        if not isinstance(node, forms.Name) or node.name not in self.types:
            if self.constant(node):
                return
            raise self.violation(Rule.FORM, "only locals and immediates can be lent", path=path)
        state = path.states.get(node.name, State.EMPTY)
        if state is not State.OWNED and state is not State.IMMEDIATE:
            raise self.violation(Rule.ABSENT, f"{node.name} is used but {state.value}", node.name, path)
        if path.missing and not initialising:
            self.complete(node.name, path)

    def complete(self, name: str, path: _Path) -> None:
        if path.missing.get(name):
            raise self.violation(Rule.ABSENT, f"{name} is used before all its parts are there", name, path)
