"""Expressions that wait for a place in the code that is generated next, and ways out of that code.

A form such as ``prompt`` and the ``control`` that belongs to it may be far apart: in a loop, in a procedure passed
to ``map``, below a ``guard``. So the form makes a :class:`Point` wait while its body is generated, and any expression
of the body whose type fits may become it. What may stand at such a place, and where code runs that is written
there, is kept right by the builder (:meth:`~omnitest.generate.builder.Builder.outside`,
:meth:`~omnitest.generate.builder.Builder.calm`).

Three rules bound programs that jump:

- *Exits go forward.* A full continuation is called only while its ``call/cc`` has not returned: code that calls it
  reaches nothing that outlives the body of the ``call/cc``.
- *Going back is paid for.* Whatever enters code again takes a unit from a counter of the form that made the
  continuation, and everything in that form is charged for as many runs.
- *No full continuation is called across a suspension of the generator whose body it was captured in*: it would
  run again what the generator's caller has done since, which no form around it pays for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from omnitest.generate.tree import Tree, Var
from omnitest.generate.types import Type


@dataclass(slots=True, eq=False)
class Point:
    """``build(size)`` gives an expression of ``type``; it is to stand at up to ``left`` places.

    ``yields`` says that it suspends a generator, ``stays`` that it can stand where no such point can.
    ``visible`` are the variables in scope of the form that made it.
    """

    type: Type
    build: Callable[[int], Tree]
    left: int
    yields: bool = False
    stays: bool = True
    placed: bool = False
    visible: frozenset[Var] = frozenset()


@dataclass(slots=True, eq=False)
class Exit:
    """A continuation in the variable ``name`` that takes a value of ``type``; ``used`` when a call was generated."""

    name: Var
    type: Type
    used: bool = False
