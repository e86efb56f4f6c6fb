"""Which calls can suspend: capture the continuation that they are part of, or replace it.

Only the procedures with :attr:`Effect.SUSPEND` start a suspension. A program that does not mention one cannot
suspend anywhere. In others, calls of unknown procedures may; a call of a known function may if something
that it does, or leaves to be done by a tail call, may: a fixpoint over the call graph.
"""

from __future__ import annotations

from functools import lru_cache

from compiler.ir import flat, owned
from compiler.passes.free_variables import children
from reference_interp import core
from reference_interp.library import is_library
from reference_interp.primitives import PRIMITIVES, Effect


def suspends(program: core.Program) -> bool:
    """Whether anything in ``program`` mentions a procedure that suspends."""
    if any(_library_suspends(form) if is_library(form) else _form_suspends(form) for form in program.forms):
        return True
    # A global of that name starts with the primitive as its value.
    return any(name in PRIMITIVES and _is_suspending(name) for name in program.globals)


def _form_suspends(form: core.Expr) -> bool:
    work: list[core.Expr] = [form]
    while work:
        expr = work.pop()
        if isinstance(expr, core.PrimRef) and _is_suspending(expr.name):
            return True
        work += children(expr)
    return False


_library_suspends = lru_cache(maxsize=2048)(_form_suspends)


def _is_suspending(primitive: str) -> bool:
    return PRIMITIVES[primitive].effect is Effect.SUSPEND


class SuspendingCalls:
    """Answers for the steps of one program whether they can suspend."""

    def __init__(self, program: owned.OwnedProgram) -> None:
        self._primitives: dict[flat.Var, str] = {}
        possible = False
        for function in program.functions:
            for block in function.blocks:
                for action in block.actions:
                    if isinstance(action, owned.Step) and isinstance(action.op, flat.PrimitiveValue):
                        assert action.result is not None
                        self._primitives[action.result] = action.op.name
                        possible = possible or _is_suspending(action.op.name)
        self.possible = possible
        self.functions = self._fixpoint(program) if possible else frozenset[str]()

    def can_suspend(self, step: owned.Step) -> bool:
        """Whether ``step`` can come back with a suspension."""
        return self.possible and self._may(step.op, step.args, self.functions)

    def _may(self, op: flat.Operation | owned.Resumed, args: tuple[flat.Atom, ...], functions: frozenset[str]) -> bool:
        match op:
            case flat.CallValue() | flat.CallList():
                return self._unknown(args[0])
            case flat.CallKnown(label=label):
                return label in functions
            case flat.RaiseAgain():
                return True
            case _:
                return False

    def _unknown(self, callee: flat.Atom) -> bool:
        """Whether calling ``callee`` can run code that suspends: anything but a harmless primitive may."""
        name = self._primitives.get(callee) if isinstance(callee, flat.Var) else None
        return name is None or name == "apply" or _is_suspending(name)

    def _fixpoint(self, program: owned.OwnedProgram) -> frozenset[str]:
        """The functions that may suspend, their pending tail calls included."""
        found: set[str] = set()
        callers: dict[str, list[str]] = {}
        for function in program.functions:
            for block in function.blocks:
                if isinstance(block.end, flat.TailCall) and self._unknown(block.end.args[0]):
                    found.add(function.label)
                for action in block.actions:
                    if not isinstance(action, owned.Step):
                        continue
                    if isinstance(action.op, flat.CallKnown):
                        callers.setdefault(action.op.label, []).append(function.label)
                    elif self._may(action.op, action.args, frozenset()):
                        found.add(function.label)
        work = list(found)
        while work:
            for caller in callers.get(work.pop(), ()):
                if caller not in found:
                    found.add(caller)
                    work.append(caller)
        return frozenset(found)
