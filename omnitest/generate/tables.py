"""Hash tables with keys of all types, their procedures, iteration, tables that hold themselves."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import PER_ITEM, VALUE_COST, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.recursion import extended, first_type
from omnitest.generate.template import tree
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    NOTHING,
    TABLE_MOST,
    WIDE,
    Any,
    Bool,
    Float,
    Int,
    List,
    Nothing,
    Pair,
    Proc,
    Str,
    Table,
    Type,
    storable,
)

_SMALL_KEY: Final = Int(0, 7)
#: Keys of mixed tables: few, so that they are found again; those of the second row are fresh objects each time.
_KEYS: Final[tuple[Tree, ...]] = (
    "0", "1", "1.0", "0.0", "-0.0", "+nan.0", "#t", "nothing", "#\\a", ["quote", "a"], ["quote", []],
    "4611686018427387904",
    "2.5", ["quote", ["1", "2"]], '"a"', '""', "car",
)  # fmt: skip
_FRESH_KEYS: Final[tuple[Tree, ...]] = (
    ["string", "#\\a"], ["list", "1", "2"], ["vector", "1", '"x"'], ["cons", "1.0", '"λ"'], ["quote", ("1", '"x"')],
    ["bytevector", "1", "2"], ["-", "0.0"], ["string->symbol", '"a"'],
)  # fmt: skip


def key(g: Builder, type_: Table, size: int) -> Tree:
    """A key for a table of ``type_``: nothing ever changes it."""
    if not type_.mixed:
        return g.expr(_SMALL_KEY, size)
    return g.one_of(_KEYS + _FRESH_KEYS if type_.equal else _KEYS)


def key_type(type_: Table) -> Type:
    return ANY if type_.mixed else _SMALL_KEY


@production(Table, weight=8)
def new_table(g: Builder, type_: Table, size: int) -> Tree | None:
    """A table with some entries."""
    if size < 6:
        return None
    table = Var(type_)
    if type_.mixed and size >= 10 and g.has(Feature.HIGHER_ORDER) and g.randrange(3) == 2:
        return _large_table(g, type_, table)
    count = g.between(1, 3)
    forms: list[Tree] = []
    for piece in g.split(size - 4, count):
        forms.append(["hash-set!", table, key(g, type_, 2), g.expr(type_.value, piece)])
    forms.append(table)
    return Form(["let", [[table, g.constant(type_)]], *forms], ([table], forms))


def _large_table(g: Builder, type_: Table, table: Var) -> Tree:
    """A table that grows while it is filled, with the keys that need no object of their own."""
    keys = [one for one in _KEYS if type(one) is str and not one.startswith('"')]
    g.charge(len(keys) * 2 * PER_ITEM)
    item = Var(NOTHING, hint="k")
    with g.repeated(len(keys)):
        put: Tree = ["hash-set!", table, item, g.leaf(type_.value)]
    forms: list[Tree] = [
        ["for-each", Form(["lambda", [item], put], ([item], [put])), ["list", *keys[g.between(0, 2) :]]],
        table,
    ]
    return Form(["let", [[table, g.constant(type_)]], *forms], ([table], forms))


@production(Table, weight=3)
def copied_table(g: Builder, type_: Table, size: int) -> Tree | None:
    return ["hash-copy", g.expr(type_, size - 1)]


@production(weight=3, needs=(Feature.HASH_TABLES,))
def value_of_key(g: Builder, type_: Type, size: int) -> Tree | None:
    if not storable(type_) or size < 6:
        return None
    known = [v.type for v in g.scope if isinstance(v.type, Table) and v.type.value == type_]
    table = g.pick(known) if known else Table(type_, g.randrange(2) == 1, g.randrange(2) == 0)
    first, second, third = g.split(size - 1, 3)
    return ["hash-ref", g.expr(table, first), key(g, table, second), g.expr(type_, third)]


@production(Nothing, weight=40, needs=(Feature.HASH_TABLES,))
def change_of_table(g: Builder, type_: Nothing, size: int) -> Tree | None:
    tables = [v for v in g.scope if isinstance(v.type, Table)]
    if not tables:
        return None
    table = g.pick(tables)
    of = table.type
    assert isinstance(of, Table)
    choice = g.randrange(9)
    left, right = g.split(size - 2, 2)
    if choice == 8:
        return ["hash-clear!", table]
    if choice > 5:
        return ["hash-delete!", table, key(g, of, size - 2)]
    if choice > 3 and g.affords(VALUE_COST + PER_ITEM):
        g.charge(VALUE_COST + PER_ITEM)
        update = g.expr(Proc((of.value,), of.value, VALUE_COST), left)
        return ["hash-update!", table, key(g, of, 2), update, g.expr(of.value, right)]
    return ["hash-set!", table, key(g, of, left), g.expr(of.value, right)]


def _through(g: Builder, cost: int) -> bool:
    """Whether there are steps for a call of ``cost`` for each entry; charges them if so."""
    steps = TABLE_MOST * (cost + PER_ITEM)
    if not g.has(Feature.HIGHER_ORDER) or not g.affords(steps):
        return False
    g.charge(steps)
    return True


def _random_table(g: Builder, size: int) -> tuple[Table, Tree]:
    tables = [v for v in g.scope if isinstance(v.type, Table)]
    if tables and g.randrange(3):
        table = g.pick(tables)
        assert isinstance(table.type, Table)
        return table.type, table
    value = g.scalar_type()
    of = Table(value, g.randrange(2) == 1, g.randrange(2) == 0)
    return of, g.expr(of, size)


@production(Nothing, weight=8, needs=(Feature.HASH_TABLES,))
def for_each_entry(g: Builder, type_: Nothing, size: int) -> Tree | None:
    """hash-for-each, with a body that may change the table."""
    if size < 8 or not _through(g, 4 * size):
        return None
    left, right = g.split(size - 4, 2)
    of, table = _random_table(g, left)
    params = [Var(key_type(of)), Var(of.value)]
    with g.repeated(TABLE_MOST), g.visible(*params):
        body = [g.expr(NOTHING, min(right, 6))]
        if isinstance(table, Var) and g.randrange(2):
            body.insert(0, ["hash-delete!", table, params[0]])
        elif isinstance(table, Var) and not of.mixed and g.randrange(2):
            body.append(["hash-set!", table, ["-", "7", params[0]], params[1]])
    return ["hash-for-each", Form(["lambda", list(params), *body], (params, body)), table]


@production(List, weight=4, needs=(Feature.HASH_TABLES,))
def list_of_entries(g: Builder, type_: List, size: int) -> Tree | None:
    """Keys, values, entries, or what a procedure makes of them."""
    if type_.least > 0 or type_.most < TABLE_MOST or size < 4:
        return None
    if storable(type_.item) and g.randrange(3) == 0:
        return ["hash-values", g.expr(Table(type_.item, g.randrange(2) == 1, g.randrange(2) == 0), size - 1)]
    if _through(g, VALUE_COST // 4):
        left, right = g.split(size - 1, 2)
        of, table = _random_table(g, left)
        procedure = g.expr(Proc((key_type(of), of.value), type_.item, VALUE_COST // 4), right)
        return ["hash-map", procedure, table]
    return None


@production(weight=2, needs=(Feature.HASH_TABLES,))
def folded_table(g: Builder, type_: Type, size: int) -> Tree | None:
    """hash-fold: an accumulation over all entries."""
    if size < 10 or not isinstance(type_, (Int, Float, Bool, Str, List)):
        return None
    if not _through(g, 4 * size):
        return None
    first, second, third = g.split(size - 6, 3)
    of, table = _random_table(g, first)
    params = [Var(key_type(of)), Var(of.value), Var(type_)]
    with g.repeated(TABLE_MOST), g.visible(*params):
        body = [extended(g, type_, TABLE_MOST, params[2], min(second, 6))]
    procedure = Form(["lambda", list(params), *body], (params, body))
    return ["hash-fold", procedure, g.expr(first_type(type_, TABLE_MOST), third), table]


@production(Int, weight=1, needs=(Feature.HASH_TABLES,))
def number_of_keys(g: Builder, type_: Int, size: int) -> Tree | None:
    if type_.low > 0 or type_.high < TABLE_MOST:
        return None
    return ["hash-count", _random_table(g, size - 1)[1]]


@production(Bool, weight=2, needs=(Feature.HASH_TABLES,))
def presence_of_key(g: Builder, type_: Bool, size: int) -> Tree | None:
    if g.randrange(4) == 3:
        return ["hash-table?", g.expr(ANY, size - 1)]
    left, right = g.split(size - 1, 2)
    of, table = _random_table(g, left)
    return ["hash-has-key?", table, key(g, of, right)]


@production(Any, weight=5, needs=(Feature.HASH_TABLES,))
def contents(g: Builder, type_: Any, size: int) -> Tree | None:
    """All that is in a table, in its order."""
    choice = g.randrange(6)
    if choice > 3 and _through(g, VALUE_COST // 4):
        name = g.pick(("hash-map", "hash-update!"))
        if name == "hash-map":
            return [name, g.pick(("cons", "list", "vector", "equal?")), _random_table(g, size - 1)[1]]
        return tree("(let ((t (make-hash-table))) (hash-update! t $k list $v) (hash->list t))",
                    k=g.one_of(_KEYS), v=g.expr(g.scalar_type(), size // 2))  # fmt: skip
    return [g.pick(("hash->list", "hash-keys", "hash-values")), _random_table(g, size - 1)[1]]


@production(List, weight=2, needs=(Feature.HASH_TABLES, Feature.PAIRS))
def entries(g: Builder, type_: List, size: int) -> Tree | None:
    item = type_.item
    if not isinstance(item, Pair) or type_.least > 0 or type_.most < TABLE_MOST or not storable(item):
        return None
    return ["hash->list", g.expr(Table(item.cdr, False, True), size - 1)] if item.car == _SMALL_KEY else None


@production(weight=2, needs=(Feature.HASH_TABLES, Feature.CYCLES, Feature.MUTATION))
def table_that_holds_itself(g: Builder, type_: Type, size: int) -> Tree | None:
    """A table among its own values or keys, maybe within a list; something else that it holds is used."""
    if size < 10:
        return None
    g.charge(100)
    item = g.data_type(1)
    left, right = g.split(size - 8, 2)
    table, found = Var(NOTHING, hint="t"), Var(item)
    with g.visible(found):
        use = g.body(type_, right)
    ends = (
        ("(hash-set! $t 'self $t)", "(hash-ref (hash-ref $t 'self) 'item)"),
        ("(hash-set! $t 'self (list 1 $t))", "(hash-ref (cadr (hash-ref $t 'self)) 'item)"),
        ("(hash-set! $t $t (vector $t))", "(hash-ref (vector-ref (hash-ref $t $t) 0) 'item)"),
    )
    closing, path = g.pick(ends)
    forms: list[Tree] = [
        ["hash-set!", table, ["quote", "item"], g.expr(item, left)],
        tree(closing, t=table),
        Form(["let", [[found, tree(path, t=table)]], *use], ([found], use)),
    ]
    made: Tree = [g.pick(("make-hash-table", "make-eqv-hash-table"))]
    return Form(["let", [[table, made]], *forms], ([table], forms))


@production(Int, weight=1, needs=(Feature.HASH_TABLES, Feature.HIGHER_ORDER))
def counted_items(g: Builder, type_: Int, size: int) -> Tree | None:
    """How often a value occurs in a list, counted in a table."""
    if size < 8 or type_.low > 0 or type_ != WIDE:
        return None
    g.charge(10 * PER_ITEM)
    table, item = Var(NOTHING, hint="counts"), Var(NOTHING, hint="k")
    value = g.scalar_type()
    items = g.expr(List(value, 0, 6), size - 6)
    update = tree("(hash-update! $t $k (lambda (n) (+ n 1)) 0)", t=table, k=item)
    forms: list[Tree] = [
        ["for-each", Form(["lambda", [item], update], ([item], [update])), items],
        ["hash-ref", table, g.expr(value, 2), "-1"],
    ]
    return Form(["let", [[table, ["make-hash-table"]]], *forms], ([table], forms))
