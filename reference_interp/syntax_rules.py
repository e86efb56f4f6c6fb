"""``syntax-rules``: patterns, templates, and the expansion of one use of a macro (R7RS 4.3.2).

:func:`parse_rules` checks a transformer and prepares it; :meth:`SyntaxRules.expand` rewrites one use, in time
linear in the use and its expansion. Symbols that a template inserts become aliases
(:mod:`~reference_interp.identifiers`), new ones in each expansion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from reference_interp.identifiers import Alias, Identifier, Scope, resolve
from reference_interp.printer import write_atom
from reference_interp.reader import NESTING_LIMIT, problem_at
from reference_interp.syntax import Kind, Syntax

#: The size of what all macros of one program may produce, in atoms, lists and vectors.
EXPANSION_LIMIT: Final = 2_000_000

_SHAPE: Final = "write (syntax-rules (literal ...) (pattern template) ...)"

# What a pattern variable matched: a datum, or for each ellipsis that follows it a list.
Match = Any
IsAuxiliary = Callable[[Syntax, str, Scope], bool]


# ---- patterns and templates, prepared -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wildcard:
    """``_``: matches anything."""


@dataclass(frozen=True, slots=True)
class _PatternVariable:
    identifier: Identifier


@dataclass(frozen=True, slots=True)
class _Literal:
    """Matches an identifier that means the same where it is used as this one does where the macro is defined."""

    identifier: Identifier


@dataclass(frozen=True, slots=True)
class _Datum:
    """Matches an equal number, boolean, character, string or bytevector."""

    kind: type
    text: str


@dataclass(frozen=True, slots=True)
class _Elements:
    """Matches a list or vector: ``before``, then any number of ``repeated``, then ``after``, then ``tail``."""

    kind: Kind
    before: tuple[_Pattern, ...]
    repeated: _Pattern | None
    repeated_variables: tuple[Identifier, ...]
    after: tuple[_Pattern, ...]
    tail: _Pattern | None


_Pattern = _Wildcard | _PatternVariable | _Literal | _Datum | _Elements


@dataclass(frozen=True, slots=True)
class _Constant:
    """A part of a template that is inserted as it is: an atom that is no symbol."""

    datum: Any


@dataclass(frozen=True, slots=True)
class _Inserted:
    """A symbol that the template inserts."""

    identifier: Identifier


@dataclass(frozen=True, slots=True)
class _Slot:
    """What ``variable`` matched, followed into the rounds of the enclosing ellipses from number ``first`` on."""

    variable: Identifier
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Repeated:
    """A template followed by an ellipsis: once for each round of the ``drivers``, which go equally often."""

    template: _Template
    level: int
    drivers: tuple[_Slot, ...]


@dataclass(frozen=True, slots=True)
class _Built:
    """A list or vector; ``tail`` is what a list ends in, if that is not the empty list."""

    kind: Kind
    parts: tuple[_Template, ...]
    tail: _Template | None


_Template = _Constant | _Inserted | _Slot | _Repeated | _Built


# ---- transformers ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class SyntaxRules:
    """A macro; ``scope`` is where it was defined."""

    scope: Scope
    rules: tuple[tuple[_Elements, _Template], ...]

    def expand(self, use: Syntax, scope: Scope, limit: int) -> tuple[Syntax, int]:
        """The expansion of ``use``, which stands in ``scope``, and how much of ``limit`` is left after it.

        Everything that the template inserts stands at the place of ``use``. Raises SyntaxProblem when no
        rule matches, or when the expansion is larger than ``limit``.
        """
        arguments = Syntax(Kind.LIST, use.span, None, use.items[1:], use.tail)
        for pattern, template in self.rules:
            matched: dict[Identifier, Match] = {}
            if _Matcher(self.scope, scope).match(pattern, arguments, matched):
                expansion = _Expansion(self.scope, use, matched, limit)
                return expansion.build(template), expansion.left
        raise problem_at(use.span, f"{use.items[0].symbol}: no rule matches this use", "compare it with the patterns")


def parse_rules(spec: Syntax, scope: Scope, is_auxiliary: IsAuxiliary) -> SyntaxRules:
    """The macro that ``(syntax-rules ...)``, which stands in ``scope``, describes. Raises SyntaxProblem."""
    items = spec.items[1:]
    ellipsis: Identifier | None = None
    if items and items[0].identifier is not None:
        ellipsis, items = items[0].identifier, items[1:]
    if not items or not items[0].is_proper_list or spec.tail is not None:
        raise problem_at(spec.span, "syntax-rules: a list of literals is needed", _SHAPE)
    for literal in items[0].items:
        if literal.identifier is None:
            raise problem_at(literal.span, "syntax-rules: a literal is a symbol", _SHAPE)
    literals = frozenset([literal.identifier for literal in items[0].items if literal.identifier is not None])

    def is_ellipsis(syntax: Syntax) -> bool:
        if syntax.identifier is None or syntax.identifier in literals:
            return False
        return is_auxiliary(syntax, "...", scope) if ellipsis is None else syntax.identifier == ellipsis

    def is_wildcard(syntax: Syntax) -> bool:
        return syntax.identifier not in literals and is_auxiliary(syntax, "_", scope)

    rules = []
    for rule in items[1:]:
        if not rule.is_proper_list or len(rule.items) != 2:
            raise problem_at(rule.span, "syntax-rules: a rule is a pattern and a template", _SHAPE)
        pattern, template = rule.items
        if not pattern.is_list or not pattern.items or pattern.items[0].identifier is None:
            raise problem_at(pattern.span, "syntax-rules: a pattern is a list that begins with a name", _SHAPE)
        arguments = Syntax(Kind.LIST, pattern.span, None, pattern.items[1:], pattern.tail)
        patterns = _PatternParser(literals, is_ellipsis, is_wildcard)
        prepared = patterns.parse_elements(arguments, 0, 1)
        templates = _TemplateParser(patterns.depths, is_ellipsis)
        rules.append((prepared, templates.parse(template, 0, 1, True)))
    return SyntaxRules(scope, tuple(rules))


@dataclass(slots=True)
class _PatternParser:
    literals: frozenset[Identifier]
    is_ellipsis: Callable[[Syntax], bool]
    is_wildcard: Callable[[Syntax], bool]
    depths: dict[Identifier, int] = field(default_factory=dict)  # pattern variables: how many ellipses follow

    def parse(self, syntax: Syntax, depth: int, nesting: int) -> _Pattern:
        _check_nesting(syntax, nesting)
        identifier = syntax.identifier
        if identifier is not None:
            if identifier in self.literals:
                return _Literal(identifier)
            if self.is_ellipsis(syntax):
                raise problem_at(syntax.span, "syntax-rules: the ellipsis follows nothing", "write (a ...)")
            if self.is_wildcard(syntax):
                return _Wildcard()
            return self._variable(syntax, identifier, depth)
        if syntax.kind is Kind.ATOM:
            return _Datum(type(syntax.datum), write_atom(syntax.datum))
        return self.parse_elements(syntax, depth, nesting)

    def _variable(self, syntax: Syntax, identifier: Identifier, depth: int) -> _Pattern:
        if syntax.symbol in ("true", "false", "nothing"):
            raise problem_at(
                syntax.span,
                f"{syntax.symbol} is a constant and cannot be a variable",
                "list it as a literal to match it",
            )
        if identifier in self.depths:
            raise problem_at(
                syntax.span, f"syntax-rules: {syntax.symbol} occurs twice in this pattern", "use different names"
            )
        self.depths[identifier] = depth
        return _PatternVariable(identifier)

    def parse_elements(self, syntax: Syntax, depth: int, nesting: int) -> _Elements:
        _reject_labels(syntax)
        items = syntax.items
        marks = [index for index, item in enumerate(items) if self.is_ellipsis(item)]
        if len(marks) > 1:
            raise problem_at(items[marks[1]].span, "syntax-rules: one ellipsis for each list", "nest the lists")
        if marks and marks[0] == 0:
            raise problem_at(items[0].span, "syntax-rules: the ellipsis follows nothing", "write (a ...)")
        end = marks[0] - 1 if marks else len(items)
        before = tuple([self.parse(item, depth, nesting + 1) for item in items[:end]])
        repeated: _Pattern | None = None
        variables: tuple[Identifier, ...] = ()
        after: tuple[_Pattern, ...] = ()
        if marks:
            known = len(self.depths)
            repeated = self.parse(items[end], depth + 1, nesting + 1)
            variables = tuple(self.depths)[known:]
            after = tuple([self.parse(item, depth, nesting + 1) for item in items[end + 2 :]])
        tail = None if syntax.tail is None else self.parse(syntax.tail, depth, nesting + 1)
        return _Elements(syntax.kind, before, repeated, variables, after, tail)


@dataclass(slots=True)
class _TemplateParser:
    depths: dict[Identifier, int]
    is_ellipsis: Callable[[Syntax], bool]

    def parse(self, syntax: Syntax, level: int, nesting: int, ellipses: bool) -> _Template:
        """The template ``syntax`` inside of ``level`` ellipses; they are ordinary symbols unless ``ellipses``."""
        _check_nesting(syntax, nesting)
        identifier = syntax.identifier
        if identifier is not None:
            return self._symbol(syntax, identifier, level, ellipses)
        if syntax.kind is Kind.ATOM:
            return _Constant(syntax.datum)
        _reject_labels(syntax)
        items = syntax.items
        if ellipses and syntax.kind is Kind.LIST and items and self.is_ellipsis(items[0]):
            if len(items) != 2 or syntax.tail is not None:
                raise problem_at(
                    syntax.span, "syntax-rules: one template follows an ellipsis at the start", "write (... template)"
                )
            return self.parse(items[1], level, nesting + 1, False)
        parts: list[_Template] = []
        position = 0
        while position < len(items):
            item = items[position]
            position += 1
            repetitions = 0
            while ellipses and position < len(items) and self.is_ellipsis(items[position]):
                repetitions += 1
                position += 1
            part = self.parse(item, level + repetitions, nesting + 1, ellipses)
            for inner in range(level + repetitions - 1, level - 1, -1):
                drivers = tuple(dict.fromkeys(_drivers(part, inner)))
                if not drivers:
                    raise problem_at(
                        item.span,
                        "syntax-rules: nothing before the ellipsis is repeated",
                        "an ellipsis in a template follows pattern variables that an ellipsis follows in the pattern",
                    )
                part = _Repeated(part, inner, drivers)
            parts.append(part)
        tail = None if syntax.tail is None else self.parse(syntax.tail, level, nesting + 1, ellipses)
        return _Built(syntax.kind, tuple(parts), tail)

    def _symbol(self, syntax: Syntax, identifier: Identifier, level: int, ellipses: bool) -> _Template:
        depth = self.depths.get(identifier)
        if depth is None:
            if ellipses and self.is_ellipsis(syntax):
                raise problem_at(syntax.span, "syntax-rules: the ellipsis follows nothing", "(... ...) inserts one")
            return _Inserted(identifier)
        if depth > level:
            raise problem_at(
                syntax.span,
                f"syntax-rules: {syntax.symbol} needs {depth} {'ellipsis' if depth == 1 else 'ellipses'} here",
                "as many as follow it in the pattern",
            )
        return _Slot(identifier, level - depth, level)


def _drivers(template: _Template, level: int) -> Iterator[_Slot]:
    """The parts of ``template`` that change from round to round of the ellipsis number ``level`` around it."""
    stack = [template]
    while stack:
        match stack.pop():
            case _Slot(variable, first, last) if first <= level < last:
                yield _Slot(variable, first, level)
            case _Repeated(inner):
                stack.append(inner)
            case _Built(parts=parts, tail=tail):
                stack.extend(parts)
                if tail is not None:
                    stack.append(tail)
            case _:
                pass


def _check_nesting(syntax: Syntax, nesting: int) -> None:
    if nesting > NESTING_LIMIT:
        raise problem_at(syntax.span, f"syntax-rules: nested more than {NESTING_LIMIT} levels deep", "split the macro")


def _reject_labels(syntax: Syntax) -> None:
    if syntax.kind is Kind.LABEL or syntax.kind is Kind.REFERENCE:
        raise problem_at(
            syntax.span, "a datum label cannot stand in a pattern or template", "labels belong to quoted data"
        )


# ---- matching -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Matcher:
    definition: Scope
    use: Scope

    def match(self, pattern: _Pattern, syntax: Syntax, matched: dict[Identifier, Match]) -> bool:
        """Whether ``syntax`` has the shape of ``pattern``; what its variables match is added to ``matched``."""
        match pattern:
            case _PatternVariable(identifier):
                matched[identifier] = syntax
                return True
            case _Elements():
                return self._elements(pattern, syntax, matched)
            case _Literal(identifier):
                found = syntax.identifier
                return found is not None and _same(resolve(found, self.use), resolve(identifier, self.definition))
            case _Datum(kind, text):
                return syntax.kind is Kind.ATOM and type(syntax.datum) is kind and write_atom(syntax.datum) == text
            case _Wildcard():
                return True

    def _elements(self, pattern: _Elements, syntax: Syntax, matched: dict[Identifier, Match]) -> bool:
        if syntax.kind is pattern.kind:
            items, rest = syntax.items, syntax.tail
        elif pattern.kind is Kind.LIST and pattern.tail is not None:
            items, rest = (), syntax  # what is no list is the tail of one without elements
        else:
            return False
        start, end = len(pattern.before), len(items) - len(pattern.after)
        if end < start:
            return False
        if pattern.repeated is None:
            if pattern.tail is None and (end > start or rest is not None):
                return False
            if end > start:
                rest = Syntax(Kind.LIST, syntax.span, None, items[start:], rest)
        elif pattern.tail is None and rest is not None:
            return False
        for part, item in zip(pattern.before, items[:start], strict=True):
            if not self.match(part, item, matched):
                return False
        if pattern.repeated is not None:
            rounds: dict[Identifier, list[Match]] = {name: [] for name in pattern.repeated_variables}
            for item in items[start:end]:
                inner: dict[Identifier, Match] = {}
                if not self.match(pattern.repeated, item, inner):
                    return False
                for name, found in inner.items():
                    rounds[name].append(found)
            matched.update(rounds)
            for part, item in zip(pattern.after, items[end:], strict=True):
                if not self.match(part, item, matched):
                    return False
        if pattern.tail is None:
            return True
        return self.match(pattern.tail, Syntax(Kind.LIST, syntax.span) if rest is None else rest, matched)


def _same(left: object, right: object) -> bool:
    """Whether two results of :func:`resolve` are the same binding."""
    return left is right or (isinstance(left, str) and left == right)


# ---- building an expansion ------------------------------------------------------------------------------


class _Expansion:
    """The expansion of one use: builds templates from what the pattern matched."""

    def __init__(self, scope: Scope, use: Syntax, matched: dict[Identifier, Match], limit: int) -> None:
        self.left = limit - 1
        self._scope = scope
        self._use = use
        self._matched = matched
        self._inserted: dict[Identifier, Syntax] = {}
        self._rounds: dict[int, int] = {}  # level of an ellipsis under way → number of its round

    def build(self, template: _Template) -> Syntax:
        match template:
            case _Inserted(identifier):
                return self._alias(identifier)
            case _Slot():
                found = self._follow(template)
                assert isinstance(found, Syntax)
                return found
            case _Constant(datum):
                return Syntax(Kind.ATOM, self._use.span, datum)
            case _Built(kind, parts, tail):
                items: list[Syntax] = []
                for part in parts:
                    self._append(part, items)
                node = Syntax(kind, self._use.span)
                node = node.replace_items(items, None if tail is None else self.build(tail))
                self._spend(1 + len(node.items))
                return node
            case _Repeated():
                raise AssertionError("an ellipsis stands inside of a list or vector")

    def _append(self, template: _Template, items: list[Syntax]) -> None:
        if not isinstance(template, _Repeated):
            items.append(self.build(template))
            return
        counts = {len(self._follow(driver)) for driver in template.drivers}
        if len(counts) > 1:
            raise problem_at(
                self._use.span,
                f"{self._use.items[0].symbol}: parts that are repeated together have different lengths",
                "variables under one ellipsis of a template go through their matches together",
            )
        for number in range(counts.pop()):
            self._rounds[template.level] = number
            self._spend(1)
            self._append(template.template, items)

    def _follow(self, slot: _Slot) -> Match:
        found = self._matched[slot.variable]
        for level in range(slot.first, slot.last):
            found = found[self._rounds[level]]
        return found

    def _alias(self, identifier: Identifier) -> Syntax:
        inserted = self._inserted.get(identifier)
        if inserted is None:
            name = identifier if isinstance(identifier, str) else identifier.name
            alias = Alias(name, identifier, self._scope)
            inserted = self._inserted[identifier] = Syntax(Kind.ATOM, self._use.span, alias)
        return inserted

    def _spend(self, amount: int) -> None:
        self.left -= amount
        if self.left < 0:
            raise problem_at(
                self._use.span,
                f"{self._use.items[0].symbol}: the program's macros expand to more than {EXPANSION_LIMIT} parts",
                "does this macro expand into uses of itself without an end?",
            )
