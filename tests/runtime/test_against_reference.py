"""Every primitive gives in C what it gives in the reference interpreter.

The C side runs under AddressSanitizer and UndefinedBehaviorSanitizer, counts what each call leaves alive, and
makes each call also with every one of its allocations failing (see ``runtime/tests/primitive_driver.c``).
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random

import pytest

from compiler.flavours import FLAVOURS
from compiler.literal_code import literal_code
from reference_interp.builtins import check_arity, entry
from reference_interp.control import PrimitiveProcedure
from reference_interp.errors import Raised
from reference_interp.ports import Collector, InputPort, OutputPort
from reference_interp.primitives import PRIMITIVES, Effect
from reference_interp.printer import write
from reference_interp.session import Session
from reference_interp.values import (
    NIL,
    Bytevector,
    Condition,
    HashTable,
    Pair,
    Port,
    Promise,
    String,
    Symbol,
    Value,
    Vector,
    intern,
)
from tests.runtime.build import C_TESTS, build_c_test
from tests.runtime.calls import OF_FILES_ONLY, Call, First, PortOf, all_rows, edge_calls, random_call

MEMORY = 1 << 26  # as HEAP_LIMIT of the driver
CALLS_OF_EACH = 60
#: How many times so many; a nightly run asks for more.
SEEDS = range(int(os.environ.get("OMNITEST_SEEDS", "1")))


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
        elif isinstance(value, String | Bytevector):
            value.immutable = not thawed
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


def _is_recipe(value: Value) -> bool:
    name = value.car if isinstance(value, Pair) else value
    return isinstance(name, Symbol) and name.name.startswith("%")


def _made(session: Session, recipe: Value) -> Value:
    """What a recipe of ``First.MADE`` makes."""
    if isinstance(recipe, Symbol):
        return PrimitiveProcedure(recipe.name, session)
    row = PRIMITIVES[recipe.car.name]
    args = []
    while isinstance(recipe.cdr, Pair):
        recipe = recipe.cdr
        part = recipe.car
        args.append(_made(session, part) if _is_recipe(part) else part)
    return entry(row, session, len(args))(*args)


def _first_argument(session: Session, first: First, given: Value) -> Value:
    match first:
        case First.ITSELF:
            return given
        case First.CONDITION:
            return _condition(session, given)
        case First.HASH_TABLE | First.EQV_TABLE:
            return _table(session, first is First.HASH_TABLE, given)
        case First.MADE:
            return _made(session, given)


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
        elif isinstance(value, Promise):
            stack.append(value.content)
    for put in puts:
        put()


def reference_answer(session: Session, call: Call) -> str:
    """What the driver ought to answer."""
    args = [_port(arg) if isinstance(arg, PortOf) else arg for arg in call.args]
    for arg in args:
        _freeze(arg, call.mutable)
    if args:
        args[0] = _first_argument(session, call.first, args[0])
    if call.first is First.MADE:
        args[1:] = [_made(session, arg) if _is_recipe(arg) else arg for arg in args[1:]]
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
    states = [_state(arg) for arg in args if isinstance(arg, Port)]
    first = _entries(session, args[0]) if args else ""
    lines = [output, f"{how} {write(result)}{_entries(session, result)}", write(_list(args)) + first, *states]
    return "\n".join(lines)


def _entries(session: Session, value: Value) -> str:
    """What follows a hash table in an answer."""
    return " " + write(entry(PRIMITIVES["hash->list"], session, 1)(value)) if isinstance(value, HashTable) else ""


def _port(stand_in: PortOf) -> Port:
    if stand_in.is_input:
        port: InputPort | OutputPort = InputPort(stand_in.is_textual, stand_in.content)
    else:
        port = OutputPort(stand_in.is_textual, Collector(lambda size: None))
        port.write("test", stand_in.content)
    if not stand_in.is_open:
        port.close()
    return port


def _state(port: Port) -> str:
    """Whether a port is open, and what is still to be read from it or was written to it."""
    content = port.at_hand if isinstance(port, InputPort) else port.collected if isinstance(port, OutputPort) else None
    assert content is not None
    return f"{'open' if port.is_open else 'closed'} {write(Bytevector(bytearray(content)))}"


def _code(args: list[Value]) -> bytes:
    """The literal of a list of arguments."""
    return literal_code(_list([_literal(arg) for arg in args]))


def _literal(arg: Value) -> Value:
    if not isinstance(arg, PortOf):
        return arg
    return Vector([intern("%port"), arg.is_input, arg.is_textual, arg.is_open, Bytevector(bytearray(arg.content))])


def driver_answers(driver: Path, calls: list[Call]) -> list[str]:
    """What the driver answers to each call; it must survive them all and leak nothing."""
    requests = b""
    for call in calls:
        code = _code(call.args)
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
        expected = reference_answer(session, call)
        assert answer == expected, f"{call.row.name}, mode {call.mode}: {_code(call.args)!r}"


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
        wanted = {f"#<condition {kind}: " for kind in row.raises - {"out-of-memory", "raised"}}
        wanted -= {f"#<condition {kind}: " for name, kind in OF_FILES_ONLY if name == row.name}
        if row.effect is not Effect.CONTROL or row.name == "assert":
            wanted.add("value ")
        calls = chain(edge_calls(row), (random_call(row, random) for _ in range(4 * CALLS_OF_EACH)))
        while wanted and (call := next(calls, None)) is not None:
            lines = reference_answer(session, call).split("\n")
            wanted -= {start for start in wanted for line in lines if _shows(line, start)}
        assert not wanted, f"no call of {row.name} gave {sorted(wanted)}"


def _shows(line: str, wanted: str) -> bool:
    return line.startswith(wanted) if wanted == "value " else wanted in line
