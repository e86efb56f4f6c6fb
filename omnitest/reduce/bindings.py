"""Passes that know binding forms: they drop parameters with their arguments and inline definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from omnitest.reduce.forest import Forest, Forms, rewritten, substituted
from omnitest.reduce.problem import Problem
from omnitest.reduce.scope import head
from reference_interp.syntax import Kind, Syntax, list_of, symbol

_LETS = ("let", "let*", "letrec", "letrec*")


# ---- parameters -------------------------------------------------------------------------------------
def drop_parameters(problem: Problem) -> None:
    """Remove a parameter of a named procedure together with the argument of every call."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        for index in range(first, len(forest.nodes)):
            name, count = _named_procedure(forest.nodes[index])
            if name is not None:
                for position in range(count):
                    yield index, _without_parameter(forest.forms, name, position)

    problem.sweep(proposals)


def _named_procedure(node: Syntax) -> tuple[str | None, int]:
    """Name and number of parameters of the procedure that ``node`` defines or binds; None if it does not."""
    items = node.items
    if head(node) == "define" and len(items) > 1 and items[1].is_list and items[1].items:
        return items[1].items[0].symbol, len(items[1].items) - 1
    if head(node) == "let" and len(items) > 2 and items[1].symbol is not None and items[2].is_list:
        return items[1].symbol, len(items[2].items)
    if head(node) == "fn" and len(items) > 2 and items[1].symbol is not None and items[2].is_list:
        return items[1].symbol, len(items[2].items)
    if len(items) > 1 and items[-2].symbol is not None and head(items[-1]) in ("lambda", "fn"):
        params = _parameter_list(items[-1])
        if params is not None:
            return items[-2].symbol, len(params.items)
    return None, 0


def _parameter_list(procedure: Syntax) -> Syntax | None:
    """The parameter list of a lambda or fn form, if it has one."""
    for item in procedure.items[1:3]:
        if item.is_list:
            return item
    return None


def _without_parameter(forms: Sequence[Syntax], name: str, position: int) -> Forms:
    """``forms`` without parameter number ``position`` of ``name``.

    The header ``(name a b)`` of a definition looks like a call and needs no rule of its own.
    """

    def rewrite(node: Syntax) -> Syntax:
        if node.kind is not Kind.LIST:
            return node
        items = node.items
        if head(node) == name:
            return _without_item(node, position + 1)
        if head(node) in ("let", "fn") and len(items) > 2 and items[1].symbol == name and items[2].is_list:
            return node.replace_items((*items[:2], _without_item(items[2], position), *items[3:]), node.tail)
        if len(items) > 1 and items[-2].symbol == name and head(items[-1]) in ("lambda", "fn"):
            procedure = items[-1]
            params = _parameter_list(procedure)
            if params is not None:
                changed = [_without_item(params, position) if item is params else item for item in procedure.items]
                return node.replace_items((*items[:-1], procedure.replace_items(changed, procedure.tail)), node.tail)
        return node

    return tuple(rewritten(form, rewrite) for form in forms)


def _without_item(node: Syntax, position: int) -> Syntax:
    return node.replace_items((*node.items[:position], *node.items[position + 1 :]), node.tail)


# ---- definitions and bindings -----------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Definition:
    name: str
    value: Syntax


def _definition(node: Syntax) -> _Definition | None:
    """``(define x e)`` or ``(define (f . params) body …)`` as a name and an expression."""
    items = node.items
    if head(node) != "define" or len(items) < 3:
        return None
    header = items[1]
    if header.symbol is not None and len(items) == 3:
        return _Definition(header.symbol, items[2])
    if header.is_list and header.items and header.items[0].symbol is not None:
        params = header.replace_items(header.items[1:], header.tail)
        return _Definition(header.items[0].symbol, list_of(symbol("lambda"), params, *items[2:]))
    return None


def inline_definitions(problem: Problem) -> None:
    """Delete a definition, or a binding of a let form, and put its expression where the name was.

    A call of a procedure that is inlined becomes its body.
    """

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        for index in range(first, len(forest.nodes)):
            node = forest.nodes[index]
            definition = _definition(node)
            if definition is not None:
                rest = forest.replaced(index, [])
                inlined = [substituted(form, definition.name, definition.value) for form in rest]
                yield index, tuple(rewritten(form, _called) for form in inlined)
                yield index, tuple(inlined)
            for new in _inlined_bindings(node):
                yield index, forest.replaced(index, new)

    problem.sweep(proposals)


def _inlined_bindings(node: Syntax) -> Iterator[Sequence[Syntax]]:
    """What ``node``, a let form, becomes when one binding is inlined; with none left, its body."""
    items = node.items
    if head(node) not in _LETS or len(items) < 3 or not items[1].is_proper_list:
        return
    bindings = items[1].items
    for position, binding in enumerate(bindings):
        if len(binding.items) != 2 or binding.items[0].symbol is None:
            continue
        name, value = binding.items[0].symbol, binding.items[1]
        others = [rewritten(substituted(b, name, value), _called) for i, b in enumerate(bindings) if i != position]
        body = [rewritten(substituted(form, name, value), _called) for form in items[2:]]
        if not others:
            yield body
        yield [list_of(items[0], list_of(*others), *body)]


def inline_calls(problem: Problem) -> None:
    """Replace a call of a lambda expression by its body, arguments in the place of parameters."""

    def proposals(forest: Forest, first: int) -> Iterator[tuple[int, Forms]]:
        for index in range(first, len(forest.nodes)):
            body = _body_of_call(forest.nodes[index])
            if body is not None:
                yield index, forest.replaced(index, body)
                yield index, forest.replaced(index, [list_of(symbol("begin"), *body)])

    problem.sweep(proposals)


def _called(node: Syntax) -> Syntax:
    """``node``, or the body of the lambda expression that it calls."""
    body = _body_of_call(node)
    if body is None:
        return node
    return body[0] if len(body) == 1 else list_of(symbol("begin"), *body)


def _body_of_call(node: Syntax) -> list[Syntax] | None:
    """The body that ``((lambda (x …) body …) e …)`` evaluates; None if ``node`` is nothing like that."""
    if node.kind is not Kind.LIST or not node.items:
        return None
    procedure, arguments = node.items[0], node.items[1:]
    if head(procedure) not in ("lambda", "fn") or len(procedure.items) < 3 or not procedure.items[1].is_proper_list:
        return None
    params = [param.symbol for param in procedure.items[1].items]
    if len(params) != len(arguments):
        return None
    body = list(procedure.items[2:])
    for param, argument in zip(params, arguments, strict=True):
        if param is not None:
            body = [substituted(form, param, argument) for form in body]
    return body
