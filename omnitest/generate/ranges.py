"""Changes of ranges: the same of vectors, strings and bytevectors."""

from __future__ import annotations

from typing import TypeVar

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.tree import Tree, Var
from omnitest.generate.types import BYTE, CHAR, Bytes, Fresh, List, Nothing, Str, Vec, storable

_T = TypeVar("_T", List, Vec, Str, Bytes)


def changeable(g: Builder, kind: type[_T]) -> list[tuple[Var, _T]]:
    """The variables in scope whose objects, of types of ``kind``, may be changed; with these types."""
    types = [(v, v.type.of) for v in g.scope if isinstance(v.type, Fresh) and storable(v.type)]
    return [(v, of) for v, of in types if isinstance(of, kind)]


@production(Nothing, weight=30, needs=(Feature.MUTATION,))
def change_of_range(g: Builder, type_: Nothing, size: int) -> Tree | None:
    """vector-fill!, vector-copy! and the like, the latter also within one object."""
    known: list[tuple[Var, Vec | Str | Bytes]] = [*changeable(g, Vec), *changeable(g, Str), *changeable(g, Bytes)]
    if not known:
        return None
    target, of = g.pick(known)
    match of:
        case Vec():
            name, item, length = "vector", of.item, of.length
        case Str():
            name, item, length = "string", CHAR, of.least
        case Bytes():
            name, item, length = "bytevector", BYTE, of.least
    start = g.between(0, length)
    end = g.between(start, length)
    if g.randrange(2):
        return [f"{name}-fill!", target, g.expr(item, size - 3), *[str(start), str(end)][: g.randrange(3)]]
    same = [v for v, other in known if other == of]
    source = g.expr(of, size - 5) if g.randrange(2) else target if g.randrange(2) else g.pick(same)
    return [f"{name}-copy!", target, str(length - end), source, str(start), str(start + min(end - start, end))]
