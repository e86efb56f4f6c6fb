"""Running a program to its outcome, as text that tests compare."""

from __future__ import annotations

from typing import TypedDict, Unpack

from reference_interp import Result, parse, run
from reference_interp.conditions import message_line

#: Defines ``traced``, which writes when control enters and leaves the continuation of a thunk.
TRACED = """
(define (traced name thunk)
  (dynamic-wind (lambda () (display "<") (display name)) thunk (lambda () (display name) (display ">"))))
"""


class Limits(TypedDict, total=False):
    """The limits of :func:`reference_interp.run`."""

    steps: int
    depth: int
    memory: int
    output_limit: int


def run_program(text: str, **limits: Unpack[Limits]) -> Result:
    """The result of a program that ends within five million steps."""
    limits.setdefault("steps", 5_000_000)
    result = run(parse(text, "test.omni"), **limits)
    assert result.exhausted is None
    return result


def outcome_of(text: str, **limits: Unpack[Limits]) -> str:
    """What a program writes, and then ``=> VALUE`` or ``raises KIND: MESSAGE: IRRITANTS``."""
    result = run_program(text, **limits)
    if result.condition is None:
        end = f"=> {result.value}"
    else:
        condition = result.condition
        end = "raises " + message_line(condition.kind, condition.message, list(condition.irritants))
    return f"{result.output.decode()} {end}".strip()
