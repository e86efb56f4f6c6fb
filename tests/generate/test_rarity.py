"""Of several programs, those with names that were rare so far are taken."""

from __future__ import annotations

from collections import Counter

from omnitest.campaign.worker import generated
from omnitest.generate import GeneratedProgram, GeneratorConfig
from omnitest.generate.rarity import Rarity
from omnitest.generate.vocabulary import PUBLIC_PRIMITIVES


def program(*names: str) -> GeneratedProgram:
    return GeneratedProgram("", 1, Counter(names), frozenset(), 1)


def test_the_candidate_with_the_rarest_name_is_chosen_and_counted() -> None:
    rarity = Rarity()
    assert rarity.choose([program("car"), program("cdr")]) == 0
    assert rarity.choose([program("car"), program("car", "cdr")]) == 1
    assert rarity.choose([program("car"), program("cdr")]) == 1  # car: twice, cdr: once
    assert rarity.choose([program("car", "cdr"), program("if", "cdr"), program("if")]) == 1
    assert rarity.choose([program()]) == 0


def test_directed_programs_reach_more_of_the_language_than_chance() -> None:
    rarity, by_chance, directed = Rarity(), set[str](), set[str]()
    for number in range(0, 300, 3):
        by_chance |= generated(number, GeneratorConfig()).uses.keys()
        candidates = [generated(number + i, GeneratorConfig(), rarity.seen) for i in range(3)]
        directed |= candidates[rarity.choose(candidates)].uses.keys()
    assert len(directed & set(PUBLIC_PRIMITIVES)) > 1.05 * len(by_chance & set(PUBLIC_PRIMITIVES))
