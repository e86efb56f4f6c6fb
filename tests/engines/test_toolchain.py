"""Building libraries and programs: caching, races, and what users are told when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from compiler.flavours import FLAVOURS, Flavour
from compiler.tcc_symbols import PUBLIC_HEADERS, declared_functions
from compiler.toolchain import RUNTIME, ToolFailure, build_program, cache_directory, run_tool, runtime_library

GCC = FLAVOURS["gcc-O0"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cache"
    monkeypatch.setenv("OMNITEST_CACHE", str(path))
    return path


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """A runtime of one function."""
    folder = tmp_path / "runtime"
    (folder / "include").mkdir(parents=True)
    (folder / "src").mkdir()
    (folder / "include" / "answer.h").write_text("int answer(void);\n", encoding="utf-8")
    (folder / "src" / "answer.c").write_text(
        '#include "answer.h"\nint answer(void) {\n#ifdef OMNI_PLANTS\n  return 66;\n#endif\n  return 42;\n}\n',
        encoding="utf-8",
    )
    return folder


MAIN = '#include "answer.h"\n#include <stdio.h>\nint main(void) { printf("%d\\n", answer()); return 0; }\n'


def answer_of(flavour: Flavour, runtime: Path, folder: Path) -> str:
    output = folder / "program"
    build_program([MAIN], flavour, output, runtime)
    return run_tool([str(output)])


@pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS.keys())
def test_every_flavour_builds_and_links(flavour: Flavour, runtime: Path, tmp_path: Path) -> None:
    assert answer_of(flavour, runtime, tmp_path) == "42\n"


def test_the_variant_with_plants_is_a_library_of_its_own(runtime: Path, tmp_path: Path) -> None:
    assert answer_of(GCC.with_plants(), runtime, tmp_path) == "66\n"
    assert answer_of(GCC, runtime, tmp_path) == "42\n"


def test_several_units_are_linked_together(runtime: Path, tmp_path: Path) -> None:
    units = ["int f(void) { return 3; }", "int f(void);\nint main(void) { return f() - 3; }"]
    build_program(units, GCC, tmp_path / "program", runtime)
    assert run_tool([str(tmp_path / "program")]) == ""


def test_the_library_is_built_once_and_again_when_its_source_changes(runtime: Path, tmp_path: Path) -> None:
    first = runtime_library(GCC, runtime)
    built = first.stat().st_mtime_ns
    assert runtime_library(GCC, runtime) == first and first.stat().st_mtime_ns == built
    source = runtime / "src" / "answer.c"
    source.write_text(source.read_text(encoding="utf-8").replace("42", "43"), encoding="utf-8")
    assert answer_of(GCC, runtime, tmp_path) == "43\n"


def test_headers_and_flags_are_part_of_the_key(runtime: Path) -> None:
    paths = {runtime_library(GCC, runtime), runtime_library(replace(GCC, cflags=("-O1",)), runtime)}
    (runtime / "include" / "answer.h").write_text("int answer(void); /* changed */\n", encoding="utf-8")
    paths.add(runtime_library(GCC, runtime))
    assert len(paths) == 3


def test_a_failed_build_leaves_nothing_that_looks_built(runtime: Path, tmp_path: Path) -> None:
    source = runtime / "src" / "answer.c"
    good = source.read_text(encoding="utf-8")
    source.write_text("int answer(void) { return nonesuch; }\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ToolFailure, match="nonesuch"):
            runtime_library(GCC, runtime)
    source.write_text(good, encoding="utf-8")
    assert answer_of(GCC, runtime, tmp_path) == "42\n"


def test_processes_that_want_the_same_library_share_one_build(runtime: Path, tmp_path: Path) -> None:
    log = tmp_path / "compilations"
    compiler = tmp_path / "counting-gcc"
    compiler.write_text(
        f'#!/bin/sh\ncase "$*" in *--version*) ;; *) echo run >>"{log}" ;; esac\nexec gcc "$@"\n', encoding="utf-8"
    )
    compiler.chmod(0o755)
    program = (
        "import sys; from dataclasses import replace; from pathlib import Path\n"
        "from compiler.flavours import FLAVOURS; from compiler.toolchain import runtime_library\n"
        f"print(runtime_library(replace(FLAVOURS['gcc-O0'], compiler={str(compiler)!r}), Path({str(runtime)!r})))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(RUNTIME.parent)}

    def build() -> str:
        return subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        ).stdout

    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(lambda _: build(), range(4)))
    assert len(paths) == 1
    assert log.read_text(encoding="utf-8") == "run\n"


def test_coverage_data_stands_beside_the_library(runtime: Path, tmp_path: Path) -> None:
    flavour = GCC.counting()
    answer_of(flavour, runtime, tmp_path)
    folder = runtime_library(flavour, runtime).parent
    assert (folder / "answer.gcno").exists() and (folder / "answer.gcda").exists()


def test_the_cache_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path) -> None:
    assert cache_directory() == cache
    monkeypatch.delenv("OMNITEST_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_directory() == tmp_path / "xdg" / "omnitest"


def test_a_compile_error_tells_command_status_and_words(runtime: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolFailure) as caught:
        build_program(["int main(void) { return nonesuch; }"], GCC, tmp_path / "program", runtime)
    assert caught.value.status == 1
    assert caught.value.command[0] == "gcc"
    assert "nonesuch" in caught.value.stderr
    assert "gcc failed with exit status 1" in str(caught.value) and "nonesuch" in str(caught.value)


def test_a_missing_compiler_names_its_package(runtime: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolFailure, match="gcc was not found: install it with `apt-get install gcc`"):
        run_tool(["gcc", "--version"])


def test_a_tool_that_hangs_is_a_failure() -> None:
    with pytest.raises(ToolFailure, match="did not end within 0 seconds"):
        run_tool(["sleep", "100"], seconds=0.1)


def test_the_symbol_table_knows_declarations_from_definitions() -> None:
    header = """
    /* int commented(void); */
    #define MACRO(x) omni_macro(x);
    typedef int (*omni_entry)(int);
    typedef struct omni_thing { int (*omni_member)(int); } omni_thing;
    static inline int omni_inline(int a) { return omni_called(a); }
    int omni_first(const char *name,
                   int b);
    omni_thing *omni_second(void);
    """
    assert declared_functions(header) == ["omni_first", "omni_second"]


def test_the_symbol_table_has_what_the_public_headers_declare() -> None:
    for name in PUBLIC_HEADERS:
        text = (RUNTIME / "include" / name).read_text(encoding="utf-8")
        names = declared_functions(text)
        assert len(names) == len(set(names)) > 30
    assert "omni_dup" in declared_functions((RUNTIME / "include" / "omni.h").read_text(encoding="utf-8"))
