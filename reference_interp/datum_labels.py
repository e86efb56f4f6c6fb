"""Which objects are printed with a datum label: ``#0=`` where they are first, ``#0#`` afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from reference_interp.compounds import printed_parts
from reference_interp.values import Value


class Labels:
    """The labels of one text, numbered from 0 as their objects come up in it."""

    def __init__(self, labelled: set[int]) -> None:
        self._labelled = labelled
        self._numbers: dict[int, int] = {}

    def __contains__(self, value: Value) -> bool:
        return id(value) in self._labelled

    def next_mention(self, value: Value) -> tuple[int, bool]:
        """The number of an object that has a label, and whether it is mentioned for the first time."""
        known = len(self._numbers)
        number = self._numbers.setdefault(id(value), known)
        return number, number == known


NO_LABELS = Labels(set())


def find_labels(root: Value, shared: bool) -> Labels:
    """Labels for the objects in ``root`` that contain themselves; with ``shared``, for all that come up again.

    One depth-first search in the order of the printed text: what contains itself is found again on the way down
    to it. Every cycle has such an object, so a text in which these have labels is finite.
    """
    labelled: set[int] = set()
    being_visited: dict[int, bool] = {}  # objects seen: whether the search is still inside of them
    way: list[tuple[int, Iterator[Value]]] = []

    def enter(value: Value) -> None:
        key = id(value)
        if key in being_visited:
            if shared or being_visited[key]:
                labelled.add(key)
            return
        parts = printed_parts(value)
        if parts is not None:
            being_visited[key] = True
            way.append((key, parts))

    enter(root)
    while way:
        key, parts = way[-1]
        for part in parts:
            enter(part)
            break
        else:
            being_visited[key] = False
            way.pop()
    return Labels(labelled)
