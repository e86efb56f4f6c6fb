"""Observations as JSON and back, for the store and for ``--json``."""

from __future__ import annotations

import base64
import binascii
from enum import Enum
from typing import Any, TypeVar

from omnitest.json_fields import FieldProblem, Fields
from omnitest.outcome import (
    Crashed,
    End,
    Failed,
    Fault,
    FaultKind,
    Finished,
    Frame,
    HarnessFailure,
    Limit,
    LimitReached,
    Observation,
    Raised,
    Unsupported,
)

E = TypeVar("E", bound=Enum)


def bytes_to_json(data: bytes) -> dict[str, str]:
    """``{"text": …}`` for UTF-8, ``{"base64": …}`` for anything else, so that no byte is lost."""
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def bytes_from_json(fields: Fields) -> bytes:
    """The bytes that :func:`bytes_to_json` wrote. Raises :class:`FieldProblem`."""
    if "text" in fields.names():
        return fields.text("text").encode("utf-8")
    try:
        return base64.b64decode(fields.text("base64"), validate=True)
    except binascii.Error as error:
        raise FieldProblem(f"{fields.place('base64')}: {error}") from None


def enum_from_json(fields: Fields, name: str, kind: type[E]) -> E:
    """The member of ``kind`` whose value the field holds. Raises :class:`FieldProblem`."""
    value = fields.text(name)
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(str(member.value) for member in kind)
        raise FieldProblem(f"{fields.place(name)}: expected one of {known}, got {value!r}") from None


def end_to_json(end: End) -> dict[str, Any]:
    """How a run ended; ``type`` says which of the fields there are."""
    match end:
        case Finished(value):
            return {"type": "finished", "value": value}
        case Raised(kind, message, irritants, line, column):
            return {
                "type": "raised",
                "kind": kind,
                "message": message,
                "irritants": list(irritants),
                "line": line,
                "column": column,
            }
        case Failed(detail):
            return {"type": "failed", "detail": detail}
        case Crashed(signal, status):
            return {"type": "crashed", "signal": signal, "status": status}
        case LimitReached(limit):
            return {"type": "limit", "limit": limit.value}
        case Unsupported(reason):
            return {"type": "unsupported", "reason": reason}
        case HarnessFailure(reason):
            return {"type": "harness-failure", "reason": reason}


def end_from_json(fields: Fields) -> End:
    """What :func:`end_to_json` wrote. Raises :class:`FieldProblem`."""
    match fields.text("type"):
        case "finished":
            return Finished(fields.text("value"))
        case "raised":
            return Raised(
                fields.text("kind"),
                fields.text("message"),
                fields.texts("irritants"),
                fields.integer("line", 0),
                fields.integer("column", 0),
            )
        case "failed":
            return Failed(fields.text("detail"))
        case "crashed":
            return Crashed(fields.integer("signal", 0), fields.integer("status"))
        case "limit":
            return LimitReached(enum_from_json(fields, "limit", Limit))
        case "unsupported":
            return Unsupported(fields.text("reason"))
        case "harness-failure":
            return HarnessFailure(fields.text("reason"))
        case other:
            raise FieldProblem(f"{fields.place('type')}: unknown kind of end {other!r}")


def _frame_to_json(frame: Frame) -> dict[str, Any]:
    return {"function": frame.function, "file": frame.file, "line": frame.line}


def _frame_from_json(value: object, place: str) -> Frame:
    fields = Fields(value, place)
    return Frame(fields.text("function"), fields.text("file"), fields.integer("line", 0))


def _stack_from_json(value: object, place: str) -> tuple[Frame, ...]:
    return tuple(Fields({"stack": value}, place).items("stack", _frame_from_json))


def fault_to_json(fault: Fault) -> dict[str, Any]:
    """A fault with its stacks."""
    return {
        "kind": fault.kind.value,
        "summary": fault.summary,
        "stacks": [[_frame_to_json(frame) for frame in stack] for stack in fault.stacks],
        "text": fault.text,
    }


def fault_from_json(fields: Fields) -> Fault:
    """The inverse of :func:`fault_to_json`. Raises :class:`FieldProblem`."""
    return Fault(
        enum_from_json(fields, "kind", FaultKind),
        fields.text("summary"),
        tuple(fields.items("stacks", _stack_from_json)),
        fields.text("text"),
    )


def observation_to_json(observation: Observation) -> dict[str, Any]:
    """What an engine saw of a program."""
    return {
        "engine": observation.engine,
        "end": end_to_json(observation.end),
        "output": bytes_to_json(observation.output),
        "faults": [fault_to_json(fault) for fault in observation.faults],
        "seconds": observation.seconds,
        "stderr": observation.stderr,
        "caught_limit": observation.caught_limit.value if observation.caught_limit is not None else None,
    }


def observation_from_json(fields: Fields) -> Observation:
    """The inverse of :func:`observation_to_json`. Raises :class:`~omnitest.json_fields.FieldProblem`."""
    return Observation(
        fields.text("engine"),
        end_from_json(fields.fields("end")),
        bytes_from_json(fields.fields("output")),
        tuple(fields.items("faults", lambda value, place: fault_from_json(Fields(value, place)))),
        fields.number("seconds"),
        fields.text("stderr"),
        fields.optional("caught_limit", lambda name: enum_from_json(fields, name, Limit)),
    )
