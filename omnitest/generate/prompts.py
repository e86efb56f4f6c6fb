"""Productions of ``prompt`` and ``control``: continuations up to a prompt, called any number of times or never."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from omnitest.generate.builder import PER_ITEM, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.continuations import value_passed
from omnitest.generate.control import reaches_no_procedure
from omnitest.generate.points import Point
from omnitest.generate.storage import RESUMPTION_COST, Fuel, Store, fuel, store
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import List, Proc, Type, fits

_CONTROL_COST: Final = 50


@dataclass(frozen=True, slots=True)
class _Prompt:
    """What a ``control`` has to know of its prompt.

    ``passed`` is the type of values for its continuation, ``result`` that of the prompt. Without
    ``paid`` and ``kept``, the continuation is called once at most.
    """

    tag: Tree
    passed: Type
    result: Type
    paid: Fuel | None
    kept: Store | None


@production(weight=20, needs=(Feature.PROMPTS,))
def prompted(g: Builder, type_: Type, size: int) -> Tree | None:
    """A prompt, in whose body the continuation up to it is captured somewhere."""
    units = g.pick((0, 1, 2, 3, 2)) if g.has(Feature.ASSIGNMENT) else 0
    if size < 11 or not reaches_no_procedure(type_) or not g.affords((units + 1) * (6 * size + 100)):
        return None
    tag, around_tag = _tag(g)
    prompt = _Prompt(tag, value_passed(g), type_, fuel(units) if units else None, store(g) if units > 1 else None)
    point = Point(prompt.passed, lambda piece: _control(g, prompt, point, piece), left=g.between(1, 4), stays=False)
    left, middle, right = g.split(size - 5, 3)
    with g.repeated(units + 1):
        g.charge(_CONTROL_COST + RESUMPTION_COST)
        with g.waiting(point):
            if units:
                with g.entered_once():
                    body = g.body(type_, left)
                    body = body if point.placed else [g.place(point, middle), *body]
            else:
                body = g.body(type_, left)
                body = body if point.placed else [g.place(point, middle), *body]
        whole: Tree = ["prompt", tag, *body]
        if prompt.kept is not None and g.randrange(3):
            whole = _resumed_later(g, prompt, whole, right)
    if prompt.kept is not None:
        whole = prompt.kept.around([whole])
    if prompt.paid is not None:
        whole = prompt.paid.around([whole])
    return around_tag(whole)


def _tag(g: Builder) -> tuple[Tree, Callable[[Tree], Tree]]:
    """A tag that no other prompt has, and what makes it around the code that uses it."""
    number = g.number()
    constants: tuple[Tree, ...] = (
        ["quote", f"p{number}"], ["quote", f"p{number}"], str(number), f"{number}.5", f"#\\x{0x4E00 + number:x}",
    )  # fmt: skip
    if g.randrange(4):
        return g.one_of(constants), lambda whole: whole
    tag = Var(g.scalar_type())
    objects: tuple[Tree, ...] = (
        ["list", str(number)],
        ["gensym"],
        ["vector"],
        ["lambda", [], "#t"],
        ["string", "#\\p"],
    )
    made = g.one_of(objects)
    return tag, lambda whole: Form(["let", [[tag, made]], whole], ([tag], [whole]))


def _control(g: Builder, prompt: _Prompt, point: Point, size: int) -> Tree:
    k = Var(Proc((prompt.passed,), prompt.result, 0))
    with g.outside(point):
        g.charge(_CONTROL_COST)
        body = _uses(g, prompt, k, max(2, size - 4))
    return Form(["control", prompt.tag, k, body], ([k], [body]))


def _uses(g: Builder, prompt: _Prompt, k: Var, size: int) -> Tree:
    """What becomes of ``k``: an expression of the prompt's type, evaluated in the prompt's place."""
    paid, kept = prompt.paid, prompt.kept
    choice = g.randrange(10)
    if choice == 0:
        return g.expr(prompt.result, size)
    if choice == 1 and kept is not None:
        then = g.expr(prompt.result, size) if g.randrange(2) else _once(g, prompt, k, size)
        return ["begin", kept.put(k), then]
    left, right = g.split(size, 2)
    if choice < 4 or paid is None:
        return _once(g, prompt, k, size)
    if choice < 6:
        return paid.pay(1, _twice(g, prompt, k, left), _once(g, prompt, k, right))
    if choice == 6 and fits(prompt.result, prompt.passed):
        return paid.pay(1, [k, [k, g.expr(prompt.passed, left)]], _once(g, prompt, k, right))
    if choice == 7 and g.has(Feature.HIGHER_ORDER) and paid.units > 1:
        return paid.pay(2, _for_each_of_three(g, prompt, k, left), _once(g, prompt, k, right))
    if choice == 8:
        return paid.pay(
            1, ["begin", [k, g.expr(prompt.passed, left)], _once(g, prompt, k, right)], g.leaf(prompt.result)
        )
    return _once(g, prompt, k, size)


def _once(g: Builder, prompt: _Prompt, k: Var, size: int) -> Tree:
    """A call of ``k``: in tail position or not, directly or by other means, in a prompt of its own."""
    value = g.expr(prompt.passed, size - 2)
    call: Tree = [k, value]
    match g.randrange(8):
        case 5:
            return ["prompt", prompt.tag, call]
        case 6:
            return ["apply", k, ["list", value]]
        case 7 if size > 4:
            result = Var(prompt.result)
            with g.visible(result):
                body = g.body(prompt.result, size // 2)
            return Form(["let", [[result, call]], *body], ([result], body))
        case _:
            return call


def _twice(g: Builder, prompt: _Prompt, k: Var, size: int) -> Tree:
    first, second, third = g.split(size, 3)
    one, other = Var(prompt.result), Var(prompt.result)
    calls: Tree = [[one, [k, g.expr(prompt.passed, first)]], [other, [k, g.expr(prompt.passed, second)]]]
    with g.visible(one, other):
        body = g.body(prompt.result, third)
    return Form(["let", calls, *body], ([one, other], body))


def _for_each_of_three(g: Builder, prompt: _Prompt, k: Var, size: int) -> Tree:
    """All results for three values, as a choice of one of them would give them."""
    g.charge(4 * PER_ITEM)
    pieces = g.split(size, 4)
    results = Var(List(prompt.result, 3, 3))
    values: Tree = ["list", *(g.expr(prompt.passed, piece) for piece in pieces[:3])]
    with g.visible(results):
        body = g.body(prompt.result, pieces[3])
    return Form(["let", [[results, ["map", k, values]]], *body], ([results], body))


def _resumed_later(g: Builder, prompt: _Prompt, whole: Tree, size: int) -> Tree:
    """The kept continuation called after ``whole`` has returned, in another prompt of the same tag."""
    assert prompt.kept is not None and prompt.paid is not None
    result = Var(prompt.result)
    with g.visible(result):
        value = g.expr(prompt.passed, size)
    again: Tree = ["prompt", prompt.tag, [prompt.kept.get, value]]
    body: Tree = ["if", prompt.kept.get, prompt.paid.pay(1, again, result), result]
    return Form(["let", [[result, whole]], body], ([result], [body]))
