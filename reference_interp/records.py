"""Immutable records that are cheap to make: the nodes of programs, in all their forms.

A frozen dataclass sets its fields through ``object.__setattr__`` and takes three times as long to make as a plain one.
A program is thousands of nodes, each stage makes its own, and making them was a tenth of preparing a program. So
these are frozen for the type checker, which sees every assignment in the project, and plain when they run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[_T]) -> type[_T]:
    """A dataclass with slots that never changes, equal to others and hashed by its fields."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def tree_node(cls: type[_T]) -> type[_T]:
    """A dataclass with slots that never changes and is equal to itself only."""
    return dataclass(slots=True, eq=False)(cls)
