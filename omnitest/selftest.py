"""Planted faults: the proof that a quiet engine is quiet because there is nothing to hear.

An engine proves itself by reporting the faults of :mod:`omnitest.plants` that it exists for, with the right kind, and
by keeping silent about all their programs without them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from omnitest.campaign.summary import SelfTestRow
from omnitest.compare import Agree, Diverged, Verdict
from omnitest.engines.factory import ALL_NAMES, make_engine
from omnitest.engines.protocol import EngineOptions, Limits
from omnitest.oracle import REFERENCE, Oracle
from omnitest.plants import PLANTS, Plant
from omnitest.prepare import VERIFIER, Settings

#: The row that runs every trigger without a fault: whatever an engine reports then is a false alarm.
CONTROL = "none"


#: A program that no fault does anything to: engines are proved as campaigns use them, where programs have neighbours.
NEIGHBOUR = "'quiet"


def detectors() -> dict[str, tuple[str, ...]]:
    """The plants that each engine (and the verifier) must catch, in the order of their table."""
    found: dict[str, list[str]] = {VERIFIER: []}
    for name in ALL_NAMES:
        if name == REFERENCE:
            continue
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
    settings = Settings(
        plants=frozenset() if plant == CONTROL else frozenset({plant}), limits=limits, verify=engine == VERIFIER
    )
    sources = _all_triggers() if plant == CONTROL else _with_neighbours(PLANTS[plant])
    with Oracle(() if engine == VERIFIER else (engine,), settings) as oracle:
        verdicts = [judgement.verdict for judgement in oracle.judge(sources)]
    if plant == CONTROL:
        detected, detail = _quiet(engine, verdicts)
    else:
        middle = len(verdicts) // 2
        detected, detail = recognised(PLANTS[plant], verdicts[middle])
        quiet, noise = _quiet(engine, verdicts[:middle] + verdicts[middle + 1 :])
        if not quiet:
            detected, detail = False, f"blamed on a neighbour: {noise}"
    return SelfTestRow(plant, engine, detected, detail, time.monotonic() - started)


def _with_neighbours(plant: Plant) -> list[str]:
    """The programs that are run to see a fault. One in the reference would make neighbours wrong, too."""
    return [plant.trigger] if plant.layer == "reference" else [NEIGHBOUR, plant.trigger, NEIGHBOUR]


def _all_triggers() -> list[str]:
    """The programs of all faults that some engine must catch."""
    caught = {plant for plants in detectors().values() for plant in plants}
    return [plant.trigger for plant in PLANTS.values() if plant.name in caught]


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
