"""Generated programs leave cycles of every kind behind where the feature is on, and none where it is off."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from omnitest.generate import ALL_FEATURES, Feature, GeneratorConfig, generate_program
from omnitest.generate.builder import PRODUCTIONS, Builder, Production
from omnitest.generate.naming import assign_names
from omnitest.generate.printing import program_text
from omnitest.generate.types import ANY, SMALL, Fresh, List, Pair, Proc, Vec, storable
from reference_interp import parse, run
from reference_interp.machine import Closure
from reference_interp.values import HashTable, Record, Vector
from reference_interp.values import Pair as PairObject

CONFIG = replace(GeneratorConfig(), error_percent=0)
RUNS = 40
MAKERS = [row for row in PRODUCTIONS if Feature.CYCLES in row.features]


@pytest.fixture(autouse=True, scope="module")
def nothing_else_is_collected() -> Iterator[None]:
    """The many objects that live already need no look at each collection."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def garbage_of(text: str) -> list[object]:
    """What reference counting alone would not have freed after a run of ``text``: cycles, and what hangs on them.

    The machine leaves no garbage of its own, so the program made it.
    """
    program = parse(text)
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        assert run(program, steps=200_000).value is not None, text
        gc.collect()
        return list(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


def kinds_of_garbage(text: str) -> frozenset[type]:
    return frozenset(map(type, garbage_of(text))) & {PairObject, Vector, Closure, Record, HashTable}


def cyclic(garbage: list[object]) -> bool:
    """Whether some pair or vector contains itself, by way of pairs and vectors only."""
    parts = {id(each): each for each in garbage if isinstance(each, (PairObject, Vector))}
    links = {
        key: [id(part) for part in ([o.car, o.cdr] if isinstance(o, PairObject) else o.items) if id(part) in parts]
        for key, o in parts.items()
    }
    while links:  # take away what contains nothing that is left
        ends = {key for key, targets in links.items() if not any(target in links for target in targets)}
        if not ends:
            return True
        links = {key: targets for key, targets in links.items() if key not in ends}
    return False


def garbage_of_programs(features: frozenset[Feature]) -> list[list[object]]:
    config = replace(CONFIG, features=features)
    return [garbage_of(generate_program(Random(seed), config).text) for seed in range(RUNS)]


def test_many_programs_make_cycles() -> None:
    found = garbage_of_programs(ALL_FEATURES)
    assert sum(map(cyclic, found)) > 0.1 * RUNS
    for kind in (PairObject, Vector, Closure):
        assert any(isinstance(each, kind) for garbage in found for each in garbage), kind


def test_no_data_contain_themselves_where_the_feature_is_off() -> None:
    assert not any(map(cyclic, garbage_of_programs(ALL_FEATURES - {Feature.CYCLES})))


@pytest.mark.parametrize("maker", MAKERS, ids=lambda row: row.build.__name__)
def test_every_production_makes_a_cycle_whose_items_can_be_used(maker: Production) -> None:
    made = 0
    for seed in range(10):
        random = Random(seed)
        tree = maker.build(Builder(random, CONFIG), SMALL, 40)
        if tree is None:
            continue
        assign_names([tree], random, shadowing=False)
        assert kinds_of_garbage(program_text([tree]))
        made += 1
    assert made > 6


def test_the_machine_leaves_no_garbage_of_its_own() -> None:
    assert not kinds_of_garbage("(define (f x) (vector x (list x))) (let ((g (lambda () (f 1)))) (g) (car (list 2)))")
    assert kinds_of_garbage("(let ((p (list 1 2))) (set-cdr! p p) 0)") == {PairObject}
    assert cyclic(garbage_of("(let ((v (vector 1 2))) (vector-set! v 0 (list v)) 0)"))
    assert not cyclic(garbage_of("(letrec ((v (list (lambda () v)))) 0)"))
    assert kinds_of_garbage("(let ((f #f)) (set! f (lambda () f)) 0)") == {Closure}


def test_what_may_be_stored_reaches_no_procedure_and_nothing_unknown() -> None:
    procedure = Proc((SMALL,), SMALL, 10)
    for bad in (procedure, ANY, List(procedure, 0, 3), Pair(SMALL, ANY), Fresh(Vec(List(procedure, 1, 2), 2))):
        assert not storable(bad)
    assert storable(Fresh(Vec(Pair(SMALL, List(SMALL, 0, 3)), 2)))
