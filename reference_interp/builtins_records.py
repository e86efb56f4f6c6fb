"""The primitives on records and promises, and the errors of ``match`` and ``case-lambda``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reference_interp.builtins_data import ITEM_SIZE
from reference_interp.conditions import ANONYMOUS, arguments_text
from reference_interp.errors import failure
from reference_interp.session import Session
from reference_interp.values import NOTHING, Pair, Procedure, Promise, Record, RecordType, Symbol, Value


def make_record_type(name: Symbol, fields: int) -> RecordType:
    return RecordType(name.name, fields)


def make_record(session: Session, record_type: RecordType) -> Record:
    session.allocate(record_type.fields * ITEM_SIZE)
    return Record(record_type, [NOTHING] * record_type.fields)


def record_ref(record: Record, index: int) -> Value:
    if index >= len(record.fields):
        raise failure("index", index, who="%record-ref")
    return record.fields[index]


def record_set(record: Record, index: int, value: Value) -> Value:
    if index >= len(record.fields):
        raise failure("index", index, who="%record-set!")
    record.fields[index] = value
    return NOTHING


def promise_replace(promise: Promise, content: Pair) -> Value:
    promise.content = content
    return NOTHING


def raise_match(value: Value) -> Value:
    raise failure("match", value)


def raise_no_clause(procedure: Procedure, argc: int) -> Value:
    raise failure("no-clause", who=procedure.name or ANONYMOUS, got=arguments_text(argc))


IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "%make-record-type": make_record_type,
    "%record-is?": lambda value, record_type: type(value) is Record and value.type is record_type,
    "%record-ref": record_ref,
    "%record-set!": record_set,
    "promise?": lambda value: type(value) is Promise,
    "%promise": Promise,
    "%promise-content": lambda promise: promise.content,
    "%promise-replace!": promise_replace,
    "%raise-match": raise_match,
    "%raise-no-clause": raise_no_clause,
}

SESSION_IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "%make-record": make_record,
}
