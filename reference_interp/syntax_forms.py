"""Special forms about syntax itself: let-syntax and its relatives, syntax-error, cond-expand, and what is refused."""

from __future__ import annotations

from reference_interp.core import Expr
from reference_interp.expander import Expander, malformed
from reference_interp.identifiers import Scope
from reference_interp.libraries import selected_forms
from reference_interp.literals import literal
from reference_interp.printer import write
from reference_interp.reader import problem_at
from reference_interp.syntax import Syntax
from reference_interp.values import String


def expand_let_syntax(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(let-syntax ((name transformer) ...) body ...)``: the macros do not see one another."""
    return _macro_bindings(expander, form, scope, is_recursive=False)


def expand_letrec_syntax(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(letrec-syntax ((name transformer) ...) body ...)``: what the macros expand into sees all of them."""
    return _macro_bindings(expander, form, scope, is_recursive=True)


def _macro_bindings(expander: Expander, form: Syntax, scope: Scope, is_recursive: bool) -> Expr:
    keyword = form.items[0].symbol
    shape = f"({keyword} ((name (syntax-rules ...)) ...) body ...)"
    if len(form.items) < 3 or not form.items[1].is_proper_list:
        raise malformed(form, "macro bindings and a body are needed", shape)
    inner = Scope(scope)
    for binding in form.items[1].items:
        if not binding.is_proper_list or len(binding.items) != 2:
            raise problem_at(binding.span, f"{keyword}: a binding is a name and a transformer", f"write {shape}")
        name, transformer = binding.items
        identifier = expander.binding_identifier(name)
        if inner.binds(identifier):
            raise problem_at(name.span, f"the name {name.symbol} is bound twice", "use different names")
        inner.bind_macro(identifier, expander.transformer(transformer, inner if is_recursive else scope))
    return expander.body(form.items[2:], inner, form.span)


def expand_syntax_error(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(syntax-error message datum ...)``: the program is malformed, for this reason."""
    if len(form.items) < 2 or type(form.items[1].datum) is not String:
        raise malformed(form, "a message is needed", '(syntax-error "message" datum ...)')
    parts = [str(form.items[1].datum.text), *[write(literal(datum)) for datum in form.items[2:]]]
    raise problem_at(form.span, " ".join(parts), "a macro of the program says so")


def expand_cond_expand(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(cond-expand (requirement e ...) ...)`` in a place where only an expression can stand."""
    return expander.sequence(selected_forms(form), scope, form.span)


def reject_syntax_definition(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``define-syntax`` where an expression has to stand."""
    raise problem_at(
        form.span,
        "define-syntax: a definition cannot stand here",
        "definitions belong to the program's top or to a body",
    )


def reject_transformer(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(syntax-rules ...)`` as an expression."""
    raise problem_at(form.span, "syntax-rules: not an expression", "write (define-syntax name (syntax-rules ...))")


def reject_import(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(import ...)`` that is not on program level."""
    raise problem_at(form.span, "import: cannot stand here", "imports belong to the program's top")


def reject_library(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(define-library ...)``"""
    raise problem_at(form.span, "define-library: programs define no libraries", "write its definitions without it")


def reject_include(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(include ...)``, ``(include-ci ...)``"""
    raise problem_at(
        form.span, f"{form.items[0].symbol}: a program is one text", "put the contents of the file in its place"
    )


def reject_lone_auxiliary(expander: Expander, form: Syntax, scope: Scope) -> Expr:
    """``(else ...)`` and the like outside of the forms that give the word a meaning."""
    raise problem_at(
        form.span,
        f"{form.items[0].symbol}: has a meaning only inside of certain forms",
        "else and => belong to clauses, ... and _ to syntax-rules",
    )
