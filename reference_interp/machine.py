"""The CEK machine: what running a Core program means.

A state is *control* (a :class:`Code` node), *environment* and *continuation*; ``step`` gives the next state.
The nodes are in :mod:`~reference_interp.code`, made from Core by :mod:`~reference_interp.linking`; this module has the
continuation frames, procedure calls, raising, and the loop. Nothing here recurses: the continuation is a linked list of
frames, so a program's recursion costs memory, never Python stack. (Felleisen and Friedman, "Control
operators, the SECD-machine, and the λ-calculus", 1986.)
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from reference_interp.builtins import APPLY, check_arity, check_types, entry
from reference_interp.builtins_data import is_list, items_of, make_list
from reference_interp.conditions import RESOURCE_KINDS
from reference_interp.core import Span
from reference_interp.errors import Raised, arity_failure, failure, type_failure
from reference_interp.primitives import PRIMITIVES, Type
from reference_interp.session import OutputLimitReached, Session
from reference_interp.values import Condition, Procedure, Value

#: An environment is a list: the enclosing environment, then the values of one contour's variables. Inner
#: contours reach outer ones through item 0; code knows how many steps and which item.
Env = list[Value]


class Code(Protocol):
    """A node of linked code."""

    def step(self, env: Env, kont: Frame) -> State:
        """Begin to evaluate this node; its value is to be given to ``kont``."""
        ...


#: Control, environment (or the value that control ``RETURN`` carries), continuation.
State = tuple[Code, Value, "Frame"]


# ---- continuations --------------------------------------------------------------------------------------


class Frame:
    """What remains to be done with a value: this frame's part, and then ``next``.

    ``depth`` counts the frames below. Frames never change once made.
    """

    __slots__ = ("depth", "next")

    def __init__(self, next: Frame) -> None:
        self.next = next
        self.depth: int = next.depth + 1

    def resume(self, value: Value) -> State:
        """Continue with ``value``."""
        raise NotImplementedError


class Bottom(Frame):
    """The end of the program."""

    __slots__ = ()

    def __init__(self) -> None:
        self.depth = 0

    def resume(self, value: Value) -> State:
        raise Finished(value)


class UserCallFrame(Frame):
    """A call from the program into the prelude, at ``span``: where errors inside of the prelude are shown.

    It hands values through. A procedure of the prelude that is called in tail position replaces this
    frame if it is on top, so loops through the prelude run in constant space.
    """

    __slots__ = ("span",)

    def __init__(self, next: Frame, span: Span) -> None:
        super().__init__(next)
        self.span = span

    def resume(self, value: Value) -> State:
        return RETURN, value, self.next


class GuardFrame(Frame):
    """A guarded body is running. ``handler`` is evaluated in ``env`` extended by what was raised."""

    __slots__ = ("env", "handler")

    def __init__(self, next: Frame, handler: Code, env: Env) -> None:
        super().__init__(next)
        self.handler = handler
        self.env = env

    def resume(self, value: Value) -> State:
        return RETURN, value, self.next


class Returning:
    """Control that is not an expression but a value on its way to the continuation.

    The value takes the place of the environment. Frames that come to a value at once use this instead of
    resuming the next frame themselves: a chain of such frames would nest on the Python stack.
    """

    __slots__ = ()

    def step(self, value: Value, kont: Frame) -> State:
        return kont.resume(value)


RETURN = Returning()


class Finished(Exception):
    """The program has come to its end."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


# ---- procedures -----------------------------------------------------------------------------------------


class ProcedureCode:
    """What all closures of one lambda expression share.

    ``required`` parameters, then a rest list if ``has_rest``, then the procedure itself if ``has_self``
    make up the contour of the body.
    """

    __slots__ = ("body", "depth_limit", "has_rest", "has_self", "is_prelude", "is_simple", "name", "required", "size")

    def __init__(
        self, name: str, required: int, has_rest: bool, has_self: bool, body: Code, depth_limit: int, is_prelude: bool
    ) -> None:
        self.name = name
        self.required = required
        self.size = required + 1
        self.has_rest = has_rest
        self.has_self = has_self
        self.is_simple = not has_rest and not has_self
        self.body = body
        self.depth_limit = depth_limit
        self.is_prelude = is_prelude


class Closure(Procedure):
    """A procedure made by a lambda expression."""

    __slots__ = ("code", "env")

    def __init__(self, code: ProcedureCode, env: Env) -> None:
        self.name = code.name
        self.code = code
        self.env = env


class PrimitiveProcedure(Procedure):
    """A primitive as a value."""

    __slots__ = ("row", "session")

    def __init__(self, name: str, session: Session) -> None:
        super().__init__(name)
        self.row = PRIMITIVES[name]
        self.session = session

    def call(self, args: list[Value]) -> Value:
        """The primitive's value; not for ``apply``. Raises :class:`Raised`."""
        check_arity(self.row, len(args))
        return entry(self.row, self.session, len(args))(*args)


def call(values: list[Value], span: Span, kont: Frame) -> State:
    """Call ``values[0]`` with the other values; ``span`` is the calling expression's.

    ``values`` is the caller's to give away: it becomes the contour of the procedure's body.
    """
    try:
        procedure = values[0]
        while type(procedure) is PrimitiveProcedure:
            if procedure.name != APPLY:
                return RETURN, procedure.call(values[1:]), kont
            values = _spread(procedure, values)
            procedure = values[0]
        if type(procedure) is not Closure:
            raise failure("not-procedure", procedure)
        code = procedure.code
        values[0] = procedure.env
        if not code.is_simple or len(values) != code.size:
            _arrange(procedure, values)
        if kont.depth > code.depth_limit:
            raise failure("stack")
    except Raised as raised:
        raised.locate(span)
        raise
    if code.is_prelude and not span.is_prelude:
        kont = UserCallFrame(kont.next if type(kont) is UserCallFrame else kont, span)
    return code.body, values, kont


def _spread(apply: PrimitiveProcedure, values: list[Value]) -> list[Value]:
    """``(apply f a (list b c))`` → ``(f a b c)``, as operator and operands."""
    args = values[1:]
    check_arity(apply.row, len(args))
    check_types(apply.row, args)
    if not is_list(args[-1]):
        raise type_failure(APPLY, Type.LIST, args[-1])
    return args[:-1] + items_of(args[-1])


def _arrange(procedure: Closure, values: list[Value]) -> None:
    """Turn arguments into the contour of a body that has a rest list or names itself; check their number."""
    code = procedure.code
    argc = len(values) - 1
    if argc < code.required or (argc > code.required and not code.has_rest):
        raise arity_failure(code.name, code.required, None if code.has_rest else code.required, argc)
    if code.has_rest:
        values[code.size :] = [make_list(values[code.size :])]
    if code.has_self:
        values.append(procedure)


# ---- the loop -------------------------------------------------------------------------------------------


class StepsExhausted(Exception):
    """The program was still running when its steps were used up."""


# Allocations between two collections of Python's youngest generation during a run.
_COLLECTION_INTERVAL: Final = 20_000


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for cyclic garbage less often: deep continuations would be scanned again and again."""
    before = gc.get_threshold()
    gc.set_threshold(_COLLECTION_INTERVAL, 50, before[2])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Machine:
    """Runs linked code; ``steps`` counts the transitions made, ``caught`` is the last resource condition caught."""

    def __init__(self, step_limit: int | None) -> None:
        self._limit = sys.maxsize if step_limit is None else step_limit
        self.steps = 0
        self.caught: str | None = None

    def run(self, code: Code) -> Value:
        """The value of a program.

        Raises :class:`Raised`, with a place in the program, for what the program raised and did not catch,
        and :class:`StepsExhausted`.
        """
        env: Value = [None]
        kont: Frame = Bottom()
        made = 0
        try:
            with _rare_collections():
                while True:
                    try:
                        for made in range(self.steps, self._limit):  # noqa: B007 (read when an exception ends the loop)
                            code, env, kont = code.step(env, kont)
                        self.steps = self._limit
                        raise StepsExhausted
                    except Raised as raised:
                        self.steps = made + 1
                        code, env, kont = _handle(raised, kont)
                        if type(raised.payload) is Condition and raised.payload.kind in RESOURCE_KINDS:
                            self.caught = raised.payload.kind
        except Finished as finished:
            self.steps = made + 1
            return finished.value
        except OutputLimitReached:
            self.steps = made + 1
            raise


def _handle(raised: Raised, kont: Frame) -> State:
    """The state in which the innermost guard handles ``raised``; raises it again if there is none."""
    raised.span = _user_span(raised.span, kont)
    frame = kont
    while type(frame) is not GuardFrame:
        if type(frame) is Bottom:
            raise raised
        frame = frame.next
    # The span is for Reraise, which keeps the place of the original error.
    return frame.handler, [frame.env, raised.payload, raised.span], frame.next


def _user_span(span: Span | None, kont: Frame) -> Span | None:
    """``span``, or the user's call that led into the prelude if ``span`` lies there."""
    frame = kont
    while span is not None and span.is_prelude and type(frame) is not Bottom:
        if type(frame) is UserCallFrame:
            return frame.span
        frame = frame.next
    return span
