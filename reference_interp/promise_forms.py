"""``delay`` and ``delay-force``. Forcing is a library procedure: see ``prelude/promises.omni``."""

from __future__ import annotations

from reference_interp.core import Const, Expr, Lambda
from reference_interp.expander import Expander, malformed, primitive_call
from reference_interp.identifiers import Scope
from reference_interp.syntax import Syntax


def expand_delay(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(delay e)``: a promise whose value is that of ``e``, evaluated when it is forced for the first time."""
    value = _delayed(expander, form, scope)
    forced = primitive_call("cons", [Const(True, form.span), value], form.span)
    return _promise(primitive_call("%promise", [forced], form.span), form)


def expand_delay_force(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(delay-force e)``: a promise whose value is that of the promise that ``e`` gives."""
    return _promise(_delayed(expander, form, scope), form)


def _delayed(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    if len(form.items) != 2:
        keyword = expander.spelling(form.items[0])
        raise malformed(form, "one expression is needed", f"({keyword} expression)")
    return expander.expand(form.items[1], scope)


def _promise(promise: Expr, form: Syntax) -> Expr:
    """A promise that has not been forced: ``promise`` gives the one whose content it takes over then."""
    thunk = Lambda("", (), None, promise, form.span)
    content = primitive_call("cons", [Const(False, form.span), thunk], form.span)
    return primitive_call("%promise", [content], form.span)
