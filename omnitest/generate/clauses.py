"""case-lambda: procedures that take several numbers of arguments."""

from __future__ import annotations

from omnitest.generate.builder import VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import NOTHING, List, Proc, Type


def _clause(g: Builder, params: list[Var], rest: Var | None, result: Type, size: int, cost: int) -> Tree:
    visible = params if rest is None else [*params, rest]
    with g.body_of_procedure(cost) as frame, g.visible(*visible):
        body = g.body(result, size)
    if frame.spent > cost:
        body = [g.constant(result)]
    listed: Tree = list(params) if rest is None else [*params, ".", rest]
    if rest is not None and not params:
        listed = rest
    return Form([listed, *body], (visible, [listed, *body]))


@production(Proc, weight=3, needs=(Feature.CASE_LAMBDA,))
def case_lambda(g: Builder, type_: Proc, size: int) -> Tree | None:
    """A procedure of the wanted type that takes other numbers of arguments as well."""
    if size < 8:
        return None
    count = len(type_.params)
    left, right = g.split(size - 4, 2)
    wanted = _clause(g, [Var(param) for param in type_.params], None, type_.result, left, type_.cost)
    others = [n for n in range(4) if n != count]
    arity = g.pick(others)
    other = _clause(g, [Var(g.scalar_type()) for _ in range(arity)], None, type_.result, right, type_.cost)
    clauses = [wanted, other] if g.randrange(2) else [other, wanted]
    if g.randrange(3) == 2:
        late = [Var(g.scalar_type()) for _ in range(g.pick((0, 1, 2)))]
        clauses.append(_clause(g, late, Var(List(g.scalar_type(), 0, 0)), type_.result, 1, type_.cost))
    return ["case-lambda", *clauses]


@production(weight=4, needs=(Feature.CASE_LAMBDA,))
def calls_with_all_arities(g: Builder, type_: Type, size: int) -> Tree | None:
    """A procedure with two to four clauses, called with as many arguments as each one takes."""
    if size < 16 or not g.affords(5 * VALUE_COST):
        return None
    g.charge(5 * VALUE_COST)
    arities = [0, 1, 2, 3]
    while len(arities) > 2 and g.randrange(2):
        del arities[g.randrange(len(arities))]
    item = g.scalar_type()
    clauses: list[Tree] = []
    for arity in arities:
        params = [Var(item) for _ in range(arity)]
        clauses.append(_clause(g, params, None, type_, size // 5, VALUE_COST))
    most = arities[-1]
    if g.randrange(2):
        fixed = g.between(0, 1)
        params = [Var(item) for _ in range(fixed)]
        rest = Var(List(item, max(0, most + 1 - fixed), most + 3))
        clauses.append(_clause(g, params, rest, type_, size // 5, VALUE_COST))
        arities += (most + 1, most + 2)
    procedure = Var(NOTHING, hint="multi")
    forms: list[Tree] = []
    for _ in range(g.between(1, 4)):
        operands = [g.expr(item, 2) for _ in range(g.pick(arities))]
        if g.has(Feature.REST) and g.randrange(4) == 3:
            forms.append(["apply", procedure, ["list", *operands]])
        else:
            forms.append([procedure, *operands])
    return Form(["let", [[procedure, ["case-lambda", *clauses]]], *forms], ([procedure], forms))
