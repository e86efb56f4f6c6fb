"""Compiled programs on cyclic data and hash tables do what the reference interpreter does with them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random

import pytest

from compiler.cli import MAIN_SYMBOL, standalone_text
from compiler.context import CompileOptions
from compiler.driver import compile_program
from compiler.flavours import FLAVOURS
from compiler.toolchain import build_program
from reference_interp import parse, run
from reference_interp.printer import write
from reference_interp.values import NIL, Pair, Value, Vector
from tests.reference_interp.graphs import random_graph
from tests.reference_interp.table_model import model, random_operations

GRAPHS = 60


def output_of(source: str, flavour: str, folder: Path) -> str:
    """What the compiled program writes; it must end well."""
    compiled = compile_program(parse(source, "data.omni"), CompileOptions(MAIN_SYMBOL))
    executable = folder / "program"
    build_program([standalone_text(compiled)], FLAVOURS[flavour], executable)
    done = subprocess.run([executable], capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def reference_output_of(source: str) -> str:
    result = run(parse(source, "data.omni"))
    assert result.condition is None
    return result.output.decode()


def graph_program(nodes: list[Value]) -> str:
    """Makes the nodes, prints each in every way, and compares each with the first."""
    names = {id(node): f"(vector-ref nodes {index})" for index, node in enumerate(nodes)}

    def expression(value: Value) -> str:
        return names[id(value)] if id(value) in names else f"(quote {write(value)})"

    makers, puts = [], []
    for node in nodes:
        if isinstance(node, Pair):
            makers.append("(cons 0 0)")
            puts.append(f"(set-car! {names[id(node)]} {expression(node.car)})")
            puts.append(f"(set-cdr! {names[id(node)]} {expression(node.cdr)})")
        else:
            makers.append(f"(make-vector {len(node.items)})")
            puts += [f"(vector-set! {names[id(node)]} {i} {expression(item)})" for i, item in enumerate(node.items)]
    return f"(let ((nodes (vector {' '.join(makers)}))) {' '.join(puts)} (show nodes))"


SHOW = """
(define (show nodes)
  (vector-for-each
    (lambda (node)
      (write node) (newline) (display node) (newline) (write-shared node) (newline)
      (print (list (equal? node (vector-ref nodes 0)) (list? node))))
    nodes)
  (print nodes))
"""


def test_random_graphs_are_printed_and_compared_alike(tmp_path: Path) -> None:
    random = Random(1)
    source = SHOW + "\n".join(graph_program(random_graph(random)) for _ in range(GRAPHS)) + "\nnothing"
    # Counts do not free cycles, which a leak checker would tell.
    assert output_of(source, "gcc-O2", tmp_path) == reference_output_of(source)


@pytest.mark.parametrize("by_content", [True, False])
def test_hash_tables_are_those_of_the_model(by_content: bool, tmp_path: Path) -> None:
    expected, lines, steps = model(by_content), [], []
    for number, (name, key) in enumerate(random_operations(Random(2), 700)):
        # One object per key: what eqv? tells apart has to be the same on all sides.
        source = f"(let ((key (copy '{write(key)}))) "
        if name == "hash-set!":
            expected.set(key, number)
            steps.append(f"{source} (hash-set! table key {number}))")
        elif name == "hash-ref":
            at = expected.find(key)
            steps.append(f"{source} (print (hash-ref table key #f)))")
            lines.append("#f" if at is None else str(expected.entries[at][1]))
        elif name == "hash-delete!":
            expected.delete(key)
            steps.append(f"{source} (hash-delete! table key))")
        else:
            expected.entries.clear()
            steps.append("(hash-clear! table)")
        if number % 20 == 0:
            steps.append("(print (hash->list table))")
            lines.append(write(_list([Pair(key, value) for key, value in expected.entries])))
    maker = "make-hash-table" if by_content else "make-eqv-hash-table"
    copy = "(define (copy x) (cond ((vector? x) (vector-copy x)) ((string? x) (string-copy x)) (else (list-copy x))))"
    # In procedures of their own: one procedure with all of it would keep the C compiler busy for long.
    parts = [f"(define (part{i}) {' '.join(steps[i : i + 100])})" for i in range(0, len(steps), 100)]
    calls = [f"(part{i})" for i in range(0, len(steps), 100)]
    program = "\n".join([copy, f"(define table ({maker}))", *parts, *calls, "nothing"])
    assert reference_output_of(program).splitlines() == lines
    assert output_of(program, "asan", tmp_path).splitlines() == lines


def _list(items: list[Value]) -> Value:
    result: Value = NIL
    for item in reversed(items):
        result = Pair(item, result)
    return result


def test_a_graph_program_makes_the_graph() -> None:
    vector = Vector([1, NIL])
    pair = Pair(vector, 2)
    vector.items[1] = pair
    text = "#0=(#(1 #0#) . 2)\n"
    assert reference_output_of(SHOW + graph_program([pair, vector])).startswith(text * 3)
