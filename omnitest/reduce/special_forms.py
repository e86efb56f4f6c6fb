"""Passes that know special forms and procedures that call procedures: they put simpler expressions in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from omnitest.reduce.forest import ROOT, Forest, Forms, rewritten
from omnitest.reduce.problem import Problem
from omnitest.reduce.scope import head
from reference_interp.syntax import Kind, Syntax, atom, list_of, symbol

#: What a form may become: several sequences of nodes, each to stand in its place.
_Simpler = Iterator[Sequence[Syntax]]

#: Procedures that accept any arguments, to stand for procedures whose bodies do not matter.
_PROCEDURES: Final = ("list", "values", "not")


def simplify_forms(problem: Problem) -> None:
    """Replace special forms and calls by simpler ones that do part of the same.

    Clauses become what they contain, loops one iteration, several values several bindings, local variables of the top
    level definitions, procedures library procedures, and ``(apply f …)``, ``(map f …)`` become ``(f …)``.
    """

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        for index in range(first, len(forest.nodes)):
            node = forest.nodes[index]
            name = head(node)
            if name is None:
                continue
            if forest.parents[index] == ROOT:
                for new in _at_top_level(node):
                    yield index, forest.replaced(index, new)
            for new in _SIMPLER.get(name, _of_call)(node):
                yield index, forest.replaced(index, new)

    problem.sweep(proposals)


def _sequence(nodes: Sequence[Syntax]) -> Syntax:
    return nodes[0] if len(nodes) == 1 else list_of(symbol("begin"), *nodes)


def _bindings(node: Syntax, place: int = 1) -> list[Syntax]:
    """The bindings ``(name value …)`` of a let form or a loop."""
    if len(node.items) <= place or not node.items[place].is_proper_list:
        return []
    return [binding for binding in node.items[place].items if len(binding.items) > 1 and binding.items[0].symbol]


def _at_top_level(node: Syntax) -> _Simpler:
    """``(let ((x e)) body)`` → ``(define x e) body``."""
    if head(node) in ("let", "let*", "letrec", "letrec*") and (bindings := _bindings(node)):
        yield [*(list_of(symbol("define"), *binding.items) for binding in bindings), *node.items[2:]]


def _let(node: Syntax) -> _Simpler:
    """The values and the body without the variables; a plain ``let``; for a named one, a single turn."""
    items = node.items
    if len(items) > 2 and (loop := items[1].symbol) is not None:
        body = [_without_calls(form, loop) for form in items[3:]]
        yield [list_of(symbol("let"), items[2], *body)]
        yield body
    elif bindings := _bindings(node):
        yield [_sequence([*(binding.items[1] for binding in bindings), *items[2:]])]
        if items[0].symbol != "let":
            yield [list_of(symbol("let"), *items[1:])]


def _without_calls(form: Syntax, name: str) -> Syntax:
    return rewritten(form, lambda node: atom(0) if head(node) == name else node)


def _do(node: Syntax) -> _Simpler:
    """One turn of the loop, or none."""
    bindings = [list_of(*binding.items[:2]) for binding in _bindings(node)]
    end = node.items[2].items if len(node.items) > 2 else ()
    for body in (node.items[3:], end[1:], end, (*node.items[3:], *end)):
        if body:
            yield [list_of(symbol("let"), list_of(*bindings), *body)]
            yield body


def _cond(node: Syntax) -> _Simpler:
    for clause in node.items[1:]:
        test, *body = clause.items or (clause,)
        if len(body) == 2 and body[0].symbol == "=>":
            yield [list_of(body[1], test)]
        elif body:
            yield [list_of(symbol("if"), test, _sequence(body))]
            yield [_sequence([test, *body])]


def _case_lambda(node: Syntax) -> _Simpler:
    for clause in node.items[1:]:
        yield [list_of(symbol("lambda"), *clause.items)]
    yield from _procedure(node)


def _procedure(node: Syntax) -> _Simpler:
    for name in _PROCEDURES:
        yield [symbol(name)]
    if head(node) == "fn" and len(node.items) > 3:
        yield [list_of(symbol("lambda"), *node.items[2:])]
    if len(node.items) > 3:
        yield [list_of(*node.items[:2], node.items[-1])]


def _let_values(node: Syntax) -> _Simpler:
    """``(let-values (((a b) (values 1 2))) body)`` → ``(let ((a 1) (b 2)) body)``."""
    if len(node.items) > 2 and node.items[1].is_proper_list:
        pairs = [pair for binding in node.items[1].items for pair in _matched(binding.items[:1], binding.items[1:2])]
        yield [list_of(symbol("let"), list_of(*pairs), *node.items[2:])]


def _receive(node: Syntax) -> _Simpler:
    pairs = _matched(node.items[1:2], node.items[2:3])
    yield [list_of(symbol("let"), list_of(*pairs), *node.items[3:])]


def _define_values(node: Syntax) -> _Simpler:
    yield [list_of(symbol("define"), *pair.items) for pair in _matched(node.items[1:2], node.items[2:3])]


def _matched(formals: Sequence[Syntax], values: Sequence[Syntax]) -> list[Syntax]:
    """The bindings of ``formals`` to the arguments of a call of ``values``, or of one name to one value."""
    if not formals or not values:
        return []
    names, value = formals[0].children() if formals[0].is_list else formals, values[0]
    arguments = value.items[1:] if head(value) == "values" else (value,) * len(names)
    return [list_of(name, argument) for name, argument in zip(names, arguments, strict=False)]


def _dynamic_wind(node: Syntax) -> _Simpler:
    yield [_sequence([list_of(thunk) for thunk in node.items[1:]])]
    yield [list_of(thunk) for thunk in node.items[2:3]]


def _of_thunk(node: Syntax) -> _Simpler:
    """``(with-exception-handler handler thunk)`` → ``(thunk)``, ``(call-with-values thunk f)`` → ``(f (thunk))`` …"""
    for thunk in node.items[1:]:
        yield [list_of(thunk)]
        if head(thunk) in ("lambda", "fn"):
            yield thunk.items[2:]
    if len(node.items) == 3:
        yield [list_of(node.items[2], list_of(node.items[1]))]


def _of_call(node: Syntax) -> _Simpler:
    """``(apply f a '(b))`` → ``(f a b)``; ``(map f (list a b))`` → ``(f a)``; ``(f (begin a b))`` → ``(begin a b)``."""
    items = node.items
    if len(items) < 3:
        return
    *before, last = items[1:]
    elements = _elements(last)
    if elements is not None:
        yield [list_of(*before, *elements)]
        yield [list_of(*before, *elements[:1])]
    yield [list_of(*items[1:])]


def _elements(node: Syntax) -> Sequence[Syntax] | None:
    """Expressions for the elements of a list that is written out, as a literal or as a call."""
    if head(node) in ("list", "vector"):
        return node.items[1:]
    if head(node) == "quote" and len(node.items) == 2 and node.items[1].is_proper_list:
        return [part if _is_literal(part) else list_of(symbol("quote"), part) for part in node.items[1].items]
    if node.kind is Kind.VECTOR:
        return [part if _is_literal(part) else list_of(symbol("quote"), part) for part in node.items]
    return None


def _is_literal(node: Syntax) -> bool:
    return node.kind is Kind.ATOM and node.symbol is None


_SIMPLER: Final[dict[str, Callable[[Syntax], _Simpler]]] = {
    **dict.fromkeys(("let", "let*", "letrec", "letrec*"), _let),
    **dict.fromkeys(("let-values", "let*-values"), _let_values),
    **dict.fromkeys(("lambda", "fn"), _procedure),
    **dict.fromkeys(
        ("with-exception-handler", "call-with-values", "call/cc", "call-with-current-continuation", "make-generator"),
        _of_thunk,
    ),
    "do": _do,
    "cond": _cond,
    "case-lambda": _case_lambda,
    "receive": _receive,
    "define-values": _define_values,
    "dynamic-wind": _dynamic_wind,
}
