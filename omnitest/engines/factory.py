"""Engines by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Final

from omnitest.engines.asan import ASAN
from omnitest.engines.chez import CHEZ
from omnitest.engines.edges import EdgesEngine
from omnitest.engines.guile import GUILE
from omnitest.engines.native import CLANG, GCC_O0, GCC_O2, NativeEngine
from omnitest.engines.protocol import Engine, EngineOptions
from omnitest.engines.reference import ReferenceEngine
from omnitest.engines.scheme import SchemeEngine
from omnitest.engines.tcc import TCC, TCC_ASAN, TCC_TSAN, TCC_VALGRIND, TccEngine
from omnitest.engines.tsan import TSAN
from omnitest.engines.valgrind import VALGRIND

_MAKERS: Final[dict[str, Callable[[EngineOptions], Engine]]] = {
    "reference": ReferenceEngine,
    "tcc": lambda options: TccEngine(TCC, options),
    "tcc-valgrind": lambda options: TccEngine(TCC_VALGRIND, options),
    "tcc-asan": lambda options: TccEngine(TCC_ASAN, options),
    "tcc-tsan": lambda options: TccEngine(TCC_TSAN, options),
    "gcc-O0": lambda options: NativeEngine(GCC_O0, options),
    "gcc-O2": lambda options: NativeEngine(GCC_O2, options),
    "clang": lambda options: NativeEngine(CLANG, options),
    "valgrind": lambda options: NativeEngine(VALGRIND, options),
    "asan": lambda options: NativeEngine(ASAN, options),
    "tsan": lambda options: NativeEngine(TSAN, options),
    "edges": EdgesEngine,
    "guile": lambda options: SchemeEngine(GUILE, options),
    "chez": lambda options: SchemeEngine(CHEZ, options),
}

#: Other implementations of Scheme: they run a part of the language, and check the reference instead of the compiler.
FOREIGN_NAMES: Final = ("guile", "chez")

#: The engine that takes the place of tcc where guidance wants to know which edges of the runtime a program takes.
EDGES: Final = "edges"

#: The engines that run all of OmniLisp and judge it: the reference first, then from the cheapest to the dearest.
ENGINE_NAMES: Final = tuple(name for name in _MAKERS if name not in (EDGES, *FOREIGN_NAMES))

#: Stands for every engine of :data:`ENGINE_NAMES` in a list of names.
ALL: Final = "all"

#: What every program of a campaign goes through: one compilation by tcc, run by four builds of the runtime.
FAST_TIER: Final = ("tcc", "tcc-valgrind", "tcc-asan", "tcc-tsan")

#: The fast tier, other compilers, and sanitizers that also see what emitted code itself does. (``valgrind`` runs code
#: of gcc, at many times the cost of tcc-valgrind: it is for the triage of what that one has found.)
FULL_TIER: Final = (*FAST_TIER, "gcc-O0", "gcc-O2", "clang", "asan", "tsan")

#: Names that stand for several engines in a list of names.
GROUPS: Final = {ALL: ENGINE_NAMES, "fast": FAST_TIER, "full": FULL_TIER}

#: Every engine that can be asked for by name.
ALL_NAMES: Final = (*ENGINE_NAMES, EDGES, *FOREIGN_NAMES)


class UnknownEngine(ValueError):
    """No engine has that name; the message suggests the nearest."""


def engine_names(names: Iterable[str]) -> tuple[str, ...]:
    """``names`` without repetitions, with :data:`GROUPS` expanded; :class:`UnknownEngine` for one that is no engine."""
    chosen: dict[str, None] = {}
    for name in names:
        chosen.update(dict.fromkeys(GROUPS[name] if name in GROUPS else (_known(name),)))
    return tuple(chosen)


def make_engine(name: str, options: EngineOptions) -> Engine:
    """The engine called ``name``; its caller closes it. Raises :class:`UnknownEngine`."""
    return _MAKERS[_known(name)](options)


def _known(name: str) -> str:
    if name in _MAKERS:
        return name
    nearest = difflib.get_close_matches(name, [*ALL_NAMES, *GROUPS], n=1, cutoff=0.4)
    suggestion = f" Did you mean {nearest[0]}?" if nearest else ""
    raise UnknownEngine(f"there is no engine {name!r}.{suggestion} Engines: {', '.join([*ALL_NAMES, *GROUPS])}")
