"""``syntax-rules``: patterns, templates, and the expansion of one use of a macro (R7RS 4.3.2).

:func:`parse_rules` checks a transformer and prepares it; :meth:`SyntaxRules.expand` rewrites one use, in time
linear in the use and its expansion. Symbols that a template inserts become aliases
(:mod:`~reference_interp.identifiers`), new ones in each expansion.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reference_interp.identifiers import Alias, Identifier, Scope, resolve
from reference_interp.printer import write_atom
from reference_interp.reader import NESTING_LIMIT, problem_at
from reference_interp.syntax import Kind, Syntax

#: The size of what all macros of one program may produce, in atoms, lists and vectors.
EXPANSION_LIMIT: Final = 2_000_000

_SHAPE: Final = "write (syntax-rules (literal ...) (pattern template) ...)"

# What each use of a macro counts for, besides what it expands into.
_COST_OF_A_USE: Final = 10

# What a pattern variable matched: a datum, or for each ellipsis that follows it a list.
Match = Any
Matches = dict[Identifier, Match]
IsAuxiliary = Callable[[Syntax, str, Scope], bool]


# ---- patterns -------------------------------------------------------------------------------------------


class _Pattern(ABC):
    @abstractmethod
    def match(self, syntax: Syntax, scopes: _Scopes, matched: Matches) -> bool:
        """Whether ``syntax`` has this shape; what the variables match is added to ``matched``."""


@dataclass(frozen=True, slots=True)
class _Scopes:
    """Where the macro was defined, and where it is used."""

    definition: Scope
    use: Scope


@dataclass(frozen=True, slots=True)
class _Wildcard(_Pattern):
    """``_``: matches anything."""

    def match(self, syntax: Syntax, scopes: _Scopes, matched: Matches) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class _PatternVariable(_Pattern):
    identifier: Identifier

    def match(self, syntax: Syntax, scopes: _Scopes, matched: Matches) -> bool:
        matched[self.identifier] = syntax
        return True


@dataclass(frozen=True, slots=True)
class _Literal(_Pattern):
    """Matches an identifier that means the same where it is used as this one does where the macro is defined."""

    identifier: Identifier

    def match(self, syntax: Syntax, scopes: _Scopes, matched: Matches) -> bool:
        identifier = syntax.identifier
        if identifier is None:
            return False
        wanted, found = resolve(self.identifier, scopes.definition), resolve(identifier, scopes.use)
        return wanted is found or (isinstance(wanted, str) and wanted == found)


@dataclass(frozen=True, slots=True)
class _Datum(_Pattern):
    """Matches an equal number, boolean, character, string or bytevector."""

    kind: type
    text: str

    def match(self, syntax: Syntax, scopes: _Scopes, matched: Matches) -> bool:
        return syntax.kind is Kind.ATOM and type(syntax.datum) is self.kind and write_atom(syntax.datum) == self.text


@dataclass(frozen=True, slots=True)
class _Elements(_Pattern):
    """Matches a list or vector: ``before``, then any number of ``repeated``, then ``after``, then ``tail``."""

    kind: Kind
    before: tuple[_Pattern, ...]
    repeated: _Pattern | None
    repeated_variables: tuple[Identifier, ...]
    after: tuple[_Pattern, ...]
    tail: _Pattern | None

    def match(self, syntax: Syntax, scopes: _Scopes, matched: Matches) -> bool:
        items, rest = syntax.items, syntax.tail
        if syntax.kind is not self.kind:
            if self.kind is not Kind.LIST or self.tail is None:
                return False
            items, rest = (), syntax  # what is no list is the tail of one without elements
        start, end = len(self.before), len(items) - len(self.after)
        if end < start:
            return False
        if self.repeated is None and end > start:
            rest = Syntax(Kind.LIST, syntax.span, None, items[start:], rest)
        if rest is None:
            rest = Syntax(Kind.LIST, syntax.span)
        if self.tail is None:
            if rest.kind is not Kind.LIST or rest.items:
                return False
        elif not self.tail.match(rest, scopes, matched):
            return False
        for part, item in zip(self.before, items, strict=False):
            if not part.match(item, scopes, matched):
                return False
        if self.repeated is None:
            return True
        for part, item in zip(self.after, items[end:], strict=True):
            if not part.match(item, scopes, matched):
                return False
        return self._match_repeated(self.repeated, items[start:end], scopes, matched)

    def _match_repeated(self, pattern: _Pattern, items: Sequence[Syntax], scopes: _Scopes, matched: Matches) -> bool:
        rounds: dict[Identifier, list[Match]] = {name: [] for name in self.repeated_variables}
        for item in items:
            inner: Matches = {}
            if not pattern.match(item, scopes, inner):
                return False
            for name, found in inner.items():
                rounds[name].append(found)
        matched.update(rounds)
        return True


# ---- templates ------------------------------------------------------------------------------------------


class _Expansion:
    """The expansion of one use: what its pattern matched, and the aliases that it inserts."""

    def __init__(self, definition: Scope, use: Syntax, matched: Matches, limit: int) -> None:
        self.use = use
        self.matched = matched
        self.left = limit
        self.rounds: dict[int, int] = {}  # level of an ellipsis under way → number of its round
        self._definition = definition
        self._inserted: dict[Identifier, Syntax] = {}
        self.spend(_COST_OF_A_USE)

    def alias(self, identifier: Identifier) -> Syntax:
        """The symbol that the template inserts for ``identifier``."""
        inserted = self._inserted.get(identifier)
        if inserted is None:
            name = identifier if isinstance(identifier, str) else identifier.name
            alias = Alias(name, identifier, self._definition)
            inserted = self._inserted[identifier] = Syntax(Kind.ATOM, self.use.span, alias)
        return inserted

    def spend(self, amount: int) -> None:
        """Account for so many parts of the expansion. Raises SyntaxProblem when the limit is reached."""
        self.left -= amount
        if self.left < 0:
            raise problem_at(
                self.use.span,
                f"{self.use.items[0].symbol}: the program's macros expand to more than {EXPANSION_LIMIT} parts",
                "does this macro expand into uses of itself without an end?",
            )


class _Template(ABC):
    @abstractmethod
    def build(self, expansion: _Expansion) -> Syntax:
        """What stands in the expansion for this part of the template."""

    def append_to(self, items: list[Syntax], expansion: _Expansion) -> None:
        """Add what stands in a list or vector for this part of the template."""
        items.append(self.build(expansion))

    def slots(self) -> Iterator[_Slot]:
        """Every place of a pattern variable."""
        return iter(())


@dataclass(frozen=True, slots=True)
class _Constant(_Template):
    """An atom that is no symbol."""

    datum: Any

    def build(self, expansion: _Expansion) -> Syntax:
        return Syntax(Kind.ATOM, expansion.use.span, self.datum)


@dataclass(frozen=True, slots=True)
class _Inserted(_Template):
    """A symbol that is no pattern variable."""

    identifier: Identifier

    def build(self, expansion: _Expansion) -> Syntax:
        return expansion.alias(self.identifier)


@dataclass(frozen=True, slots=True)
class _Slot(_Template):
    """The place of a pattern variable, which goes through its matches with the ellipses ``first`` to ``last`` - 1
    of those around it, counted from outside.
    """

    variable: Identifier
    first: int
    last: int

    def build(self, expansion: _Expansion) -> Syntax:
        found = self.follow(expansion)
        assert isinstance(found, Syntax)
        return found

    def follow(self, expansion: _Expansion) -> Match:
        found = expansion.matched[self.variable]
        for level in range(self.first, self.last):
            found = found[expansion.rounds[level]]
        return found

    def slots(self) -> Iterator[_Slot]:
        yield self


@dataclass(frozen=True, slots=True)
class _Repeated(_Template):
    """A template followed by the ellipsis number ``level``, once for each round of all ``drivers``."""

    template: _Template
    level: int
    drivers: tuple[_Slot, ...]

    def build(self, expansion: _Expansion) -> Syntax:
        raise AssertionError("an ellipsis stands inside of a list or vector")

    def append_to(self, items: list[Syntax], expansion: _Expansion) -> None:
        counts = {len(driver.follow(expansion)) for driver in self.drivers}
        if len(counts) > 1:
            raise problem_at(
                expansion.use.span,
                f"{expansion.use.items[0].symbol}: parts that are repeated together have different lengths",
                "variables under one ellipsis of a template go through their matches together",
            )
        for number in range(counts.pop()):
            expansion.rounds[self.level] = number
            expansion.spend(1)
            self.template.append_to(items, expansion)

    def slots(self) -> Iterator[_Slot]:
        return self.template.slots()


@dataclass(frozen=True, slots=True)
class _Built(_Template):
    """A list or vector; ``tail`` is what a list ends in, if that is not the empty list."""

    kind: Kind
    parts: tuple[_Template, ...]
    tail: _Template | None

    def build(self, expansion: _Expansion) -> Syntax:
        items: list[Syntax] = []
        for part in self.parts:
            part.append_to(items, expansion)
        expansion.spend(1 + len(items))
        node = Syntax(self.kind, expansion.use.span, None, tuple(items))
        if self.tail is None:
            return node
        tail = self.tail.build(expansion)
        expansion.spend(len(tail.items))
        return node.replace_items(items, tail)

    def slots(self) -> Iterator[_Slot]:
        for part in self.parts if self.tail is None else (*self.parts, self.tail):
            yield from part.slots()


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
        scopes = _Scopes(self.scope, scope)
        for pattern, template in self.rules:
            matched: Matches = {}
            if pattern.match(arguments, scopes, matched):
                expansion = _Expansion(self.scope, use, matched, limit)
                return template.build(expansion), expansion.left
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
                going = [slot for slot in part.slots() if slot.first <= inner < slot.last]
                drivers = tuple(dict.fromkeys([_Slot(slot.variable, slot.first, inner) for slot in going]))
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


def _check_nesting(syntax: Syntax, nesting: int) -> None:
    if nesting > NESTING_LIMIT:
        raise problem_at(syntax.span, f"syntax-rules: nested more than {NESTING_LIMIT} levels deep", "split the macro")


def _reject_labels(syntax: Syntax) -> None:
    if syntax.kind is Kind.LABEL or syntax.kind is Kind.REFERENCE:
        raise problem_at(
            syntax.span, "a datum label cannot stand in a pattern or template", "labels belong to quoted data"
        )
