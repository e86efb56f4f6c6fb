"""Mutants are programs in which every variable is bound that was bound before."""

from __future__ import annotations

from random import Random

import pytest

from omnitest.generate import GeneratorConfig, generate_program, swarm, types
from omnitest.guide.growing import transplanted
from omnitest.guide.mutation import mutant
from omnitest.guide.sites import Sites, is_well_scoped, replaced, sites_of, unbound
from reference_interp import parse, run
from reference_interp.reader import read_program
from reference_interp.syntax import atom, count_nodes, unparse

CONFIG = GeneratorConfig(size=60)


def programs(seed: int, count: int) -> list[tuple[str, Sites]]:
    random = Random(seed)
    found: list[tuple[str, Sites]] = []
    while len(found) < count:
        text = generate_program(random, swarm(random, CONFIG)).text
        sites = sites_of(text)
        if sites is not None:
            found.append((text, sites))
    return found


def scope_at(text: str, part: str) -> set[str]:
    sites = sites_of(text)
    assert sites is not None
    (site,) = [site for site in sites.sites if unparse([site.node]).strip() == part]
    return set(site.scope)


@pytest.mark.parametrize(
    ("text", "part", "names"),
    [
        ("(let ((a 1) (b 2)) (+ a b))", "(+ a b)", {"a", "b"}),
        ("(let* ((a 1) (b (car a))) b)", "(car a)", {"a"}),
        ("(define (f x . rest) (list x rest)) (f 1)", "(list x rest)", {"x", "rest"}),
        ("(let loop ((i 0)) (if (= i 3) i (loop (+ i 1))))", "(+ i 1)", {"loop", "i"}),
        ("(do ((i 0 (+ i 1))) ((= i 3) (list i)) (display i))", "(list i)", {"i"}),
        ("(guard (e (#t (car e))) (raise 1))", "(car e)", {"e"}),
        ("(guard (e (#t e)) (raise 1))", "(raise 1)", set()),
        ("(match '(1 2) ((list a b) (+ a b)))", "(+ a b)", {"a", "b"}),
        ("(case-lambda ((a) (list a)) ((a b) (cons a b)))", "(cons a b)", {"a", "b"}),
        ("(define g 1) (define h 2) (list g h)", "(list g h)", {"g", "h"}),
        ("(define-values (p q) (values 1 2)) (receive (r . s) (values 1 2) (list r s))", "(list r s)",
         {"p", "q", "r", "s"}),
    ],
)  # fmt: skip
def test_the_scope_of_an_expression_is_what_encloses_it(text: str, part: str, names: set[str]) -> None:
    assert scope_at(text, part) == names


def test_what_macros_bind_is_no_name_of_the_program() -> None:
    text = "(define-syntax twice (syntax-rules () ((_ e) (let ((tmp e)) (list tmp e))))) (twice (car '(1)))"
    assert scope_at(text, "(car '(1))") == set()


def test_a_site_is_a_place_for_any_expression() -> None:
    for text, sites in programs(1, 12):
        known = unbound(text)
        for site in sites.sites[::4]:
            assert is_well_scoped(unparse(replaced(sites.forms, site.path, atom(1))), known), unparse([site.node])


def test_patterns_clauses_and_bindings_are_no_places_for_expressions() -> None:
    sites = sites_of("(case 1 ((1 2) 'a) (else 'b)) (cond (#f 1)) (match 1 ((cons a b) a) (_ 2)) (do ((i 0 1)) (#t i))")
    assert sites is not None
    written = {unparse([site.node]).strip() for site in sites.sites}
    assert not written & {"((1 2) 'a)", "(1 2)", "(else 'b)", "(#f 1)", "(cons a b)", "((i 0 1))", "(i 0 1)", "(#t i)"}


def test_types_of_variables_are_those_that_a_run_showed() -> None:
    sites = sites_of('(define (f x s) (list x s)) (f 3 "ab") (f 5000 "abcd")')
    assert sites is not None
    (site,) = [site for site in sites.sites if unparse([site.node]).strip() == "(list x s)"]
    assert site.scope["x"] == types.Int(-(2**20), 2**20)
    assert site.scope["s"] == types.Str(2, 4)


def test_programs_that_ask_for_what_differs_between_runs_are_not_changed() -> None:
    assert sites_of("(display (integer? (current-jiffy)))") is None


def test_almost_all_mutants_are_well_scoped_and_few_do_not_end() -> None:
    random = Random(7)
    pool = programs(2, 12)
    well, endless, ended = 0, 0, 0
    for _ in range(150):
        text, sites = random.choice(pool)
        made = mutant(random, sites, random.choice(pool)[1], CONFIG)
        assert made is not None
        if not is_well_scoped(made.text, unbound(text)):
            continue
        well += 1
        endless += run(parse(made.text), steps=30_000, output_limit=1 << 16, memory=1 << 24).exhausted == "steps"
        ended += 1
    assert well >= 0.98 * 150
    assert endless <= 0.04 * ended


def test_a_seed_gives_the_same_mutants_again() -> None:
    (_, sites), (_, donor) = programs(3, 2)
    first, second = ([mutant(Random(i), sites, donor, CONFIG) for i in range(20)] for _ in range(2))
    assert first == second


def test_mutants_change_something_and_say_how_large_they_are() -> None:
    ((text, sites),) = programs(4, 1)
    for seed in range(20):
        made = mutant(Random(seed), sites, None, CONFIG)
        assert made is not None
        assert made.text != text and made.changes and not made.spliced
        assert made.nodes == count_nodes(read_program(made.text))


def test_a_transplant_keeps_the_meaning_of_the_languages_names() -> None:
    donor = sites_of("(define xs '(1 2)) (define (f y) (cons y xs)) (f 1)")
    target = sites_of("(define (g cons) (list cons)) (g 2)")
    assert donor is not None and target is not None
    (inside,) = [site for site in target.sites if unparse([site.node]).strip() == "(list cons)"]
    for seed in range(60):
        node = transplanted(Random(seed), donor, target, inside)
        assert node is None or "(cons " not in unparse([node])
