"""Operands whose order of evaluation could be seen are evaluated by let*."""

from __future__ import annotations

from random import Random

import pytest

from omnitest.engines.scheme import COMMON_ERROR_KINDS, COMMON_FEATURES, common_names
from omnitest.generate import GeneratorConfig, generate_program
from omnitest.generate.config import Subset
from omnitest.generate.printing import flat
from omnitest.generate.sequencing import sequence_operands
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import SMALL
from omnitest.generate.vocabulary import BUILTINS
from reference_interp import parse, run

SHOW_1: Tree = ["display", "1"]
#: Engines narrow to these features and names; a feature that is common needs an order for each of its forms.
SUBSET = GeneratorConfig(
    features=COMMON_FEATURES,
    subset=Subset(common_names(), COMMON_ERROR_KINDS),
    error_percent=40,
)


def sequenced(tree: Tree, raising: tuple[Tree, ...] = ()) -> str:
    forms: list[Tree] = [tree]
    sequence_operands(forms, raising)
    return flat(forms[0])


def test_two_operands_with_effects_come_in_order() -> None:
    assert sequenced(["list", ["display", "1"], "x", ["display", "2"]]) == (
        "(let* ((operand-1 (display 1)) (operand-2 (display 2))) (list operand-1 x operand-2))"
    )


@pytest.mark.parametrize(
    "tree",
    [
        [
            "list",
            ["display", "1"],
            "2",
            ["quote", ["a"]],
            ["+", "1", ["*", "2", "3"]],
            ["lambda", [], ["display", "2"]],
        ],
        ["if", ["display", "1"], ["display", "2"], ["display", "3"]],
        ["begin", ["display", "1"], ["display", "2"]],
        ["cond", [["display", "1"], ["display", "2"]], ["else", ["display", "3"]]],
        ["let*", [["a", ["display", "1"]], ["b", ["display", "2"]]], "a"],
    ],
)
def test_what_has_an_order_of_its_own_stays(tree: Tree) -> None:
    assert sequenced(tree) == flat(tree)


def test_an_assigned_variable_is_read_in_its_turn() -> None:
    x, y = Var(SMALL), Var(SMALL)
    x.name, y.name = "x", "y"
    assert sequenced(["list", x, ["begin", ["set!", x, "1"], x]]).startswith("(let* ((operand-1 x)")
    assert sequenced(["list", y, ["display", y]]) == "(list y (display y))"


def test_a_deliberate_error_is_raised_in_its_turn() -> None:
    wrong: Tree = ["+", ["quote", "a"], "1"]
    assert sequenced(["list", SHOW_1, wrong]) == "(list (display 1) (+ 'a 1))"
    assert sequenced(["list", ["display", "1"], wrong], (wrong,)).startswith("(let* ((operand-1 (display 1))")
    assert sequenced(["missing", ["display", "1"]]).startswith("(let* ((operand-1 missing)")


def test_first_values_of_a_loop_and_parts_of_a_template_are_operands() -> None:
    loop = Var(SMALL)
    loop.name = "loop"
    bindings: list[Tree] = [["a", ["display", "1"]], ["b", ["display", "2"]]]
    named = Form(["let", loop, bindings, "a"], ([loop], ["a"]))
    assert sequenced(named) == (
        "(let* ((operand-1 (display 1)) (operand-2 (display 2))) (let loop ((a operand-1) (b operand-2)) a))"
    )
    template: Tree = ["quasiquote", [["unquote", ["f"]], "x", ["unquote-splicing", ["g"]]]]
    assert sequenced(template) == "(let* ((operand-1 (f)) (operand-2 (g))) `(,operand-1 x ,@operand-2))"


def test_portable_programs_end_as_intended_with_names_of_the_subset_only() -> None:
    for seed in range(300):
        program = generate_program(Random(f"portable {seed}"), SUBSET)
        assert not (set(program.uses) & BUILTINS) - common_names(), program.text
        result = run(parse(program.text), steps=200_000, output_limit=1 << 20)
        kinds = {result.condition.kind} if result.condition is not None else set()
        assert kinds <= program.may_raise and result.exhausted is None, program.text
