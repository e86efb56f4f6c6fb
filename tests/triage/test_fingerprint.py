"""Names of bugs: one for all ways in which one bug shows itself, another for every other bug."""

from __future__ import annotations

from dataclasses import replace

import pytest

from omnitest.compare import Diverged, Divergence
from omnitest.outcome import Fault, FaultKind, Finished, Frame, Observation
from omnitest.triage.fingerprint import Evidence
from omnitest.triage.signature import runtime_frames, sighting, signature

REFERENCE = Observation("reference", Finished("1"))


def diverged(kind: FaultKind | Divergence, *stack: str, summary: str = "", engine: str = "asan") -> Diverged:
    """A divergence: a checker's report with a stack, or a wrong outcome."""
    fault = None
    if isinstance(kind, FaultKind):
        fault = Fault(kind, summary, (tuple(map(Frame, stack)),) if stack else ())
    seen = Observation(engine, Finished("2"), faults=(fault,) if fault else ())
    return Diverged(kind, summary, REFERENCE, seen, (engine,), fault)


def name(evidence: Evidence) -> str:
    return evidence.fingerprint()


LEAK = Evidence(diverged(FaultKind.LEAK, "malloc", "omni_cons", "p7_f3_go"), culprits=("reverse",))
LEAKS = {
    "counted": Evidence(
        diverged(FaultKind.LEAK, summary="3 objects alive at exit", engine="tcc"), culprits=("reverse",)
    ),
    "of something else": Evidence(
        diverged(FaultKind.LEAK, "__interceptor_malloc", "omni_string_make", "p1_f0_f"), culprits=("reverse",)
    ),
    "seen by valgrind": Evidence(
        diverged(FaultKind.LEAK, "calloc", "omni_cons", "p9_f1_other", engine="valgrind"), culprits=("reverse",)
    ),
}


@pytest.mark.parametrize("other", LEAKS)
def test_who_sees_a_leak_and_what_leaks_does_not_matter(other: str) -> None:
    assert name(LEAKS[other]) == name(LEAK)


@pytest.mark.parametrize("kind", [FaultKind.DOUBLE_FREE, Divergence.CRASH, FaultKind.OTHER])
def test_a_reference_too_few_has_one_name(kind: FaultKind | Divergence) -> None:
    freed = Evidence(diverged(FaultKind.USE_AFTER_FREE, "omni_car", "p1_f1_f"), culprits=("vector-fill!",))
    assert name(replace(freed, diverged=diverged(kind, "free", "omni_drop"))) == name(freed)


@pytest.mark.parametrize("kind", [Divergence.WRONG_OUTPUT, Divergence.UNEXPECTED_ERROR, Divergence.MISSING_ERROR])
def test_how_a_wrong_result_shows_does_not_matter(kind: Divergence) -> None:
    value = Evidence(diverged(Divergence.WRONG_VALUE), culprits=("modulo",))
    assert name(replace(value, diverged=diverged(kind))) == name(value)


DIFFERENT = [
    Evidence(diverged(Divergence.WRONG_VALUE), culprits=("modulo",)),
    Evidence(diverged(Divergence.WRONG_VALUE), culprits=("round",)),
    Evidence(diverged(Divergence.WRONG_VALUE), passes=("contify",)),
    Evidence(diverged(Divergence.WRONG_VALUE), passes=("fold-constants",), culprits=("-",)),
    Evidence(diverged(Divergence.WRONG_VALUE), passes=("fold-constants",)),
    Evidence(diverged(FaultKind.LEAK), culprits=("modulo",)),
    Evidence(diverged(FaultKind.LEAK, "malloc", "omni_cons", "p1_f1_f", summary="indirect leak of 24 bytes")),
    Evidence(diverged(FaultKind.OUT_OF_BOUNDS, "omni_string_ref", "p1_f1_f")),
    Evidence(diverged(FaultKind.OUT_OF_BOUNDS, "omni_make_string_n", "p1_f1_f")),
    Evidence(diverged(FaultKind.DATA_RACE, "omni_gensym", "p1_f1_f")),
    Evidence(diverged(FaultKind.OWNERSHIP, summary="a reference is never consumed: a_2 owns a reference")),
    Evidence(diverged(FaultKind.OWNERSHIP, summary="a reference is used where it is not held: a_2 is given away")),
    Evidence(diverged(FaultKind.COMPILER_CRASH, "run", "fold", summary="KeyError: 3")),
    Evidence(diverged(FaultKind.COMPILER_CRASH, "run", "clean", summary="KeyError: 4")),
]


def test_different_bugs_have_different_names() -> None:
    assert len({name(evidence) for evidence in DIFFERENT}) == len(DIFFERENT)


def test_procedures_do_not_matter_where_a_pass_that_knows_none_is_to_blame() -> None:
    blamed = Evidence(diverged(Divergence.WRONG_VALUE), passes=("contify",))
    assert name(replace(blamed, culprits=("+",))) == name(blamed)


def test_a_bug_of_some_c_compilers_is_another_one() -> None:
    everywhere = Evidence(diverged(Divergence.WRONG_VALUE), engines=("tcc", "gcc-O2"), wrong=("tcc", "gcc-O2"))
    assert name(everywhere) == name(replace(everywhere, engines=("tcc",), wrong=("tcc",)))
    assert name(everywhere) != name(replace(everywhere, wrong=("gcc-O2",)))


C_TEXT = """static omni_pending p1_f0_f(omni_context *ctx, omni_owned a_2);
static omni_pending p1_f0_f(omni_context *ctx, omni_owned a_2) {
  b_3 = omni_dup(a_2);
}
"""


def test_a_broken_rule_of_ownership_is_named_by_what_happened_to_the_local() -> None:
    def leaked(local: str, function: str) -> Evidence:
        summary = f"a reference is never consumed: {local} owns a reference that nobody consumes"
        return Evidence(diverged(FaultKind.OWNERSHIP, function, summary=summary))

    duplicated = replace(leaked("a_2", "p9_f0_f"), c_text=C_TEXT)
    assert name(duplicated) != name(leaked("a_2", "p9_f0_f"))
    assert name(leaked("a_2", "p9_f0_f")) == name(leaked("other_7", "p1_f3_g"))
    assert name(replace(leaked("c_4", "p9_f0_f"), c_text=C_TEXT)) == name(leaked("c_4", "p9_f0_f"))


@pytest.mark.parametrize("test", ["omni_truthy", "not omni_falsy"])
@pytest.mark.parametrize("states", ["owns a reference, but holds nothing", "holds nothing, but owns a reference"])
def test_a_reference_that_one_of_two_paths_forgets_has_one_name(states: str, test: str) -> None:
    meeting = diverged(
        FaultKind.OWNERSHIP, "p1_f0_f", summary=f"paths that meet disagree: paths meet where t_6 {states} after entry"
    )
    text = f"after {test}(x_1)@12"
    summary = "a reference is never consumed: a_2 owns a reference that nobody consumes"
    forgotten = Fault(FaultKind.OWNERSHIP, summary, ((Frame("p1_f0_f"),),), text)
    assert name(Evidence(meeting)) == name(Evidence(replace(meeting, fault=forgotten)))


def test_frames_stop_at_the_emitted_code_and_skip_what_allocates_and_counts() -> None:
    stack = (
        "__interceptor_malloc",
        "omni_object_allocate.part.0",
        "omni_cons",
        "omni_list_n.isra.0",
        "p1_f2_f",
        "main",
    )
    assert runtime_frames(tuple(map(Frame, stack))) == ("omni_cons", "omni_list_n")


@pytest.mark.parametrize("nameless", ["0x20155A83", "(<unknown module>)"])
def test_code_without_names_is_taken_for_emitted_code(nameless: str) -> None:
    stack = ("omni_cons", nameless, "omni_drive", "main")
    assert runtime_frames(tuple(map(Frame, stack))) == ("omni_cons",)


def test_reductions_keep_the_manner_and_sightings_the_details() -> None:
    read, freed = diverged(FaultKind.USE_AFTER_FREE, "omni_car"), diverged(FaultKind.DOUBLE_FREE, "omni_drop")
    assert signature(read) == signature(freed)
    assert sighting(read) != sighting(freed)
