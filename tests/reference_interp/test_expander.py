"""Syntax to Core: which nodes, which flags, what is linked, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from reference_interp import SyntaxProblem, parse, run
from reference_interp.core import (
    Call,
    Define,
    Expr,
    GlobalRef,
    Guard,
    Lambda,
    Let,
    Letrec,
    LocalRef,
    PrimRef,
    Program,
    Seq,
    Variable,
)
from reference_interp.libraries import FEATURES
from reference_interp.library import library_procedures, prelude
from reference_interp.linking import children


def _expressions(program: Program) -> Iterator[Expr]:
    """All expressions of the program's own forms."""
    stack = list(program.forms[program.prelude_forms :])
    while stack:
        expr = stack.pop()
        yield expr
        stack.extend(children(expr))


def _variables(program: Program) -> dict[str, Variable]:
    found: dict[str, Variable] = {}
    for expr in _expressions(program):
        match expr:
            case Let(variables=variables) | Letrec(variables=variables):
                found.update({variable.name: variable for variable in variables})
            case Lambda(params=params):
                found.update({variable.name: variable for variable in params})
            case Guard(variable=variable):
                found[variable.name] = variable
            case _:
                pass
    return found


def _checked(text: str) -> set[str]:
    return {name for name, variable in _variables(parse(text)).items() if variable.checked}


def _groups(text: str) -> list[set[str]]:
    return [{v.name for v in expr.variables} for expr in _expressions(parse(text)) if isinstance(expr, Letrec)]


# ---- recursive bindings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "checked"),
    [
        ("(define (f) (g)) (define (g) (f)) (f)", set()),
        ("(define (f) (f)) (define x (f)) x", set()),
        ("(define x 1) (define y (+ x 1)) y", set()),
        ("(define (f) x) (define x (f)) x", {"x"}),
        ("(define (f) x) (define x 1) (f)", set()),
        ("(define (f) x) (define y (f)) (define x 1) y", {"x"}),
        ("(define a (g)) (define (g) b) (define b 2) a", {"g"}),
        ("(define x x) x", {"x"}),
        ("(define x (list (lambda () x))) x", {"x"}),
        ("(define (f) y) (display 1) (define y 2) (f)", {"y"}),
        ("(display 1) (define (f) (g)) (define (g) (f)) (f)", set()),
        ("(define x (begin (set! y 1) 2)) (define y 3) y", {"y"}),
    ],
)
def test_only_variables_that_may_be_read_too_early_are_checked(body: str, checked: set[str]) -> None:
    assert _checked(f"(lambda () {body})") == checked


def test_recursive_groups_are_as_small_as_possible() -> None:
    text = """
    (lambda (n)
      (define (even? n) (or (= n 0) (odd? (- n 1))))
      (define (odd? n) (and (> n 0) (even? (- n 1))))
      (define limit 10)
      (define (loop i) (if (< i limit) (loop (+ i 1)) i))
      (define (single) 1)
      (even? (loop n)))"""
    assert _groups(text) == [{"even?", "odd?"}, {"loop"}]


def test_named_let_is_a_letrec_of_one_procedure_and_a_call() -> None:
    (expr,) = parse("(let loop ((i 0)) (loop i))").forms
    assert isinstance(expr, Letrec)
    (value,), body = expr.values, expr.body
    assert isinstance(value, Lambda) and value.name == "loop"
    assert isinstance(body, Call) and isinstance(body.function, LocalRef)
    assert body.function.variable is expr.variables[0]
    assert not expr.variables[0].checked


def test_expressions_between_definitions_stay_in_order() -> None:
    (expr,) = parse("(lambda () (display 1) (define x 2) (display x) x)").forms
    assert isinstance(expr, Lambda) and isinstance(expr.body, Seq)
    inner = expr.body.forms[1]
    assert isinstance(inner, Let) and isinstance(inner.body, Seq)


def test_assigned_variables() -> None:
    variables = _variables(parse("(lambda (a b) (let ((c 1) (d 2)) (set! a c) (lambda () (set! d 3))))"))
    assert {name for name, variable in variables.items() if variable.assigned} == {"a", "d"}


# ---- names ----------------------------------------------------------------------------------------------


def test_primitives_are_resolved_unless_the_program_takes_their_name() -> None:
    def operator(text: str) -> Expr:
        return next(expr.function for expr in _expressions(parse(text)) if isinstance(expr, Call))

    assert isinstance(operator("(car x)"), PrimRef)
    assert isinstance(operator("(car x) (define car 1)"), GlobalRef)
    assert isinstance(operator("(car x) (lambda () (set! car 1))"), GlobalRef)
    assert isinstance(operator("(lambda (car) (car 1))"), LocalRef)


def test_globals_are_listed_once_in_order() -> None:
    program = parse("(define b 1) (set! a 2) (define (f) (set! c 1)) (define b 2) unknown")
    assert program.globals == ("b", "a", "f", "c")
    assert program.prelude_forms == 0


def test_only_what_a_program_uses_of_the_prelude_is_linked() -> None:
    program = parse("(fold + 0 '(1))")
    names = [form.name for form in program.forms[: program.prelude_forms] if isinstance(form, Define)]
    assert names == ["%%check-procedure", "%%check-list", "%fold"]
    assert program.globals == tuple(names)
    assert parse("(+ 1 2)").prelude_forms == 0


def test_prelude_procedures_have_plain_names() -> None:
    for definition in prelude().definitions:
        assert isinstance(definition.value, Lambda)
        assert "%" + definition.value.name == definition.name
    assert {"map", "for-each", "sort", "compose"} <= set(library_procedures())
    assert not [name for name in library_procedures() if name.startswith("%")]


def test_a_program_that_defines_a_library_name_starts_with_the_library_procedure() -> None:
    program = parse("(display (filter odd? '(1 2))) (define old filter) (define (filter . x) (apply old x))")
    alias = program.forms[program.prelude_forms - 1]
    assert isinstance(alias, Define) and alias.name == "filter"
    assert isinstance(alias.value, GlobalRef) and alias.value.name == "%filter"
    # A program that defines it before any use needs nothing of the library's.
    assert parse("(define (map f) (map f)) (map 1)").prelude_forms == 0
    assert parse("(define f (lambda () (map 1))) (define (map x) x) (f)").prelude_forms > 0
    assert parse("(define map (list map))").prelude_forms > 0


@pytest.mark.parametrize("name", ["car", "cons", "reverse", "list?", "apply", "=", "null?"])
def test_the_library_does_not_see_the_programs_definitions(name: str) -> None:
    text = f"(define ({name} . x) 'broken) (list (map - '(1 2)) (sort (vector 2 1) <) (vector-map + #(1) #(2)))"
    result = run(parse(text))
    assert result.value is not None and "broken" not in result.value
    assert result.value == "((-1 -2) #(1 2) #(3))"


@pytest.mark.parametrize("keyword", ["if", "let", "lambda", "begin", "quote", "cond", "define", "set!", "else", "=>"])
def test_derived_forms_do_not_depend_on_the_programs_names(keyword: str) -> None:
    text = f"""
    (define (f {keyword}) {keyword})
    (do ((i 0 (+ i 1))) ((= i 3) (f 'ok)) (f i))"""
    assert run(parse(text)).value == "ok"


def test_derived_forms_use_primitives_whatever_they_are_called() -> None:
    text = """
    (define (list . x) 'my-list) (define (append . x) 'my-append) (define (memv . x) #f) (define (eqv? . x) #f)
    (let ((cons 1) (vector 2) (cons* 3))
      `(,(case 2 ((1 2) 'two)) ,(case 3 ((3) 'three)) ,@'(a) #(,cons) (b . ,vector)))"""
    assert run(parse(text)).value == "(two three a #(1) (b . 2))"


def test_a_definition_ends_the_keyword() -> None:
    assert run(parse("(define (f) (when #t 1)) (define (when . x) (cons 'my x)) (list (f) (when 1 2))")).value == (
        "(1 (my 1 2))"
    )
    assert run(parse("(define (define . x) x) (define 1 2)")).value == "(1 2)"


def test_names_of_procedures() -> None:
    text = """
    (define f (lambda () 1))
    (let ((g (lambda () 1)) (h (fn own () 1)))
      (letrec ((k (lambda () 1)))
        (define ((curried a) b) 1)
        (list f g h k curried (curried 1) (let loop ((i 0)) loop))))"""
    names = ["f", "g", "own", "k", "curried", "", "loop"]
    printed = " ".join(f"#<procedure {name}>" if name else "#<procedure>" for name in names)
    assert run(parse(text)).value == f"({printed})"


# ---- malformed forms ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("(if)", "if: a test and one or two branches are needed", 1, 1),
        ("(if 1 2 3 4)", "if: a test and one or two branches are needed", 1, 1),
        ("\n (lambda)", "lambda: parameters and a body are needed", 2, 2),
        ("(lambda (x))", "lambda: parameters and a body are needed", 1, 1),
        ("(lambda 5 1)", "parameters are expected here", 1, 9),
        ("(lambda (x 5) 1)", "a variable name is expected here", 1, 12),
        ("(lambda (x . 5) 1)", "a variable name is expected here", 1, 14),
        ("(lambda (x y . x) 1)", "the name x is bound twice", 1, 16),
        ("(fn f (x x) 1)", "the name x is bound twice", 1, 10),
        ("(let ((x 1 2)) x)", "let: a binding is a name and a value", 1, 7),
        ("(let x 1)", "let: bindings and a body are needed", 1, 1),
        ("(let 5 () 1)", "a variable name is expected here", 1, 6),
        ("(let* (x) x)", "let*: a binding is a name and a value", 1, 8),
        ("(letrec ((x 1) (x 2)) x)", "the name x is bound twice", 1, 17),
        ("(letrec* x 1)", "letrec*: bindings are a list", 1, 10),
        ("(let loop ((true 1)) 1)", "true is a constant and cannot be a variable", 1, 13),
        ("(do ((i 0)) () 1)", "do: the end test is a list", 1, 13),
        ("(do (i) (#t) 1)", "do: a variable has a start and perhaps a step", 1, 6),
        ("(do)", "do: variables and an end test are needed", 1, 1),
        ("(cond 5)", "cond: a clause is a list", 1, 7),
        ("(cond (else))", "cond: else needs a body", 1, 7),
        ("(cond (else 1) (1 2))", "cond: else is the last clause", 1, 7),
        ("(cond (1 => car cdr))", "one procedure follows =>", 1, 7),
        ("(case)", "case: a key is needed", 1, 1),
        ("(case 1 ((1)))", "case: a clause has data and a body", 1, 9),
        ("(case 1 (1 2))", "case: data are a list", 1, 10),
        ("(case 1 (else 1) ((2) 3))", "case: else is the last clause", 1, 9),
        ("(when 1)", "when: a test and a body are needed", 1, 1),
        ("(set! x)", "set!: a name and a value are needed", 1, 1),
        ("(set! if 1)", "if is a keyword, not a variable", 1, 7),
        ("(quote)", "quote: one datum is needed", 1, 1),
        ("(quasiquote 1 2)", "quasiquote: one template is needed", 1, 1),
        ("`(1 . ,@x)", "unquote-splicing: not inside of a list", 1, 7),
        (",@x", "unquote-splicing: has a meaning only inside of quasiquote", 1, 1),
        ("(guard e 1)", "guard: a name and clauses are needed", 1, 8),
        ("(guard (e))", "guard: a handler and a body are needed", 1, 1),
        ("(define)", "define: a name and a value are needed", 1, 1),
        ("(define (f))", "define: a name and a value are needed", 1, 1),
        ("(define () 1)", "define: a procedure needs a name", 1, 9),
        ("(define (5 x) 1)", "a variable name is expected here", 1, 10),
        ("(begin 1 (list (define x 1)))", "define: a definition cannot stand here", 1, 16),
        ("(define %map 1)", "%map: names that begin with % are reserved", 1, 9),
        ("(%raise-type 1 2 3)", "%raise-type: names that begin with % are reserved", 1, 2),
        ("(set! %x 1)", "%x: names that begin with % are reserved", 1, 7),
    ],
)
def test_malformed_forms(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(text, "file.omni")
    problem = caught.value
    assert (problem.message, problem.line, problem.column) == (message, line, column)
    assert problem.file == "file.omni" and problem.hint


def test_the_deepest_program_is_expanded_and_run() -> None:
    assert run(parse("(+ 1 " * 998 + "1" + ")" * 998)).value == "999"
    assert run(parse("(let ((x 1)) " * 490 + "x" + ")" * 490)).value == "1"
    assert run(parse("(begin " * 999 + "5" + ")" * 999)).value == "5"
    assert run(parse("((lambda () " * 490 + "5" + "))" * 490)).value == "5"
    assert run(parse("(guard (e (#t 1)) (cond (#t " * 330 + "5" + ")))" * 330)).value == "5"
    assert run(parse("`(,(car " * 240 + "'(7)" + "))" * 240)).value == "(7)"
    assert run(parse("'" * 998 + "x")).value is not None


# ---- keywords, libraries, features ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(define (f) (list else)) (define else 1)", "else is a keyword, not a variable"),
        ("(set! => 1)", "=> is a keyword, not a variable"),
        ("(else 1)", "else: has a meaning only inside of certain forms"),
        ("(list _)", "_ is a keyword, not a variable"),
        ("(begin (import (scheme base) (scheme nothing)))", "import: there is no library (scheme nothing)"),
        ("(import (srfi 13))", "import: there is no library (srfi 13)"),
        ("(import (only (scheme bas) car))", "import: there is no library (scheme bas)"),
        ("(import scheme)", "import: a library name is a list of symbols and numbers"),
        ("(import (only (scheme base) 5))", "import: names follow the library of only"),
        ("(import (only (rename (scheme base) (car kar)) kar))", "import: rename is not supported"),
        ("(list (import (scheme base)))", "import: cannot stand here"),
        ("(cond-expand 5)", "cond-expand: a clause is a list"),
        ("(cond-expand ((not a b) 1))", "cond-expand: this is not a feature requirement"),
        ("(cond-expand ((library base) 1))", "cond-expand: this is not a feature requirement"),
        ("(cond-expand (else 1) (r7rs 2))", "cond-expand: else is the last clause"),
        ("(cond-expand (r7rs (list (define x 1))))", "define: a definition cannot stand here"),
    ],
)
def test_keywords_and_libraries_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)
    assert caught.value.message == message and caught.value.hint


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(import (scheme base) (except (only (scheme write) display write) write) (srfi 1)) 5", "5"),
        ("5 (import (scheme base))", "nothing"),
        ("(define (import . x) x) (import 1)", "(1)"),
        ("(define (f) (cond-expand (omnilisp (define a 1)) (else (define a 2))) (cond-expand (x 1)) (+ a 1)) (f)", "2"),
        ("(cond-expand ((and) (cond-expand ((or) 1) ((not full-unicode) 2) (ieee-float (define x 3))))) x", "3"),
        ("(cond-expand ((and r7rs (library (srfi 1)) (not (library (scheme eval)))) 'yes) (else 'no))", "yes"),
        ("(cond-expand (ratios 1) (exact-closed 2))", "nothing"),
        ("(define else #f) (cond-expand (ratios 1) (else 2))", "2"),
    ],
)
def test_libraries_and_features(text: str, value: str) -> None:
    assert run(parse(text)).value == value


def test_cond_expand_and_the_features_procedure_agree() -> None:
    assert run(parse("(features)")).value == f"({' '.join(FEATURES)})"
    assert run(parse(f"(cond-expand ((and {' '.join(FEATURES)}) 'all))")).value == "all"


# ---- literals -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(let ((x '(#0=(a) #0#))) (eq? (car x) (cadr x)))", "#t"),
        ('(let ((x \'#(#0="a" (#0#)))) (eq? (vector-ref x 0) (car (vector-ref x 1))))', "#t"),
        ("(let ((x '(#0=a . #1=(#0# #0#)))) x)", "(a a a)"),
        ('(define-syntax m (syntax-rules () ((_ s) (list (eq? s s) (apply eq? \'(s s)))))) (m "a")', "(#f #f)"),
        ("(define-syntax m (syntax-rules () ((_ x) '(x x)))) (apply eq? (m (a)))", "#f"),
        ("`(1 #(#0=a #0#) ,(+ 1 1))", "(1 #(a a) 2)"),
        ("#u8(1 2)", "#u8(1 2)"),
    ],
)
def test_sharing_in_literals(text: str, value: str) -> None:
    assert run(parse(text)).value == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(list '#0=(a) '#0#)", "#0# refers to nothing in this literal"),
        ("#0=(list 1)", "a datum label cannot stand here"),
        ("(let ((x #0=1)) x)", "a datum label cannot stand here"),
        ("`(a #0=(b ,(+ 1 1)))", "a label cannot stand around an unquote"),
        ("`(a . #0=(b ,(+ 1 1)))", "a label cannot stand around an unquote"),
        ("`(#0=a ,(+ 1 1) #0#)", "#0# refers to nothing in this literal"),
    ],
)
def test_labels_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)
    assert caught.value.message == message


# ---- time -----------------------------------------------------------------------------------------------


def _flat_body(count: int) -> str:
    definitions = "".join(f"(define (g{i} x) (+ x n (g{i + 1} {i}))) (display x)" for i in range(count))
    return f"(define (f n x) {definitions} (define (g{count} x) (g0 x)) n)"


def _nested_body(count: int) -> str:
    """100 bodies within one another, each with its share of definitions that use the outer variables."""
    lines = [f"(define v{i} (+ a {i}))" for i in range(count // 100)]
    return (
        "(define (f a) " + "".join(f"(define (h{i} x) {' '.join(lines)}" for i in range(100)) + "a" + ")" * 100 + "a)"
    )


def _template(count: int) -> str:
    return "(define (f n) `(" + "(a ,n (b)) (c)" * count + "))"


@pytest.mark.parametrize("text", [_flat_body, _nested_body, _template])
def test_expansion_takes_linear_time(text: Callable[[int], str]) -> None:
    def seconds(count: int) -> float:
        program = text(count)
        before = time.process_time()
        parse(program)
        return time.process_time() - before

    small = min(seconds(500) for _ in range(3))
    assert seconds(8000) < 16 * 4 * small
