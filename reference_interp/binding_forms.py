"""Special forms that bind variables: lambda, fn, let and its relatives, do."""

from __future__ import annotations

from collections.abc import Sequence

from reference_interp.core import Call, Expr, If, Lambda, Let, Letrec, Variable
from reference_interp.expander import Expander, in_order, malformed
from reference_interp.identifiers import Scope
from reference_interp.letrec import bind_recursively
from reference_interp.reader import problem_at
from reference_interp.syntax import Kind, Syntax


def expand_lambda(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(lambda parameters body ...)``"""
    if len(form.items) < 3:
        raise malformed(form, "parameters and a body are needed", "(lambda (parameter ...) body ...)")
    return _procedure(expander, form, form.items[1], form.items[2:], scope)


def expand_fn(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(fn parameters body ...)`` or, naming itself, ``(fn name (parameter ...) body ...)``.

    A symbol followed by a list of symbols and at least one more form is a name; any other symbol is the
    rest parameter, as in ``lambda``.
    """
    if len(form.items) < 3:
        raise malformed(form, "parameters and a body are needed", "(fn (parameter ...) body ...)")
    first, second = form.items[1], form.items[2]
    if first.symbol is not None and len(form.items) > 3 and _is_parameter_list(second):
        return _procedure(expander, form, second, form.items[3:], scope, expander.variable(first))
    return _procedure(expander, form, first, form.items[2:], scope)


def _is_parameter_list(syntax: Syntax) -> bool:
    return syntax.is_list and all(item.symbol is not None for item in syntax.children())


def _procedure(
    expander: Expander,
    form: Syntax,
    parameters: Syntax,
    body: Sequence[Syntax],
    scope: Scope,
    self_variable: Variable | None = None,
) -> Lambda:
    if parameters.is_list:
        required, rest = parameters.items, parameters.tail
    elif parameters.symbol is not None:
        required, rest = (), parameters
    else:
        raise problem_at(parameters.span, "parameters are expected here", "write (a b), (a b . rest) or a single name")
    return expander.procedure(
        "" if self_variable is None else self_variable.name,
        required,
        rest,
        lambda inner: expander.body(body, inner, form.span),
        scope,
        form.span,
        self_variable,
    )


def expand_let(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(let ((name value) ...) body ...)`` or ``(let loop ((name value) ...) body ...)``"""
    if len(form.items) > 1 and form.items[1].kind is Kind.ATOM:
        return _named_let(expander, form, scope)
    names, values = _bindings(form, 1, "(let ((name value) ...) body ...)")
    variables = expander.variables(names)
    exprs = [expander.expand_named(v.name, value, scope) for v, value in zip(variables, values, strict=True)]
    body = expander.body(form.items[2:], Scope(scope, variables), form.span)
    return Let(tuple(variables), tuple(exprs), body, form.span) if variables else body


def _named_let(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    names, values = _bindings(form, 2, "(let loop ((name value) ...) body ...)")
    loop = expander.variable(form.items[1])
    args = [expander.expand_named(name.symbol or "", value, scope) for name, value in zip(names, values, strict=True)]
    procedure = expander.procedure(
        loop.name,
        names,
        None,
        lambda inner: expander.body(form.items[3:], inner, form.span),
        Scope(scope, [loop]),
        form.span,
    )
    return Letrec((loop,), (procedure,), Call(expander.local(loop, form.span), tuple(args), form.span), form.span)


def expand_let_star(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(let* ((name value) ...) body ...)``: each value sees the names before it."""
    names, values = _bindings(form, 1, "(let* ((name value) ...) body ...)")
    bound: list[tuple[Variable, Expr]] = []
    for name, value in zip(names, values, strict=True):
        variable = expander.variable(name)
        bound.append((variable, expander.expand_named(variable.name, value, scope)))
        scope = Scope(scope, [variable])
    body = expander.body(form.items[2:], scope, form.span)
    for variable, expr in reversed(bound):
        body = Let((variable,), (expr,), body, form.span)
    return body


def expand_letrec(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(letrec ((name value) ...) body ...)`` and ``letrec*``, which mean the same here."""
    names, values = _bindings(form, 1, f"({form.items[0].symbol} ((name value) ...) body ...)")
    variables = expander.variables(names)
    inner = Scope(scope, variables)
    bindings = [expander.binding(v, value, inner) for v, value in zip(variables, values, strict=True)]
    return bind_recursively(bindings, expander.body(form.items[2:], inner, form.span), form.span)


def expand_do(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(do ((name start step) ...) (test result ...) command ...)``: a loop procedure that calls itself."""
    shape = "(do ((name start step) ...) (test result ...) command ...)"
    if len(form.items) < 3 or not form.items[1].is_proper_list:
        raise malformed(form, "variables and an end test are needed", shape)
    clause = form.items[2]
    if not clause.is_proper_list or not clause.items:
        raise problem_at(clause.span, "do: the end test is a list", f"write {shape}")
    for spec in form.items[1].items:
        if not spec.is_proper_list or len(spec.items) not in (2, 3):
            raise problem_at(spec.span, "do: a variable has a start and perhaps a step", f"write {shape}")
    specs = form.items[1].items
    starts = [expander.expand(spec.items[1], scope) for spec in specs]
    loop = Variable("do")

    def body(inner: Scope) -> Expr:
        test = expander.expand(clause.items[0], inner)
        result = expander.sequence(clause.items[1:], inner, clause.span)
        commands = [expander.expand(command, inner) for command in form.items[3:]]
        steps = [expander.expand(spec.items[-1 if len(spec.items) == 3 else 0], inner) for spec in specs]
        again = Call(expander.local(loop, form.span), tuple(steps), form.span)
        return If(test, result, in_order([*commands, again], form.span), form.span)

    procedure = expander.procedure("do", [spec.items[0] for spec in specs], None, body, scope, form.span)
    return Letrec((loop,), (procedure,), Call(expander.local(loop, form.span), tuple(starts), form.span), form.span)


def _bindings(form: Syntax, at: int, shape: str) -> tuple[list[Syntax], list[Syntax]]:
    """The names and the values of the binding list at ``form.items[at]``; a body must follow."""
    if len(form.items) <= at + 1:
        raise malformed(form, "bindings and a body are needed", shape)
    specs = form.items[at]
    if not specs.is_proper_list:
        raise problem_at(specs.span, f"{form.items[0].symbol}: bindings are a list", f"write {shape}")
    for spec in specs.items:
        if not spec.is_proper_list or len(spec.items) != 2:
            raise problem_at(spec.span, f"{form.items[0].symbol}: a binding is a name and a value", f"write {shape}")
    return [spec.items[0] for spec in specs.items], [spec.items[1] for spec in specs.items]
