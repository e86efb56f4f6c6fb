"""How the time of each step grows with the size of the source: ``python -m bench.scaling``.

Sources of several shapes, from 10 kB to 1 MB, go through the reader, the expander, every pass, printing and the
verifier. The last column is the exponent of growth between the smallest and the largest size that were measured:
1 means linear.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from compiler.context import CompileOptions, Context
from compiler.ir.ctree_printer import print_unit
from compiler.pipeline import PIPELINE
from compiler.verifier import verify
from reference_interp.library import expand_program
from reference_interp.reader import read_program
from reference_interp.recursion import deep_recursion
from reference_interp.running import run

SIZES: Final = (10_000, 100_000, 1_000_000)


def _definitions(size: int) -> str:
    """Many small procedures that call one another."""
    forms = ["(define (f0 x) x)"]
    total = 0
    while total < size:
        n = len(forms)
        form = f"(define (f{n} x) (let ((y (+ x {n}))) (if (< y 10) (f{n - 1} (* y 2)) (cons y (quote (a b {n}))))))"
        forms.append(form)
        total += len(form) + 1
    return "\n".join([*forms, "(f1 1)"])


def _body(size: int) -> str:
    """One procedure with a very long body."""
    lines: list[str] = []
    total = 0
    while total < size:
        n = len(lines)
        lines.append(
            f"  (define v{n} (+ {f'v{n - 1}' if n else 'x'} 1))"
            if n % 2 == 0
            else f"  (define v{n} (car (list v{n - 1} x)))"
        )
        total += len(lines[-1]) + 1
    return "\n".join(["(define (f x)", *lines, f"  v{len(lines) - 1})", "(f 1)"])


def _data(size: int) -> str:
    """One large quoted datum."""
    item = '(key "some text" 123 #\\a (1 2.5 . x) #(1 2 3))'
    return "(length (quote (" + "\n".join([item] * (size // len(item))) + ")))"


def _calls(size: int) -> str:
    """Program-level expressions that write."""
    line = '(if (> (string-length "abc") 2) (vector-ref (vector 1 2 3) 1) (error "no"))'
    return "\n".join([line] * (size // len(line)))


SHAPES: Final[dict[str, Callable[[int], str]]] = {
    "definitions": _definitions,
    "one long body": _body,
    "quoted data": _data,
    "expressions": _calls,
}


def _timed(steps: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    started = time.process_time()
    result = work()
    steps[name] = time.process_time() - started
    return result


def measure(source: str) -> dict[str, float]:
    """CPU seconds of every step for one source."""
    steps: dict[str, float] = {}
    forms = _timed(steps, "read", lambda: read_program(source, "large.omni"))
    program = _timed(steps, "expand", lambda: expand_program(forms, "large.omni", source))
    _timed(steps, "reference run", lambda: run(program))
    context = Context(CompileOptions())
    ir: Any = program
    with deep_recursion():
        for step in PIPELINE:
            ir = _timed(steps, step.name, partial(step.run, ir, context))
        text = _timed(steps, "print C", lambda: print_unit(ir))
        _timed(steps, "verify", lambda: verify(text))
    return steps


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="bytes of the largest source (default: 1000000)")
    parser.add_argument("--json", action="store_true", help="print the seconds as JSON")
    chosen = parser.parse_args()
    sizes = [size for size in SIZES if size <= chosen.largest]
    results: dict[str, dict[int, dict[str, float]]] = {}
    for shape, source_of in SHAPES.items():
        results[shape] = {}
        for size in sizes:
            print(f"{shape}, {size:,} bytes", file=sys.stderr)
            results[shape][size] = measure(source_of(size))
    if chosen.json:
        json.dump(results, sys.stdout, indent=2)
        print()
        return
    for shape, by_size in results.items():
        print(f"{shape + ': CPU seconds':30}" + "".join(f"{f'{size // 1000} kB':>10}" for size in sizes) + "    growth")
        for step in by_size[sizes[0]]:
            seconds = [by_size[size][step] for size in sizes]
            growth = math.log(seconds[-1] / max(seconds[0], 1e-4)) / math.log(sizes[-1] / sizes[0])
            print(f"  {step:28}" + "".join(f"{s:10.3f}" for s in seconds) + f"{growth:10.2f}")
        print()


if __name__ == "__main__":
    main()
