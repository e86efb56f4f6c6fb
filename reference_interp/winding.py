"""Leaving continuations and entering them: winds, and the way from one continuation to another.

A jump leaves some marks of the current continuation and enters some of another one. Those that want to know
are *crossings*: a wind has a procedure called, a generator ends or goes on. The way is a list of steps, and while a
procedure that belongs to one of them runs, a frame waits to take the others. (Dybvig, Peyton Jones and Sabry, "A
monadic framework for delimited continuations", 2007, has the frames; Haynes and Friedman, "Embedding
continuations in procedural objects", 1987, the winds.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reference_interp.core import Span
from reference_interp.machine import RETURN, Calling, Frame, Mark, State
from reference_interp.values import Procedure, Value

#: Gives the state in which a jump has arrived.
Arrival = Callable[[], State]


class Crossing(Mark):
    """A mark that notices when a jump leaves or enters the continuation above it.

    Copies of the mark have its ``identity`` in common.
    """

    __slots__ = ("identity",)

    def __init__(self, next: Frame, identity: object) -> None:
        super().__init__(next)
        self.identity = identity

    def leave(self) -> State | None:
        """Be left. The state that has to run first, whose value ``next`` is to be given; None: nothing has to."""
        raise NotImplementedError

    def enter(self) -> State | None:
        """Be entered, like :meth:`leave`."""
        raise NotImplementedError


# ---- the way ----------------------------------------------------------------------------------------------

#: A crossing, and whether it is entered.
Step = tuple[Crossing, bool]


class WayFrame(Frame):
    """Waits for the procedure of the step before ``position``, whose value nobody wants."""

    __slots__ = ("arrive", "position", "steps")

    def __init__(self, next: Frame, steps: Sequence[Step], position: int, arrive: Arrival) -> None:
        super().__init__(next)
        self.steps = steps
        self.position = position
        self.arrive = arrive

    def resume(self, value: Value) -> State:
        return go(self.steps, self.arrive, self.position)


def go(steps: Sequence[Step], arrive: Arrival, position: int = 0) -> State:
    """Take the steps from ``position`` on, and then ``arrive``."""
    for index in range(position, len(steps)):
        mark, entering = steps[index]
        state = mark.enter() if entering else mark.leave()
        if state is not None:
            code, values, kont = state
            return code, values, WayFrame(kont, steps, index + 1, arrive)
    return arrive()


def leaving(source: Frame, target: Mark) -> list[Step]:
    """The steps from ``source`` down to ``target``, a mark in it that is not left itself."""
    steps: list[Step] = []
    mark = source.mark
    while mark is not target:
        if isinstance(mark, Crossing):
            steps.append((mark, False))
        mark = mark.next.mark
    return steps


def entering(target: Frame, source: Frame) -> list[Step]:
    """The steps from ``source`` up to ``target``, which stands on it."""
    steps = [(mark, True) for mark, _ in leaving(target, source.mark)]
    steps.reverse()
    return steps


def between(source: Frame, target: Frame) -> list[Step]:
    """The steps from one whole continuation to another.

    Crossings of the same kind that both have in common, counted from the outermost, are neither left nor entered.
    """
    left: list[Crossing] = []
    entered: list[Crossing] = []
    here, there = source.mark, target.mark
    while here is not there:  # at the latest they meet at the bottom, which is deeper than every other frame
        if here.depth >= there.depth:
            if isinstance(here, Crossing):
                left.append(here)
            here = here.next.mark
        else:
            if isinstance(there, Crossing):
                entered.append(there)
            there = there.next.mark
    for kind in {type(mark) for mark in left}:
        ours = [mark for mark in reversed(left) if type(mark) is kind]
        theirs = [mark for mark in reversed(entered) if type(mark) is kind]
        for mine, other in zip(ours, theirs, strict=False):
            if mine.identity is not other.identity:
                break
            left.remove(mine)
            entered.remove(other)
    return [(mark, False) for mark in left] + [(mark, True) for mark in reversed(entered)]


def transplanted(top: Frame, bottom: Frame, onto: Frame) -> Frame:
    """The frames from ``top`` down to ``bottom``, ``bottom`` excluded, as they stand on ``onto``.

    They are copied unless they stand there already.
    """
    if bottom is onto:
        return top
    frames = []
    while top is not bottom:
        frames.append(top)
        top = top.next
    for frame in reversed(frames):
        onto = frame.onto(onto)
    return onto


# ---- winds ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Wind:
    """One call of ``dynamic-wind``, at ``span``."""

    before: Procedure
    after: Procedure
    span: Span


class WindMark(Crossing):
    """The thunk of a ``dynamic-wind`` is running."""

    __slots__ = ("wind",)

    def __init__(self, next: Frame, wind: Wind) -> None:
        super().__init__(next, wind)
        self.wind = wind

    def resume(self, value: Value) -> State:
        return Calling(self.wind.span), [self.wind.after], DeliverFrame(self.next, value)

    def leave(self) -> State:
        return Calling(self.wind.span), [self.wind.after], self.next

    def enter(self) -> State:
        return Calling(self.wind.span), [self.wind.before], self.next


class ThunkFrame(Frame):
    """Waits for the ``before`` of a wind; then the thunk is called."""

    __slots__ = ("thunk", "wind")

    def __init__(self, next: Frame, wind: Wind, thunk: Procedure) -> None:
        super().__init__(next)
        self.wind = wind
        self.thunk = thunk

    def resume(self, value: Value) -> State:
        return Calling(self.wind.span), [self.thunk], WindMark(self.next, self.wind)


class DeliverFrame(Frame):
    """Waits for the ``after`` of a wind; then ``value``, that of its thunk, goes on."""

    __slots__ = ("value",)

    def __init__(self, next: Frame, value: Value) -> None:
        super().__init__(next)
        self.value = value

    def resume(self, value: Value) -> State:
        return RETURN, self.value, self.next


def dynamic_wind(args: list[Value], span: Span, kont: Frame) -> State:
    """``(dynamic-wind before thunk after)``"""
    before, thunk, after = args
    return Calling(span), [before], ThunkFrame(kont, Wind(before, after, span), thunk)
