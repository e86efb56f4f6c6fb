"""Identifiers and scopes: what a name in the text means where it stands.

A name that the programmer wrote is a string. A name that a macro's template inserted is an
:class:`Alias`: a new identifier for each expansion, so that it can neither capture nor be captured. An
alias that nothing binds means what the name it stands for means where the macro was defined (renaming
with environments of definition, after Clinger and Rees, "Macros that work", 1991).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reference_interp.core import Variable

if TYPE_CHECKING:
    from reference_interp.syntax_rules import SyntaxRules


class Alias:
    """An identifier that one expansion of a macro inserted; compared by identity.

    ``name`` is how it is spelled, ``base`` the identifier in the template, and ``scope`` where the macro was
    defined: there ``base`` has the meaning that the alias has, unless something binds the alias itself.
    """

    __slots__ = ("base", "name", "scope")

    def __init__(self, name: str, base: Identifier, scope: Scope) -> None:
        self.name = name
        self.base = base
        self.scope = scope

    def __repr__(self) -> str:
        return self.name


Identifier = str | Alias


@dataclass(slots=True, eq=False)
class AliasVariable(Variable):
    """A local variable that is bound under an alias; its ``name`` is the plain one."""

    alias: Alias | None = None


def variable_for(identifier: Identifier) -> Variable:
    """A new local variable for :class:`Scope` to bind under ``identifier``."""
    if isinstance(identifier, Alias):
        return AliasVariable(identifier.name, alias=identifier)
    return Variable(identifier)


def identifier_of(variable: Variable) -> Identifier:
    """The identifier under which a scope binds ``variable``."""
    if isinstance(variable, AliasVariable) and variable.alias is not None:
        return variable.alias
    return variable.name


class Scope:
    """A lexical contour: the variables and macros that one form binds, inside of an enclosing scope."""

    __slots__ = ("_anywhere", "_bound", "_inherited", "_parent")

    def __init__(self, parent: Scope | None = None, variables: Sequence[Variable] = ()) -> None:
        self._parent = parent
        self._bound: dict[Identifier, Variable | SyntaxRules] = {identifier_of(v): v for v in variables}
        # Everything that some scope of the program binds: whatever else is looked up, such as most aliases, costs
        # the same however deep the scope is.
        self._anywhere: set[Identifier] = set() if parent is None else parent._anywhere
        self._anywhere.update(self._bound)
        # What was looked up in the enclosing scopes. They do not change any more once inner scopes exist:
        # all definitions of a body are known before anything inside of it is expanded.
        self._inherited: dict[Identifier, Variable | SyntaxRules | None] = {}

    def lookup(self, identifier: Identifier) -> Variable | SyntaxRules | None:
        """The innermost local variable or macro called ``identifier``; None when it is not bound locally."""
        found = self._bound.get(identifier)
        if found is not None or identifier not in self._anywhere:
            return found
        inherited = self._inherited
        if identifier in inherited:
            return inherited[identifier]
        scope = self._parent
        while scope is not None:
            found = scope._bound.get(identifier)
            if found is not None:
                break
            if identifier in scope._inherited:
                found = scope._inherited[identifier]
                break
            scope = scope._parent
        inherited[identifier] = found
        return found

    def bind(self, variable: Variable) -> None:
        """Add a variable to this contour."""
        self._bound[identifier_of(variable)] = variable
        self._anywhere.add(identifier_of(variable))

    def bind_macro(self, identifier: Identifier, macro: SyntaxRules) -> None:
        """Add a macro to this contour."""
        self._bound[identifier] = macro
        self._anywhere.add(identifier)

    def binds(self, identifier: Identifier) -> bool:
        """Whether this very contour binds ``identifier``."""
        return identifier in self._bound


def resolve(identifier: Identifier, scope: Scope) -> Variable | SyntaxRules | str:
    """What ``identifier`` means in ``scope``: something local, or else the program-level name that is returned."""
    while True:
        found = scope.lookup(identifier)
        if found is not None:
            return found
        if isinstance(identifier, str):
            return identifier
        scope = identifier.scope
        identifier = identifier.base
