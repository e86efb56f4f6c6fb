"""What the forms of a program bind: which parts are expressions, which names are local there, who defines what.

This is an approximation, by the names of special forms, and good enough for proposals: whoever tests them knows better.
Macros of the program's own are taken for procedures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reference_interp.syntax import Kind, Syntax, walk

Names = frozenset[str]

_NONE: Final[Names] = frozenset()


@dataclass(frozen=True, slots=True)
class Expression:
    """A node that is evaluated, and the local names that are in scope there."""

    node: Syntax
    local: Names


def head(node: Syntax) -> str | None:
    """The symbol that a list begins with."""
    return node.items[0].symbol if node.kind is Kind.LIST and node.items else None


def symbols(nodes: Sequence[Syntax]) -> Names:
    """All symbols in some trees."""
    return frozenset(name for node in walk(nodes) if (name := node.symbol) is not None)


def expressions(forms: Sequence[Syntax]) -> Iterator[Expression]:
    """All expressions of a program, from the outside to the inside, form by form."""
    stack = [Expression(form, _NONE) for form in reversed(forms)]
    while stack:
        expression = stack.pop()
        yield expression
        stack.extend(reversed(list(_parts(expression.node, expression.local))))


def definitions(form: Syntax) -> Names:
    """The names that a form at the top level defines."""
    name = head(form)
    if name == "begin":
        return frozenset().union(*map(definitions, form.items[1:]))
    if name not in _DEFINING or len(form.items) < 2:
        return _NONE
    if name == "define-record-type":
        return symbols(form.items[1:])
    target = form.items[1]
    while name == "define" and target.is_list and target.items:  # curried parameter lists
        target = target.items[0]
    return symbols([target])


def needed(forms: Sequence[Syntax], names: Names) -> list[Syntax]:
    """The definitions among ``forms`` that ``names``, and these definitions in turn, depend on; in order."""
    defined = [definitions(form) for form in forms]
    chosen: set[int] = set()
    todo = set(names)
    while todo:
        new = [n for n, own in enumerate(defined) if n not in chosen and own & todo]
        chosen.update(new)
        todo = set(symbols([forms[n] for n in new]))
    return [forms[n] for n in sorted(chosen)]


# ---- the parts of special forms ------------------------------------------------------------------------

_DEFINING: Final = frozenset({"define", "define-values", "define-record-type", "define-syntax"})
_OPAQUE: Final = frozenset(
    {"quote", "define-record-type", "define-syntax", "import", "cond-expand", "syntax-rules", "define-library"}
)
_Parts = Iterator[Expression]


def _each(nodes: Sequence[Syntax], local: Names) -> _Parts:
    return (Expression(node, local) for node in nodes)


def _parts(node: Syntax, local: Names) -> _Parts:
    """The expressions directly below ``node``, itself an expression."""
    name = head(node)
    if node.kind is not Kind.LIST or (name in _OPAQUE and name not in local):
        return iter(())
    if name is None or name in local or name not in _FORMS:
        return _each(node.items, local)
    return _FORMS[name](node.items, local)


def _body(nodes: Sequence[Syntax], local: Names) -> _Parts:
    """A sequence that may begin with definitions."""
    return _each(nodes, local.union(*map(definitions, nodes)))


def _rest(items: Sequence[Syntax], local: Names) -> _Parts:
    return _each(items[1:], local)


def _assignment(items: Sequence[Syntax], local: Names) -> _Parts:
    return _each(items[2:], local)


def _definition(items: Sequence[Syntax], local: Names) -> _Parts:
    return _body(items[2:], local | symbols(items[1:2])) if items[1:] and items[1].is_list else _each(items[2:], local)


def _lambda(items: Sequence[Syntax], local: Names) -> _Parts:
    named = items[0].symbol == "fn" and len(items) > 3 and items[1].symbol is not None and items[2].is_list
    first = 3 if named else 2
    return _body(items[first:], local | symbols(items[1:first]))


def _case_lambda(items: Sequence[Syntax], local: Names) -> _Parts:
    for clause in items[1:]:
        yield from _body(clause.items[1:], local | symbols(clause.items[:1]))


def _let(items: Sequence[Syntax], local: Names) -> _Parts:
    """``let``, named or not, and its relatives; what is bound counts as bound in the initial values, too, where it
    may be.
    """
    at = 2 if len(items) > 2 and items[1].symbol is not None else 1
    bindings = items[at].items if len(items) > at else ()
    bound = symbols(items[1:at]) | symbols([part for binding in bindings for part in binding.items[:1]])
    outer = local if items[0].symbol in ("let", "let-values") else local | bound
    for binding in bindings:
        yield from _each(binding.items[1:], outer)
    yield from _body(items[at + 1 :], local | bound)


def _do(items: Sequence[Syntax], local: Names) -> _Parts:
    bindings = items[1].items if len(items) > 1 else ()
    bound = local | symbols([part for binding in bindings for part in binding.items[:1]])
    for binding in bindings:
        yield from _each(binding.items[1:2], local)
        yield from _each(binding.items[2:], bound)
    for end in items[2:3]:
        yield from _each(end.items, bound)
    yield from _each(items[3:], bound)


def _parameterize(items: Sequence[Syntax], local: Names) -> _Parts:
    for binding in items[1].items if len(items) > 1 else ():
        yield from _each(binding.items, local)
    yield from _body(items[2:], local)


def _clauses(clauses: Sequence[Syntax], local: Names, datums: bool = False) -> _Parts:
    for clause in clauses:
        parts = clause.items[1:] if datums else clause.items
        yield from _each([part for part in parts if part.symbol not in ("else", "=>")], local)


def _cond(items: Sequence[Syntax], local: Names) -> _Parts:
    return _clauses(items[1:], local)


def _case(items: Sequence[Syntax], local: Names) -> _Parts:
    yield from _each(items[1:2], local)
    yield from _clauses(items[2:], local, datums=True)


def _guard(items: Sequence[Syntax], local: Names) -> _Parts:
    handler = items[1].items if len(items) > 1 else ()
    yield from _body(items[2:], local)
    yield from _clauses(handler[1:], local | symbols(handler[:1]))


def _match(items: Sequence[Syntax], local: Names) -> _Parts:
    yield from _each(items[1:2], local)
    for clause in items[2:]:
        parts = [part for part in clause.items[1:] if part.symbol != ":when"]
        yield from _each(parts, local | symbols(clause.items[:1]))


def _receive(items: Sequence[Syntax], local: Names) -> _Parts:
    """``(receive formals expression body …)``."""
    yield from _each(items[2:3], local)
    yield from _body(items[3:], local | symbols(items[1:2]))


def _control(items: Sequence[Syntax], local: Names) -> _Parts:
    """``(control tag k body …)``."""
    yield from _each(items[1:2], local)
    yield from _body(items[3:], local | symbols(items[2:3]))


def _local_syntax(items: Sequence[Syntax], local: Names) -> _Parts:
    return _body(items[2:], local)


def _template(items: Sequence[Syntax], local: Names) -> _Parts:
    """What is evaluated inside of a quasiquotation, nested ones taken for part of it."""
    for node in walk(items[1:]):
        if head(node) in ("unquote", "unquote-splicing"):
            yield from _each(node.items[1:], local)


_FORMS: Final[dict[str, Callable[[Sequence[Syntax], Names], _Parts]]] = {
    **dict.fromkeys(("begin", "if", "when", "unless", "and", "or", "delay", "delay-force", "prompt"), _rest),
    **dict.fromkeys(("lambda", "fn"), _lambda),
    **dict.fromkeys(("let", "let*", "letrec", "letrec*", "let-values", "let*-values"), _let),
    **dict.fromkeys(("let-syntax", "letrec-syntax"), _local_syntax),
    **dict.fromkeys(("define", "define-values"), _definition),
    "set!": _assignment,
    "case-lambda": _case_lambda,
    "do": _do,
    "parameterize": _parameterize,
    "cond": _cond,
    "case": _case,
    "guard": _guard,
    "match": _match,
    "receive": _receive,
    "control": _control,
    "quasiquote": _template,
}
