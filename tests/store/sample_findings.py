"""A finding with every field filled in, and variations of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from omnitest.engines.protocol import Limits
from omnitest.outcome import Fault, FaultKind, Finished, Frame, Observation, Raised
from omnitest.store.finding import Finding

LEAK = Fault(
    FaultKind.LEAK,
    "24 bytes in 1 block are lost",
    (
        (
            Frame("omni_alloc", "heap.c", 31),
            Frame("omni_cons", "pair.c", 12),
            Frame("build", "<prelude>", 4),
            Frame("f", "program.omni", 2),
        ),
        (
            Frame(
                "main",
            ),
        ),
    ),
    "==7== 24 bytes in 1 blocks are definitely lost",
)

FINDING = Finding(
    fingerprint="leak-3f9a01",
    kind="leak",
    engine="valgrind",
    summary="cons in f is never dropped",
    original="(define (f x)\n  (cons x x))\n(display (f 1))\n(f 2)\n",
    reduced="(define (f x)\n  (cons x x))\n(f 2)\n",
    expected=Observation("reference", Finished("(2 . 2)"), b"(1 . 1)"),
    actual=Observation("valgrind", Finished("(2 . 2)"), b"(1 . 1)\xff", (LEAK,), 0.25, "leak"),
    stdin=b"line\n\xfe",
    engines=("valgrind", "asan"),
    disabled_passes=("borrow", "reuse"),
    plants=("leak", "lost-drop"),
    limits=Limits(cpu_seconds=2.5, steps=1000),
    seed=2**70,
    diagnostics="definitely lost",
    tools=(("gcc", "12.2.0"), ("valgrind", "3.19.0")),
    omnitest_version="0.1.0",
    first_seen=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    last_seen=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
    hits=3,
)

RAISED = replace(
    FINDING,
    fingerprint="wrong-value-77",
    kind="wrong-value",
    engine="gcc-O2",
    summary="quotient rounds the wrong way",
    expected=Observation("reference", Raised("type-error", "car: expected a pair", ("5",), 3, 1)),
    actual=Observation("gcc-O2", Finished("0")),
    seed=None,
    engines=("gcc-O2",),
    disabled_passes=(),
    plants=(),
    stdin=b"",
)
