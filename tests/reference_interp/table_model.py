"""Hash tables as a list of entries that is searched from the front, and random operations on both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from reference_interp.equality import is_equal, is_eqv
from reference_interp.values import INT_MAX, INT_MIN, NIL, NOTHING, Char, Pair, String, Value, Vector, intern


@dataclass
class Model:
    """What a hash table means."""

    same: Callable[[Value, Value], bool]
    entries: list[tuple[Value, Value]] = field(default_factory=list)

    def find(self, key: Value) -> int | None:
        return next((i for i, (other, _) in enumerate(self.entries) if self.same(key, other)), None)

    def set(self, key: Value, value: Value) -> None:
        at = self.find(key)
        if at is None:
            self.entries.append((key, value))
        else:
            self.entries[at] = (self.entries[at][0], value)

    def delete(self, key: Value) -> None:
        at = self.find(key)
        if at is not None:
            del self.entries[at]


def model(by_content: bool) -> Model:
    return Model(is_equal if by_content else is_eqv)


def random_key(random: Random) -> Value:
    """A fresh object, often equal? to others."""
    atoms: list[Value] = [0, 1, 1.0, 0.0, -0.0, math.nan, math.inf, True, False, NOTHING, NIL, Char(97), INT_MAX]
    atoms += [INT_MIN, INT_MAX - 1, intern("a"), String("a"), String("b"), String(""), random.randint(0, 300)]
    shape = random.random()
    if shape < 0.6:
        return random.choice(atoms)
    if shape < 0.8:
        return Pair(random.choice(atoms), random.choice(atoms))
    return Vector([random.choice(atoms) for _ in range(random.randint(0, 2))])


def random_operations(random: Random, count: int) -> list[tuple[str, Value]]:
    """Names of primitives, each with a key; phases of mostly inserting and of mostly deleting."""
    operations: list[tuple[str, Value]] = []
    while len(operations) < count:
        inserting = random.choice((0.2, 0.5, 0.8))
        for _ in range(random.randint(1, count // 4)):
            name = "hash-set!" if random.random() < inserting else random.choice(("hash-delete!", "hash-ref"))
            operations.append((name, random_key(random)))
        if random.random() < 0.1:
            operations.append(("hash-clear!", NIL))
    return operations
