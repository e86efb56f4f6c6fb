"""equal?, write and write-shared on random graphs with cycles and shared parts."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_interp.equality import is_equal
from reference_interp.printer import Style, printed, write
from reference_interp.values import NIL, Condition, Pair, Value, Vector
from tests.reference_interp.graphs import LabelReader, isomorphic, parts, random_graph, similar

graphs = st.randoms(use_true_random=False).map(random_graph)


def reachable(root: Value) -> list[Value]:
    found: dict[int, Value] = {}
    stack = [root]
    while stack:
        value = stack.pop()
        if parts(value) is not None and id(value) not in found:
            found[id(value)] = value
            stack += parts(value) or []
    return list(found.values())


def is_cyclic(root: Value) -> bool:
    return any(node in reachable(part) for node in reachable(root) for part in parts(node) or [])


@settings(deadline=None)
@given(graphs)
def test_equality_is_that_of_the_unfoldings(nodes: list[Value]) -> None:
    for a in nodes:
        for b in nodes:
            assert is_equal(a, b) is similar(a, b, len(nodes) ** 2)


@settings(deadline=None)
@given(graphs)
def test_equality_does_not_depend_on_patience(nodes: list[Value]) -> None:
    """Many comparisons before the one in question make it start with remembering."""
    wide = [0] * 10_000
    for b in nodes[1:3]:
        assert is_equal(Vector([*wide, nodes[0]]), Vector([*wide, b])) is is_equal(nodes[0], b)


@settings(deadline=None)
@given(graphs)
def test_written_text_reads_back_as_an_equal_value(nodes: list[Value]) -> None:
    for node in nodes:
        text = write(node)
        assert is_equal(LabelReader(text).read(), node)
        assert ("#0=" in text) is is_cyclic(node)


@settings(deadline=None)
@given(graphs)
def test_write_shared_keeps_what_is_one_object(nodes: list[Value]) -> None:
    for node in nodes:
        text = printed(node, Style.WRITE_SHARED)
        assert isomorphic(LabelReader(text).read(), node)
        edges = [id(part) for each in reachable(node) for part in parts(each) or [] if parts(part) is not None]
        assert text.count("=") == len({edge for edge in edges if edges.count(edge) > 1 or edge == id(node)})


@settings(deadline=None)
@given(graphs)
def test_write_without_labels_is_write_simple(nodes: list[Value]) -> None:
    for node in nodes:
        if not is_cyclic(node):
            assert write(node) == printed(node, Style.WRITE_SIMPLE)


def cycle(length: int) -> Pair:
    first = last = Pair(1, NIL)
    for _ in range(length - 1):
        last.cdr = last = Pair(1, NIL)
    last.cdr = first
    return first


def test_equality_of_long_cycles_takes_linear_time() -> None:
    start = time.process_time()
    assert is_equal(cycle(20_000), cycle(19_999))
    assert time.process_time() - start < 10  # one comparison of each couple would take minutes


def test_equality_of_shared_structure_takes_linear_time() -> None:
    values: list[Value] = []
    for _ in range(2):
        value: Value = NIL
        for _ in range(100):
            value = Vector([value] * 500)
        values.append(value)
    assert is_equal(*values)


def test_labels_take_linear_time() -> None:
    value: Value = cycle(1)
    for _ in range(100):
        value = Pair(value, value)
    assert printed(value, Style.WRITE_SHARED).endswith(" . #1#) . #0#)")
    assert len(write(cycle(100_000))) == 200_000 + len("#0=(. #0#)")


@pytest.mark.parametrize("style", [Style.WRITE, Style.DISPLAY, Style.WRITE_SHARED])
def test_conditions_can_contain_themselves(style: Style) -> None:
    vector = Vector([NIL])
    condition = Condition("user-error", "m", (vector,))
    vector.items[0] = condition
    assert printed(condition, style) == "#0=#<condition user-error: m: #(#0#)>"
    assert printed(vector, style) == "#0=#(#<condition user-error: m: #0#>)"


def test_labels_stand_where_a_list_can_be_cut() -> None:
    tail = Pair(2, NIL)
    shared = Pair(1, tail)
    assert printed(Pair(tail, shared), Style.WRITE_SHARED) == "(#0=(2) 1 . #0#)"
    tail.cdr = tail
    assert write(shared) == "(1 . #0=(2 . #0#))"


def test_a_random_graph_has_cycles_and_shared_parts() -> None:
    random = Random(0)
    roots = [random_graph(random)[0] for _ in range(100)]
    assert 20 < sum(map(is_cyclic, roots)) < 90
    assert any("=" in printed(root, Style.WRITE_SHARED) for root in roots if not is_cyclic(root))
