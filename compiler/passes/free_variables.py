"""Free variables of the procedures of a Core program, and how often each variable is referenced."""

from __future__ import annotations

from collections.abc import Iterable

from reference_interp import core


def children(expr: core.Expr) -> tuple[core.Expr, ...]:
    """The direct subexpressions, in evaluation order."""
    match expr:
        case core.SetLocal(value=value) | core.SetGlobal(value=value) | core.Define(value=value):
            return (value,)
        case core.If(test=test, then=then, otherwise=otherwise):
            return (test, then, otherwise)
        case core.Lambda(body=body):
            return (body,)
        case core.Call(function=function, args=args):
            return (function, *args)
        case core.Seq(forms=forms):
            return forms
        case core.Let(values=values, body=body) | core.Letrec(values=values, body=body):
            return (*values, body)
        case core.Guard(body=body, handler=handler):
            return (body, handler)
        case _:
            return ()


def bound(expr: core.Expr) -> tuple[core.Variable, ...]:
    """The variables that this very expression binds for its subexpressions."""
    match expr:
        case core.Lambda(params=params, rest=rest, self_variable=self_variable):
            return params + ((rest,) if rest else ()) + ((self_variable,) if self_variable else ())
        case core.Let(variables=variables) | core.Letrec(variables=variables):
            return variables
        case core.Guard(variable=variable, context=context):
            return (variable, context)
        case _:
            return ()


def mentioned(expr: core.Expr) -> tuple[core.Variable, ...]:
    """The variables that this very expression reads or assigns."""
    match expr:
        case core.LocalRef(variable=variable) | core.SetLocal(variable=variable):
            return (variable,)
        case core.Reraise(variable=variable, context=context):
            return (variable, context)
        case _:
            return ()


class Variables:
    """Reference counts of all local variables and free variables of all lambdas of some forms.

    Variables are unique objects, so a variable is free in a lambda exactly when it is mentioned inside
    and bound outside. Free variables come in the order of their first mention.
    """

    def __init__(self, forms: Iterable[core.Expr], closed: Iterable[core.Lambda] = ()) -> None:
        """``closed`` are procedures without free variables, whose bodies are not asked about."""
        self.references: dict[core.Variable, int] = {}
        self._free: dict[core.Lambda, tuple[core.Variable, ...]] = dict.fromkeys(closed, ())
        for form in forms:
            self._scan(form)

    def free(self, procedure: core.Lambda) -> tuple[core.Variable, ...]:
        """Free variables of ``procedure``."""
        return self._free[procedure]

    def free_in(self, expr: core.Expr) -> dict[core.Variable, None]:
        """Free variables of any expression whose lambdas were scanned."""
        return self._walk(expr)

    def _scan(self, form: core.Expr) -> None:
        self._walk(form, count=True)

    def _walk(self, root: core.Expr, count: bool = False) -> dict[core.Variable, None]:
        """Post-order over ``root`` with an explicit stack: programs may be nested deeply."""
        scopes: list[dict[core.Variable, None]] = [{}]
        work: list[tuple[core.Expr, bool]] = [(root, False)]
        while work:
            expr, leaving = work.pop()
            if leaving:
                inner = scopes.pop()
                for variable in bound(expr):
                    inner.pop(variable, None)
                if isinstance(expr, core.Lambda):
                    self._free[expr] = tuple(inner)
                for variable in inner:
                    scopes[-1].setdefault(variable)
                continue
            for variable in mentioned(expr):
                scopes[-1].setdefault(variable)
                if count:
                    self.references[variable] = self.references.get(variable, 0) + 1
            if isinstance(expr, core.Lambda) and not count and expr in self._free:
                for variable in self._free[expr]:
                    scopes[-1].setdefault(variable)
                continue
            if bound(expr) or isinstance(expr, core.Lambda):
                work.append((expr, True))
                scopes.append({})
            for child in reversed(children(expr)):
                work.append((child, False))
        return scopes[0]
