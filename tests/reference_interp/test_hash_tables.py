"""Hash tables against a model, and what becomes of keys that are changed."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_interp.builtins import entry
from reference_interp.equality import is_equal, is_eqv
from reference_interp.hashing import HASHED_PARTS, table_key
from reference_interp.primitives import PRIMITIVES
from reference_interp.session import Session
from reference_interp.values import NIL, NOTHING, HashTable, Pair, Value, Vector
from tests.reference_interp.graphs import random_graph
from tests.reference_interp.table_model import model, random_key, random_operations

SESSION = Session(b"", 1 << 20, None, None)


def call(name: str, *args: Value) -> Value:
    return entry(PRIMITIVES[name], SESSION, len(args))(*args)


def list_of(count: int, last: Value) -> Pair:
    value = Pair(last, NIL)
    for _ in range(count - 1):
        value = Pair(0, value)
    return value


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("by_content", [True, False])
def test_operations_are_those_of_the_model(by_content: bool, seed: int) -> None:
    table, expected = HashTable(by_content), model(by_content)
    for number, (name, key) in enumerate(random_operations(Random(seed), 300)):
        at = expected.find(key)
        assert call("hash-has-key?", table, key) is (at is not None)
        assert call("hash-ref", table, key, "none") == ("none" if at is None else expected.entries[at][1])
        match name:
            case "hash-set!":
                expected.set(key, number)
                assert call(name, table, key, number) is NOTHING
            case "hash-delete!":
                expected.delete(key)
                assert call(name, table, key) is NOTHING
            case "hash-clear!":
                expected.entries.clear()
                assert call(name, table) is NOTHING
        entries = list(table.entries.values())
        assert len(entries) == len(expected.entries) == call("hash-count", table)
        for (key, value), (expected_key, expected_value) in zip(entries, expected.entries, strict=True):
            assert key is expected_key and value == expected_value


@settings(deadline=None, max_examples=50)
@given(st.randoms(use_true_random=False))
def test_keys_are_the_same_when_the_values_are(random: Random) -> None:
    values = [*random_graph(random)[:4], *[random_key(random) for _ in range(6)]]
    for a in values:
        for b in values:
            assert (table_key(a, True) == table_key(b, True)) is is_equal(a, b)
            assert (table_key(a, False) == table_key(b, False)) is is_eqv(a, b)
            assert not is_equal(a, b) or hash(table_key(a, True)) == hash(table_key(b, True))


@pytest.mark.parametrize("length", [2, HASHED_PARTS, 10 * HASHED_PARTS])
def test_long_keys_differ_wherever_they_differ(length: int) -> None:
    table = HashTable(by_content=True)
    for last in range(5):
        call("hash-set!", table, list_of(length, last), last)
        call("hash-set!", table, Vector([0] * length + [last]), -last)
    for last in range(5):
        assert call("hash-ref", table, list_of(length, last)) == last
        assert call("hash-ref", table, Vector([0] * length + [last])) == -last
    assert call("hash-count", table) == 10


def test_a_changed_key_is_found_under_neither_of_its_contents() -> None:
    table, key = HashTable(by_content=True), Pair(1, NIL)
    call("hash-set!", table, key, "value")
    key.car = 2
    assert not call("hash-has-key?", table, Pair(1, NIL)) and not call("hash-has-key?", table, Pair(2, NIL))
    key.car = 1
    assert call("hash-ref", table, Pair(1, NIL)) == "value"


def test_a_copy_is_independent() -> None:
    table = HashTable(by_content=True)
    call("hash-set!", table, 1, "one")
    copy = call("hash-copy", table)
    call("hash-set!", copy, 2, "two")
    call("hash-delete!", copy, 1)
    assert call("hash-ref", table, 1) == "one" and call("hash-count", table) == 1
    assert copy.by_content
