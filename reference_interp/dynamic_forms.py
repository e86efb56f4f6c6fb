"""Special forms for control and several values: prompt, control, parameterize, receive, let-values, define-values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from reference_interp.core import Call, Const, Expr, Lambda
from reference_interp.definitions import CompoundDefinition
from reference_interp.expander import Expander, malformed, primitive_call
from reference_interp.identifiers import Scope
from reference_interp.reader import problem_at
from reference_interp.syntax import Syntax


def expand_prompt(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(prompt tag body ...)``"""
    if len(form.items) < 3:
        raise malformed(form, "a tag and a body are needed", "(prompt tag body ...)")
    tag = expander.expand(form.items[1], scope)
    return primitive_call("%call-with-prompt", [tag, _thunk(expander, form, form.items[2:], scope)], form.span)


def expand_control(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(control tag name body ...)``: ``name`` is the continuation up to the prompt."""
    if len(form.items) < 4:
        raise malformed(form, "a tag, a name and a body are needed", "(control tag name body ...)")
    tag = expander.expand(form.items[1], scope)
    receiver = expander.procedure(
        "", [form.items[2]], None, lambda inner: expander.body(form.items[3:], inner, form.span), scope, form.span
    )
    return primitive_call("%control", [tag, receiver], form.span)


def expand_parameterize(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(parameterize ((parameter value) ...) body ...)``: the prelude checks and converts."""
    bindings = []
    for spec in _specs(form, "(parameterize ((parameter value) ...) body ...)"):
        parts = [expander.expand(item, scope) for item in spec.items]
        bindings.append(primitive_call("cons", parts, spec.span))
    function = expander.library_procedure("%parameterize", form.span)
    body = _thunk(expander, form, form.items[2:], scope)
    return Call(function, (primitive_call("list", bindings, form.span), body), form.span)


def _thunk(expander: Expander, form: Syntax, body: Sequence[Syntax], scope: Scope) -> Lambda:
    return expander.procedure("", (), None, lambda inner: expander.body(body, inner, form.span), scope, form.span)


# ---- several values ---------------------------------------------------------------------------------------


def expand_receive(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(receive parameters expression body ...)``"""
    if len(form.items) < 4:
        raise malformed(form, "parameters, an expression and a body are needed", "(receive (name ...) values body ...)")
    values = expander.expand(form.items[2], scope)
    return _received(
        expander, form.items[1], values, lambda inner: expander.body(form.items[3:], inner, form.span), scope, form
    )


def expand_let_values(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(let-values ((parameters expression) ...) body ...)``: no expression sees the variables."""
    specs = _specs(form, "(let-values (((name ...) values) ...) body ...)")
    expander.variables([name for spec in specs for name in _names(spec.items[0])])  # they differ
    return _bind_values(expander, form, specs, scope, scope)


def expand_let_star_values(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(let*-values ((parameters expression) ...) body ...)``: each expression sees the variables before it."""
    return _bind_values(expander, form, _specs(form, "(let*-values (((name ...) values) ...) body ...)"), scope, None)


def _bind_values(
    expander: Expander, form: Syntax, specs: Sequence[Syntax], scope: Scope, outside: Scope | None
) -> Expr:
    """The first of ``specs`` around the others; the expressions are in ``outside`` or, without that, in ``scope``."""
    if not specs:
        return expander.body(form.items[2:], scope, form.span)
    values = expander.expand(specs[0].items[1], outside or scope)
    return _received(
        expander,
        specs[0].items[0],
        values,
        lambda inner: _bind_values(expander, form, specs[1:], inner, outside),
        scope,
        form,
    )


def parse_define_values(expander: Expander, form: Syntax) -> CompoundDefinition:
    """``(define-values parameters expression)``"""
    if len(form.items) != 3:
        raise malformed(form, "names and an expression are needed", "(define-values (name ...) values)")
    names = _names(form.items[1])

    def values(scope: Scope) -> Expr:
        def vector(inner: Scope) -> Expr:
            return primitive_call("vector", [expander.expand(name, inner) for name in names], form.span)

        return _received(expander, form.items[1], expander.expand(form.items[2], scope), vector, scope, form)

    def element(index: int, reference: Callable[[], Expr]) -> Expr:
        return primitive_call("vector-ref", [reference(), Const(index, form.span)], form.span)

    parts = [(name, partial(element, index)) for index, name in enumerate(names)]
    return CompoundDefinition(form, "values", values, tuple(parts))


def _received(
    expander: Expander, parameters: Syntax, values: Expr, body: Callable[[Scope], Expr], scope: Scope, form: Syntax
) -> Expr:
    """``body`` where the parameters are bound to the values of ``values``."""
    required, rest = (parameters.items, parameters.tail) if parameters.is_list else ((), parameters)
    receiver = expander.procedure("", required, rest, body, scope, form.span)
    return primitive_call("apply", [receiver, primitive_call("%values->list", [values], form.span)], form.span)


def _names(parameters: Syntax) -> list[Syntax]:
    """The names in a list of parameters, in order."""
    if not parameters.is_list:
        return [parameters]
    return [*parameters.items, *([] if parameters.tail is None else [parameters.tail])]


def _specs(form: Syntax, shape: str) -> tuple[Syntax, ...]:
    """The bindings of a form, lists of two elements each; a body must follow."""
    keyword = form.items[0].symbol
    if len(form.items) < 3:
        raise malformed(form, "bindings and a body are needed", shape)
    if not form.items[1].is_proper_list:
        raise problem_at(form.items[1].span, f"{keyword}: bindings are a list", f"write {shape}")
    for spec in form.items[1].items:
        if not spec.is_proper_list or len(spec.items) != 2:
            raise problem_at(spec.span, f"{keyword}: a binding has two parts", f"write {shape}")
    return form.items[1].items
