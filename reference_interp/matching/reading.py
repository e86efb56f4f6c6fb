"""Syntax to patterns.

The words of patterns (``_``, ``cons``, ``list``, ``or``, ``quote``, ``@``) are recognised by how they are spelled,
whatever variables have these names: a parameter called ``list`` does not change what ``(list a b)`` matches.
"""

from __future__ import annotations

from reference_interp.core import Variable
from reference_interp.expander import CONSTANTS, Expander
from reference_interp.identifiers import Scope
from reference_interp.literals import literal
from reference_interp.matching.patterns import (
    ANYTHING,
    Alternative,
    Bind,
    Construct,
    Either,
    Literal,
    PairShape,
    Pattern,
    RecordShape,
    VectorShape,
    quoted,
)
from reference_interp.reader import SyntaxProblem, problem_at
from reference_interp.syntax import Kind, Syntax
from reference_interp.values import NIL

_SHAPES = (
    "patterns are _, names, constants, 'datum, (cons p q), (list p ... . rest), #(p ...), (record p ...), "
    "(or p ...), (name @ p)"
)


def read_pattern(expander: Expander, syntax: Syntax, scope: Scope) -> tuple[Pattern, list[Variable]]:
    """The pattern that ``syntax`` spells and the variables that it binds. Raises SyntaxProblem."""
    reader = _Reader(expander, scope)
    pattern = reader.read(syntax)
    return pattern, list(reader.variables.values())


class _Reader:
    """Reads one pattern, or one alternative of an ``or``; ``variables`` has those seen so far, by name."""

    def __init__(self, expander: Expander, scope: Scope) -> None:
        self._expander = expander
        self._scope = scope
        self.variables: dict[str, Variable] = {}

    def read(self, syntax: Syntax) -> Pattern:
        if syntax.kind is Kind.VECTOR:
            items = tuple([self.read(item) for item in syntax.items])
            return Construct(VectorShape(len(items)), items)
        if syntax.kind is not Kind.LIST:
            return self._atom(syntax)
        if not syntax.items:
            raise problem_at(syntax.span, "match: () is not a pattern", "the empty list is written '() or (list)")
        if len(syntax.items) == 3 and self._expander.spelling(syntax.items[1]) == "@":
            self._refuse_tail(syntax)
            variable = self._bind(syntax.items[0])
            return Bind(variable, self.read(syntax.items[2]))
        return self._form(syntax)

    def _atom(self, syntax: Syntax) -> Pattern:
        name = self._expander.spelling(syntax)
        if name is None:
            return quoted(syntax.datum)
        if name == "_":
            return ANYTHING
        if name in CONSTANTS:
            return Literal(CONSTANTS[name])
        return Bind(self._bind(syntax), ANYTHING)

    def _bind(self, syntax: Syntax) -> Variable:
        name = self._expander.binder(syntax)
        variable = self._expander.variable(syntax)
        if name in self.variables:
            raise problem_at(
                syntax.span,
                f"match: the name {variable.name} is bound twice in this pattern",
                "use two names, and compare them after :when",
            )
        self.variables[name] = variable
        return variable

    def _form(self, syntax: Syntax) -> Pattern:
        parts = syntax.items[1:]
        match self._expander.spelling(syntax.items[0]):
            case "list":
                return self._list(syntax)
            case "cons":
                self._refuse_tail(syntax)
                if len(parts) != 2:
                    raise problem_at(syntax.span, "match: cons has two parts", "write (cons pattern pattern)")
                return Construct(PairShape(), tuple([self.read(part) for part in parts]))
            case "quote":
                self._refuse_tail(syntax)
                if len(parts) != 1:
                    raise problem_at(syntax.span, "match: quote has one datum", "write 'datum")
                return quoted(literal(parts[0]))
            case "or":
                self._refuse_tail(syntax)
                if not parts:
                    raise problem_at(syntax.span, "match: or has no alternatives", "write (or pattern ...)")
                return self._either(syntax)
            case _:
                return self._record(syntax)

    def _list(self, syntax: Syntax) -> Pattern:
        parts = [self.read(item) for item in syntax.items[1:]]
        result: Pattern = Literal(NIL) if syntax.tail is None else self.read(syntax.tail)
        for part in reversed(parts):
            result = Construct(PairShape(), (part, result))
        return result

    def _either(self, syntax: Syntax) -> Pattern:
        alternatives: list[Alternative] = []
        names: list[str] | None = None
        variables: tuple[Variable, ...] = ()
        for part in syntax.items[1:]:
            reader = _Reader(self._expander, self._scope)
            pattern = reader.read(part)
            if names is None:
                names = list(reader.variables)
                variables = tuple([Variable(variable.name) for variable in reader.variables.values()])
            elif set(names) != set(reader.variables):
                wanted = ", ".join(variable.name for variable in variables) or "no name"
                raise problem_at(
                    part.span, "match: the alternatives of an or bind different names", f"the first one binds {wanted}"
                )
            alternatives.append(Alternative(pattern, tuple([reader.variables[name] for name in names])))
        for name, variable in zip(names or (), variables, strict=True):
            if name in self.variables:
                raise problem_at(
                    syntax.span, f"match: the name {variable.name} is bound twice in this pattern", "use two names"
                )
            self.variables[name] = variable
        return Either(variables, tuple(alternatives))

    def _record(self, syntax: Syntax) -> Pattern:
        head = syntax.items[0]
        record_type = self._expander.record_type(head, self._scope)
        if record_type is None:
            name = self._expander.spelling(head)
            if name is None:
                raise problem_at(syntax.span, "match: this is not a pattern", _SHAPES)
            raise problem_at(head.span, f"match: {name} is not a record type that is defined above", _SHAPES)
        self._refuse_tail(syntax)
        fields = record_type.fields
        if len(syntax.items) - 1 != len(fields):
            count = f"{len(fields)} field{'' if len(fields) == 1 else 's'}"
            raise problem_at(
                syntax.span,
                f"match: {record_type.name} has {count}, not {len(syntax.items) - 1}",
                f"write a pattern for each field: ({' '.join([record_type.name, *fields])})",
            )
        parts = tuple([self.read(item) for item in syntax.items[1:]])
        return Construct(RecordShape(record_type), parts)

    @staticmethod
    def _refuse_tail(syntax: Syntax) -> None:
        if syntax.tail is not None:
            raise _dotted(syntax)


def _dotted(syntax: Syntax) -> SyntaxProblem:
    return problem_at(syntax.span, "match: only a list pattern can have a dot", "write (list p ... . rest)")
