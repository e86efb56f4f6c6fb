"""The primitives that raise, look at conditions, make what control needs, read and write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reference_interp.builtins_data import make_list
from reference_interp.conditions import MESSAGES
from reference_interp.errors import Raised, failure
from reference_interp.parameters import Parameter
from reference_interp.printer import Style
from reference_interp.session import Session
from reference_interp.values import (
    EOF,
    NOTHING,
    Char,
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


def _emit(session: Session, text: str) -> Value:
    session.emit(text)
    return NOTHING


def _emit_value(style: Style, end: str = "") -> Callable[[Session, Value], Value]:
    def emit(session: Session, value: Value) -> Value:
        session.emit_value(value, style, end)
        return NOTHING

    return emit


def write_char(session: Session, char: Char) -> Value:
    return _emit(session, chr(char.code))


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
    "eof-object": lambda: EOF,
}

SESSION_IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "error": error,
    "assert": check,
    **{style.value: _emit_value(style) for style in Style},
    "print": _emit_value(Style.WRITE, "\n"),
    "newline": lambda session: _emit(session, "\n"),
    "write-string": lambda session, string: _emit(session, string.text),
    "write-char": write_char,
    "read-line": lambda session: session.read_line(),
}
