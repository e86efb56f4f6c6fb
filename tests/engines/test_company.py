"""Programs that share a process: what is taken from there, what is run again alone, and what neighbours cannot do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import omnitest.oracle
from omnitest.compare import Agree
from omnitest.engines.batch_process import Company, Ended
from omnitest.engines.company import again, guests, is_quiet
from omnitest.engines.factory import FAST_TIER, make_engine
from omnitest.engines.protocol import Case, Engine, EngineOptions
from omnitest.engines.reference import ReferenceEngine
from omnitest.generate.config import GeneratorConfig
from omnitest.oracle import Oracle
from omnitest.outcome import Finished, HarnessFailure, Limit, LimitReached, Observation, Raised
from omnitest.prepare import Settings
from tests.engines.cases import LIMITS, C, Lisp, cases

QUIET = Company(0, 8, False, Ended.EXITED, 0, 1)
REPORTED = Company(0, 8, False, Ended.EXITED, 99, 1)
INTERRUPTED = Company(0, 3, True, Ended.SIGNALED, 11, 1)


def test_a_process_is_quiet_without_a_report_at_its_end() -> None:
    assert is_quiet(QUIET) and is_quiet(INTERRUPTED)
    assert not is_quiet(REPORTED)


@pytest.mark.parametrize(
    ("doubtful", "parts"),
    [
        (set(), [range(4), range(4, 8)]),
        ({3}, [range(3), range(4, 8)]),
        ({0, 2, 7}, [range(3, 7)]),
        (set(range(8)), []),
    ],
)
def test_after_a_report_the_others_share_a_process_without_those_in_doubt(
    doubtful: set[int], parts: list[range]
) -> None:
    assert again(REPORTED, set(range(8)) - doubtful) == parts


def test_halving_ends() -> None:
    assert again(Company(4, 1, False, Ended.EXITED, 99, 1), {4}) == []


ROWS = "5 0 0.25 0 3 2 0\n6 70 0.5 1 4 2 4\n"


def files_of(directory: Path, rows: str) -> list[tuple[int, int, bool, bytes, bytes, str]]:
    for name, text in {"rows": rows, "records": "rrrR", "out": "oo", "err": "errr"}.items():
        (directory / f"5.together.{name}").write_text(text, encoding="utf-8")
    found = guests(directory, Company(5, 2, False, Ended.EXITED, 0, 1))
    return [(g.index, g.status, g.doubtful, g.record, g.output, g.stderr) for g in found]


def test_each_program_gets_its_part_of_the_files(tmp_path: Path) -> None:
    assert files_of(tmp_path, ROWS) == [(5, 0, False, b"rrr", b"oo", ""), (6, 70, True, b"R", b"", "errr")]


@pytest.mark.parametrize("second", ["", "nonsense\n", "7 0 0.1 0 4 2 4\n", "6 0 0.1 0 4\n", "6 \xff\n"])
def test_rows_that_make_no_sense_are_no_observations(tmp_path: Path, second: str) -> None:
    assert [row[0] for row in files_of(tmp_path, ROWS.splitlines()[0] + "\n" + second)] == [5]


ORDINARY = (
    Lisp("(+ 1 2)"),
    Lisp('(display "out") (car 5)'),
    Lisp("(read-line)", stdin=b"in"),
    Lisp("(read-line)"),
    Lisp('(call-with-output-file "f" (lambda (port) (write 1 port))) (file-exists? "f")'),
    Lisp('(file-exists? "f")'),
)


@pytest.mark.parametrize("name", FAST_TIER)
def test_ordinary_programs_are_seen_in_company_and_remarkable_ones_alone(name: str) -> None:
    deep = Lisp("(define (deep n) (+ 1 (deep n))) (deep 0)")
    caught = Lisp("(define (deep n) (+ 1 (deep n))) (guard (e (#t 'caught)) (deep 0))")
    engine = make_engine(name, EngineOptions(LIMITS))
    try:
        seen = engine.run(cases([*ORDINARY[:3], deep, caught, *ORDINARY[3:]]))
        (single,) = engine.run(cases(ORDINARY[:1]))
    finally:
        engine.close()
    assert [one.in_company for one in seen] == [True] * 3 + [False] * 2 + [True] * 3
    assert not single.in_company
    ends = [one.end for one in seen]
    assert ends[0] == Finished("3") and isinstance(ends[1], Raised) and seen[1].output == b"out"
    assert ends[2] == Finished('"in"')
    assert ends[3:5] == [LimitReached(Limit.STACK), Finished("caught")]
    assert ends[5:] == [Finished("#<eof>"), Finished("#t"), Finished("#f")]


def test_programs_that_share_a_folder_have_no_company(tmp_path: Path) -> None:
    engine = make_engine("tcc", EngineOptions(LIMITS, directory=tmp_path))
    try:
        assert not any(one.in_company for one in engine.run(cases(ORDINARY)))
    finally:
        engine.close()


WELL = C("return omni_fixnum(7);")

#: What it does to the process hurts only those that come after it there.
SPOILERS = {
    "closes the standard output": "close(1); return omni_fixnum(1);",
    "writes into the shared files": 'for (int fd = 200; fd < 202; fd++) write(fd, "x\\n", 2); return omni_fixnum(1);',
    "leaves a folder behind": 'if (mkdir("folder", 0700) != 0) abort(); return omni_fixnum(1);',
    "writes a lot": 'for (int i = 0; i < 9000; i++) write(1, "0123456789", 10); return omni_fixnum(1);',
    "leaves the folder": 'if (chdir("/") != 0) abort(); return omni_fixnum(1);',
}


@pytest.mark.parametrize("spoiler", SPOILERS.values(), ids=SPOILERS.keys())
def test_neighbours_do_not_notice(spoiler: str) -> None:
    makes_folder = C(f"{SPOILERS['leaves a folder behind']}", "#include <sys/stat.h>")
    engine = make_engine("gcc-O0", EngineOptions(LIMITS))
    try:
        programs: list[Lisp | C] = [
            WELL,
            C(spoiler, "#include <sys/stat.h>"),
            makes_folder,
            WELL,
            Lisp('(file-exists? "folder")'),
        ]
        ends = [one.end for one in engine.run(cases(programs))]
    finally:
        engine.close()
    assert ends == [Finished("7"), Finished("1"), Finished("1"), Finished("7"), Finished("#f")]


class Spoilt:
    """An engine whose programs spoil one another."""

    name = "spoilt"
    tools = ()
    detects: frozenset[str] = frozenset()

    def __init__(self, options: EngineOptions) -> None:
        self._reference = ReferenceEngine(options)
        self.runs: list[int] = []

    def narrow(self, config: GeneratorConfig) -> GeneratorConfig:
        return config

    def run(self, programs: Sequence[Case]) -> list[Observation]:
        self.runs.append(len(programs))
        if len(programs) == 1:
            return self._reference.run(programs)
        return [Observation(self.name, Finished("2"), in_company=True) for _ in programs]

    def close(self) -> None:
        self._reference.close()


def test_what_differs_in_company_is_judged_by_what_is_seen_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Spoilt] = []

    def make(name: str, options: EngineOptions) -> Engine:
        if name == "reference":
            return ReferenceEngine(options)
        made.append(Spoilt(options))
        return made[0]

    monkeypatch.setattr(omnitest.oracle, "make_engine", make)
    with Oracle(["spoilt"], Settings()) as oracle:
        verdicts = [judgement.verdict for judgement in oracle.judge(["(+ 1 1)", "(+ 1 2)", "(+ 1 3)"])]
    assert verdicts == [Agree()] * 3
    assert made[0].runs == [3, 1, 1]  # the first one agreed


def test_engines_share_a_compilation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    engines = [make_engine(name, EngineOptions(LIMITS)) for name in ("tcc", "tcc-asan")]
    programs = cases([Lisp("1"), Lisp("2")])
    bad = cases([C("return omni_no_such_variable;")], libc=False)
    try:
        for engine in engines:
            assert [one.end for one in engine.run(programs)] == [Finished("1"), Finished("2")]
            assert isinstance(engine.run(bad)[0].end, HarnessFailure)
        (shared,) = tmp_path.glob("omnitest-images-*")
        assert len(list(shared.glob("*.image"))) == 1
        engines[0].close()
        assert [one.end for one in engines[1].run(cases([Lisp("3")]))] == [Finished("3")]
    finally:
        for engine in engines:
            engine.close()
    assert list(tmp_path.iterdir()) == []
