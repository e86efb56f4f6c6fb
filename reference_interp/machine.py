"""The CEK machine: what running a Core program means.

A state is *control* (a :class:`Code` node), *environment* and *continuation*; ``step`` gives the next state.
The nodes are in :mod:`~reference_interp.code`, made from Core by :mod:`~reference_interp.linking`; this module has the
continuation frames, procedure calls, and the loop. Nothing here recurses: the continuation is a linked list of
frames, so a program's recursion costs memory, never Python stack. (Felleisen and Friedman, "Control
operators, the SECD-machine, and the λ-calculus", 1986.)

What a program can do with its continuation is said by the *marks* among the frames:
:mod:`~reference_interp.raising` has handlers and guards, :mod:`~reference_interp.winding` what happens when control
leaves and enters, :mod:`~reference_interp.control` prompts and continuations, and there are
:mod:`~reference_interp.parameters` and :mod:`~reference_interp.generators`.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final, Protocol, TypeVar

from reference_interp.builtins_data import make_list
from reference_interp.conditions import RESOURCE_KINDS
from reference_interp.core import Span
from reference_interp.errors import Raised, arity_failure, failure
from reference_interp.session import OutputLimitReached
from reference_interp.values import Condition, Procedure, Value

#: An environment is a list: the enclosing environment, then the values of one contour's variables. Inner
#: contours reach outer ones through item 0; code knows how many steps and which item.
Env = list[Value]


class Code(Protocol):
    """A node of linked code."""

    def step(self, env: Any, kont: Frame) -> State:
        """Begin to evaluate this node in ``env``, an :data:`Env`; its value is to be given to ``kont``."""
        ...


#: Control, environment (or what takes its place: see ``RETURN``, ``RAISE`` and :class:`Calling`), continuation.
State = tuple[Code, Any, "Frame"]


# ---- continuations --------------------------------------------------------------------------------------


class Frame:
    """What remains to be done with a value: this frame's part, and then ``next``.

    ``depth`` counts the frames below, ``mark`` is the innermost mark at or below this frame. Frames never
    change once made.
    """

    __slots__ = ("depth", "mark", "next")

    own_slots: ClassVar[tuple[str, ...]] = ()  # the attributes besides those that say where the frame stands

    def __init_subclass__(cls) -> None:
        cls.own_slots = (*cls.own_slots, *cls.__dict__["__slots__"])

    def __init__(self, next: Frame) -> None:
        self.next = next
        self.depth: int = next.depth + 1
        self.mark: Mark = next.mark

    def resume(self, value: Value) -> State:
        """Continue with ``value``."""
        raise NotImplementedError

    def onto(self, next: Frame) -> Frame:
        """A copy of this frame that stands on ``next``."""
        frame = _copy(self)
        Frame.__init__(frame, next)
        return frame


_F = TypeVar("_F", bound=Frame)


def _copy(frame: _F) -> _F:
    """A copy of ``frame`` that has no place yet."""
    result = object.__new__(type(frame))
    for name in frame.own_slots:
        setattr(result, name, getattr(frame, name))
    return result


class Mark(Frame):
    """A frame that says something about all of the continuation above it."""

    __slots__ = ()

    def __init__(self, next: Frame) -> None:
        self.next = next
        self.depth = next.depth + 1

    # Computed, since a frame that held itself would be cyclic garbage.
    @property
    def mark(self) -> Mark:  # type: ignore[override]  # no mark is ever given another
        return self

    def resume(self, value: Value) -> State:
        return RETURN, value, self.next

    def onto(self, next: Frame) -> Mark:
        mark = _copy(self)
        Mark.__init__(mark, next)
        return mark

    def handle(self, raised: Raised, kont: Frame) -> State | None:
        """The state in which this mark handles what was raised in ``kont``, which is above it; None: it does not."""
        return None

    def outside(self) -> Mark:
        """The mark at which the search for a handler goes on below this one."""
        return self.next.mark


class Bottom(Mark):
    """The end of the program."""

    __slots__ = ()

    def __init__(self) -> None:
        self.depth = 0

    def resume(self, value: Value) -> State:
        raise Finished(value)

    def handle(self, raised: Raised, kont: Frame) -> State | None:
        raise raised


BOTTOM: Final = Bottom()


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


def user_span(span: Span | None, kont: Frame) -> Span | None:
    """``span``, or the user's call that led into the prelude if ``span`` lies there."""
    frame = kont
    while span is not None and span.is_prelude and type(frame) is not Bottom:
        if type(frame) is UserCallFrame:
            return frame.span
        frame = frame.next
    return span


class Returning:
    """Control that is not an expression but a value on its way to the continuation.

    The value takes the place of the environment. Frames that come to a value at once use this instead of
    resuming the next frame themselves: a chain of such frames would nest on the Python stack.
    """

    __slots__ = ()

    def step(self, value: Value, kont: Frame) -> State:
        return kont.resume(value)


RETURN: Final = Returning()


class Raising:
    """Control that raises the :class:`Raised` in place of the environment, exactly in the given continuation.

    Whoever raises in passing does so in its own continuation or in one that has a finished frame more.
    """

    __slots__ = ()

    def step(self, raised: Raised, kont: Frame) -> State:
        raise raised


RAISE: Final = Raising()


class Calling:
    """Control that calls the first of the values in place of the environment with the others.

    What goes wrong with that call is raised exactly in the given continuation.
    """

    __slots__ = ("span",)

    def __init__(self, span: Span) -> None:
        self.span = span

    def step(self, values: list[Value], kont: Frame) -> State:
        return call(values, self.span, kont)


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


class Invocable(Procedure):
    """A procedure that is not a closure."""

    __slots__ = ()

    def invoke(self, args: list[Value], span: Span, kont: Frame) -> State:
        """Call it with ``args``, at ``span``. Raises :class:`Raised`."""
        raise NotImplementedError


def call(values: list[Value], span: Span, kont: Frame) -> State:
    """Call ``values[0]`` with the other values; ``span`` is the calling expression's.

    ``values`` is the caller's to give away: it becomes the contour of the procedure's body.
    """
    try:
        procedure = values[0]
        if type(procedure) is not Closure:
            if isinstance(procedure, Invocable):
                return procedure.invoke(values[1:], span, kont)
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
    gc.set_threshold(max(_COLLECTION_INTERVAL, before[0]), max(50, before[1]), before[2])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Machine:
    """Runs linked code; ``steps`` counts the transitions made, ``caught`` is the last resource condition caught.

    ``on_raise`` is told everything that is raised, handled or not, and the continuation in which it is.
    """

    def __init__(self, step_limit: int | None, on_raise: Callable[[Value, Frame], None] | None = None) -> None:
        self._on_raise = on_raise
        self._limit = sys.maxsize if step_limit is None else step_limit
        self.steps = 0
        self.caught: str | None = None

    def run(self, code: Code) -> Value:
        """The value of a program.

        Raises :class:`Raised`, with a place in the program, for what the program raised and did not catch,
        and :class:`StepsExhausted`.
        """
        env: Value = [None]
        kont: Frame = BOTTOM
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
                        if self._on_raise is not None:
                            self._on_raise(raised.payload, kont)
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
    """The state in which the innermost active handler handles ``raised``; raises it again if there is none."""
    raised.span = user_span(raised.span, kont)
    if type(raised.payload) is Condition:
        if raised.payload.place is None:
            raised.payload.place = raised.span
        raised.span = raised.payload.place
    mark = kont.mark
    state = mark.handle(raised, kont)
    while state is None:
        mark = mark.outside()
        state = mark.handle(raised, kont)
    return state
