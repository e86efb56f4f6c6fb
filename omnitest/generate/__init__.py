"""Random programs: see :func:`generate` and the README beside this file."""

from __future__ import annotations

from omnitest.generate.config import ALL_FEATURES, Feature, GeneratorConfig, swarm
from omnitest.generate.program import GeneratedProgram, generate, generate_program

__all__ = [
    "ALL_FEATURES",
    "Feature",
    "GeneratedProgram",
    "GeneratorConfig",
    "generate",
    "generate_program",
    "swarm",
]
