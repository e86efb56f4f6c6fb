"""The values of quoted data."""

from __future__ import annotations

from reference_interp.reader import problem_at
from reference_interp.syntax import Kind, Syntax
from reference_interp.values import NIL, Pair, String, Value, Vector, intern


def literal(syntax: Syntax) -> Value:
    """The immutable value of quoted data; nothing of it is shared with another literal, or within it, unless
    by datum labels.

    Raises SyntaxProblem for a reference to a label that does not stand before it in this datum.
    """
    values: list[Value] = []
    labels: dict[int, Value] = {}
    work = [(syntax, False)]  # a datum, and whether the values of its children are there
    while work:
        node, is_complete = work.pop()
        children = node.children()
        if children and not is_complete:
            work.append((node, True))
            work.extend([(child, False) for child in reversed(children)])
        elif node.kind is Kind.ATOM:
            values.append(_atom_value(node))
        elif node.kind is Kind.LABEL:
            labels[node.datum] = values[-1]
        elif node.kind is Kind.REFERENCE:
            if node.datum not in labels:
                raise problem_at(
                    node.span, f"#{node.datum}# refers to nothing in this literal", "label and references share a quote"
                )
            values.append(labels[node.datum])
        else:
            start = len(values) - len(children)
            items = values[start:]
            del values[start:]
            values.append(_compound(node, items))
    return values[0]


def _atom_value(node: Syntax) -> Value:
    if node.symbol is not None:
        return intern(node.symbol)
    if type(node.datum) is String:
        return String(node.datum.text, immutable=True)
    return node.datum


def _compound(node: Syntax, items: list[Value]) -> Value:
    """The list or vector ``node`` with ``items``, the value of its tail last if it has one."""
    if node.kind is Kind.VECTOR:
        return Vector(items, immutable=True)
    result = NIL if node.tail is None else items.pop()
    for item in reversed(items):
        result = Pair(item, result, immutable=True)
    return result
