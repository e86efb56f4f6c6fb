"""Generated programs jump in every way the language has, end all the same, and mostly do not jump at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from omnitest.generate import ALL_FEATURES, Feature, GeneratedProgram, GeneratorConfig, generate_program
from omnitest.generate.builder import PRODUCTIONS, Builder, Production
from omnitest.generate.config import SUSPENDING, with_control
from omnitest.generate.naming import assign_names
from omnitest.generate.points import Exit, Point
from omnitest.generate.printing import program_text
from omnitest.generate.tree import Var
from omnitest.generate.types import ANY, NOTHING, SMALL, Gen, List, Nothing, Proc, Type, fits, storable
from omnitest.generate.types import Any as AnyType
from omnitest.generate.types import Bool as BoolType
from omnitest.generate.types import List as ListType
from omnitest.generate.vocabulary import feature_of
from reference_interp import parse, run
from reference_interp.primitives import PRIMITIVES, Effect

CONFIG = replace(GeneratorConfig(), control_percent=100, error_percent=0)
STEPS = 200_000
PROGRAMS = 300
#: What stands in a program that uses a feature.
WORDS = {
    Feature.SEVERAL_VALUES: {"values", "call-with-values", "receive", "let-values", "let*-values", "define-values"},
    Feature.CONTINUATIONS: {"call/cc", "call-with-current-continuation"},
    Feature.PROMPTS: {"prompt", "control"},
    Feature.WINDS: {"dynamic-wind"},
    Feature.HANDLERS: {"with-exception-handler", "raise-continuable"},
    Feature.PARAMETERS: {"make-parameter", "parameterize"},
    Feature.GENERATORS: {"make-generator", "generator-next!", "generator->list", "for-each-generator"},
    Feature.EXIT: {"exit", "emergency-exit"},
}
MAKERS = [row for row in PRODUCTIONS if row.features & (SUSPENDING | {Feature.SEVERAL_VALUES})]


def programs(config: GeneratorConfig, count: int = PROGRAMS) -> Iterator[GeneratedProgram]:
    return (generate_program(Random(f"control {seed}"), config) for seed in range(count))


def uses(config: GeneratorConfig) -> Counter[str]:
    total: Counter[str] = Counter()
    for program in programs(config):
        total.update(program.uses)
    return total


@cache
def jumping() -> tuple[GeneratedProgram, ...]:
    return tuple(programs(replace(CONFIG, size=220)))


def test_programs_that_jump_reach_a_value_within_their_steps() -> None:
    wrong = []
    for program in jumping():
        result = run(parse(program.text), steps=STEPS, output_limit=1 << 20)
        if result.value is None or result.steps > 1.5 * program.steps + 50:
            wrong.append((result.condition, result.exhausted, result.steps, program.steps, program.text))
    assert wrong == []


def test_most_programs_that_may_jump_do() -> None:
    words = set().union(*(WORDS[feature] for feature in SUSPENDING))
    assert sum(bool(words & program.uses.keys()) for program in jumping()) > 0.8 * PROGRAMS


def test_control_is_in_the_configured_share_of_programs() -> None:
    config = GeneratorConfig()
    kept = [with_control(Random(seed), config).features & SUSPENDING for seed in range(1000)]
    assert 300 < sum(map(bool, kept)) < 400
    assert len(set(kept)) > 50


def test_the_other_programs_hold_nothing_that_suspends() -> None:
    suspending = {name for name, row in PRIMITIVES.items() if row.effect is Effect.SUSPEND} | {"prompt", "control"}
    found = uses(replace(CONFIG, control_percent=0, error_percent=50))
    assert sorted(suspending & found.keys()) == []


@pytest.mark.parametrize("feature", list(WORDS), ids=lambda feature: str(feature.name))
def test_a_feature_of_control_can_be_off(feature: Feature) -> None:
    planted = 50 if feature is Feature.EXIT else 0
    found = uses(replace(CONFIG, features=ALL_FEATURES - {feature}, error_percent=planted))
    assert sorted(WORDS[feature] & found.keys()) == []


def test_every_primitive_that_suspends_belongs_to_a_feature() -> None:
    rows = [row for row in PRIMITIVES.values() if row.effect is Effect.SUSPEND and not row.name.startswith("%")]
    assert {feature_of(row) for row in rows} <= SUSPENDING


def made(maker: Production, type_: Type, seed: int) -> str | None:
    """A program that is the expression of ``maker`` in a body where all it may refer to is there."""
    random = Random(seed)
    g = Builder(random, CONFIG)
    wanted = type_ if any(kind is type(type_) for kind in maker.kinds) else ANY
    tree = maker.build(g, wanted, 60)
    if tree is None:
        return None
    assign_names(tree, random, shadowing=False)
    return program_text([tree])


@pytest.mark.parametrize("maker", MAKERS, ids=lambda row: row.build.__name__)
def test_every_production_gives_valid_expressions(maker: Production) -> None:
    """Those that apply alone; the others need an exit, a parameter or a generator around them."""
    types: dict[type, Type] = {BoolType: BoolType(), ListType: List(SMALL, 0, 5), Nothing: NOTHING, AnyType: ANY}
    type_ = next((types[kind] for kind in maker.kinds if kind in types), SMALL)
    if maker.kinds == (Gen,):
        type_ = Gen(SMALL)
    for seed in range(60):
        text = made(maker, type_, seed)
        if text is not None:
            result = run(parse(text), steps=STEPS)
            assert result.value is not None, (result.condition, text)


# ---- what keeps programs that jump right --------------------------------------------------------------
def builder() -> Builder:
    return Builder(Random(1), CONFIG)


def test_the_body_of_control_sees_no_code_of_the_prompts_body() -> None:
    g = builder()
    inner, outer, data = Var(Proc((), SMALL, 10)), Var(Proc((), SMALL, 10)), Var(SMALL)
    point, ask = Point(NOTHING, lambda size: "nothing", left=1), Point(NOTHING, lambda size: "nothing", left=1)
    with g.visible(outer), g.waiting(point), g.visible(inner, data), g.waiting(ask):
        with g.outside(point):
            assert g.scope == [outer, data]
            assert g.points == []
        assert g.scope == [outer, inner, data]
        assert g.points == [point, ask]


def test_an_error_that_is_due_is_not_planted_outside_of_its_guard() -> None:
    g = builder()
    point = Point(NOTHING, lambda size: "nothing", left=1)
    with g.waiting(point):
        g.arm("user-error")
        with g.outside(point):
            assert g.armed is None
        assert g.armed == "user-error"


def test_no_full_continuation_is_called_across_a_yield() -> None:
    g = builder()
    before = Point(NOTHING, lambda size: "nothing", left=1, stays=False)
    yields = Point(NOTHING, lambda size: "nothing", left=1, yields=True)
    prompt = Point(NOTHING, lambda size: "nothing", left=1, stays=False)
    ask = Point(NOTHING, lambda size: "nothing", left=1)
    may_yield = Var(Proc((), SMALL, 10))
    with g.waiting(before), g.waiting(yields), g.visible(may_yield), g.waiting(prompt), g.waiting(ask), g.calm():
        assert g.points == [before, ask]
        assert g.scope == []


def test_a_point_is_placed_where_its_type_fits_and_as_often_as_it_may() -> None:
    g = builder()
    point = Point(SMALL, lambda size: "here", left=2)
    with g.waiting(point):
        assert not any(g.expr(NOTHING, 1) == "here" for _ in range(50))
        assert sum(g.expr(SMALL, 1) == "here" for _ in range(100)) == 2


def test_what_holds_a_generator_does_not_outlive_a_body_that_can_be_left() -> None:
    assert not storable(Gen(SMALL))
    assert not storable(List(Gen(SMALL), 0, 3))
    assert fits(Gen(SMALL), Gen(ANY, endless=True))
    assert not fits(Gen(SMALL, endless=True), Gen(SMALL))


def test_exits_are_gone_after_their_body() -> None:
    g = builder()
    with g.leaving(Exit(Var(SMALL), SMALL)):
        assert len(g.exits) == 1
    assert g.exits == []
