"""Core: the small language that every OmniLisp program is expanded into.

The expander produces it; the CEK machine runs it and the compiler compiles it, so both sides agree
on what a program *is* before either says what it *does*. Scoping is resolved: a local variable is a
:class:`Variable` object, compared by identity, never by name.

Evaluation is left to right: operator, operands, call; bindings in order; sequences in order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reference_interp.records import record, tree_node
from reference_interp.values import Value


@record
class Span:
    """Where a form stands in its source: 1-based line and column of its first character.

    ``file`` is the name shown to users; ``prelude`` marks the library written in OmniLisp, whose
    positions are never shown (the nearest user position is).
    """

    file: str
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0

    @property
    def is_prelude(self) -> bool:
        """Whether this is a place in the library, not in the program."""
        return self.file == PRELUDE_FILE


PRELUDE_FILE = "<prelude>"


@dataclass(slots=True, eq=False)
class Variable:
    """A local variable. ``assigned`` is true when some ``set!`` targets it.

    ``checked`` is true for ``letrec*`` variables that may be read before their initialiser has run:
    such a read raises ``unbound-variable``.
    """

    name: str
    assigned: bool = False
    checked: bool = False

    def __repr__(self) -> str:
        return self.name


@tree_node
class Const:
    """A literal. Strings, pairs and vectors in it are immutable and shared by all evaluations."""

    value: Value
    span: Span


@tree_node
class LocalRef:
    """The value of a local variable."""

    variable: Variable
    span: Span


@tree_node
class GlobalRef:
    """Value of a program-level variable; raises ``unbound-variable`` before its definition ran."""

    name: str
    span: Span


@tree_node
class PrimRef:
    """The built-in primitive ``name`` of :mod:`reference_interp.primitives`, whatever is in scope."""

    name: str
    span: Span


@tree_node
class SetLocal:
    """``set!`` of a local variable; its value is ``nothing``."""

    variable: Variable
    value: Expr
    span: Span


@tree_node
class SetGlobal:
    """``set!`` of a program-level variable; raises ``unbound-variable`` if it has no value yet."""

    name: str
    value: Expr
    span: Span


@tree_node
class Define:
    """A program-level definition; only directly in ``Program.forms``. Its value is ``nothing``."""

    name: str
    value: Expr
    span: Span


@tree_node
class If:
    """Only ``#f`` and ``nothing`` take the ``otherwise`` branch."""

    test: Expr
    then: Expr
    otherwise: Expr
    span: Span


@tree_node
class Lambda:
    """A procedure. ``name`` is for printing and error messages ("" when anonymous).

    ``self_variable`` is bound to the procedure itself inside the body (``fn`` self-naming).
    """

    name: str
    params: tuple[Variable, ...]
    rest: Variable | None
    body: Expr
    span: Span
    self_variable: Variable | None = None


@tree_node
class Call:
    """A call: ``function``, then ``args`` from left to right, then the procedure."""

    function: Expr
    args: tuple[Expr, ...]
    span: Span


@tree_node
class Seq:
    """Evaluate ``forms`` in order; the value is the last one's. Never empty."""

    forms: tuple[Expr, ...]
    span: Span


@tree_node
class Let:
    """Evaluate the values left to right, then bind them all for ``body``."""

    variables: tuple[Variable, ...]
    values: tuple[Expr, ...]
    body: Expr
    span: Span


@tree_node
class Letrec:
    """``letrec*``: every variable is in scope in every value; initialised in order."""

    variables: tuple[Variable, ...]
    values: tuple[Expr, ...]
    body: Expr
    span: Span


@tree_node
class Guard:
    """Evaluate ``body``; if it raises, bind ``variable`` to what was raised and evaluate ``handler``.

    ``handler`` is in tail position with respect to the guard and runs outside of it. A clause list
    without ``else`` ends in :class:`Reraise`; ``context`` is bound to what that needs to go back to where
    the object was raised.
    """

    body: Expr
    variable: Variable
    context: Variable
    handler: Expr
    span: Span


@tree_node
class Reraise:
    """Raise again what ``variable`` holds, with its position, in ``context``; a Guard bound both.

    Raised with ``raise-continuable``, so that a handler outside of the guard may return: to where the
    object was raised, from where the guarded body goes on.
    """

    variable: Variable
    context: Variable
    span: Span


Expr = (
    Const
    | LocalRef
    | GlobalRef
    | PrimRef
    | SetLocal
    | SetGlobal
    | Define
    | If
    | Lambda
    | Call
    | Seq
    | Let
    | Letrec
    | Guard
    | Reraise
)


@record
class Warning:
    """Something in a program that is well formed but hardly meant; ``hint`` says what to do about it."""

    message: str
    hint: str
    span: Span


@tree_node
class Program:
    """A whole program, the prelude definitions it uses first.

    ``globals`` lists every program-level variable that is defined or assigned. A global whose name
    is also a primitive's starts with that primitive as its value; the others start unbound.
    ``prelude_forms`` says how many of ``forms`` come from the prelude. ``special_forms`` are keyword and place of each
    special form that was expanded. ``warnings`` are for whoever wrote the program. Neither has any influence on what
    it means.
    """

    forms: tuple[Expr, ...]
    globals: tuple[str, ...]
    file: str
    prelude_forms: int = 0
    source: str = field(default="", repr=False)
    warnings: tuple[Warning, ...] = ()
    special_forms: tuple[tuple[str, Span], ...] = field(default=(), repr=False)
