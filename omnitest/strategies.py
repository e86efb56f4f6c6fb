"""Hypothesis strategies for OmniLisp programs.

::

    from hypothesis import given
    from omnitest.strategies import programs

    @given(programs())
    def test_programs_parse(text: str) -> None:
        reference_interp.parse(text)
"""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from omnitest.generate import GeneratedProgram, GeneratorConfig, generate_program, swarm

__all__ = ["generated_programs", "programs"]


def programs(config: GeneratorConfig | None = None, *, vary_features: bool = True) -> SearchStrategy[str]:
    """Texts of programs that are well scoped, end, and mostly reach a value.

    ``config`` says what they may contain and how big they are (the default if None). With
    ``vary_features``, each example uses a part of its features only, see :func:`omnitest.generate.swarm`.

    Hypothesis controls every choice, so failing examples shrink and replay.
    """
    return generated_programs(config, vary_features=vary_features).map(_text)


def generated_programs(
    config: GeneratorConfig | None = None, *, vary_features: bool = True
) -> SearchStrategy[GeneratedProgram]:
    """Like :func:`programs`, with what the generator knows about each program."""
    base = config or GeneratorConfig()

    def build(random: Random) -> GeneratedProgram:
        return generate_program(random, swarm(random, base) if vary_features else base)

    return st.randoms(use_true_random=False).map(build)


def _text(program: GeneratedProgram) -> str:
    return program.text
