"""Operands whose order of evaluation could be seen are evaluated by let*."""

from __future__ import annotations

from random import Random

import pytest

from omnitest.engines.scheme import COMMON_ERROR_KINDS, COMMON_FEATURES, common_names
from omnitest.generate import GeneratorConfig, generate_program
from omnitest.generate.config import Subset
from omnitest.generate.printing import flat
from omnitest.generate.sequencing import Shape, sequence_operands
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
        ["let*-values", [[["a"], ["display", "1"]], [["b"], ["display", "2"]]], "a"],
        ["let-values", [[["a"], ["display", "1"]], [["b"], ["values", "2"]]], "a"],
        ["receive", ["a"], ["display", "1"], ["display", "2"]],
        ["define-values", ["a", "b"], ["values", "1", "2"]],
        ["parameterize", [["p", ["display", "1"]]], ["display", "2"]],
        ["list", ["display", "1"], ["delay", ["display", "2"]]],
        ["list", ["display", "1"], ["delay-force", ["display", "2"]]],
        ["list", ["display", "1"], ["case-lambda", [[], ["display", "2"]], [["a"], ["display", "3"]]]],
        ["define-record-type", "point", ["make-point", "x"], "point?", ["x", "point-x"]],
        ["let-syntax", [["m", ["syntax-rules", [], [["_"], ["list", ["f"], ["g"]]]]]], ["display", "1"]],
    ],
)
def test_what_has_an_order_of_its_own_stays(tree: Tree) -> None:
    before = flat(tree)
    assert sequenced(tree) == before


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


def test_several_values_of_let_values_become_lists() -> None:
    tree: Tree = ["let-values", [[["a"], ["f"]], [["b"], ["values", "1"]], ["c", ["g"]]], "a"]
    assert sequenced(tree) == (
        "(let* ((operand-1 (call-with-values (lambda () (f)) list))"
        " (operand-2 (call-with-values (lambda () (g)) list)))"
        " (let-values (((a) (apply values operand-1)) ((b) (values 1)) (c (apply values operand-2))) a))"
    )


@pytest.mark.parametrize(
    "form",
    [
        ["receive", ["a"], ["values", "1"]],
        ["let-values", [[["a"], ["values", "1"]]]],
        ["let*-values", [[["a"], ["values", "1"]]]],
        ["parameterize", [["p", "1"]]],
        ["case-lambda"],
        ["delay"],
        ["delay-force"],
        ["let-syntax", []],
        ["letrec-syntax", []],
    ],
)
def test_operands_inside_of_a_form_come_in_order(form: list[Tree]) -> None:
    call: Tree = ["list", ["f"], ["g"]]
    body: Tree = [["a"], call] if form[0] == "case-lambda" else call
    text = sequenced([*form, body])
    assert "(let* ((operand-1 (f)) (operand-2 (g))) (list operand-1 operand-2))" in text


def test_parameters_are_bound_one_at_a_time() -> None:
    with pytest.raises(AssertionError, match="order of conversions"):
        sequenced(["parameterize", [["p", "1"], ["q", "2"]], "3"])


@pytest.mark.parametrize(
    "shape, use, expected",
    [
        (Shape.IN_ORDER, [["f"], ["g"]], "(m (f) (g))"),
        (Shape.OPERANDS, [["f"], ["g"]], "(let* ((operand-1 (f)) (operand-2 (g))) (m operand-1 operand-2))"),
        (Shape.BINDINGS, [[["a", ["f"]], ["b", ["g"]]], "a"], "(m ((a (f)) (b (g))) a)"),
        (
            Shape.PARALLEL_BINDINGS,
            [[["a", ["f"]], ["b", ["g"]]], "a"],
            "(let* ((operand-1 (f)) (operand-2 (g))) (m ((a operand-1) (b operand-2)) a))",
        ),
        (Shape.CLAUSES, [[["f"], ["g"]], ["else", ["h"]]], "(m ((f) (g)) (else (h)))"),
        (Shape.DEFINITION, [["f", "a"], ["g"]], "(m (f a) (g))"),
        (Shape.DATA, [["f", ["g"], ["h"]]], "(m (f (g) (h)))"),
    ],
)
def test_uses_of_a_macro_hold_operands_where_its_shape_says(shape: Shape, use: list[Tree], expected: str) -> None:
    macro = Var(SMALL)
    macro.name = "m"
    forms: list[Tree] = [[macro, *use]]
    sequence_operands(forms, (), {macro: shape})
    assert flat(forms[0]) == expected


def test_a_macro_may_assign_what_it_is_given() -> None:
    macro, x = Var(SMALL), Var(SMALL)
    macro.name, x.name = "swap!", "x"
    forms: list[Tree] = [["list", x, [macro, x, x]]]
    sequence_operands(forms, (), {macro: Shape.IN_ORDER})
    assert flat(forms[0]) == "(let* ((operand-1 x) (operand-2 (swap! x x))) (list operand-1 operand-2))"


def test_portable_programs_end_as_intended_with_names_of_the_subset_only() -> None:
    for seed in range(300):
        program = generate_program(Random(f"portable {seed}"), SUBSET)
        assert not (set(program.uses) & BUILTINS) - common_names(), program.text
        result = run(parse(program.text), steps=200_000, output_limit=1 << 20)
        kinds = {result.condition.kind} if result.condition is not None else set()
        assert kinds <= program.may_raise and result.exhausted is None, program.text
