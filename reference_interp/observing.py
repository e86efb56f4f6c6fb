"""What an observed run applied and raised: primitives with the types of their arguments, errors with their context.

Only runs that ask for it pay: the linker puts the observer between a call and its primitive, and the machine tells it
what is raised.
"""

from __future__ import annotations

from dataclasses import dataclass

from reference_interp.builtins import Implementation, check_arity, entry
from reference_interp.conditions import MESSAGES
from reference_interp.control import ControlProcedure, PrimitiveProcedure, primitive_procedure
from reference_interp.core import Span
from reference_interp.errors import Raised
from reference_interp.generators import GeneratorMark
from reference_interp.machine import BOTTOM, RETURN, Frame, Mark, State
from reference_interp.raising import HandlerMark, RunningMark
from reference_interp.session import Session
from reference_interp.values import Condition, Value
from reference_interp.winding import WindMark

#: Arguments of a call whose types are told apart.
_ARGUMENTS = 3
#: Marks of a continuation that are looked at for the context of an error.
_MARKS = 16

#: What the marks of a continuation say about where an error was raised, in words.
_PLACES: tuple[tuple[type[Mark], str], ...] = (
    (RunningMark, "handler"),
    (WindMark, "wind"),
    (GeneratorMark, "generator"),
    (HandlerMark, "guarded"),
)


@dataclass(frozen=True, slots=True)
class ErrorContext:
    """``kind`` was raised by the primitive ``source``, or in a call or by a form where that is "".

    ``places`` are where: "handler" while a handler ran, "wind" within a ``dynamic-wind``, "generator" in a generator,
    "guarded" where something could handle it.
    """

    kind: str
    source: str
    places: frozenset[str]
    handled: bool


class Observer:
    """What one run did. ``applied`` are names of primitives, each with the types of its first arguments."""

    def __init__(self) -> None:
        self.applied: set[tuple[str, tuple[type, ...]]] = set()
        self.errors: set[ErrorContext] = set()
        self._source = ""  # the primitive that raised last, until the machine has told
        self._last: tuple[str, str, frozenset[str]] | None = None

    def watched(self, name: str, function: Implementation) -> Implementation:
        """``function``, the primitive ``name``, with a note of every call."""
        note = self.applied.add

        def watching(*args: Value) -> Value:
            note((name, tuple([type(arg) for arg in args[:_ARGUMENTS]])))
            try:
                return function(*args)
            except Raised:
                self._source = name
                raise

        return watching

    def procedure(self, name: str, session: Session, depth_limit: int) -> PrimitiveProcedure | ControlProcedure:
        """The primitive ``name`` as a value, with a note of every call."""
        plain = primitive_procedure(name, session, depth_limit)
        return _WatchedPrimitive(name, session, self) if isinstance(plain, PrimitiveProcedure) else plain

    def raised(self, payload: Value, kont: Frame) -> None:
        """``payload`` was raised in ``kont``; whether anything handles it shows in what comes next."""
        self._settle(handled=True)
        kind = payload.kind if type(payload) is Condition else MESSAGES["raised"].kind
        self._last = (kind, self._source, _places(kont))
        self._source = ""

    def ended(self, uncaught: bool) -> None:
        """The run is over; ``uncaught`` says that the last thing raised ended it."""
        self._settle(handled=not uncaught)

    def _settle(self, handled: bool) -> None:
        if self._last is not None:
            self.errors.add(ErrorContext(*self._last, handled))
            self._last = None


class _WatchedPrimitive(PrimitiveProcedure):
    """A primitive as a value, of an observed run."""

    __slots__ = ("observer",)

    def __init__(self, name: str, session: Session, observer: Observer) -> None:
        super().__init__(name, session)
        self.observer = observer

    def invoke(self, args: list[Value], span: Span, kont: Frame) -> State:
        check_arity(self.row, len(args))
        function = self.observer.watched(self.name, entry(self.row, self.session, len(args)))
        return RETURN, function(*args), kont


def _places(kont: Frame) -> frozenset[str]:
    found = set()
    mark = kont.mark
    for _ in range(_MARKS):
        if mark is BOTTOM:
            break
        found.update([word for kind, word in _PLACES if isinstance(mark, kind)])
        mark = mark.next.mark
    return frozenset(found)
