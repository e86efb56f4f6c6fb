"""Core to linked code: addresses for variables, and for every expression the node that evaluates it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reference_interp.builtins import APPLY, SUSPENDING, entry
from reference_interp.code import (
    CallCode,
    Cell,
    Evaluate,
    GuardCode,
    IfCode,
    LetCode,
    LetrecCode,
    PrimitiveCall,
    ReraiseCode,
    SeqCode,
    Simple,
    SimpleCall,
    SimpleIf,
    StoreCode,
    checked_local,
    closure,
    constant,
    global_definition,
    global_store,
    global_variable,
    local,
    local_store,
    primitive,
)
from reference_interp.control import ControlProcedure, PrimitiveProcedure, primitive_procedure
from reference_interp.core import (
    Call,
    Const,
    Define,
    Expr,
    GlobalRef,
    Guard,
    If,
    Lambda,
    Let,
    Letrec,
    LocalRef,
    PrimRef,
    Program,
    Reraise,
    Seq,
    SetGlobal,
    SetLocal,
    Span,
    Variable,
)
from reference_interp.coverage import Coverage
from reference_interp.machine import Code, ProcedureCode
from reference_interp.observing import Observer
from reference_interp.primitives import PRIMITIVES
from reference_interp.recursion import deep_recursion
from reference_interp.session import Session
from reference_interp.values import NOTHING

# How deep simple expressions nest: they are evaluated on the Python stack.
_SIMPLE_HEIGHT: Final = 16


class Contour:
    """The variables of one environment level, inside of the enclosing levels.

    Every variable is bound in one place, so all contours of a program share one table of where that is.
    """

    __slots__ = ("_level", "_places")

    def __init__(self, parent: Contour | None, variables: Sequence[Variable]) -> None:
        self._level: Final[int] = 0 if parent is None else parent._level + 1
        self._places: Final[dict[Variable, tuple[int, int]]] = {} if parent is None else parent._places
        self._places.update((variable, (self._level, index)) for index, variable in enumerate(variables, start=1))

    def address(self, variable: Variable) -> tuple[int, int]:
        """How many levels out, and at which index there, ``variable`` is, which must be in scope."""
        level, index = self._places[variable]
        return self._level - level, index


class Linker:
    """Links one program for one run."""

    def __init__(
        self,
        program: Program,
        session: Session,
        depth_limit: int,
        coverage: Coverage | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._coverage = coverage
        self._observer = observer
        self._program = program
        self._session = session
        self._depth_limit = depth_limit
        self._cells: dict[str, Cell] = {}
        self._primitives: dict[str, PrimitiveProcedure | ControlProcedure] = {}
        for name in program.globals:
            cell = self._cell(name)
            if name in PRIMITIVES:
                cell.value = self._primitive(name)

    def link(self) -> Code:
        """Code for the whole program."""
        top = Contour(None, ())
        with deep_recursion():
            parts = [self._link(form, top) for form in self._program.forms]
        return SeqCode(parts) if parts else Simple(constant(NOTHING))

    def forget(self) -> None:
        """Empty the program's global variables after its run: procedures refer to them, and they to procedures."""
        for cell in self._cells.values():
            cell.value = None

    def _cell(self, name: str) -> Cell:
        cell = self._cells.get(name)
        if cell is None:
            cell = self._cells[name] = Cell(name)
        return cell

    def _primitive(self, name: str) -> PrimitiveProcedure | ControlProcedure:
        procedure = self._primitives.get(name)
        if procedure is None:
            make = primitive_procedure if self._observer is None else self._observer.procedure
            procedure = self._primitives[name] = make(name, self._session, self._depth_limit)
        return procedure

    def _link(self, expr: Expr, contour: Contour) -> Code:
        code = self._node(expr, contour)
        if self._coverage is None or expr.span.is_prelude:
            return code
        return self._coverage.watched(code, expr)

    def _node(self, expr: Expr, contour: Contour) -> Code:
        match expr:
            case Const(value=value):
                return Simple(constant(value))
            case LocalRef(variable=variable, span=span):
                depth, index = contour.address(variable)
                if variable.checked:
                    return Simple(checked_local(depth, index, variable.name, span))
                return Simple(local(depth, index))
            case GlobalRef(name=name, span=span):
                return Simple(global_variable(self._cell(name), span))
            case PrimRef(name=name):
                return Simple(constant(self._primitive(name)))
            case Lambda():
                return Simple(closure(self._procedure(expr, contour)))
            case Call():
                return self._call(expr, contour)
            case If(test=test, then=then, otherwise=otherwise):
                return self._choice(*[self._link(part, contour) for part in (test, then, otherwise)])
            case Let(variables=variables, values=values, body=body):
                parts = [self._link(value, contour) for value in values]
                return LetCode(parts, self._link(body, Contour(contour, variables)))
            case Letrec(variables=variables, values=values, body=body):
                inner = Contour(contour, variables)
                parts = [self._link(value, inner) for value in values]
                return LetrecCode(parts, self._link(body, inner))
            case Seq(forms=forms):
                return SeqCode([self._link(form, contour) for form in forms])
            case SetLocal(variable=variable, value=value):
                return StoreCode(self._link(value, contour), local_store(*contour.address(variable)))
            case SetGlobal(name=name, value=value, span=span):
                return StoreCode(self._link(value, contour), global_store(self._cell(name), span))
            case Define(name=name, value=value):
                return StoreCode(self._link(value, contour), global_definition(self._cell(name)))
            case Guard(body=body, variable=variable, context=context, handler=handler):
                return GuardCode(self._link(body, contour), self._link(handler, Contour(contour, (variable, context))))
            case Reraise(variable=variable):
                depth, _ = contour.address(variable)
                return ReraiseCode(depth)

    def _choice(self, test: Code, then: Code, otherwise: Code) -> Code:
        if isinstance(test, Simple):
            return SimpleIf(test.evaluate, then, otherwise)
        return IfCode(test, then, otherwise)

    def _procedure(self, expr: Lambda, contour: Contour) -> ProcedureCode:
        variables = [*expr.params]
        if expr.rest is not None:
            variables.append(expr.rest)
        if expr.self_variable is not None:
            variables.append(expr.self_variable)
        return ProcedureCode(
            expr.name,
            len(expr.params),
            expr.rest is not None,
            expr.self_variable is not None,
            self._link(expr.body, Contour(contour, variables)),
            self._depth_limit,
            expr.span.is_prelude,
        )

    def _call(self, expr: Call, contour: Contour) -> Code:
        args = [self._link(arg, contour) for arg in expr.args]
        function = expr.function
        if isinstance(function, PrimRef) and function.name != APPLY and function.name not in SUSPENDING:
            row = PRIMITIVES[function.name]
            if row.accepts(len(args)):
                implementation = entry(row, self._session, len(args))
                if self._observer is not None:
                    implementation = self._observer.watched(row.name, implementation)
                return self._primitive_call(implementation, args, expr.span)
        operands = [self._link(function, contour), *args]
        simple = _all_simple(operands)
        return CallCode(operands, expr.span) if simple is None else SimpleCall(simple, expr.span)

    def _primitive_call(self, function: Evaluate, args: list[Code], span: Span) -> Code:
        simple = _all_simple(args)
        if simple is not None:
            height = 1 + max([arg.height for arg in args if isinstance(arg, Simple)], default=0)
            if height <= _SIMPLE_HEIGHT:
                return Simple(primitive(function, simple, span), height)
        return PrimitiveCall(function, args, span)


def _all_simple(parts: Sequence[Code]) -> list[Evaluate] | None:
    """How to evaluate ``parts`` if all of them are simple."""
    result: list[Evaluate] = []
    for part in parts:
        if not isinstance(part, Simple):
            return None
        result.append(part.evaluate)
    return result


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions that ``expr`` directly consists of."""
    match expr:
        case Const() | LocalRef() | GlobalRef() | PrimRef() | Reraise():
            return ()
        case SetLocal(value=value) | SetGlobal(value=value) | Define(value=value):
            return (value,)
        case If(test=test, then=then, otherwise=otherwise):
            return test, then, otherwise
        case Lambda(body=body):
            return (body,)
        case Call(function=function, args=args):
            return function, *args
        case Seq(forms=forms):
            return forms
        case Let(values=values, body=body) | Letrec(values=values, body=body):
            return *values, body
        case Guard(body=body, handler=handler):
            return body, handler
