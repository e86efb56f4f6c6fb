"""Where an uncaught error is shown: never compared by campaigns, but the same on both sides for users."""

from __future__ import annotations

from omnitest.campaign.tasks import program_seed
from omnitest.campaign.worker import generated
from omnitest.generate import GeneratorConfig
from omnitest.oracle import Oracle
from omnitest.outcome import Raised
from omnitest.prepare import Settings


def _keeps_its_place(end: Raised, source: str) -> bool:
    """Whether the language says where an end is shown: not for an exit, nor for a raise in place of a tail call."""
    return end.kind != "exit" and not (end.kind == "raised" and "raise-continuable" in source)


def test_both_sides_show_the_same_position() -> None:
    programs = [generated(program_seed(123, number), GeneratorConfig(size=90)).text for number in range(120)]
    programs.append("(define (f)\n  (list (sort (list 2 'a) <)))\n(f)")
    programs.append("(sort (list 2 'a)\n <)")
    programs.append("(guard (e (#t\n (raise e)))\n (car 5))")  # what is raised again stays where it was
    compared = 0
    with Oracle(("tcc",), Settings()) as oracle:
        for judgement in oracle.judge(programs):
            ends = [observation.end for observation in judgement.observations]
            if all(isinstance(end, Raised) and _keeps_its_place(end, judgement.source) for end in ends):
                positions = {(end.line, end.column) for end in ends if isinstance(end, Raised)}
                assert len(positions) == 1, f"{ends}\n{judgement.source}"
                compared += 1
    assert compared > 6
