"""Forms that define: ``define`` taken apart, and forms that define several variables at once.

A special form that is a :class:`DefinitionForm` may stand wherever ``define`` may; the expander handles both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reference_interp.core import Expr
from reference_interp.identifiers import Scope
from reference_interp.reader import SyntaxProblem, problem_at
from reference_interp.syntax import Syntax

if TYPE_CHECKING:  # the expander knows these forms
    from reference_interp.expander import Expander


@dataclass(frozen=True, slots=True)
class Definition:
    """``(define name value)`` or ``(define (… (name parameter …) …) body …)``, checked for shape.

    ``layers`` are the parameter lists with what they apply to in first place, the outermost procedure
    last; ``body`` is then its body, otherwise the one value.
    """

    form: Syntax
    name: Syntax
    layers: tuple[Syntax, ...]
    body: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class RecordType:
    """What a record pattern has to know of a record type: its name, its ``fields`` in order, and how to refer to it."""

    name: str
    fields: tuple[str, ...]
    reference: Callable[[], Expr]


@dataclass(frozen=True, slots=True)
class CompoundDefinition:
    """Several variables defined by one form.

    ``source`` is evaluated once and kept in a variable called ``hidden``, which no program can name. Each of
    the ``parts`` is a name and the value of that variable, given how to refer to the hidden one. ``record``
    says which names in patterns stand for the record type that the hidden variable holds, and its fields.
    """

    form: Syntax
    hidden: str
    source: Callable[[Scope], Expr]
    parts: tuple[tuple[Syntax, Callable[[Callable[[], Expr]], Expr]], ...]
    record: tuple[Syntax, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class DefinitionForm:
    """The special form of a compound definition: ``parse`` checks its shape and takes it apart."""

    parse: Callable[[Expander, Syntax], CompoundDefinition]

    def __call__(self, expander: Expander, form: Syntax, scope: Scope) -> Expr:
        """A definition where an expression has to stand."""
        raise misplaced_definition(form)


def misplaced_definition(form: Syntax) -> SyntaxProblem:
    """The problem of a definition where an expression has to stand."""
    return problem_at(
        form.span,
        f"{form.items[0].symbol}: a definition cannot stand here",
        "definitions belong to the program's top or to a body",
    )
