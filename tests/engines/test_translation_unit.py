"""Programs mean the same whether they share their definitions with others or not."""

from __future__ import annotations

import random
import re

import pytest

from compiler.context import CompileOptions
from compiler.driver import compile_program
from omnitest.engines.factory import make_engine
from omnitest.engines.protocol import Case, EngineOptions
from omnitest.engines.translation_unit import translation_unit
from omnitest.generate import GeneratorConfig, generate_program, swarm
from reference_interp import parse
from tests.engines.cases import C, cases

#: Two procedures that name one another in C, because their calls are known and not in tail position.
_EVEN = (
    "(define (even n) (if (= n 0) {} (not (odd (- n 1)))))(define (odd n) (if (= n 0) #f (not (even (- n 1)))))(even 2)"
)


def _case(source: str, number: int, file: str = "program.omni") -> Case:
    core = parse(source, file)
    return Case(source, core, compile_program(core, CompileOptions(prefix=f"p{number}")))


def _batch(*sources: str) -> list[Case]:
    return [_case(source, number) for number, source in enumerate(sources)]


def _generated(seed: int, count: int) -> list[Case]:
    rng = random.Random(seed)
    config = swarm(rng, GeneratorConfig(size=60))
    return _batch(*[generate_program(rng, config).text for _ in range(count)])


def _functions(unit: str) -> list[str]:
    """The C names of the functions that a unit defines, without prefix and number."""
    return [re.sub(r"^\w+?_f\d+", "", name) for name in re.findall(r"^static omni_pending (\w+)\(.*\{$", unit, re.M)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_generated_programs_have_the_same_outcome_merged_and_alone(seed: int) -> None:
    programs = _generated(seed, 10)
    engine, reference = make_engine("tcc", EngineOptions()), make_engine("reference", EngineOptions())
    try:
        merged = engine.run(programs)
        alone = [observation for program in programs for observation in engine.run([program])]
        expected = reference.run(programs)
    finally:
        engine.close()
    assert [(o.end, o.output, o.faults) for o in merged] == [(o.end, o.output, o.faults) for o in alone]
    assert [o.output for o in merged] == [o.output for o in expected]


def test_merging_saves_a_good_part_of_generated_programs() -> None:
    programs = _generated(4, 24)
    alone = sum(len(translation_unit([program])) for program in programs)
    assert len(translation_unit(programs)) < 0.85 * alone


def test_a_program_alone_is_left_as_it_is() -> None:
    (program,) = _batch("(map (lambda (x) (+ x 1)) (list 1 2 3))")
    assert program.compiled.c_text in translation_unit([program])


def test_the_same_program_twice_is_compiled_once() -> None:
    source = f"{_EVEN.format('#t')} (sort (list 3 1 2) <)"
    once, other = _batch(source), _batch(source, source, source)
    assert sorted(_functions(translation_unit(other))) == sorted(_functions(translation_unit(once)))


def test_procedures_that_call_one_another_are_merged_only_if_all_of_them_are_the_same() -> None:
    def procedures(*sources: str) -> list[str]:
        names = _functions(translation_unit(_batch(*sources)))
        return sorted(name for name in names if name in ("_even", "_odd"))

    even = _EVEN.format("#t")
    assert procedures(even, f"{even} (write 1)") == ["_even", "_odd"]
    assert procedures(even, _EVEN.format("10")) == ["_even", "_even", "_odd", "_odd"]


def test_what_shows_where_it_is_in_the_source_is_merged_only_for_the_same_place() -> None:
    unit = translation_unit(
        _batch("(define (f x)\n (+ 1 (f (car x)))) (f 1)", "(define (f x)\n\n (+ 1 (f (car x)))) (f 1)")
    )
    assert _functions(unit).count("_f") == 2


def test_shared_tables_keep_objects_and_variables_apart() -> None:
    sources = (
        '(define a "x") (define b "x") (write (eq? a b)) (write (eq? a a))',
        '(define b "x") (define (f) "x") (write (eq? b (f))) (write (eq? (f) (f)))',
        "(define (f) a) (define c (guard (e (#t 'unbound)) (f))) (define a 1) (write c) (write a)",
        '(write "p0_f0_run p3_globals[0]") (define p3_f0 1) (write p3_f0)',
    )
    programs = _batch(*sources)
    engine, reference = make_engine("tcc", EngineOptions()), make_engine("reference", EngineOptions())
    try:
        observed, expected = engine.run(programs), reference.run(programs)
    finally:
        engine.close()
    assert [(o.end, o.output, o.faults) for o in observed] == [(o.end, o.output, o.faults) for o in expected]


def test_text_that_the_compiler_did_not_write_is_left_as_it_is() -> None:
    foreign = cases([C("return OMNI_NIL;", before="static int PREFIXn = 1;"), C("return OMNI_TRUE;")])
    unit = translation_unit([*foreign, *_batch("1")])
    assert all(case.compiled.c_text in unit for case in foreign)
