"""The primitives that need the continuation: what each of them does with it.

Prompts, continuations and ``exit`` are defined here; :data:`PERFORM` lists them all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Final

from reference_interp.builtins import APPLY, SUSPENDING, check_arity, check_types, entry
from reference_interp.builtins_data import is_list, items_of
from reference_interp.core import Span
from reference_interp.equality import is_eqv
from reference_interp.errors import Raised, failure, type_failure
from reference_interp.generators import generator_close, generator_next, generator_yield
from reference_interp.machine import BOTTOM, RAISE, RETURN, Calling, Frame, Invocable, Mark, State, user_span
from reference_interp.parameters import call_with_parameters
from reference_interp.primitives import PRIMITIVES, Type
from reference_interp.raising import raise_continuable, with_exception_handler
from reference_interp.session import Session
from reference_interp.values import NOTHING, MultipleValues, Value
from reference_interp.winding import between, dynamic_wind, entering, go, leaving, transplanted

#: A primitive's part in the machine: its arguments, which fit its row, the place of the call, its continuation.
Perform = Callable[[list[Value], Span, Frame], State]


def apply(args: list[Value], span: Span, kont: Frame) -> State:
    """``(apply f a ... list)``"""
    if not is_list(args[-1]):
        raise type_failure(APPLY, Type.LIST, args[-1])
    return Calling(span), args[:-1] + items_of(args[-1]), kont


# ---- whole continuations ----------------------------------------------------------------------------------


def one_value(args: list[Value]) -> Value:
    """What a continuation that is called with ``args`` is given."""
    return args[0] if len(args) == 1 else MultipleValues(tuple(args))


class Continuation(Invocable):
    """The whole continuation ``kont``: calling it takes its place."""

    __slots__ = ("kont",)

    what: ClassVar = "continuation"

    def __init__(self, kont: Frame) -> None:
        super().__init__("")
        self.kont = kont

    def invoke(self, args: list[Value], span: Span, kont: Frame) -> State:
        return go(between(kont, self.kont), lambda: (RETURN, one_value(args), self.kont))


def call_cc(args: list[Value], span: Span, kont: Frame) -> State:
    """``(call-with-current-continuation f)``"""
    return Calling(span), [args[0], Continuation(kont)], kont


# ---- delimited continuations ------------------------------------------------------------------------------


class PromptMark(Mark):
    """The body of a prompt is running: what ``control`` with this tag captures ends here."""

    __slots__ = ("tag",)

    def __init__(self, next: Frame, tag: Value) -> None:
        super().__init__(next)
        self.tag = tag


class ComposableContinuation(Invocable):
    """The frames from ``top`` down to a prompt, ``bottom``: calling it puts them on the continuation of the call."""

    __slots__ = ("bottom", "depth_limit", "top")

    what: ClassVar = "continuation"

    def __init__(self, top: Frame, bottom: Frame, depth_limit: int) -> None:
        super().__init__("")
        self.top = top
        self.bottom = bottom
        self.depth_limit = depth_limit

    def invoke(self, args: list[Value], span: Span, kont: Frame) -> State:
        top = transplanted(self.top, self.bottom, kont)
        if top.depth > self.depth_limit:
            raise failure("stack")
        return go(entering(top, kont), lambda: (RETURN, one_value(args), top))


def call_with_prompt(args: list[Value], span: Span, kont: Frame) -> State:
    """``(%call-with-prompt tag thunk)``"""
    tag, thunk = args
    # A prompt right above one with the same tag delimits nothing more: loops do not pile them up.
    if not (type(kont) is PromptMark and is_eqv(kont.tag, tag)):
        kont = PromptMark(kont, tag)
    return Calling(span), [thunk], kont


def control(depth_limit: int, args: list[Value], span: Span, kont: Frame) -> State:
    """``(%control tag f)``"""
    tag, function = args
    mark = kont.mark
    while not (type(mark) is PromptMark and is_eqv(mark.tag, tag)):
        if mark is BOTTOM:
            raise failure("no-prompt", tag)
        mark = mark.next.mark
    prompt, captured = mark, ComposableContinuation(kont, mark, depth_limit)
    return go(leaving(kont, prompt), lambda: (Calling(span), [function, captured], prompt))


# ---- the end of the program -------------------------------------------------------------------------------


def exit_status(args: list[Value]) -> int:
    """The exit status that the arguments of ``exit`` stand for: 0 for success, 0 to 255."""
    value = args[0] if args else True
    if type(value) is int:
        return value % 256
    return 0 if value is True or value is NOTHING else 1


def emergency_exit(args: list[Value], span: Span, kont: Frame) -> State:
    """``(emergency-exit status)``: nothing above the bottom can handle it."""
    return RAISE, _exit(args, span, kont), BOTTOM


def exit_program(args: list[Value], span: Span, kont: Frame) -> State:
    """``(exit status)``: the same, with all winds left."""
    return go(leaving(kont, BOTTOM), lambda: (RAISE, _exit(args, span, kont), BOTTOM))


def _exit(args: list[Value], span: Span, kont: Frame) -> Raised:
    raised = failure("exit", exit_status(args))
    raised.span = user_span(span, kont)
    return raised


# ---- primitives as values ---------------------------------------------------------------------------------

PERFORM: Final[dict[str, Perform]] = {
    APPLY: apply,
    "call-with-current-continuation": call_cc,
    "call/cc": call_cc,
    "dynamic-wind": dynamic_wind,
    "with-exception-handler": with_exception_handler,
    "raise-continuable": raise_continuable,
    "%call-with-prompt": call_with_prompt,
    "%call-with-parameters": call_with_parameters,
    "yield": generator_yield,
    "generator-next!": generator_next,
    "generator-close!": generator_close,
    "exit": exit_program,
    "emergency-exit": emergency_exit,
}
#: Those that the limit on the depth of the continuation concerns; it comes first.
PERFORM_WITHIN_DEPTH: Final[dict[str, Callable[[int, list[Value], Span, Frame], State]]] = {"%control": control}
assert PERFORM.keys() | PERFORM_WITHIN_DEPTH.keys() == SUSPENDING | {APPLY}


class PrimitiveProcedure(Invocable):
    """A primitive as a value."""

    __slots__ = ("row", "session")

    def __init__(self, name: str, session: Session) -> None:
        super().__init__(name)
        self.row = PRIMITIVES[name]
        self.session = session

    def invoke(self, args: list[Value], span: Span, kont: Frame) -> State:
        check_arity(self.row, len(args))
        return RETURN, entry(self.row, self.session, len(args))(*args), kont


class ControlProcedure(Invocable):
    """A primitive of this module as a value."""

    __slots__ = ("perform", "row")

    def __init__(self, name: str, depth_limit: int) -> None:
        super().__init__(name)
        self.row = PRIMITIVES[name]
        self.perform = PERFORM.get(name) or partial(PERFORM_WITHIN_DEPTH[name], depth_limit)

    def invoke(self, args: list[Value], span: Span, kont: Frame) -> State:
        check_arity(self.row, len(args))
        check_types(self.row, args)
        return self.perform(args, span, kont)


def primitive_procedure(name: str, session: Session, depth_limit: int) -> PrimitiveProcedure | ControlProcedure:
    """The primitive ``name`` for one run."""
    if name in SUSPENDING or name == APPLY:
        return ControlProcedure(name, depth_limit)
    return PrimitiveProcedure(name, session)
