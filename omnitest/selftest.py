"""Planted faults: the proof that a quiet engine is quiet because there is nothing to hear.

Every plant is a fault that the compiler, the runtime (only in builds made for this) or the reference makes on purpose
when asked to, with a program that runs into it. An engine proves itself by reporting the
faults it exists for, with the right kind, and by keeping silent about the same programs without them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from omnitest.campaign.summary import SelfTestRow
from omnitest.compare import Agree, Diverged, Divergence, Verdict
from omnitest.engines.factory import FOREIGN_NAMES, make_engine
from omnitest.engines.protocol import EngineOptions, Limits
from omnitest.engines.reference import WRONG_REFERENCE
from omnitest.oracle import REFERENCE, Oracle
from omnitest.outcome import FaultKind
from omnitest.prepare import VERIFIER, Settings

#: The row that runs every trigger without a fault: whatever an engine reports then is a false alarm.
CONTROL = "none"


@dataclass(frozen=True, slots=True)
class Plant:
    """A planted fault: a program that runs into it and the kinds of report that count as seeing it."""

    name: str
    trigger: str
    kinds: frozenset[FaultKind | Divergence]
    detectors: tuple[str, ...] = ()  # for faults in the compiler and the reference; the runtime's are in Engine.detects


_PLAIN = ("tcc", "edges", "gcc-O0", "gcc-O2", "clang")
_MEMORY = ("valgrind", "asan")

PLANTS: dict[str, Plant] = {
    plant.name: plant
    for plant in (
        Plant("leak", '(length (reverse (list "a" (list 1) "b")))', frozenset({FaultKind.LEAK})),
        Plant("use-after-free", '(string-append "left" "right")', frozenset({FaultKind.USE_AFTER_FREE})),
        Plant("double-free", "(list->string (list #\\a #\\b #\\c))", frozenset({FaultKind.DOUBLE_FREE})),
        Plant("out-of-bounds", "(string-length (make-string 5 #\\x))", frozenset({FaultKind.OUT_OF_BOUNDS})),
        Plant(
            "undefined-shift",
            "(define (shift n k) (arithmetic-shift n k)) (guard (e (#t 'overflow)) (shift 3 80))",
            frozenset({FaultKind.UNDEFINED}),
        ),
        Plant("data-race", "(symbol? (gensym))", frozenset({FaultKind.DATA_RACE})),
        Plant("wrong-error-kind", "(vector-ref (vector 1 2) 5)", frozenset({Divergence.WRONG_ERROR})),
        Plant("cycle-skip", "(let ((p (list 1))) (set-cdr! p p) (car p))", frozenset({FaultKind.LEAK})),
        Plant(WRONG_REFERENCE, "(* 6 7)", frozenset({Divergence.WRONG_VALUE}), FOREIGN_NAMES),
        Plant("wrong-fold", "(print (+ 1 2)) (* 2 21)", frozenset({Divergence.WRONG_VALUE}), _PLAIN),
        Plant(
            "lost-drop",
            '(define (size text) (string-length text)) (size (string-append "ab" "c"))',
            frozenset({FaultKind.OWNERSHIP, FaultKind.LEAK}),
            (VERIFIER, *_MEMORY),
        ),
        Plant(
            "extra-drop",
            "(define (first a b) (car a)) (first (list 1) (list 2))",
            frozenset({FaultKind.OWNERSHIP, FaultKind.USE_AFTER_FREE, FaultKind.DOUBLE_FREE}),
            (VERIFIER, *_MEMORY),
        ),
    )
}


def detectors() -> dict[str, tuple[str, ...]]:
    """The plants that each engine (and the verifier) must catch, in the order of the table above."""
    found: dict[str, list[str]] = {VERIFIER: []}
    for name in (*_PLAIN, *_MEMORY, "tsan", *FOREIGN_NAMES):
        engine = make_engine(name, EngineOptions())
        try:
            found[name] = [plant for plant in PLANTS if plant in engine.detects]
        finally:
            engine.close()
    for plant in PLANTS.values():
        for detector in plant.detectors:
            found[detector].append(plant.name)
    return {name: tuple(plants) for name, plants in found.items()}


def run(
    engines: Iterable[str], limits: Limits, on_row: Callable[[SelfTestRow], None] | None = None
) -> list[SelfTestRow]:
    """The full self test of ``engines`` and the verifier: every plant, and the control."""
    wanted = {name: (CONTROL, *plants) for name, plants in _of(engines).items()}
    return list(_rows(wanted, limits, on_row))


def prove(engines: Iterable[str], limits: Limits) -> list[SelfTestRow]:
    """The short form for the start of a campaign: silence without a fault, each engine's first plant, and
    all of the verifier's. It also builds what the engines share, before the campaign's clock starts."""
    short = {name: plants if name == VERIFIER else plants[:1] for name, plants in _of(engines).items()}
    wanted = {name: (CONTROL, *plants) for name, plants in short.items()}
    return list(_rows(wanted, limits, None))


def _of(engines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    known = detectors()
    return {name: known[name] for name in (VERIFIER, *engines) if name != REFERENCE}


def _rows(
    wanted: dict[str, tuple[str, ...]], limits: Limits, on_row: Callable[[SelfTestRow], None] | None
) -> Iterator[SelfTestRow]:
    """Rows in order, two engines at a time: they mostly wait for their processes."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = [pool.submit(check, engine, plant, limits) for engine, plants in wanted.items() for plant in plants]
        for future in futures:
            row = future.result()
            if on_row is not None:
                on_row(row)
            yield row


def check(engine: str, plant: str, limits: Limits) -> SelfTestRow:
    """Whether ``engine`` catches ``plant``. The verifier works alone; engines run what it would reject."""
    started = time.monotonic()
    settings = Settings(plant=None if plant == CONTROL else plant, limits=limits, verify=engine == VERIFIER)
    sources = [p.trigger for p in PLANTS.values()] if plant == CONTROL else [PLANTS[plant].trigger]
    with Oracle(() if engine == VERIFIER else (engine,), settings) as oracle:
        verdicts = [judgement.verdict for judgement in oracle.judge(sources)]
    if plant == CONTROL:
        detected, detail = _quiet(engine, verdicts)
    else:
        detected, detail = recognised(PLANTS[plant], verdicts[0])
    return SelfTestRow(plant, engine, detected, detail, time.monotonic() - started)


def _quiet(engine: str, verdicts: list[Verdict]) -> tuple[bool, str]:
    """The control passes when nothing is reported and, for engines, everything agrees."""
    loud = [v for v in verdicts if isinstance(v, Diverged) or (engine != VERIFIER and not isinstance(v, Agree))]
    return not loud, f"not silent: {loud[0]}" if loud else "silent, as it must be"


def recognised(plant: Plant, verdict: Verdict) -> tuple[bool, str]:
    """Whether ``verdict`` is of a kind that the planted fault must lead to; and what was seen."""
    if not isinstance(verdict, Diverged):
        return False, f"not seen: {verdict}"
    text = f"{verdict.kind.value}: {verdict.detail}"
    return verdict.kind in plant.kinds, text if verdict.kind in plant.kinds else f"taken for something else: {text}"
