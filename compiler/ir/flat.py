"""Flat: a program as first-order functions of basic blocks in SSA form.

Closures are explicit (groups with captures), assigned variables live in boxes, every intermediate
value has a name, and control is jumps between blocks whose parameters stand for phi functions. What
Flat does not know is ownership: a variable may be used any number of times, or never.

An instruction whose operation can fail has an implicit second exit: to the block named by the
``handler`` of its own block, or out of the function with the failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from reference_interp.core import Span
from reference_interp.records import record, tree_node
from reference_interp.values import Value


class Holds(Enum):
    """What a variable of emitted code can hold."""

    REFERENCE = "reference"  # possibly a counted reference
    IMMEDIATE = "immediate"  # never one: nothing to count


@dataclass(slots=True, eq=False)
class Var:
    """An SSA variable; ``number`` makes it unique in its function, ``name`` is for readers."""

    name: str
    number: int
    holds: Holds = Holds.REFERENCE

    def __repr__(self) -> str:
        return f"{self.name}.{self.number}"


@record
class Imm:
    """An immediate constant: a truth value, ``nothing``, ``()``, a character or a 63-bit integer.

    ``text`` is its C expression.
    """

    text: str


NOTHING = Imm("OMNI_NOTHING")
UNBOUND = Imm("OMNI_UNBOUND")

Atom = Var | Imm


class Gives(Enum):
    """What an operation leaves in its result variable, and whether it can fail."""

    OWNED = "owned"
    IMMEDIATE = "immediate"
    RESULT = "result"  # owned, can fail
    CHECK = "check"  # immediate, can fail
    NONE = "none"  # no result

    @property
    def can_fail(self) -> bool:
        """Whether the operation may raise instead."""
        return self in (Gives.RESULT, Gives.CHECK)

    @property
    def holds(self) -> Holds:
        """What a variable with the result can hold."""
        return Holds.REFERENCE if self in (Gives.OWNED, Gives.RESULT) else Holds.IMMEDIATE


@record
class PrimOp:
    """Direct call of the C function ``symbol`` of primitive ``name``."""

    name: str
    symbol: str
    ownership: str
    gives: Gives
    pure: bool  # may be removed when its result is unused and it cannot fail


@record
class PrimitiveValue:
    """The procedure value of the primitive with this index in the table."""

    index: int
    name: str
    ownership: str = ""
    gives: Gives = Gives.IMMEDIATE  # the runtime never frees one


@tree_node
class Literal:
    """The literal ``value``, the same object each time."""

    value: Value
    ownership: str = ""
    gives: Gives = Gives.OWNED


@record
class CallValue:
    """Call the procedure in argument 0 with the other arguments (at most ``MAX_CALL_ARGS``)."""

    ownership: str
    gives: Gives = Gives.RESULT


@record
class CallList:
    """Call the procedure in argument 0 with the elements of the list in argument 1."""

    ownership: str = "oo"
    gives: Gives = Gives.RESULT


@record
class CallKnown:
    """Call the function ``label``; argument 0 is its ``self`` if it has one."""

    label: str
    ownership: str
    gives: Gives = Gives.RESULT


@record
class GroupMake:
    """Make a closure group of these functions; the result is member 0."""

    labels: tuple[str, ...]
    captures: int
    ownership: str = ""
    gives: Gives = Gives.RESULT


@record
class CaptureInit:
    """Fill capture ``index`` of the group of argument 0 with argument 1."""

    index: int
    ownership: str = "bo"
    gives: Gives = Gives.NONE


@record
class CaptureGet:
    """Capture ``index`` of argument 0 (``self``)."""

    index: int
    ownership: str = "b"
    gives: Gives = Gives.OWNED


@record
class Sibling:
    """Member ``index`` of the group of argument 0."""

    index: int
    ownership: str = "b"
    gives: Gives = Gives.OWNED


@record
class BoxMake:
    """A new box with the given value."""

    ownership: str = "o"
    gives: Gives = Gives.RESULT


@record
class BoxGet:
    """The value in the box; fails when ``name`` has no value yet."""

    name: str
    ownership: str = "b"
    gives: Gives = Gives.RESULT


@record
class BoxSet:
    """Put the second argument in the box that is the first."""

    ownership: str = "bo"
    gives: Gives = Gives.IMMEDIATE


@record
class GlobalGet:
    """Value of the program-level variable ``name``."""

    name: str
    ownership: str = ""
    gives: Gives = Gives.RESULT


@record
class GlobalDefine:
    """Give the program-level variable ``name`` its value, or another one."""

    name: str
    ownership: str = "o"
    gives: Gives = Gives.IMMEDIATE


@record
class GlobalSet:
    """Assign the program-level variable ``name``; fails when it has no value yet."""

    name: str
    ownership: str = "o"
    gives: Gives = Gives.CHECK


@record
class Catch:
    """First instruction of a handler block: take what was raised."""

    ownership: str = ""
    gives: Gives = Gives.OWNED


@record
class Reraise:
    """Raise argument 0 again, where it was first raised. Always fails."""

    ownership: str = "o"
    gives: Gives = Gives.CHECK


@record
class CaughtContext:
    """Right after :class:`Catch`: what :class:`RaiseAgain` needs to go back to where the object was raised."""

    ownership: str = ""
    gives: Gives = Gives.OWNED


@record
class RaiseAgain:
    """Raise argument 0 again in the context of argument 1; a handler may return a value."""

    ownership: str = "oo"
    gives: Gives = Gives.RESULT


@record
class StackCheck:
    """Fails when little C stack is left."""

    ownership: str = ""
    gives: Gives = Gives.CHECK


Operation = (
    PrimOp
    | PrimitiveValue
    | Literal
    | CallValue
    | CallList
    | CallKnown
    | GroupMake
    | CaptureInit
    | CaptureGet
    | Sibling
    | BoxMake
    | BoxGet
    | BoxSet
    | GlobalGet
    | GlobalDefine
    | GlobalSet
    | Catch
    | Reraise
    | CaughtContext
    | RaiseAgain
    | StackCheck
)

#: Calls with more arguments pass them as one list (the runtime's omni_call0 … omni_call4).
MAX_CALL_ARGS = 4
#: Procedures with more parameters take them as one list (OMNI_MAX_PARAMS of omni.h).
MAX_PARAMS = 8


@tree_node
class Instr:
    """``result = op(args)``; ``op.ownership`` has one letter per argument."""

    result: Var | None
    op: Operation
    args: tuple[Atom, ...]
    span: Span | None = None


@tree_node
class Jump:
    """To ``target``, whose parameters get ``args``."""

    target: str
    args: tuple[Atom, ...] = ()


@tree_node
class Branch:
    """To ``then`` unless the condition is false or nothing. Both blocks take no parameters."""

    condition: Atom
    then: str
    otherwise: str


@tree_node
class Return:
    """The end of the function, with its value."""

    value: Atom


@tree_node
class Fail:
    """Where control cannot come: after an operation that always fails."""


@tree_node
class TailCall:
    """Leave the call of argument 0 with the others to the caller; ``as_list`` as in CallList."""

    args: tuple[Atom, ...]
    as_list: bool = False
    span: Span | None = None


Terminator = Jump | Branch | Return | TailCall | Fail


def successors(terminator: Terminator) -> tuple[str, ...]:
    """Labels that control may go to from here, failures apart."""
    match terminator:
        case Jump(target=target):
            return (target,)
        case Branch(then=then, otherwise=otherwise):
            return (then, otherwise)
        case _:
            return ()


def terminator_atoms(terminator: Terminator) -> tuple[Atom, ...]:
    """The atoms a terminator uses."""
    match terminator:
        case Jump(args=args) | TailCall(args=args):
            return args
        case Branch(condition=condition):
            return (condition,)
        case Return(value=value):
            return (value,)
        case Fail():
            return ()


def variables(atoms: tuple[Atom, ...]) -> Iterator[Var]:
    """The variables among ``atoms``, repetitions included."""
    return (a for a in atoms if isinstance(a, Var))


@dataclass(slots=True, eq=False)
class Block:
    """``handler`` is the block that a failing instruction of this block continues at, or None."""

    label: str
    params: tuple[Var, ...]
    instrs: tuple[Instr, ...]
    end: Terminator
    handler: str | None = None

    @property
    def can_fail(self) -> bool:
        """Whether an instruction of the block can fail."""
        return any(i.op.gives.can_fail for i in self.instrs)


def reachable(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks that control can reach from the first one, in their order.

    Blocks in which nothing can fail lose their handler, which may be unreachable.
    """
    by_label = {b.label: b for b in blocks}
    seen: set[str] = set()
    work = [blocks[0].label]
    while work:
        label = work.pop()
        if label in seen:
            continue
        seen.add(label)
        block = by_label[label]
        work.extend(successors(block.end))
        if block.handler is not None and block.can_fail:
            work.append(block.handler)
    return tuple(b if b.can_fail or b.handler is None else replace(b, handler=None) for b in blocks if b.label in seen)


def definitions(function: Function) -> Iterator[Var]:
    """The variables that ``function`` defines, each once, in their order."""
    if function.self_param is not None:
        yield function.self_param
    yield from function.params
    for block in function.blocks:
        yield from block.params
        yield from (instr.result for instr in block.instrs if instr.result is not None)


#: Between the label of a local procedure and that of the library procedure that it is a part of.
INSIDE = " in "


@dataclass(slots=True, eq=False)
class Function:
    """``blocks[0]`` is the entry and has no parameters of its own.

    ``self_param`` is None for top-level forms and for procedures that are never values. ``packed`` functions
    take all arguments as one list in their only parameter. ``library`` is the number of the definition of the
    prelude that the function is a part of; such a function refers to nothing that differs between programs.
    """

    label: str
    name: str
    self_param: Var | None
    params: tuple[Var, ...]
    blocks: tuple[Block, ...]
    rest: bool = False
    packed: bool = False
    arity: int = 0  # required arguments, the rest parameter not counted
    span: Span | None = None
    library: int | None = None


@dataclass(slots=True, eq=False)
class FlatProgram:
    """``forms`` are the labels of the functions that evaluate the program, one after the other.

    The value of the last one is the program's. ``globals`` are the names of the program-level variables, in the order
    of their cells.
    """

    functions: tuple[Function, ...]
    forms: tuple[str, ...]
    globals: tuple[str, ...]
    file: str
