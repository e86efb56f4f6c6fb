"""Constant folding: pure primitives on literal operands, and tests that are decided.

The folded value comes from the reference implementation of the primitive itself; what would raise is
left for run time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache

from compiler.context import CompileOptions, Context
from reference_interp import core
from reference_interp.builtins import IMPLEMENTATIONS, entry
from reference_interp.errors import Raised
from reference_interp.library import is_library
from reference_interp.primitives import PRIMITIVES, Effect, Type
from reference_interp.session import Session
from reference_interp.values import NOTHING, Value

_FOLDABLE_RESULTS = frozenset({Type.NUMBER, Type.INTEGER, Type.FLOAT, Type.BOOLEAN, Type.CHAR})


def run(program: core.Program, context: Context) -> core.Program:
    """Fold every form of ``program``; counts ``fold-constants.folded`` and ``.decided``."""
    folder = _Folder(context)
    remember = not context.options.plants
    forms = [_folded_library(f, context) if remember and is_library(f) else folder.fold(f) for f in program.forms]
    return replace(program, forms=tuple(forms))


def _folded_library(form: core.Expr, context: Context) -> core.Expr:
    """``form``, which defines a library procedure, folded: the same object each time."""
    folded, counters = _remembered(form)
    context.counters.update(counters)
    return folded


@lru_cache(maxsize=2048)
def _remembered(form: core.Expr) -> tuple[core.Expr, Counter[str]]:
    context = Context(CompileOptions())
    return _Folder(context).fold(form), context.counters


class _Folder:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.session = Session(b"", 0, None, None)  # pure primitives use nothing of it

    def fold(self, expr: core.Expr) -> core.Expr:
        """``expr`` with its constant subexpressions evaluated."""
        match expr:
            case core.Call(function=function, args=args, span=span):
                folded = [self.fold(a) for a in args]
                if isinstance(function, core.PrimRef):
                    value = self.evaluate(function.name, folded)
                    if value is not None:
                        self.context.count("fold-constants.folded")
                        return core.Const(value, span)
                return replace(expr, function=self.fold(function), args=tuple(folded))
            case core.If(test=test, then=then, otherwise=otherwise):
                decided = self.fold(test)
                if isinstance(decided, core.Const):
                    self.context.count("fold-constants.decided")
                    taken = otherwise if decided.value is False or decided.value is NOTHING else then
                    return self.fold(taken)
                return replace(expr, test=decided, then=self.fold(then), otherwise=self.fold(otherwise))
            case core.SetLocal(value=value) | core.SetGlobal(value=value) | core.Define(value=value):
                return replace(expr, value=self.fold(value))
            case core.Lambda(body=body):
                return replace(expr, body=self.fold(body))
            case core.Seq(forms=forms):
                return replace(expr, forms=tuple([self.fold(f) for f in forms]))
            case core.Let(values=values, body=body) | core.Letrec(values=values, body=body):
                return replace(expr, values=tuple([self.fold(v) for v in values]), body=self.fold(body))
            case core.Guard(body=body, handler=handler):
                return replace(expr, body=self.fold(body), handler=self.fold(handler))
            case _:
                return expr

    def evaluate(self, name: str, args: list[core.Expr]) -> Value | None:
        """The value of a foldable call, or None when it is not one or would raise."""
        primitive = PRIMITIVES[name]
        if primitive.effect is not Effect.PURE or primitive.result not in _FOLDABLE_RESULTS:
            return None
        constants = [a.value for a in args if isinstance(a, core.Const)]
        if len(constants) != len(args) or name not in IMPLEMENTATIONS or not primitive.accepts(len(args)):
            return None
        try:
            value = entry(primitive, self.session, len(constants))(*constants)
        except Raised:
            self.context.count("fold-constants.would-raise")
            return None
        if self.context.planted("fold-minus-negative") and name == "-" and type(value) is int:
            if any(type(c) is int and c < 0 for c in constants):
                self.context.count("plant.fold-minus-negative")
                return -value
        if self.context.planted("wrong-fold") and type(value) is int:
            self.context.count("plant.wrong-fold")
            return value + 1 if value < 2**60 else value
        return value
