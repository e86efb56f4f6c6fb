"""Operands in an order that every Scheme keeps.

OmniLisp evaluates operands from left to right; other implementations of Scheme may choose. Where that could
be seen, because more than one operand does something or depends on what another one does, the operands become
values of a ``let*`` around the call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Final

from omnitest.generate.errors import UNBOUND_NAMES
from omnitest.generate.tree import Tree, Var
from omnitest.generate.vocabulary import FORMS
from reference_interp.primitives import PRIMITIVES, Effect

_PURE: Final = frozenset({"values", *(name for name, row in PRIMITIVES.items() if row.effect is Effect.PURE)})
#: Forms whose parts, from this position on, are expressions evaluated in order or not at all.
_IN_ORDER: Final = {
    "if": 1,
    "when": 1,
    "unless": 1,
    "and": 1,
    "or": 1,
    "begin": 1,
    "set!": 2,
    "define": 2,
    "lambda": 2,
    "receive": 2,
    "define-values": 2,
    "delay": 1,
    "delay-force": 1,
}
#: Forms without expressions of the program's own.
_WITHOUT_EXPRESSIONS: Final = frozenset({"quote", "define-record-type", "define-syntax"})
#: Forms that make a value without evaluating anything else.
_VALUES: Final = frozenset({"quote", "lambda", "fn", "case-lambda", "delay", "delay-force"})


class Shape(Enum):
    """Where a use of a macro holds expressions, and what is known of their order."""

    IN_ORDER = "all parts, evaluated in order or not at all"
    OPERANDS = "all parts, operands of one call"
    BINDINGS = "bindings as of let*, then a body"
    PARALLEL_BINDINGS = "bindings as of let, then a body"
    CLAUSES = "clauses as of cond"
    DEFINITION = "what is defined, then a body"
    DATA = "nowhere"


def sequence_operands(
    forms: Sequence[Tree], raising: Sequence[Tree], macros: Mapping[Var, Shape] = MappingProxyType({})
) -> None:
    """Change the program ``forms`` in place.

    ``raising`` are the expressions that raise errors on purpose, ``macros`` the names of the program's macros.
    """
    sequencing = _Sequencing(raising, macros)
    for form in forms:
        sequencing.note_assignments(form)
    for form in forms:
        sequencing.visit(form)


class _Sequencing:
    def __init__(self, raising: Sequence[Tree], macros: Mapping[Var, Shape]) -> None:
        self._macros: Final = macros
        self._raising: Final = {id(tree) for tree in raising if isinstance(tree, list)}
        self._assigned: Final[set[Var]] = set()
        self._made = 0

    def note_assignments(self, tree: Tree) -> None:
        if isinstance(tree, list):
            if len(tree) == 3 and tree[0] == "set!" and isinstance(tree[1], Var):
                self._assigned.add(tree[1])
            elif tree and isinstance(tree[0], Var) and tree[0] in self._macros:  # it may assign what it is given
                self._assigned.update(part for part in tree[1:] if isinstance(part, Var))
            for part in tree:
                self.note_assignments(part)

    # ---- the places where expressions stand ----

    def visit(self, tree: Tree) -> None:
        """Put in order what the expression or definition ``tree`` contains, and its own operands."""
        if not isinstance(tree, list) or not tree:
            return
        head = tree[0]
        match head:
            case Var() if head in self._macros:
                self._use_of_macro(tree, self._macros[head])
            case str() if head in _WITHOUT_EXPRESSIONS:
                pass
            case "quasiquote":
                self._template(tree)
            case "let" | "let*" | "letrec" | "letrec*" | "do":
                self._binding_form(tree)
            case "fn":
                self._each(tree[3:] if isinstance(tree[1], Var) and isinstance(tree[2], list) else tree[2:])
            case "case-lambda":
                self._each([form for clause in tree[1:] if isinstance(clause, list) for form in clause[1:]])
            case "let-syntax" | "letrec-syntax":
                self._each(tree[2:])
            case "let-values" | "let*-values":
                self._bindings_of_values(tree)
            case "parameterize":
                self._bindings_of_parameters(tree)
            case "cond":
                self._clauses(tree[1:])
            case "case":
                self.visit(tree[1])
                for clause in tree[2:]:
                    assert isinstance(clause, list)
                    self._each(clause[1:])
            case "guard":
                clauses = tree[1]
                assert isinstance(clauses, list)
                self._clauses(clauses[1:])
                self._each(tree[2:])
            case str() if head in _IN_ORDER:
                self._each(tree[_IN_ORDER[head] :])
            case _:
                assert head not in FORMS, f"operands of {head} have no known order"
                self._each(tree)
                self._hoist(tree, [tree])

    def _each(self, trees: Sequence[Tree]) -> None:
        for tree in trees:
            self.visit(tree)

    def _clauses(self, clauses: Sequence[Tree]) -> None:
        for clause in clauses:
            assert isinstance(clause, list)
            self._each(clause)

    def _binding_form(self, tree: list[Tree]) -> None:
        named = isinstance(tree[1], Var)
        bindings = tree[2] if named else tree[1]
        assert isinstance(bindings, list)
        for binding in bindings:
            assert isinstance(binding, list)
            self._each(binding[1:])
        rest = tree[3:] if named else tree[2:]
        if tree[0] == "do":
            self._clauses(rest[:1])
            rest = rest[1:]
            steps = [binding[2] for binding in bindings if isinstance(binding, list) and len(binding) > 2]
            assert sum(not self._pure(step) for step in steps) < 2, "the order of these steps matters"
        self._each(rest)
        if tree[0] in ("let", "do"):
            self._hoist(tree, [binding for binding in bindings if isinstance(binding, list)], start=1, count=1)

    def _bindings_of_values(self, tree: list[Tree]) -> None:
        """Expressions with several values: where their order matters, they become lists."""
        bindings = tree[1]
        assert isinstance(bindings, list)
        for binding in bindings:
            assert isinstance(binding, list)
            self.visit(binding[1])
        self._each(tree[2:])
        several = [binding for binding in bindings if isinstance(binding, list) and not self._pure(binding[1])]
        if tree[0] == "let-values" and len(several) > 1:
            for binding in several:
                binding[1] = ["call-with-values", ["lambda", [], binding[1]], "list"]
            self._hoist(tree, several, start=1, count=1)
            for binding in several:
                binding[1] = ["apply", "values", binding[1]]

    def _bindings_of_parameters(self, tree: list[Tree]) -> None:
        """The converters are called in order as well: nobody but one of them may do something."""
        bindings = tree[1]
        assert isinstance(bindings, list) and len(bindings) < 2, "the order of conversions has no rule"
        for binding in bindings:
            assert isinstance(binding, list)
            self._each(binding)
        self._each(tree[2:])

    def _use_of_macro(self, tree: list[Tree], shape: Shape) -> None:
        match shape:
            case Shape.IN_ORDER:
                self._each(tree[1:])
            case Shape.OPERANDS:
                self._each(tree[1:])
                self._hoist(tree, [tree], start=1)
            case Shape.CLAUSES:
                self._clauses(tree[1:])
            case Shape.DEFINITION:
                self._each(tree[2:])
            case Shape.BINDINGS | Shape.PARALLEL_BINDINGS:
                assert isinstance(tree[1], list)
                bindings = [binding for binding in tree[1] if isinstance(binding, list)]
                for binding in bindings:
                    self._each(binding[1:])
                self._each(tree[2:])
                if shape is Shape.PARALLEL_BINDINGS:
                    self._hoist(tree, bindings, start=1, count=1)
            case Shape.DATA:
                pass

    def _template(self, tree: list[Tree]) -> None:
        """A quasi-quoted list: its unquoted parts are operands."""
        items = tree[1]
        assert isinstance(items, list)
        unquoted = [i for i in items if isinstance(i, list) and i and i[0] in ("unquote", "unquote-splicing")]
        for item in unquoted:
            self.visit(item[1])
        self._hoist(tree, unquoted, start=1, count=1)

    # ---- operands ----

    def _hoist(self, tree: list[Tree], holders: Sequence[list[Tree]], start: int = 0, count: int | None = None) -> None:
        """Bind the operands of ``tree`` in order if their order matters.

        They are, in each of ``holders``, the ``count`` elements from ``start`` on.
        """
        places = [
            (holder, position)
            for holder in holders
            for position in range(start, len(holder) if count is None else start + count)
            if not self._pure(holder[position])
        ]
        if len(places) < 2:
            return
        bindings: list[Tree] = []
        for holder, position in places:
            self._made += 1
            name = f"operand-{self._made}"
            bindings.append([name, holder[position]])
            holder[position] = name
        # In place: the scopes of the forms around refer to this list.
        tree[:] = ["let*", bindings, [*tree]]

    def _pure(self, tree: Tree) -> bool:
        """Whether it makes no difference when ``tree`` is evaluated: it has a value, always the same."""
        if isinstance(tree, Var):
            return tree not in self._assigned
        if isinstance(tree, str):
            return tree not in UNBOUND_NAMES
        if isinstance(tree, tuple):
            return True
        if id(tree) in self._raising or not tree:
            return False
        head = tree[0]
        if isinstance(head, str) and head in _VALUES:
            return True
        return isinstance(head, str) and head in _PURE and all(self._pure(operand) for operand in tree[1:])
