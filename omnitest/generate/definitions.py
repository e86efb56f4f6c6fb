"""Definitions of procedures and variables: at the top level, inside bodies, and by letrec."""

from __future__ import annotations

from dataclasses import dataclass

from omnitest.generate.builder import VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.effects import assigned_variable
from omnitest.generate.recursion import choose, extended, first_type, shapes, times_for
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import NOTHING, Any, Fresh, Int, List, Nothing, Proc, Type

_CALL_COST = 12  # steps of a call besides its body


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure to be defined: ``name`` has its :class:`Proc` type; ``rest`` is its rest parameter."""

    name: Var
    params: list[Var]
    body: list[Tree]
    rest: Var | None = None

    def parameter_list(self) -> list[Tree]:
        listed: list[Tree] = list(self.params)
        return listed if self.rest is None else [*listed, ".", self.rest]

    def parameters(self) -> list[Var]:
        return self.params if self.rest is None else [*self.params, self.rest]

    def as_lambda(self) -> Tree:
        params: Tree = self.parameter_list()
        if self.rest is not None and not self.params:
            params = self.rest
        return Form(["lambda", params, *self.body], (self.parameters(), self.body))


def _result_type(g: Builder) -> Type:
    return g.data_type()


def plain_procedure(g: Builder, size: int, limit: int, about: frozenset[Feature] = frozenset()) -> Procedure:
    """A procedure that calls only what is already defined, and mostly is ``about`` these features if there are any."""
    params = [Var(g.any_type()) for _ in range(g.pick((1, 1, 2, 2, 3, 0)))]
    rest = Var(List(g.scalar_type(), 0, 4)) if g.has(Feature.REST) and g.randrange(4) == 3 else None
    result = _result_type(g)
    if g.has(Feature.OUTPUT) and g.randrange(10) == 9:
        result = NOTHING
    visible = params if rest is None else [*params, rest]
    with g.body_of_procedure(limit) as frame, g.visible(*visible):
        left = size - 3 - len(visible)
        body = [g.expr_with(about, result, left)] if about else g.body(result, left)
    if frame.spent > limit:
        body = [g.constant(result)]
    cost = min(frame.spent, limit) + _CALL_COST
    types = tuple(param.type for param in params)
    if rest is None:
        return Procedure(Var(Proc(types, result, cost)), params, body)
    assert isinstance(rest.type, List)
    return Procedure(Var(Proc(types, result, cost, rest.type.item, rest.type.most)), params, body, rest)


def _accumulated_type(g: Builder) -> Type:
    result = _result_type(g)
    while isinstance(result, (Fresh, Any, Nothing)):
        result = g.data_type()
    if isinstance(result, List) and g.randrange(2):
        return List(result.item, 0, 30)
    return result


def recursive_procedure(g: Builder, size: int, limit: int, self: Var | None = None) -> Procedure | None:
    """A procedure that calls itself (by its name, or by ``self`` if given); None if ``limit`` is too low."""
    result = _accumulated_type(g)
    with g.body_of_procedure(limit) as frame:
        times = times_for(g, result, size)
        if not times:
            return None
        name = Var(Proc((), result, 0))
        with g.repeated(times):
            g.charge(_CALL_COST)
            recursion = g.pick(shapes(g))(g, self or name, result, size - 3, times)
    if frame.spent > limit:
        return None
    name.type = Proc(recursion.entry, result, frame.spent + _CALL_COST)
    if self is not None:
        self.type = name.type
    return Procedure(name, recursion.params, recursion.body)


def mutual_procedures(g: Builder, size: int, limit: int) -> list[Procedure]:
    """Two or three procedures that count a number down by calling each other."""
    result = _accumulated_type(g)
    count = g.pick((2, 2, 3))
    with g.body_of_procedure(limit) as frame:
        times = times_for(g, result, size // count)
        if not times:
            return []
        names = [Var(Proc((), result, 0)) for _ in range(count)]
        for name in names:
            name.forward = True
        tail = g.randrange(3) > 0
        procedures: list[Procedure] = []
        for position, piece in enumerate(g.split(size - 2, count)):
            other = names[(position + 1) % count]
            with g.repeated(times):
                g.charge(_CALL_COST)
                params, body = _mutual_body(g, other, result, piece - 6, times, tail)
            procedures.append(Procedure(names[position], params, body))
    if frame.spent > limit:
        return []
    first = first_type(result, times)
    for name in names:
        entry: tuple[Type, ...] = (Int(0, times), first) if tail else (Int(0, times),)
        name.type = Proc(entry, result, frame.spent + _CALL_COST)
    return procedures


def _mutual_body(
    g: Builder, other: Var, result: Type, size: int, times: int, tail: bool
) -> tuple[list[Var], list[Tree]]:
    counter, so_far = Var(Int(0, times)), Var(result)
    less: Tree = ["-", counter, "1"]
    zero: Tree = ["=", counter, "0"]
    if tail:
        with g.visible(counter, so_far):
            step = extended(g, result, times, so_far, size)
        return [counter, so_far], [choose(g, zero, so_far, [other, less, step])]
    left, right = g.split(size, 2)
    base = g.expr(first_type(result, times), left)
    with g.visible(counter):
        step = extended(g, result, times, [other, less], right)
    return [counter], [choose(g, zero, base, step)]


def curried_procedure(g: Builder, size: int, limit: int) -> tuple[Var, Tree]:
    """``(define ((f a) b) …)``: the name, and the definition."""
    first, second = Var(g.any_type()), Var(g.scalar_type())
    result = g.data_type(1)
    inner_limit = min(limit, VALUE_COST)
    with g.body_of_procedure(inner_limit) as frame, g.visible(first, second):
        body = g.body(result, size - 6)
    if frame.spent > inner_limit:
        body = [g.constant(result)]
    name = Var(Proc((first.type,), Proc((second.type,), result, VALUE_COST), _CALL_COST))
    params: list[Tree] = [[name, first], second]
    inner = [second]
    if g.has(Feature.REST) and g.randrange(3) == 2:
        inner.append(Var(List(g.scalar_type(), 0, 0)))
        params += (".", inner[1])
    return name, Form(["define", params, *body], ([first], [*inner, *body]), (inner, body))


def definitions(g: Builder, size: int, limit: int) -> tuple[list[Var], list[Tree]]:
    """One or more definitions of procedures: the names that are visible afterwards, and the forms.

    ``limit`` bounds the steps of a call of each.
    """
    choice = g.randrange(12)
    if choice < 5 and g.has(Feature.RECURSION):
        self = Var(NOTHING) if g.randrange(4) == 3 else None
        procedure = recursive_procedure(g, size, limit, self)
        if procedure is not None:
            return [procedure.name], [_definition(g, procedure, self)]
    if choice == 5 and g.has(Feature.CLOSURES):
        name, form = curried_procedure(g, size, limit)
        return [name], [form]
    if choice in (6, 7) and g.has(Feature.LETREC) and size > 20:
        group = mutual_procedures(g, size, limit)
        if group:
            return [procedure.name for procedure in group], [_definition(g, procedure) for procedure in group]
    return plain_definition(g, size, limit)


def plain_definition(
    g: Builder, size: int, limit: int, about: frozenset[Feature] = frozenset()
) -> tuple[list[Var], list[Tree]]:
    """Like :func:`definitions` of one :func:`plain_procedure`."""
    procedure = plain_procedure(g, size, limit, about)
    return [procedure.name], [_definition(g, procedure)]


def _definition(g: Builder, procedure: Procedure, self: Var | None = None) -> Tree:
    """``define`` with a parameter list, or of a lambda, or of an ``fn`` that calls itself ``self``."""
    params, body = procedure.parameter_list(), procedure.body
    if self is not None:
        fn = Form(["fn", self, params, *body], ([self], [params, *body]), (procedure.parameters(), body))
        return ["define", procedure.name, fn]
    if g.randrange(3) == 2:
        return ["define", procedure.name, procedure.as_lambda()]
    return Form(["define", [procedure.name, *params], *body], (procedure.parameters(), body))


# ---- expressions with definitions -------------------------------------------------------------------
@production(weight=7, needs=(Feature.INTERNAL_DEFINES,))
def body_with_definitions(g: Builder, type_: Type, size: int) -> Tree | None:
    """``(let () (define …) … body)``, or the same as the body of a procedure called at once."""
    if size < 14:
        return None
    left, right = g.split(size - 3, 2)
    before = len(g.scope)
    names: list[Var] = []
    forms: list[Tree] = []
    if g.randrange(3) == 2:
        variable = assigned_variable(g) if g.has(Feature.ASSIGNMENT) else Var(g.data_type())
        forms.append(["define", variable, g.expr(variable.stores or variable.type, left // 3)])
        names.append(variable)
        g.scope.append(variable)
    defined, definitions_ = definitions(g, left, _local_limit(g))
    names += defined
    forms += definitions_
    g.scope.extend(defined)
    forms += g.body(type_, right)
    del g.scope[before:]
    if g.randrange(3) == 2:
        return [Form(["lambda", [], *forms], (names, forms))]
    return Form(["let", [], *forms], (names, forms))


def _local_limit(g: Builder) -> int:
    """Steps that a call of a locally defined procedure may take: a part of what is left here."""
    return max(0, (g.frame.limit - g.frame.spent) // (3 * g.weight))


@production(weight=7, needs=(Feature.LETREC,))
def letrec(g: Builder, type_: Type, size: int) -> Tree | None:
    """letrec or letrec* of procedures, alone or calling each other."""
    if size < 14:
        return None
    left, right = g.split(size - 3, 2)
    procedures: list[Procedure] = []
    if g.randrange(2):
        procedures = mutual_procedures(g, left, _local_limit(g))
    if not procedures:
        procedure = recursive_procedure(g, left, _local_limit(g))
        procedures = [procedure or plain_procedure(g, left, _local_limit(g))]
    names = [procedure.name for procedure in procedures]
    bindings: list[Tree] = [[procedure.name, procedure.as_lambda()] for procedure in procedures]
    with g.visible(*names):
        body = g.body(type_, right)
    return Form([g.pick(("letrec", "letrec*")), bindings, *body], (names, [*bindings, *body]))


@production(weight=2, needs=(Feature.CLOSURES, Feature.ASSIGNMENT))
def shared_state(g: Builder, type_: Type, size: int) -> Tree | None:
    """Two procedures that share an assigned variable: one changes it, the other tells."""
    if size < 18 or not g.affords(4 * VALUE_COST):
        return None
    first, second, third = g.split(size - 12, 3)
    state = assigned_variable(g)
    assert state.stores is not None
    start = g.expr(state.stores, first)
    given = Var(state.stores)
    changes: Tree = ["set!", state, ["+", state, given] if state.stores != state.type else given]
    change = Procedure(Var(Proc((given.type,), state.type, 30)), [given], [changes, state])
    tell = Procedure(Var(Proc((), state.type, 15)), [], [state])
    bindings: list[Tree] = [[change.name, change.as_lambda()], [tell.name, tell.as_lambda()]]
    with g.visible(change.name, tell.name):
        body = [g.expr(NOTHING, second), *g.body(type_, third)]
    inner = Form(["let", bindings, *body], ([change.name, tell.name], body))
    return Form(["let", [[state, start]], inner], ([state], [inner]))
