"""Deliberate errors: expressions that raise a condition of a given kind.

Resource kinds are missing: where a resource runs out is no business of a program. Errors of
argument types and counts are derived from the primitive table; a test compares the kinds here with
:data:`reference_interp.conditions.KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from omnitest.generate.config import Feature, Subset
from omnitest.generate.constants import integer
from omnitest.generate.data_errors import (
    ARITY_ERRORS,
    IMMUTABLE,
    INDEX_ERRORS,
    TYPE_ERRORS,
    file_error,
    from_text,
    match_failure,
    read_error,
)
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import ANY, SMALL, Int
from omnitest.generate.types import Type as Kind
from omnitest.generate.vocabulary import PUBLIC_PRIMITIVES, feature_of
from reference_interp.primitives import PRIMITIVES, Effect, Primitive, Type

if TYPE_CHECKING:
    from omnitest.generate.builder import Builder

_NIL: Final[Tree] = ["quote", []]
#: Arguments of each declared type with which no primitive runs long or prints much.
_RIGHT: Final[dict[Type, tuple[Tree, ...]]] = {
    Type.ANY: ("1", '"x"', ["quote", "a"]),
    Type.NUMBER: ("1", "2.5", "7"),
    Type.INTEGER: ("2", "10"),
    Type.INTEGRAL: ("2", "10"),
    Type.INDEX: ("0", "1"),
    Type.FLOAT: ("0.5",),
    Type.BOOLEAN: ("#t",),
    Type.CHAR: ("#\\a", "#\\0"),
    Type.STRING: ('"abc"', '"12"'),
    Type.SYMBOL: (["quote", "a"],),
    Type.PAIR: (["list", "1", "2", "3"], ["cons", ["cons", "1", "2"], "3"]),
    Type.LIST: (["list", "1", "2"], ["quote", ["a", "b"]]),
    Type.VECTOR: (["vector", "1", "2", "3"],),
    Type.PROCEDURE: ("+", "list"),
    Type.NOTHING: ("nothing",),
    Type.HASH_TABLE: (["make-hash-table"], ["make-eqv-hash-table"]),
    Type.BYTE: ("0", "255"),
    Type.BYTEVECTOR: (["bytevector", "1", "2", "3"], ["make-bytevector", "3"]),
    Type.PORT: (["open-input-string", '"a"'],),
    Type.INPUT_PORT: (["open-input-string", '"a"'],),
    Type.OUTPUT_PORT: (["open-output-string"],),
    Type.TEXTUAL_INPUT_PORT: (["open-input-string", '"a"'],),
    Type.TEXTUAL_OUTPUT_PORT: (["open-output-string"],),
    Type.BINARY_INPUT_PORT: (["open-input-bytevector", ["bytevector", "1"]],),
    Type.BINARY_OUTPUT_PORT: (["open-output-bytevector"],),
    Type.STRING_OUTPUT_PORT: (["open-output-string"],),
    Type.BYTEVECTOR_OUTPUT_PORT: (["open-output-bytevector"],),
}
_WRONG: Final[dict[Type, tuple[Tree, ...]]] = {
    Type.NUMBER: (["quote", "a"], '"5"', "#t", _NIL, ["list", "1"], "#\\1", "nothing"),
    Type.INTEGRAL: ("1.5", ["quote", "a"], '"5"', "+nan.0"),
    Type.INTEGER: ("1.5", "2.0", ["quote", "a"], '"5"', "+nan.0"),
    Type.INDEX: ("-1", "1.0", '"0"', "#f"),
    Type.FLOAT: ("1", '"x"'),
    Type.BOOLEAN: ("0", _NIL),
    Type.CHAR: ('"a"', "97", ["quote", "a"]),
    Type.STRING: (["quote", "abc"], "#\\a", "12", _NIL),
    Type.SYMBOL: ('"abc"', "#t", "3"),
    Type.PAIR: (_NIL, "5", '"pair"', ["vector", "1", "2"], "nothing"),
    Type.LIST: ("5", ["cons", "1", "2"], ["vector", "1"], ["quote", ["1", "2", ".", "3"]]),
    Type.VECTOR: (["list", "1", "2"], '"vector"', "0"),
    Type.PROCEDURE: ("5", ["quote", "car"], ["list", "car"]),
    Type.CONDITION: ("5", ["quote", "error"], '"message"'),
    Type.GENERATOR: ("5", "list", ["eof-object"]),
    Type.NOTHING: ("0",),
    Type.HASH_TABLE: (_NIL, ["vector", "1"], ["quote", [["a", ".", "1"]]]),
    Type.BYTE: ("256", "-1", "1.0", "#\\a"),
    Type.BYTEVECTOR: (["vector", "1"], '"bytes"', ["quote", ["1", "2"]], "255"),
    Type.PORT: ('"port"', ["quote", "a"], "0"),
    Type.INPUT_PORT: (["open-output-string"], '"a"', ["current-output-port"]),
    Type.OUTPUT_PORT: (["open-input-string", '"a"'], "1", ["current-input-port"]),
    Type.TEXTUAL_INPUT_PORT: (["open-output-string"], ["open-input-bytevector", ["bytevector", "1"]], '"a"'),
    Type.TEXTUAL_OUTPUT_PORT: (["open-input-string", '"a"'], ["open-output-bytevector"], ["current-input-port"], "1"),
    Type.BINARY_INPUT_PORT: (["open-input-string", '"a"'], ["open-output-bytevector"], "#u8(1)"),
    Type.BINARY_OUTPUT_PORT: (["open-output-string"], ["current-output-port"], "nothing"),
    Type.STRING_OUTPUT_PORT: (["open-input-string", '"a"'], ["open-output-bytevector"], ["current-output-port"]),
    Type.BYTEVECTOR_OUTPUT_PORT: (["open-output-string"], ["open-input-bytevector", ["bytevector"]]),
    Type.GENERATOR: ("5", "list"),
}
_TYPED: Final = tuple(
    row for row in map(PRIMITIVES.__getitem__, PUBLIC_PRIMITIVES)
    if any(row.type_of_argument(i) in _WRONG for i in range(max(1, len(row.params))) if row.accepts(i + 1))
)  # fmt: skip
_COUNTED: Final = tuple(
    row for row in map(PRIMITIVES.__getitem__, PUBLIC_PRIMITIVES)
    if row.effect is not Effect.IO and (row.min_args > 0 or row.max_args is not None)
)  # fmt: skip
_MAX: Final = "9223372036854775807"
_MIN: Final = "-9223372036854775808"


#: The types of ports.
PORTS: Final = frozenset(type_ for type_ in Type if type_.name.endswith("PORT"))
#: Names that programs do not define.
UNBOUND_NAMES: Final = ("undefined-name", "no-such-thing!", "Car", "missing")


def _usable(rows: tuple[Primitive, ...], subset: Subset | None) -> tuple[Primitive, ...]:
    """The rows whose names programs may use, and that need no port."""
    if subset is None:
        return rows
    return tuple(row for row in rows if row.name in subset.names and not PORTS.intersection(row.params[: row.min_args]))


def _right(g: Builder, type_: Type) -> Tree:
    return g.one_of(_RIGHT.get(type_) or _RIGHT[Type.ANY])


def _wrong_positions(row: Primitive, count: int) -> list[int]:
    """Which of ``count`` arguments of ``row`` can be of a wrong type."""
    return [i for i in range(count) if row.type_of_argument(i) in _WRONG]


def most_arguments(g: Builder, row: Primitive, most: int) -> int:
    """``most``, or fewer where the program does not know the type of an optional argument, a port."""
    ports = [i for i in range(row.min_args, most) if row.type_of_argument(i) in PORTS]
    return min(most, *ports) if ports and g.is_foreign("open-input-string") else most


def _wrong_places(g: Builder, row: Primitive) -> list[tuple[int, int]]:
    """Calls of ``row`` in which one argument can have a wrong type: how many arguments, and which of them."""
    most = max(len(row.params), 1) if row.rest is None else len(row.params) + 1
    most = most_arguments(g, row, most)
    types = [row.type_of_argument(i) for i in range(most)]
    unusual = {type_ for type_ in types if g.is_foreign(_RIGHT.get(type_, ()))}
    return [
        (count, at)
        for count in range(1, most + 1)
        if row.accepts(count)
        for at in _wrong_positions(row, count)
        if unusual.isdisjoint(types[:at] + types[at + 1 : count])
    ]


def _wrong_argument(g: Builder, row: Primitive) -> Tree:
    """A call of ``row`` one of whose arguments has the wrong type and whose others have the right one."""
    count, at = g.pick(_wrong_places(g, row))
    operands = [_right(g, row.type_of_argument(i)) for i in range(count)]
    operands[at] = g.pick([wrong for wrong in _WRONG[row.type_of_argument(at)] if not g.is_foreign(wrong)])
    return [row.name, *operands]


def _type_error(g: Builder, size: int) -> Tree:
    choice = g.randrange(12)
    if choice > 7 and not g.portable:
        return from_text(g, TYPE_ERRORS)
    if choice < 5:
        rows = _usable(_TYPED, g.config.subset)
        if g.portable:
            rows = tuple(row for row in rows if _wrong_places(g, row))
        return _wrong_argument(g, _available(g, rows))
    if choice == 5:
        return [g.one_of(("5", '"f"', ["quote", "car"], ["list", "1"])), g.expr(ANY, size - 1)]
    library: tuple[Tree, ...] = (
        ["map", "car", "5"],
        ["map", "car", ["list", "1", "2"]],
        ["for-each", "display", ["vector", "1"]],
        ["filter", "odd?", ["quote", ["1", "a"]]],
        ["fold", "+", "0", ["quote", ["1", "2", ".", "3"]]],
        ["foldr", "cons", _NIL, "nothing"],
        ["reduce", "+", "0", ["list", "1", '"2"', "3"]],
        ["sort", ["list", "2", ["quote", "a"], "1"], "<"],
        ["vector-map", "square", ["list", "1", "2"]],
        ["string-join", ["list", '"a"', "5"], '","'],
        [["compose", "car", "length"], ["list", "1", "2"]],
        ["apply", "+", "1", "2"],
    )
    return g.pick(library)


def _arity_error(g: Builder, size: int) -> Tree:
    choice = g.randrange(7)
    if choice == 6 and g.has(Feature.SEVERAL_VALUES):
        return _wrong_number_of_values(g, size)
    if choice > 3 and not g.portable:
        return from_text(g, ARITY_ERRORS)
    if choice == 0:
        param = Var(SMALL)
        body: list[Tree] = [param]
        procedure = Form(["lambda", [param], *body], ([param], body))
        return [procedure, *(integer(g, 0, 9) for _ in range(g.pick((0, 2, 3))))]
    if choice == 1:
        first, second, rest = Var(SMALL), Var(SMALL), Var(ANY)
        params: list[Tree] = [first, second, ".", rest]
        return [Form(["fn", params, rest], ([first, second, rest], [rest])), g.expr(SMALL, size - 3)]
    row = _available(g, _usable(_COUNTED, g.config.subset))
    too_few, too_many = row.min_args > 0, row.max_args is not None
    count = row.min_args - 1 if too_few and (not too_many or g.randrange(2)) else (row.max_args or 0) + g.between(1, 2)
    return [row.name, *(_right(g, Type.ANY) for _ in range(count))]


def _wrong_number_of_values(g: Builder, size: int) -> Tree:
    one, other = Var(SMALL), Var(SMALL)
    values: Tree = ["values", *(g.expr(SMALL, size // 3) for _ in range(g.pick((0, 1, 3))))]
    variables, params = [one, other], [one, other]
    receiver = Form(["lambda", list(params), one], (variables, [one]))
    return g.one_of((
        ["call-with-values", ["lambda", [], values], receiver],
        Form(["receive", list(params), values, other], (variables, [other])),
        Form(["let-values", [[list(params), values]], one], (variables, [one])),
        Form(["let*-values", [[list(params), values]], one], (variables, [one])),
        Form(["let", [], ["define-values", list(params), values], one], (variables, [list(params), one])),
    ))  # fmt: skip


def _available(g: Builder, rows: tuple[Primitive, ...]) -> Primitive:
    """One of ``rows`` that the program's features have."""
    features = {row.name: feature_of(row) for row in rows}
    return g.pick([row for row in rows if (feature := features[row.name]) is None or g.has(feature)])


def _unbound(g: Builder, size: int) -> Tree:
    name = g.pick(UNBOUND_NAMES)
    choice = g.randrange(5)
    if choice == 0 and g.has(Feature.ASSIGNMENT) and not g.portable:  # elsewhere this may define the variable
        return ["set!", name, g.expr(SMALL, size - 2)]
    if choice == 1:
        return [name, g.expr(SMALL, size - 1)]
    early, late = Var(SMALL), Var(SMALL)
    bindings: list[Tree] = [[early, ["+", late, "1"]], [late, integer(g, 0, 9)]]
    if choice == 2:
        return Form(["letrec*", bindings, early], ([early, late], [*bindings, early]))
    if choice == 3:
        body: list[Tree] = [["define", early, ["list", late]], ["define", late, "1"], early]
        return Form(["let", [], *body], ([early, late], body))
    return name


def _overflow(g: Builder, size: int) -> Tree:
    rising = Var(Int(0, 0))
    loop = Var(SMALL)
    again: Tree = [loop, ["*", rising, g.one_of(("3", "10", "-7"))]]
    endless = Form(["let", loop, [[rising, "1"]], again], ([loop], [again]), ([rising], [again]))
    g.charge(600)
    return g.one_of((
        ["+", _MAX, "1"],
        ["+", "1", "2", _MAX],
        ["-", _MIN, "1"],
        ["-", _MIN],
        ["*", "4611686018427387904", g.one_of(("2", "-3", "4611686018427387904"))],
        ["*", "3037000500", "3037000500"],
        ["abs", _MIN],
        ["square", "3037000500"],
        ["quotient", _MIN, "-1"],
        ["/", _MIN, "-1"],
        ["expt", "2", "63"],
        ["expt", "10", "19"],
        ["lcm", _MAX, "2"],
        ["exact", g.one_of(("1e300", "9223372036854775808.0"))],
        ["arithmetic-shift", g.one_of(("1", "-5")), g.one_of(("63", "64", "1000"))],
        endless,
    ))  # fmt: skip


def _division(g: Builder, size: int) -> Tree:
    zero = g.one_of(("0", ["-", "5", "5"], ["length", _NIL]))
    name = g.one_of(("quotient", "remainder", "modulo", "%", "/"))
    if g.randrange(6) == 5:
        return g.one_of((["expt", "0", "-1"], ["/", "0"], ["/", "6", "2", "0"]))
    return [name, g.expr(SMALL, size - 2), zero]


def _index(g: Builder, size: int) -> Tree:
    if g.randrange(2) and not g.portable:
        return from_text(g, INDEX_ERRORS)
    return g.one_of((
        ["vector-ref", ["vector", "1", "2"], g.one_of(("2", "100", _MAX))],
        ["vector-ref", ["make-vector", "0"], "0"],
        ["vector-set!", ["vector", g.expr(SMALL, size - 4)], "1", "0"],
        ["list-ref", ["list", "1", "2"], "2"],
        ["list-tail", ["list", "1", "2"], "3"],
        ["string-ref", '"abc"', "3"],
        ["string-ref", '""', "0"],
        ["substring", '"abc"', "2", "4"],
        ["substring", '"abc"', "3", "2"],
        ["string-copy", '"λμ"', "3"],
        ["string->list", '"abc"', "2", "1"],
        ["vector-copy", ["vector", "1"], "0", "2"],
        ["vector->list", ["vector", "1"], "2"],
        ["integer->char", g.one_of(("55296", "1114112", "-1"))],
        ["number->string", "10", g.one_of(("1", "37"))],
        ["string->number", '"10"', "0"],
    ))  # fmt: skip


def _immutable(g: Builder, size: int) -> Tree:
    if g.randrange(2) and not g.portable:
        return from_text(g, IMMUTABLE)
    value = g.expr(SMALL, size - 3)
    return g.one_of((
        ["set-car!", ["quote", ["1", "2"]], value],
        ["set-cdr!", ["quote", ["1", ".", "2"]], value],
        ["vector-set!", ["quote", ("1", "2")], "0", value],
        ["vector-set!", ("1", "2"), "1", value],
        ["vector-fill!", ["quote", ("1", "2")], value],
        ["set-car!", ["cdr", ["quote", ["1", "2"]]], value],
        ["set-car!", ["append", ["quote", ["1", "2"]]], value],
    ))  # fmt: skip


def _assertion(g: Builder, size: int) -> Tree:
    false = g.one_of(("#f", ["=", "1", "2"], "nothing", ["null?", ["list", "1"]]))
    if g.randrange(2):
        return ["assert", false]
    return ["assert", false, '"not so:"', g.expr(ANY, size - 3)]


def _user_error(g: Builder, size: int) -> Tree:
    message: Tree = g.one_of(('"bad value:"', '"failed"', ["quote", "who"], "42", ["list", "1", '"two"']))
    irritants = [g.expr(ANY, max(1, size // 3)) for _ in range(g.between(0, 2))]
    return ["error", message, *irritants]


def _raised(g: Builder, size: int) -> Tree:
    kind: Kind = g.data_type()
    return ["raise", g.expr(kind, size - 1)]


def _control(g: Builder, size: int) -> Tree:
    options: list[Tree] = []
    value = g.expr(SMALL, size - 6)
    if g.has(Feature.PROMPTS):
        k, result = Var(ANY), Var(SMALL)
        nowhere = Form(["control", ["quote", "nowhere"], k, value], ([k], [value]))
        after = Form(["let", [[result, ["prompt", ["quote", "here"], value]]], nowhere], ([result], [nowhere]))
        not_same = Form(["control", ["list", "1"], k, value], ([k], [value]))
        options += (nowhere, ["prompt", ["quote", "here"], nowhere], ["prompt", ["list", "1"], not_same], after)
    if g.has(Feature.HANDLERS):
        raised = Var(ANY)
        errors: tuple[Tree, ...] = (["raise", value], ["car", "5"], ["error", '"handled"', value])
        for raising_ in errors:
            returning = Form(["lambda", [raised], raised], ([raised], [raised]))
            options.append(["with-exception-handler", returning, ["lambda", [], raising_]])
    if g.has(Feature.GENERATORS):
        for name in ("generator-next!", "generator-close!"):
            itself = Var(ANY)
            made: Tree = ["make-generator", ["lambda", [], [name, itself]]]
            body: Tree = ["generator-next!", itself]
            options.append(Form(["let", [], ["define", itself, made], body], ([itself], [made, body])))
    elif not g.is_foreign("yield"):
        options.append(["yield", value])  # no generator is running anywhere in the program
    return g.pick(options)


def _exit(g: Builder, size: int) -> Tree:
    status: tuple[Tree, ...] = ("#t", "#f", "0", "3", "256", "-1", '"done"', "nothing", g.expr(SMALL, size - 4))
    choice = g.randrange(4)
    if choice == 0:
        return ["exit"]
    if choice == 1:
        return ["emergency-exit", *[g.one_of(status)][: g.randrange(2)]]
    if choice == 2 and g.has(Feature.WINDS):
        after: Tree = ["display", '"left"'] if g.has(Feature.OUTPUT) else "nothing"
        leaving: Tree = ["exit", g.one_of(status)]
        return ["dynamic-wind", ["lambda", [], "nothing"], ["lambda", [], leaving], ["lambda", [], after]]
    return ["exit", g.one_of(status)]


_MAKERS: Final[dict[str, Callable[[Builder, int], Tree]]] = {
    "type-error": _type_error,
    "arity-error": _arity_error,
    "unbound-variable": _unbound,
    "integer-overflow": _overflow,
    "division-by-zero": _division,
    "index-out-of-range": _index,
    "immutable-value": _immutable,
    "match-failure": match_failure,
    "read-error": read_error,
    "file-error": file_error,
    "assertion-failed": _assertion,
    "user-error": _user_error,
    "raised": _raised,
    "control-error": _control,
    "exit": _exit,
}
ERROR_KINDS: Final = tuple(_MAKERS)
#: Kinds of the conditions that the program itself makes; other languages know their parts, too.
KINDS_WITH_PARTS: Final = frozenset({"user-error", "raised", "assertion-failed"})


def error_kinds(g: Builder) -> tuple[str, ...]:
    """The kinds of :data:`ERROR_KINDS` that the program's features have, and that it may hold."""
    left_out = set()
    if not any(g.has(feature) for feature in (Feature.PROMPTS, Feature.HANDLERS, Feature.GENERATORS)):
        left_out.add("control-error")
    if not g.has(Feature.EXIT):
        left_out.add("exit")
    if not (g.has(Feature.MATCH) and g.has(Feature.RECORDS)):
        left_out.add("match-failure")
    subset = g.config.subset
    return tuple(
        kind for kind in ERROR_KINDS if kind not in left_out and (subset is None or kind in subset.error_kinds)
    )


def raising(g: Builder, kind: str, size: int) -> Tree:
    """An expression of about ``size`` nodes whose evaluation raises a condition of ``kind``."""
    return _MAKERS[kind](g, min(size, 12))


def raising_body(g: Builder, type_: Kind, size: int, kind: str) -> list[Tree]:
    """A body of type ``type_`` that raises ``kind`` somewhere, at its start if nowhere else."""
    g.arm(kind)
    body = g.body(type_, size)
    if g.armed is None:
        return body
    return [g.deliberate_error(size // 3), *body]
