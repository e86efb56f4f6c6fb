"""Error kinds and their messages: the one table behind the interpreter and the C runtime.

The C side is generated from here into ``runtime/include/omni_messages.h`` (see
:mod:`compiler.runtime_tables`); a test fails when the two differ. Placeholders: ``{who}`` is the
primitive's or procedure's name, ``{what}`` a noun phrase with its article, the others plain text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KINDS: Final = (
    "type-error",
    "arity-error",
    "unbound-variable",
    "integer-overflow",
    "division-by-zero",
    "index-out-of-range",
    "immutable-value",
    "match-failure",
    "assertion-failed",
    "control-error",
    "read-error",
    "file-error",
    "stack-overflow",
    "out-of-memory",
    "user-error",
    "raised",
    "exit",
)

#: Kinds that say a resource ran out. Where it runs out may differ between engines, so the
#: harness never compares programs that end with one of them.
RESOURCE_KINDS: Final = frozenset({"stack-overflow", "out-of-memory"})


@dataclass(frozen=True, slots=True)
class Message:
    """``kind`` of the condition and the ``template`` of its message."""

    kind: str
    template: str


MESSAGES: Final[dict[str, Message]] = {
    # irritants: the offending value
    "type": Message("type-error", "{who}: expected {what}"),
    # irritants: the value that was called
    "not-procedure": Message("type-error", "call: expected a procedure"),
    # irritants: none; {expected} from arity_text
    "arity": Message("arity-error", "{who}: expected {expected}, got {got}"),
    # irritants: none; {got} from arguments_text
    "no-clause": Message("arity-error", "{who}: no clause takes {got}"),
    "unbound": Message("unbound-variable", "{who} is not defined"),
    "uninitialised": Message("unbound-variable", "{who} is used before its definition"),
    "overflow": Message("integer-overflow", "{who}: result is outside the 64-bit integer range"),
    "division": Message("division-by-zero", "{who}: division by zero"),
    # irritants: the index
    "index": Message("index-out-of-range", "{who}: index out of range"),
    # irritants: the key
    "key": Message("index-out-of-range", "{who}: key not found"),
    # irritants: the value
    "immutable": Message("immutable-value", "{who}: literal data cannot be changed"),
    "assertion": Message("assertion-failed", "assertion failed"),
    "stack": Message("stack-overflow", "recursion is too deep"),
    "memory": Message("out-of-memory", "memory limit reached"),
    # irritants: the value that nothing matched
    "match": Message("match-failure", "match: no clause matches"),
    # irritants: the tag
    "no-prompt": Message("control-error", "control: no prompt has this tag"),
    "no-generator": Message("control-error", "yield: no generator is running"),
    "generator-running": Message("control-error", "{who}: the generator is running already"),
    # irritants: what was raised
    "handler-returned": Message("control-error", "the handler of an error returned"),
    # {what} says what is wrong with the text
    "read": Message("read-error", "{who}: {what}"),
    # {what} says what could not be done; irritants: the name of the file
    "file": Message("file-error", "{who}: {what}"),
    # irritants: the port
    "closed": Message("file-error", "{who}: the port is closed"),
    # Not an error: how `exit` ends the program. Nothing catches it. irritants: the exit status
    "exit": Message("exit", "exit"),
    # irritants: the object
    "raised": Message("raised", "uncaught object"),
}

#: The ``{what}`` of ``file`` messages.
FILE_PROBLEMS: Final[dict[str, str]] = {
    "open": "cannot open the file",
    "delete": "cannot delete the file",
    # irritants: the port
    "input": "cannot read from the file",
    "output": "cannot write to the file",
}

#: The ``{what}`` of ``read`` messages. The irritant is what was read of the part that is wrong, if it helps.
READ_PROBLEMS: Final[dict[str, str]] = {
    "end": "unexpected end of input",
    "close": "this ) closes nothing",
    "bracket": "unexpected bracket",
    "dot": "a dot does not belong here",
    "after-dot": "one datum must follow the dot",
    "prefix": "nothing follows the prefix",
    "escape": "unknown escape",
    "scalar": "not a Unicode scalar value",
    "character": "unknown character",
    "symbol": "a character does not belong in the symbol",
    "literal": "unknown literal",
    "number": "not a number",
    "integer": "not an integer of 64 bits",
    "byte": "a bytevector holds bytes only",
    "label-long": "a label has at most 9 digits",
    "label-unknown": "the label is not defined",
    "label-twice": "the label is defined twice",
    "label-empty": "the label stands for itself",
}

ANONYMOUS: Final = "procedure"  # stands for {who} where a procedure has no name


def arity_text(minimum: int, maximum: int | None) -> str:
    """The ``{expected}`` of an arity message: ``2 arguments``, ``at least 1 argument``, ``1 to 2 arguments``."""
    if maximum is None:
        return f"at least {arguments_text(minimum)}"
    if minimum == maximum:
        return arguments_text(minimum)
    return f"{minimum} to {maximum} arguments"


def arguments_text(count: int) -> str:
    """``1 argument``, ``2 arguments``."""
    return f"{count} argument{'' if count == 1 else 's'}"


def message_line(kind: str, message: str, irritants: list[str]) -> str:
    """``KIND: MESSAGE: IRRITANT IRRITANT``; the second colon is dropped when MESSAGE ends in one.

    ``irritants`` are already in the form that ``write`` gives them.
    """
    if not irritants:
        return f"{kind}: {message}"
    colon = "" if message.endswith(":") else ":"
    return f"{kind}: {message}{colon} {' '.join(irritants)}"
