"""Each maker of errors raises the kind it is for, and nothing else."""

from __future__ import annotations

from random import Random

import pytest

from omnitest.generate import GeneratorConfig
from omnitest.generate.builder import Builder
from omnitest.generate.errors import ERROR_KINDS, raising
from omnitest.generate.naming import assign_names
from omnitest.generate.printing import program_text
from reference_interp import parse, run


@pytest.mark.parametrize("kind", ERROR_KINDS)
def test_the_error_is_of_the_kind_asked_for(kind: str) -> None:
    wrong = []
    for seed in range(300):
        random = Random(seed)
        tree = raising(Builder(random, GeneratorConfig()), kind, 6)
        assign_names(tree, random, shadowing=False)
        text = program_text([tree])
        condition = run(parse(text), steps=20_000).condition
        if condition is None or condition.kind != kind:
            wrong.append((text, condition))
    assert wrong == []
