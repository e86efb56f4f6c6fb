"""The sanitizer parser against reports that real programs made (``captured/``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnitest.engines.sanitizer_reports import parse, tool_failure
from omnitest.outcome import Fault, FaultKind, Frame

CAPTURED = Path(__file__).with_name("captured")


def captured(name: str) -> str:
    return (CAPTURED / f"{name}.txt").read_text(encoding="utf-8")


def only_fault(name: str) -> Fault:
    (fault,) = parse(captured(name))
    return fault


@pytest.mark.parametrize(
    ("name", "kind", "summary"),
    [
        ("gcc-asan-use-after-free", FaultKind.USE_AFTER_FREE, "heap-use-after-free"),
        ("clang-asan-use-after-free", FaultKind.USE_AFTER_FREE, "heap-use-after-free"),
        ("gcc-asan-double-free", FaultKind.DOUBLE_FREE, "attempting double-free"),
        ("gcc-asan-overflow", FaultKind.OUT_OF_BOUNDS, "heap-buffer-overflow"),
        ("gcc-asan-shift", FaultKind.UNDEFINED, "shift exponent 70 is too large for 64-bit type 'long int'"),
        ("clang-asan-shift", FaultKind.UNDEFINED, "shift exponent 70 is too large for 64-bit type 'long'"),
        ("gcc-asan-null", FaultKind.UNDEFINED, "member access within null pointer of type 'struct cell'"),
        ("clang-asan-leak", FaultKind.LEAK, "direct leak of 16 bytes in 1 objects"),
        ("gcc-tsan-race", FaultKind.DATA_RACE, "data race"),
        ("clang-tsan-race", FaultKind.DATA_RACE, "data race"),
        ("gcc-tsan-use-after-free", FaultKind.USE_AFTER_FREE, "heap-use-after-free"),
    ],
)
def test_one_report_gives_one_fault(name: str, kind: FaultKind, summary: str) -> None:
    fault = only_fault(name)
    assert (fault.kind, fault.summary) == (kind, summary)
    assert tool_failure(captured(name)) is None


@pytest.mark.parametrize("name", ["gcc-asan-use-after-free", "clang-asan-use-after-free"])
def test_use_after_free_tells_access_release_and_allocation(name: str) -> None:
    accessed, freed, allocated = only_fault(name).stacks
    assert accessed[:3] == (
        Frame("head", "faults.c", 9),
        Frame("use_after_free", "faults.c", 10),
        Frame("main", "program.omni", 7),
    )
    assert freed[1] == Frame("drop", "faults.c", 8)
    assert allocated[1] == Frame("make", "faults.c", 7)


def test_each_leak_is_a_fault() -> None:
    direct, indirect = parse(captured("gcc-asan-leak"))
    assert (direct.kind, indirect.kind) == (FaultKind.LEAK, FaultKind.LEAK)
    assert direct.summary == "direct leak of 16 bytes in 1 objects"
    assert indirect.summary == "indirect leak of 16 bytes in 1 objects"
    assert direct.stacks[0][1:4] == (
        Frame("make", "faults.c", 7),
        Frame("leak", "faults.c", 12),
        Frame("main", "program.omni", 9),
    )


def test_a_race_tells_both_accesses_and_where_the_thread_began() -> None:
    first, second, creation = only_fault("gcc-tsan-race").stacks
    assert first == (Frame("race", "faults.c", 19), Frame("main", "program.omni", 14))
    assert second == (Frame("bump", "faults.c", 18),)
    assert creation[0].function == "pthread_create"
    assert creation[1] == Frame("race", "faults.c", 19)


def test_undefined_behaviour_without_a_stack_keeps_its_position() -> None:
    assert only_fault("gcc-ubsan-no-stack").stacks == ((Frame("", "faults.c", 14),),)


def test_a_fault_keeps_the_tools_words_but_not_the_shadow_bytes() -> None:
    text = only_fault("gcc-asan-overflow").text
    assert "READ of size 8" in text
    assert "is located 0 bytes to the right of 16-byte region" in text
    assert "Shadow byte" not in text and "=>0x" not in text


def test_reports_follow_one_another() -> None:
    names = ["gcc-asan-leak", "gcc-tsan-race", "gcc-asan-shift", "gcc-tsan-use-after-free"]
    faults = parse("some output\n" + "more output\n".join(captured(name) for name in names))
    assert [fault.kind for fault in faults] == [
        FaultKind.LEAK,
        FaultKind.LEAK,
        FaultKind.DATA_RACE,
        FaultKind.UNDEFINED,
        FaultKind.USE_AFTER_FREE,
    ]


def test_a_program_that_talks_like_a_frame_is_no_report() -> None:
    assert parse("    #0 0x1 in main /usr/src/demo/program.omni:1\nSUMMARY: nothing\n==== done ====\n") == ()


@pytest.mark.parametrize(
    "text",
    [
        captured("gcc-tsan-failing"),
        "==7==LeakSanitizer has encountered a fatal error.\n==7==HINT: LeakSanitizer does not work under ptrace\n",
        "FATAL: ThreadSanitizer: unexpected memory mapping 0x7f-0x80\n",
    ],
)
def test_a_sanitizer_that_fails_itself_is_told_from_a_finding(text: str) -> None:
    assert tool_failure(text) is not None
