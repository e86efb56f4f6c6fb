"""The primitives on hash tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reference_interp.builtins_data import make_list
from reference_interp.errors import failure
from reference_interp.hashing import table_key
from reference_interp.values import NOTHING, HashTable, Pair, String, Value


def hash_ref(table: HashTable, key: Value, *default: Value) -> Value:
    entry = table.entries.get(table_key(key, table.by_content))
    if entry is not None:
        return entry[1]
    if default:
        return default[0]
    raise failure("key", key, who="hash-ref")


def hash_set(table: HashTable, key: Value, value: Value) -> Value:
    """An entry that exists keeps its place and its key."""
    known = table_key(key, table.by_content)
    old = table.entries.get(known)
    table.entries[known] = (key if old is None else old[0], value)
    return NOTHING


def hash_delete(table: HashTable, key: Value) -> Value:
    table.entries.pop(table_key(key, table.by_content), None)
    return NOTHING


def hash_clear(table: HashTable) -> Value:
    table.entries.clear()
    return NOTHING


def hash_copy(table: HashTable) -> HashTable:
    copy = HashTable(table.by_content)
    copy.entries.update(table.entries)
    return copy


def raise_key(who: String, key: Value) -> Value:
    raise failure("key", key, who=who.text)


IMPLEMENTATIONS: Final[dict[str, Callable[..., Value]]] = {
    "make-hash-table": lambda: HashTable(by_content=True),
    "make-eqv-hash-table": lambda: HashTable(by_content=False),
    "hash-table?": lambda value: type(value) is HashTable,
    "hash-ref": hash_ref,
    "hash-set!": hash_set,
    "hash-delete!": hash_delete,
    "hash-clear!": hash_clear,
    "hash-has-key?": lambda table, key: table_key(key, table.by_content) in table.entries,
    "hash-count": lambda table: len(table.entries),
    "hash-keys": lambda table: make_list(key for key, _ in table.entries.values()),
    "hash-values": lambda table: make_list(value for _, value in table.entries.values()),
    "hash->list": lambda table: make_list(Pair(key, value) for key, value in table.entries.values()),
    "hash-copy": hash_copy,
    "%raise-key": raise_key,
}
