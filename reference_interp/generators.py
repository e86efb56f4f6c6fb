"""Generators: bodies that are left with ``yield`` and continued with ``generator-next!``."""

from __future__ import annotations

from reference_interp.core import Span
from reference_interp.errors import failure
from reference_interp.machine import BOTTOM, RETURN, Calling, Frame, State
from reference_interp.values import EOF, NOTHING, Generator, GeneratorState, Value
from reference_interp.winding import Crossing, go, leaving, transplanted


class GeneratorMark(Crossing):
    """The body of ``generator`` is running, continued by the ``generator-next!`` whose continuation is ``next``."""

    __slots__ = ("generator",)

    def __init__(self, next: Frame, generator: Generator) -> None:
        super().__init__(next, generator)
        self.generator = generator

    def resume(self, value: Value) -> State:
        self.leave()
        return RETURN, EOF, self.next

    def leave(self) -> None:
        self.generator.state = GeneratorState.DONE

    def enter(self) -> None:
        self.generator.state = GeneratorState.RUNNING


def generator_next(args: list[Value], span: Span, kont: Frame) -> State:
    """``(generator-next! generator)``"""
    generator: Generator = args[0]
    match generator.state:
        case GeneratorState.DONE:
            return RETURN, EOF, kont
        case GeneratorState.RUNNING:
            raise failure("generator-running", who="generator-next!")
        case GeneratorState.FRESH:
            mark = GeneratorMark(kont, generator)
            mark.enter()
            return Calling(span), [generator.thunk], mark
        case GeneratorState.SUSPENDED:
            return RETURN, NOTHING, _continued(generator, kont)


def _continued(generator: Generator, kont: Frame) -> Frame:
    """The continuation of the ``yield`` in which ``generator`` is suspended, on top of ``kont``; it is running then."""
    top, bottom = generator.saved
    generator.saved = None
    mark = GeneratorMark(kont, generator)
    mark.enter()
    return transplanted(top, bottom, mark)


def generator_yield(args: list[Value], span: Span, kont: Frame) -> State:
    """``(yield value)``"""
    mark = kont.mark
    while type(mark) is not GeneratorMark:
        if mark is BOTTOM:
            raise failure("no-generator")
        mark = mark.next.mark
    generator = mark.generator
    generator.state = GeneratorState.SUSPENDED
    generator.saved = kont, mark
    return RETURN, args[0], mark.next


def generator_close(args: list[Value], span: Span, kont: Frame) -> State:
    """``(generator-close! generator)``"""
    generator: Generator = args[0]
    if generator.state is GeneratorState.RUNNING:
        raise failure("generator-running", who="generator-close!")
    if generator.state is GeneratorState.SUSPENDED:
        # Its winds are left like those of any continuation; the mark comes last and ends the generator.
        top = _continued(generator, kont)
        return go(leaving(top, kont.mark), lambda: (RETURN, NOTHING, kont))
    generator.state = GeneratorState.DONE
    return RETURN, NOTHING, kont
