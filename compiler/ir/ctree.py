"""The C tree: what lowering produces and the printer prints without deciding anything.

A deliberately small part of C99: functions whose bodies are flat lists of assignments, calls,
conditional jumps, labels and returns. Flat bodies keep every C parser's recursion and every compiler's
nesting limits out of the way, and make control flow explicit for the ownership verifier.
"""

from __future__ import annotations

from reference_interp.records import record, tree_node

#: What the names of a program's symbols begin with until the text is printed: no character of C.
PREFIX = "\x01"


@record
class Name:
    """A variable, constant or other expression that is used as it stands."""

    text: str


@record
class Call:
    """A call of the C function ``function``."""

    function: str
    args: tuple[Expr, ...]


@record
class Position:
    """The position of something in a table of the program: of the global or literal with this ``key``."""

    key: str


@record
class Cell:
    """The address of the cell of the global with this ``key``."""

    key: str


Expr = Name | Call | Position | Cell


@record
class Assign:
    """``target = value;``"""

    target: str
    value: Expr
    line: int = 0


@record
class Do:
    """A call whose result is of no interest."""

    call: Call
    line: int = 0


@record
class IfGoto:
    """Jump to ``label`` when ``condition`` is non-zero."""

    condition: Expr
    label: str
    line: int = 0


@record
class Goto:
    """An unconditional jump to ``label``."""

    label: str
    line: int = 0


@record
class Label:
    """The place that jumps to ``name`` lead to."""

    name: str
    line: int = 0


@record
class Return:
    """The end of the function, which returns ``value``."""

    value: Expr
    line: int = 0


Stmt = Assign | Do | IfGoto | Goto | Label | Return


@record
class Param:
    """A parameter; its type says who owns it."""

    type: str
    name: str


@tree_node
class Function:
    """A static function returning ``omni_pending``.

    Locals of type ``omni_immediate`` never hold a reference, those of type ``omni_value`` may.
    ``line`` numbers in statements are lines of ``file``, an OmniLisp source; 0 means "as before". ``library`` as in
    :class:`compiler.ir.flat.Function`.
    """

    name: str
    params: tuple[Param, ...]
    locals: tuple[Param, ...]
    body: tuple[Stmt, ...]
    file: str
    line: int
    library: int | None = None


@record
class Data:
    """A static definition given as finished text (tables of literals, globals, codes)."""

    text: str


@record
class Unit:
    """All C of one program: prototypes of ``functions`` first, then ``data``, then the functions.

    In all names, :data:`PREFIX` stands for ``prefix``; ``positions`` are those of globals and literals by their keys.
    """

    functions: tuple[Function, ...]
    data: tuple[Data, ...]
    final: tuple[Data, ...]  # after the functions: the program descriptor
    prefix: str
    positions: dict[str, int]
