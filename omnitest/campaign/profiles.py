"""Named ways of generating: which part of the language a campaign's programs are about.

A campaign divides its programs among profiles by quotas. Each batch belongs to one profile, and the sequence of
profiles is a pure function of the quotas, so that a campaign that is resumed goes on as it would have.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from omnitest.generate.config import ALL_FEATURES, SUSPENDING, Feature, GeneratorConfig

#: Mean syntax nodes of a program. Compiling is most of the cost and grows with size; small programs find as much for
#: less.
PROGRAM_SIZE: Final = 90


@dataclass(frozen=True, slots=True)
class Profile:
    """``config`` generates the programs of a batch; ``about`` says in a few words what they are for.

    In ``disable_percent`` of the batches every optional pass of the compiler is left out or not by the toss of a coin.
    """

    name: str
    about: str
    config: GeneratorConfig = field(default_factory=lambda: GeneratorConfig(size=PROGRAM_SIZE))
    disable_percent: int = 50


#: What makes, shares, keeps and gives up references: the features that ownership is about.
_OWNERSHIP: Final = frozenset(
    {
        Feature.PAIRS, Feature.NESTED_DATA, Feature.VECTORS, Feature.STRINGS, Feature.MUTATION, Feature.ASSIGNMENT,
        Feature.CYCLES, Feature.CLOSURES, Feature.HIGHER_ORDER, Feature.REST, Feature.LOOPS, Feature.RECURSION,
        Feature.LETREC, Feature.INTERNAL_DEFINES, Feature.CASES, Feature.GUARD, Feature.DEAD_VALUES, Feature.RECORDS,
        Feature.MATCH, Feature.PROMISES, Feature.HASH_TABLES, Feature.MUTABLE_TEXT, Feature.GENERATORS,
        Feature.HANDLERS,
    }
)  # fmt: skip

_BASE: Final = GeneratorConfig(size=PROGRAM_SIZE)

PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile("everything", "the whole language", _BASE),
        Profile(
            "sequential",
            "no form that captures, replaces or extends the continuation",
            replace(_BASE, features=ALL_FEATURES - SUSPENDING, control_percent=0),
        ),
        Profile(
            "control",
            "continuations, prompts, winds, handlers, parameters, generators in every program",
            replace(_BASE, control_percent=100, error_percent=25),
        ),
        Profile(
            "ownership",
            "data that are made, shared, changed and given up; errors on the way",
            replace(_BASE, features=_OWNERSHIP, error_percent=30, control_percent=20),
        ),
    )
}

#: What a campaign does when nobody says otherwise: percentages by profile.
DEFAULT_QUOTAS: Final[Mapping[str, int]] = {"everything": 55, "ownership": 20, "control": 15, "sequential": 10}


class UnknownProfile(ValueError):
    """No profile has that name; the message suggests the nearest."""


def profile_named(name: str, own: Mapping[str, Profile] | None = None) -> Profile:
    """The profile called ``name``, one of the ``own`` ones or a built-in. Raises :class:`UnknownProfile`."""
    known = {**PROFILES, **(own or {})}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    suggestion = f" Did you mean {near[0]}?" if near else ""
    raise UnknownProfile(f"there is no profile {name!r}.{suggestion} Profiles: {', '.join(known)}")


def scheduled(quotas: Mapping[str, int], number: int) -> str:
    """The profile of batch ``number`` (from 0): each gets its share of any long run of batches, evenly spread.

    ``quotas`` are weights greater than zero. Batch n goes to the profile that is furthest behind its share of n + 1
    batches (the method of highest averages, ties in the order of the quotas).
    """
    round_ = _round(tuple(quotas.items()))
    return round_[number % len(round_)]


@lru_cache
def _round(quotas: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    """The profiles of as many batches as the weights add up to."""
    weights, given = dict(quotas), dict.fromkeys(dict(quotas), 0)
    chosen = []
    for _ in range(sum(weights.values())):
        name = max(weights, key=lambda one: weights[one] / (given[one] + 1))
        given[name] += 1
        chosen.append(name)
    return tuple(chosen)
