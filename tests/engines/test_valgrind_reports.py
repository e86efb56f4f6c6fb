"""The valgrind parser against reports that real programs made (``captured/``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnitest.engines.valgrind_reports import MalformedReport, parse
from omnitest.outcome import FaultKind, Frame

CAPTURED = Path(__file__).with_name("captured")


def captured(name: str) -> str:
    return (CAPTURED / f"valgrind-{name}.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("use-after-free", FaultKind.USE_AFTER_FREE),
        ("double-free", FaultKind.DOUBLE_FREE),
        ("overflow", FaultKind.OUT_OF_BOUNDS),
        ("uninitialised", FaultKind.UNINITIALISED),
        ("null", FaultKind.OTHER),
    ],
)
def test_one_error_gives_one_fault(name: str, kind: FaultKind) -> None:
    (fault,) = parse(captured(name))
    assert fault.kind is kind


def test_double_free_tells_both_releases_and_the_allocation() -> None:
    (fault,) = parse(captured("double-free"))
    again, first, allocated = fault.stacks
    assert again[1:] == (
        Frame("drop", "faults.c", 8),
        Frame("double_free", "faults.c", 11),
        Frame("main", "program.omni", 8),
    )
    assert first[1] == Frame("drop", "faults.c", 8)
    assert allocated[1] == Frame("make", "faults.c", 7)
    assert "   by drop (faults.c:8)" in fault.text.splitlines()


def test_summaries_hold_nothing_that_varies_from_run_to_run() -> None:
    (overflow,) = parse(captured("overflow"))
    assert overflow.summary == "Invalid read of size 8; Address ADDRESS is 0 bytes after a block of size 16 alloc'd"
    indirect, direct = parse(captured("leak"))
    assert indirect.summary == "16 bytes in 1 blocks are indirectly lost"
    assert direct.summary == "32 (16 direct, 16 indirect) bytes in 1 blocks are definitely lost"


def test_a_report_cut_short_keeps_its_whole_errors() -> None:
    whole = captured("leak")
    first_end = whole.index("</error>") + len("</error>")
    for end in (first_end, first_end + 40, whole.rindex("</error>") - 1):
        (fault,) = parse(whole[:end])
        assert fault.summary == "16 bytes in 1 blocks are indirectly lost"
    assert parse(whole[: first_end - 1]) == ()


@pytest.mark.parametrize("text", ["Segmentation fault\n", "<html></html>"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(MalformedReport):
        parse(text)
