"""Files generated for the runtime are up to date, and a stale one is noticed."""

from __future__ import annotations

import shutil
from pathlib import Path

import runtime
from compiler.runtime_tables import c_string, generated_files, stale_files, write_files
from reference_interp.conditions import KINDS, MESSAGES


def test_checked_in_files_are_up_to_date() -> None:
    stale = stale_files(runtime.source_root())
    assert not stale, f"run python -m compiler.runtime_tables --write: {stale}"


def test_a_stale_file_is_noticed_and_rewritten(tmp_path: Path) -> None:
    copy = tmp_path / "runtime"
    shutil.copytree(runtime.source_root(), copy)
    changed, *others = [copy / path for path in generated_files()]
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    for path in others:
        path.unlink()
    assert stale_files(copy) == [changed, *others]
    write_files(copy)
    assert stale_files(copy) == []


def test_all_messages_and_kinds_are_there() -> None:
    header = generated_files()[Path("include/omni_messages.h")]
    for text in (*KINDS, *(message.template for message in MESSAGES.values())):
        assert c_string(text) in header


def test_c_strings() -> None:
    assert c_string('a"b\\c') == '"a\\"b\\\\c"'
