"""The inline functions of ``runtime/src/inline.h`` decide only what the functions that they stand for would."""

from __future__ import annotations

import re
from pathlib import Path

from omnitest.compare import Agree
from omnitest.engines.protocol import Limits
from omnitest.oracle import Oracle
from omnitest.prepare import Settings
from reference_interp.primitives import PRIMITIVES

RUNTIME = Path(__file__).resolve().parents[2] / "runtime"
INLINE = (RUNTIME / "src" / "inline.h").read_text(encoding="utf-8")
MACROS = dict(re.findall(r"^#define (omni_\w+)\(([\w, ]*)\) omni_inline_\w+\(\2\)$", INLINE, re.MULTILINE))

#: Values of every type, and at every boundary of the cases that are decided inline.
VALUES = """
0 1 -1 2 -7 2147483647 2147483648 -2147483648 -2147483649 4611686018427387903 4611686018427387904
-4611686018427387904 -4611686018427387905 9223372036854775807 -9223372036854775808 0.0 -0.0 1.5 +nan.0
#t nothing '() #\\a "text" 'symbol (cons 1 (list 2 3)) (vector 1 "two" 3.0) '#(1 2) (make-point 3 4)
(bytevector 0 7 255)
"""

PROGRAM = f"""
(define-record-type point (make-point x y) point? (x point-x set-point-x!) (y point-y))
(define (values-to-try) (list {VALUES}))
(define (try name f . arguments)
  (let ((answer (guard (e (#t (list 'raised (condition-kind e)))) (apply f arguments))))
    (unless (procedure? answer) (write (list name answer)) (newline))))
(define (with-one name f) (for-each (lambda (a) (try name f a)) (values-to-try)))
(define (with-two name f)
  (for-each (lambda (a) (for-each (lambda (b) (try name f a b)) (values-to-try))) (values-to-try)))
(define (with-three name f)
  (for-each (lambda (a) (for-each (lambda (b) (for-each (lambda (c) (try name f a b c)) (list 0 256 -1 "x" 2.5)))
                                  (list 0 1 2 3 -1 1.0 'x)))
            (values-to-try)))
"""


def names_inline(arity: int) -> list[str]:
    """Primitives with so many arguments whose calls are decided inline."""
    symbols = {direct.symbol: name for name, row in PRIMITIVES.items() for direct in row.direct.values()}
    found = [symbols[s] for s, parameters in MACROS.items() if s in symbols and parameters.count(",") == arity]
    return sorted(name for name in found if not name.startswith("%"))


def test_every_macro_stands_for_a_function_of_the_runtime() -> None:
    headers = "".join(path.read_text(encoding="utf-8") for path in (RUNTIME / "include").glob("omni*.h"))
    assert len(MACROS) > 40
    for symbol, parameters in MACROS.items():
        prototype = re.search(rf"\b{symbol}\(([^)]*)\);", headers)
        assert prototype is not None, symbol
        assert prototype[1].count(",") == parameters.count(","), symbol


def test_inline_decisions_are_those_of_the_reference() -> None:
    lines = [PROGRAM]
    for arity, form in ((1, "with-one"), (2, "with-two"), (3, "with-three")):
        parameters = " ".join("abc"[:arity])
        assert names_inline(arity)
        lines += [f"({form} '{name} (lambda ({parameters}) ({name} {parameters})))" for name in names_inline(arity)]
    lines.append("(with-one 'point-x (lambda (a) (point-x a)))\n(with-one 'point? (lambda (a) (point? a)))")
    settings = Settings(limits=Limits(steps=50_000_000, output_bytes=1 << 26))
    with Oracle(["gcc-O2"], settings) as oracle:
        (judgement,) = oracle.judge(["\n".join(lines)])
    assert isinstance(judgement.verdict, Agree), judgement.verdict
    assert len(judgement.observations[0].output.splitlines()) > 15_000
