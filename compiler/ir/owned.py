"""Owned: Flat with every reference count operation explicit.

At every point of an Owned function each live reference variable is held exactly once: an owned
argument, a jump argument, a return or a :class:`Drop` takes it away, a definition or :class:`Dup`
brings it. ``Step.cleanup`` lists what a failing operation has to drop before it leaves.
"""

from __future__ import annotations

from compiler.ir import flat
from reference_interp.core import Span
from reference_interp.records import record, tree_node


@tree_node
class Dup:
    """``result`` becomes one more reference to what ``source`` holds."""

    result: flat.Var
    source: flat.Var


@tree_node
class Drop:
    """Give up the reference that ``variable`` holds."""

    variable: flat.Var


@record
class Suspension:
    """How a step is continued after it has suspended: by the function ``resume`` at ``state``.

    ``saved`` are the variables that are alive there; they make up the heap frame.
    """

    resume: str
    state: int
    saved: tuple[flat.Var, ...]


@tree_node
class Step:
    """A Flat instruction; when it fails, ``cleanup`` is dropped and control goes to the handler.

    When it suspends, which it can if it has a ``suspension``, the frame takes over what is alive.
    """

    result: flat.Var | None
    op: flat.Operation | Resumed
    args: tuple[flat.Atom, ...]
    span: Span | None = None
    cleanup: tuple[flat.Var, ...] = ()
    suspension: Suspension | None = None


@tree_node
class Restore:
    """``result`` gets back what slot ``index`` of the frame being continued holds."""

    result: flat.Var
    index: int


@record
class Resumed:
    """What the frame being continued waited for, or a failure; the frame is gone afterwards."""

    ownership: str = ""
    gives: flat.Gives = flat.Gives.RESULT


#: How the label of the function that continues frames of another ends.
RESUME = "~resume"

Action = Step | Dup | Drop | Restore


@tree_node
class Dispatch:
    """End of the first block of a resume function: state ``n`` continues at ``targets[n - 1]``."""

    targets: tuple[str, ...]


Terminator = flat.Terminator | Dispatch


def successors(terminator: Terminator) -> tuple[str, ...]:
    """Labels that control may go to from here, failures apart."""
    return terminator.targets if isinstance(terminator, Dispatch) else flat.successors(terminator)


@tree_node
class Block:
    """Actions, then where control goes; a failure in it goes to ``handler``, or out of the function."""

    label: str
    params: tuple[flat.Var, ...]
    actions: tuple[Action, ...]
    end: Terminator
    handler: str | None = None


@tree_node
class Function:
    """As :class:`compiler.ir.flat.Function`.

    A function with ``resumes`` continues saved frames of the function with that label.
    """

    label: str
    name: str
    self_param: flat.Var | None
    params: tuple[flat.Var, ...]
    blocks: tuple[Block, ...]
    rest: bool = False
    packed: bool = False
    arity: int = 0
    span: Span | None = None
    resumes: str | None = None
    library: int | None = None


@tree_node
class OwnedProgram:
    """As :class:`compiler.ir.flat.FlatProgram`."""

    functions: tuple[Function, ...]
    forms: tuple[str, ...]
    globals: tuple[str, ...]
    file: str


def counted(atoms: tuple[flat.Atom, ...]) -> list[flat.Var]:
    """The variables among ``atoms`` that hold references, repetitions included."""
    return [a for a in atoms if isinstance(a, flat.Var) and a.holds is flat.Holds.REFERENCE]
