"""Promises: delay, delay-force, make-promise, force; streams, of which a bounded part is taken."""

from __future__ import annotations

from omnitest.generate.builder import PER_ITEM, VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.template import tree
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import NOTHING, SMALL, WIDE, Any, Int, List, Promise, Type


def _delayed(g: Builder, type_: Type, size: int) -> Tree:
    """An expression of ``type_`` that may be evaluated anywhere, within ``VALUE_COST`` steps."""
    with g.body_of_procedure(VALUE_COST) as frame:
        value = g.expr(type_, size)
    return g.constant(type_) if frame.spent > VALUE_COST else value


@production(Promise, weight=12)
def delayed(g: Builder, type_: Promise, size: int) -> Tree | None:
    return ["delay", _delayed(g, type_.item, size - 1)]


@production(Promise, weight=4)
def made_promise(g: Builder, type_: Promise, size: int) -> Tree | None:
    """A promise that has its value, or the promise that was given."""
    given = type_ if isinstance(type_.item, Any) or g.randrange(4) == 3 else type_.item
    return ["make-promise", g.expr(given, size - 1)] if not isinstance(type_.item, (Promise, Any)) else None


@production(Promise, weight=4)
def delayed_force(g: Builder, type_: Promise, size: int) -> Tree | None:
    """A promise of what another promise gives, found at once or at the end of a chain."""
    if size < 12 or g.randrange(2):
        with g.body_of_procedure(VALUE_COST // 2) as frame:
            inner = g.expr(type_, size - 1)
        return ["delay-force", inner] if frame.spent < VALUE_COST // 2 and g.affords(VALUE_COST) else None
    times, chain, counter = g.between(1, 4), Var(NOTHING, hint="chain"), Var(Int(0, 4))
    again: Tree = ["delay-force", [chain, ["-", counter, "1"]]]
    body: Tree = ["if", ["=", counter, "0"], ["make-promise", g.leaf(type_.item)], again]
    if isinstance(type_.item, (Promise, Any)):
        return None
    loop = Form(["let", chain, [[counter, str(times)]], body], ([chain], [body]), ([counter], [body]))
    return loop if g.has(Feature.LOOPS) else None


@production(weight=5, needs=(Feature.PROMISES,))
def forced(g: Builder, type_: Type, size: int) -> Tree | None:
    if not g.affords(2 * VALUE_COST):
        return None
    g.charge(2 * VALUE_COST)
    return ["force", g.expr(Promise(type_), size - 1)]


@production(weight=1, needs=(Feature.PROMISES,))
def forced_value(g: Builder, type_: Type, size: int) -> Tree | None:
    """force of what is no promise."""
    return None if isinstance(type_, (Promise, Any)) else ["force", g.expr(type_, size - 1)]


@production(Any, weight=3, needs=(Feature.PROMISES, Feature.ASSIGNMENT))
def forced_twice(g: Builder, type_: Any, size: int) -> Tree | None:
    """A promise whose expression counts how often it is evaluated, or forces the promise again; the first time maybe
    by way of another promise."""
    if size < 8 or not g.affords(3 * VALUE_COST):
        return None
    g.charge(3 * VALUE_COST)
    count, promise = Var(WIDE), Var(NOTHING, hint="once")
    value = _delayed(g, g.scalar_type(), size - 7)
    if g.randrange(3) == 2:
        value = tree("(if (< $count 3) (force $promise) $value)", count=count, promise=promise, value=value)
    first: Tree = ["force", promise if g.randrange(3) else ["delay-force", promise]]
    second: Tree = ["force", promise]
    if g.has(Feature.GUARD) and g.randrange(3) == 2:  # an error leaves the promise as it was
        value = tree("(if (< $count 2) (raise 'early) $value)", count=count, value=value)
        first, second = (tree("(guard (e (#t (list 'caught e))) $forcing)", forcing=one) for one in (first, second))
    body = tree(
        "(begin (set! $promise (delay (begin (set! $count (+ $count 1)) $value)))"
        " (list $first $second $count (promise? $promise)))",
        promise=promise, count=count, value=value, first=first, second=second,
    )  # fmt: skip
    return Form(["let", [[count, "0"], [promise, "#f"]], body], ([count, promise], [body]))


@production(List, weight=3, needs=(Feature.PROMISES, Feature.LETREC))
def part_of_stream(g: Builder, type_: List, size: int) -> Tree | None:
    """The first items of a stream without an end, taken by a recursive procedure."""
    length = g.between(type_.least, min(type_.most, type_.least + 6))
    if size < 12 or not g.affords(length * (PER_ITEM + VALUE_COST)):
        return None
    g.charge(length * (PER_ITEM + VALUE_COST))
    index = Var(SMALL)
    with g.visible(index):
        item = _delayed(g, type_.item, size - 10)
    stream, take = Var(NOTHING, hint="from"), Var(NOTHING, hint="take-stream")
    rest = tree("($stream (+ $index 1))", stream=stream, index=index)
    made: Tree = ["delay", ["cons", item, rest]]
    if g.randrange(3) == 2:
        made = ["delay-force", made]
    s, n = Var(NOTHING, hint="s"), Var(NOTHING, hint="n")
    taking = tree("(if (= $n 0) '() (cons (car (force $s)) ($take (cdr (force $s)) (- $n 1))))", n=n, s=s, take=take)
    procedures: list[Tree] = [
        [stream, Form(["lambda", [index], made], ([index], [made]))],
        [take, Form(["lambda", [s, n], taking], ([s, n], [taking]))],
    ]
    body: Tree = [take, [stream, str(g.between(0, 9))], str(length)]
    return Form([g.pick(("letrec", "letrec*")), procedures, body], ([stream, take], [*procedures, body]))
