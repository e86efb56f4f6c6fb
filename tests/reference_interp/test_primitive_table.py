"""Every primitive keeps what its row of the table promises: arity, types, order of checks, errors, result."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from reference_interp.builtins import APPLY, SUSPENDING, entry, has_type
from reference_interp.conditions import arity_text
from reference_interp.control import PrimitiveProcedure, primitive_procedure
from reference_interp.core import Span
from reference_interp.errors import Raised
from reference_interp.hashing import table_key
from reference_interp.machine import BOTTOM
from reference_interp.parameters import Parameter
from reference_interp.ports import InputPort
from reference_interp.primitives import PRIMITIVES, Primitive, Type
from reference_interp.printer import write
from reference_interp.session import Current, Session
from reference_interp.values import (
    EOF,
    INT_MAX,
    INT_MIN,
    NIL,
    NOTHING,
    Bytevector,
    Char,
    Condition,
    Generator,
    HashTable,
    MultipleValues,
    Pair,
    Port,
    Promise,
    Record,
    RecordType,
    String,
    Value,
    Vector,
    intern,
)

ROWS = [row for row in PRIMITIVES.values() if row.name != APPLY]


@pytest.fixture(autouse=True)
def _a_folder_with_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What primitives on files find and leave."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "abc").write_bytes(b"content")


def _session() -> Session:
    return Session(b"line one\nlast", 20_000, None, None)


def _list(*items: Value) -> Value:
    result: Value = NIL
    for item in reversed(items):
        result = Pair(item, result)
    return result


def _cyclic() -> Pair:
    pair = Pair(1, NIL)
    pair.cdr = pair
    return pair


def _pairs_of_pairs() -> Pair:
    """What all selectors made of up to four letters can be applied to."""
    tree = Pair(1, NIL)
    for _ in range(3):
        tree = Pair(tree, tree)
    return tree


_POINT = RecordType("point", 2)


def _tree(depth: int) -> Value:
    """Pairs all the way down: what every composition of car and cdr can be followed in."""
    return Pair(_tree(depth - 1), _tree(depth - 1)) if depth else intern("leaf")


def _table() -> HashTable:
    table = HashTable(by_content=False)
    for key in (1, 2, 5, 1.5, intern("a")):
        table.entries[table_key(key, by_content=False)] = (key, NIL)
    return table


def _ports() -> list[Port]:
    session = _session()
    return [
        InputPort(True, "(λ 1) end".encode()), InputPort(False, b"\x00\x01\xff"),
        session.collecting_port(True), session.collecting_port(False),
        session.current_port(Current.INPUT), session.current_port(Current.OUTPUT),
    ]  # fmt: skip


def _samples() -> list[Value]:
    return [
        0, 1, 2, 5, -1, 63, 100, INT_MAX, INT_MIN, 0.0, -0.0, 1.5, 2.0, -3.5, 1e300, float("inf"), float("nan"),
        True, False, NOTHING, EOF, NIL, Char(0x61), Char(0x35), Char(0x3BB), String(""), String("abc"), String("12"),
        intern("a"), intern("two words"), _list(1, 2, 3), _list(Char(0x62), Char(0x63)),
        _list(Pair(1, 2), Pair(intern("a"), 3)), Pair(1, 2), _list(_list(1, 2), _list(3)), Pair(1, NIL, immutable=True),
        _cyclic(), _pairs_of_pairs(), Vector([]), Vector([1, 2.0, NIL]),
        Vector([1], immutable=True), Vector([Char(0x61), Char(0xDF)]), Bytevector(bytearray(b"ab\xff")),
        Bytevector(bytearray(b"a"), immutable=True), String("ab", immutable=True),
        Condition("user-error", "message:", (1, String("x"))),
        PrimitiveProcedure("car", _session()),
        _POINT, Record(_POINT, [1, NIL]), RecordType("empty", 0),
        Promise(Pair(True, 1)), Promise(Pair(False, 1)),
        Parameter(1, PrimitiveProcedure("car", _session())), Generator(PrimitiveProcedure("car", _session())),
        MultipleValues((1, 2)),
        HashTable(by_content=True), _table(), Pair(0, _cyclic()),
        *_ports(),
        _tree(4),
    ]  # fmt: skip


def _sample_of(expected: Type, rng: random.Random) -> Value:
    return rng.choice([value for value in _samples() if has_type(value, expected)] or [NOTHING])


def _kind_raised(row: Primitive, args: list[Value]) -> Condition:
    with pytest.raises(Raised) as caught:
        primitive_procedure(row.name, _session(), depth_limit=100).invoke(args, Span("test.omni", 1, 1), BOTTOM)
    condition = caught.value.payload
    assert type(condition) is Condition
    return condition


@pytest.mark.parametrize("row", [row for row in ROWS if row.name not in SUSPENDING], ids=lambda row: row.name)
def test_results_and_errors_are_the_declared_ones(row: Primitive) -> None:
    rng = random.Random(row.name)
    most = row.max_args if row.max_args is not None else row.min_args + 3
    succeeded = False
    for _ in range(300):
        argc = rng.randint(row.min_args, most)
        args = [_sample_of(row.type_of_argument(index), rng) for index in range(argc)]
        try:
            result = entry(row, _session(), argc)(*args)
        except Raised as raised:
            kind = raised.payload.kind if type(raised.payload) is Condition else "raised"
            assert kind in row.raises or row.name == "raise", (row.name, [write(a, 500) for a in args if a], kind)
        else:
            succeeded = True
            assert has_type(result, row.result) if row.result is not Type.NOTHING else result is NOTHING
    assert succeeded or row.name in ("error", "raise") or row.name.startswith("%raise-")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_wrong_argument_is_reported_from_left_to_right(row: Primitive) -> None:
    rng = random.Random(row.name)
    argc = row.min_args + (2 if row.max_args is None else 0)
    if row.fold:
        argc = 2  # with more, each binary step checks its own operands
    types = [row.type_of_argument(index) for index in range(argc)]
    for position, expected in enumerate(types):
        wrong = [value for value in _samples() if not has_type(value, expected)]
        if not wrong:
            continue
        args = [_sample_of(kind, rng) for kind in types[:position]]
        bad = rng.choice(wrong)
        # Whatever follows the first wrong argument does not matter.
        args += [bad] + [rng.choice(_samples()) for _ in types[position + 1 :]]
        condition = _kind_raised(row, args)
        assert (condition.kind, condition.message) == ("type-error", f"{row.name}: expected {expected.value}")
        assert len(condition.irritants) == 1 and condition.irritants[0] is bad


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_number_of_arguments_is_checked_first(row: Primitive) -> None:
    wrong = [row.min_args - 1] if row.min_args else []
    wrong += [row.max_args + 1] if row.max_args is not None else []
    for argc in wrong:
        condition = _kind_raised(row, [NOTHING] * argc)
        expected = arity_text(row.min_args, row.max_args)
        assert (condition.kind, condition.message) == ("arity-error", f"{row.name}: expected {expected}, got {argc}")
        assert condition.irritants == ()


def test_folded_calls_check_operands_step_by_step() -> None:
    add = PRIMITIVES["+"]
    assert _kind_raised(add, [INT_MAX, 1, intern("a")]).kind == "integer-overflow"
    assert _kind_raised(add, [1, intern("a"), intern("b")]).irritants == (intern("a"),)
    assert _kind_raised(add, [intern("a")]).kind == "type-error"


def test_every_sample_fits_some_type() -> None:
    for kind in Type:
        if kind is not Type.ANY and kind is not Type.NOTHING:
            assert any(has_type(value, kind) for value in _samples()), kind
