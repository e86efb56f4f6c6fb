"""The primitives on the clock, the command line and the environment."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final

from reference_interp.builtins_data import make_list
from reference_interp.session import Session
from reference_interp.values import Pair, String, Value

JIFFIES_PER_SECOND: Final = 1_000_000_000


def _string(data: bytes) -> String:
    """What the system gives as bytes: UTF-8, or U+FFFD for what is not."""
    return String(data.decode("utf-8", "replace"))


def command_line(session: Session) -> Value:
    return make_list([_string(os.fsencode(part)) for part in session.command_line])


def get_environment_variable(name: String) -> Value:
    value = os.environb.get(name.text.encode("utf-8"))
    return False if value is None else _string(value)


def get_environment_variables() -> Value:
    return make_list([Pair(_string(name), _string(value)) for name, value in os.environb.items()])


IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "current-jiffy": time.monotonic_ns,
    "jiffies-per-second": lambda: JIFFIES_PER_SECOND,
    "current-second": time.time,
    "get-environment-variable": get_environment_variable,
    "get-environment-variables": get_environment_variables,
}

SESSION_IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {"command-line": command_line}
