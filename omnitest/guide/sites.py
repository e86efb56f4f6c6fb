"""Where in a program's text expressions stand, and what is in scope there.

The expander knows every form of the language and leaves each Core expression the place of the text that it comes from.
So the analysis is of Core: the text of an expression is the node with its span, and the variables that are
visible at it are those whose bindings enclose it. What macros insert has no node, and what they bind no name. One run
of the program says which expressions are evaluated at all, and the types of values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from omnitest.generate import types
from omnitest.guide.values import Values, values_of
from reference_interp import SyntaxProblem
from reference_interp.core import (
    Call,
    Define,
    Expr,
    GlobalRef,
    Guard,
    If,
    Lambda,
    Let,
    Letrec,
    PrimRef,
    Program,
    Seq,
    Span,
    Variable,
)
from reference_interp.forms import KEYWORDS
from reference_interp.identifiers import AliasVariable
from reference_interp.library import expand_program
from reference_interp.linking import children
from reference_interp.primitives import PRIMITIVES
from reference_interp.reader import read_program
from reference_interp.syntax import Kind, Syntax, walk

Forms = tuple[Syntax, ...]

#: Where a node stands: number of the top-level form, then of the child at each level.
Path = tuple[int, ...]

#: Forms that bind names where they stand, and forms whose parts are data or transformers.
_DEFINING: Final = frozenset({"define", "define-values", "define-record-type", "define-syntax", "import"})
_OPAQUE: Final = frozenset(
    {"quote", "quasiquote", "define-syntax", "let-syntax", "letrec-syntax", "define-record-type"}
)

#: For forms with clauses: from which part on, up to which, and how many levels deep nodes are clauses or bindings and
#: no expressions; and whether a clause begins with data, a pattern or parameters.
_CLAUSES: Final[dict[str, tuple[tuple[int, int, int, bool], ...]]] = {
    "cond": ((1, 9999, 1, False),),
    "case": ((2, 9999, 1, True),),
    "match": ((2, 9999, 1, True),),
    "case-lambda": ((1, 9999, 1, True),),
    "guard": ((1, 2, 2, False),),
    "do": ((1, 2, 2, False), (2, 3, 1, False)),
    "define-values": ((1, 2, 9999, False),),
    "parameterize": ((1, 2, 2, False),),
    "receive": ((1, 2, 9999, False),),
    "let-values": ((1, 2, 2, True),),
    "let*-values": ((1, 2, 2, True),),
}

#: Primitives whose results are not the program's own doing: programs that use them look at their results
#: only in ways that have one answer, which a mutant need not do.
UNPREDICTABLE: Final = frozenset(row.name for row in PRIMITIVES.values() if not row.deterministic)


@dataclass(frozen=True, slots=True)
class Site:
    """An expression: its node, where that is, the visible variables with what is known of their values, and the
    type that its own value is known to have.

    ``primitive`` is the primitive that it calls, if it is the call of one. ``reached`` says whether it was evaluated.
    """

    path: Path
    node: Syntax
    scope: dict[str, types.Type]
    type: types.Type
    primitive: str | None
    reached: bool


@dataclass(frozen=True, slots=True)
class Sites:
    """A program's forms and its expressions in the order of the text.

    ``reached`` are the expressions that a run evaluates. ``taken`` are the names of its globals and macros, and
    keywords that it uses as variables; ``fixed`` those that cannot stand in another program: its macros and record
    types.
    """

    forms: Forms
    sites: tuple[Site, ...]
    reached: tuple[Site, ...]
    taken: frozenset[str]
    fixed: frozenset[str]


def sites_of(text: str) -> Sites | None:
    """The expressions of a program; None where it has none that may be changed.

    Raises :class:`~reference_interp.SyntaxProblem` for text that is no program.
    """
    forms = tuple(read_program(text))
    program = expand_program(forms, "<input>", text)
    written = {node.symbol for node in walk(forms)}
    if UNPREDICTABLE & written:
        return None
    values = values_of(program)
    scopes = _Scopes(program, values, written)
    sites = []
    for path, node in _nodes(forms):
        place = scopes.places.get(_key(node.span))
        if place is not None and not _defines(node):
            expr, scope = place
            reached = expr.span in values.spans
            sites.append(Site(path, node, scope, _known_type(expr, values), _primitive(expr), reached))
    fixed = _fixed_names(forms)
    if not sites:
        return None
    reached_sites = tuple([site for site in sites if site.reached])
    return Sites(forms, tuple(sites), reached_sites, frozenset(scopes.keywords | fixed | set(program.globals)), fixed)


def is_well_scoped(text: str, allowed: frozenset[str]) -> bool:
    """Whether ``text`` is a program that refers to no undefined variable other than those ``allowed``."""
    try:
        return unbound(text) <= allowed
    except SyntaxProblem:
        return False


def unbound(text: str) -> frozenset[str]:
    """The variables that a program refers to and never defines. Raises :class:`~reference_interp.SyntaxProblem`."""
    program = expand_program(tuple(read_program(text)), "<input>", text)
    defined = {expr.name for expr in _expressions(program.forms) if isinstance(expr, Define)} | PRIMITIVES.keys()
    return frozenset(
        expr.name for expr in _expressions(program.forms) if isinstance(expr, GlobalRef) and expr.name not in defined
    )


def _expressions(forms: Sequence[Expr]) -> Iterator[Expr]:
    work = list(forms)
    while work:
        expr = work.pop()
        yield expr
        work.extend(children(expr))


def _known_type(expr: Expr, values: Values) -> types.Type:
    """The type of what ``expr`` is evaluated to, as far as a run showed; anything where it did not."""
    while expr.span not in values.of_places:
        match expr:
            case Seq(forms=(*_, last)):
                expr = last
            case Let(body=body) | Letrec(body=body):
                expr = body
            case If(then=then, otherwise=otherwise):
                expr = then if then.span in values.spans else otherwise
            case Lambda(params=params, rest=None):
                return types.Proc((types.ANY,) * len(params), types.ANY, 0)
            case _:
                return types.ANY
    return values.of_places[expr.span]


def _primitive(expr: Expr) -> str | None:
    return expr.function.name if isinstance(expr, Call) and isinstance(expr.function, PrimRef) else None


def _defines(node: Syntax) -> bool:
    return node.is_list and bool(node.items) and node.items[0].symbol in _DEFINING


def _key(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


def _nodes(forms: Forms) -> Iterator[tuple[Path, Syntax]]:
    """Every node that can be an expression, with where it stands, in the order of the text."""
    # With each node goes how many levels from it on are no expressions, and whether its first part is none at all.
    stack: list[tuple[Path, Syntax, int, bool]] = [
        ((index,), form, 0, False) for index, form in reversed(list(enumerate(forms)))
    ]
    while stack:
        path, node, levels, headed = stack.pop()
        if not levels:
            yield path, node
        if node.kind is not Kind.LIST or not node.items or (not levels and node.items[0].symbol in _OPAQUE):
            continue
        clauses = () if levels else _CLAUSES.get(node.items[0].symbol or "", ())
        below = []
        for index, child in enumerate(node.items):
            if index and node.items[index - 1].symbol == ":when":
                continue  # such a test may be made any number of times: it is no place for effects
            if headed and index == 0:
                continue
            deeper, with_head = max(0, levels - 1), False
            for first, end, depth, has_head in clauses:
                if first <= index < end:
                    deeper, with_head = depth, has_head
            below.append(((*path, index), child, deeper, with_head))
        stack.extend(reversed(below))


def _fixed_names(forms: Forms) -> frozenset[str]:
    """Names of macros, and all that record types define."""
    names: set[str] = set()
    for node in walk(forms):
        if not node.is_list or len(node.items) < 2:
            continue
        match node.items[0].symbol:
            case "define-record-type":
                names |= {part.symbol for part in walk([node]) if part.symbol is not None}
            case "define-syntax":
                names |= {node.items[1].symbol or ""}
            case "let-syntax" | "letrec-syntax":
                names |= {binding.items[0].symbol or "" for binding in node.items[1].items if binding.items}
            case _:
                pass
    return frozenset(names)


class _Scopes:
    """The outermost expression at each place of a program's text, with the scope that it is in."""

    def __init__(self, program: Program, values: Values, written: set[str | None]) -> None:
        self._written: Final = written
        self._values: Final = values
        self.keywords: Final[set[str]] = set()  # that are variables somewhere
        self.places: Final[dict[tuple[int, int, int, int], tuple[Expr, dict[str, types.Type]]]] = {}
        self._work: list[tuple[Expr, dict[str, types.Type]]] = []
        scope: dict[str, types.Type] = {}
        for form in program.forms[program.prelude_forms :]:
            self._walk(form, scope)
            if isinstance(form, Define) and form.name not in KEYWORDS and not form.name.startswith("%"):
                scope = {**scope, form.name: _known_type(form.value, values)}

    def _walk(self, form: Expr, scope: dict[str, types.Type]) -> None:
        self._work = [(form, scope)]
        while self._work:
            expr, scope = self._work.pop()
            self.places.setdefault(_key(expr.span), (expr, scope))
            self._work.extend(reversed(list(self._parts(expr, scope))))

    def _parts(self, expr: Expr, scope: dict[str, types.Type]) -> Iterator[tuple[Expr, dict[str, types.Type]]]:
        """The expressions that ``expr`` consists of, each with its scope."""
        match expr:
            case Lambda(params=params, rest=rest, self_variable=own, body=body):
                bound = [*params, *(() if rest is None else (rest,)), *(() if own is None else (own,))]
                yield body, self._extended(scope, bound)
            case Let(variables=variables, values=values, body=body):
                for value in values:
                    yield value, scope
                yield body, self._extended(scope, variables)
            case Letrec(variables=variables, values=values, body=body):
                inner = self._extended(scope, variables)
                for value in values:
                    yield value, inner
                yield body, inner
            case Guard(variable=variable, body=body, handler=handler):
                yield body, scope
                yield handler, self._extended(scope, [variable])
            case _:
                for part in children(expr):
                    yield part, scope

    def _extended(self, scope: dict[str, types.Type], variables: Sequence[Variable]) -> dict[str, types.Type]:
        inner = dict(scope)
        for variable in variables:
            if variable.name in KEYWORDS:
                self.keywords.add(variable.name)  # perhaps a variable that the form itself has made
            elif variable.name in self._written and not isinstance(variable, AliasVariable):
                # Others are the macros' own, and those of the forms that expand to procedures.
                inner[variable.name] = self._values.of_variables.get(variable, types.ANY)
        return inner


def replaced(forms: Forms, path: Path, new: Syntax) -> Forms:
    """``forms`` with ``new`` in the place of the node at ``path``."""
    nodes = [forms[path[0]]]
    for index in path[1:]:
        nodes.append(nodes[-1].items[index])
    for node, index in zip(reversed(nodes[:-1]), reversed(path[1:]), strict=True):
        new = node.replace_items((*node.items[:index], new, *node.items[index + 1 :]), node.tail)
    return (*forms[: path[0]], new, *forms[path[0] + 1 :])
