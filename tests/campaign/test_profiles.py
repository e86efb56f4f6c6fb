"""Profiles get their share of a campaign, and say what programs contain."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnitest.campaign.profiles import DEFAULT_QUOTAS, PROFILES, UnknownProfile, profile_named, scheduled
from omnitest.campaign.tasks import BATCH_SIZE, batch_size, first_program
from omnitest.generate import generate_program, swarm
from omnitest.generate.config import ALL_FEATURES, SUSPENDING, GeneratorConfig

quotas = st.dictionaries(st.sampled_from(sorted(PROFILES)), st.integers(1, 60), min_size=1)


@given(quotas)
def test_every_profile_gets_its_share_of_the_batches(weights: dict[str, int]) -> None:
    period = sum(weights.values())
    assert Counter(scheduled(weights, number) for number in range(period)) == weights


def test_shares_are_spread_evenly() -> None:
    first = Counter(scheduled(DEFAULT_QUOTAS, number) for number in range(20))
    assert first == {"everything": 11, "ownership": 4, "control": 3, "sequential": 2}


def test_default_quotas_name_every_profile() -> None:
    assert DEFAULT_QUOTAS.keys() == PROFILES.keys()
    for name in PROFILES:
        assert profile_named(name).name == name


def test_an_unknown_profile_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownProfile, match=r"no profile 'secuential'. Did you mean sequential\?"):
        profile_named("secuential")


def test_sequential_programs_do_nothing_to_the_continuation_and_control_programs_do() -> None:
    def uses(name: str) -> set[str]:
        random, config = Random(5), PROFILES[name].config
        return {word for _ in range(150) for word in generate_program(random, swarm(random, config)).uses}

    control = {"call/cc", "control", "prompt", "dynamic-wind", "make-generator", "parameterize", "exit"}
    only_control = uses_only(SUSPENDING)
    assert not uses("sequential") & control
    assert len(uses("control") & control) > 4
    assert only_control & control


def uses_only(features: frozenset[object]) -> set[str]:
    """What programs use that have ``features`` switched on, and no program without them."""
    random = Random(6)
    full = GeneratorConfig(features=ALL_FEATURES, control_percent=100)
    none = GeneratorConfig(features=frozenset(f for f in ALL_FEATURES if f not in features), control_percent=0)
    return {w for _ in range(100) for w in generate_program(random, full).uses} - {
        w for _ in range(100) for w in generate_program(random, none).uses
    }


@given(st.integers(0, 500))
def test_batches_follow_one_another_without_gaps(number: int) -> None:
    assert first_program(number + 1) == first_program(number) + batch_size(number)
    assert 1 <= batch_size(number) <= BATCH_SIZE
