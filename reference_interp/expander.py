"""The expander: syntax trees to Core.

Scoping is resolved here, and every derived form becomes Core nodes directly, never syntax with
introduced names; so no definition of the program can change what a form means. This module knows
names, calls, bodies and definitions; the special forms are functions in
:mod:`~reference_interp.binding_forms`, :mod:`~reference_interp.control_forms`,
:mod:`~reference_interp.dynamic_forms` and :mod:`~reference_interp.quotation`, listed in
:mod:`~reference_interp.forms`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from reference_interp.core import (
    Call,
    Const,
    Define,
    Expr,
    GlobalRef,
    Lambda,
    LocalRef,
    PrimRef,
    Seq,
    SetGlobal,
    SetLocal,
    Span,
    Variable,
)
from reference_interp.letrec import Binding, bind_recursively
from reference_interp.primitives import PRIMITIVES
from reference_interp.reader import SyntaxProblem, problem_at
from reference_interp.syntax import Kind, Syntax
from reference_interp.values import NIL, NOTHING, Pair, Value, Vector

CONSTANTS: Final[dict[str, Value]] = {"true": True, "false": False, "nothing": NOTHING}

Form = Callable[["Expander", Syntax, "Scope"], Expr]


class Scope:
    """A lexical contour: the variables that one form binds, inside of an enclosing scope."""

    __slots__ = ("_parent", "_variables")

    def __init__(self, parent: Scope | None = None, variables: Sequence[Variable] = ()) -> None:
        self._parent = parent
        self._variables = {variable.name: variable for variable in variables}

    def lookup(self, name: str) -> Variable | None:
        """The innermost local variable called ``name``; None when the name is not bound locally."""
        scope: Scope | None = self
        while scope is not None:
            variable = scope._variables.get(name)
            if variable is not None:
                return variable
            scope = scope._parent
        return None

    def bind(self, variable: Variable) -> None:
        """Add a variable to this contour."""
        self._variables[variable.name] = variable

    def binds(self, name: str) -> bool:
        """Whether this very contour binds ``name``."""
        return name in self._variables


class GlobalNames(Protocol):
    """How program-level names are resolved: differently for programs and for the prelude."""

    def core_name(self, name: str, span: Span) -> str:
        """The Core name of the variable that defining or assigning ``name`` concerns; may raise SyntaxProblem."""
        ...

    def reference(self, name: str, span: Span) -> Expr:
        """What a reference to ``name`` means when no local variable has that name; may raise SyntaxProblem."""
        ...

    def library_name(self, name: str) -> str:
        """The Core name of the prelude's procedure ``name``, which a special form refers to."""
        ...


@dataclass(frozen=True, slots=True)
class Definition:
    """``(define name value)`` or ``(define (… (name parameter …) …) body …)``, checked for shape.

    ``layers`` are the parameter lists with what they apply to in first place, the outermost procedure
    last; ``body`` is then its body, otherwise the one value.
    """

    form: Syntax
    name: Syntax
    layers: tuple[Syntax, ...]
    body: tuple[Syntax, ...]


@dataclass(frozen=True, slots=True)
class SeveralDefinitions:
    """A form that defines the variables ``names``; ``values`` expands to a vector of their values, in this order."""

    form: Syntax
    names: tuple[Syntax, ...]
    values: Callable[[Scope], Expr]


@dataclass(frozen=True, slots=True)
class DefiningForm:
    """A special form that defines several variables: ``parse`` checks its shape and takes it apart."""

    parse: Callable[[Expander, Syntax], SeveralDefinitions]

    def __call__(self, expander: Expander, form: Syntax, scope: Scope) -> Expr:
        """It stands where an expression has to stand."""
        raise problem_at(
            form.span,
            f"{form.items[0].symbol}: a definition cannot stand here",
            "definitions belong to the program's top or to a body",
        )


class Expander:
    """Expands the forms of one program, in order."""

    def __init__(self, forms: Mapping[str, Form], names: GlobalNames) -> None:
        self._forms = forms
        self._names = names
        self._defined: set[str] = set()  # program-level definitions so far: these are no keywords any more
        self._uses: list[Variable] = []  # every use of a local variable so far, in order
        self.globals: dict[str, None] = {}  # Core names defined or assigned, in order of appearance
        self.mentioned: set[str] = set()  # Core names referred to or assigned so far
        self.defined_first: set[str] = set()  # Core names that nothing can use before their definition ran

    # ---- program level ------------------------------------------------------------------------------

    def expand_program(self, syntaxes: Sequence[Syntax]) -> list[Expr]:
        """The Core of program-level forms, in order; ``begin`` is spliced. Raises SyntaxProblem."""
        scope = Scope()
        result: list[Expr] = []
        pending = list(reversed(syntaxes))
        while pending:
            syntax = pending.pop()
            keyword = self.keyword(syntax, scope)
            if keyword == "begin" and len(syntax.items) > 1:
                pending.extend(reversed(syntax.items[1:]))
            elif keyword == "define":
                result.append(self._global_definition(self.parse_definition(syntax), scope))
            elif (several := self._several_definitions(keyword, syntax)) is not None:
                result.extend(self._global_definitions(several, scope))
            else:
                result.append(self.expand(syntax, scope))
        return result

    def _global_definition(self, definition: Definition, scope: Scope) -> Define:
        plain = self.binder(definition.name)
        name = self._names.core_name(plain, definition.name.span)
        is_first_mention = name not in self.globals and name not in self.mentioned
        self._defined.add(plain)
        self.globals.setdefault(name)
        value = self.definition_value(definition, scope)
        if is_first_mention and (isinstance(value, Lambda) or name not in self.mentioned):
            self.defined_first.add(name)
        return Define(name, value, definition.form.span)

    def _several_definitions(self, keyword: str | None, syntax: Syntax) -> SeveralDefinitions | None:
        form = self._forms[keyword] if keyword is not None else None
        return form.parse(self, syntax) if isinstance(form, DefiningForm) else None

    def _global_definitions(self, several: SeveralDefinitions, scope: Scope) -> list[Expr]:
        """A variable that no program can name holds the vector of values for a while."""
        span = several.form.span
        targets = []
        for syntax in several.names:
            plain = self.binder(syntax)
            targets.append(self._names.core_name(plain, syntax.span))
            self._defined.add(plain)
        vector = f"%values {len(self.globals)}"
        self.globals.update(dict.fromkeys([*targets, vector]))
        definitions: list[Expr] = [Define(vector, several.values(scope), span)]
        for index, name in enumerate(targets):
            definitions.append(Define(name, _element(GlobalRef(vector, span), index, span), span))
        return [*definitions, Define(vector, Const(NOTHING, span), span)]

    # ---- names --------------------------------------------------------------------------------------

    def keyword(self, syntax: Syntax, scope: Scope) -> str | None:
        """The special form that ``syntax`` is, if any. Raises SyntaxProblem when that form is dotted."""
        if syntax.kind is not Kind.LIST or not syntax.items:
            return None
        name = syntax.items[0].symbol
        if name is None or name not in self._forms or not self.has_default_meaning(name, scope):
            return None
        if syntax.tail is not None:
            raise problem_at(syntax.span, f"{name}: a form cannot be a dotted list", "remove the dot")
        return name

    def has_default_meaning(self, name: str, scope: Scope) -> bool:
        """Whether neither a local variable nor a definition of the program took ``name``."""
        return name not in self._defined and scope.lookup(name) is None

    def is_auxiliary(self, syntax: Syntax, name: str, scope: Scope) -> bool:
        """Whether ``syntax`` is the word ``name`` (``else``, ``=>``, …) with its meaning in a special form."""
        return syntax.symbol == name and self.has_default_meaning(name, scope)

    def binder(self, syntax: Syntax) -> str:
        """The name that ``syntax``, in a place where a variable is bound or assigned, spells."""
        name = syntax.symbol
        if name is None:
            raise problem_at(syntax.span, "a variable name is expected here", "names are symbols: x, line-count")
        if name in CONSTANTS:
            raise problem_at(syntax.span, f"{name} is a constant and cannot be a variable", "choose another name")
        return name

    def variable(self, syntax: Syntax) -> Variable:
        """A new local variable with the name that ``syntax`` spells."""
        return Variable(self.binder(syntax))

    def variables(self, syntaxes: Sequence[Syntax]) -> list[Variable]:
        """New local variables for ``syntaxes``, whose names must differ."""
        seen: set[str] = set()
        result = []
        for syntax in syntaxes:
            variable = self.variable(syntax)
            if variable.name in seen:
                raise problem_at(syntax.span, f"the name {variable.name} is bound twice", "use different names")
            seen.add(variable.name)
            result.append(variable)
        return result

    def local(self, variable: Variable, span: Span) -> LocalRef:
        """A reference to a local variable."""
        self._uses.append(variable)
        return LocalRef(variable, span)

    def _reference(self, name: str, syntax: Syntax, scope: Scope) -> Expr:
        variable = scope.lookup(name)
        if variable is not None:
            return self.local(variable, syntax.span)
        if name in CONSTANTS:
            return Const(CONSTANTS[name], syntax.span)
        if name in self._forms and name not in self._defined:
            raise problem_at(
                syntax.span, f"{name} is a keyword, not a variable", f"a form starts with it: ({name} ...)"
            )
        expr = self._names.reference(name, syntax.span)
        if isinstance(expr, GlobalRef):
            self.mentioned.add(expr.name)
        return expr

    def library_procedure(self, name: str, span: Span) -> Expr:
        """The prelude's procedure ``name``, whatever that name means in the program."""
        core_name = self._names.library_name(name)
        self.mentioned.add(core_name)
        return GlobalRef(core_name, span)

    def assignment(self, target: Syntax, value: Expr, scope: Scope, span: Span) -> Expr:
        """``set!`` of the variable that ``target`` names."""
        name = self.binder(target)
        variable = scope.lookup(name)
        if variable is not None:
            variable.assigned = True
            self._uses.append(variable)
            return SetLocal(variable, value, span)
        if name in self._forms and name not in self._defined:
            raise problem_at(target.span, f"{name} is a keyword, not a variable", "choose another name")
        core_name = self._names.core_name(name, target.span)
        self.globals.setdefault(core_name)
        self.mentioned.add(core_name)
        return SetGlobal(core_name, value, span)

    # ---- expressions --------------------------------------------------------------------------------

    def expand(self, syntax: Syntax, scope: Scope) -> Expr:
        """The Core of one expression."""
        if syntax.kind is Kind.ATOM:
            name = syntax.symbol
            return Const(syntax.datum, syntax.span) if name is None else self._reference(name, syntax, scope)
        if syntax.kind is Kind.VECTOR:
            return Const(literal(syntax), syntax.span)
        if not syntax.items:
            raise problem_at(syntax.span, "() is not an expression", "the empty list is written '()")
        keyword = self.keyword(syntax, scope)
        if keyword is not None:
            return self._forms[keyword](self, syntax, scope)
        if syntax.tail is not None:
            raise problem_at(syntax.span, "a call cannot be a dotted list", "to pass the elements of a list use apply")
        function = self.expand(syntax.items[0], scope)
        return Call(function, tuple([self.expand(item, scope) for item in syntax.items[1:]]), syntax.span)

    def expand_named(self, name: str, syntax: Syntax, scope: Scope) -> Expr:
        """The value of a variable called ``name``: a procedure without a name of its own takes this one."""
        expr = self.expand(syntax, scope)
        if isinstance(expr, Lambda) and not expr.name:
            return dataclasses.replace(expr, name=name)
        return expr

    def procedure(
        self,
        name: str,
        parameters: Sequence[Syntax],
        rest: Syntax | None,
        body: Callable[[Scope], Expr],
        scope: Scope,
        span: Span,
        self_variable: Variable | None = None,
    ) -> Lambda:
        """A procedure with the given parameters; ``body`` is given the scope in which they are bound."""
        variables = self.variables([*parameters, rest] if rest is not None else parameters)
        outer = scope if self_variable is None else Scope(scope, [self_variable])
        required = tuple(variables[: len(parameters)])
        rest_variable = variables[-1] if rest is not None else None
        return Lambda(name, required, rest_variable, body(Scope(outer, variables)), span, self_variable)

    def sequence(self, syntaxes: Sequence[Syntax], scope: Scope, span: Span) -> Expr:
        """Expressions evaluated in order; ``nothing`` when there are none."""
        return in_order([self.expand(syntax, scope) for syntax in syntaxes], span)

    # ---- bodies and definitions ---------------------------------------------------------------------

    def body(self, syntaxes: Sequence[Syntax], scope: Scope, span: Span) -> Expr:
        """A body: definitions, which are in scope in all of it, and expressions, in any order.

        Definitions have the meaning of ``letrec*``; the value is the last form's.
        """
        inner = Scope(scope)
        parts: list[tuple[Variable | None, Callable[[], Expr]]] = []
        pending = list(reversed(syntaxes))
        while pending:
            syntax = pending.pop()
            keyword = self.keyword(syntax, inner)
            if keyword == "begin" and len(syntax.items) > 1:
                pending.extend(reversed(syntax.items[1:]))
            elif keyword == "define":
                definition = self.parse_definition(syntax)
                defined = self._define_locally(definition.name, inner)
                parts.append((defined, partial(self.definition_value, definition, inner)))
            elif (several := self._several_definitions(keyword, syntax)) is not None:
                vector = Variable("values")
                parts.append((vector, partial(several.values, inner)))
                for index, name in enumerate(several.names):
                    element = partial(self._local_element, vector, index, syntax.span)
                    parts.append((self._define_locally(name, inner), element))
            else:
                parts.append((None, partial(self.expand, syntax, inner)))

        steps: list[Binding] = []
        for variable, value in parts:
            start = len(self._uses)
            expr = value()
            steps.append(Binding(variable, expr, frozenset(self._uses[start:])))
        defining = len(steps)  # everything up to the last definition takes part in letrec*
        while defining and steps[defining - 1].variable is None:
            defining -= 1
        return bind_recursively(steps[:defining], in_order([step.value for step in steps[defining:]], span), span)

    def _define_locally(self, name: Syntax, inner: Scope) -> Variable:
        """A new variable of the body whose scope is ``inner``."""
        defined = self.variable(name)
        if inner.binds(defined.name):
            raise problem_at(
                name.span, f"{defined.name} is defined twice in this body", "use set! to change it, or another name"
            )
        inner.bind(defined)
        return defined

    def _local_element(self, vector: Variable, index: int, span: Span) -> Expr:
        return _element(self.local(vector, span), index, span)

    def binding(self, variable: Variable, value: Syntax, scope: Scope) -> Binding:
        """A ``letrec*`` binding of ``variable`` to ``value``."""
        start = len(self._uses)
        expr = self.expand_named(variable.name, value, scope)
        return Binding(variable, expr, frozenset(self._uses[start:]))

    def parse_definition(self, form: Syntax) -> Definition:
        """Check the shape of a ``define`` form and take it apart."""
        shape = "(define name value) or (define (name parameter ...) body ...)"
        if len(form.items) < 3:
            raise malformed(form, "a name and a value are needed", shape)
        target, layers = form.items[1], []
        while target.is_list:
            if not target.items:
                raise problem_at(target.span, "define: a procedure needs a name", f"write {shape}")
            layers.append(target)
            target = target.items[0]
        if not layers and len(form.items) > 3:
            raise malformed(form, "a variable has one value", shape)
        return Definition(form, target, tuple(layers), form.items[2:])

    def definition_value(self, definition: Definition, scope: Scope) -> Expr:
        """The value that a definition gives to its name."""
        name = self.binder(definition.name)
        if not definition.layers:
            return self.expand_named(name, definition.body[0], scope)
        return self._layered_procedure(name, definition, len(definition.layers) - 1, scope)

    def _layered_procedure(self, name: str, definition: Definition, layer: int, scope: Scope) -> Lambda:
        target, span = definition.layers[layer], definition.form.span

        def body(inner: Scope) -> Expr:
            if layer:
                return self._layered_procedure("", definition, layer - 1, inner)
            return self.body(definition.body, inner, span)

        return self.procedure(name, target.items[1:], target.tail, body, scope, span)


def _element(vector: Expr, index: int, span: Span) -> Expr:
    return primitive_call("vector-ref", [vector, Const(index, span)], span)


def in_order(forms: Sequence[Expr], span: Span) -> Expr:
    """``forms`` one after the other; ``nothing`` when there are none."""
    if not forms:
        return Const(NOTHING, span)
    return forms[0] if len(forms) == 1 else Seq(tuple(forms), span)


def literal(syntax: Syntax) -> Value:
    """The immutable value of quoted data."""
    if syntax.kind is Kind.ATOM:
        return syntax.datum
    items = [literal(item) for item in syntax.items]
    if syntax.kind is Kind.VECTOR:
        return Vector(items, immutable=True)
    result = NIL if syntax.tail is None else literal(syntax.tail)
    for item in reversed(items):
        result = Pair(item, result, immutable=True)
    return result


def primitive_call(name: str, args: Sequence[Expr], span: Span) -> Call:
    """A call of the primitive ``name``, whatever that name means in the program."""
    assert name in PRIMITIVES
    return Call(PrimRef(name, span), tuple(args), span)


def malformed(form: Syntax, what: str, shape: str) -> SyntaxProblem:
    """The problem of a special form that is not written as it has to be: ``what`` is wrong, ``shape`` is right."""
    return problem_at(form.span, f"{form.items[0].symbol}: {what}", f"write {shape}")
