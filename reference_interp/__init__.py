"""OmniLisp as its reference defines it: reader, expander, Core, and a machine that runs Core.

``parse`` turns text into a :class:`~reference_interp.core.Program`, ``run`` runs one. Everything else in the
project takes the meaning of programs from here.
"""

from __future__ import annotations

from reference_interp.core import Program
from reference_interp.library import expand_program
from reference_interp.reader import SyntaxProblem, read_program
from reference_interp.running import Result, Uncaught, run

__all__ = ["Program", "Result", "SyntaxProblem", "Uncaught", "parse", "run"]


def parse(text: str, file: str = "<input>") -> Program:
    """Read and expand a program. Raises :class:`SyntaxProblem` when it is not well formed.

    ``file`` is the name that positions and messages show.
    """
    return expand_program(read_program(text, file), file, text)
