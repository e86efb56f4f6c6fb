"""Parameters: procedures whose value depends on the continuation in which they are called."""

from __future__ import annotations

from typing import ClassVar

from reference_interp.builtins_data import items_of
from reference_interp.core import Span
from reference_interp.errors import arity_failure
from reference_interp.machine import BOTTOM, RETURN, Calling, Frame, Invocable, Mark, State
from reference_interp.values import Pair, Procedure, Value


class Parameter(Invocable):
    """What ``make-parameter`` makes: ``initial`` is the value outside of any ``parameterize``, already converted."""

    __slots__ = ("converter", "initial")

    what: ClassVar = "parameter"

    def __init__(self, initial: Value, converter: Procedure) -> None:
        super().__init__("")
        self.initial = initial
        self.converter = converter

    def invoke(self, args: list[Value], span: Span, kont: Frame) -> State:
        if args:
            raise arity_failure("parameter", 0, 0, len(args))
        mark = kont.mark
        while mark is not BOTTOM:
            if type(mark) is ParametersMark:
                for binding in mark.bindings:
                    if binding.car is self:
                        return RETURN, binding.cdr, kont
            mark = mark.next.mark
        return RETURN, self.initial, kont


class ParametersMark(Mark):
    """The body of a ``parameterize`` is running; ``bindings`` are pairs of a parameter and its value."""

    __slots__ = ("bindings",)

    def __init__(self, next: Frame, bindings: list[Pair]) -> None:
        super().__init__(next)
        self.bindings = bindings


def call_with_parameters(args: list[Value], span: Span, kont: Frame) -> State:
    """``(%call-with-parameters bindings thunk)``"""
    bindings, thunk = args
    return Calling(span), [thunk], ParametersMark(kont, items_of(bindings))
