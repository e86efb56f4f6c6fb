"""What programs are seen to reach."""

from __future__ import annotations

import pytest

from omnitest.engines.factory import make_engine
from omnitest.engines.protocol import Case, EngineOptions
from omnitest.guide.features import count_class, features_of, observed_features, pass_features
from omnitest.oracle import Oracle
from omnitest.prepare import Settings, prepare
from reference_interp import parse, run
from reference_interp.observing import Observer


def observed(text: str) -> set[str]:
    observer = Observer()
    run(parse(text), observer=observer)
    return set(observed_features(observer))


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("(+ 1 2.5)", "apply:+:int,float"),
        ("(map + '(1) '(2))", "apply:+:int,int"),
        ("(car 1)", "error:type-error:car::uncaught"),
        ("(guard (e (#t 1)) (car 1))", "error:type-error:car:guarded:handled"),
        ("(guard (e (#f 1)) (raise 1))", "error:raised:raise:guarded:handled"),
        ("(with-exception-handler (lambda (e) (vector-ref e 0)) (lambda () (raise 1)))",
         "error:type-error:vector-ref:guarded,handler:uncaught"),
        ("(dynamic-wind (lambda () 1) (lambda () (car 1)) (lambda () 1))", "error:type-error:car:wind:uncaught"),
        ("(generator-next! (make-generator (lambda () (car 1))))", "error:type-error:car:generator:uncaught"),
        ("((lambda (x) x))", "error:arity-error:::uncaught"),
    ],
)  # fmt: skip
def test_runs_show_what_is_applied_and_raised(text: str, feature: str) -> None:
    assert feature in observed(text)


def test_observing_changes_no_outcome() -> None:
    for text in ("(map + '(1 2) '(3 4))", "(guard (e (#t e)) (car 1))", "(apply vector-ref (list #(1) 5))", "car"):
        assert run(parse(text), observer=Observer()) == run(parse(text))


def test_counts_between_powers_of_two_are_one_feature() -> None:
    assert count_class(4) == count_class(7) != count_class(8)
    assert pass_features({"a": 4, "b": 0}) == pass_features({"a": 7}) == {"pass:a:3"}


def case(text: str, number: int) -> Case:
    made = prepare(text, "p.omni", f"p{number}", Settings())
    assert isinstance(made, Case)
    return made


def test_edges_belong_to_their_own_program_and_are_the_same_again() -> None:
    engine = make_engine("edges", EngineOptions())
    try:
        cases = [case("(display (sort '(3 1 2) <))", 0), case("1", 1), case("(display (sort '(3 1 2) <))", 2)]
        first, small, second = (set(observation.features) for observation in engine.run(cases))
    finally:
        engine.close()
    assert first == second
    assert len(small) < len(first) and first - small and all(name.startswith("edge:") for name in small)


def test_a_judgement_has_features_of_compiler_reference_and_runtime_and_endless_programs_cost_little() -> None:
    with Oracle(["edges"], Settings(), observe=True) as oracle:
        fine, endless = oracle.judge(["(+ 1 (car '(2)))", "(let loop () (loop))"])
    kinds = {feature.partition(":")[0] for feature in features_of(fine)}
    assert kinds == {"pass", "apply", "edge"}
    assert [observation.seconds > 0 for observation in endless.observations[1:]] == [False]
