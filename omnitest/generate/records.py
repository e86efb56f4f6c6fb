"""Record types of the program's own, at the top level and in bodies, and records in cycles."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import PER_NODE, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.template import tree
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import ANY, BOOL, NOTHING, Any, Int, Proc, Rec, Type, storable

_COST: Final = 8  # steps of a call of what define-record-type defines
_NAMES: Final = ("point", "node", "account", "shape", "λ-box", "a->b", "entry!", "x")
_FIELDS: Final = ("x", "y", "value", "next", "if", "list", "field-1")


def record_definition(g: Builder) -> tuple[list[Var], Tree]:
    """A definition of a record type: the names that are visible afterwards, and the form.

    The type is one of the builder's record types from now on. Fields that the constructor does not take hold
    ``nothing``.
    """
    count = g.pick((2, 1, 3, 2, 0, 4))
    types: list[Type] = [g.data_type() for _ in range(count)]
    types = [type_ if storable(type_) else Int(0, 20) for type_ in types]
    # What is in a field that the constructor does not take is open elsewhere.
    taken = [field for field in range(count) if g.portable or g.randrange(8) != 7]
    if len(taken) > 1 and g.randrange(4) == 3:
        taken.reverse()
    types = [type_ if field in taken else NOTHING for field, type_ in enumerate(types)]
    plain = f"{g.pick(_NAMES)}-{len(g.constructors) + 1}"
    type_name = f"<{plain}>" if g.randrange(3) else plain
    record = Rec(plain, tuple(types))
    constructor = Var(Proc(tuple(types[field] for field in taken), record, _COST), hint=f"make-{plain}")
    g.constructors[record] = constructor, tuple(taken)
    names = [constructor]
    predicate: Tree = "#f"
    if g.portable or g.randrange(4) != 3:
        test = Var(Proc((ANY,), BOOL, _COST), hint=f"{plain}?")
        names.append(test)
        predicate = test
    spelled: list[str] = []
    fields: list[Tree] = []
    for field, type_ in enumerate(types):
        spelled.append(_FIELDS[field] if g.randrange(2) else f"f{field}")
        accessor = Var(Proc((record,), type_, _COST), hint=f"{plain}-{field}")
        names.append(accessor)
        parts: list[Tree] = [spelled[field], accessor]
        if g.has(Feature.MUTATION) and g.randrange(3):
            modifier = Var(Proc((record, type_), NOTHING, _COST), hint=f"set-{plain}-{field}!")
            names.append(modifier)
            parts.append(modifier)
        fields.append(parts)
    made: Tree = [constructor, *(spelled[field] for field in taken)]
    if taken == list(range(count)) and not g.portable and g.randrange(4) == 3:
        made = constructor
    return names, ["define-record-type", type_name, made, predicate, *fields]


@production(Rec, weight=14)
def new_record(g: Builder, type_: Rec, size: int) -> Tree | None:
    """A call of the constructor, which is visible wherever the type is wanted."""
    constructor, taken = g.constructors[type_]
    g.charge(_COST)
    if not taken:
        return [constructor]
    pieces = g.split(size - 1, len(taken))
    return [constructor, *(g.expr(type_.fields[field], piece) for field, piece in zip(taken, pieces, strict=True))]


@production(weight=3, needs=(Feature.RECORDS, Feature.INTERNAL_DEFINES))
def body_with_record_type(g: Builder, type_: Type, size: int) -> Tree | None:
    """A record type of a body's own, and records of it in variables of the body."""
    if size < 14:
        return None
    names, form = record_definition(g)
    record = next(reversed(g.constructors))
    left, right = g.split(size - 6, 2)
    g.scope.extend(names)
    made = Var(record)
    definition: Tree = ["define", made, new_record(g, record, left) or g.constant(record)]
    g.scope.append(made)
    forms = [form, definition, *g.body(type_, right)]
    del g.scope[-len(names) - 1 :]
    return Form(["let", [], *forms], ([*names, made], forms))


@production(weight=3, needs=(Feature.RECORDS, Feature.CYCLES, Feature.MUTATION))
def records_in_a_ring(g: Builder, type_: Type, size: int) -> Tree | None:
    """Two records that refer to each other, one of them maybe through a list or a vector; an item of theirs is used."""
    if size < 14 or not g.affords(60 * PER_NODE):
        return None
    g.charge(60 * PER_NODE)
    item = g.data_type(1)
    first, second, rest = g.split(size - 10, 3)
    make, value, link, relink = (
        Var(NOTHING, hint=name) for name in ("make-link", "link-value", "link-next", "set-link-next!")
    )
    one, other, test = Var(NOTHING), Var(NOTHING), Var(NOTHING, hint="link?")
    wrapped = g.one_of((one, one, tree("(list $one)", one=one), tree("(vector 1 $one)", one=one)))
    plain = wrapped is one
    form = tree(
        "(define-record-type <ring> ($make value next) $test (value $value) (next $link $relink))",
        make=make, value=value, link=link, relink=relink, test=test if g.portable else "#f",
    )  # fmt: skip
    itself = tree(
        "($value ($link ($link $one)))" if plain else "($value ($link $one))", value=value, link=link, one=one
    )
    found = Var(item)
    with g.visible(found):
        use = g.body(type_, rest)
    forms: list[Tree] = [
        form,
        ["define", one, [make, g.expr(item, first), "#f"]],
        ["define", other, [make, g.expr(item, second), wrapped]],
        [relink, one, other],
    ]
    if g.has(Feature.OUTPUT) and not g.portable:
        forms.append([g.pick(("write", "display", "print", "write-shared")), g.one_of((one, ["list", other, one]))])
    forms.append(Form(["let", [[found, itself]], *use], ([found], use)))
    return Form(["let", [], *forms], ([make, value, link, relink, test, one, other], forms))


@production(Any, weight=2, needs=(Feature.RECORDS,))
def record_type_itself(g: Builder, type_: Any, size: int) -> Tree | None:
    """A record type whose evaluation is observed: each evaluation makes another type."""
    if g.portable:
        return None
    return tree(
        "(let ((make (lambda () (define-record-type $name (make-it a) it? (a it-a)) (list $name make-it it? it-a))))"
        " (let ((one (make)) (two (make)))"
        "  (list (car one) ((caddr one) ((cadr one) 1)) ((caddr one) ((cadr two) 1))"
        "   ((cadddr one) ((cadr one) $value)))))",
        name=g.pick(("<it>", "it", "<>", "|odd <it>|")),
        value=g.expr(g.scalar_type(), size // 2),
    )
