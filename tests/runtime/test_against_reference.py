"""Every primitive gives in C what it gives in the reference interpreter.

The C side runs under AddressSanitizer and UndefinedBehaviorSanitizer, counts what each call leaves alive, and
makes each call also with every one of its allocations failing (see ``runtime/tests/primitive_driver.c``).
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest

from compiler.flavours import FLAVOURS
from compiler.literal_code import literal_code
from reference_interp.builtins import check_arity, entry
from reference_interp.errors import Raised
from reference_interp.primitives import PRIMITIVES, Effect
from reference_interp.printer import write
from reference_interp.session import Session
from reference_interp.values import NIL, Condition, HashTable, Pair, Symbol, Value, Vector
from tests.runtime.build import C_TESTS, build_c_test
from tests.runtime.calls import Call, First, all_rows, edge_calls, random_call

MEMORY = 1 << 26  # as HEAP_LIMIT of the driver
CALLS_OF_EACH = 60
SEEDS = range(3)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_c_test(C_TESTS / "primitive_driver.c", FLAVOURS["asan"], tmp_path_factory.mktemp("driver"))


def _list(items: list[Value]) -> Value:
    result: Value = NIL
    for item in reversed(items):
        result = Pair(item, result)
    return result


def _freeze(value: Value, top: bool) -> None:
    """Make a value as immutable as the driver's literal: its parts always, the value itself unless ``top``."""
    stack = [(value, top)]
    while stack:
        value, thawed = stack.pop()
        if isinstance(value, Pair):
            value.immutable = not thawed
            stack += [(value.car, False), (value.cdr, False)]
        elif isinstance(value, Vector):
            value.immutable = not thawed
            stack += [(item, False) for item in value.items]


def _condition(session: Session, explanation: Value) -> Condition:
    args = []
    while isinstance(explanation, Pair):
        args.append(explanation.car)
        explanation = explanation.cdr
    with pytest.raises(Raised) as caught:
        entry(PRIMITIVES["error"], session, len(args))(*args)
    assert isinstance(caught.value.payload, Condition)
    return caught.value.payload


def _table(session: Session, by_content: bool, steps: Value) -> HashTable:
    table = HashTable(by_content)
    while isinstance(steps, Pair):
        step = steps.car
        if isinstance(step, Pair):
            entry(PRIMITIVES["hash-set!"], session, 3)(table, step.car, step.cdr)
        else:
            entry(PRIMITIVES["hash-delete!"], session, 2)(table, step.items[0])
        steps = steps.cdr
    return table


def _tie(args: list[Value]) -> None:
    """Put arguments where the symbols @0, @1 ... stand for them; what is found in a tree, before any is put there."""
    puts: list[Callable[[], None]] = []
    stack = list(args)

    def visit(item: Value, put: Callable[[Value], None]) -> None:
        if isinstance(item, Symbol) and re.fullmatch("@[0-9]", item.name) and int(item.name[1]) < len(args):
            puts.append(partial(put, args[int(item.name[1])]))
        else:
            stack.append(item)

    while stack:
        value = stack.pop()
        if isinstance(value, Pair):
            visit(value.car, partial(setattr, value, "car"))
            visit(value.cdr, partial(setattr, value, "cdr"))
        elif isinstance(value, Vector):
            for index, item in enumerate(value.items):
                visit(item, partial(value.items.__setitem__, index))
        elif isinstance(value, Condition):
            stack += value.irritants
        elif isinstance(value, HashTable):
            stack += [item for _, item in value.entries.values()]
    for put in puts:
        put()


def _entries(session: Session, value: Value) -> str:
    return " " + write(entry(PRIMITIVES["hash->list"], session, 1)(value)) if isinstance(value, HashTable) else ""


def reference_answer(session: Session, call: Call) -> str:
    """What the driver ought to answer."""
    args = list(call.args)
    for arg in args:
        _freeze(arg, call.mutable)
    if call.first is First.CONDITION:
        args[0] = _condition(session, args[0])
    elif call.first is not First.ITSELF:
        args[0] = _table(session, call.first is First.HASH_TABLE, args[0])
    _tie(args)
    before = len(session.output)
    try:
        check_arity(call.row, len(args))
        how, result = "value", entry(call.row, session, len(args))(*args)
    except Raised as raised:
        how, result = "raised", raised.payload
        if isinstance(result, Condition) and result.kind == "out-of-memory":
            how = "limit"
    output = session.output[before:].decode()
    first = _entries(session, args[0]) if args else ""
    return f"{output}\n{how} {write(result)}{_entries(session, result)}\n{write(_list(args))}{first}"


def driver_answers(driver: Path, calls: list[Call]) -> list[str]:
    """What the driver answers to each call; it must survive them all and leak nothing."""
    requests = b""
    for call in calls:
        code = literal_code(_list(call.args))
        requests += b"%d %d %d\n%s" % (call.index, call.mode, len(code), code)
    done = subprocess.run([driver], input=requests, capture_output=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answers, rest = [], done.stdout
    while rest:
        size, _, rest = rest.partition(b"\n")
        answers.append(rest[: int(size)].decode())
        rest = rest[int(size) :]
    return answers


def check_agreement(driver: Path, calls: list[Call]) -> None:
    answers = driver_answers(driver, calls)
    session = Session(b"", MEMORY, None, None)
    for call, answer in zip(calls, answers, strict=True):
        request = literal_code(_list(call.args))
        assert answer == reference_answer(session, call), f"{call.row.name}, mode {call.mode}: {request!r}"


@pytest.mark.parametrize("seed", SEEDS)
def test_random_calls_agree(driver: Path, seed: int) -> None:
    random = Random(seed)
    check_agreement(driver, [random_call(row, random) for row in all_rows() for _ in range(CALLS_OF_EACH)])


def test_numbers_on_the_edge_agree(driver: Path) -> None:
    check_agreement(driver, [call for row in all_rows() for call in edge_calls(row)])


def test_calls_reach_what_they_are_for() -> None:
    """Together, the calls give values and all errors that the rows of the table declare."""
    random = Random(0)
    session = Session(b"", MEMORY, None, None)
    for row in all_rows():
        calls = [random_call(row, random) for _ in range(4 * CALLS_OF_EACH)] + edge_calls(row)
        seen = {reference_answer(session, call).split("\n")[-2] for call in calls}
        if row.effect is not Effect.CONTROL or row.name == "assert":
            assert any(text.startswith("value ") for text in seen), f"{row.name} never gave a value"
        for kind in row.raises - {"out-of-memory", "raised"}:
            assert any(f"#<condition {kind}: " in text for text in seen), f"{row.name} never raised {kind}"
