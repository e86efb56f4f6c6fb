"""What the functions of a Flat program mention of the rest of the program."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from compiler.ir import flat

_LIMIT: Final = 4096  # functions of the library that a process remembers: the same objects in each program


@dataclass(frozen=True, slots=True)
class Mentions:
    """The program-level variables that a function ``defined`` and ``read`` or assigned; the labels of functions that it
    ``called`` directly and that it ``made`` closures of."""

    defined: frozenset[str]
    read: frozenset[str]
    called: frozenset[str]
    made: frozenset[str]


def mentions(function: flat.Function) -> Mentions:
    """What ``function`` mentions."""
    return _mentions(function) if function.library is None else _mentions_of_library(function)


def _mentions(function: flat.Function) -> Mentions:
    defined: set[str] = set()
    read: set[str] = set()
    called: set[str] = set()
    made: set[str] = set()
    for block in function.blocks:
        for instr in block.instrs:
            match instr.op:
                case flat.GlobalDefine(name=name):
                    defined.add(name)
                case flat.GlobalGet(name=name) | flat.GlobalSet(name=name):
                    read.add(name)
                case flat.CallKnown(label=label):
                    called.add(label)
                case flat.GroupMake(labels=labels):
                    made.update(labels)
                case _:
                    pass
    return Mentions(frozenset(defined), frozenset(read), frozenset(called), frozenset(made))


_mentions_of_library = lru_cache(maxsize=_LIMIT)(_mentions)


def is_closed(function: flat.Function) -> bool:
    """Whether ``function`` never uses the closure that it is called with, if it is called with one."""
    atoms = [atom for block in function.blocks for instr in block.instrs for atom in instr.args]
    atoms += [atom for block in function.blocks for atom in flat.terminator_atoms(block.end)]
    return function.self_param not in atoms
