"""Productions reach the places where behaviour changes: signs, halves, tables that grow, ranges that overlap."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import pytest

from omnitest.generate import GeneratorConfig
from omnitest.generate.builder import Builder
from omnitest.generate.dynamic import wound
from omnitest.generate.naming import assign_names
from omnitest.generate.numbers import float_to_float, modulo
from omnitest.generate.printing import program_text
from omnitest.generate.promises import forced_twice
from omnitest.generate.ranges import change_of_range
from omnitest.generate.tables import new_table
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import ANY, FLOAT, NOTHING, WIDE, Fresh, Table, Vec
from reference_interp import parse, run

SEEDS = 120


def copied(g: Builder) -> Tree | None:
    vector = Var(Fresh(Vec(WIDE, 3)))
    with g.visible(vector):
        change = change_of_range(g, NOTHING, 30)
    return (
        None if change is None else Form(["let", [[vector, ["vector", "1", "2", "3"]]], change], ([vector], [change]))
    )


BOUNDARIES: dict[str, tuple[Callable[[Builder], Tree | None], str]] = {
    "the divisor is negative": (lambda g: modulo(g, WIDE, 30), r"\(modulo .* -\d+\)"),
    "a half is rounded": (lambda g: float_to_float(g, FLOAT, 30), r"\(round \(\+ .* -?0\.5\)\)"),
    "a table grows": (
        lambda g: new_table(g, Table(WIDE, True, True), 30),
        r"\(for-each \(lambda \((\S+)\) \(hash-set! ",
    ),
    "winds are nested": (lambda g: wound(g, WIDE, 60), r"dynamic-wind.*dynamic-wind"),
    "promises share their content": (lambda g: forced_twice(g, ANY, 40), r"\(delay-force \S+\)\)"),
    "a vector is copied onto itself": (copied, r"\(vector-copy! (\S+) \d \1 \d \d\)"),
}


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_boundary_is_reached_by_programs_that_end(boundary: str) -> None:
    build, pattern = BOUNDARIES[boundary]
    reached = 0
    for seed in range(SEEDS):
        random = Random(seed)
        tree = build(Builder(random, GeneratorConfig()))
        if tree is None:
            continue
        assign_names(tree, random, shadowing=False)
        text = program_text([tree])
        if re.search(pattern, " ".join(text.split())):
            reached += 1
            assert run(parse(text), steps=200_000).value is not None, text
    assert reached > 0
