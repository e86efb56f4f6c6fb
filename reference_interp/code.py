"""Linked code: the nodes that the machine steps through.

Each node says how one kind of Core expression is evaluated. Expressions that come to a value without
calling a closure and without catching anything, such as ``(+ x 1)``, are *simple*: they are evaluated by
one Python call, in one step, and need no frame. Other parts of an expression are evaluated from left to
right, with a frame for whatever remains to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reference_interp.core import Span
from reference_interp.errors import Raised, failure
from reference_interp.machine import RETURN, Closure, Code, Env, Frame, ProcedureCode, State, call
from reference_interp.raising import Context, GuardMark
from reference_interp.values import NOTHING, Value

Evaluate = Callable[[Env], Value]


class Simple:
    """An expression that has its value at once. ``height`` is how many calls its evaluation nests."""

    __slots__ = ("evaluate", "height")

    def __init__(self, evaluate: Evaluate, height: int = 0) -> None:
        self.evaluate = evaluate
        self.height = height

    def step(self, env: Env, kont: Frame) -> State:
        return kont.resume(self.evaluate(env))


class Uninitialised:
    """The content of a ``letrec*`` variable before its value is there."""


UNINITIALISED = Uninitialised()


class Cell:
    """A program-level variable; ``value`` is ``UNINITIALISED`` while it has none."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Value = UNINITIALISED) -> None:
        self.name = name
        self.value = value


# ---- simple expressions ---------------------------------------------------------------------------------


def constant(value: Value) -> Evaluate:
    """A constant."""
    return lambda env: value


def local(depth: int, index: int) -> Evaluate:
    """The variable at ``index`` of the contour ``depth`` levels out."""
    if depth == 0:
        return lambda env: env[index]
    if depth == 1:
        return lambda env: env[0][index]
    if depth == 2:
        return lambda env: env[0][0][index]

    def evaluate(env: Env) -> Value:
        for _ in range(depth):
            env = env[0]
        return env[index]

    return evaluate


def checked_local(depth: int, index: int, name: str, span: Span) -> Evaluate:
    """A variable that may not have its value yet."""
    read = local(depth, index)

    def evaluate(env: Env) -> Value:
        value = read(env)
        if value is UNINITIALISED:
            raised = failure("uninitialised", who=name)
            raised.locate(span)
            raise raised
        return value

    return evaluate


def global_variable(cell: Cell, span: Span) -> Evaluate:
    """A program-level variable; raises ``unbound-variable`` at ``span`` while it has no value."""

    def evaluate(env: Env) -> Value:
        value = cell.value
        if value is UNINITIALISED:
            raised = failure("unbound", who=cell.name)
            raised.locate(span)
            raise raised
        return value

    return evaluate


def closure(code: ProcedureCode) -> Evaluate:
    """A procedure over the environment in which the expression is evaluated."""
    return lambda env: Closure(code, env)


def primitive(function: Callable[..., Value], args: Sequence[Evaluate], span: Span) -> Evaluate:
    """A call of a primitive with simple arguments; ``function`` checks them."""
    if len(args) == 1:
        (only,) = args

        def one(env: Env) -> Value:
            try:
                return function(only(env))
            except Raised as raised:
                raised.locate(span)
                raise

        return one
    if len(args) == 2:
        first, second = args

        def two(env: Env) -> Value:
            try:
                return function(first(env), second(env))
            except Raised as raised:
                raised.locate(span)
                raise

        return two

    def any_number(env: Env) -> Value:
        try:
            return function(*[arg(env) for arg in args])
        except Raised as raised:
            raised.locate(span)
            raise

    return any_number


# ---- evaluating several expressions ---------------------------------------------------------------------


class Operands:
    """Expressions to be evaluated from left to right before ``finish`` goes on with all their values."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Code]) -> None:
        self.parts = tuple(parts)

    def step(self, env: Env, kont: Frame) -> State:
        return self.proceed([], env, kont)

    def proceed(self, values: list[Value], env: Env, kont: Frame) -> State:
        """Evaluate the operands that are still missing in ``values``, which this call may change."""
        parts = self.parts
        for position in range(len(values), len(parts)):
            part = parts[position]
            if type(part) is not Simple:
                return part, env, OperandFrame(kont, self, values, env)
            values.append(part.evaluate(env))
        return self.finish(values, env, kont)

    def finish(self, values: list[Value], env: Env, kont: Frame) -> State:
        """Go on with the values, which are this call's to keep."""
        raise NotImplementedError


class OperandFrame(Frame):
    """Waits for the operand after ``values``."""

    __slots__ = ("code", "env", "values")

    def __init__(self, next: Frame, code: Operands, values: list[Value], env: Env) -> None:
        self.next = next
        self.depth = next.depth + 1
        self.mark = next.mark
        self.code = code
        self.values = values
        self.env = env

    def resume(self, value: Value) -> State:
        return self.code.proceed([*self.values, value], self.env, self.next)


class CallCode(Operands):
    """A call; the first operand is the operator."""

    __slots__ = ("span",)

    def __init__(self, parts: Sequence[Code], span: Span) -> None:
        super().__init__(parts)
        self.span = span

    def finish(self, values: list[Value], env: Env, kont: Frame) -> State:
        return call(values, self.span, kont)


class SimpleCall:
    """A call with simple operator and operands."""

    __slots__ = ("parts", "span")

    def __init__(self, parts: Sequence[Evaluate], span: Span) -> None:
        self.parts = tuple(parts)
        self.span = span

    def step(self, env: Env, kont: Frame) -> State:
        return call([part(env) for part in self.parts], self.span, kont)


class PrimitiveCall(Operands):
    """A call of a primitive with operands of which some are not simple; ``function`` checks them."""

    __slots__ = ("function", "span")

    def __init__(self, function: Callable[..., Value], parts: Sequence[Code], span: Span) -> None:
        super().__init__(parts)
        self.function = function
        self.span = span

    def finish(self, values: list[Value], env: Env, kont: Frame) -> State:
        try:
            return RETURN, self.function(*values), kont
        except Raised as raised:
            raised.locate(self.span)
            raise


class LetCode(Operands):
    """``let``: the values become a new contour."""

    __slots__ = ("body",)

    def __init__(self, parts: Sequence[Code], body: Code) -> None:
        super().__init__(parts)
        self.body = body

    def finish(self, values: list[Value], env: Env, kont: Frame) -> State:
        values.insert(0, env)
        return self.body, values, kont


# ---- recursive bindings ---------------------------------------------------------------------------------


class LetrecCode:
    """``letrec*``: a contour of uninitialised variables that get their values in order."""

    __slots__ = ("body", "parts")

    def __init__(self, parts: Sequence[Code], body: Code) -> None:
        self.parts = tuple(parts)
        self.body = body

    def step(self, env: Env, kont: Frame) -> State:
        return self.proceed(0, [env, *[UNINITIALISED] * len(self.parts)], kont)

    def proceed(self, position: int, env: Env, kont: Frame) -> State:
        """Initialise the variables from ``position`` on; ``env`` begins with their contour."""
        for index in range(position, len(self.parts)):
            part = self.parts[index]
            if type(part) is not Simple:
                return part, env, LetrecFrame(kont, self, index, env)
            env[index + 1] = part.evaluate(env)
        return self.body, env, kont


class LetrecFrame(Frame):
    """Waits for the value of the variable at ``position``."""

    __slots__ = ("code", "env", "position")

    def __init__(self, next: Frame, code: LetrecCode, position: int, env: Env) -> None:
        super().__init__(next)
        self.code = code
        self.position = position
        self.env = env

    def resume(self, value: Value) -> State:
        self.env[self.position + 1] = value
        return self.code.proceed(self.position + 1, self.env, self.next)


# ---- choice and sequence --------------------------------------------------------------------------------


class IfCode:
    """``if`` with any test."""

    __slots__ = ("otherwise", "test", "then")

    def __init__(self, test: Code, then: Code, otherwise: Code) -> None:
        self.test = test
        self.then = then
        self.otherwise = otherwise

    def step(self, env: Env, kont: Frame) -> State:
        return self.test, env, IfFrame(kont, self, env)


class SimpleIf:
    """``if`` with a simple test."""

    __slots__ = ("otherwise", "test", "then")

    def __init__(self, test: Evaluate, then: Code, otherwise: Code) -> None:
        self.test = test
        self.then = then
        self.otherwise = otherwise

    def step(self, env: Env, kont: Frame) -> State:
        value = self.test(env)
        return self.otherwise if value is False or value is NOTHING else self.then, env, kont


class IfFrame(Frame):
    """Waits for the value of a test."""

    __slots__ = ("code", "env")

    def __init__(self, next: Frame, code: IfCode, env: Env) -> None:
        super().__init__(next)
        self.code = code
        self.env = env

    def resume(self, value: Value) -> State:
        code = self.code
        return code.otherwise if value is False or value is NOTHING else code.then, self.env, self.next


class SeqCode:
    """Expressions in order; the last one is in tail position."""

    __slots__ = ("last", "parts")

    def __init__(self, parts: Sequence[Code]) -> None:
        self.parts = tuple(parts[:-1])
        self.last = parts[-1]

    def step(self, env: Env, kont: Frame) -> State:
        return self.proceed(0, env, kont)

    def proceed(self, position: int, env: Env, kont: Frame) -> State:
        """Evaluate the parts from ``position`` on."""
        for index in range(position, len(self.parts)):
            part = self.parts[index]
            if type(part) is not Simple:
                return part, env, SeqFrame(kont, self, index, env)
            part.evaluate(env)
        return self.last, env, kont


class SeqFrame(Frame):
    """Waits for the part at ``position``, whose value nobody wants."""

    __slots__ = ("code", "env", "position")

    def __init__(self, next: Frame, code: SeqCode, position: int, env: Env) -> None:
        super().__init__(next)
        self.code = code
        self.position = position
        self.env = env

    def resume(self, value: Value) -> State:
        return self.code.proceed(self.position + 1, self.env, self.next)


# ---- assignment and definition --------------------------------------------------------------------------


class StoreCode:
    """Evaluates ``value`` and gives it to ``store``; the value of the whole is ``nothing``."""

    __slots__ = ("store", "value")

    def __init__(self, value: Code, store: Callable[[Env, Value], None]) -> None:
        self.value = value
        self.store = store

    def step(self, env: Env, kont: Frame) -> State:
        return self.value, env, StoreFrame(kont, self, env)


class StoreFrame(Frame):
    """Waits for the value to store."""

    __slots__ = ("code", "env")

    def __init__(self, next: Frame, code: StoreCode, env: Env) -> None:
        super().__init__(next)
        self.code = code
        self.env = env

    def resume(self, value: Value) -> State:
        self.code.store(self.env, value)
        return RETURN, NOTHING, self.next


def local_store(depth: int, index: int) -> Callable[[Env, Value], None]:
    """Assignment of the variable at ``index`` of the contour ``depth`` levels out."""

    def store(env: Env, value: Value) -> None:
        for _ in range(depth):
            env = env[0]
        env[index] = value

    return store


def global_store(cell: Cell, span: Span) -> Callable[[Env, Value], None]:
    """Assignment of a program-level variable; raises ``unbound-variable`` where it has no value yet."""

    def store(env: Env, value: Value) -> None:
        if cell.value is UNINITIALISED:
            raised = failure("unbound", who=cell.name)
            raised.locate(span)
            raise raised
        cell.value = value

    return store


def global_definition(cell: Cell) -> Callable[[Env, Value], None]:
    """Definition of a program-level variable."""

    def store(env: Env, value: Value) -> None:
        cell.value = value

    return store


# ---- catching -------------------------------------------------------------------------------------------


class GuardCode:
    """``body``, and ``handler`` for what it raises."""

    __slots__ = ("body", "handler")

    def __init__(self, body: Code, handler: Code) -> None:
        self.body = body
        self.handler = handler

    def step(self, env: Env, kont: Frame) -> State:
        return self.body, env, GuardMark(kont, self.handler, env)


class ReraiseCode:
    """Raises again what the guard ``depth`` contours out caught."""

    __slots__ = ("depth",)

    def __init__(self, depth: int) -> None:
        self.depth = depth

    def step(self, env: Env, kont: Frame) -> State:
        for _ in range(self.depth):
            env = env[0]
        context: Context = env[2]
        return context.raise_again(kont)
