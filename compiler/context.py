"""What every pass may ask and tell: options, counters, planted faults."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

#: Faults that can be planted in the compiler. They exist to be caught; what each does is in the table of
#: ``omnitest/plants.py``.
PLANTS = (
    "wrong-fold",
    "lost-drop",
    "extra-drop",
    "fold-minus-negative",
    "dead-code-errors",
    "contify-argument-order",
    "known-calls-swap",
    "simplify-blocks-move",
    "branch-edge-keeps",
    "jump-extra-dup",
    "resumable-slots",
    "inlining-swap",
    "inlining-uncaught",
    "float-literal-sign",
)


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """How to compile one program.

    ``prefix`` starts every C symbol, so that programs can share a translation unit. ``disabled`` names
    the optional passes to leave out (see :mod:`compiler.pipeline`). ``check_ir`` runs the IR checkers
    after every pass and ``verify`` the ownership verifier over the emitted C. ``plants`` are faults to make on
    purpose, of those in :data:`PLANTS`.
    """

    prefix: str = "omni_program_main"
    disabled: frozenset[str] = frozenset()
    check_ir: bool = False
    verify: bool = True
    plants: frozenset[str] = frozenset()


@dataclass(slots=True)
class Context:
    """The state of one compilation: its options and what the passes counted."""

    options: CompileOptions
    counters: Counter[str] = field(default_factory=Counter)

    def enabled(self, name: str) -> bool:
        """Whether the optional pass ``name`` takes part."""
        return name not in self.options.disabled

    def count(self, event: str, times: int = 1) -> None:
        """Count an ``event`` called ``pass.what``: statistics for users, coverage for the generator."""
        self.counters[event] += times

    def planted(self, name: str) -> bool:
        """Whether the fault ``name`` was asked for."""
        return name in self.options.plants
