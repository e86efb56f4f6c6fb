"""Mutants of programs: changes of syntax trees that keep every variable bound.

A mutation changes one to a few places of a program that do not lie within one another. Each kind of change is a
function of the program, the place and what else there is, that gives a new expression for the place, or None where it
does not apply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Final

from omnitest.generate.config import GeneratorConfig
from omnitest.generate.types import fits
from omnitest.generate.vocabulary import BUILTINS, public
from omnitest.guide.growing import (
    clashes,
    constant,
    generated,
    names_in,
    read_expression,
    transplanted,
    tweaked,
    with_names,
)
from omnitest.guide.sites import Path, Site, Sites, replaced
from reference_interp.primitives import PRIMITIVES, Effect, Primitive
from reference_interp.syntax import Syntax, count_nodes, list_of, symbol, unparse

#: Places that are tried for one change before it is given up.
_TRIES: Final = 12
#: How many changes a mutant has; one of these.
_CHANGES: Final = (1, 1, 1, 1, 2, 2, 3, 4)
#: Sizes of generated subexpressions.
_SIZES: Final = (1, 3, 6, 10, 20)
#: A program that has grown to so many nodes is only made smaller, or changed in place.
MOST_NODES: Final = 500

_HOLE: Final = "hole"
#: What an expression can be wrapped in; ``hole`` is its place, ``v`` and ``w`` are new variables.
_WRAPPINGS: Final = (
    "(let ((v hole)) v)",
    "(let* ((v hole) (w v)) w)",
    "(letrec ((v (lambda () hole))) (v))",
    "(letrec* ((v (lambda () w)) (w hole)) (v))",
    "(let ((v nothing)) (set! v hole) v)",
    "(if (begin hole) hole nothing)",
    "(if hole 1 2)",
    "(or hole #f)",
    "(and #t hole)",
    "(not hole)",
    "(begin 0 hole)",
    "(guard (v (#t v)) hole)",
    "(guard (v (#f 0)) hole)",
    "(guard (v ((condition? v) (condition-kind v)) (else (raise v))) hole)",
    "(guard (v (#t v)) (raise hole))",
    "(with-exception-handler (lambda (v) 0) (lambda () hole))",
    "(with-exception-handler (lambda (v) v) (lambda () (raise-continuable hole)))",
    "((lambda (v) v) hole)",
    "((lambda (v w) w) 1 hole)",
    "((lambda v (car v)) hole)",
    "(apply (lambda (v) v) (list hole))",
    "((case-lambda ((v) v) ((v w) w)) hole)",
    "(let v ((w 2)) (if (= w 0) hole (v (- w 1))))",
    "(do ((v 0 (+ v 1)) (w nothing hole)) ((= v 3) w))",
    "(map (lambda (v) hole) '(1 2))",
    "(dynamic-wind (lambda () #f) (lambda () hole) (lambda () #f))",
    "(dynamic-wind (lambda () hole) (lambda () 1) (lambda () #f))",
    "(call/cc (lambda (v) hole))",
    "(call/cc (lambda (v) (v hole)))",
    "(+ 1 (call/cc (lambda (v) (dynamic-wind (lambda () #f) (lambda () (v hole)) (lambda () #f)))))",
    "(call-with-values (lambda () (values hole 1)) (lambda (v w) v))",
    "(receive v hole v)",
    "(force (delay hole))",
    "(let ((v (make-generator (lambda () (yield hole))))) (generator-next! v))",
    "(let ((v (make-parameter 1))) (parameterize ((v hole)) (v)))",
    "(match hole (v v))",
    "(match (list hole 1) ((list v w) v))",
    "(car (list hole))",
    "(vector-ref (vector hole 1) 0)",
    "(let ((v (list 1 2))) (set-car! v hole) v)",
    "(let ((v (make-hash-table))) (hash-set! v 'k hole) (hash-ref v 'k 0))",
    "(begin hole hole)",
)


#: Procedures by which loops and recursions know that they are at their end, and step towards it.
_COMPARING: Final = frozenset({"=", "<", ">", "<=", ">=", "zero?", "null?", "-"})


@dataclass(frozen=True, slots=True)
class _Work:
    """What a change may use: randomness, the program, another program to take from, the generator's configuration."""

    random: Random
    target: Sites
    donor: Sites | None
    config: GeneratorConfig


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutant's text and syntax nodes, the kinds of changes that made it, and whether a part of another program is
    in it."""

    text: str
    nodes: int
    changes: tuple[str, ...]
    spliced: bool


def mutant(random: Random, target: Sites, donor: Sites | None, config: GeneratorConfig) -> Mutant | None:
    """A mutant of ``target``, perhaps with a part of ``donor``; None if no change was found that applies."""
    work = _Work(random, target, donor, config)
    crowded = count_nodes(target.forms) > MOST_NODES
    done: dict[Path, Syntax] = {}
    changes: list[str] = []
    for _ in range(random.choice(_CHANGES)):
        for _ in range(_TRIES):
            site = random.choice(target.reached or target.sites)
            if any(_nested(site.path, path) for path in done) or (_is_delicate(target, site) and random.randrange(6)):
                continue
            name, change, grows = _CHOICES[random.randrange(len(_CHOICES))]
            new = None if grows and crowded else change(work, site)
            if new is not None:
                done[site.path] = new
                changes.append(name)
                break
    if not done:
        return None
    forms = target.forms
    for path, new in done.items():
        forms = replaced(forms, path, new)
    return Mutant(unparse(forms), count_nodes(forms), tuple(changes), "splice" in changes)


def _is_delicate(target: Sites, site: Site) -> bool:
    """Whether ``site`` may be what ends a loop: changed at random, such places make programs that do not end."""
    node = target.forms[site.path[0]]
    for index in site.path[1:]:
        head = node.items[0].symbol
        if head in _COMPARING or (head == "do" and index in (1, 2)):
            return True
        node = node.items[index]
    return False


def _nested(one: Path, other: Path) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


# ---- changes ----------------------------------------------------------------------------------------


def _generate(work: _Work, site: Site) -> Syntax | None:
    new = generated(work.random, work.config, site, work.random.choice(_SIZES))
    return None if clashes(names_in(new) - site.scope.keys(), work.target, site) else new


def _constant(work: _Work, site: Site) -> Syntax | None:
    new = constant(work.random, site.type)
    return None if clashes(names_in(new), work.target, site) else new


def _splice(work: _Work, site: Site) -> Syntax | None:
    return None if work.donor is None else transplanted(work.random, work.donor, work.target, site)


def _copy(work: _Work, site: Site) -> Syntax | None:
    """Another expression of the same program."""
    return transplanted(work.random, work.target, work.target, site)


def _wrap(work: _Work, site: Site) -> Syntax | None:
    text = work.random.choice(_WRAPPINGS)
    names = names_in(site.node)
    wrapping = read_expression(text)
    if clashes(names_in(wrapping) - {_HOLE}, work.target, site):
        return None
    fresh = _new_names(names | names_in(wrapping) | BUILTINS)
    return _filled(with_names(wrapping, {"v": fresh[0], "w": fresh[1]}), site.node)


def _new_names(taken: frozenset[str]) -> list[str]:
    names: list[str] = []
    number = 0
    while len(names) < 2:
        number += 1
        if f"t{number}" not in taken:
            names.append(f"t{number}")
    return names


def _filled(wrapping: Syntax, node: Syntax) -> Syntax:
    if wrapping.symbol == _HOLE:
        return node
    if not wrapping.items:
        return wrapping
    tail = None if wrapping.tail is None else _filled(wrapping.tail, node)
    return wrapping.replace_items([_filled(item, node) for item in wrapping.items], tail)


def _swap(work: _Work, site: Site) -> Syntax | None:
    """Two operands exchanged."""
    items = site.node.items
    places = [s.path[-1] for s in work.target.sites if s.path[:-1] == site.path and s.path[-1] > 0]
    pairs = list(combinations(places, 2))
    if not pairs:
        return None
    i, j = work.random.choice(pairs)
    swapped = [*items]
    swapped[i], swapped[j] = items[j], items[i]
    return site.node.replace_items(swapped, site.node.tail)


def _delete(work: _Work, site: Site) -> Syntax | None:
    """One of its parts in the place of an expression, or nothing."""
    depth = len(site.path)
    parts = [s for s in work.target.sites if len(s.path) > depth and s.path[:depth] == site.path]
    if not parts:
        return symbol("nothing") if work.random.randrange(3) == 0 and "nothing" not in site.scope else None
    part = work.random.choice(parts)
    inner = part.scope.keys() - site.scope.keys()
    return None if names_in(part.node) & inner else part.node


def _variable(work: _Work, site: Site) -> Syntax | None:
    """A variable, preferably of the same type."""
    if not site.scope or site.path[-1] == 0:
        return None
    same = [name for name in site.scope if fits(site.scope[name], site.type)]
    choices = same if same and work.random.randrange(3) else list(site.scope)
    return symbol(work.random.choice(choices))


def _tweak(work: _Work, site: Site) -> Syntax | None:
    return tweaked(work.random, site.node)


#: What may take the place of a primitive: what neither jumps nor depends on the surroundings.
_EXCHANGEABLE: Final = tuple(
    row
    for row in PRIMITIVES.values()
    if public(row.name) and row.deterministic and row.effect not in (Effect.SUSPEND, Effect.IO)
)


def _primitive(work: _Work, site: Site) -> Syntax | None:
    """Another primitive with the same number of arguments."""
    if site.primitive is None or not site.node.items or site.node.items[0].symbol != site.primitive:
        return None
    row = PRIMITIVES[site.primitive]
    count = len(site.node.items) - 1
    similar = work.random.randrange(3) > 0
    fitting = [other for other in _EXCHANGEABLE if other.accepts(count) and (not similar or _alike(other, row))]
    if not fitting:
        return None
    other = work.random.choice(fitting)
    if clashes((other.name,), work.target, site):
        return None
    return site.node.replace_items([symbol(other.name), *site.node.items[1:]], site.node.tail)


def _alike(one: Primitive, other: Primitive) -> bool:
    return one.result is other.result or one.params[:1] == other.params[:1]


def _rebind(work: _Work, site: Site) -> Syntax | None:
    """The expression where one of its variables is a constant."""
    if not site.scope or clashes(("let",), work.target, site):
        return None
    name = work.random.choice(list(site.scope))
    value = constant(work.random, site.scope[name])
    if clashes(names_in(value), work.target, site):
        return None
    return list_of(symbol("let"), list_of(list_of(symbol(name), value)), site.node)


_Change = Callable[[_Work, Site], Syntax | None]
#: Name of each kind of change, what makes it, how often it is chosen in proportion, and whether programs grow by it.
_KINDS: Final[tuple[tuple[str, _Change, int, bool], ...]] = (
    ("generate", _generate, 5, True),
    ("constant", _constant, 3, False),
    ("splice", _splice, 5, True),
    ("copy", _copy, 2, True),
    ("wrap", _wrap, 5, True),
    ("swap", _swap, 2, False),
    ("delete", _delete, 3, False),
    ("variable", _variable, 2, False),
    ("tweak", _tweak, 3, False),
    ("primitive", _primitive, 4, False),
    ("rebind", _rebind, 1, False),
)
_CHOICES: Final = tuple((name, change, grows) for name, change, weight, grows in _KINDS for _ in range(weight))
