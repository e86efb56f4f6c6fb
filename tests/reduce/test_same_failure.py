"""What counts as the same failure while a program is reduced, on real engines with planted faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnitest import oracle as judging
from omnitest.compare import Diverged
from omnitest.engines.protocol import Limits
from omnitest.oracle import Oracle
from omnitest.prepare import Prepared, Settings, prepare
from omnitest.reduce import Subject
from omnitest.reducing import reduce_file
from omnitest.triage.blame import PassBlame
from omnitest.triage.replay import replay
from omnitest.triage.shrinking import candidate_test, cheapest_oracle, shrink
from omnitest.triage.signature import Manner, manner_of, signature
from omnitest.triage.triage import Suspect, triage

SETTINGS = Settings(plants=frozenset({"wrong-fold"}))


def divergence(oracle: Oracle, program: str) -> Diverged:
    (judgement,) = oracle.judge([program])
    assert isinstance(judgement.verdict, Diverged), judgement.verdict
    return judgement.verdict


@pytest.mark.parametrize(
    ("engine", "kind", "culprit", "other"),
    [("tcc", "leak", "reverse", "make-string"), ("asan", "out-of-bounds", "make-string", "reverse")],
)
def test_one_bug_is_not_traded_for_another(engine: str, kind: str, culprit: str, other: str) -> None:
    """Two bugs in one program: one engine only sees the leak, the other stops at the first access out of bounds."""
    settings = Settings(plants=frozenset({"leak", "out-of-bounds"}))
    program = '(define (rev x) (reverse x)) (display (make-string 5 #\\x)) (length (rev (list "a" (list 1) "b")))'
    with Oracle([engine], settings) as oracle:
        diverged = divergence(oracle, program)
        assert diverged.kind.value == kind
        told: list[Subject] = []
        result = shrink(oracle, Subject(program), diverged, 60, on_better=told.append)
        assert result.finished
        assert result.nodes <= 9
        assert culprit in result.subject.program and other not in result.subject.program
        assert [signature(divergence(oracle, subject.program)) for subject in told] == [signature(diverged)] * len(told)


def test_the_same_bug_may_show_itself_in_another_way() -> None:
    """An error in the place of a value and a wrong value are both the arithmetic that is folded wrongly."""
    program = "(define x (* 2 3)) (print (+ x (* 2 4))) (vector-ref (vector 1 2) (- 2 1))"
    with Oracle(["tcc"], SETTINGS) as oracle:
        diverged = divergence(oracle, program)
        result = shrink(oracle, Subject(program), diverged, 60)
        smaller = divergence(oracle, result.subject.program)
    assert result.nodes <= 3
    assert manner_of(smaller) is manner_of(diverged) is Manner.OUTCOME


def test_a_fault_of_the_compiler_is_reduced_without_an_engine() -> None:
    settings = Settings(plants=frozenset({"extra-drop"}))
    program = (
        "(define (pick a b c) (map car (list a))) (define (twice f x) (f (f x))) (print (twice list 3)) "
        "(pick (list 1) (list 2) (list 3))"
    )
    with Oracle([], settings) as oracle:
        diverged = divergence(oracle, program)
        result = shrink(oracle, Subject(program), diverged, 60)
        assert signature(divergence(oracle, result.subject.program)) == signature(diverged)
        assert result.nodes <= 12


def test_candidates_that_cannot_show_the_failure_are_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []

    def counted(source: str, file: str, prefix: str, settings: Settings, stdin: bytes = b"") -> Prepared:
        compiled.append(source)
        return prepare(source, file, prefix, settings, stdin)

    program = "(define (f x) (guard (e (#t (list (* 2 3) x))) (vector-ref (vector) x))) (f 1)"
    with Oracle(["tcc"], SETTINGS) as oracle:
        test = candidate_test(oracle, Subject(program), divergence(oracle, program))
        monkeypatch.setattr(judging, "prepare", counted)
        hopeless = ["(car", "(f 1)", "(car 0)", "(let loop () (loop))", "(vector-ref (vector) 1)"]
        answers = test([Subject(text) for text in (*hopeless, "(* 2 3)", "(list (* 2 3) 1)")])
        test.close()
    assert compiled == ["(* 2 3)", "(list (* 2 3) 1)"]
    assert answers[: len(hopeless)] == [False] * len(hopeless)
    assert answers[len(hopeless)]


def test_errors_that_the_program_caught_may_end_a_candidate() -> None:
    program = "(guard (e (#t 0)) (vector-ref (vector 1 2) 5))"
    with Oracle(["tcc"], Settings(plants=frozenset({"cycle-skip"}))) as oracle:
        leaking = f"(define p (list 1)) (set-cdr! p p) {program} (car p)"
        test = candidate_test(oracle, Subject(leaking), divergence(oracle, leaking))
        wanted = [Subject("(define p (list 1)) (set-cdr! p p) (vector-ref (vector 1) 1)"), Subject(program)]
        assert [test([subject]) for subject in wanted] == [[True], [False]]
        test.close()


def test_a_candidate_may_not_take_much_longer_than_the_program() -> None:
    slow = "(define (go n) (if (= n 0) (* 2 3) (go (- n 1)))) (go 100000)"
    with Oracle(["tcc"], Settings(plants=frozenset({"wrong-fold"}), limits=Limits(steps=5_000_000))) as oracle:
        quick = "(define (go n) (if (= n 0) (* 2 3) (go (- n 1)))) (go 10)"
        test = candidate_test(oracle, Subject(quick), divergence(oracle, quick))
        assert test([Subject(slow)]) == [False]
        assert test([Subject(quick)]) == [True]
        test.close()


def test_the_cheapest_engine_that_sees_it_is_asked() -> None:
    with Oracle(["gcc-O0", "tcc"], SETTINGS) as oracle:
        program = "(* 2 21)"
        found = cheapest_oracle(SETTINGS, Subject(program), divergence(oracle, program))
    assert found is not None
    with found[0] as cheapest:
        assert cheapest.engines == ("tcc",)


def test_an_interrupt_gives_the_best_so_far(tmp_path: Path) -> None:
    file = tmp_path / "failing.omni"
    program = "(define (unused x) (list x x))\n(display (unused 3))\n(define y 4)\n(list (* 2 3) y)\n"
    file.write_text(program, encoding="utf-8")
    told: list[int] = []

    def interrupt(nodes: int) -> None:
        told.append(nodes)
        if len(told) == 2:
            raise KeyboardInterrupt

    result = reduce_file(file, None, ["tcc"], SETTINGS, 60, 1, interrupt)
    assert result.interrupted and not result.reduction.finished
    assert result.reduction.nodes == told[-1] < result.before
    with Oracle(["tcc"], SETTINGS) as oracle:
        assert signature(divergence(oracle, result.reduction.subject.program)) == signature(result.diverged)


def test_a_finding_keeps_both_inputs() -> None:
    program = "(define line (read-line)) (list (string-length line) (* (string-length line) (+ 1 2)))"
    with Oracle(["tcc"], SETTINGS) as oracle:
        (judgement,) = oracle.judge([program], stdin=b"some text\n")
    assert isinstance(judgement.verdict, Diverged)
    finding = triage(Suspect(program, judgement.verdict, SETTINGS, ("tcc",), stdin=b"some text\n"), 60)
    assert finding is not None
    assert (finding.stdin, finding.original_stdin) == (b"", b"some text\n")
    assert replay(finding).reproduced and replay(finding, original=True).reproduced


def test_a_reduction_that_leads_to_another_bug_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two wrong values that only differ in the pass to blame: the smaller program shows the other one."""
    program = "(define (f x) (* x 1)) (list (f 2) (* 2 3))"
    asked: list[str] = []

    def pass_to_blame(oracle: Oracle, subject: Subject, diverged: Diverged, disabled: frozenset[str]) -> PassBlame:
        asked.append(subject.program)
        return PassBlame(("one",) if "list" in subject.program else ("another",), disabled)

    monkeypatch.setattr("omnitest.triage.triage.blamed", pass_to_blame)
    with Oracle(["tcc"], SETTINGS) as oracle:
        diverged = divergence(oracle, program)
    finding = triage(Suspect(program, diverged, SETTINGS, ("tcc",)), 60)
    assert finding is not None
    assert "list" in finding.reduced
    assert len(finding.reduced) < len(program)
    assert any("list" not in text for text in asked)
