"""Productions that make cycles of references: data that contain themselves, procedures that reach themselves.

The generator's types are finite, so that values can be printed and walked through to their end. What
contains itself has no such type: its variable is seen by nobody but the production that made it. What
others see are its items, or procedures that give them and thereby keep the cycle alive as long as
anything refers to them.
"""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import PER_NODE, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import NOTHING, Int, Proc, Type

_NODES: Final = 30  # of a production's own, at most
_PART_COST: Final = 60  # steps that it takes to get at an item
_SMALLEST: Final = 12  # size from which a cycle is worth making


def _cyclic() -> Var:
    """The variable of a cyclic object: not to be made visible, so its type does not matter."""
    return Var(NOTHING)


def _begin(g: Builder, size: int) -> bool:
    """Whether there is room for a cycle; charges what it takes if so."""
    steps = _NODES * PER_NODE + _PART_COST
    if size < _SMALLEST or not g.affords(steps):
        return False
    g.charge(steps)
    return True


def _use(g: Builder, type_: Type, size: int, item: Type, parts: tuple[Tree, ...]) -> Tree:
    """An expression of ``type_`` that sees one of ``parts``, expressions of type ``item``, or a procedure of it."""
    part = g.one_of(parts)
    if g.has(Feature.CLOSURES) and g.randrange(3) == 2:
        visible = Var(Proc((), item, _PART_COST))
        part = ["lambda", [], part]
    else:
        visible = Var(item)
    with g.visible(visible):
        body = g.body(type_, size)
    return Form(["let", [[visible, part]], *body], ([visible], body))


def _bind(variable: Var, value: Tree, *body: Tree) -> Tree:
    return Form(["let", [[variable, value]], *body], ([variable], body))


@production(weight=7, needs=(Feature.CYCLES, Feature.MUTATION))
def ring(g: Builder, type_: Type, size: int) -> Tree | None:
    """A list whose last pair leads back to the first or the second one."""
    if not _begin(g, size):
        return None
    item, ring = g.data_type(1), _cyclic()
    length = g.between(1, 4)
    *pieces, left = g.split(size - 4, length + 1)
    target: Tree = ["cdr", ring] if length > 1 and g.randrange(3) == 2 else ring
    forms: list[Tree] = [["set-cdr!", ["last-pair", ring], target]]
    if g.randrange(3) == 2:
        forms.append(["set-car!", ["list-tail", ring, str(g.between(0, 9))], g.expr(item, 1)])
    parts: tuple[Tree, ...] = (["list-ref", ring, str(g.between(0, 20))], ["car", ring])
    value: Tree = ["list", *(g.expr(item, piece) for piece in pieces)]
    return _bind(ring, value, *forms, _use(g, type_, left, item, parts))


@production(weight=5, needs=(Feature.CYCLES, Feature.MUTATION, Feature.VECTORS))
def knot(g: Builder, type_: Type, size: int) -> Tree | None:
    """A vector that contains itself: directly, through a list, or in all of its items."""
    if not _begin(g, size):
        return None
    item, knot = g.data_type(1), _cyclic()
    left, right = g.split(size - 4, 2)
    choice = g.randrange(4)
    if choice == 3:
        length = g.between(1, 5)
        value: Tree = ["make-vector", str(length), g.expr(item, left)]
        itself: Tree = ["vector-ref", knot, str(g.randrange(length))]
        forms: Tree = ["vector-fill!", knot, knot]
        return _bind(knot, value, forms, _use(g, type_, right, Int(length, length), (["vector-length", itself],)))
    value = ["vector", g.expr(item, left), "#f"]
    if choice == 2:
        forms = ["vector-set!", knot, "1", ["list", knot, knot]]
        itself = ["cadr", ["vector-ref", knot, "1"]]
    else:
        forms = ["vector-set!", knot, "1", knot]
        itself = ["vector-ref", knot, "1"]
    parts: tuple[Tree, ...] = (["vector-ref", itself, "0"], ["vector-ref", knot, "0"])
    return _bind(knot, value, forms, _use(g, type_, right, item, parts))


@production(weight=5, needs=(Feature.CYCLES, Feature.MUTATION, Feature.PAIRS))
def couple(g: Builder, type_: Type, size: int) -> Tree | None:
    """Two pairs that refer to each other."""
    if not _begin(g, size):
        return None
    item, one, other = g.data_type(1), _cyclic(), _cyclic()
    first, second, left = g.split(size - 6, 3)
    closing: list[Tree] = [["set-cdr!", one, other], ["set-cdr!", other, one]]
    if g.randrange(2):
        closing.reverse()
    parts: tuple[Tree, ...] = (["cadr", one], ["cadr", other], ["car", one])
    inner = _bind(other, ["cons", g.expr(item, second), "#f"], *closing, _use(g, type_, left, item, parts))
    return _bind(one, ["cons", g.expr(item, first), "#f"], inner)


@production(weight=5, needs=(Feature.CYCLES, Feature.ASSIGNMENT, Feature.CLOSURES))
def assigned_procedure(g: Builder, type_: Type, size: int) -> Tree | None:
    """A procedure that calls itself by the assigned variable that holds it."""
    if not _begin(g, size):
        return None
    item, times = g.data_type(1), g.between(0, 3)
    self, counter = _cyclic(), Var(Int(0, times))
    body: Tree = ["if", ["=", counter, "0"], g.leaf(item), [self, ["-", counter, "1"]]]
    procedure = Form(["lambda", [counter], body], ([counter], [body]))
    return _bind(self, "#f", ["set!", self, procedure], _use(g, type_, size - 8, item, ([self, str(times)],)))


@production(weight=5, needs=(Feature.CYCLES, Feature.ASSIGNMENT, Feature.CLOSURES))
def assigned_data(g: Builder, type_: Type, size: int) -> Tree | None:
    """An assigned variable whose value holds a procedure over the variable."""
    if not _begin(g, size):
        return None
    state, length = _cyclic(), g.between(0, 3)
    *pieces, left = g.split(size - 6, length + 1)
    value: Tree = ["list", *(g.expr(g.scalar_type(), piece) for piece in pieces)]
    assignment: Tree = ["set!", state, ["cons", ["lambda", [], ["length", state]], state]]
    parts: tuple[Tree, ...] = ([["car", state]], ["length", state])
    return _bind(state, value, assignment, _use(g, type_, left, Int(length + 1, length + 1), parts))


@production(weight=5, needs=(Feature.CYCLES, Feature.LETREC, Feature.CLOSURES))
def recursive_value(g: Builder, type_: Type, size: int) -> Tree | None:
    """A value of ``letrec`` or ``letrec*`` that holds a procedure over the variable it is the value of."""
    if not _begin(g, size):
        return None
    item, value = g.data_type(1), _cyclic()
    left, right = g.split(size - 6, 2)
    made: Tree = ["list", ["lambda", [], ["cadr", value]], g.expr(item, left)]
    used = _use(g, type_, right, item, ([["car", value]], ["cadr", value]))
    return Form([g.pick(("letrec", "letrec*")), [[value, made]], used], ([value], [made, used]))
