"""Every primitive as a callable: its implementation behind the checks that its row of the table demands.

The exceptions are ``apply``, which calls a procedure, and the primitives that need the continuation:
:mod:`~reference_interp.control` has these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Final

from reference_interp import (
    builtins_bytes,
    builtins_control,
    builtins_data,
    builtins_hash_tables,
    builtins_numbers,
    builtins_ports,
    builtins_records,
    builtins_system,
    builtins_text,
)
from reference_interp.errors import arity_failure, type_failure
from reference_interp.parameters import Parameter
from reference_interp.primitives import PRIMITIVES, Effect, Primitive, Type
from reference_interp.session import Session
from reference_interp.values import (
    Bytevector,
    Char,
    Condition,
    Generator,
    HashTable,
    Pair,
    Procedure,
    Promise,
    Record,
    RecordType,
    String,
    Symbol,
    Value,
    Vector,
)

Implementation = Callable[..., Value]

IMPLEMENTATIONS: Final[dict[str, Implementation]] = {
    **builtins_numbers.IMPLEMENTATIONS,
    **builtins_data.IMPLEMENTATIONS,
    **builtins_hash_tables.IMPLEMENTATIONS,
    **builtins_text.IMPLEMENTATIONS,
    **builtins_bytes.IMPLEMENTATIONS,
    **builtins_control.IMPLEMENTATIONS,
    **builtins_records.IMPLEMENTATIONS,
    **builtins_ports.IMPLEMENTATIONS,
    **builtins_system.IMPLEMENTATIONS,
}
SESSION_IMPLEMENTATIONS: Final[dict[str, Implementation]] = {
    **builtins_data.SESSION_IMPLEMENTATIONS,
    **builtins_text.SESSION_IMPLEMENTATIONS,
    **builtins_bytes.SESSION_IMPLEMENTATIONS,
    **builtins_control.SESSION_IMPLEMENTATIONS,
    **builtins_records.SESSION_IMPLEMENTATIONS,
    **builtins_ports.SESSION_IMPLEMENTATIONS,
    **builtins_system.SESSION_IMPLEMENTATIONS,
}

APPLY: Final = "apply"

#: Primitives that need the continuation: the machine performs them itself.
SUSPENDING: Final = frozenset(row.name for row in PRIMITIVES.values() if row.effect is Effect.SUSPEND)
assert IMPLEMENTATIONS.keys() | SESSION_IMPLEMENTATIONS.keys() | SUSPENDING | {APPLY} == PRIMITIVES.keys()

# Python classes of the values of a type, where that is all there is to it.
_CLASSES: Final[dict[Type, frozenset[type]]] = {
    Type.NUMBER: frozenset({int, float}),
    Type.INTEGER: frozenset({int}),
    Type.FLOAT: frozenset({float}),
    Type.BOOLEAN: frozenset({bool}),
    Type.CHAR: frozenset({Char}),
    Type.STRING: frozenset({String}),
    Type.SYMBOL: frozenset({Symbol}),
    Type.PAIR: frozenset({Pair}),
    Type.VECTOR: frozenset({Vector}),
    Type.BYTEVECTOR: frozenset({Bytevector}),
    Type.CONDITION: frozenset({Condition}),
    Type.RECORD_TYPE: frozenset({RecordType}),
    Type.RECORD: frozenset({Record}),
    Type.PROMISE: frozenset({Promise}),
    Type.HASH_TABLE: frozenset({HashTable}),
    Type.PARAMETER: frozenset({Parameter}),
    Type.GENERATOR: frozenset({Generator}),
}
_TESTS: Final[dict[Type, Callable[[Value], bool]]] = {
    Type.ANY: lambda value: True,
    Type.INTEGRAL: builtins_numbers.is_integral,
    Type.INDEX: lambda value: type(value) is int and value >= 0,
    Type.BYTE: builtins_bytes.is_byte,
    Type.LIST: builtins_data.is_list,
    Type.PROCEDURE: lambda value: isinstance(value, Procedure),
    **builtins_ports.TYPES,
}


def has_type(value: Value, expected: Type) -> bool:
    """Whether ``value`` may be given where a primitive's row declares ``expected``."""
    classes = _CLASSES.get(expected)
    return type(value) in classes if classes is not None else _TESTS[expected](value)


def check_arity(row: Primitive, argc: int) -> None:
    """Raises :class:`Raised` if the row does not accept ``argc`` arguments."""
    if not row.accepts(argc):
        raise arity_failure(row.name, row.min_args, row.max_args, argc)


def check_types(row: Primitive, args: Sequence[Value]) -> None:
    """Check as many arguments as the row accepts, from left to right. Raises :class:`Raised`."""
    for index, arg in enumerate(args):
        expected = row.type_of_argument(index)
        if not has_type(arg, expected):
            raise type_failure(row.name, expected, arg)


def entry(row: Primitive, session: Session, argc: int) -> Implementation:
    """The primitive for calls with exactly ``argc`` arguments, which the row must accept."""
    implementation = IMPLEMENTATIONS.get(row.name)
    if implementation is None:
        implementation = partial(SESSION_IMPLEMENTATIONS[row.name], session)
    if row.fold and argc > 2:
        binary = _checked(row, implementation, 2)
        return lambda *args: reduce(binary, args)
    return _checked(row, implementation, argc)


def _checked(row: Primitive, implementation: Implementation, argc: int) -> Implementation:
    """``implementation`` behind the type checks for ``argc`` arguments.

    One and two arguments, by far the most frequent, have functions of their own: ``check_types`` written
    out for types that are Python classes.
    """
    name = row.name
    types = [row.type_of_argument(index) for index in range(argc)]
    if all(expected is Type.ANY for expected in types):
        return implementation
    classes = [_CLASSES[expected] for expected in types if expected in _CLASSES]

    if argc == len(classes) == 1:
        (only,) = classes

        def one(a: Value) -> Value:
            if type(a) not in only:
                raise type_failure(name, types[0], a)
            return implementation(a)

        return one

    if argc == len(classes) == 2:
        first, second = classes

        def two(a: Value, b: Value) -> Value:
            if type(a) not in first:
                raise type_failure(name, types[0], a)
            if type(b) not in second:
                raise type_failure(name, types[1], b)
            return implementation(a, b)

        return two

    def any_number(*args: Value) -> Value:
        check_types(row, args)
        return implementation(*args)

    return any_number
