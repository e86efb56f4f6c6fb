"""Generated mutation builds no cyclic data."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import replace
from random import Random

from omnitest.generate import GeneratorConfig, generate_program
from omnitest.generate.types import ANY, SMALL, Fresh, List, Pair, Proc, Vec, storable
from reference_interp import parse, run
from reference_interp.values import Pair as PairObject
from reference_interp.values import Vector


def cyclic(objects: Iterable[object]) -> bool:
    """Whether some pairs or vectors among ``objects`` contain themselves."""
    parts = {id(o): o for o in objects if isinstance(o, (PairObject, Vector))}
    links = {
        key: [id(part) for part in ((o.car, o.cdr) if isinstance(o, PairObject) else o.items) if id(part) in parts]
        for key, o in parts.items()
    }
    pending = {key: len(targets) for key, targets in links.items()}
    sources: dict[int, list[int]] = {}
    for key, targets in links.items():
        for target in targets:
            sources.setdefault(target, []).append(key)
    done = [key for key, count in pending.items() if count == 0]
    removed = 0
    while done:
        removed += 1
        for source in sources.get(done.pop(), ()):
            pending[source] -= 1
            if pending[source] == 0:
                done.append(source)
    return removed < len(parts)


def garbage_of(text: str) -> list[object]:
    """What reference counting alone would not have freed after a run of ``text``."""
    program = parse(text)
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        run(program, steps=200_000)
        gc.collect()
        return list(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


def test_no_pair_or_vector_of_a_run_contains_itself() -> None:
    config = replace(GeneratorConfig(), error_percent=0)
    mutating = 0
    for seed in range(250):
        program = generate_program(Random(seed), config)
        if any(program.uses[name] for name in ("set-car!", "set-cdr!", "vector-set!", "vector-fill!")):
            mutating += 1
            assert not cyclic(garbage_of(program.text)), program.text
    assert mutating > 30


def test_the_check_notices_a_cycle() -> None:
    assert cyclic(garbage_of("(let ((p (list 1 2))) (set-cdr! p p) 0)"))
    assert cyclic(garbage_of("(let ((v (vector 1 2))) (vector-set! v 0 (list v)) 0)"))
    assert not cyclic(garbage_of("(let ((p (list 1 2))) (set-cdr! p (list 3)) 0)"))


def test_what_may_be_stored_reaches_no_procedure_and_nothing_unknown() -> None:
    procedure = Proc((SMALL,), SMALL, 10)
    for bad in (procedure, ANY, List(procedure, 0, 3), Pair(SMALL, ANY), Fresh(Vec(List(procedure, 1, 2), 2))):
        assert not storable(bad)
    assert storable(Fresh(Vec(Pair(SMALL, List(SMALL, 0, 3)), 2)))
