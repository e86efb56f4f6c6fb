"""Handlers and guards: who handles what is raised, and how it is raised again.

The innermost *active* handler does: the marks are searched from the top, and those that a running handler belongs to
are skipped. A guard is such a mark as well; it is left for its clauses, and gone back to when none of them matches.
"""

from __future__ import annotations

from typing import Final

from reference_interp.conditions import MESSAGES
from reference_interp.core import Span
from reference_interp.errors import Raised, failure
from reference_interp.machine import BOTTOM, RAISE, RETURN, Calling, Code, Env, Frame, Mark, State
from reference_interp.values import Condition, Procedure, Value
from reference_interp.winding import entering, go, leaving, transplanted

#: Frames beyond the depth limit in which the handler of a stack-overflow may run.
HANDLER_ROOM: Final = 10_000


class HandlerMark(Mark):
    """What is raised above this is handled. Copies of the mark have ``key`` in common."""

    __slots__ = ("key",)

    def __init__(self, next: Frame) -> None:
        super().__init__(next)
        self.key = object()


class ProcedureMark(HandlerMark):
    """The thunk of a ``with-exception-handler`` is running; ``handler`` is called with what it raises."""

    __slots__ = ("handler",)

    def __init__(self, next: Frame, handler: Procedure) -> None:
        super().__init__(next)
        self.handler = handler

    def handle(self, raised: Raised, kont: Frame) -> State:
        assert raised.span is not None
        return Calling(raised.span), [self.handler, raised.payload], RunningMark(kont, self.key, raised)


class RunningMark(Mark):
    """A handler is running for ``payload``, which was raised at ``span``.

    Until it returns, the marks from this one down to the handler's own, which has ``key``, handle nothing. What a
    handler returns is the value of a ``raise-continuable``; for any other raise it is an error, and that is for the
    handlers further out, too.
    """

    __slots__ = ("continuable", "has_room", "key", "payload", "span")

    def __init__(self, next: Frame, key: object, raised: Raised) -> None:
        super().__init__(next)
        self.key = key
        self.payload = raised.payload
        self.span = raised.span
        self.continuable = raised.continuable
        self.has_room = _is_overflow(raised.payload) and not _has_room(next.mark)
        self._make_room()

    def _make_room(self) -> None:
        if self.has_room:
            self.depth = max(1, self.depth - HANDLER_ROOM)

    def onto(self, next: Frame) -> RunningMark:
        mark = super().onto(next)
        assert isinstance(mark, RunningMark)
        mark._make_room()
        return mark

    def resume(self, value: Value) -> State:
        if self.continuable:
            return RETURN, value, self.next
        raised = failure("handler-returned", self.payload)
        raised.span = self.span
        return RAISE, raised, self

    def outside(self) -> Mark:
        mark = self.next.mark
        while not (isinstance(mark, HandlerMark) and mark.key is self.key):
            if mark is BOTTOM:
                return self.next.mark  # a captured part of a continuation, called where its handler is not
            mark = mark.next.mark
        return mark.outside()


def _is_overflow(payload: Value) -> bool:
    return type(payload) is Condition and payload.kind == MESSAGES["stack"].kind


def _has_room(mark: Mark) -> bool:
    """Whether a handler that is running already, at or below ``mark``, was given room."""
    while mark is not BOTTOM:
        if type(mark) is RunningMark and mark.has_room:
            return True
        mark = mark.next.mark
    return False


def with_exception_handler(args: list[Value], span: Span, kont: Frame) -> State:
    """``(with-exception-handler handler thunk)``"""
    handler, thunk = args
    return Calling(span), [thunk], ProcedureMark(kont, handler)


def raise_continuable(args: list[Value], span: Span, kont: Frame) -> State:
    """``(raise-continuable object)``"""
    return RAISE, Raised(args[0], span, continuable=True), kont


# ---- guard ------------------------------------------------------------------------------------------------


class GuardMark(HandlerMark):
    """A guarded body is running.

    ``handler`` is evaluated in ``env`` extended by what was raised and by the :class:`Context` of that.
    """

    __slots__ = ("env", "handler")

    def __init__(self, next: Frame, handler: Code, env: Env) -> None:
        super().__init__(next)
        self.handler = handler
        self.env = env

    def handle(self, raised: Raised, kont: Frame) -> State:
        context = Context(self, raised, kont)
        return go(leaving(kont, self), lambda: (self.handler, [self.env, context.payload, context], self.next))


class Context:
    """Where a guard can go back to: ``kont``, in which ``payload`` was raised, at ``span``."""

    __slots__ = ("continuable", "guard", "kont", "payload", "span")

    def __init__(self, guard: GuardMark, raised: Raised, kont: Frame) -> None:
        self.guard = guard
        self.kont = kont
        self.payload = raised.payload
        self.span = raised.span
        self.continuable = raised.continuable

    def raise_again(self, kont: Frame) -> State:
        """Raise ``payload`` again, from a clause with continuation ``kont``, for the handlers outside of the guard."""
        raised = Raised(self.payload, self.span, self.continuable)
        if not self.continuable and self.kont.mark is self.guard:
            return RAISE, raised, kont  # no handler can tell this from where it was raised
        top = transplanted(self.kont, self.guard.next, kont)
        return go(entering(top, kont), lambda: (RAISE, raised, RunningMark(top, self.guard.key, raised)))
