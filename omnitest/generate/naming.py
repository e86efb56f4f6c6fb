"""Names for the variables of a program tree.

Names come last: while the tree grows, variables are objects and cannot clash. Each variable then
gets a name that no other atom visible in its scope has, which leaves it free to be called like
anything that its scope does not use: an outer variable, a builtin, a special form.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from omnitest.generate.config import Subset
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    Bool,
    Bytes,
    Char,
    Fresh,
    Gen,
    Int,
    List,
    Pair,
    Proc,
    Promise,
    Rec,
    Str,
    Sym,
    Table,
    Vec,
)
from omnitest.generate.vocabulary import AUXILIARY, BUILTINS, FORMS, PRELUDE, PUBLIC_PRIMITIVES

_COMMON: Final = (
    "x",
    "y",
    "z",
    "a",
    "b",
    "c",
    "value",
    "it",
    "λ",
    "a.b",
    "|two words|",
    "->x",
    "<x>",
    "v_1",
    "tmp",
    "loop",
    "t",
)
_BY_TYPE: Final[dict[type, tuple[str, ...]]] = {
    Int: ("n", "k", "i", "m", "count", "total", "j"),
    Bool: ("flag", "ok?", "p", "done?"),
    Char: ("ch", "c", "letter"),
    Str: ("s", "text", "word", "str"),
    Sym: ("tag", "key", "sym"),
    List: ("xs", "ys", "items", "lst", "rest"),
    Pair: ("pr", "entry", "cell"),
    Vec: ("v", "vec", "slots", "table"),
    Gen: ("gen", "source", "feed"),
    Bytes: ("bytes", "octets", "bv"),
    Rec: ("r", "record", "node", "point"),
    Table: ("table", "counts", "index", "h"),
    Promise: ("p", "later", "stream", "promise"),
    Proc: ("f", "g", "h", "step", "proc", "visit!", "go", "op"),
}
_SYNTACTIC: Final = frozenset(FORMS + AUXILIARY)
_CLASHING: Final = FORMS + AUXILIARY + PRELUDE + PUBLIC_PRIMITIVES


def assign_names(program: Tree, random: Random, shadowing: bool, subset: Subset | None = None) -> None:
    """Give every variable bound in ``program`` a name; with ``shadowing``, some are names of builtins.

    Of the names that the language gives a meaning, those outside of ``subset`` are not used.
    """
    _Namer(random, shadowing, subset).visit(program)


class _Namer:
    def __init__(self, random: Random, shadowing: bool, subset: Subset | None) -> None:
        self._randrange = random.randrange
        self._shadowing = shadowing
        self._avoided = frozenset() if subset is None else BUILTINS - subset.names
        self._atoms_of: dict[int, frozenset[str | Var]] = {}

    def visit(self, tree: Tree) -> None:
        if type(tree) is Form:
            for variables, scope in tree.scopes:
                self._name(variables, scope)
        if isinstance(tree, (list, tuple)):
            for child in tree:
                if isinstance(child, (list, tuple)):
                    self.visit(child)

    def _name(self, variables: Sequence[Var], scope: Sequence[Tree]) -> None:
        taken: set[str] = set(self._avoided)
        for subtree in scope:
            for atom in self._atoms(subtree):
                taken.add(atom if isinstance(atom, str) else atom.name)
        for variable in variables:
            variable.name = self._pick(variable, taken)
            taken.add(variable.name)

    def _pick(self, variable: Var, taken: set[str]) -> str:
        type_ = variable.type
        if self._shadowing and self._randrange(5) == 4:
            name = _CLASHING[self._randrange(len(_CLASHING))]
            if name not in taken and not (variable.forward and name in _SYNTACTIC):
                return name
        if type(type_) is Fresh:
            type_ = type_.of
        names = (variable.hint,) if variable.hint else _BY_TYPE.get(type(type_), _COMMON)
        if self._randrange(8) == 7:
            names = _COMMON
        name = names[self._randrange(len(names))]
        if name not in taken:
            return name
        stem = name if name[-1].isalpha() else "t"
        number = 1
        while f"{stem}{number}" in taken:
            number += 1
        return f"{stem}{number}"

    def _atoms(self, tree: Tree) -> frozenset[str | Var]:
        if not isinstance(tree, (list, tuple)):
            return frozenset((tree,))
        known = self._atoms_of.get(id(tree))
        if known is None:
            known = frozenset().union(*map(self._atoms, tree))
            self._atoms_of[id(tree)] = known
        return known
