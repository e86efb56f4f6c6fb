"""The edges engine: tcc's programs on a runtime that counts the edges of its own control flow.

It judges like the engine ``tcc`` and says besides which edges each program took. A program that is killed, or ends the
process by itself, leaves no edges.
"""

from __future__ import annotations

from array import array
from dataclasses import replace
from pathlib import Path
from typing import Final

from compiler.flavours import FLAVOURS
from omnitest.engines.batch_process import Verdict
from omnitest.engines.company import Guest
from omnitest.engines.native import build_tools
from omnitest.engines.protocol import EngineOptions
from omnitest.engines.tcc import TCC, TccEngine
from omnitest.outcome import Observation

EDGES: Final = replace(
    TCC,
    name="edges",
    flavour=FLAVOURS["edges"],
    tools=(*build_tools("clang"), *TCC.tools[len(build_tools("gcc")) :]),
)


class EdgesEngine(TccEngine):
    """A :class:`TccEngine` whose observations have the edges taken as features ``edge:NUMBER:CLASS``."""

    def __init__(self, options: EngineOptions) -> None:
        super().__init__(EDGES, options)
        self._names: dict[int, str] = {}

    def _observe(self, directory: Path, index: int, verdict: Verdict) -> Observation:
        observation = super()._observe(directory, index, verdict)
        return replace(observation, features=self._edges(directory / f"{index}.edges"))

    def _observe_guest(self, directory: Path, guest: Guest) -> Observation | None:
        observation = super()._observe_guest(directory, guest)
        if observation is None:
            return None
        return replace(observation, features=self._edges(directory / f"{guest.index}.edges"))

    def _edges(self, path: Path) -> frozenset[str]:
        try:
            words = array("I", path.read_bytes())
        except (FileNotFoundError, ValueError):  # not written, or not to its end
            return frozenset()
        names = self._names
        for word in words:
            if word not in names:
                names[word] = f"edge:{word >> 3}:{word & 7}"
        return frozenset([names[word] for word in words])
