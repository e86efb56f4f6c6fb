"""Productions of handlers: they answer ``raise-continuable``, escape, raise or return; and of guards that pass on."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.continuations import captured, value_passed
from omnitest.generate.control import guard_form, reaches_no_procedure
from omnitest.generate.errors import KINDS_WITH_PARTS, error_kinds, raising_body
from omnitest.generate.points import Exit, Point
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import ANY, NOTHING, Any, Proc, Type

_HANDLER_COST: Final = 60
_ANSWER_COST: Final = 100


def _handled(g: Builder, handler: Tree, body: list[Tree]) -> Tree:
    g.charge(_HANDLER_COST)
    return ["with-exception-handler", handler, ["lambda", [], *body]]


def _procedure(param: Var, *body: Tree) -> Tree:
    return Form(["lambda", [param], *body], ([param], body))


# ---- raise-continuable ------------------------------------------------------------------------------
@production(weight=18, needs=(Feature.HANDLERS,))
def asking(g: Builder, type_: Type, size: int) -> Tree | None:
    """A body that asks its handler for values; what else is raised in it, the handler passes on."""
    if size < 11 or not reaches_no_procedure(type_) or not g.affords(_HANDLER_COST + _ANSWER_COST):
        return None
    asked, answered = g.scalar_type(), value_passed(g)
    question: Tree = ["quote", f"ask-{g.number()}"]
    left, right = g.split(size - 8, 2)
    request, payload = Var(ANY), Var(asked)
    with g.calm(), g.body_of_procedure(_ANSWER_COST) as frame, g.visible(payload):
        answer = g.body(answered, min(left, 12))
    if frame.spent > _ANSWER_COST:
        answer = [g.constant(answered)]
    answering = Form(["let", [[payload, ["cdr", request]]], *answer], ([payload], answer))
    is_asked: Tree = ["and", ["pair?", request], ["eq?", ["car", request], question]]
    handler = _procedure(request, ["if", is_asked, answering, ["raise-continuable", request]])

    def ask(piece: int) -> Tree:
        g.charge(_HANDLER_COST + _ANSWER_COST)
        return ["raise-continuable", ["cons", question, g.expr(asked, piece - 3)]]

    point = Point(answered, ask, left=g.between(1, 4))
    with g.waiting(point):
        body = g.body(type_, right)
        if not point.placed:
            body = [g.place(point, 6), *body]
    return _handled(g, handler, body)


@production(weight=6, needs=(Feature.HANDLERS, Feature.GUARD))
def passed_on(g: Builder, type_: Type, size: int) -> Tree | None:
    """A guard of which no clause matches: what is raised goes back to where it was raised, then outwards."""
    if size < 8 or not reaches_no_procedure(type_):
        return None
    g.charge(_HANDLER_COST)
    caught = Var(ANY)
    left, right = g.split(size - 4, 2)
    tests: tuple[Tree, ...] = (["eof-object?", caught], "#f", ["and", ["vector?", caught], "#f"])
    clause: list[Tree] = [g.one_of(tests), g.expr(type_, right)]
    return Form(["guard", [caught, clause], *g.body(type_, left)], ([caught], [clause]))


# ---- errors that the program survives ----------------------------------------------------------------
def _survivable(g: Builder) -> str | None:
    """A kind of error to raise and to catch again; None while another error waits for its place."""
    kinds = [kind for kind in error_kinds(g) if kind != "exit"]
    if g.portable and g.parts_of_conditions:
        kinds = [kind for kind in kinds if kind in KINDS_WITH_PARTS]
    return g.pick(kinds) if g.armed is None else None


def _failing(g: Builder, type_: Type, size: int, kind: str) -> list[Tree]:
    """A body that raises ``kind``, which does not count as what the program was planned to raise."""
    planted = len(g.planted)
    body = raising_body(g, type_, size, kind)
    del g.planted[planted:]
    return body


@production(weight=10, needs=(Feature.HANDLERS, Feature.GUARD))
def recovered(g: Builder, type_: Type, size: int) -> Tree | None:
    """A guard around an error: in loops, winds, generators and handlers as anywhere else."""
    kind = _survivable(g)
    if kind is None or size < 11 or not reaches_no_procedure(type_):
        return None
    g.charge(2 * _HANDLER_COST)
    planted = len(g.planted)
    tree = guard_form(g, type_, size, kind)
    del g.planted[planted:]
    return tree


@production(weight=10, needs=(Feature.HANDLERS, Feature.CONTINUATIONS))
def escaping_handler(g: Builder, type_: Type, size: int) -> Tree | None:
    """A handler that leaves by a continuation, which may itself be the handler."""
    kind = _survivable(g)
    if kind is None or size < 12 or not reaches_no_procedure(type_):
        return None
    exit_ = Exit(Var(Proc((type_,), type_, 0)), type_)
    caught = Var(ANY)
    left, right = g.split(size - 7, 2)
    with g.calm():
        if isinstance(type_, Any) and g.parts_of_conditions and g.randrange(2):
            handler: Tree = exit_.name
        else:
            parts = g.parts_of_conditions
            shown: list[Tree] = [["display", caught]] if parts and g.has(Feature.OUTPUT) and g.randrange(3) == 0 else []
            with g.visible(*[caught] * parts):
                handler = _procedure(caught, *shown, [exit_.name, g.expr(type_, left)])
        with g.leaving(exit_):
            body = _failing(g, type_, right, kind)
    return captured(g, exit_.name, [_handled(g, handler, body)])


@production(weight=10, needs=(Feature.HANDLERS, Feature.GUARD))
def failing_handler(g: Builder, type_: Type, size: int) -> Tree | None:
    """A guard around a handler that raises something else, or returns from an error, which is an error of its own."""
    kind = _survivable(g)
    if kind is None or size < 12 or not reaches_no_procedure(type_):
        return None
    g.charge(2 * _HANDLER_COST)
    first, second, third = g.split(size - 9, 3)
    raised, caught = Var(ANY), Var(ANY)
    with g.calm(), g.visible(*[raised] * g.parts_of_conditions):
        value = g.expr(ANY, first)
    ends: tuple[Tree, ...] = (value, value, ["raise", value], ["error", '"in the handler"', raised], ["raise", raised])
    request: Tree = ["pair?", raised]  # as of ``asking``, whose answer has a type
    handler = _procedure(raised, ["if", request, ["raise-continuable", raised], g.one_of(ends)])
    body = _failing(g, type_, second, kind)
    # It may be the error that the handler returns, which has no parts elsewhere.
    with g.visible(*[caught] * (not g.portable)):
        clauses: list[Tree] = [["else", *g.body(type_, third)]]
        if not g.portable and g.randrange(2):
            test: Tree = [
                "and",
                ["error-object?", caught],
                ["eq?", ["condition-kind", caught], ["quote", "control-error"]],
            ]
            clauses.insert(0, [test, g.leaf(type_)])
    return Form(["guard", [caught, *clauses], _handled(g, handler, body)], ([caught], clauses))


@production(Any, weight=6, needs=(Feature.HANDLERS, Feature.GUARD))
def raised_object(g: Builder, type_: Any, size: int) -> Tree | None:
    """What a guard gets to see of a raise, continuable or not, through a body with effects."""
    if size < 8:
        return None
    g.charge(_HANDLER_COST)
    caught = Var(ANY)
    left, right = g.split(size - 6, 2)
    clause: list[Tree] = [g.pick(("else", "#t")), caught]
    raising: Tree = [g.pick(("raise", "raise-continuable")), g.expr(g.data_type(), left)]
    before = [g.expr(NOTHING, right)] if right > 3 else []
    return Form(["guard", [caught, clause], *before, raising], ([caught], [clause]))
