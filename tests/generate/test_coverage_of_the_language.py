"""Everything that the language has occurs in generated programs."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

from omnitest.generate import GeneratorConfig, generate_program
from omnitest.generate.errors import ERROR_KINDS
from omnitest.generate.vocabulary import AUXILIARY, public
from reference_interp.conditions import KINDS, RESOURCE_KINDS
from reference_interp.forms import FORMS
from reference_interp.library import library_procedures
from reference_interp.primitives import PRIMITIVES

PROGRAMS = 4000


@cache
def uses() -> Counter[str]:
    total: Counter[str] = Counter()
    for seed in range(PROGRAMS):
        total.update(generate_program(Random(seed), GeneratorConfig()).uses)
    return total


def unused(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if not uses()[name]]


def test_every_special_form_is_generated() -> None:
    assert unused((*FORMS, *AUXILIARY)) == []


def test_every_primitive_is_generated() -> None:
    assert unused(tuple(filter(public, PRIMITIVES))) == []


def test_no_internal_primitive_is_generated() -> None:
    assert [name for name in PRIMITIVES if not public(name) and uses()[name]] == []


def test_every_library_procedure_is_generated() -> None:
    assert unused(library_procedures()) == []


def test_every_kind_of_error_but_resources_is_planted() -> None:
    kinds = tuple(kind for kind in KINDS if kind not in RESOURCE_KINDS)
    assert sorted(ERROR_KINDS) == sorted(kinds)
    assert unused(tuple(f"error:{kind}" for kind in kinds)) == []


def test_errors_are_planted_in_the_configured_share_of_programs() -> None:
    planted = sum(count for name, count in uses().items() if name.startswith("error:"))
    assert 0.12 * PROGRAMS < planted < 0.18 * PROGRAMS
