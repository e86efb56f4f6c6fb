"""Where a program keeps a continuation for later, and the counter that pays for its calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from omnitest.generate.builder import Builder
from omnitest.generate.config import Feature
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import NOTHING, Int, Proc

#: Steps of getting a continuation out of its store, of paying for its call and of the call.
RESUMPTION_COST = 60
_PROCEDURE = Proc((), NOTHING, 0)


@dataclass(frozen=True, slots=True)
class Store:
    """A place for a procedure, ``#f`` at first.

    ``around(forms)`` is the form that makes the place for ``forms``; ``put(procedure)`` an expression that stores;
    ``get`` one that gives what was stored last.
    """

    around: Callable[[list[Tree]], Tree]
    put: Callable[[Tree], Tree]
    get: Tree


def store(g: Builder) -> Store:
    """A place of a random kind: a variable, a slot of some object, a closure."""
    kinds = [_variable, _closure, _newest]
    if g.has(Feature.MUTATION):
        kinds += [_pair]
        if g.has(Feature.HASH_TABLES):
            kinds.append(_table)
        if g.has(Feature.RECORDS):
            kinds.append(_record)
        if g.has(Feature.VECTORS):
            kinds.append(_vector)
    return g.pick(kinds)()


def _bound(variable: Var, value: Tree) -> Callable[[list[Tree]], Tree]:
    return lambda forms: Form(["let", [[variable, value]], *forms], ([variable], forms))


def _variable() -> Store:
    kept = Var(_PROCEDURE)
    return Store(_bound(kept, "#f"), lambda k: ["set!", kept, k], kept)


def _closure() -> Store:
    """A variable whose value is a closure over the continuation."""
    kept, value = Var(_PROCEDURE), Var(NOTHING)

    def put(k: Tree) -> Tree:
        call: Tree = [k, value]
        return ["set!", kept, Form(["lambda", [value], call], ([value], [call]))]

    return Store(_bound(kept, "#f"), put, kept)


def _newest() -> Store:
    """The front of a list that keeps the older ones, too."""
    kept = Var(_PROCEDURE)
    return Store(_bound(kept, ["list", "#f"]), lambda k: ["set!", kept, ["cons", k, kept]], ["car", kept])


def _pair() -> Store:
    kept = Var(_PROCEDURE)
    return Store(_bound(kept, ["list", "1", "#f"]), lambda k: ["set-car!", ["cdr", kept], k], ["cadr", kept])


def _vector() -> Store:
    kept = Var(_PROCEDURE)
    return Store(
        _bound(kept, ["make-vector", "2", "#f"]),
        lambda k: ["vector-set!", kept, "1", k],
        ["vector-ref", kept, "1"],
    )


def _table() -> Store:
    kept = Var(_PROCEDURE)
    key: Tree = ["quote", "k"]
    return Store(
        _bound(kept, ["make-hash-table"]), lambda k: ["hash-set!", kept, key, k], ["hash-ref", kept, key, "#f"]
    )


def _record() -> Store:
    """A field of a record whose type is defined for it."""
    kept, type_, make, holds = Var(_PROCEDURE), Var(NOTHING), Var(_PROCEDURE), Var(_PROCEDURE)
    get, put = Var(_PROCEDURE), Var(_PROCEDURE)

    def around(forms: list[Tree]) -> Tree:
        defined: Tree = ["define-record-type", type_, [make, "held"], holds, ["held", get, put]]
        body: list[Tree] = [defined, _bound(kept, [make, "#f"])(forms)]
        return Form(["let", [], *body], ([type_, make, holds, get, put], body))

    return Store(around, lambda k: [put, kept, k], [get, kept])


@dataclass(frozen=True, slots=True)
class Fuel:
    """A counter of how often continuations may still be called that enter code again."""

    counter: Var
    units: int

    def around(self, forms: list[Tree]) -> Tree:
        """The form that makes the counter for ``forms``."""
        return _bound(self.counter, str(self.units))(forms)

    def pay(self, units: int, then: Tree, otherwise: Tree) -> Tree:
        """``then`` where ``units`` are left to pay for it, else ``otherwise``."""
        paid: Tree = ["begin", ["set!", self.counter, ["-", self.counter, str(units)]], then]
        return ["if", [">=", self.counter, str(units)], paid, otherwise]


def fuel(units: int) -> Fuel:
    """A counter that starts with ``units``."""
    return Fuel(Var(Int(0, units)), units)
