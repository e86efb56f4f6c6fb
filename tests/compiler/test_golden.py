"""What the passes make of small programs, beside their sources in ``golden/``.

``pytest tests/compiler --update`` rewrites the files.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.context import CompileOptions
from compiler.driver import compile_program
from reference_interp import parse

GOLDEN = Path(__file__).parent / "golden"

CASES = [
    ("borrowed_last_use", "ownership"),
    ("moved_and_duplicated", "ownership"),
    ("dead_on_one_branch", "ownership"),
    ("failure_path_cleanup", "lower"),
    ("guard_handler", "ownership"),
    ("loop_as_blocks", "dead-code"),
    ("closure_group", "ownership"),
    ("assigned_capture", "flatten"),
    ("self_tail_call", "ownership"),
    ("direct_procedure", "ownership"),
    ("inlined_accessor", "dead-code"),
    ("suspending_call", "resumable"),
    ("folded_constants", "fold-constants"),
]

#: Cases that show inlining.
INLINED = {"inlined_accessor"}


@pytest.mark.parametrize(("name", "after"), CASES)
def test_golden(name: str, after: str, update: bool) -> None:
    source = (GOLDEN / f"{name}.omni").read_text()
    dumps: dict[str, str] = {}
    # Small procedures are kept where they are what a file shows.
    disabled = frozenset[str]() if name in INLINED else frozenset({"inlining"})
    options = CompileOptions(prefix="golden", check_ir=True, disabled=disabled)
    compile_program(parse(source, f"{name}.omni"), options, dump=dumps.__setitem__)
    expected = GOLDEN / f"{name}.{after}.txt"
    if update:
        expected.write_text(dumps[after])
    assert dumps[after] == expected.read_text()


def test_every_source_has_its_golden_file() -> None:
    wanted = {f"{name}.omni" for name, _ in CASES} | {f"{name}.{after}.txt" for name, after in CASES}
    assert {path.name for path in GOLDEN.iterdir()} == wanted
