"""The program generator: random well-typed trees by production rules.

:class:`Builder` knows what is in scope, how many steps the code under construction may still take and
which deliberate error is due. How an expression of a type can look is said by *productions*: functions
registered with :func:`production`, one file per topic. Everything random goes through ``randrange``
of the given random source, smallest choice first, so that Hypothesis can drive and shrink it.

Steps are bounded by construction. Each :class:`Frame` stands for one procedure body (or the
program) with a limit; code generated in it is charged at once, multiplied by how often the loops
around it run at most, and what may run often or long is generated only while the limit allows it.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

from omnitest.generate.config import Feature, GeneratorConfig
from omnitest.generate.constants import constant
from omnitest.generate.errors import KINDS_WITH_PARTS, raising
from omnitest.generate.points import Exit, Point
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    BOOL,
    CHAR,
    FLOAT,
    HUGE,
    NOTHING,
    NUMBER,
    SMALL,
    SYM,
    WIDE,
    WORD,
    Any,
    Bool,
    Bytes,
    Char,
    Float,
    Fresh,
    Gen,
    Int,
    List,
    Nothing,
    Number,
    Pair,
    Proc,
    Promise,
    Rec,
    Str,
    Sym,
    Table,
    Type,
    Vec,
    fits,
    storable,
)
from omnitest.generate.vocabulary import BUILTINS
from reference_interp.primitives import Primitive

if TYPE_CHECKING:
    from omnitest.generate.macros import Macro
    from omnitest.generate.sequencing import Shape

_T = TypeVar("_T")

#: Steps charged for each expression; a call of a library procedure costs more, see ``PER_ITEM``.
PER_NODE: Final = 4
#: Steps that a library procedure such as ``map`` takes per item besides the procedure it calls.
PER_ITEM: Final = 30
#: Most steps of a call of a procedure that is passed around as a value.
VALUE_COST: Final = 150


@dataclass(slots=True)
class Frame:
    """Account of the steps that one evaluation of a body may take (``limit``) and takes so far (``spent``)."""

    limit: int
    spent: int = 0


#: How many names are drawn besides the first one where rare ones are wanted: common ones stay possible.
_DRAWN_FOR_RARITY: Final = 8


def _language_name(option: object) -> str | None:
    """The name of the language that an option is or, as a row of the table of primitives, has."""
    if isinstance(option, Primitive):
        return option.name
    return option if isinstance(option, str) and option in BUILTINS else None


Build = Callable[["Builder", _T, int], Tree | None]


@dataclass(frozen=True, slots=True)
class Production:
    """One way to write an expression of the types ``kinds``.

    ``build(builder, type, size)`` gives a tree of about ``size`` nodes, or None where it does not apply.
    """

    kinds: tuple[type, ...]
    weight: int
    features: frozenset[Feature]
    build: Callable[[Builder, Type, int], Tree | None]


PRODUCTIONS: Final[list[Production]] = []
KINDS: Final = (
    Int,
    Float,
    Number,
    Bool,
    Char,
    Str,
    Sym,
    Nothing,
    Any,
    List,
    Pair,
    Vec,
    Bytes,
    Rec,
    Table,
    Promise,
    Fresh,
    Proc,
    Gen,
)


def production(*kinds: type, weight: int = 2, needs: Sequence[Feature] = ()) -> Callable[[Build[_T]], Build[_T]]:
    """Register a production for the types of ``kinds`` (all if empty) that needs the features ``needs``."""

    def register(build: Build[_T]) -> Build[_T]:
        row = Production(kinds or KINDS, weight, frozenset(needs), build)  # type: ignore[arg-type]  # _T: what kinds hold
        PRODUCTIONS.append(row)
        return build

    return register


@lru_cache(maxsize=256)
def _tables(features: frozenset[Feature]) -> dict[type, tuple[list[int], list[Production]]]:
    """For each kind of type, the productions in use and their cumulative weights."""
    tables: dict[type, tuple[list[int], list[Production]]] = {}
    for kind in KINDS:
        rows = [row for row in PRODUCTIONS if kind in row.kinds and row.features <= features]
        tables[kind] = (list(accumulate(row.weight for row in rows)), rows)
    return tables


class Builder:
    """State of one program under construction; see the module's text."""

    def __init__(self, random: Random, config: GeneratorConfig, seen: Mapping[str, int] | None = None) -> None:
        self.randrange: Final = random.randrange
        self._seen: Final = seen  # in how many programs a name has occurred, when rare names are wanted
        self.config: Final = config
        self.features: Final = config.features
        self._foreign: Final = frozenset() if config.subset is None else BUILTINS - config.subset.names
        self.scope: list[Var] = []
        self.frame = Frame(config.steps)
        self.weight = 1
        self.armed: str | None = None  # kind of the deliberate error that the next expressions shall hold
        self.planted: list[str] = []  # kinds of all deliberate errors so far
        self.labelled = 0  # quoted data with labels so far
        self.raising: list[Tree] = []  # the expressions that are deliberate errors
        self.error_kind: str | None = None  # kind of the only deliberate errors that the program will hold
        self.points: list[Point] = []  # expressions for any place of what is generated next, innermost last
        self.exits: list[Exit] = []  # continuations to leave what is generated next by
        self.reenters = True  # whether what is generated next may be entered again by a full continuation
        self.parameters: dict[Var, Type] = {}  # what each parameter object of the program can be bound to
        self._numbers = 0
        #: For each record type, its constructor and which fields the constructor takes, in its order.
        self.constructors: Final[dict[Rec, tuple[Var, tuple[int, ...]]]] = {}
        self.macros: list[Macro] = []  # that are visible
        self.shapes: Final[dict[Var, Shape]] = {}  # of the uses of all macros
        self._tables: Final = _tables(config.features)
        # Few types per program: then variables and procedures fit where a value is wanted.
        self._scalars: Final = self._scalar_types()
        self._compounds: Final = [self._compound_type(self._scalars) for _ in range(3)]
        items = self._compounds if self.has(Feature.NESTED_DATA) else self._scalars
        self._nested: Final = [self._compound_type(items) for _ in range(2)]

    # ---- choices -------------------------------------------------------------------------------
    def chance(self, percent: int) -> bool:
        return self.randrange(100) >= 100 - percent

    def between(self, low: int, high: int) -> int:
        """An integer from ``low`` to ``high``, both included."""
        return low + self.randrange(high - low + 1)

    def pick(self, options: Sequence[_T]) -> _T:
        """One of ``options``, all equally likely; of names of the language, the rarest of some drawn so."""
        drawn = options[self.randrange(len(options))]
        name = None if self._seen is None else _language_name(drawn)
        if self._seen is None or name is None or len(options) == 1:
            return drawn
        least = self._seen.get(name, 0)
        for _ in range(_DRAWN_FOR_RARITY):
            other = options[self.randrange(len(options))]
            name = _language_name(other)
            if name is not None and self._seen.get(name, 0) < least:
                drawn, least = other, self._seen.get(name, 0)
        return drawn

    def one_of(self, options: tuple[Tree, ...]) -> Tree:
        """One of some trees: :meth:`pick` for the type checker, which cannot find their common type."""
        return self.pick(options)

    def has(self, feature: Feature) -> bool:
        return feature in self.features

    @property
    def portable(self) -> bool:
        """Whether the program must mean the same in other languages (see :class:`~omnitest.generate.config.Subset`)."""
        return self.config.subset is not None

    def printable(self, type_: Type) -> bool:
        """Whether the program may print values of ``type_``: how procedures are printed is for OmniLisp to say."""
        return not self.portable or storable(type_) or type_ == ANY

    @property
    def parts_of_conditions(self) -> bool:
        """Whether code may look at the conditions that it catches: print them, ask for kind, message and irritants.

        In portable programs the conditions that built-in procedures raise have none.
        """
        return not self.portable or self.error_kind is None or self.error_kind in KINDS_WITH_PARTS

    def split(self, size: int, parts: int) -> list[int]:
        """``size`` cut into ``parts`` random pieces of at least 1 (more in total if it is too small)."""
        spare = max(0, size - parts)
        cuts = sorted(self.randrange(spare + 1) for _ in range(parts - 1))
        return [1 + high - low for low, high in zip([0, *cuts], [*cuts, spare], strict=True)]

    # ---- steps ---------------------------------------------------------------------------------
    def charge(self, steps: int) -> None:
        self.frame.spent += self.weight * steps

    def affords(self, steps: int) -> bool:
        return self.frame.spent + self.weight * steps <= self.frame.limit

    def iterations(self, steps: int, most: int) -> int:
        """How often, at most, something of about ``steps`` steps may be repeated here; up to ``most``."""
        left = (self.frame.limit - self.frame.spent) // (self.weight * max(1, steps))
        return max(0, min(most, left))

    def procedure_cost(self, calls: int) -> int | None:
        """How many steps a procedure may take that is called ``calls`` times here; None if too few."""
        for cost in (VALUE_COST, VALUE_COST // 4):
            if self.affords(calls * (cost + PER_ITEM)):
                return cost
        return None

    @contextmanager
    def repeated(self, times: int) -> Iterator[None]:
        """Code generated inside runs up to ``times`` times."""
        before = self.weight
        self.weight = before * max(1, times)
        try:
            yield
        finally:
            self.weight = before

    @contextmanager
    def visible(self, *variables: Var) -> Iterator[None]:
        """Code generated inside sees ``variables``."""
        before = len(self.scope)
        self.scope.extend(variables)
        try:
            yield
        finally:
            del self.scope[before:]

    @contextmanager
    def body_of_procedure(self, limit: int) -> Iterator[Frame]:
        """Code generated inside belongs to a procedure whose calls may take ``limit`` steps."""
        before = self.frame, self.weight
        self.frame, self.weight = Frame(limit), 1
        try:
            yield self.frame
        finally:
            self.frame, self.weight = before

    # ---- expressions ---------------------------------------------------------------------------
    def expr(self, type_: Type, size: int) -> Tree:
        """An expression of type ``type_`` and about ``size`` nodes."""
        self.frame.spent += self.weight * PER_NODE
        if self.armed is not None and self.randrange(5) == 4:
            return self.deliberate_error(size)
        if self.points and self.randrange(6) == 5:
            point = self._point(type_, size)
            if point is not None:
                return point
        if size > 1:
            totals, rows = self._tables[type(type_)]
            for _ in range(5):
                row = rows[bisect(totals, self.randrange(totals[-1]))]
                tree = self._built(row, type_, size)
                if tree is not None:
                    return tree
        return self.leaf(type_)

    def expr_with(self, features: frozenset[Feature], type_: Type, size: int) -> Tree:
        """Like :meth:`expr`, mostly by a production that is about one of ``features``."""
        rows = [row for row in self._tables[type(type_)][1] if row.features & features]
        for _ in range(5 if rows else 0):
            tree = self._built(self.pick(rows), type_, size)
            if tree is not None:
                self.charge(PER_NODE)
                return tree
        return self.expr(type_, size)

    def _built(self, row: Production, type_: Type, size: int) -> Tree | None:
        """What ``row`` builds; None also where that has names that the program may not use."""
        tree = row.build(self, type_, size)
        return None if tree is None or (self._foreign and self.is_foreign(tree)) else tree

    def is_foreign(self, tree: Tree) -> bool:
        """Whether ``tree`` has a name of the language that the program may not use."""
        if isinstance(tree, (list, tuple)):
            return any(map(self.is_foreign, tree))
        return tree in self._foreign

    def unusual(self, type_: Type, size: int) -> Tree:
        """Like :meth:`expr`, with all productions of the type equally likely: also those that fit few places."""
        _, rows = self._tables[type(type_)]
        for _ in range(8):
            tree = self._built(self.pick(rows), type_, size)
            if tree is not None:
                return tree
        return self.expr(type_, size)

    def leaf(self, type_: Type) -> Tree:
        """A variable of type ``type_`` or the simplest expression that has it."""
        candidates = [v for v in self.scope if fits(v.type, type_) and (type_ != ANY or self.printable(v.type))]
        if candidates and self.randrange(8) != 7:
            return self.pick(candidates)
        return self.constant(type_)

    def constant(self, type_: Type) -> Tree:
        """An expression of type ``type_`` without variables, as small as the type allows."""
        return constant(self, type_)

    def arm(self, kind: str) -> None:
        """Have one of the next expressions raise an error of ``kind``."""
        self.armed = kind

    def deliberate_error(self, size: int) -> Tree:
        """An expression that raises the error that is due."""
        assert self.armed is not None
        kind, self.armed = self.armed, None
        self.planted.append(kind)
        tree = raising(self, kind, size)
        self.raising.append(tree)
        return tree

    # ---- points in the code to come, see ``points.py`` ------------------------------------------
    def _point(self, type_: Type, size: int) -> Tree | None:
        """One of the expressions that wait for a place, if one has type ``type_``."""
        fitting = [point for point in self.points if point.left and fits(point.type, type_)]
        return self.place(self.pick(fitting), size) if fitting else None

    def place(self, point: Point, size: int) -> Tree:
        """The expression of ``point``."""
        point.left -= 1
        point.placed = True
        return point.build(size)

    @contextmanager
    def waiting(self, point: Point) -> Iterator[None]:
        """Code generated inside may hold the expression of ``point``."""
        point.visible = frozenset(self.scope)
        self.points.append(point)
        try:
            yield
        finally:
            self.points.pop()

    @contextmanager
    def leaving(self, exit_: Exit) -> Iterator[None]:
        """Code generated inside may be left by ``exit_``."""
        self.exits.append(exit_)
        try:
            yield
        finally:
            self.exits.pop()

    @contextmanager
    def outside(self, point: Point) -> Iterator[None]:
        """Code generated inside runs where ``point`` was made to wait, not where it stands."""
        armed, self.armed = self.armed, None
        try:
            with self._seeing(self.points[: self.points.index(point)], point.visible):
                yield
        finally:
            self.armed = armed

    @contextmanager
    def calm(self) -> Iterator[None]:
        """Code generated inside suspends no generator that is running around it."""
        for at in range(len(self.points) - 1, -1, -1):
            if self.points[at].yields:
                kept = [p for p in self.points[:at] if not p.yields] + [p for p in self.points[at + 1 :] if p.stays]
                with self._seeing(kept, self.points[at].visible):
                    yield
                return
        yield

    @contextmanager
    def _seeing(self, points: list[Point], visible: frozenset[Var]) -> Iterator[None]:
        """Hide all points but ``points``, and the code that is reached by variables other than ``visible``."""
        before = self.points, self.scope
        self.points = points
        self.scope = [v for v in self.scope if v in visible or storable(v.type) or v.type == ANY]
        try:
            yield
        finally:
            self.points, self.scope = before

    @contextmanager
    def entered_once(self) -> Iterator[None]:
        """Code generated inside holds no expression that a full continuation enters again."""
        before, self.reenters = self.reenters, False
        try:
            yield
        finally:
            self.reenters = before

    def number(self) -> int:
        """A number that this program has not had."""
        self._numbers += 1
        return self._numbers

    def variables(self, fitting: Callable[[Var], bool]) -> list[Var]:
        """The variables in scope that ``fitting`` accepts, newest last."""
        return [variable for variable in self.scope if fitting(variable)]

    # ---- types ---------------------------------------------------------------------------------
    def _scalar_types(self) -> list[Type]:
        options: list[Type] = [SMALL, Int(0, 20), WIDE, BOOL]
        if self.has(Feature.FLOATS):
            options += (FLOAT, NUMBER)
        if self.has(Feature.STRINGS):
            options += (WORD, WORD)
        if self.has(Feature.SYMBOLS):
            options.append(SYM)
        if self.has(Feature.CHARS):
            options.append(CHAR)
        if self.has(Feature.BIG_INTEGERS):
            options.append(HUGE)
        return [SMALL, *(self.pick(options) for _ in range(3))]

    def _compound_type(self, items: list[Type]) -> Type:
        choice = self.randrange(13)
        if choice > 7:
            special = self._special_type(choice, items)
            if special is not None:
                return special
            choice -= 8
        if choice < 4:
            least = self.pick((0, 1, 0, 2))
            return self._maybe_fresh(List(self.pick(items), least, least + self.pick((2, 6, 12))))
        if choice < 6 and self.has(Feature.VECTORS):
            return self._maybe_fresh(Vec(self.pick(items), self.pick((2, 1, 3, 2, 4))))
        if self.has(Feature.PAIRS):
            return self._maybe_fresh(Pair(self.pick(items), self.pick(items)))
        return List(self.pick(items), 0, 8)

    def _special_type(self, choice: int, items: list[Type]) -> Type | None:
        """A type of hash tables, bytevectors, strings to be changed or promises, where the features allow it."""
        item = self.pick(items)
        if choice < 10 and self.has(Feature.HASH_TABLES) and storable(item):
            return Table(item, self.randrange(2) == 1, self.randrange(2) == 0)
        if choice == 10 and self.has(Feature.BYTEVECTORS):
            length = self.between(1, 6)
            return Fresh(Bytes(length, length)) if self.has(Feature.MUTATION) else Bytes(length, length + 6)
        if choice == 11 and self.has(Feature.MUTABLE_TEXT):
            length = self.between(1, 6)
            return Fresh(Str(length, length))
        if choice == 12 and self.has(Feature.PROMISES):
            return Promise(item)
        return None

    def know(self, type_: Type) -> None:
        """Use ``type_`` as one of the program's types of data from now on."""
        self._compounds.append(type_)

    def _maybe_fresh(self, type_: List | Vec | Pair) -> Type:
        if self.has(Feature.MUTATION) and self.chance(40):
            return Fresh(type_)
        return type_

    def scalar_type(self) -> Type:
        """A type of values without parts, one of the few that this program uses."""
        return self.pick(self._scalars)

    def data_type(self, depth: int = 2) -> Type:
        """A type of data nested at most ``depth`` deep, one of the few that this program uses."""
        choice = self.randrange(9)
        if depth == 0 or choice < 4:
            return self.pick(self._scalars)
        return self.pick(self._nested if depth > 1 and choice > 6 else self._compounds)

    def familiar_type(self) -> Type:
        """A type of data of which there are variables, or procedures that compute it."""
        if self.scope and self.randrange(4):
            type_ = self.pick(self.scope).type
            if isinstance(type_, Proc):
                type_ = type_.result
            if not isinstance(type_, (Proc, Gen, Nothing)) and self.printable(type_):
                return type_
        return self.data_type()

    def proc_type(self, result: Type | None = None) -> Proc:
        """A random type of procedures passed around as values."""
        params = tuple(self.data_type(1) for _ in range(self.pick((1, 1, 1, 0, 2, 2, 3))))
        if result is None:
            result = self.data_type(1)
            if self.chance(8):
                result = Proc((self.scalar_type(),), self.scalar_type(), VALUE_COST // 2)
        return Proc(params, result, VALUE_COST)

    def any_type(self) -> Type:
        """A random type of variables: data, sometimes a procedure."""
        if self.has(Feature.CLOSURES) and self.chance(15):
            match self.randrange(8):
                case 6:
                    return List(self.proc_type(), 1, 3)
                case 7 if self.has(Feature.VECTORS):
                    return Vec(self.proc_type(), self.between(1, 3))
                case _:
                    return self.proc_type()
        if self.has(Feature.GENERATORS) and self.chance(8):
            return Gen(self.scalar_type(), endless=self.chance(30))
        return self.data_type()

    # ---- procedures ----------------------------------------------------------------------------
    def lambda_parts(self, type_: Proc, size: int) -> tuple[list[Var], list[Tree]]:
        """Parameters and body of a procedure of type ``type_``."""
        params = [Var(param) for param in type_.params]
        with self.body_of_procedure(type_.cost) as frame, self.visible(*params):
            body = self.body(type_.result, size)
        if frame.spent > type_.cost:
            body = [self.constant(type_.result)]
        return params, body

    def procedure(self, type_: Proc, size: int) -> Tree:
        """A ``lambda`` expression of type ``type_``."""
        params, body = self.lambda_parts(type_, size)
        return Form(["lambda", list(params), *body], (params, body))

    def body(self, type_: Type, size: int) -> list[Tree]:
        """Forms of a body whose last one has type ``type_``."""
        forms: list[Tree] = []
        while size > 5 and self.randrange(3) == 2:
            part = self.between(2, size // 2)
            size -= part
            forms.append(self.expr(NOTHING, part))
        forms.append(self.expr(type_, size))
        return forms
