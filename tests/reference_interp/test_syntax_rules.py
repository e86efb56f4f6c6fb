"""Macros: what syntax-rules matches and builds, hygiene, and what is refused."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_interp import SyntaxProblem, parse, run
from reference_interp.expander import EXPRESSION_NESTING_LIMIT, SUCCESSIVE_EXPANSIONS_LIMIT
from reference_interp.syntax_rules import EXPANSION_LIMIT


def _value(text: str) -> str | None:
    result = run(parse(text), steps=1_000_000)
    assert result.condition is None, result.condition
    return result.value


def _problem(text: str) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)
    assert caught.value.hint
    return caught.value


def _rules(*rules: str, literals: str = "") -> str:
    return f"(define-syntax m (syntax-rules ({literals}) {' '.join(rules)}))\n"


# ---- patterns and templates -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "use", "value"),
    [
        ("((_) 'none)", "(m)", "none"),
        ("((_ a b) '(b a))", "(m 1 (2 3))", "((2 3) 1)"),
        ("((_ . args) 'args)", "(m 1 2)", "(1 2)"),
        ("((_ . args) 'args)", "(m)", "()"),
        ("((_ . args) 'args)", "(m . 5)", "5"),
        ("((_ a . rest) '(rest a))", "(m 1 2 . 3)", "((2 . 3) 1)"),
        ("((_ a ...) '(a ...))", "(m)", "()"),
        ("((_ a ... b) '(b a ...))", "(m 1 2 3)", "(3 1 2)"),
        ("((_ a ... b c) '(b (a ...) c))", "(m 1 2)", "(1 () 2)"),
        ("((_ a ... . r) '((a ...) r))", "(m 1 2)", "((1 2) ())"),
        ("((_ a ... b . r) '((a ...) b r))", "(m 1 2 3 . 4)", "((1 2) 3 4)"),
        ("((_ (a ... . r)) '((a ...) r))", "(m 7)", "(() 7)"),
        ("((_ (a b ...) ...) '(a ... (b ...) ...))", "(m (1 2) (3) (4 5 6))", "(1 3 4 (2) () (5 6))"),
        ("((_ (a b ...) ...) '((a b) ... ...))", "(m (1 2 3) (4) (5 6))", "((1 2) (1 3) (5 6))"),
        ("((_ ((a ...) ...) ...) '(a ... ... ...))", "(m ((1 2) (3)) () ((4)))", "(1 2 3 4)"),
        ("((_ a b ...) '((a b) ...))", "(m 0 1 2)", "((0 1) (0 2))"),
        ("((_ (a ...) (b ...)) '((a . b) ...))", "(m (1 2) (3 4))", "((1 . 3) (2 . 4))"),
        ("((_ (a ...) (b ...)) '((a b ...) ...))", "(m (1 2) (3 4 5))", "((1 3 4 5) (2 3 4 5))"),
        ("((_ a ...) '(a ... . end))", "(m 1 2)", "(1 2 . end)"),
        ("((_ a ...) '(a ... . end))", "(m)", "end"),
        ("((_ (a . b)) '(x . b))", "(m (1 2 3))", "(x 2 3)"),
        ("((_ #(a b ...)) '#(b ... a))", "(m #(1 2 3))", "#(2 3 1)"),
        ("((_ #(a ... (b c))) '(a ... b c))", "(m #(1 2 (3 4)))", "(1 2 3 4)"),
        ("((_ #(a)) 'vector) ((_ (a)) 'list)", "(list (m (1)) (m #(1)))", "(list vector)"),
        ("((_ _ a _) 'a)", "(m 1 2 3)", "2"),
        ("((_ a ...) '((... ...) a ...))", "(m 1)", "(... 1)"),
        ("((_ a) '(... (a ...)))", "(m 1)", "(1 ...)"),
        ("((_ 1 #t \"s\" #\\c 2.0 #u8(1)) 'same) ((_ . x) 'other)", '(m 1 #t "s" #\\c 2.0 #u8(1))', "same"),
        ("((_ 1) 'same) ((_ . x) 'other)", "(m 1.0)", "other"),
        ("((_ ()) 'empty) ((_ x) 'other)", "(list (m ()) (m (1)) (m 1))", "(empty other other)"),
        ("((_ ((a b) ...) ...) '(((b a) ...) ...))", "(m ((1 2) (3 4)) ())", "(((2 1) (4 3)) ())"),
        ("((m a) 'a) ((other a b) '(a b))", "(list (m 1) (m 1 2))", "(1 (1 2))"),
        ("((_ a) `(a ,(+ a 1) (b ,@(list a a))))", "(m 2)", "(2 3 (b 2 2))"),
    ],
)
def test_matching_and_building(rule: str, use: str, value: str) -> None:
    assert _value(_rules(rule) + use) == value


def test_another_ellipsis() -> None:
    definition = "(define-syntax m (syntax-rules ::: () ((_ (a ...) b :::) '(a ... b :::))))"
    assert _value(definition + "(m (1 2) 3 4)") == "(1 2 3 4)"
    assert _value("(define-syntax m (syntax-rules :: (::) ((_ ::) 'literal) ((_ a) 'a))) (m ::)") == "literal"


def test_an_ellipsis_among_the_literals_is_none() -> None:
    assert _value(_rules("((_ ...) 'dots) ((_ a) 'other)", literals="...") + "(list (m ...) (m 1))") == "(dots other)"
    assert _value(_rules("((_ _) 'wild) ((_ a) 'other)", literals="_") + "(list (m _) (m 1))") == "(wild other)"


def test_literals_match_by_binding() -> None:
    text = _rules("((_ =>) 'arrow) ((_ x) 'other)", literals="=>")
    assert _value(text + "(list (m =>) (m 1) (let ((=> 2)) (m =>)))") == "(arrow other other)"
    text = "(let ((here 1)) " + _rules("((_ here) 'here) ((_ x) 'other)", literals="here")
    assert _value(text + "(list (m here) (let ((here 2)) (m here))))") == "(here other)"
    # The same program-level name, inserted by another macro, is the same binding.
    text = _rules("((_ else) 'else) ((_ x) 'other)", literals="else")
    assert _value(text + "(define-syntax n (syntax-rules () ((_) (m else)))) (n)") == "else"


# ---- hygiene --------------------------------------------------------------------------------------------

SWAP = "(define-syntax swap! (syntax-rules () ((_ a b) (let ((tmp a)) (set! a b) (set! b tmp)))))"
MY_OR = "(define-syntax my-or (syntax-rules () ((_) #f) ((_ e) e) ((_ e r ...) (let ((t e)) (if t t (my-or r ...))))))"
BE_LIKE_BEGIN = """
    (define-syntax be-like-begin
      (syntax-rules ()
        ((_ name) (define-syntax name (syntax-rules () ((_ expr (... ...)) (begin expr (... ...))))))))"""
WHILE = """
    (define-syntax while
      (syntax-rules ()
        ((_ test body ...) (let loop () (if test (begin body ... (loop)) 'done)))))"""
LOOP_UNTIL = """
    (define-syntax loop-until
      (syntax-rules (break)
        ((_ "steps" (break value) step ...) value)
        ((_ "steps" form step ...) (begin form (loop-until "steps" step ...)))
        ((_ step ...) (loop-until "steps" step ...))))"""
CK = """
    (define-syntax ck
      (syntax-rules (quote)
        ((_ () 'v) v)
        ((_ (((op ...) ea ...) . s) 'v) (ck-arg s (op ... 'v) ea ...))
        ((_ s (op ea ...)) (ck-arg s (op) ea ...))))
    (define-syntax ck-arg
      (syntax-rules (quote)
        ((_ s (op va ...)) (op s va ...))
        ((_ s (op ...) 'v ea1 ...) (ck-arg s (op ... 'v) ea1 ...))
        ((_ s (op ...) ea ea1 ...) (ck (((op ...) ea1 ...) . s) ea))))
    (define-syntax c-append
      (syntax-rules (quote) ((_ s '(l1 ...) '(l2 ...)) (ck s '(l1 ... l2 ...)))))
    (define-syntax c-quote (syntax-rules (quote) ((_ s 'x) (ck s ''x))))"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (SWAP + "(define tmp 1) (define other 2) (swap! tmp other) (list tmp other)", "(2 1)"),
        (SWAP + "(let ((tmp 1) (set! 2)) (swap! tmp set!) (list tmp set!))", "(2 1)"),
        (MY_OR + "(let ((t 5) (if list)) (my-or #f t))", "5"),
        (MY_OR + "(let ((x #f) (y 7) (temp 8) (let odd?) (if even?)) (my-or x (let temp) (if y) y))", "7"),
        (BE_LIKE_BEGIN + "(be-like-begin sequence) (sequence 1 2 3 4)", "4"),
        (BE_LIKE_BEGIN + "(let ((begin list)) (be-like-begin sequence) (sequence 1 2 3 4))", "4"),
        (WHILE + "(define i 0) (define (loop) 'mine) (while (< i 3) (set! i (+ i 1)) (loop)) i", "3"),
        (LOOP_UNTIL + "(loop-until (+ 1 1) (break 'out) (car 5))", "out"),
        (CK + "(ck () (c-quote (c-append '(1 2) (c-append '(3) '(4 5)))))", "(1 2 3 4 5)"),
        ("(let ((=> #f)) (cond (#t => 'ok)))", "ok"),
        # A macro that a macro defines inserts what is bound where the inner one was defined.
        (
            """
            (define-syntax make
              (syntax-rules ()
                ((_ name) (begin (define hidden 'made) (define-syntax name (syntax-rules () ((_) hidden)))))))
            (define (f) (make get) (define hidden 'other) (list (get) (let ((hidden 'third)) (get)) hidden))
            (f)""",
            "(made made other)",
        ),
        # The alias of a template's binder, used by a macro in the same template.
        (
            """
            (define-syntax with (syntax-rules () ((_ e) (let ((x 1)) (inner x e)))))
            (define-syntax inner (syntax-rules () ((_ y e) (let ((x 2)) (list x y e)))))
            (let ((x 3)) (with x))""",
            "(2 1 3)",
        ),
        # Names from the use bind names in the use.
        (_rules("((_ x v e) (let ((x v)) e))") + "(let ((y 1)) (m y 2 (list y)))", "(2)"),
        (_rules("((_ (x v) ...) (let loop ((x v) ...) (list x ...)))") + "(let ((loop 5)) (m (a loop) (b 2)))",
         "(5 2)"),
        (_rules("((_ e) (do ((i 0 (+ i 1)) (acc '() (cons e acc))) ((= i 2) acc)))") + "(let ((i 'mine)) (m i))",
         "(mine mine)"),
        (_rules("((_ x) (lambda (a x) (list a x)))") + "((m a) 1 2)", "(1 2)"),
        (_rules("((_ x) (lambda (a . x) (list a x)))") + "((m a) 1 2)", "(1 (2))"),
        (_rules("((_ e) (guard (c (#t (list c e))) (raise 'inner)))") + "(let ((c 'outer)) (m c))", "(inner outer)"),
        (_rules("((_ e) (fn self (n) (if (= n 0) e (self (- n 1)))))") + "(let ((self 'mine)) ((m self) 2))", "mine"),
        (_rules("((_ e) (letrec* ((a 1) (b (+ a 1))) (list a b e)))") + "(let ((a 'x)) (m a))", "(1 2 x)"),
        (_rules("((_ e) (let* ((a 1) (a (+ a 1))) (list a e)))") + "(let ((a 'x)) (m a))", "(2 x)"),
        (_rules("((_ e) (case e ((a b) => list) (else 'none)))") + "(let ((else 1) (=> 2)) (list (m 'a) (m 'c)))",
         "((a) none)"),
        (_rules("((_ e) `(a ,e ,@(list e) (unquote e)))") + "(let ((unquote 5) (quasiquote 6)) (m 1))", "(a 1 1 1)"),
        # Template-inserted definitions in a body are the template's own; those of the use belong to the body.
        (_rules("((_ n v) (begin (define t v) (define (n) t)))")
         + "(let () (define t 0) (m a 1) (m b 2) (list t (a) (b)))",
         "(0 1 2)"),
        (_rules("((_ n) (define ((n a) b) (list a b)))") + "(let () (m f) ((f 1) 2))", "(1 2)"),
        (_rules("((_ n) (begin (define n 1) (set! n (+ n 1))))") + "(m x) (let () (m y) (list x y))", "(2 2)"),
        # Constants stay constants.
        (_rules("((_ e) (list true false nothing e))") + "(m 1)", "(#t #f nothing 1)"),
        # Quoted: marks are gone, whatever the nesting.
        (_rules("((_ e) '(a #(b e) . c))") + "(equal? (m x) '(a #(b x) . c))", "#t"),
        (_rules("((_) (case 'a ((a) 'yes) (else 'no)))") + "(m)", "yes"),
        ("(define-syntax a (syntax-rules () ((_ n) (define-syntax n (syntax-rules () ((_) 'sym))))))"
         "(a b) (eq? (b) 'sym)", "#t"),
    ],
)  # fmt: skip
def test_hygiene(text: str, value: str) -> None:
    assert _value(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(let ((x 'outer)) (let-syntax ((m (syntax-rules () ((m) x)))) (let ((x 'inner)) (m))))", "outer"),
        (
            """(let-syntax ((given-that (syntax-rules () ((_ test s ...) (if test (begin s ...))))))
                 (let ((if #t)) (given-that if (set! if 'now)) if))""",
            "now",
        ),
        ("(let-syntax ((f (syntax-rules () ((_ x) 'outer)))) "
         "(let-syntax ((f (syntax-rules () ((_ x) 'inner))) (g (syntax-rules () ((_ x) (f x))))) (g 1)))", "outer"),
        ("(let-syntax ((f (syntax-rules () ((_ x) 'outer)))) "
         "(letrec-syntax ((f (syntax-rules () ((_ x) 'inner))) (g (syntax-rules () ((_ x) (f x))))) (g 1)))", "inner"),
        ("(define x 1) (let-syntax () (define x 2) x)", "2"),
        ("(define x 1) (let-syntax () (define x 2) x) x", "1"),
        ("(define-syntax m (syntax-rules () ((_) 1))) (let ((m (lambda () 2))) (m))", "2"),
        ("(define (m) 1) (let-syntax ((m (syntax-rules () ((_) 2)))) (m))", "2"),
        ("(define (f) (define-syntax m (syntax-rules () ((_) (g)))) (define (g) 'later) (m)) (f)", "later"),
        ("(define-syntax m (syntax-rules () ((_) 1))) (define (f) (m)) (define-syntax m (syntax-rules () ((_) 2)))"
         "(list (f) (m))", "(1 2)"),
        ("(define a (list 1)) (define-syntax list (syntax-rules () ((_ x) 'mine))) (cons (list 2) a)", "(mine 1)"),
        ("(define-syntax ten (syntax-rules () ((_) 10))) (define-syntax m (syntax-rules () ((_) (ten))))"
         "(define (ten) 5) (m)", "5"),
        ("(define-syntax my-rules (syntax-rules () ((_ v) (syntax-rules () ((_) v)))))"
         "(define-syntax m (my-rules 7)) (m)", "7"),
        ("(define-syntax m (syntax-rules () ((_ e) e))) (begin (define y 2) (m (define z 3)) (m (begin (define w 4))))"
         "(list y z w)", "(2 3 4)"),
    ],
)  # fmt: skip
def test_scopes_of_macros(text: str, value: str) -> None:
    assert _value(text) == value


def test_a_definition_of_a_template_on_program_level_defines_the_plain_name() -> None:
    text = _rules("((_ v) (begin (define plain v) (define-syntax also (syntax-rules () ((_) 'also)))))")
    assert _value(text + "(m 5) (list plain (also))") == "(5 also)"
    assert parse(text + "(m 5)").globals == ("plain",)


# Names that templates of the macros below use, all of which the program binds itself.
_NAMES = ("t", "tmp", "if", "let", "lambda", "set!", "+", "list", "begin", "x", "else", "cond", "loop", "<", "quote")
_MACROS = (
    MY_OR
    + SWAP
    + """
    (define-syntax my-if (syntax-rules () ((_ a b c) (cond (a b) (else c)))))
    (define-syntax my-let (syntax-rules () ((_ ((x e) ...) b) ((lambda (x ...) b) e ...))))
    (define-syntax add (syntax-rules () ((_ a b) (+ a b))))
    (define-syntax make-list (syntax-rules () ((_ a ...) (list a ...))))
    (define-syntax in-turn (syntax-rules () ((_ a ...) (let ((x 0)) (begin a ...)))))
    (define-syntax sum-to (syntax-rules () ((_ x n e) (let loop ((x 0) (t 0)) (if (< x n) (loop (+ x 1) (+ t e)) t)))))
    (define-syntax named (syntax-rules () ((_ f x e b) (let () (define (f x) e) (define tmp b) tmp))))
    """
)


class _Program:
    """A closed random expression, spelled twice: with confusing names, and with a name of its own for each variable."""

    def __init__(self, choose: random.Random) -> None:
        self._choose = choose
        self._count = 0

    def expression(self, depth: int, scope: dict[str, str]) -> tuple[str, str]:
        choose = self._choose
        if depth == 0 or choose.random() < 0.15:
            if scope and choose.random() < 0.8:
                name = choose.choice(sorted(scope))
                return name, scope[name]
            number = str(choose.randrange(10))
            return number, number
        shape = choose.choice(["my-or", "my-if", "my-let", "add", "in-turn", "sum-to", "named", "swap!"])
        match shape:
            case "my-let":
                bindings = [self._binder() for _ in range(choose.randrange(1, 4))]
                bindings = list(dict(bindings).items())
                values = [self.expression(depth - 1, scope) for _ in bindings]
                body = self.expression(depth - 1, {**scope, **dict(bindings)})
                return self._both(
                    lambda side: (
                        "(my-let ("
                        + " ".join(f"({b[side]} {v[side]})" for b, v in zip(bindings, values, strict=True))
                        + f") {body[side]})"
                    )
                )
            case "sum-to":
                binder = self._binder()
                body = self.expression(depth - 1, {**scope, binder[0]: binder[1]})
                return self._both(lambda side: f"(sum-to {binder[side]} 3 (add 0 {body[side]}))")
            case "named":
                function, parameter = self._binder(), self._binder()
                value = self.expression(depth - 1, {**scope, parameter[0]: parameter[1]})
                argument = self.expression(depth - 1, scope)
                if function[0] in scope:  # the argument stands in the scope of the function
                    argument = ("1", "1")
                return self._both(
                    lambda side: (
                        f"(named {function[side]} {parameter[side]} {value[side]} ({function[side]} {argument[side]}))"
                    )
                )
            case "swap!" if len(scope) > 1:
                left, right = choose.sample(sorted(scope), 2)
                return f"(in-turn (swap! {left} {right}) {left})", (
                    f"(in-turn (swap! {scope[left]} {scope[right]}) {scope[left]})"
                )
            case "swap!":
                return self.expression(depth - 1, scope)
        parts = [self.expression(depth - 1, scope) for _ in range({"add": 2, "my-if": 3}.get(shape, 3))]
        return self._both(lambda side: f"({shape} {' '.join(part[side] for part in parts)})")

    def _binder(self) -> tuple[str, str]:
        self._count += 1
        return self._choose.choice(_NAMES), f"v{self._count}"

    @staticmethod
    def _both(text: object) -> tuple[str, str]:
        assert callable(text)
        return text(0), text(1)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_renaming_local_variables_changes_nothing(seed: int) -> None:
    confusing, plain = _Program(random.Random(seed)).expression(4, {})

    def outcome(text: str) -> tuple[object, ...]:
        result = run(parse(_MACROS + text), steps=200_000)
        condition = result.condition
        return result.value, result.exhausted, condition and (condition.kind, condition.message, condition.irritants)

    assert outcome(confusing) == outcome(plain)


# ---- places ---------------------------------------------------------------------------------------------


def test_conditions_have_the_place_of_the_use_or_their_own() -> None:
    text = _rules("((_ e) (car e))") + "\n\n  (m (vector-ref #(1) 1))"
    for program, column in ((text, 6), (text.replace("(vector-ref #(1) 1)", "5"), 3)):
        condition = run(parse(program)).condition
        assert condition is not None
        assert (condition.line, condition.column) == (4, column)


def test_problems_have_the_place_of_the_use_or_their_own() -> None:
    problem = _problem(_rules("((_ e) (if e))") + "(list\n (m 1))")
    assert (problem.message, problem.line, problem.column) == ("if: a test and one or two branches are needed", 3, 2)
    problem = _problem(_rules("((_ e) (if e 1))") + "(list\n (m (lambda)))")
    assert (problem.message, problem.line, problem.column) == ("lambda: parameters and a body are needed", 3, 5)
    problem = _problem(_rules("((_ e) (m e e))") + "(list\n (m 1))")
    assert (problem.message, problem.line, problem.column) == ("m: no rule matches this use", 3, 2)


# ---- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(define-syntax m)", "define-syntax: a name and a transformer are needed"),
        ("(define-syntax m 1 2)", "define-syntax: a name and a transformer are needed"),
        ("(define-syntax 5 (syntax-rules ()))", "a variable name is expected here"),
        ("(define-syntax true (syntax-rules ()))", "true is a constant and cannot be a variable"),
        ("(define-syntax %m (syntax-rules ()))", "%m: names that begin with % are reserved"),
        ("(define-syntax m (lambda (x) x))", "a transformer is expected here"),
        ("(define-syntax m if)", "a transformer is expected here"),
        ("(let-syntax ((m 1)) 1)", "a transformer is expected here"),
        ("(let-syntax (m) 1)", "let-syntax: a binding is a name and a transformer"),
        ("(letrec-syntax ())", "letrec-syntax: macro bindings and a body are needed"),
        ("(let-syntax ((m (syntax-rules ())) (m (syntax-rules ()))) 1)", "the name m is bound twice"),
        ("(define-syntax m (syntax-rules))", "syntax-rules: a list of literals is needed"),
        ("(define-syntax m (syntax-rules dots))", "syntax-rules: a list of literals is needed"),
        ("(define-syntax m (syntax-rules (1)))", "syntax-rules: a literal is a symbol"),
        (_rules("5"), "syntax-rules: a rule is a pattern and a template"),
        (_rules("((_))"), "syntax-rules: a rule is a pattern and a template"),
        (_rules("(m 1)"), "syntax-rules: a pattern is a list that begins with a name"),
        (_rules("((5) 1)"), "syntax-rules: a pattern is a list that begins with a name"),
        (_rules("((_ (a a)) 1)"), "syntax-rules: a occurs twice in this pattern"),
        (_rules("((_ ... a) 1)"), "syntax-rules: the ellipsis follows nothing"),
        (_rules("((_ a . ...) 1)"), "syntax-rules: the ellipsis follows nothing"),
        (_rules("((_ a ... ...) 1)"), "syntax-rules: one ellipsis for each list"),
        (_rules("((_ a ... b ...) 1)"), "syntax-rules: one ellipsis for each list"),
        (_rules("((_ (a ...) ...) '(a ...))"), "syntax-rules: a needs 2 ellipses here"),
        (_rules("((_ a) '(a ...))"), "syntax-rules: nothing before the ellipsis is repeated"),
        (_rules("((_ a ...) '(a ... ...))"), "syntax-rules: nothing before the ellipsis is repeated"),
        (_rules("((_ a ...) '(b ...))"), "syntax-rules: nothing before the ellipsis is repeated"),
        (_rules("((_ a ...) ...)"), "syntax-rules: the ellipsis follows nothing"),
        (_rules("((_ a) (... a a))"), "syntax-rules: one template follows an ellipsis at the start"),
        (_rules("((_ nothing) 1)"), "nothing is a constant and cannot be a variable"),
        (_rules("((_ a) '(#0=a #0#))"), "a datum label cannot stand in a pattern or template"),
        (_rules("((_ #0=a) 1)"), "a datum label cannot stand in a pattern or template"),
        (_rules("((_ (a ...) (b ...)) '((a b) ...))") + "(m (1) (1 2))",
         "m: parts that are repeated together have different lengths"),
        (_rules() + "(m)", "m: no rule matches this use"),
        (_rules("((_ a) a)") + "(m . 5)", "m: no rule matches this use"),
        (_rules("((_ a) a)") + "m", "m is a macro, not a variable"),
        (_rules("((_ a) a)") + "(set! m 1)", "m is a macro, not a variable"),
        (_rules("((_ a) a)") + "(m ())", "() is not an expression"),
        (_rules("((_ a) a)") + "(list (m (define x 1)))", "define: a definition cannot stand here"),
        (_rules("((_ a ...) (lambda (x x) 1))") + "(m)", "the name x is bound twice"),
        ("(define (f) (m 1)) " + _rules("((_ a) a)"), "the macro m is used above its definition, as a variable"),
        ("(let () " + _rules("((_ x) (define x 1))") + "(define m 2) 1)", "m is defined twice in this body"),
        (_rules("((_ x) (define x 1))") + "(let () (m y) (define m 2) y)",
         "m is used as a keyword above its definition in this body"),
        (_rules("((_ x) (define x 1))") + "(let () (m m) m)",
         "m is used as a keyword above its definition in this body"),
        ("(let () (define x 1) (define define 2) x)", "define is used as a keyword above its definition in this body"),
        ("(syntax-error)", "syntax-error: a message is needed"),
        ('(syntax-error "no:" (a "b") #\\c)', 'no: (a "b") #\\c'),
        ("(let () (define x 1) (syntax-error \"here\"))", "here"),
    ],
)  # fmt: skip
def test_refused(text: str, message: str) -> None:
    assert _problem(text).message == message


# ---- limits and time ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    [
        "(list (m))",
        "(let () (define x (m)) x)",
        "(lambda (a) (define (g b) (m)) g)",
        "(let loop ((x (m))) x)",
        "(let* ((x 1) (y (m))) y)",
        "(letrec ((x (lambda () (m)))) x)",
        "(cond ((m) => car) (else 1))",
        "(case 1 ((1) (m)))",
        "(guard (e (#t 1)) (m))",
        "(guard (e ((m) 1)) 1)",
        "(do ((i 0 (m))) (#t 1))",
        "(do ((i 0)) (#t (m)))",
        "`(1 ,(m))",
        "`(1 #(2 ,@(m)) . ,(m))",
        "(fn self (x) (when x (m)))",
        "(define (((f a) b) c) (m))",
        "(let-syntax ((n (syntax-rules () ((_) (m))))) (n))",
        "(set! x (m))",
        "(and 1 (or (m) 2))",
        "(cond-expand (r7rs (list (m))))",
    ],
)
def test_endless_nesting_is_refused(template: str) -> None:
    message = f"expressions nest more than {EXPRESSION_NESTING_LIMIT} levels deep when macros are expanded"
    assert _problem(_rules(f"((_) {template})") + "(m)").message == message


def test_endless_expansion_is_refused() -> None:
    message = f"{SUCCESSIVE_EXPANSIONS_LIMIT} expansions in a row gave a macro use again"
    assert _problem(_rules("((_) (m))") + "(m)").message == message
    message = f"m: the program's macros expand to more than {EXPANSION_LIMIT} parts"
    assert _problem(_rules("((_ x ...) (m x ... x ...))") + "(m 1)").message == message
    assert _problem(_rules("((_) (begin 1 (m)))") + "(let () (m))").message == message


def test_what_macros_nest_is_quoted_and_refused_without_recursion() -> None:
    # 3000 levels of quoted lists, around each other; then as an expression.
    text = _rules("((_ a) 'a)", "((_ a x . r) (m (a) . r))")
    count = 1500
    value = _value(text + "(m () " + "x " * count + ")")
    assert value == "(" * (count + 1) + ")" * (count + 1)


def test_expansion_takes_linear_time() -> None:
    def seconds(count: int) -> float:
        definition = MY_OR + _rules(
            "((_ n (a v) ...) (define (n a ...) (let ((t v) ...) (my-or a ... t))))".replace(
                "(let ((t v) ...) (my-or a ... t))", "(my-or a ... v ...)"
            )
        )
        text = definition + "".join(f"(m f{i} (x {i}) (y 2))\n" for i in range(count))
        before = time.process_time()
        parse(text)
        return time.process_time() - before

    small = min(seconds(100) for _ in range(3))
    assert seconds(1600) < 16 * 4 * small
