"""Calling each primitive of a program by itself, to see which of them fails alone.

The library procedures are OmniLisp: a bug in ``reverse`` shows itself through ``map`` and ``sort``, too. A probe of a
primitive is a program that calls nothing else that matters, with several combinations of arguments of the right types,
and shows the results, the errors and what became of the arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Final

from compiler.passes.free_variables import children
from reference_interp import core
from reference_interp.library import library_procedures
from reference_interp.primitives import PRIMITIVES, Effect, Primitive, Type

#: Combinations of arguments that one probe tries, and values of each type.
_COMBINATIONS: Final = 16
_VALUES_OF_A_TYPE: Final = 4
#: Of the program's own values, so many are tried besides.
_OWN_VALUES: Final = 2
#: Arguments beyond those that a primitive must have.
_OPTIONAL: Final = 2

_VALUES: Final[dict[Type, tuple[str, ...]]] = {
    Type.ANY: ("(bytevector 1 2)", "2", '(list 1 "a")', "(bytevector 1 3)"),
    Type.NUMBER: ("7", "-255", "2.5", "100000", "-2"),
    Type.INTEGER: ("7", "16", "-255", "80", "-2"),
    Type.INTEGRAL: ("7", "-2", "4.0", "100000"),
    Type.INDEX: ("0", "1", "2", "9"),
    Type.FLOAT: ("2.5", "-0.5"),
    Type.BOOLEAN: ("#t", "#f"),
    Type.CHAR: ("#\\a", "#\\Z", "#\\x3bb"),
    Type.STRING: ("(string #\\a #\\b #\\c #\\d)", "(string)", "(string #\\a #\\b)"),
    Type.SYMBOL: ("'a", "'b"),
    Type.PAIR: ('(cons (list 1) "a")', "(list 1 2)"),
    Type.LIST: ('(list (list 1) 2 "a")', "(list 1 2)", "(list)", "(list 1 2 3 4)"),
    Type.VECTOR: ('(vector (list 1) 2 "a")', "(vector)", "(vector 1 2 3 4)"),
    Type.PROCEDURE: ("(lambda args 0)", "car"),
    Type.BYTE: ("0", "255"),
    Type.BYTEVECTOR: ("(bytevector 1 2 3)", "(bytevector)", "(bytevector 1 2 4)"),
    Type.HASH_TABLE: ("(let ((h (make-hash-table))) (hash-set! h 2 (list 1)) h)", "(make-hash-table)"),
}

_QUIET: Final = frozenset({Effect.PURE, Effect.ALLOCATE, Effect.READ, Effect.WRITE})


def primitives_of(program: core.Program) -> tuple[str, ...]:
    """The primitives that a program mentions, also in the library procedures that it uses, each once."""
    found: dict[str, None] = {}
    work: list[core.Expr] = list(program.forms)
    while work:
        expr = work.pop()
        if isinstance(expr, core.PrimRef):
            found.setdefault(expr.name)
        work.extend(children(expr))
    return tuple(found)


@lru_cache(maxsize=1024)
def family(name: str) -> tuple[str, ...]:
    """The other procedures that take and give the same types, as far as is known.

    They are primitives, and procedures of the library (``member``) behind which there is one for the library alone
    (``%member``): that one looks at its arguments itself, so any type may be meant where it says none.
    """
    own = _row(name)
    if own is None:
        return ()
    rows = {other: row for other in (*PRIMITIVES, *library_procedures()) if (row := _row(other)) is not None}
    return tuple(other for other, row in rows.items() if other != name and _alike(own, row))


def _row(name: str) -> Primitive | None:
    return PRIMITIVES.get(name) or PRIMITIVES.get(f"%{name}")


def _alike(one: Primitive, other: Primitive) -> bool:
    if (one.rest, one.optional, one.result, one.effect) != (other.rest, other.optional, other.result, other.effect):
        return False
    loose = one.name.startswith("%") or other.name.startswith("%")
    return len(one.params) == len(other.params) and all(
        a is b or (loose and Type.ANY in (a, b)) for a, b in zip(one.params, other.params, strict=True)
    )


def probe(name: str, literals: Iterable[tuple[Type, str]] = (), called: str = "") -> str | None:
    """A program that calls primitive ``name``, or the procedure ``called`` as if it was that one; None for one that
    cannot be called on its own.

    ``literals`` are values, with their types, that are tried before others.
    """
    row = PRIMITIVES[name]
    if name.startswith("%") or row.effect not in _QUIET or not row.deterministic:
        return None
    own = list(literals)
    calls = list(islice(_calls(row, called or name, own), _COMBINATIONS))
    return "\n".join(calls) + "\n" if calls else None


def _calls(row: Primitive, name: str, own: list[tuple[Type, str]]) -> Iterator[str]:
    """Calls with the fewest arguments first; the value of each shows the result and the arguments."""
    most = row.min_args + _OPTIONAL if row.max_args is None else min(row.max_args, row.min_args + _OPTIONAL)
    for argc in range(row.min_args, most + 1):
        choices = [_choice(row.type_of_argument(index), index, own) for index in range(argc)]
        if all(choices):
            by_place = sorted(product(*map(enumerate, choices)), key=lambda pairs: sum(place for place, _ in pairs))
            for values in ([value for _, value in pairs] for pairs in by_place[: _COMBINATIONS // 2]):
                locals_ = [f"x{index}" for index in range(argc)]
                bindings = " ".join(f"({local} {value})" for local, value in zip(locals_, values, strict=True))
                call = f"({' '.join([name, *locals_])})"
                shown = f"(write (list {' '.join([call, *locals_])}))"
                yield f"(guard (e (#t (write e))) (let ({bindings}) {shown}))"


def _choice(wanted: Type, index: int, own: list[tuple[Type, str]]) -> list[str]:
    """Values of a type; arguments of one type differ in which comes first."""
    known = _VALUES.get(wanted, ())
    turned = (*known[index % len(known) :], *known[: index % len(known)]) if known else ()
    mine = [text for kind, text in own if kind is wanted or (wanted is Type.NUMBER and kind is Type.INTEGER)]
    return list(dict.fromkeys((*mine[:_OWN_VALUES], *turned)))[: _VALUES_OF_A_TYPE + _OWN_VALUES]
