"""Printing of data with shared parts, and of data that contain themselves.

What contains itself is printed where it is made and seen by nobody else, see ``cycles.py``.
"""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.template import tree
from omnitest.generate.tree import Tree
from omnitest.generate.types import ANY, Any, Nothing

#: Objects ``x`` and ``y`` and what closes the cycles through them.
_CYCLES: Final = (
    ("(let ((x (list $a $b))) (set-cdr! (cdr x) x) $show)", "x"),
    ("(let ((x (list $a $b))) (set-cdr! (cdr x) (cdr x)) $show)", "x"),
    ("(let ((x (list $a $b))) (set-car! (cdr x) x) $show)", "x"),
    ("(let ((x (vector $a 1 $b))) (vector-set! x 1 x) $show)", "x"),
    ("(let* ((x (list $a 1)) (y (vector x $b x))) (set-car! (cdr x) y) $show)", "(list x y x)"),
    ("(let* ((x (cons $a 1)) (y (cons x $b))) (set-cdr! x y) $show)", "(vector y (list x) y)"),
    ("(let* ((x (list $a)) (y (list x x $b x))) (set-cdr! x y) $show)", "(cons x y)"),
    ("(let ((x (vector 1 $a $b 2))) (vector-fill! x x 2) (vector-set! x 0 (list x)) $show)", "(list x x)"),
)
_SHARED: Final = (
    ("(let* ((x (list $a $b)) (y (vector x x))) $show)", "(list x y y)"),
    ("(let* ((x (list $a $b))) $show)", "(cons (cdr x) x)"),
    ("(let* ((x \"s\") (y (list x x $a $b))) $show)", "(list y x y)"),
    ("(let* ((x (string #\\a)) (y (list x x $a $b))) $show)", "(vector y x '() '() y)"),
    ("(let* ((x '(a b)) (y (list $a (car x) $b))) $show)", "(list x y (cdr x))"),
)  # fmt: skip


def _shown(g: Builder, size: int, printer: str, wrapped: str, *, cyclic: bool | None = None) -> Tree:
    """Something with shared or cyclic parts, and ``printer`` applied to it by ``wrapped``."""
    if cyclic is None:
        cyclic = g.has(Feature.CYCLES) and g.has(Feature.MUTATION) and g.randrange(2) == 1
    text, shown = g.pick(_CYCLES if cyclic else _SHARED)
    left, right = g.split(size - 10, 2)
    if cyclic and printer == "write-simple":
        printer = "write"
    show = tree(wrapped, what=tree(shown), print=printer)
    return tree(text, a=g.expr(ANY, left), b=g.expr(ANY, right), show=show)


@production(Nothing, weight=5, needs=(Feature.LABELS, Feature.OUTPUT))
def printed_with_labels(g: Builder, type_: Nothing, size: int) -> Tree | None:
    if size < 10:
        return None
    g.charge(120)
    return _shown(
        g, size, g.pick(("write", "display", "write-shared", "write-shared", "write-simple", "print")), "($print $what)"
    )


@production(Any, weight=3, needs=(Feature.LABELS, Feature.OUTPUT, Feature.PORTS))
def text_with_labels(g: Builder, type_: Any, size: int) -> Tree | None:
    if size < 10:
        return None
    g.charge(120)
    printer = g.pick(("write", "write-shared", "display"))
    return _shown(g, size, printer, "(call-with-output-string (lambda (port) ($print $what port)))")


@production(Any, weight=2, needs=(Feature.LABELS, Feature.CYCLES, Feature.MUTATION))
def comparison_of_cycles(g: Builder, type_: Any, size: int) -> Tree | None:
    """equal? and list? of data that contain themselves."""
    if size < 10:
        return None
    g.charge(150)
    return _shown(g, size, "equal?", "(let ((z $what)) (list ($print z $what) (list? z) (eq? z z)))", cyclic=True)


@production(Any, weight=2, needs=(Feature.LABELS, Feature.GUARD))
def condition_with_labels(g: Builder, type_: Any, size: int) -> Tree | None:
    """A condition that holds something shared or cyclic, printed by its message and irritants."""
    if size < 12 or not g.has(Feature.PORTS) or not g.has(Feature.OUTPUT):
        return None
    g.charge(120)
    wrapped = (
        '(call-with-output-string (lambda (port) ($print (guard (e (#t (list e 1))) (error "it:" $what 2)) port)))'
    )
    return _shown(g, size, g.pick(("write", "display", "write-shared")), wrapped)


@production(Any, weight=2, needs=(Feature.LABELS,))
def literal_with_labels(g: Builder, type_: Any, size: int) -> Tree | None:
    """A quoted datum with shared parts. Its labels are its own: all data of a top-level form share their scope."""
    first, second = 2 * g.labelled, 2 * g.labelled + 1
    g.labelled += 1
    text = g.pick(("(#A=(a) #A# . #A#)", '#(#A="s" #A# #B=(1 . 2) (#B#))', "(#A=x #A# #B=(b #A#) . #B#)"))
    return ["quote", text.replace("#A", f"#{first}").replace("#B", f"#{second}")]
