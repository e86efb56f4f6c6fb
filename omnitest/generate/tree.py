"""Program trees: what the generator builds before variables have names.

A string is an atom as it will be printed (a keyword, a builtin's name, a literal), a :class:`Var` a
variable of the program, a list a parenthesised form or list datum, a tuple a vector literal. Forms
that bind variables are :class:`Form` objects, which know where each variable is visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from omnitest.generate.types import Type


class Var:
    """A variable; compared by identity.

    ``type`` describes its values. ``stores`` is the type of values that ``set!`` may give it, None
    where it is never assigned. ``forward`` is true when it is used above its definition, where a special
    form's name would still be taken for that form. ``hint`` is a name that suits it, if any. ``name`` is empty until
    :func:`omnitest.generate.naming.assign_names`.
    """

    __slots__ = ("forward", "hint", "name", "stores", "type")

    def __init__(self, type_: Type, stores: Type | None = None, hint: str = "") -> None:
        self.type = type_
        self.stores = stores
        self.hint = hint
        self.forward = False
        self.name = ""

    def __repr__(self) -> str:
        return self.name or "_"


class Form(list["Tree"]):
    """A form that binds variables: each of ``scopes`` pairs variables with the subtrees that see them.

    Variables of one pair get different names.
    """

    __slots__ = ("scopes",)

    def __init__(self, items: Sequence[Tree], *scopes: tuple[Sequence[Var], Sequence[Tree]]) -> None:
        super().__init__(items)
        self.scopes: Final = scopes


Tree = str | Var | list["Tree"] | tuple["Tree", ...]


def count_nodes(tree: Tree) -> int:
    """Atoms and lists in ``tree``, itself included."""
    if isinstance(tree, (list, tuple)):
        return 1 + sum(map(count_nodes, tree))
    return 1
