"""How fast compiled programs are, and how much memory they take, beside other implementations.

Every program of ``corpora/benchmarks`` is made so large that the fastest runs it for about the time that was asked for
(but the slowest not for many times as long). Then OmniLisp's executable and the peers' run one after the other, again
and again, and each round gives a ratio: so what else the machine does hits all of them. What an implementation takes
for a program that does nothing is subtracted from its times (not from its memory).
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from compiler.cli import MAIN_SYMBOL, standalone_text
from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.flavours import FLAVOURS
from compiler.toolchain import build_program
from omnitest.benchmarks.corpus import SUFFIX, size_of, source_of, with_size
from omnitest.benchmarks.measured import Launcher, ProgramFailed, Run
from omnitest.benchmarks.peers import PEERS, Peer, PeerFailed
from reference_interp import parse

#: The name of the implementation that is compared with its peers.
OWN: Final = "omnilisp"

#: Sizes grow by at most this factor from one trial to the next, as small programs are measured badly.
_GROWTH: Final = 40
_TRIALS: Final = 8
#: No program grows further when the slowest takes so many times what was asked for.
_SLOWEST: Final = 8
#: A run of a peer that takes so many times as long as was asked for is given up.
_PATIENCE: Final = 60
_EMPTY: Final = "(define size 1)\n(print size)\n"
#: Milliseconds below which a difference from the empty program is noise.
_LEAST: Final = 1.0


@dataclass(slots=True)
class Program:
    """A benchmark program at the ``size`` that it was measured at; ``runs`` of each implementation, round by round."""

    name: str
    size: int
    runs: dict[str, list[Run]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ratios:
    """OmniLisp's times (or memory) divided by a peer's. ``by_program`` has the least, the median and the greatest."""

    by_program: dict[str, tuple[float, float, float]]

    @property
    def mean(self) -> float:
        """Geometric mean of the medians; NaN without programs."""
        medians = [median for _, median, _ in self.by_program.values()]
        return math.exp(statistics.fmean(map(math.log, medians))) if medians else math.nan

    @property
    def worst(self) -> tuple[str, float]:
        """The program with the greatest median, and that. Only if there is one."""
        name = max(self.by_program, key=lambda program: self.by_program[program][1])
        return name, self.by_program[name][1]


@dataclass(slots=True)
class Result:
    """What was measured. ``start`` has the milliseconds that an empty program takes; ``failures`` are in words."""

    compiler: str
    seconds: float
    rounds: int
    versions: dict[str, str] = field(default_factory=dict)
    start: dict[str, float] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def time(self, peer: str) -> Ratios:
        """CPU time relative to ``peer``."""
        return self._ratios(peer, lambda name, run: max(run.milliseconds - self.start.get(name, 0.0), _LEAST))

    def memory(self, peer: str) -> Ratios:
        """Peak resident memory relative to ``peer``."""
        return self._ratios(peer, lambda name, run: run.kilobytes)

    def _ratios(self, peer: str, value: Callable[[str, Run], float]) -> Ratios:
        found = {}
        for program in self.programs:
            pairs = list(zip(program.runs.get(OWN, []), program.runs.get(peer, []), strict=False))
            ratios = sorted(value(OWN, own) / value(peer, other) for own, other in pairs)
            if ratios:
                found[program.name] = (ratios[0], statistics.median(ratios), ratios[-1])
        return Ratios(found)

    def to_json(self) -> dict[str, Any]:
        return {
            "compiler": self.compiler,
            "seconds": self.seconds,
            "rounds": self.rounds,
            "versions": self.versions,
            "start_milliseconds": {name: round(ms, 2) for name, ms in self.start.items()},
            "programs": {
                program.name: {
                    "size": program.size,
                    "runs": {
                        name: {
                            "milliseconds": [round(run.milliseconds, 2) for run in runs],
                            "kilobytes": [run.kilobytes for run in runs],
                        }
                        for name, runs in program.runs.items()
                    },
                }
                for program in self.programs
            },
            "ratios": {peer: self._summary(peer) for peer in self.versions if peer != OWN},
            "failures": self.failures,
        }

    def _summary(self, peer: str) -> dict[str, Any]:
        time, memory = self.time(peer), self.memory(peer)
        if not time.by_program:
            return {"programs": 0}
        return {
            "programs": len(time.by_program),
            "time": round(time.mean, 4),
            "memory": round(memory.mean, 4),
            "worst": list(time.worst),
            "by_program": {name: [round(x, 4) for x in spread] for name, spread in time.by_program.items()},
        }


def measure(
    programs: Sequence[str],
    peers: Sequence[str],
    seconds: float,
    rounds: int,
    compiler: str,
    disabled: frozenset[str] = frozenset(),
    on_stage: Callable[[str], None] = lambda stage: None,
) -> Result:
    """Measure ``programs`` and those ``peers`` that are installed, each ``rounds`` times.

    ``seconds`` is about what a program runs for where it is fastest; ``disabled`` are passes of OmniLisp's compiler to
    leave out.
    """
    result = Result(compiler, seconds, rounds)
    chosen = []
    for name in peers:
        if PEERS[name].installed:
            chosen.append(PEERS[name])
        else:
            package = PEERS[name].package
            result.failures.append(f"{name} is not installed and was left out: apt-get install {package}")
    result.versions[OWN] = compiler
    result.versions.update({peer.name: peer.version_text() for peer in chosen})
    with TemporaryDirectory(prefix="omnitest-bench-") as folder:
        bench = _Bench(Path(folder), result, chosen, disabled, on_stage)
        bench.measure_start()
        for number, name in enumerate(programs):
            bench.measure(name, f"{name} ({number + 1} of {len(programs)})")
    return result


class _Bench:
    def __init__(
        self,
        folder: Path,
        result: Result,
        peers: Sequence[Peer],
        disabled: frozenset[str],
        on_stage: Callable[[str], None],
    ) -> None:
        self.folder, self.result, self.peers, self.on_stage = folder, result, peers, on_stage
        self.disabled = disabled
        self.given_up: set[tuple[str, str]] = set()
        self.launcher = Launcher(folder)
        self.patience = 10 + _PATIENCE * result.seconds

    def measure_start(self) -> None:
        """What each implementation takes for nothing."""
        self.on_stage("empty programs")
        commands = {OWN: self.build(_EMPTY, "empty")}
        for peer in self.peers:
            try:
                commands[peer.name] = peer.build(_EMPTY, self.folder, "empty")
                self.launcher.run(commands[peer.name], self.patience)
            except (PeerFailed, ProgramFailed) as problem:
                commands.pop(peer.name, None)
                self.result.failures.append(f"{peer.name} does not work: {problem}")
        self.peers = [peer for peer in self.peers if peer.name in commands]
        runs: dict[str, list[float]] = {}
        for _ in range(max(self.result.rounds, 3)):
            for name, command in commands.items():
                runs.setdefault(name, []).append(self.launcher.run(command, self.patience)[0].milliseconds)
        self.result.start = {name: statistics.median(times) for name, times in runs.items()}

    def measure(self, name: str, label: str) -> None:
        """One program, everywhere."""
        program = Program(name, size_of(source_of(name)))
        wanted = self.result.seconds * 1000
        for _ in range(_TRIALS):
            self.on_stage(f"{label}: size {program.size}")
            commands = self._commands(program, label)
            expected = self._round(program, commands, None)
            if expected is None:
                return
            taken = {which: self._net(which, runs[-1]) for which, runs in program.runs.items()}
            program.runs.clear()
            fastest = min(taken.values())
            if fastest >= wanted / 2 or max(taken.values()) >= _SLOWEST * wanted:
                break
            program.size = max(program.size + 1, round(program.size * min(wanted / fastest, _GROWTH)))
        for number in range(self.result.rounds):
            self.on_stage(f"{label}: round {number + 1} of {self.result.rounds}")
            self._round(program, commands, expected)
        self.result.programs.append(program)

    def _commands(self, program: Program, label: str) -> dict[str, tuple[str, ...]]:
        """The program compiled at its size by everyone who can, with the command that runs it."""
        name = program.name
        commands = {OWN: self.build(with_size(source_of(name), program.size), name)}
        for peer in self.peers:
            text = peer.text(name, program.size)
            if text is None or (name, peer.name) in self.given_up:
                continue
            self.on_stage(f"{label}: size {program.size}, compiling by {peer.name}")
            try:
                commands[peer.name] = peer.build(text, self.folder, name)
            except PeerFailed as problem:
                self._give_up(name, peer.name, str(problem))
        return commands

    def _round(self, program: Program, commands: dict[str, tuple[str, ...]], expected: str | None) -> str | None:
        """Run ``commands`` once each and note what that took; give what OmniLisp's wrote, or None if it failed.

        What fails is reported and taken out of ``commands``.
        """
        for which, command in list(commands.items()):
            try:
                run, output = self.launcher.run(command, self.patience)
                expected = output if expected is None else expected
                if not same_output(expected, output):
                    raise ProgramFailed(f"wrote {output.strip()[-100:]!r} instead of {expected.strip()[-100:]!r}")
            except ProgramFailed as problem:
                self._give_up(program.name, which, str(problem))
                del commands[which]
                if which == OWN:
                    return None
            else:
                program.runs.setdefault(which, []).append(run)
        return expected

    def _give_up(self, name: str, which: str, problem: str) -> None:
        self.given_up.add((name, which))
        self.result.failures.append(f"{name} on {which}: {problem}")

    def _net(self, which: str, run: Run) -> float:
        return max(run.milliseconds - self.result.start[which], _LEAST)

    def build(self, source: str, name: str) -> tuple[str, ...]:
        """Compile OmniLisp's program; the command that runs it."""
        options = CompileOptions(MAIN_SYMBOL, disabled=self.disabled)
        compiled = compile_program(parse(source, f"{name}{SUFFIX}"), options)
        path = self.folder / f"{name}.{OWN}"
        build_program([standalone_text(compiled)], FLAVOURS[self.result.compiler], path)
        return (str(path),)


_TOKEN: Final = re.compile(r"[^\s()]+")


def same_output(expected: str, output: str) -> bool:
    """Whether two implementations wrote the same, however they write floats."""
    ours, theirs = _TOKEN.findall(expected), _TOKEN.findall(output)
    return len(ours) == len(theirs) and all(map(_same_token, ours, theirs))


def _same_token(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-9)
    except ValueError:
        return False
