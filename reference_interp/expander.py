"""The expander: syntax trees to Core.

Scoping is resolved here, and every derived form becomes Core nodes directly, never syntax with
introduced names; so no definition of the program can change what a form means. This module knows
names, macro uses, calls, bodies and definitions; what names mean is in
:mod:`~reference_interp.identifiers`, the macros of programs are in :mod:`~reference_interp.syntax_rules`,
and the special forms are functions in modules of their own, listed in :mod:`~reference_interp.forms`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence, Set
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
    Warning,
)
from reference_interp.definitions import CompoundDefinition, Definition, DefinitionForm, RecordType
from reference_interp.identifiers import Identifier, Scope, identifier_of, resolve, variable_for
from reference_interp.letrec import Binding, UseLog, bind_recursively
from reference_interp.libraries import check_import, selected_forms
from reference_interp.literals import literal
from reference_interp.primitives import PRIMITIVES
from reference_interp.reader import SyntaxProblem, problem_at
from reference_interp.syntax import Kind, Syntax
from reference_interp.syntax_rules import EXPANSION_LIMIT, SyntaxRules, parse_rules
from reference_interp.values import NOTHING, Value

CONSTANTS: Final[dict[str, Value]] = {"true": True, "false": False, "nothing": NOTHING}

#: How deep expressions may nest when all macros are expanded.
EXPRESSION_NESTING_LIMIT: Final = 5000

#: How often in a row the expansion of a macro may be the use of a macro.
SUCCESSIVE_EXPANSIONS_LIMIT: Final = 10_000

#: The forms that define something, or stand for a sequence of forms that may.
DEFINING_KEYWORDS: Final = frozenset({"begin", "cond-expand", "define", "define-syntax"})

Form = Callable[["Expander", Syntax, "Scope"], Expr]


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


class Expander:
    """Expands the forms of one program, in order."""

    def __init__(self, forms: Mapping[str, Form], names: GlobalNames) -> None:
        self._forms = forms
        self._names = names
        # Program-level definitions so far: the macro, or None for a variable. These names are no keywords any more.
        self._defined: dict[str, SyntaxRules | None] = {}
        self._uses = UseLog()
        self._depth = 0  # expressions under expansion
        self._expansion_left = EXPANSION_LIMIT
        self.globals: dict[str, None] = {}  # Core names defined or assigned, in order of appearance
        self.mentioned: set[str] = set()  # Core names referred to or assigned so far
        self.defined_first: set[str] = set()  # Core names that nothing can use before their definition ran
        self.late_macros: list[Syntax] = []  # names of macros that were mentioned as variables above
        self.special_forms: dict[tuple[str, Span], None] = {}  # keyword and place of each, in the order of discovery
        self.warnings: list[Warning] = []  # in the order of their discovery
        self._record_types: dict[Variable | str, RecordType] = {}  # by the variable, or program-level name, of the type

    # ---- program level ------------------------------------------------------------------------------

    def expand_program(self, syntaxes: Sequence[Syntax]) -> list[Expr]:
        """The Core of program-level forms, in order; ``begin`` is spliced. Raises SyntaxProblem."""
        scope = Scope()
        result: list[Expr] = []
        pending = list(reversed(syntaxes))
        while pending:
            syntax, keyword = self.expose(pending.pop(), scope)
            spliced = self._spliced(keyword, syntax)
            if spliced:
                pending.extend(reversed(spliced))
            elif keyword == "define":
                definition = self.parse_definition(syntax)
                value = self._value_later(definition, scope)
                result.append(self._global_definition(definition.name, value, syntax.span))
            elif keyword is not None and isinstance(form := self._forms[keyword], DefinitionForm):
                result.extend(self._global_definitions(form.parse(self, syntax), scope))
            elif keyword == "define-syntax":
                self._global_macro(syntax, scope)
                result.append(Const(NOTHING, syntax.span))
            elif keyword == "import":
                check_import(syntax)
                result.append(Const(NOTHING, syntax.span))
            else:
                result.append(self.expand(syntax, scope))
        return result

    def _global_definition(self, target: Syntax, expand_value: Callable[[], Expr], span: Span) -> Define:
        plain = self.binder(target)
        name = self._names.core_name(plain, target.span)
        is_first_mention = name not in self.globals and name not in self.mentioned
        self._defined[plain] = None
        self._record_types.pop(plain, None)
        self.globals.setdefault(name)
        value = expand_value()
        if is_first_mention and (isinstance(value, Lambda) or name not in self.mentioned):
            self.defined_first.add(name)
        return Define(name, value, span)

    def _global_definitions(self, definition: CompoundDefinition, scope: Scope) -> list[Define]:
        span = definition.form.span
        hidden = f"%{definition.hidden} {len(self.globals)}"  # cannot be a program's name, nor the prelude's
        self.globals.setdefault(hidden)

        def reference() -> Expr:
            return GlobalRef(hidden, span)

        result = [Define(hidden, definition.source(scope), span)]
        for name, value in definition.parts:
            result.append(self._global_definition(name, partial(value, reference), span))
        if definition.record is not None:
            name, fields = definition.record
            self._record_types[self.binder(name)] = RecordType(definition.hidden, fields, reference)
        return result

    def _global_macro(self, form: Syntax, scope: Scope) -> None:
        name = form.items[1] if len(form.items) > 1 else form
        macro = self.macro(form, scope)
        plain = self.binder(name)
        self._names.core_name(plain, name.span)
        if plain in self.mentioned and plain not in self.globals:
            self.late_macros.append(name)
        self._defined[plain] = macro

    # ---- keywords and macros ------------------------------------------------------------------------

    def expose(self, syntax: Syntax, scope: Scope, used: set[Identifier] | None = None) -> tuple[Syntax, str | None]:
        """``syntax`` with the macro at its head expanded until it is no macro use, and its :meth:`keyword`.

        The identifiers that were macros, or keywords of forms that define or contain definitions, are added
        to ``used``.
        """
        for _ in range(SUCCESSIVE_EXPANSIONS_LIMIT):
            identifier = syntax.items[0].identifier if syntax.kind is Kind.LIST and syntax.items else None
            if identifier is None:
                return syntax, None
            meaning = self._meaning(identifier, scope)
            keyword = None
            if not isinstance(meaning, SyntaxRules):
                keyword = self._keyword(meaning, syntax)
                if keyword is None or not self._is_defining(keyword):
                    return syntax, keyword
            if used is not None:
                used.add(identifier)
                while not isinstance(identifier, str) and identifier.scope is scope:
                    identifier = identifier.base
                    used.add(identifier)
            if keyword is not None:
                return syntax, keyword
            assert isinstance(meaning, SyntaxRules)
            syntax, self._expansion_left = meaning.expand(syntax, scope, self._expansion_left)
        raise problem_at(
            syntax.span,
            f"{SUCCESSIVE_EXPANSIONS_LIMIT} expansions in a row gave a macro use again",
            "does a macro expand into a use of itself for ever?",
        )

    def _meaning(self, identifier: Identifier, scope: Scope) -> Variable | SyntaxRules | str:
        """What ``identifier`` means: a local variable, a macro, or else the program-level name that is returned."""
        found = resolve(identifier, scope)
        if isinstance(found, str):
            return self._defined.get(found) or found
        return found

    def _keyword(self, meaning: Variable | str, form: Syntax) -> str | None:
        """The special form that ``form`` is, whose head has the given meaning."""
        if not isinstance(meaning, str) or meaning not in self._forms or meaning in self._defined:
            return None
        if form.tail is not None:
            raise problem_at(form.span, f"{meaning}: a form cannot be a dotted list", "remove the dot")
        self.special_forms[meaning, form.span] = None
        return meaning

    def _is_defining(self, keyword: str) -> bool:
        return keyword in DEFINING_KEYWORDS or isinstance(self._forms[keyword], DefinitionForm)

    def keyword(self, syntax: Syntax, scope: Scope) -> str | None:
        """The special form that ``syntax`` is, if any. Raises SyntaxProblem when that form is dotted."""
        identifier = syntax.items[0].identifier if syntax.kind is Kind.LIST and syntax.items else None
        meaning = None if identifier is None else self._meaning(identifier, scope)
        return None if meaning is None or isinstance(meaning, SyntaxRules) else self._keyword(meaning, syntax)

    def _spliced(self, keyword: str | None, form: Syntax) -> Sequence[Syntax]:
        """The forms that stand in the place of ``form`` where definitions can stand too; none: it is an expression."""
        if keyword == "begin":
            return form.items[1:]
        return selected_forms(form) if keyword == "cond-expand" else ()

    def macro(self, form: Syntax, scope: Scope) -> SyntaxRules:
        """The macro that ``form``, a keyword definition or binding ``(... name transformer)``, describes."""
        shape = "(define-syntax name (syntax-rules ...))"
        if len(form.items) != 3:
            raise malformed(form, "a name and a transformer are needed", shape)
        return self.transformer(form.items[2], scope)

    def transformer(self, spec: Syntax, scope: Scope) -> SyntaxRules:
        """The macro that the transformer ``spec`` describes."""
        spec, keyword = self.expose(spec, scope)
        if keyword != "syntax-rules":
            raise problem_at(
                spec.span, "a transformer is expected here", "write (syntax-rules (literal ...) (pattern template) ...)"
            )
        return parse_rules(spec, scope, self.is_auxiliary)

    # ---- names --------------------------------------------------------------------------------------

    def is_auxiliary(self, syntax: Syntax, name: str, scope: Scope) -> bool:
        """Whether ``syntax`` is the word ``name`` (``else``, ``=>``, …) with its meaning in a special form.

        It has not where a local variable or macro or a definition of the program took the name.
        """
        identifier = syntax.identifier
        if identifier is None or syntax.symbol != name or name in self._defined:
            return False
        return resolve(identifier, scope) == name

    def spelling(self, syntax: Syntax) -> str | None:
        """How ``syntax`` is spelled if it is a symbol, whatever variable it means: for the words of patterns."""
        return syntax.symbol

    def record_type(self, syntax: Syntax, scope: Scope) -> RecordType | None:
        """The record type that ``syntax`` names in a pattern: as it was defined, or without the ``<>`` around that."""
        identifier = syntax.identifier
        if identifier is None:
            return None
        for candidate in (identifier, f"<{syntax.symbol}>"):
            meaning = self._meaning(candidate, scope)
            record_type = None if isinstance(meaning, SyntaxRules) else self._record_types.get(meaning)
            if record_type is not None:
                return record_type
        return None

    def binder(self, syntax: Syntax) -> str:
        """The name that ``syntax``, in a place where a variable is bound or assigned, spells."""
        name = syntax.symbol
        if name is None:
            raise problem_at(syntax.span, "a variable name is expected here", "names are symbols: x, line-count")
        if name in CONSTANTS:
            raise problem_at(syntax.span, f"{name} is a constant and cannot be a variable", "choose another name")
        return name

    def binding_identifier(self, syntax: Syntax) -> Identifier:
        """The identifier in a place where a variable or macro is bound or assigned."""
        self.binder(syntax)
        identifier = syntax.identifier
        assert identifier is not None
        return identifier

    def variable(self, syntax: Syntax) -> Variable:
        """A new local variable with the name that ``syntax`` spells."""
        return variable_for(self.binding_identifier(syntax))

    def variables(self, syntaxes: Sequence[Syntax]) -> list[Variable]:
        """New local variables for ``syntaxes``, whose names must differ."""
        seen: set[Identifier] = set()
        result = []
        for syntax in syntaxes:
            variable = self.variable(syntax)
            if identifier_of(variable) in seen:
                raise problem_at(syntax.span, f"the name {variable.name} is bound twice", "use different names")
            seen.add(identifier_of(variable))
            result.append(variable)
        return result

    def local(self, variable: Variable, span: Span) -> LocalRef:
        """A reference to a local variable."""
        self._uses.add(variable)
        return LocalRef(variable, span)

    def _reference(self, identifier: Identifier, syntax: Syntax, scope: Scope) -> Expr:
        meaning = self._meaning(identifier, scope)
        if isinstance(meaning, Variable):
            return self.local(meaning, syntax.span)
        if meaning in CONSTANTS:
            return Const(CONSTANTS[meaning], syntax.span)
        name = self._variable_name(meaning, syntax, f"a form starts with it: ({syntax.symbol} ...)")
        expr = self._names.reference(name, syntax.span)
        if isinstance(expr, GlobalRef):
            self.mentioned.add(expr.name)
        return expr

    def _variable_name(self, meaning: SyntaxRules | str, syntax: Syntax, hint: str) -> str:
        """The program-level variable that ``meaning`` is, where ``syntax`` has to be a variable."""
        if isinstance(meaning, SyntaxRules):
            raise problem_at(syntax.span, f"{syntax.symbol} is a macro, not a variable", hint)
        if meaning in self._forms and meaning not in self._defined:
            raise problem_at(syntax.span, f"{meaning} is a keyword, not a variable", hint)
        return meaning

    def library_procedure(self, name: str, span: Span) -> Expr:
        """The prelude's procedure ``name``, whatever that name means in the program."""
        core_name = self._names.library_name(name)
        self.mentioned.add(core_name)
        return GlobalRef(core_name, span)

    def assignment(self, target: Syntax, value: Expr, scope: Scope, span: Span) -> Expr:
        """``set!`` of the variable that ``target`` names."""
        meaning = self._meaning(self.binding_identifier(target), scope)
        if isinstance(meaning, Variable):
            meaning.assigned = True
            self._uses.add(meaning)
            return SetLocal(meaning, value, span)
        core_name = self._names.core_name(self._variable_name(meaning, target, "choose another name"), target.span)
        self.globals.setdefault(core_name)
        self.mentioned.add(core_name)
        return SetGlobal(core_name, value, span)

    # ---- expressions --------------------------------------------------------------------------------

    def expand(self, syntax: Syntax, scope: Scope) -> Expr:
        """The Core of one expression."""
        if syntax.kind is Kind.ATOM:
            identifier = syntax.identifier
            if identifier is None:
                return Const(literal(syntax), syntax.span)
            return self._reference(identifier, syntax, scope)
        if syntax.kind is Kind.VECTOR:
            return Const(literal(syntax), syntax.span)
        if syntax.kind is not Kind.LIST:
            raise problem_at(syntax.span, "a datum label cannot stand here", "labels belong to quoted data")
        if not syntax.items:
            raise problem_at(syntax.span, "() is not an expression", "the empty list is written '()")
        self.enter(syntax.span)
        syntax, keyword = self.expose(syntax, scope)
        if keyword is not None:
            expr = self._forms[keyword](self, syntax, scope)
        elif syntax.kind is not Kind.LIST or not syntax.items:
            expr = self.expand(syntax, scope)  # what a macro expanded into
        elif syntax.tail is not None:
            raise problem_at(syntax.span, "a call cannot be a dotted list", "to pass the elements of a list use apply")
        else:
            function = self.expand(syntax.items[0], scope)
            expr = Call(function, tuple([self.expand(item, scope) for item in syntax.items[1:]]), syntax.span)
        self.leave()
        return expr

    def enter(self, span: Span) -> None:
        """Begin one more level of nesting, at ``span``. Raises SyntaxProblem when there are too many."""
        self._depth += 1
        if self._depth > EXPRESSION_NESTING_LIMIT:
            raise problem_at(
                span,
                f"expressions nest more than {EXPRESSION_NESTING_LIMIT} levels deep when macros are expanded",
                "does a macro expand into uses of itself without an end?",
            )

    def leave(self) -> None:
        """End the level of nesting begun last."""
        self._depth -= 1

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
        self.enter(span)
        inner = Scope(scope)
        parts: list[tuple[Variable | None, Callable[[], Expr]]] = []
        used: set[Identifier] = set()  # what had to be a keyword to find the definitions
        pending = list(reversed(syntaxes))
        while pending:
            syntax, keyword = self.expose(pending.pop(), inner, used)
            spliced = self._spliced(keyword, syntax)
            if spliced:
                pending.extend(reversed(spliced))
            elif keyword == "define":
                definition = self.parse_definition(syntax)
                defined = self._bind_in_body(definition.name, inner, used)
                parts.append((defined, self._value_later(definition, inner)))
            elif keyword is not None and isinstance(form := self._forms[keyword], DefinitionForm):
                parts.extend(self._local_definitions(form.parse(self, syntax), inner, used))
            elif keyword == "define-syntax":
                macro = self.macro(syntax, inner)
                inner.bind_macro(self._definable(syntax.items[1], inner, used), macro)
            else:
                parts.append((None, self._expression_later(syntax, inner)))

        steps: list[Binding] = []
        for variable, expand_value in parts:
            start = self._uses.now
            value = expand_value()
            steps.append(Binding(variable, value, self._uses, start, self._uses.now))
        defining = len(steps)  # everything up to the last definition takes part in letrec*
        while defining and steps[defining - 1].variable is None:
            defining -= 1
        self.leave()
        return bind_recursively(steps[:defining], in_order([step.value for step in steps[defining:]], span), span)

    def _bind_in_body(self, name: Syntax, scope: Scope, used: Set[Identifier]) -> Variable:
        """The variable that a definition in the body of ``scope`` binds to ``name``."""
        variable = variable_for(self._definable(name, scope, used))
        scope.bind(variable)
        return variable

    def _definable(self, name: Syntax, scope: Scope, used: Set[Identifier]) -> Identifier:
        """The identifier ``name``, which the body of ``scope`` defines; the macros and keywords ``used`` so far led
        to its definition and cannot be defined any more.
        """
        identifier = self.binding_identifier(name)
        if scope.binds(identifier):
            raise problem_at(
                name.span, f"{name.symbol} is defined twice in this body", "use set! to change it, or another name"
            )
        if identifier in used:
            raise problem_at(
                name.span,
                f"{name.symbol} is used as a keyword above its definition in this body",
                "move the definition up, or choose another name",
            )
        return identifier

    def _local_definitions(
        self, definition: CompoundDefinition, inner: Scope, used: Set[Identifier]
    ) -> list[tuple[Variable | None, Callable[[], Expr]]]:
        hidden = Variable(definition.hidden)
        reference = partial(self.local, hidden, definition.form.span)
        parts: list[tuple[Variable | None, Callable[[], Expr]]] = [(hidden, partial(definition.source, inner))]
        for name, value in definition.parts:
            parts.append((self._bind_in_body(name, inner, used), partial(value, reference)))
        if definition.record is not None:
            name, fields = definition.record
            defined = resolve(name.identifier or "", inner)
            assert isinstance(defined, Variable)
            self._record_types[defined] = RecordType(definition.hidden, fields, reference)
        return parts

    def binding(self, variable: Variable, value: Syntax, scope: Scope) -> Binding:
        """A ``letrec*`` binding of ``variable`` to ``value``."""
        start = self._uses.now
        expr = self.expand_named(variable.name, value, scope)
        return Binding(variable, expr, self._uses, start, self._uses.now)

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

    # Closures of this kind cost no C stack when they are called, as functools.partial does.

    def _value_later(self, definition: Definition, scope: Scope) -> Callable[[], Expr]:
        return lambda: self.definition_value(definition, scope)

    def _expression_later(self, syntax: Syntax, scope: Scope) -> Callable[[], Expr]:
        return lambda: self.expand(syntax, scope)

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


def in_order(forms: Sequence[Expr], span: Span) -> Expr:
    """``forms`` one after the other; ``nothing`` when there are none."""
    if not forms:
        return Const(NOTHING, span)
    return forms[0] if len(forms) == 1 else Seq(tuple(forms), span)


def primitive_call(name: str, args: Sequence[Expr], span: Span) -> Call:
    """A call of the primitive ``name``, whatever that name means in the program."""
    assert name in PRIMITIVES
    return Call(PrimRef(name, span), tuple(args), span)


def malformed(form: Syntax, what: str, shape: str) -> SyntaxProblem:
    """The problem of a special form that is not written as it has to be: ``what`` is wrong, ``shape`` is right."""
    return problem_at(form.span, f"{form.items[0].symbol}: {what}", f"write {shape}")
