"""Macros of the program's own: their transformers, their uses.

A :class:`Kind` is the text of a transformer and a way to use it. The variables of its patterns and those that
its templates bind are variables of the program tree, so they get names as any: names that the program uses elsewhere,
names of builtins, names of keywords that the rule does not mention. What a use and a template bind under one name
is what hygiene has to keep apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from omnitest.generate.builder import PER_ITEM, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import SYMBOLS, constant
from omnitest.generate.effects import assigned_variable
from omnitest.generate.sequencing import Shape
from omnitest.generate.template import instantiate, names, tree
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import ANY, BOOL, NOTHING, SMALL, WIDE, Any, Int, List, Nothing, Proc, Rec, Type, fits

_PER_TURN: Final = 16  # steps of a turn of a loop besides its expressions

Use = Callable[[Builder, Var, Type, int], Tree | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A macro: a name for it, literals, pairs of a pattern and a template, how to use it for a value of a type,
    where its uses hold expressions.

    ``$self`` in a template is the macro's own name; other ``$names`` of a template that are not in its pattern are
    variables that the template binds.
    """

    hint: str
    literals: str
    rules: tuple[tuple[str, str], ...]
    use: Use
    needs: frozenset[Feature] = frozenset()
    shape: Shape = Shape.IN_ORDER

    @property
    def recursive(self) -> bool:
        return any("$self" in template for _, template in self.rules)


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro that is visible."""

    name: Var
    kind: Kind


def transformer(kind: Kind, self: Var) -> Tree:
    """The ``syntax-rules`` form of a macro called ``self``."""
    literals = tree(kind.literals)
    rules: list[Tree] = []
    for pattern, template in kind.rules:
        wanted = [name for name in names(f"{pattern} {template}") if name != "self"]
        variables = {name: Var(NOTHING, hint=name) for name in wanted}
        parts: dict[str, Tree] = {**variables, "self": self}
        rule = [instantiate(pattern, parts), instantiate(template, parts)]
        rules.append(Form(rule, (list(variables.values()), [*rule, literals])))
    return ["syntax-rules", literals, *rules]


def _then(g: Builder, effect: Tree, type_: Type, size: int) -> Tree:
    return effect if isinstance(type_, Nothing) else ["begin", effect, g.expr(type_, size)]


def _swap(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    variables = g.variables(lambda v: v.stores is not None)
    pairs = [(a, b) for a in variables for b in variables if a is not b and a.type == b.type and a.stores == b.stores]
    if not pairs:
        return None
    return _then(g, [macro, *g.pick(pairs)], type_, size - 4)


def _or(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    if type_ == BOOL:
        return [macro, *(g.expr(BOOL, piece) for piece in g.split(size - 1, g.between(1, 4)))]
    if isinstance(type_, (Nothing, Any)):
        return None
    left, right = g.split(size - 3, 2)
    return [macro, ["not", g.expr(WIDE, left)], g.expr(type_, right)]


def _while(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    left, right = g.split(size - 10, 2)
    times = g.iterations(_PER_TURN + 4 * size, g.pick((2, 5, 20)))
    if times < 2 or size < 14:
        return None
    counter = Var(Int(0, times))
    with g.repeated(times), g.visible(counter):
        g.charge(_PER_TURN)
        body = g.body(NOTHING, left)
    step: Tree = ["set!", counter, ["+", counter, "1"]]
    with g.visible(counter):
        forms: list[Tree] = [[macro, ["<", counter, str(times)], *body, step], *g.body(type_, right)]
    return Form(["let", [[counter, "0"]], *forms], ([counter], forms))


def _let(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    if size < 8:
        return None
    *sizes, last = g.split(size - 3, g.between(2, 4))
    variables = [Var(g.data_type()) for _ in sizes]
    bindings: list[Tree] = [[v, g.expr(v.type, piece)] for v, piece in zip(variables, sizes, strict=True)]
    with g.visible(*variables):
        body = g.body(type_, last)
    return Form([macro, bindings, *body], (variables, body))


def _let_star(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    if size < 8:
        return None
    *sizes, last = g.split(size - 3, g.between(2, 4))
    before = len(g.scope)
    bindings: list[tuple[Var, Tree]] = []
    for piece in sizes:
        variable = Var(g.data_type())
        bindings.append((variable, g.expr(variable.type, piece)))
        g.scope.append(variable)
    body = g.body(type_, last)
    del g.scope[before:]
    scopes = [([v], [*(value for _, value in bindings[at + 1 :]), *body]) for at, (v, _) in enumerate(bindings)]
    return Form([macro, [[v, value] for v, value in bindings], *body], *scopes)


def _cond(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    if size < 8:
        return None
    *sizes, last = g.split(size - 2, 2 * g.between(0, 2) + 1)
    clauses: list[Tree] = []
    for test, then in zip(sizes[::2], sizes[1::2], strict=True):
        clauses.append([g.expr(BOOL, test), g.expr(type_, then)])
    return [macro, *clauses, ["else", g.expr(type_, last)]]


def _for(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    times = g.iterations(PER_ITEM + 4 * size, 6)
    if size < 12 or times < 2:
        return None
    g.charge(times * PER_ITEM)
    left, middle, right = g.split(size - 5, 3)
    counting = g.randrange(2) == 1
    item = Var(Int(0, times - 1) if counting else g.data_type(1))
    with g.repeated(times), g.visible(item):
        body = g.body(NOTHING, left)
    source: list[Tree] = ["from", "0", str(times)] if counting else ["in", g.expr(List(item.type, 0, times), middle)]
    return _then(g, Form([macro, item, *source, *body], ([item], body)), type_, right)


def _symbols(g: Builder, least: int) -> list[Tree]:
    return [g.pick(SYMBOLS) for _ in range(g.between(least, least + 3))]


def _count(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    return [macro, *_symbols(g, 0)] if isinstance(type_, Int) and type_.low <= 0 and type_.high >= 3 else None


def _collect(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    if not isinstance(type_, List) or type_.least > 5:
        return None
    count = g.between(type_.least, min(type_.most, type_.least + 3))
    return [macro, *(g.expr(type_.item, piece) for piece in g.split(size, count))] if count else [macro]


def _ends(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    return [macro, *_symbols(g, 2)] if isinstance(type_, Any) else None


def _parts(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    return [macro, *(_symbols(g, 1) for _ in range(g.between(0, 3)))] if isinstance(type_, Any) else None


def _vector(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    return [macro, tuple(constant(g, SMALL) for _ in range(g.between(1, 4)))] if isinstance(type_, Any) else None


def _added(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    return [macro, g.expr(type_, size - 1)] if isinstance(type_, Int) and fits(type_, WIDE) else None


def _first(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    left, right = g.split(size - 1, 2)
    return [macro, g.expr(type_, left), g.expr(g.data_type(), right)]


def _checked(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    return [macro, constant(g, type_)] if isinstance(type_, Int) else None


_KINDS: Final = (
    Kind("swap!", "()", (("(_ $a $b)", "(let (($tmp $a)) (set! $a $b) (set! $b $tmp))"),), _swap,
         frozenset({Feature.ASSIGNMENT})),
    Kind("my-or", "()", (
        ("(_)", "#f"), ("(_ $e)", "$e"), ("(_ $e $r ...)", "(let (($t $e)) (if $t $t ($self $r ...)))")), _or),
    Kind("while", "()", (
        ("(_ $test $body ...)", "(let $loop () (if $test (begin $body ... ($loop)) nothing))"),), _while,
        frozenset({Feature.LOOPS, Feature.ASSIGNMENT})),
    Kind("my-let", "()", (("(_ (($name $value) ...) $body ...)", "((lambda ($name ...) $body ...) $value ...)"),),
        _let, shape=Shape.PARALLEL_BINDINGS),
    Kind("my-let*", "()", (
        ("(_ () $body ...)", "(let () $body ...)"),
        ("(_ (($name $value) $more ...) $body ...)", "(let (($name $value)) ($self ($more ...) $body ...))")),
        _let_star, shape=Shape.BINDINGS),
    Kind("my-cond", "(else)", (
        ("(_ (else $e ...))", "(begin $e ...)"),
        ("(_ ($test $e ...) $more ...)", "(if $test (begin $e ...) ($self $more ...))")), _cond,
        shape=Shape.CLAUSES),
    Kind("for", "(in from)", (
        ("(_ $x in $items $body ...)", "(for-each (lambda ($x) $body ...) $items)"),
        ("(_ $x from $low $high $body ...)", "(do (($x $low (+ $x 1))) ((>= $x $high)) $body ...)")), _for,
        frozenset({Feature.LOOPS, Feature.HIGHER_ORDER})),
    Kind("how-many", "()", (("(_)", "0"), ("(_ $x . $more)", "(+ 1 ($self . $more))")), _count,
        shape=Shape.DATA),
    Kind("my-list", "()", (("(_ $e ...)", "(list $e ...)"),), _collect, shape=Shape.OPERANDS),
    Kind("ends", "()", (("(_ $first $middle ... $last)", "'($first $last ($middle ...))"),), _ends,
        shape=Shape.DATA),
    Kind("parts", "()", (
        ("(_ ($key $value ...) ...)", "'(($key ...) ($value ... ...) (($value ... $key) ...) (... ...))"),), _parts,
        shape=Shape.DATA),
    Kind("of-vector", "()", (("(_ #($a $b ...))", "(list $a (vector $b ...))"), ("(_ $x)", "$x")), _vector,
        shape=Shape.DATA),
    Kind("around", "()", (("(_ $e)", "(let (($tmp 1)) (- (+ $tmp $e) $tmp))"),), _added),
    Kind("first-of", "()", (("(_ $list $else)", "(let (($x $list)) (if #t $x $else))"),), _first),
    Kind("checked", "()", (
        ("(_ ($x . $y))", "(syntax-error \"no form was expected:\" ($x . $y))"), ("(_ $x)", "$x")), _checked,
        shape=Shape.DATA),
)  # fmt: skip


def new_macro(g: Builder) -> Macro:
    kinds = [kind for kind in _KINDS if kind.needs <= g.features]
    kind = g.pick(kinds)
    return Macro(_name(g, kind), kind)


def _name(g: Builder, kind: Kind) -> Var:
    """A new name for a macro of ``kind``."""
    name = Var(NOTHING, hint=kind.hint)
    g.shapes[name] = kind.shape
    return name


def definition(macro: Macro) -> Tree:
    return ["define-syntax", macro.name, transformer(macro.kind, macro.name)]


@production(weight=14, needs=(Feature.MACROS,))
def use_of_macro(g: Builder, type_: Type, size: int) -> Tree | None:
    """A use of a macro that is visible."""
    if not g.macros or size < 3:
        return None
    macro = g.pick(g.macros)
    return macro.kind.use(g, macro.name, type_, size)


@production(weight=5, needs=(Feature.MACROS,))
def body_with_macro(g: Builder, type_: Type, size: int) -> Tree | None:
    """A macro for a body, which uses it."""
    if size < 14:
        return None
    macro = new_macro(g)
    left, right = g.split(size - 8, 2)
    holder = assigned_variable(g) if g.has(Feature.ASSIGNMENT) else Var(g.scalar_type())
    value = g.expr(holder.stores or holder.type, min(left, 4))
    g.macros.append(macro)
    with g.visible(holder):
        used = macro.kind.use(g, macro.name, type_, right)
        body: list[Tree] = [used] if used is not None else g.body(type_, right)
        if g.randrange(3) == 2:
            body.insert(0, g.expr(NOTHING, left))
    g.macros.pop()
    rules = transformer(macro.kind, macro.name)
    if g.randrange(2) and g.has(Feature.INTERNAL_DEFINES):
        inner: Tree = Form(["let", [], ["define-syntax", macro.name, rules], *body], ([macro.name], [rules, *body]))
    elif macro.kind.recursive or g.randrange(2):
        inner = Form(["letrec-syntax", [[macro.name, rules]], *body], ([macro.name], [rules, *body]))
    else:
        inner = Form(["let-syntax", [[macro.name, rules]], *body], ([macro.name], body))
    return Form(["let", [[holder, value]], inner], ([holder], [inner]))


# ---- macros that define -----------------------------------------------------------------------------
def _no_use(g: Builder, macro: Var, type_: Type, size: int) -> Tree | None:
    return None


_CONSTANT: Final = Kind("define-constant", "()", (("(_ $name $value)", "(define $name $value)"),), _no_use)
_FUNCTION: Final = Kind(
    "define-function",
    "()",
    (("(_ ($name $p ...) $body ...)", "(define ($name $p ...) $body ...)"),),
    _no_use,
    shape=Shape.DEFINITION,
)
_COUNTER: Final = Kind(
    "define-counter", "()",
    (("(_ $name $first)", "(begin (define $n $first) (define ($name) (set! $n (+ $n 1)) $n))"),), _no_use,
)  # fmt: skip
_RECORD: Final = Kind(
    "define-struct", "()",
    (("(_ $name $make ($field $get) ...)", "(define-record-type $name ($make $field ...) $test ($field $get) ...)"),),
    _no_use, shape=Shape.DATA,
)  # fmt: skip
_MACRO: Final = Kind(
    "define-lister", "()",
    (("(_ $name $v)", "(define-syntax $name (syntax-rules () ((_ $e (... ...)) (list $v $e (... ...) $v))))"),),
    _no_use, shape=Shape.DATA,
)  # fmt: skip


@production(weight=4, needs=(Feature.MACROS, Feature.INTERNAL_DEFINES))
def body_of_macro_definitions(g: Builder, type_: Type, size: int) -> Tree | None:
    """A body whose definitions are made by a macro, each of them in another place."""
    if size < 16:
        return None
    kinds = [_CONSTANT, _FUNCTION, _MACRO]
    kinds += [_COUNTER] * g.has(Feature.ASSIGNMENT) + [_RECORD] * g.has(Feature.RECORDS)
    kind = g.pick(kinds)
    macro = _name(g, kind)
    left, right = g.split(size - 8, 2)
    count = g.between(1, 3)
    forms: list[Tree] = [["define-syntax", macro, transformer(kind, macro)]]
    hidden: list[Var] = []
    before = len(g.scope)
    for piece in g.split(left, count):
        forms.append(_definition_by(g, kind, macro, piece, hidden))
    visible = g.scope[before:]
    if kind is _MACRO:
        forms += [["display" if g.has(Feature.OUTPUT) else "list", [name, g.expr(SMALL, 2)]] for name in hidden]
    if kind is _COUNTER:
        forms += [[g.pick(visible)] for _ in range(g.between(0, 3))]
    forms += g.body(type_, right)
    del g.scope[before:]
    return Form(["let", [], *forms], ([macro, *hidden, *visible], forms))


def _definition_by(g: Builder, kind: Kind, macro: Var, size: int, hidden: list[Var]) -> Tree:
    """A use of the defining macro; makes visible what it defines, or adds it to ``hidden``."""
    if kind is _CONSTANT:
        variable = Var(g.data_type())
        use: Tree = [macro, variable, g.expr(variable.type, size)]
        g.scope.append(variable)
        return use
    if kind is _FUNCTION:
        type_ = Proc((g.scalar_type(),), g.scalar_type(), 100)
        name = Var(type_)
        params, body = g.lambda_parts(type_, size)
        g.scope.append(name)
        return Form([macro, [name, *params], *body], (params, body))
    if kind is _COUNTER:
        name = Var(Proc((), WIDE, 20), hint="next")
        use = [macro, name, g.expr(SMALL, size)]
        g.scope.append(name)
        return use
    if kind is _RECORD:
        fields: tuple[Type, ...] = (g.scalar_type(), g.scalar_type())
        record = Rec(f"made-{len(g.constructors) + 1}", fields)
        make = Var(Proc(fields, record, 8), hint="make")
        gets = [Var(Proc((record,), field, 8), hint="get") for field in fields]
        g.constructors[record] = make, (0, 1)
        g.scope += [make, *gets]
        return [macro, f"<{record.name}>", make, ["a", gets[0]], ["b", gets[1]]]
    hidden.append(Var(ANY, hint="listed"))
    g.shapes[hidden[-1]] = Shape.OPERANDS
    # No expression: an ellipsis in quoted data would be one of the template that it becomes part of.
    return [macro, hidden[-1], constant(g, SMALL)]
