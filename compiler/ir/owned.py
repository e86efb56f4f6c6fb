"""Owned: Flat with every reference count operation explicit.

At every point of an Owned function each live reference variable is held exactly once: an owned
argument, a jump argument, a return or a :class:`Drop` takes it away, a definition or :class:`Dup`
brings it. ``Step.cleanup`` lists what a failing operation has to drop before it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

from compiler.ir import flat
from reference_interp.core import Span
from reference_interp.values import Value


@dataclass(frozen=True, slots=True, eq=False)
class Dup:
    """``result`` becomes one more reference to what ``source`` holds."""

    result: flat.Var
    source: flat.Var


@dataclass(frozen=True, slots=True, eq=False)
class Drop:
    """Give up the reference that ``variable`` holds."""

    variable: flat.Var


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A Flat instruction; when it fails, ``cleanup`` is dropped and control goes to the handler."""

    result: flat.Var | None
    op: flat.Operation
    args: tuple[flat.Atom, ...]
    span: Span | None = None
    cleanup: tuple[flat.Var, ...] = ()


Action = Step | Dup | Drop


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    label: str
    params: tuple[flat.Var, ...]
    actions: tuple[Action, ...]
    end: flat.Terminator
    handler: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """As :class:`compiler.ir.flat.Function`."""

    label: str
    name: str
    self_param: flat.Var | None
    params: tuple[flat.Var, ...]
    blocks: tuple[Block, ...]
    rest: bool = False
    packed: bool = False
    arity: int = 0
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class OwnedProgram:
    """As :class:`compiler.ir.flat.FlatProgram`."""

    functions: tuple[Function, ...]
    run: str
    globals: tuple[str, ...]
    literals: tuple[Value, ...]
    file: str


def counted(atoms: tuple[flat.Atom, ...]) -> list[flat.Var]:
    """The variables among ``atoms`` that hold references, repetitions included."""
    return [a for a in atoms if isinstance(a, flat.Var) and a.holds is flat.Holds.REFERENCE]
