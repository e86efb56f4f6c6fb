"""What a judged program reached, as a set of small identifiers.

An identifier is a string that means the same in every process of one build: ``pass:NAME:CLASS`` for a counter of the
compiler, ``apply:PRIMITIVE:TYPES`` for a call of the reference's run, ``error:KIND:SOURCE:PLACES:handled`` for
something it raised, ``edge:NUMBER:CLASS`` for an edge of the runtime's control flow (written by the engine
``edges``). Counts are put in classes, so that one more of the same is not a new feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reference_interp.observing import Observer

if TYPE_CHECKING:
    from omnitest.oracle import Judgement


def count_class(count: int) -> int:
    """The class of a count: counts between the same two powers of two have the same."""
    return count.bit_length()


def pass_features(counters: Mapping[str, int]) -> set[str]:
    """Features of what the compiler's passes counted."""
    return {f"pass:{event}:{count_class(count)}" for event, count in counters.items() if count > 0}


def observed_features(observer: Observer) -> frozenset[str]:
    """Features of a run of the reference."""
    found = {f"apply:{name}:{','.join([kind.__name__ for kind in types])}" for name, types in observer.applied}
    for error in observer.errors:
        where = ",".join(sorted(error.places))
        found.add(f"error:{error.kind}:{error.source}:{where}:{'handled' if error.handled else 'uncaught'}")
    return frozenset(found)


def features_of(judgement: Judgement) -> frozenset[str]:
    """All features of a judged program."""
    found = pass_features(judgement.counters)
    for observation in judgement.observations:
        found |= observation.features
    return frozenset(found)
