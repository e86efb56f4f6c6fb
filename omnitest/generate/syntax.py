"""Forms seldom written: cond-expand, import, spliced and late definitions, nested templates, deep quotations."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.template import tree
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import NOTHING, SMALL, Any, Int, List, Nothing, Type

_HOLDING: Final = (
    "r7rs", "(and r7rs full-unicode)", "(or ratios omnilisp)", "(not exact-complex)", "(library (scheme base))",
    "(and)", "(not (library (no such)))", "(or (library (scheme list)) (library (srfi 1)))", "ieee-float",
)  # fmt: skip
_FAILING: Final = ("ratios", "(or)", "(not r7rs)", "(library (scheme eval))", "(and r7rs windows)")
_IMPORTS: Final = (
    "(import (scheme base))", "(import (scheme base) (scheme inexact))", "(import (only (scheme base) car cdr))",
    "(import (except (scheme char) char-upcase) (srfi 1))",
    "(import (scheme lazy) (scheme process-context) (scheme cxr))",
)  # fmt: skip
_TEMPLATES: Final = (
    "`(1 `(2 ,(3 ,$n)) ,$n)",
    "`(a `(b ,(c ,@$l)) ,@$l . ,$n)",
    "`#(1 ,$n ,@$l end)",
    "`#(1 `#(,(a ,$n) ,@(b ,@$l)))",
    "`(,@$l . tail)",
    "`(x ,@$l)",
    "`(1 ,'(2 ,3) ,`(4 ,$n))",
    "`((,$n . #(,@$l ,@$l)) (quote ,$n))",
    "`(1 `,,$n)",
    "`(1 `(,,@$l) ,@'() #u8(1 2) . #(,$n))",
    "`(unquote $n)",
    "`(quasiquote (unquote (unquote $n)))",
    "(let ((name 'p)) `(a `(b ,,name ,',$n)))",
)  # fmt: skip


def import_declaration(g: Builder) -> Tree:
    return tree(g.pick(_IMPORTS))


@production(weight=2, needs=(Feature.RARE_SYNTAX,))
def conditional_expansion(g: Builder, type_: Type, size: int) -> Tree | None:
    """cond-expand whose second or first clause holds; what does not hold is not even looked at."""
    if size < 8:
        return None
    body = g.body(type_, size - 6)
    chosen: Tree = [tree(g.pick(_HOLDING)), *body]
    ignored: Tree = [tree(g.pick(_FAILING)), ["car"], "no-such-variable"]
    if g.randrange(3) == 2:
        return ["cond-expand", ignored, ["else", *body]]
    return ["cond-expand", ignored, chosen] if g.randrange(2) else ["cond-expand", chosen, ["else", ["if"]]]


@production(Any, weight=4, needs=(Feature.RARE_SYNTAX, Feature.QUASIQUOTE))
def nested_template(g: Builder, type_: Any, size: int) -> Tree | None:
    left, right = g.split(size, 2)
    return tree(g.pick(_TEMPLATES), n=g.expr(SMALL, min(left, 4)), l=g.expr(List(SMALL, 0, 4), min(right, 6)))


@production(Any, weight=1, needs=(Feature.RARE_SYNTAX,))
def deep_quotation(g: Builder, type_: Any, size: int) -> Tree | None:
    datum: Tree = g.one_of(("a", ["b", ["unquote", "c"]], ("1", ["quote", "d"]), []))
    for _ in range(g.between(1, 8)):
        datum = [g.pick(("quote", "quote", "quasiquote", "unquote")), datum]
        if g.randrange(4) == 3:
            datum = [datum, ".", "e"]
    return ["quote", datum]


@production(Any, weight=1, needs=(Feature.RARE_SYNTAX,))
def list_of_features(g: Builder, type_: Any, size: int) -> Tree | None:
    return ["features"]


@production(weight=4, needs=(Feature.RARE_SYNTAX, Feature.INTERNAL_DEFINES))
def late_definitions(g: Builder, type_: Type, size: int) -> Tree | None:
    """A body with definitions after expressions, some of them spliced by begin or cond-expand."""
    if size < 14:
        return None
    before = len(g.scope)
    forms: list[Tree] = []
    *sizes, last = g.split(size - 4, g.between(3, 4))
    for piece in sizes:
        variable = Var(g.data_type())
        form: Tree = ["define", variable, g.expr(variable.type, piece)]
        match g.randrange(5):
            case 3:
                form = ["begin", form, g.expr(NOTHING, 2)] if g.randrange(2) else ["begin", ["begin"], form]
            case 4:
                form = ["cond-expand", [tree(g.pick(_HOLDING)), form]]
            case 0:
                forms.append(g.expr(NOTHING, 3))
            case _:
                pass
        forms.append(form)
        g.scope.append(variable)
    names = g.scope[before:]
    forms += g.body(type_, last)
    del g.scope[before:]
    match g.randrange(4):
        case 3 if g.has(Feature.CASES):
            return Form(["cond", ["else", *forms]], (names, forms))
        case 2:
            return [Form(["lambda", [], *forms], (names, forms))]
        case _:
            return Form(["let", [], *forms], (names, forms))


@production(weight=3, needs=(Feature.RARE_SYNTAX, Feature.LOOPS))
def do_without_steps(g: Builder, type_: Type, size: int) -> Tree | None:
    """do with variables that keep their values, some of them used in the result only."""
    if size < 14 or isinstance(type_, Nothing):
        return None
    times = g.iterations(16 + 4 * size, g.pick((2, 5, 10)))
    if times < 1:
        return None
    left, middle, right = g.split(size - 9, 3)
    counter, kept = Var(Int(0, times)), Var(g.data_type())
    start = g.expr(kept.type, left)
    with g.repeated(times), g.visible(counter, kept):
        g.charge(16)
        commands = [g.expr(NOTHING, middle)] if g.randrange(2) else []
    with g.visible(counter, kept):
        results = g.body(type_, right)
    bindings: list[Tree] = [[counter, "0", ["+", counter, "1"]], [kept, start]]
    stepped: Tree = ["+", counter, "1"]
    end: Tree = [["=", counter, str(times)], *results]
    return Form(["do", bindings, end, *commands], ([counter, kept], [stepped, end, *commands]))


def spliced(g: Builder, definition: Tree) -> Tree:
    """``definition`` inside of a form that is spliced into the program."""
    if g.randrange(2):
        return ["begin", definition]
    return ["cond-expand", [tree(g.pick(_FAILING)), ["define", "true", "1"]], [tree(g.pick(_HOLDING)), definition]]
