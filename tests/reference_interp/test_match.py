"""``match``: agrees with a matcher that follows the definition of patterns, in linear space; unreachable clauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

import pytest

from reference_interp import SyntaxProblem, parse, run
from reference_interp.core import Call, Expr, PrimRef, Program
from reference_interp.linking import children

# ---- patterns and values as the definition has them -----------------------------------------------------
#
# A value is a string (its text, when quoted) or a pair of values. A pattern is a tuple: what it is, then parts.

Value = str | tuple["Value", "Value"]
Bindings = dict[str, Value]

ATOMS = ("0", "1", "a", "b", "()")
FRESH = "z"  # no pattern mentions it


@dataclass(frozen=True)
class Pattern:
    """``kind`` and its parts: names and texts are strings."""

    kind: str
    parts: tuple[Pattern | str, ...] = ()

    def text(self) -> str:
        texts = [part if isinstance(part, str) else part.text() for part in self.parts]
        match self.kind:
            case "any":
                return "_"
            case "name":
                return texts[0]
            case "quoted":
                return "'" + texts[0]
            case "as":
                return f"({texts[0]} @ {texts[1]})"
            case _:
                return f"({self.kind} {' '.join(texts)})"

    def match(self, value: Value) -> Bindings | None:
        """What the pattern binds when it matches; None when it does not."""
        match self.kind, self.parts:
            case "any", _:
                return {}
            case "name", (str(name),):
                return {name: value}
            case "quoted", (str(text),):
                return {} if _text(value) == text else None
            case "as", (str(name), Pattern() as inner):
                found = inner.match(value)
                return None if found is None else {name: value, **found}
            case "or", alternatives:
                return next(
                    (b for p in alternatives if isinstance(p, Pattern) and (b := p.match(value)) is not None), None
                )
            case "cons", (Pattern() as first, Pattern() as second):
                if isinstance(value, str):
                    return None
                left, right = first.match(value[0]), second.match(value[1])
                return None if left is None or right is None else {**left, **right}
            case "list", ():
                return {} if value == "()" else None
            case "list", (Pattern() as first, *rest):
                return Pattern("cons", (first, Pattern("list", tuple(rest)))).match(value)
            case _:
                raise AssertionError(self)


def _text(value: Value) -> str:
    """The value as ``write`` prints it."""
    if isinstance(value, str):
        return value
    inside, tail = _text(value[0]), value[1]
    while not isinstance(tail, str):
        inside, tail = f"{inside} {_text(tail[0])}", tail[1]
    return f"({inside})" if tail == "()" else f"({inside} . {tail})"


def _values(depth: int) -> list[Value]:
    """All values of a depth over the atoms."""
    atoms: list[Value] = [*ATOMS, FRESH]
    smaller = atoms if depth == 0 else _values(depth - 1)
    return smaller if depth == 0 else [*atoms, *product(smaller, smaller)]


def _pattern(random: Random, names: list[str], depth: int) -> Pattern:
    """A pattern that binds exactly ``names``."""
    if depth == 0 or random.random() < 0.2:
        if len(names) == 1:
            return Pattern("name", (names[0],))
        if not names:
            return random.choice([Pattern("any"), Pattern("list"), Pattern("quoted", (random.choice(ATOMS),))])
    kind = random.choice(("cons", "cons", "list", "or", "as", "quoted"))
    if kind == "quoted" and not names:
        return Pattern("quoted", (_text(random.choice(_values(1))),))
    if kind == "or":
        return Pattern("or", tuple([_pattern(random, names, max(depth - 1, 0)) for _ in range(random.randint(1, 3))]))
    if kind == "as" and names:
        return Pattern("as", (names[0], _pattern(random, names[1:], max(depth - 1, 0))))
    parts: list[list[str]] = [[] for _ in range(2 if kind != "list" else random.randint(1, 3))]
    for name in names:
        random.choice(parts).append(name)
    inner = tuple([_pattern(random, part, max(depth - 1, 0)) for part in parts])
    return Pattern("list" if kind == "list" else "cons", inner)


def _clauses(random: Random, depth: int) -> list[tuple[Pattern, list[str]]]:
    found = []
    for _ in range(random.randint(1, 6)):
        names = random.sample(["p", "q", "r"], random.choice((0, 0, 1, 1, 2)))
        found.append((_pattern(random, names, depth), names))
    return found


def _outcomes(source: str) -> list[str]:
    """The lines that a program prints."""
    result = run(parse(source), steps=20_000_000)
    assert result.condition is None and result.exhausted is None, result
    return result.output.decode().splitlines()


@pytest.mark.parametrize("seed", range(40))
def test_the_first_clause_that_matches_is_chosen(seed: int) -> None:
    random = Random(seed)
    clauses = _clauses(random, 3)
    guarded = [random.random() < 0.25 for _ in clauses]
    values = random.sample(_values(2), 300)
    lines = []
    for number, (pattern, names) in enumerate(clauses):
        # A guard that sees the bindings: the first name is not bound to a pair.
        guard = f":when {f'(not (pair? {names[0]}))' if names else '#f'} " if guarded[number] else ""
        lines.append(f"({pattern.text()} {guard}(list {number} {' '.join(names)}))")
    source = f"(define (f v) (match v {' '.join(lines)} (_ 'none)))\n"
    source += "(for-each (lambda (v) (print (f v))) '(" + " ".join(_text(value) for value in values) + "))"

    def expected(value: Value) -> str:
        for number, (pattern, names) in enumerate(clauses):
            found = pattern.match(value)
            if found is None or (guarded[number] and (not names or not isinstance(found[names[0]], str))):
                continue
            return f"({' '.join([str(number), *[_text(found[name]) for name in names]])})"
        return "none"

    assert _outcomes(source) == [expected(value) for value in values]


@pytest.mark.parametrize("seed", range(80))
def test_exactly_the_clauses_that_nothing_reaches_are_warned_about(seed: int) -> None:
    random = Random(seed)
    clauses = _clauses(random, 2)
    text = " ".join(f"\n({pattern.text()} {number})" for number, (pattern, _) in enumerate(clauses))
    warned = {warning.span.line - 2 for warning in parse(f"(match 0{text})").warnings}
    chosen = {next((n for n, (p, _) in enumerate(clauses) if p.match(value) is not None), -1) for value in _values(2)}
    assert warned.isdisjoint(chosen)
    if max(_depth(pattern) for pattern, _ in clauses) <= 2:  # then these values are all that differ for the patterns
        assert warned == set(range(len(clauses))) - chosen


def _depth(pattern: Pattern) -> int:
    """How deep a pattern looks into pairs."""
    inner = [part for part in pattern.parts if isinstance(part, Pattern)]
    match pattern.kind:
        case "any" | "name":
            return 0
        case "quoted":
            return 3 if str(pattern.parts[0]).startswith("((") else str(pattern.parts[0]).count(" ")
        case "cons":
            return 1 + max([_depth(part) for part in inner])
        case "list":
            return max([position + 1 + _depth(part) for position, part in enumerate(inner)], default=0)
        case _:
            return max([_depth(part) for part in inner])


# ---- the shape of the Core ------------------------------------------------------------------------------


def _expressions(program: Program) -> Iterator[Expr]:
    stack = list(program.forms[program.prelude_forms :])
    while stack:
        expr = stack.pop()
        yield expr
        stack.extend(children(expr))


def _size(source: str) -> int:
    return sum(1 for _ in _expressions(parse(source)))


def _calls(source: str, primitive: str) -> int:
    return sum(
        isinstance(e, Call) and isinstance(e.function, PrimRef) and e.function.name == primitive
        for e in _expressions(parse(source))
    )


def test_alternatives_do_not_multiply() -> None:
    def source(count: int) -> str:
        alternatives = " ".join(f"(or (cons 1 x{i}) (cons x{i} 2) #(x{i}))" for i in range(count))
        return f"(define (f v) (match v ((list {alternatives}) 'yes) ((list {alternatives}) 'no)))"

    assert _size(source(40)) < 2.1 * _size(source(20))


def test_clauses_that_ask_for_the_same_constructor_share_the_test() -> None:
    clauses = " ".join(f"((cons 'op{i} (cons a b)) (list a b {i}))" for i in range(10))
    source = f"(define (f v) (match v {clauses} (#(1) 1) (#(2 x) x) (#(3 x) (list x)) ((cons 5 6) 7)))"
    assert _calls(source, "car") == 1 + 10  # the head of the list, and then one for each clause
    assert _calls(source, "pair?") == 1 + 10
    assert _calls(source, "vector?") == 1
    assert _calls(source, "vector-ref") == 1 + 2  # for each length, its items once


def test_parts_that_no_pattern_looks_at_are_not_fetched() -> None:
    assert _calls("(define (f v) (match v ((cons _ _) 1) ((cons 2 _) 3)))", "cdr") == 0


def test_a_match_of_many_clauses_or_elements() -> None:
    clauses = " ".join(f"({n} 'c{n}) ((list {n} x) x)" for n in range(1500))
    assert _outcomes(f"(define (f v) (match v {clauses})) (print (f 1499)) (print (f '(1400 y)))") == ["c1499", "y"]
    names = " ".join(f"x{n}" for n in range(3000))
    datum = " ".join(str(n) for n in range(5000))
    source = f"(define (f v) (match v ((list {names}) (+ x0 x2999)) ('({datum}) 'datum) (_ 'no)))"
    calls = "(print (f (iota 3000))) (print (f (iota 5000))) (print (f (iota 3001)))"
    assert _outcomes(source + calls) == ["2999", "datum", "no"]


# ---- evaluation -----------------------------------------------------------------------------------------


def test_bodies_are_in_tail_position() -> None:
    source = (
        "(define (f v) (match v (0 'end) ((or (list n) n) :when (> n 0) (f (- n 1))) (_ 'odd)))"
        "(define (g v) (match v ((cons 0 _) 'end) ((cons n m) (g (cons (- n 1) m)))))"
        "(print (f 5000)) (print (g '(5000 . 1)))"
    )
    result = run(parse(source), depth=100)
    assert result.condition is None and result.output == b"end\nend\n"


def test_names_of_patterns_can_be_assigned_and_captured() -> None:
    source = """
      (define (f v) (match v ((or (list a b) (cons a b)) :when (begin (set! a (list a)) #t)
                               (list a b (lambda () (set! b (cons a b)) b)))))
      (print ((caddr (f '(1 2))))) (print ((caddr (f '(1 2 3)))))"""
    assert _outcomes(source) == ["((1) . 2)", "((1) 2 3)"]


@pytest.mark.parametrize(
    "name", ["list", "cons", "or", "quote", "_", ":when", "pair?", "car", "eqv?", "equal?", "vector"]
)
def test_variables_do_not_change_what_patterns_mean(name: str) -> None:
    """Neither local variables nor definitions of the program."""
    clauses = '((cons _ \'(2)) :when #t 1) ((or #(_ 1) (list 5 _)) 2) ("s" 3)'
    values = '(define values-to-match \'((1 2) #(0 1) (5 6) "s"))\n'
    for source in (
        f"(define (f v {name}) (match v {clauses}))\n",
        f"(define ({name} . args) 0)\n(define (f v x) (match v {clauses}))\n",
    ):
        calls = "(for-each (lambda (v) (print (f v 0))) values-to-match)"
        assert _outcomes(values + source + calls) == ["1", "2", "2", "3"]


# ---- problems -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        ("(x)", "match: a clause has a pattern and a body"),
        ("x", "match: a clause has a pattern and a body"),
        ("(x :when 1)", "match: a test and a body follow :when"),
        ("(() 1)", "match: () is not a pattern"),
        ("((cons a) 1)", "match: cons has two parts"),
        ("((cons a . b) 1)", "match: only a list pattern can have a dot"),
        ("((or) 1)", "match: or has no alternatives"),
        ("((or a (list a b)) 1)", "match: the alternatives of an or bind different names"),
        ("((list a a) 1)", "match: the name a is bound twice in this pattern"),
        ("((a @ (or a 1)) 1)", "match: the alternatives of an or bind different names"),
        ("((a @ (or a a)) 1)", "match: the name a is bound twice in this pattern"),
        ("((true @ a) 1)", "true is a constant and cannot be a variable"),
        ("((car a b) 1)", "match: car is not a record type that is defined above"),
        ("(((a) b) 1)", "match: this is not a pattern"),
        ("(`(a ,b) 1)", "match: quasiquote is not a record type that is defined above"),
    ],
)
def test_malformed_clauses(clause: str, message: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(f"(match 1 {clause})")
    assert caught.value.message == message


def test_warnings_say_why_and_where() -> None:
    program = parse("(match 1\n (x 1)\n (2 3))\n(match 1 (_ :when #f 1)\n ((or 1 2) 2)\n  (2 3)\n (_ 4))", "w.omni")
    assert [(w.span.file, w.span.line, w.span.column, w.message) for w in program.warnings] == [
        ("w.omni", 3, 2, "match: this clause is never chosen: the clause on line 2 matches everything"),
        ("w.omni", 6, 3, "match: this clause is never chosen: the clauses before it match all that it matches"),
    ]


def test_warnings_are_found_in_quoted_data_vectors_and_records() -> None:
    head = "(define-record-type point (make-point x y) point? (x px) (y py))\n"
    for clauses, warned in (
        ("((cons 1 _) 1) ('(1 2) 2)", 1),
        ("('(1 2) 1) ((list 1 2) 2)", 1),
        ("('(1 2) 1) ((list 1 _) 2)", 0),
        ("(#(_ 1) 1) ('#(2 1) 2) (#(_) 3)", 1),
        ("((point _ y) y) ((point 1 2) 2)", 1),
        ("((point _ 1) 1) ((point 1 2) 2)", 0),
        ('(1 1) (1.0 2) ("1" 3) (#\\1 4) (\'|1| 5)', 0),
        ("('nothing 1) (nothing 2) (nothing 3)", 1),
    ):
        assert len(parse(f"{head}(match 1 {clauses})").warnings) == warned, clauses
