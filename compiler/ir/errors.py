"""The error all IR checkers raise."""

from __future__ import annotations


class MalformedIR(Exception):
    """A pass produced a malformed program: a bug of the compiler, never of the user's program."""

    def __init__(self, ir: str, where: str, message: str) -> None:
        super().__init__(f"malformed {ir} IR in {where}: {message}")
        self.ir = ir
        self.where = where
