"""Programs in C that do what no compiled program should: the native engines survive and tell."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from omnitest.engines.factory import ENGINE_NAMES, make_engine
from omnitest.engines.protocol import Engine, EngineOptions
from omnitest.outcome import (
    Crashed,
    End,
    Fault,
    FaultKind,
    Finished,
    HarnessFailure,
    Limit,
    LimitReached,
    Observation,
)
from tests.engines.cases import LIMITS, C, Lisp, cases

NATIVE = [name for name in ENGINE_NAMES if name != "reference"]
#: Engines whose programs can call the C library; the in-memory compiler only offers the runtime.
LINKED = [name for name in NATIVE if not name.startswith("tcc")]
#: Engines that watch memory; a program that touches memory it has not is ended by them in their own way.
WATCHING = {"asan", "tsan", "tcc-asan", "tcc-tsan"}

WELL = C("return omni_fixnum(7);")


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = make_engine(request.param, EngineOptions(LIMITS))
    try:
        yield made
    finally:
        made.close()


def on(names: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("engine", names, indirect=True)


def run_between_sound_ones(engine: Engine, program: C) -> Observation:
    """The observation of ``program``; those before and after it must not notice."""
    libc = not engine.name.startswith("tcc")
    before, seen, after = engine.run(cases([WELL, program, WELL], libc))
    assert (before.end, after.end) == (Finished("7"), Finished("7"))
    return seen


@on(NATIVE)  # that a hang costs one verdict is said for all engines in test_conformance.py
def test_a_crash_is_told_from_an_end(engine: Engine) -> None:
    seen = run_between_sound_ones(engine, C("volatile int *nowhere = NULL; return omni_fixnum(*nowhere);"))
    assert seen.end == Crashed(signal=signal.SIGSEGV) or (engine.name in WATCHING and isinstance(seen.end, Crashed))


@on(NATIVE)
def test_c_that_does_not_compile_costs_one_verdict(engine: Engine) -> None:
    bad = C("return omni_no_such_variable;")
    seen = engine.run(cases([WELL, WELL, bad, WELL, bad], not engine.name.startswith("tcc")))
    ends = [one.end for one in seen]
    assert [ends[0], ends[1], ends[3]] == [Finished("7")] * 3
    for end in (ends[2], ends[4]):
        assert isinstance(end, HarnessFailure) and "omni_no_such_variable" in end.reason


@on(NATIVE)
def test_c_that_does_not_link_costs_one_verdict(engine: Engine) -> None:
    bad = C("return PREFIXmissing();", before="extern omni_value PREFIXmissing(void);")
    assert "missing" in str(engine.run(cases([bad], not engine.name.startswith("tcc")))[0].end)


ENDS: dict[str, tuple[C, End]] = {
    "exit in the middle": (C("exit(3);"), Crashed(status=3)),
    "exit that looks like success": (C("exit(0);"), Crashed(status=0)),
    "abort": (C("signal(SIGABRT, SIG_DFL); abort();"), Crashed(signal=signal.SIGABRT)),
    "ignores the CPU limit": (
        C("signal(SIGXCPU, SIG_IGN); for (volatile unsigned i = 0;; i++) continue;"),
        LimitReached(Limit.CPU),
    ),
    "writes for ever": (C('for (;;) write(1, "0123456789", 10);'), LimitReached(Limit.OUTPUT)),
    "writes more than allowed": (
        C('for (int i = 0; i < 10100; i++) write(1, "0123456789", 10); return omni_fixnum(1);'),
        LimitReached(Limit.OUTPUT),
    ),
    "talks like the runner": (
        C(r'for (int fd = 1; fd < 3; fd++) write(fd, "1 exited 0 1 1\n", 15); return omni_fixnum(5);'),
        Finished("5"),
    ),
    "reads what is not its own": (
        C("char b[100]; return omni_fixnum(read(0, b, sizeof b));", stdin=b""),
        Finished("0"),
    ),
    "closes everything": (C("for (int fd = 0; fd < 100; fd++) close(fd); return omni_fixnum(5);"), Finished("5")),
}


@pytest.fixture(scope="module", params=LINKED)
def ends(request: pytest.FixtureRequest) -> Iterator[dict[str, End]]:
    """How the programs of ENDS ended, run in one batch with a sound one after each."""
    programs = [program for misbehaving, _ in ENDS.values() for program in (misbehaving, WELL)]
    made = make_engine(request.param, EngineOptions(LIMITS))
    try:
        seen = [observation.end for observation in made.run(cases(programs))]
    finally:
        made.close()
    assert seen[1::2] == [Finished("7")] * len(ENDS)
    yield dict(zip(ENDS, seen[::2], strict=True))


@pytest.mark.parametrize("name", ENDS)
def test_end(ends: dict[str, End], name: str) -> None:
    assert ends[name] == ENDS[name][1]


@on(LINKED)
def test_programs_that_wait_for_ever_are_ended(engine: Engine) -> None:
    short = make_engine(engine.name, EngineOptions(replace(LIMITS, wall_seconds=1)))
    try:
        seen = short.run(cases([C("for (;;) pause();"), C("raise(SIGSTOP); return omni_fixnum(1);")]))
    finally:
        short.close()
    assert [one.end for one in seen] == [LimitReached(Limit.WALL)] * 2


@on(LINKED)
def test_memory_taken_behind_the_runtimes_back_is_limited(engine: Engine) -> None:
    body = """
        for (;;) {
          volatile char *block = malloc(1 << 20);
          if (block == NULL) return omni_fixnum(1);
          for (int i = 0; i < 1 << 20; i += 512) block[i] = 1;
        }"""
    assert run_between_sound_ones(engine, C(body)).end in (Finished("1"), LimitReached(Limit.MEMORY))


#: Each leaves processes that note their numbers and wait for ever.
LEAVERS = {
    "a child": "if (fork() == 0) PREFIXstay();",
    "a child in its own group": "if (fork() == 0) { setpgid(0, 0); PREFIXstay(); }",
    "an orphan in its own session": "if (fork() == 0) { setsid(); if (fork() == 0) PREFIXstay(); _exit(0); }",
    "many": "for (int i = 0; i < 20; i++) if (fork() == 0) { setsid(); fork(); fork(); PREFIXstay(); }",
}
STAY = r"""
static void PREFIXstay(void) {
  char line[20];
  int fd = open("FILE", O_WRONLY | O_APPEND | O_CREAT, 0600);
  write(fd, line, snprintf(line, sizeof line, "%d\n", (int)getpid()));
  close(fd);
  for (;;) pause();
}"""


@dataclass(frozen=True)
class Left:
    """How a program ended that left processes, which processes these were, and those that were still there then."""

    end: End
    pids: list[int]
    alive: list[int]


@pytest.fixture(scope="module", params=LINKED)
def left(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Left]]:
    """What became of LEAVERS, run in one batch with a sound program after each."""
    folder = tmp_path_factory.mktemp("pids")
    pause = "struct timespec t = {0, 200000000}; nanosleep(&t, NULL);"
    programs = [
        program
        for number, leaver in enumerate(LEAVERS.values())
        for program in (
            C(f"{leaver} {pause} return omni_fixnum(5);", STAY.replace("FILE", str(folder / str(number)))),
            WELL,
        )
    ]
    made = make_engine(request.param, EngineOptions(LIMITS))
    found = {}
    try:
        seen = [observation.end for observation in made.run(cases(programs))]
        for number, (name, end) in enumerate(zip(LEAVERS, seen[::2], strict=True)):
            pids = [int(line) for line in (folder / str(number)).read_text(encoding="utf-8").split()]
            found[name] = Left(end, pids, [pid for pid in pids if Path(f"/proc/{pid}").exists()])
    finally:
        made.close()
    assert seen[1::2] == [Finished("7")] * len(LEAVERS)
    yield found


@pytest.mark.parametrize("name", LEAVERS)
def test_programs_leave_no_process(left: dict[str, Left], name: str) -> None:
    assert left[name].end == Finished("5")
    assert left[name].pids and not left[name].alive


@on(LINKED)
def test_a_program_that_kills_the_runner_costs_one_verdict(engine: Engine) -> None:
    killer = C("kill(getppid(), SIGKILL); for (;;) pause();")
    seen = run_between_sound_ones(engine, killer)
    assert isinstance(seen.end, HarnessFailure) and "killed by signal 9" in seen.end.reason


#: Loses memory, then overwrites the part of the stack in which its address may still stand.
LOSE = """
__attribute__((noinline)) static void PREFIXlose(void) {
  char *volatile p = malloc(8);
  p[0] = 1;
  p = NULL;
}
__attribute__((noinline)) static void PREFIXwipe(void) {
  volatile char b[4096];
  for (int i = 0; i < 4096; i++) b[i] = 0;
}"""
FAULTY = {
    "use after free": (C("char *volatile p = malloc(8); free(p); return omni_fixnum(p[0]);"), FaultKind.USE_AFTER_FREE),
    "double free": (C("char *volatile p = malloc(8); free(p); free(p); return omni_fixnum(1);"), FaultKind.DOUBLE_FREE),
    "overflow": (
        C("volatile char *p = malloc(8); p[8] = 1; free((void *)p); return omni_fixnum(1);"),
        FaultKind.OUT_OF_BOUNDS,
    ),
    "leak": (C("PREFIXlose(); PREFIXwipe(); return omni_fixnum(1);", LOSE), FaultKind.LEAK),
}


@on(["valgrind", "asan"])
def test_memory_faults_are_reported_for_the_program_that_made_them(engine: Engine) -> None:
    seen = engine.run(cases([WELL, *(each for program, _ in FAULTY.values() for each in (program, WELL))]))
    assert {(one.end, one.faults) for one in seen[::2]} == {(Finished("7"), ())}
    for (name, (_, kind)), one in zip(FAULTY.items(), seen[1::2], strict=True):
        assert [fault.kind for fault in one.faults] == [kind], name
        assert any(frame.function.endswith(("run", "lose")) for frame in one.faults[0].stacks[0]), name


@on(["valgrind"])
def test_valgrind_sees_uninitialised_reads(engine: Engine) -> None:
    seen = run_between_sound_ones(
        engine, C("volatile int *p = malloc(4), met = 0; if (*p) met = 1; free((void *)p); return omni_fixnum(1);")
    )
    assert [fault.kind for fault in seen.faults] == [FaultKind.UNINITIALISED]


@on(["asan"])
def test_asan_sees_undefined_behaviour(engine: Engine) -> None:
    seen = run_between_sound_ones(engine, C("volatile int by = 70; return omni_fixnum(1L << by);"))
    assert [fault.kind for fault in seen.faults] == [FaultKind.UNDEFINED]


@on(["tsan"])
def test_tsan_sees_races(engine: Engine) -> None:
    body = """
        pthread_t t;
        pthread_create(&t, NULL, PREFIXbump, NULL);
        PREFIXshared++;
        pthread_join(t, NULL);
        return omni_fixnum(1);"""
    before = """
        #include <pthread.h>
        static long PREFIXshared;
        static void *PREFIXbump(void *p) { PREFIXshared++; return p; }"""
    racing = C(body, before)
    seen = run_between_sound_ones(engine, racing)
    assert seen.end == Finished("1")
    assert [fault.kind for fault in seen.faults] == [FaultKind.DATA_RACE]


@on(NATIVE)
def test_an_object_that_stays_alive_is_a_leak(engine: Engine) -> None:
    seen = run_between_sound_ones(engine, C("omni_result f = omni_float_bits(ctx, 1); (void)f; return omni_fixnum(1);"))
    assert Fault(FaultKind.LEAK, "1 objects alive at exit") in seen.faults


@on(NATIVE)
def test_nothing_is_left_in_the_file_system(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    inside = make_engine(engine.name, EngineOptions(LIMITS))
    inside.run(cases([WELL, C("volatile int *p = NULL; return omni_fixnum(*p);")], not engine.name.startswith("tcc")))
    assert os.listdir(tmp_path) != []
    inside.close()
    assert os.listdir(tmp_path) == []


@on([name for name in LINKED if name != "valgrind"])  # whose own files show among the program's
def test_a_program_sees_neither_the_runners_pipes_nor_ignored_signals(engine: Engine) -> None:
    count = (
        "int open_files = 0; for (int fd = 3; fd < 100; fd++) if (fcntl(fd, F_GETFD) >= 0) open_files++;\n"
        "struct sigaction pipe; sigaction(SIGPIPE, NULL, &pipe);\n"
        "sigset_t blocked; sigprocmask(SIG_SETMASK, NULL, &blocked);\n"
        "return omni_fixnum(open_files * 100 + (pipe.sa_handler != SIG_DFL) * 10 + sigismember(&blocked, SIGCHLD));"
    )
    assert run_between_sound_ones(engine, C(count)).end == Finished("0")


def test_lisp_and_c_share_a_batch() -> None:
    engine = make_engine("gcc-O0", EngineOptions(LIMITS))
    try:
        assert [one.end for one in engine.run(cases([Lisp("(+ 1 1)"), WELL]))] == [Finished("2"), Finished("7")]
    finally:
        engine.close()
