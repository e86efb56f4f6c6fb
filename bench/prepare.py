"""What it costs to prepare a generated program, stage by stage: ``python -m bench.prepare``.

A campaign prepares a different program each time, in a process that has prepared many. So other programs warm the
process up, and then each program goes through the stages once; shown are CPU milliseconds per program, the mean and
quantiles over the programs. "prepare" is the sum of what preparing consists of. The programs come from a fixed seed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Final

from compiler.context import CompileOptions, Context
from compiler.ir.ctree_printer import print_unit
from compiler.pipeline import CHECKERS, PIPELINE
from compiler.verifier import Verifier
from omnitest.generate import GeneratedProgram, GeneratorConfig, generate_program, swarm
from reference_interp import parse, run
from reference_interp.recursion import deep_recursion
from reference_interp.session import Surroundings

SEED: Final = 20260101
#: The stages that are no part of preparing.
_OUTSIDE: Final = frozenset({"generate", "reference run"})

Stages = dict[str, list[float]]


def _timed(stages: Stages, name: str, work: Callable[..., Any], *arguments: object) -> Any:
    started = time.process_time()
    result = work(*arguments)
    stages.setdefault(name, []).append((time.process_time() - started) * 1000)
    return result


def measure(warm_up: int, programs: int, size: int) -> tuple[Stages, float]:
    """Milliseconds of each program in each stage, and the mean number of syntax nodes."""
    random, config, verifier = Random(SEED), GeneratorConfig(size=size), Verifier()
    stages: Stages = {}
    nodes = 0
    for number in range(warm_up + programs):
        if number == warm_up:
            stages, nodes = {}, 0
        program: GeneratedProgram = _timed(stages, "generate", generate_program, random, swarm(random, config))
        nodes += program.nodes
        core = _timed(stages, "read and expand", parse, program.text, "program.omni")
        _compile(stages, core, f"p{number}", verifier)
        with tempfile.TemporaryDirectory() as directory:  # programs may write files
            _timed(stages, "reference run", partial(run, surroundings=Surroundings(directory=directory)), core)
    return stages, nodes / programs


def _compile(stages: Stages, ir: Any, prefix: str, verifier: Verifier) -> None:
    context = Context(CompileOptions(prefix, check_ir=True))
    with deep_recursion():
        for step in PIPELINE:
            ir = _timed(stages, step.name, step.run, ir, context)
            _timed(stages, f"  check {step.name}", CHECKERS[step.target], ir)
    text = _timed(stages, "print C", print_unit, ir)
    _timed(stages, "verify", verifier.verify, text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.prepare", description=__doc__)
    parser.add_argument("--programs", type=int, default=150, help="programs that are measured (default: 150)")
    parser.add_argument("--warm-up", type=int, default=150, help="programs before them (default: 150)")
    parser.add_argument(
        "--size", type=int, default=130, help="of the generator; 130 gives about 150 nodes (default: 130)"
    )
    parser.add_argument("--json", action="store_true", help="print milliseconds per program as JSON")
    chosen = parser.parse_args()
    if chosen.programs < 2 or chosen.warm_up < 0 or chosen.size < 1:
        parser.error("--programs starts at 2, --warm-up at 0, --size at 1")
    stages, nodes = measure(chosen.warm_up, chosen.programs, chosen.size)
    stages["prepare"] = [sum(row) for row in zip(*(v for k, v in stages.items() if k not in _OUTSIDE), strict=True)]
    if chosen.json:
        json.dump({"nodes": nodes, "milliseconds": stages}, sys.stdout, indent=2)
        print()
        return
    print(f"{chosen.programs} programs of {nodes:.0f} syntax nodes; CPU milliseconds per program")
    print(f"{'':32}{'mean':>9}{'median':>9}{'90 %':>9}")
    for stage, times in stages.items():
        tenths = statistics.quantiles(times, n=10)
        print(f"{stage:32}{statistics.fmean(times):9.2f}{statistics.median(times):9.2f}{tenths[-1]:9.2f}")


if __name__ == "__main__":
    main()
