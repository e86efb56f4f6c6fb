"""Random graphs of pairs and vectors, and what is true of them by definition."""

from __future__ import annotations

from random import Random

from reference_interp.equality import is_eqv
from reference_interp.values import NIL, Pair, String, Value, Vector, intern


def random_graph(random: Random) -> list[Value]:
    """Pairs and vectors whose parts are some of them and some atoms."""
    nodes: list[Value] = [
        Pair(NIL, NIL) if random.random() < 0.7 else Vector([NIL] * random.randint(0, 4))
        for _ in range(random.randint(1, 12))
    ]
    # Few atoms and often none: equal parts are frequent.
    atoms = random.choice(([NIL], [NIL, 1], [NIL, 1, String("a"), intern("b")]))
    share_of_atoms = random.choice((0.1, 0.4, 0.7))
    # Without edges to earlier nodes there is no cycle.
    acyclic = random.random() < 0.3

    def part(index: int) -> Value:
        if random.random() < share_of_atoms or (acyclic and index + 1 == len(nodes)):
            return random.choice(atoms)
        return random.choice(nodes[index + 1 :] if acyclic else nodes)

    for index, node in enumerate(nodes):
        if isinstance(node, Pair):
            node.car, node.cdr = part(index), part(index)
        else:
            node.items = [part(index) for _ in node.items]
    return nodes


def parts(value: Value) -> list[Value] | None:
    """The parts of a pair or a vector."""
    if isinstance(value, Pair):
        return [value.car, value.cdr]
    return list(value.items) if isinstance(value, Vector) else None


def similar(a: Value, b: Value, depth: int) -> bool:
    """Whether the trees that two graphs unfold to are the same down to ``depth``. For graphs of n and m nodes that
    is ``equal?`` when the depth is n * m, by when every couple of nodes has met that ever meets."""
    couples = {(id(a), id(b)): (a, b)}
    for _ in range(depth):
        found: dict[tuple[int, int], tuple[Value, Value]] = {}
        for x, y in couples.values():
            xs, ys = parts(x), parts(y)
            if type(x) is not type(y):
                return False
            if xs is None or ys is None:
                if not (is_eqv(x, y) or (isinstance(x, String) and x.text == y.text)):
                    return False
                continue
            if len(xs) != len(ys):
                return False
            found.update({(id(p), id(q)): (p, q) for p, q in zip(xs, ys, strict=True)})
        couples = found
    return True


def isomorphic(a: Value, b: Value) -> bool:
    """Whether two graphs are the same but for the identity of their nodes."""
    images: dict[int, int] = {}
    stack = [(a, b)]
    while stack:
        x, y = stack.pop()
        xs, ys = parts(x), parts(y)
        if xs is None or ys is None:
            if not similar(x, y, 1):
                return False
        elif id(x) in images:
            if images[id(x)] != id(y):
                return False
        elif type(x) is not type(y) or len(xs) != len(ys) or id(y) in images.values():
            return False
        else:
            images[id(x)] = id(y)
            stack += zip(xs, ys, strict=True)
    return True


class LabelReader:
    """Reads back what is printed of the graphs here, datum labels included."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._labelled: dict[str, Value] = {}

    def read(self) -> Value:
        """The whole text."""
        value = self._value(None)
        assert self._at == len(self._text), self._text[self._at :]
        return value

    def _skip(self, expected: str) -> bool:
        found = self._text.startswith(expected, self._at)
        self._at += len(expected) * found
        return found

    def _digits(self) -> str:
        start = self._at
        while self._text[self._at].isdigit():
            self._at += 1
        return self._text[start : self._at]

    def _value(self, label: str | None) -> Value:
        if self._skip("#("):
            return self._vector(label)
        if self._skip("()"):
            return NIL
        if self._skip("("):
            return self._pair(label)
        if self._skip("#"):
            number = self._digits()
            if self._skip("#"):
                return self._labelled[number]
            assert self._skip("=") and number == str(len(self._labelled)), "labels are numbered in order"
            return self._value(number)
        for text, atom in (("1", 1), ('"a"', String("a")), ("b", intern("b"))):
            if self._skip(text):
                return atom
        raise AssertionError(self._text[self._at :])

    def _vector(self, label: str | None) -> Value:
        vector = Vector([])
        if label is not None:
            self._labelled[label] = vector
        while not self._skip(")"):
            vector.items.append(self._value(None))
            self._skip(" ")
        return vector

    def _pair(self, label: str | None) -> Value:
        first = last = Pair(NIL, NIL)
        if label is not None:
            self._labelled[label] = first
        first.car = self._value(None)
        while not self._skip(")"):
            if self._skip(" . "):
                last.cdr = self._value(None)
                continue
            assert self._skip(" ")
            last.cdr = Pair(self._value(None), NIL)
            last = last.cdr
        return first
