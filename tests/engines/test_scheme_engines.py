"""The engines that are other implementations of Scheme."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import psutil
import pytest

from omnitest.compare import Agree, Diverged, Divergence, Inconclusive
from omnitest.engines.factory import FOREIGN_NAMES, make_engine
from omnitest.engines.protocol import Engine, EngineOptions, Limits
from omnitest.engines.scheme import PRELUDE, common_names, parse_record
from omnitest.generate import Feature, GeneratorConfig, generate_program
from omnitest.generate.vocabulary import BUILTINS
from omnitest.oracle import Oracle
from omnitest.outcome import Failed, Finished, HarnessFailure, Limit, LimitReached, Observation, Raised, Unsupported
from omnitest.prepare import Settings
from tests.engines.cases import LIMITS, Lisp, cases

KEYWORDS, VARIABLES = re.findall(
    r"\(([^()]*)\)", re.sub(r";.*", "", (PRELUDE / "names.scm").read_text(encoding="utf-8"))
)

#: Programs on which all must agree; every keyword of the common subset is in one of them.
AGREEMENTS = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(__file__).with_name("common").iterdir())
}


@pytest.fixture(scope="module", params=FOREIGN_NAMES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = make_engine(request.param, EngineOptions(LIMITS))
    yield made
    made.close()


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle(FOREIGN_NAMES, Settings()) as made:
        yield made


def observe(engine: Engine, *programs: str) -> list[Observation]:
    return engine.run(cases(map(Lisp, programs)))


@pytest.mark.parametrize("name", AGREEMENTS)
def test_what_is_common_means_the_same(oracle: Oracle, name: str) -> None:
    (judgement,) = oracle.judge([AGREEMENTS[name]])
    assert isinstance(judgement.verdict, Agree), judgement.verdict


def test_every_common_keyword_is_in_a_program_above() -> None:
    words = {word for program in AGREEMENTS.values() for word in re.findall(r"[^\s()'`,\"#]+", program)}
    assert set(KEYWORDS.split()) - words == {"quote", "quasiquote", "unquote", "unquote-splicing", "lambda"} - words
    assert "`" in AGREEMENTS["quasiquote"] and ",@" in AGREEMENTS["quasiquote"]


def test_every_common_variable_is_bound(engine: Engine) -> None:
    names = [name for name in VARIABLES.split() if name not in ("true", "false", "nothing")]
    (seen,) = observe(engine, f"(map procedure? (list {' '.join(names)}))")
    assert seen.end == Finished(f"({' '.join(['#t'] * len(names))})")


def test_the_common_names_are_names_of_the_language() -> None:
    assert common_names() - BUILTINS <= {"true", "false", "nothing", "...", "_", "unquote", "unquote-splicing"} | {
        "syntax-rules"
    }


@pytest.mark.parametrize(
    "program",
    ["(car 5)", "(vector-ref (vector 1) 1)", "((lambda (x) x))", "(quotient 1 0)", "(+ 1 'a)", "(undefined-name)",
     "(5 5)", "(string-append \"a\" 'b)", "(exact 1.5)", "(odd? 2.5)", "(map car 5)", "(substring \"abc\" 2 1)"],
)  # fmt: skip
def test_errors_of_its_own_have_no_kind_and_agree_with_any(engine: Engine, oracle: Oracle, program: str) -> None:
    (seen,) = observe(engine, f"(display 1) {program}")
    assert isinstance(seen.end, Failed) and seen.output == b"1"
    assert isinstance(oracle.judge([f"(display 1) {program}"])[0].verdict, Agree)


def test_errors_of_the_program_keep_their_parts(engine: Engine) -> None:
    seen = observe(engine, '(error "it is bad:" 1 "two")', "(error 'who 2.5)", "(raise '(1 . x))")
    assert [one.end for one in seen] == [
        Raised("user-error", "it is bad:", ("1", '"two"')),
        Raised("user-error", "who", ("2.5",)),
        Raised("raised", "uncaught object", ("(1 . x)",)),
    ]


@pytest.mark.parametrize(
    "program", ["(list 1 (match 5 (x x)))", "(hash-keys (make-hash-table))", "(% (count odd? '()) 1) open-input-string"]
)
def test_a_program_beyond_the_subset_is_not_judged(engine: Engine, program: str) -> None:
    words = {word for word in re.findall(r"[^\s()]+", program) if word in BUILTINS - common_names()}
    core = cases([Lisp("")])[0]
    (seen,) = engine.run([replace(core, source=program)])
    assert isinstance(seen.end, Unsupported) and all(word in seen.end.reason for word in words) and words


@pytest.mark.parametrize(
    "program",
    ["(display car)", "(list (lambda () 1))", "(guard (e (#t (condition-kind e))) (car 5))", "(eq? (string) (string))",
     "(expt -2.5 0.5)"],
)  # fmt: skip
def test_what_is_open_there_is_not_judged(oracle: Oracle, program: str) -> None:
    (judgement,) = oracle.judge([program])
    agrees = program == "(eq? (string) (string))"  # where there is one empty string only, it cannot tell
    assert isinstance(judgement.verdict, Inconclusive) or (agrees and isinstance(judgement.verdict, Agree))


def test_limits_cost_one_program_each(engine: Engine) -> None:
    loop = "(define (loop) (loop)) (loop)"
    memory = "(define (grow l) (grow (cons 1 l))) (grow '())"
    stack = "(define (deep n) (+ 1 (deep (+ n 1)))) (deep 0)"
    output = '(define (loop) (display "0123456789012345678901234567890123456789") (loop)) (loop)'
    seen = observe(engine, "1", loop, "2", memory, "3", stack, "4", output, "5")
    assert [one.end for one in seen[::2]] == [Finished(str(number)) for number in range(1, 6)]
    assert seen[1].end == LimitReached(Limit.CPU)
    assert seen[3].end in (LimitReached(Limit.MEMORY), LimitReached(Limit.CPU))
    assert seen[5].end in (LimitReached(Limit.MEMORY), LimitReached(Limit.CPU), LimitReached(Limit.STACK))
    assert seen[7].end in (LimitReached(Limit.OUTPUT), LimitReached(Limit.CPU))


@pytest.mark.parametrize("name", FOREIGN_NAMES)
def test_a_process_that_dies_costs_one_program(name: str) -> None:
    engine = make_engine(name, EngineOptions(LIMITS))
    others = set(psutil.Process().children(recursive=True))
    try:
        observe(engine, "1")
        for child in set(psutil.Process().children(recursive=True)) - others:
            child.kill()
        first, *rest = observe(engine, "1", "2", "3")
    finally:
        engine.close()
    assert isinstance(first.end, HarnessFailure) and f"{name} ended with -9" in first.end.reason
    assert [one.end for one in rest] == [Finished("2"), Finished("3")]


def test_programs_do_not_see_one_another(engine: Engine) -> None:
    seen = observe(
        engine,
        "(define (car x) 'mine) (define secret 1) (set-car! (list 1) 2) (gensym)",
        "(car '(1))",
        "secret",
        "(gensym)",
    )
    assert [seen[0].end, seen[1].end, seen[3].end] == [Finished("g1"), Finished("1"), Finished("g1")]
    assert isinstance(seen[2].end, Failed)


def test_input(engine: Engine) -> None:
    program = "(define (all) (let ((l (read-line))) (if (eof-object? l) '() (cons l (all))))) (all)"
    (seen,) = engine.run(cases([Lisp(program, stdin="one\ntwo λ\n\nlast".encode())]))
    assert seen.end == Finished('("one" "two λ" "" "last")')


def test_a_wrong_reference_is_contradicted() -> None:
    settings = Settings(plants=frozenset({"wrong-reference"}))
    for name in FOREIGN_NAMES:
        with Oracle([name], settings) as wrong:
            verdict = wrong.judge(["(* 6 7)"])[0].verdict
        assert isinstance(verdict, Diverged) and verdict.kind is Divergence.WRONG_VALUE and verdict.engines == (name,)


def test_narrowed_programs_are_in_the_subset_and_agree() -> None:
    with Oracle(FOREIGN_NAMES, Settings(verify=False, limits=Limits())) as oracle:
        config = oracle.narrow(GeneratorConfig(size=90))
        programs = [generate_program(Random(f"narrow {seed}"), config).text for seed in range(60)]
        verdicts = [judgement.verdict for judgement in oracle.judge(programs)]
    wrong = [(verdict, text) for verdict, text in zip(verdicts, programs, strict=True) if isinstance(verdict, Diverged)]
    assert wrong == []
    assert sum(isinstance(verdict, Agree) for verdict in verdicts) >= 54


def test_narrowing_is_an_intersection(engine: Engine) -> None:
    config = GeneratorConfig()
    once = engine.narrow(config)
    assert once.subset is not None and once.subset.names == common_names()
    assert engine.narrow(once) == once
    fewer = replace(config, features=frozenset({Feature.FLOATS}))
    assert engine.narrow(fewer).features <= fewer.features


@pytest.mark.parametrize(
    "text", ["", "omni-foreign 1\n", "omni-foreign 1\n5\nvalue\n", "omni-foreign 1\n5\nvalue\ncomplete\n",
             "omni-foreign 1\n5\nvalues\n0\n\n1\n4\ncomplete\n"],
)  # fmt: skip
def test_a_broken_record_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_record(text)


def test_texts_of_a_record_are_taken_by_size() -> None:
    tricky = "λ\ncomplete\n"
    assert parse_record(f"omni-foreign 1\n5\nvalue\n0\n\n{len(tricky)}\n{tricky}\ncomplete\n") == (
        Finished(tricky),
        b"",
    )
