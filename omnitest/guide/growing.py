"""New subexpressions for a place in a program: generated, constant, or grown in another program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Final

from omnitest.generate import types
from omnitest.generate.builder import Builder
from omnitest.generate.config import Feature, GeneratorConfig, swarm, with_control
from omnitest.generate.constants import CHARACTERS, EDGES, FLOATS
from omnitest.generate.errors import error_kinds
from omnitest.generate.naming import assign_names
from omnitest.generate.printing import flat
from omnitest.generate.tree import Var
from omnitest.generate.vocabulary import BUILTINS
from omnitest.guide.sites import Site, Sites
from reference_interp.forms import KEYWORDS
from reference_interp.printer import write_atom
from reference_interp.reader import read_program
from reference_interp.syntax import Kind, Syntax, atom, list_of, symbol, walk
from reference_interp.values import intern

#: Steps that a generated subexpression may take.
_STEPS: Final = 1500
#: Nodes of the largest subtree that is taken from another program.
MOST_NODES: Final = 80
#: Of a hundred generated subexpressions, so many hold a deliberate error.
_ERROR_PERCENT: Final = 15
#: Features of whole programs, which a subexpression has no place for.
_OF_PROGRAMS: Final = frozenset({Feature.FILES, Feature.EXIT})

_INTERESTING: Final[dict[type, tuple[str, ...]]] = {
    types.Int: ("0", "1", "-1", "2", *map(str, EDGES)),
    types.Float: FLOATS,
    types.Number: ("0", "1", "-1", "0.5", "-0.0", "+nan.0", "+inf.0", str(EDGES[0]), str(EDGES[1])),
    types.Bool: ("#t", "#f"),
    types.Char: CHARACTERS,
    types.Str: ('""', '"a"', '"λ"', '"\\n"', '"0"', '"a longer string, of more characters than fit in a word"'),
    types.Sym: ("'a", "'||", "'|odd symbol|"),
    types.List: ("'()", "'(1)", "'(a (b . c))", "'(1 2 3 4 5 6 7 8 9)"),
    types.Pair: ("'(a . b)", "'(1 2)"),
    types.Bytes: ("#u8()", "#u8(0 255)"),
    types.Proc: ("car", "list", "values", "(lambda args args)", "(lambda () 1)"),
}
_ALL_INTERESTING: Final = (
    *(text for texts in _INTERESTING.values() for text in texts),
    *("nothing", "'#()", "#(1 2 3)", "(vector)", "(list)", "(make-hash-table)", "(make-string 3 #\\a)"),
)


def names_in(node: Syntax) -> frozenset[str]:
    """All names that occur in ``node``, those in quoted data included."""
    return frozenset([part.symbol for part in walk([node]) if part.symbol is not None])


def clashes(names: Iterable[str], target: Sites, site: Site) -> bool:
    """Whether one of the language's ``names`` means something of the program's own at ``site``."""
    return any(name in BUILTINS and (name in target.taken or name in site.scope) for name in names)


def read_expression(text: str) -> Syntax:
    """The one expression that ``text`` is."""
    (node,) = read_program(text)
    return node


def constant(random: Random, type_: types.Type) -> Syntax:
    """An interesting constant, mostly of the type ``type_``."""
    texts = _INTERESTING.get(type(type_), _ALL_INTERESTING) if random.randrange(4) else _ALL_INTERESTING
    return read_expression(random.choice(texts))


def generated(random: Random, config: GeneratorConfig, site: Site, size: int) -> Syntax:
    """An expression by the generator, with the variables of ``site`` where their types fit."""
    config = with_control(random, swarm(random, replace(config, steps=_STEPS, features=config.features - _OF_PROGRAMS)))
    builder = Builder(random, config)
    for name, type_ in site.scope.items():
        variable = Var(type_)
        variable.name = write_atom(intern(name))
        builder.scope.append(variable)
    if random.randrange(100) < _ERROR_PERCENT:
        builder.arm(random.choice(error_kinds(builder)))
    wanted = site.type if site.type != types.ANY and random.randrange(4) else builder.data_type()
    if isinstance(wanted, types.Proc):
        wanted = builder.proc_type()
    tree = builder.expr(wanted, size)
    assign_names(tree, random, builder.has(Feature.SHADOWING))
    return read_expression(flat(tree))


def transplanted(random: Random, donor: Sites, target: Sites, site: Site) -> Syntax | None:
    """An expression of ``donor`` for ``site``; None if the one that was tried cannot stand there.

    Variables that it has not bound itself become variables of ``site``, or are bound around it to constants.
    """
    sites = donor.reached or donor.sites
    source = random.choice(sites)
    if site.type != types.ANY and random.randrange(3):
        fitting = [other for other in sites if types.fits(other.type, site.type)]
        source = random.choice(fitting) if fitting else source
    node = source.node
    if sum(1 for _ in walk([node])) > MOST_NODES:
        return None
    names = names_in(node)
    foreign = names & (source.scope.keys() | donor.taken)
    if names & donor.fixed or foreign & KEYWORDS.keys() or clashes(names - foreign, target, site):
        return None
    bindings = []
    renamed: dict[str, str] = {}
    for name in sorted(foreign):
        type_ = source.scope.get(name, types.ANY)
        unusable = names | set(renamed.values())
        candidates = [
            other for other, known in site.scope.items() if types.fits(known, type_) and other not in unusable
        ]
        if candidates and random.randrange(4):
            renamed[name] = random.choice(candidates)
        else:
            value = constant(random, type_)
            if clashes(names_in(value), target, site):
                return None
            bindings.append(list_of(symbol(name), value))
    node = with_names(node, renamed)
    if not bindings:
        return node
    if clashes(("let",), target, site) or any(b.items[0].symbol in renamed.values() for b in bindings):
        return None
    return list_of(symbol("let"), list_of(*bindings), node)


def with_names(node: Syntax, renamed: dict[str, str]) -> Syntax:
    """``node`` with other names, wherever they occur."""
    if not renamed:
        return node
    if node.kind is Kind.ATOM:
        return symbol(renamed[node.symbol]) if node.symbol in renamed else node
    tail = None if node.tail is None else with_names(node.tail, renamed)
    return node.replace_items([with_names(item, renamed) for item in node.items], tail)


def tweaked(random: Random, node: Syntax) -> Syntax | None:
    """A literal near ``node``, or at the boundary of its type; None if it is no literal."""
    match node.datum:
        case bool(b):
            return atom(not b)
        case int(n):
            near = random.choice((n + 1, n - 1, -n, 2 * n, n // 2, 0, *EDGES))
            return atom(max(EDGES[1], min(EDGES[0], near)))
        case float(x):
            return atom(random.choice((x + 1.0, -x, x * 0.5, *[float(text.replace(".0", "")) for text in FLOATS])))
        case _:
            return None
