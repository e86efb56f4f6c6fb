"""The primitives that raise, look at conditions and make what control needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reference_interp.builtins_data import make_list
from reference_interp.conditions import MESSAGES
from reference_interp.errors import Raised, failure
from reference_interp.parameters import Parameter
from reference_interp.session import Session
from reference_interp.values import (
    NOTHING,
    Condition,
    Generator,
    GeneratorState,
    MultipleValues,
    String,
    Value,
    intern,
)


def _message(session: Session, value: Value) -> str:
    """The message that the first argument of ``error`` stands for."""
    return value.text if type(value) is String else session.text_of(value)


def error(session: Session, message: Value, *irritants: Value) -> Value:
    raise Raised(Condition("user-error", _message(session, message), irritants))


def raise_object(payload: Value) -> Value:
    raise Raised(payload)


def check(session: Session, holds: Value, *explanation: Value) -> Value:
    if holds is not False and holds is not NOTHING:
        return NOTHING
    if not explanation:
        raise failure("assertion")
    message = _message(session, explanation[0])
    raise Raised(Condition(MESSAGES["assertion"].kind, message, explanation[1:]))


def raise_type(who: String, what: String, value: Value) -> Value:
    raise failure("type", value, who=who.text, what=what.text)


def raise_index(who: String, index: Value) -> Value:
    raise failure("index", index, who=who.text)


def raise_division(who: String) -> Value:
    raise failure("division", who=who.text)


def raise_overflow(who: String) -> Value:
    raise failure("overflow", who=who.text)


def _is_condition(kind: str) -> Callable[[Value], bool]:
    return lambda value: type(value) is Condition and value.kind == kind


def values(*items: Value) -> Value:
    return items[0] if len(items) == 1 else MultipleValues(items)


def values_to_list(value: Value) -> Value:
    return make_list(value.items if type(value) is MultipleValues else [value])


IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "raise": raise_object,
    "%raise-type": raise_type,
    "%raise-index": raise_index,
    "%raise-division": raise_division,
    "%raise-overflow": raise_overflow,
    "error-object?": lambda value: type(value) is Condition,
    "error-object-message": lambda condition: String(condition.message),
    "error-object-irritants": lambda condition: make_list(condition.irritants),
    "condition-kind": lambda condition: intern(condition.kind),
    "read-error?": _is_condition("read-error"),
    "file-error?": _is_condition("file-error"),
    "make-generator": Generator,
    "generator?": lambda value: type(value) is Generator,
    "generator-done?": lambda generator: generator.state is GeneratorState.DONE,
    "%make-parameter": Parameter,
    "%parameter?": lambda value: type(value) is Parameter,
    "%parameter-converter": lambda parameter: parameter.converter,
    "values": values,
    "%values->list": values_to_list,
}

SESSION_IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "error": error,
    "assert": check,
}
