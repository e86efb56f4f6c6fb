"""Raising in the interpreter: one Python exception carries whatever an OmniLisp program raised."""

from __future__ import annotations

from reference_interp.conditions import ANONYMOUS, MESSAGES, arity_text
from reference_interp.core import Span
from reference_interp.primitives import Type
from reference_interp.values import Condition, Value


class Raised(Exception):
    """``payload`` was raised: a :class:`~reference_interp.values.Condition`, or any value given to ``raise``.

    ``span`` is the place of the failing expression, once known. ``continuable`` says that the value of a handler
    is the value of the expression that raised.
    """

    def __init__(self, payload: Value, span: Span | None = None, continuable: bool = False) -> None:
        super().__init__()
        self.payload = payload
        self.span = span
        self.continuable = continuable

    def locate(self, span: Span) -> None:
        """Record where this happened, unless a more precise place is known already."""
        if self.span is None:
            self.span = span


def failure(key: str, *irritants: Value, who: str = "", what: str = "", expected: str = "", got: str = "") -> Raised:
    """The exception for the message ``key`` of the table in :mod:`reference_interp.conditions`."""
    message = MESSAGES[key]
    text = message.template.format(who=who, what=what, expected=expected, got=got)
    return Raised(Condition(message.kind, text, irritants))


def type_failure(who: str, expected: Type, value: Value) -> Raised:
    """``value`` is not of the type that ``who`` declares."""
    return failure("type", value, who=who, what=expected.value)


def arity_failure(name: str, minimum: int, maximum: int | None, got: int) -> Raised:
    """A procedure was called with ``got`` arguments; ``name`` is "" for anonymous ones."""
    return failure("arity", who=name or ANONYMOUS, expected=arity_text(minimum, maximum), got=str(got))
