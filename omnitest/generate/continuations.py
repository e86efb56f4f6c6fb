"""Productions of ``call/cc``: ways out, and continuations that are entered again a few times."""

from __future__ import annotations

from omnitest.generate.builder import VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.control import reaches_no_procedure
from omnitest.generate.points import Exit, Point
from omnitest.generate.storage import RESUMPTION_COST, Store, fuel, store
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import BOOL, NOTHING, Int, Nothing, Proc, Type, fits

_CAPTURE_COST = 30


def captured(g: Builder, k: Var, body: list[Tree]) -> Tree:
    """``body`` where ``k`` is the current continuation."""
    g.charge(_CAPTURE_COST)
    name = "call/cc" if g.randrange(4) else "call-with-current-continuation"
    return [name, Form(["lambda", [k], *body], ([k], body))]


def value_passed(g: Builder) -> Type:
    """A type of values to pass to a continuation that goes back."""
    return NOTHING if g.randrange(3) == 0 else g.scalar_type()


# ---- exits ------------------------------------------------------------------------------------------
@production(weight=18, needs=(Feature.CONTINUATIONS,))
def left_early(g: Builder, type_: Type, size: int) -> Tree | None:
    """A body that may be left from anywhere inside of it."""
    if size < 10 or not reaches_no_procedure(type_):
        return None
    exit_ = Exit(Var(Proc((type_,), type_, 0)), type_)
    with g.calm(), g.leaving(exit_):
        body = g.body(type_, size - 4)
        if not exit_.used and g.randrange(4):
            body = [_conditionally(g, exit_, NOTHING, size // 3), *body]
    return captured(g, exit_.name, body)


@production(weight=18, needs=(Feature.CONTINUATIONS,))
def escape(g: Builder, type_: Type, size: int) -> Tree | None:
    """A call of a continuation that is still to return: mostly under a condition, so that what follows lives."""
    if not g.exits or size < 4:
        return None
    exit_ = g.pick(g.exits)
    exit_.used = True
    if g.randrange(8) == 7:
        return [exit_.name, g.expr(exit_.type, size - 1)]
    return _conditionally(g, exit_, type_, size)


def _conditionally(g: Builder, exit_: Exit, type_: Type, size: int) -> Tree:
    test, value, rest = g.split(size - 2, 3)
    call: Tree = [exit_.name, g.expr(exit_.type, value)]
    if isinstance(type_, Nothing) and g.has(Feature.CASES):
        return ["when", g.expr(BOOL, test), call]
    return ["if", g.expr(BOOL, test), call, g.expr(type_, rest)]


@production(Proc, weight=10, needs=(Feature.CONTINUATIONS,))
def exit_as_procedure(g: Builder, type_: Proc, size: int) -> Tree | None:
    """A continuation where a procedure is wanted; as it never returns, its result has every type."""
    fitting = [e for e in g.exits if len(type_.params) == 1 and fits(type_.params[0], e.type)]
    if not fitting or type_.cost < _CAPTURE_COST:
        return None
    exit_ = g.pick(fitting)
    exit_.used = True
    return exit_.name


# ---- re-entry ---------------------------------------------------------------------------------------
@production(weight=14, needs=(Feature.CONTINUATIONS, Feature.ASSIGNMENT))
def entered_again(g: Builder, type_: Type, size: int) -> Tree | None:
    """A body somewhere in which a continuation is captured that is called again after the body, or in it."""
    units = g.pick((1, 2, 1, 3))
    cost = (units + 1) * (6 * size + RESUMPTION_COST)
    if size < 12 or not g.reenters or not reaches_no_procedure(type_) or not g.affords(cost):
        return None
    kept, paid, passed = store(g), fuel(units), value_passed(g)
    given = Var(passed)
    again = Var(Proc((passed,), NOTHING, RESUMPTION_COST))
    call: Tree = [kept.get, given]
    resumed: list[Tree] = [["if", kept.get, paid.pay(1, call, "nothing"), "nothing"]]
    procedure = Form(["lambda", [given], *resumed], ([given], resumed))
    point = Point(passed, lambda piece: _capture(g, kept, passed, piece), left=g.between(1, 3))
    left, middle, right = g.split(size - 8, 3)
    with g.calm(), g.repeated(units + 1), g.visible(again):
        g.charge(RESUMPTION_COST)
        with g.waiting(point):
            body = g.body(type_, left)
        if not point.placed:
            body = [g.place(point, middle), *body]
        result = Var(type_)
        with g.visible(result):
            after: list[Tree] = [[again, g.expr(passed, middle)]] if g.randrange(6) else []
            after += g.body(type_, right) if g.randrange(2) else [result]
    value: Tree = body[0] if len(body) == 1 else ["begin", *body]
    inner: list[Tree] = [Form(["let", [[result, value]], *after], ([result], after))]
    bound: Tree = Form(["let", [[again, procedure]], *inner], ([again], inner))
    return paid.around([kept.around([bound])])


def _capture(g: Builder, kept: Store, passed: Type, size: int) -> Tree:
    """A capture whose continuation is kept, and gets a first value: by return or by a call."""
    k = Var(Proc((passed,), passed, 0))
    with g.calm():
        value: Tree = g.expr(passed, size - 4)
    if g.randrange(4) == 3:
        value = [k, value]
    return captured(g, k, [kept.put(k), value])


@production(weight=6, needs=(Feature.LOOPS, Feature.DEEP_RECURSION))
def at_the_bottom(g: Builder, type_: Type, size: int) -> Tree | None:
    """An expression below some hundred frames, where captures and exits move them all."""
    if size < 12 or not (g.points or g.exits):
        return None
    depth = g.iterations(40, g.pick((20, 100, 300, 500)))
    if depth < 10:
        return None
    counter, down = Var(Int(0, depth)), Var(Proc((Int(0, depth),), type_, 0))
    with g.visible(counter):
        bottom = g.expr(type_, size - 10)
    with g.repeated(depth):
        g.charge(40)
    deeper: Tree = ["car", ["cons", [down, ["-", counter, "1"]], counter]]
    body: list[Tree] = [["if", ["=", counter, "0"], bottom, deeper]]
    return Form(["let", down, [[counter, str(depth)]], *body], ([down], body), ([counter], body))


@production(weight=6, needs=(Feature.CONTINUATIONS,))
def dropped_continuation(g: Builder, type_: Type, size: int) -> Tree | None:
    """A continuation that nothing calls, maybe kept by a closure or in data until the end of a body."""
    if size < 8:
        return None
    k, kept = Var(NOTHING), Var(NOTHING)
    left, right = g.split(size - 6, 2)
    choice = g.randrange(3)
    if choice == 0:
        return captured(g, k, g.body(type_, size - 4))
    item: Tree = k if choice == 1 else ["list", k, g.expr(g.scalar_type(), left)]
    taken = captured(g, k, [item])
    body: Tree = ["car", ["cons", g.expr(type_, right), kept]]
    return Form(["let", [[kept, taken]], body], ([kept], [body]))


@production(weight=4, needs=(Feature.CONTINUATIONS,))
def called_at_once(g: Builder, type_: Type, size: int) -> Tree | None:
    """A continuation called in tail position of its own capture, directly or by a library procedure."""
    if size < 6 or not g.affords(VALUE_COST):
        return None
    g.charge(2 * _CAPTURE_COST)
    k = Var(Proc((type_,), type_, 0))
    with g.calm():
        value = g.expr(type_, size - 5)
    calls: list[Tree] = [[k, value], ["apply", k, ["list", value]]]
    if g.has(Feature.SEVERAL_VALUES):
        calls.append(["call-with-values", ["lambda", [], value], k])
    return captured(g, k, [g.pick(calls)])
