"""The ownership verifier accepts what the compiler emits and rejects every single mistake in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from compiler.context import CompileOptions, Context
from compiler.ir import ctree
from compiler.ir.ctree_printer import print_unit
from compiler.pipeline import OPTIONAL_PASSES, PIPELINE
from compiler.verifier import NotPlainC, OwnershipViolation, Rule, Verifier, verify
from compiler.verifier.items import ItemReader, read_whole
from compiler.verifier.shapes import Unexpected
from omnitest.generate import GeneratorConfig, generate
from reference_interp import parse

EXAMPLES = Path(__file__).parents[2] / "corpora" / "examples"

#: Statements whose only purpose is ownership: each is needed exactly once.
_DROPS = frozenset({"omni_drop", "omni_drop2", "omni_drop3", "omni_drop4"})
_OPERATIONS = _DROPS | frozenset({"omni_dup", "omni_capture_init", "omni_save", "omni_save_immediate"})

VERIFIER = Verifier()


def unit_of(source: str, *, disabled: frozenset[str] = frozenset()) -> ctree.Unit:
    """The C tree of a program."""
    context = Context(CompileOptions(disabled=disabled))
    ir: object = parse(source, "test.omni")
    for step in PIPELINE:
        if not step.optional or context.enabled(step.name):
            ir = step.run(ir, context)
    assert isinstance(ir, ctree.Unit)
    return ir


def called(function: ctree.Function) -> set[str]:
    """Names of the functions that ``function`` calls."""
    names: set[str] = set()
    work: list[object] = list(function.body)
    while work:
        match work.pop():
            case ctree.Call(function=name, args=args):
                names.add(name)
                work.extend(args)
            case (
                ctree.Assign(value=part) | ctree.Do(call=part) | ctree.IfGoto(condition=part) | ctree.Return(value=part)
            ):
                work.append(part)
            case _:
                pass
    return names


def alone(unit: ctree.Unit, function: ctree.Function) -> str:
    """The text of ``function`` after the prototypes of those it calls."""
    others = tuple(replace(f, body=(), locals=()) for f in unit.functions if f.name in called(function))
    declared = print_unit(replace(unit, functions=others, data=(), final=()))
    prototypes = "\n".join(line for line in declared.splitlines() if line.endswith(");"))
    return prototypes + "\n" + print_unit(replace(unit, functions=(function,), data=(), final=()))


def is_operation(statement: ctree.Stmt, function: ctree.Function) -> bool:
    """Whether leaving out or repeating ``statement`` is always a mistake of ownership."""
    references = {local.name for local in function.locals if local.type == "omni_value"}
    match statement:
        case ctree.Do(call=call):
            return call.function in _OPERATIONS
        case ctree.IfGoto(condition=ctree.Call(function="omni_failed")):
            return True
        case ctree.Assign(value=ctree.Call(function="omni_restore" | "omni_restore_immediate" | "omni_suspend")):
            return True
        case ctree.Assign(target=target):
            return target in references
        case _:
            return False


def mutants(function: ctree.Function) -> Iterator[tuple[str, ctree.Function]]:
    """The function with one ownership operation left out, or done twice."""
    for position, statement in enumerate(function.body):
        if is_operation(statement, function):
            before, after = function.body[:position], function.body[position + 1 :]
            yield f"{position} removed: {statement}", replace(function, body=before + after)
            yield f"{position} doubled: {statement}", replace(function, body=(*before, statement, statement, *after))


@pytest.mark.parametrize("name", ["red_black_tree", "lazy_streams", "rpn_calculator"])
def test_every_single_mutation_is_rejected(name: str) -> None:
    unit = unit_of((EXAMPLES / f"{name}.omni").read_text())
    survivors = []
    count = 0
    sizes = sorted(unit.functions, key=lambda f: len(f.body))
    for function in sizes[len(sizes) // 2 :: 6]:
        VERIFIER.verify(alone(unit, function))
        for description, mutant in mutants(function):
            count += 1
            try:
                VERIFIER.verify(alone(unit, mutant))
            except OwnershipViolation:
                continue
            survivors.append(f"{function.name}: {description}")
    assert not survivors
    assert count > 100


SUSPENDING = """
(define (f g x)
  (guard (e ((string? e) (+ 1 (g e))))
    (let* ((b (car x)) (small? (< b 3)))
      (if (g b) (if small? (+ b (g (cdr x))) b) #f))))
(call/cc (lambda (k) (f k '(1 2))))
"""


def test_every_single_mutation_of_suspending_code_is_rejected() -> None:
    unit = unit_of(SUSPENDING)
    verify(print_unit(unit))
    resuming = [f for f in unit.functions if f.params[-1].name == "state"]
    assert len(resuming) >= 2
    survivors = []
    for index, function in enumerate(unit.functions):
        for description, mutant in mutants(function):
            changed = (*unit.functions[:index], mutant, *unit.functions[index + 1 :])
            try:
                VERIFIER.verify(print_unit(replace(unit, functions=changed)))
            except OwnershipViolation:
                continue
            survivors.append(f"{function.name}: {description}")
    assert not survivors


@pytest.mark.parametrize("disabled", [frozenset(), frozenset(OPTIONAL_PASSES)], ids=["all passes", "no passes"])
def test_examples_verify(disabled: frozenset[str]) -> None:
    for path in sorted(EXAMPLES.glob("*.omni"))[::8]:
        VERIFIER.verify(print_unit(unit_of(path.read_text(), disabled=disabled)))


HEAD = "static omni_pending f(omni_context *ctx, omni_owned self_1, omni_owned x_2)\n{\n"


def violation(body: str, locals_: str = "") -> OwnershipViolation:
    with pytest.raises(OwnershipViolation) as caught:
        verify(f'#line 7 "prog.omni"\n{HEAD}{locals_}\n{body}\n}}\n')
    return caught.value


def test_a_leak_names_function_value_path_and_line() -> None:
    found = violation(
        '#line 9 "prog.omni"\n  if (omni_truthy(x_2)) goto L1;\n  omni_drop(ctx, x_2);\n  return self_1;\nL1:\n'
        '#line 12 "prog.omni"\n  return self_1;'
    )
    assert (found.rule, found.function, found.value) == (Rule.LEAKED, "f", "x_2")
    assert (found.file, found.line) == ("prog.omni", 12)
    assert found.path == ("omni_truthy(x_2)@9",)


def test_use_after_drop() -> None:
    found = violation("  omni_drop(ctx, x_2);\n  omni_drop(ctx, x_2);\n  return self_1;")
    assert (found.rule, found.value, found.operation) == (Rule.ABSENT, "x_2", "omni_drop")


def test_value_given_away_and_lent_by_one_call() -> None:
    found = violation(
        "  t_3 = omni_set_car_x(ctx, x_2, x_2);\n  if (omni_failed(t_3)) goto F;\n  return self_1;\nF:\n"
        "  omni_drop(ctx, self_1);\n  return OMNI_FAILED;",
        "  omni_immediate t_3;",
    )
    assert (found.rule, found.value) == (Rule.ABSENT, "x_2")


def test_result_used_before_it_is_tested() -> None:
    found = violation("  v_3 = omni_car(ctx, x_2);\n  omni_drop(ctx, x_2);\n  return v_3;", "  omni_value v_3;")
    assert found.value == "v_3"


def test_paths_that_disagree() -> None:
    found = violation(
        "  if (omni_truthy(x_2)) goto L1;\n  omni_drop(ctx, x_2);\nL1:\n  return self_1;",
    )
    assert (found.rule, found.value) == (Rule.DISAGREE, "x_2")


def test_failure_that_is_swallowed() -> None:
    found = violation(
        "  v_3 = omni_car(ctx, x_2);\n  omni_drop(ctx, x_2);\n  if (omni_failed(v_3)) goto F;\n  omni_drop(ctx, v_3);\n"
        "  return self_1;\nF:\n  return self_1;",
        "  omni_value v_3;",
    )
    assert found.rule is Rule.UNTESTED


def test_capture_that_is_never_initialised() -> None:
    found = violation(
        "  omni_drop(ctx, x_2);\n  g_3 = omni_group_make(ctx, codes, 1, 1);\n  if (omni_failed(g_3)) goto F;\n"
        "  omni_drop(ctx, self_1);\n  return g_3;\nF:\n  omni_drop(ctx, self_1);\n  return OMNI_FAILED;",
        "  omni_value g_3;",
    )
    assert (found.rule, found.value) == (Rule.ABSENT, "g_3")


@pytest.mark.parametrize(
    "statement",
    ["  while (1) ;", "  x_2 += 1;", "  { return self_1; }", "  unknown(ctx, x_2);", "  ;", "  x_2 = *(&self_1);"],
)
def test_unknown_constructs_are_rejected(statement: str) -> None:
    assert violation(f"{statement}\n  omni_drop(ctx, x_2);\n  return self_1;").rule is Rule.FORM


def test_text_that_is_not_c_is_rejected() -> None:
    with pytest.raises(NotPlainC, match="does not parse"):
        verify("static omni_pending f(omni_context *ctx) { return @; }")


DESCRIPTOR = 'const omni_program {} = {{"test.omni", 0, 0, 0, 0, 0, 0, 0}};\n'


def complete(unit: ctree.Unit, function: ctree.Function, prefix: str) -> str:
    """As :func:`alone`, in the layout of a whole program, whose symbols begin with ``prefix``."""
    return alone(replace(unit, prefix=prefix), function) + DESCRIPTOR.format(prefix)


def test_a_remembered_proof_covers_the_same_function_and_no_mutant_of_it() -> None:
    verifier = Verifier()
    unit = unit_of(
        "(define (f p q) (cons (car p) q)) (define (g p q) (f q p)) (define (h x) (map f x '(1))) (list f g h)"
    )
    for function in unit.functions:
        verifier.verify(complete(unit, function, "p1"))
    for function in unit.functions:
        verifier.verify(complete(unit, function, "p2"))
        for _, mutant in mutants(function):
            with pytest.raises(OwnershipViolation):
                verifier.verify(complete(unit, mutant, "p2"))


def test_a_remembered_proof_depends_on_the_prototypes_of_the_callees() -> None:
    verifier = Verifier()
    declared = "static omni_pending {0}_g(omni_context *ctx, {1} x_1);\n"
    body = "static omni_pending {0}_f(omni_context *ctx, omni_owned a_1) {{\n  return {0}_g(ctx, a_1);\n}}\n"
    text = declared + body + DESCRIPTOR.replace("{}", "{0}")
    verifier.verify(text.format("p1", "omni_owned"))
    verifier.verify(text.format("p2", "omni_owned"))
    with pytest.raises(OwnershipViolation):
        verifier.verify(text.format("p3", "omni_borrowed"))


def test_a_remembered_proof_depends_on_the_frames_that_are_continued() -> None:
    verifier = Verifier()
    unit = unit_of(SUSPENDING)
    verifier.verify(print_unit(unit))
    for index, function in enumerate(unit.functions):
        for description, mutant in mutants(function):
            if "omni_save" not in description:
                continue
            functions = (*unit.functions[:index], mutant, *unit.functions[index + 1 :])
            with pytest.raises(OwnershipViolation):
                verifier.verify(print_unit(replace(unit, functions=functions)))


def texts() -> Iterator[str]:
    """C of programs from the corpora and of generated ones."""
    for path in sorted(EXAMPLES.glob("*.omni"))[::6]:
        yield print_unit(unit_of(path.read_text()))
    for seed in range(25):
        yield print_unit(unit_of(generate(Random(seed), GeneratorConfig(size=60))))


def test_reading_item_by_item_is_parsing_the_whole_text() -> None:
    reader = ItemReader()
    for text in texts():
        assert reader.read_items(text) == read_whole(text)


@pytest.mark.parametrize(
    "line",
    [
        "  goto L1; else goto L2;",
        "  typedef int t_1;",
        "  omni_value omni_owned;",
        "L1:",
        "L1: omni_value t_3;",
        "  { return x_2; }",
        '  omni_box_get(ctx, x_2, L"wide");',
        '  omni_box_get(ctx, x_2, "a" "b\\q");',
        "  t_3 = 08;",
        "  t_3 = omni_fixnum(1); /* why */",
        "  t_3 = omni_fixnum(",
        "#define x_2 1",
    ],
)
def test_what_cannot_be_cut_with_certainty_is_not_read_item_by_item(line: str) -> None:
    head = HEAD.replace("\n{", " {")
    ItemReader().read_items(f"{head}  return x_2;\n}}\n")
    with pytest.raises(Unexpected):
        ItemReader().read_items(f"{head}{line}\n}}\n")
