"""Special forms that choose, order, assign and catch: if, cond, case, and, or, when, begin, set!, guard."""

from __future__ import annotations

from reference_interp.core import Call, Const, Expr, Guard, If, Let, LocalRef, Reraise, Variable
from reference_interp.definitions import misplaced_definition
from reference_interp.expander import Expander, malformed, primitive_call
from reference_interp.identifiers import Scope
from reference_interp.literals import literal
from reference_interp.reader import problem_at
from reference_interp.syntax import Syntax
from reference_interp.values import NIL, NOTHING, Pair


def expand_if(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(if test then)`` or ``(if test then else)``"""
    if len(form.items) not in (3, 4):
        raise malformed(form, "a test and one or two branches are needed", "(if test then else)")
    test = expander.expand(form.items[1], scope)
    then = expander.expand(form.items[2], scope)
    otherwise = expander.expand(form.items[3], scope) if len(form.items) == 4 else Const(NOTHING, form.span)
    return If(test, then, otherwise, form.span)


def expand_when(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(when test body ...)``"""
    test, body = _test_and_body(expander, form, scope)
    return If(test, body, Const(NOTHING, form.span), form.span)


def expand_unless(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(unless test body ...)``"""
    test, body = _test_and_body(expander, form, scope)
    return If(test, Const(NOTHING, form.span), body, form.span)


def _test_and_body(expander: Expander, form: Syntax, scope: Scope) -> tuple[Expr, Expr]:
    if len(form.items) < 3:
        raise malformed(form, "a test and a body are needed", f"({form.items[0].symbol} test body ...)")
    return expander.expand(form.items[1], scope), expander.body(form.items[2:], scope, form.span)


def expand_and(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(and e ...)``: the first false value, or the last one."""
    if len(form.items) == 1:
        return Const(True, form.span)
    exprs = [expander.expand(item, scope) for item in form.items[1:]]
    result = exprs.pop()
    for expr in reversed(exprs):
        variable = Variable("and")
        found = LocalRef(variable, form.span)
        result = Let((variable,), (expr,), If(found, result, found, form.span), form.span)
    return result


def expand_or(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(or e ...)``: the first true value, or the last one."""
    if len(form.items) == 1:
        return Const(False, form.span)
    exprs = [expander.expand(item, scope) for item in form.items[1:]]
    result = exprs.pop()
    for expr in reversed(exprs):
        result = _or_else(expr, result, form)
    return result


def _or_else(expr: Expr, otherwise: Expr, form: Syntax) -> Expr:
    """``expr`` if that is true, ``otherwise`` if not."""
    variable = Variable("or")
    found = LocalRef(variable, form.span)
    return Let((variable,), (expr,), If(found, found, otherwise, form.span), form.span)


def expand_begin(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(begin e ...)`` in a place where only an expression can stand."""
    return expander.sequence(form.items[1:], scope, form.span)


def expand_set(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(set! name value)``"""
    if len(form.items) != 3:
        raise malformed(form, "a name and a value are needed", "(set! name value)")
    value = expander.expand(form.items[2], scope)
    return expander.assignment(form.items[1], value, scope, form.span)


def reject_define(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``define`` where an expression has to stand."""
    raise misplaced_definition(form)


def reject_auxiliary(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(unquote x)`` and the like outside of the form that gives them a meaning."""
    name = form.items[0].symbol
    raise problem_at(form.span, f"{name}: has a meaning only inside of quasiquote", "write `(a ,b ,@c)")


def expand_cond(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(cond (test body ...) ... (else body ...))``; also ``(test => receiver)`` and ``(test)``."""
    return _clauses(expander, form, form.items[1:], scope, Const(NOTHING, form.span))


def _clauses(expander: Expander, form: Syntax, clauses: tuple[Syntax, ...], scope: Scope, otherwise: Expr) -> Expr:
    """The clauses of ``cond`` and ``guard``; ``otherwise`` is for when none matches and none is ``else``."""
    keyword = form.items[0].symbol
    steps: list[tuple[Syntax, Expr, Expr | None, bool]] = []  # clause, test, body, whether => applies the body
    for position, clause in enumerate(clauses):
        if not clause.is_proper_list or not clause.items:
            raise problem_at(clause.span, f"{keyword}: a clause is a list", "write (test body ...) or (else body ...)")
        if expander.is_auxiliary(clause.items[0], "else", scope):
            if position != len(clauses) - 1:
                raise problem_at(clause.span, f"{keyword}: else is the last clause", "move it to the end")
            if len(clause.items) == 1:
                raise problem_at(clause.span, f"{keyword}: else needs a body", "write (else body ...)")
            otherwise = expander.body(clause.items[1:], scope, clause.span)
            break
        test = expander.expand(clause.items[0], scope)
        if len(clause.items) == 1:
            steps.append((clause, test, None, False))
        elif expander.is_auxiliary(clause.items[1], "=>", scope):
            steps.append((clause, test, _receiver(expander, clause, scope), True))
        else:
            steps.append((clause, test, expander.body(clause.items[1:], scope, clause.span), False))

    result = otherwise
    for clause, test, action, applies in reversed(steps):
        if action is None:
            result = _or_else(test, result, clause)
        elif applies:
            variable = Variable("=>")
            found = LocalRef(variable, clause.span)
            call = Call(action, (found,), clause.span)
            result = Let((variable,), (test,), If(found, call, result, clause.span), clause.span)
        else:
            result = If(test, action, result, clause.span)
    return result


def _receiver(expander: Expander, clause: Syntax, scope: Scope) -> Expr:
    if len(clause.items) != 3:
        raise problem_at(clause.span, "one procedure follows =>", "write (test => procedure)")
    return expander.expand(clause.items[2], scope)


def expand_case(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(case key ((datum ...) body ...) ... (else body ...))``, by ``eqv?``; also ``((datum ...) => receiver)``."""
    shape = "(case key ((datum ...) body ...) ... (else body ...))"
    if len(form.items) < 2:
        raise malformed(form, "a key is needed", shape)
    variable = Variable("case")
    key = LocalRef(variable, form.span)
    subject = expander.expand(form.items[1], scope)
    steps: list[tuple[Syntax, Expr, Expr]] = []
    result: Expr = Const(NOTHING, form.span)
    for position, clause in enumerate(form.items[2:], start=3):
        if not clause.is_proper_list or len(clause.items) < 2:
            raise problem_at(clause.span, "case: a clause has data and a body", f"write {shape}")
        data, body = clause.items[0], clause.items[1:]
        if expander.is_auxiliary(body[0], "=>", scope):
            action: Expr = Call(_receiver(expander, clause, scope), (key,), clause.span)
        else:
            action = expander.body(body, scope, clause.span)
        if expander.is_auxiliary(data, "else", scope):
            if position != len(form.items):
                raise problem_at(clause.span, "case: else is the last clause", "move it to the end")
            result = action
        elif data.is_proper_list:
            steps.append((clause, _matches(key, data), action))
        else:
            raise problem_at(data.span, "case: data are a list", f"write {shape}")
    for clause, test, action in reversed(steps):
        result = If(test, action, result, clause.span)
    return Let((variable,), (subject,), result, form.span)


def _matches(key: LocalRef, data: Syntax) -> Expr:
    """Whether the key is ``eqv?`` to one of ``data``."""
    values = literal(data)
    if type(values) is Pair and values.cdr is NIL:
        return primitive_call("eqv?", [key, Const(values.car, data.span)], data.span)
    return primitive_call("memv", [key, Const(values, data.span)], data.span)


def expand_guard(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(guard (name clause ...) body ...)``: clauses as in ``cond``; raised again when none matches."""
    shape = "(guard (name (test body ...) ...) body ...)"
    if len(form.items) < 3:
        raise malformed(form, "a handler and a body are needed", shape)
    handler = form.items[1]
    if not handler.is_proper_list or not handler.items:
        raise problem_at(handler.span, "guard: a name and clauses are needed", f"write {shape}")
    variable = expander.variable(handler.items[0])
    caught = Variable(variable.name)
    body = expander.body(form.items[2:], scope, form.span)
    context = Variable("context")
    reraise = Reraise(caught, context, form.span)
    clauses = _clauses(expander, form, handler.items[1:], Scope(scope, [variable]), reraise)
    # What is raised again is what was caught, even if the program assigned the variable meanwhile.
    handling = Let((variable,), (LocalRef(caught, form.span),), clauses, form.span)
    return Guard(body, caught, context, handling, form.span)
