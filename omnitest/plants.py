"""The table of planted faults: bugs that the compiler, the runtime or the reference makes on purpose when asked to.

They are the ground truth by which the harness is judged: its engines must see them (:mod:`omnitest.selftest`), and its
triage must tell them apart (``python -m bench.triage``). Several can be planted at once. The compiler and the runtime
know them by name only (``compiler/context.py``, ``runtime/src/plant.h``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from omnitest.compare import Divergence
from omnitest.engines.factory import FOREIGN_NAMES
from omnitest.engines.reference import WRONG_REFERENCE
from omnitest.outcome import FaultKind
from omnitest.prepare import VERIFIER

Kinds = frozenset[FaultKind | Divergence]


@dataclass(frozen=True, slots=True)
class Plant:
    """A planted fault.

    ``file`` is where it is, ``effect`` what it does. ``trigger`` is a program that runs into it and ``kinds`` are the
    reports that count as seeing it. ``engine`` is the cheapest that gives one of them; ``detectors`` are those that
    must see it in the self test, where that is not said by the engines themselves (``Engine.detects``).
    """

    name: str
    layer: Literal["runtime", "compiler", "reference"]
    file: str
    effect: str
    kinds: Kinds
    trigger: str
    engine: str
    detectors: tuple[str, ...] = ()


_PLAIN: Final = ("tcc", "edges", "gcc-O0", "gcc-O2", "clang")
_MEMORY: Final = ("tcc-valgrind", "tcc-asan", "valgrind", "asan")

_LEAK: Final[Kinds] = frozenset({FaultKind.LEAK})
_FREED: Final[Kinds] = frozenset({FaultKind.USE_AFTER_FREE, FaultKind.DOUBLE_FREE})
_VALUE: Final[Kinds] = frozenset({Divergence.WRONG_VALUE})
_OUTPUT: Final[Kinds] = frozenset({Divergence.WRONG_OUTPUT})
_OWNERSHIP: Final[Kinds] = frozenset({FaultKind.OWNERSHIP})


def _runtime(name: str, file: str, effect: str, kinds: Kinds, trigger: str, engine: str = "tcc") -> Plant:
    return Plant(name, "runtime", f"runtime/src/{file}", effect, kinds, trigger, engine)


def _compiler(
    name: str, file: str, effect: str, kinds: Kinds, trigger: str, engine: str = "tcc", detectors: tuple[str, ...] = ()
) -> Plant:
    return Plant(name, "compiler", f"compiler/{file}", effect, kinds, trigger, engine, detectors)


_RUNTIME: Final = (
    _runtime(
        "leak", "list.c", "reverse takes a reference too many to each element",
        _LEAK, '(length (reverse (list "a" (list 1) "b")))',
    ),
    _runtime(
        "use-after-free", "string_object.c", "string-append reads a freed buffer",
        frozenset({FaultKind.USE_AFTER_FREE}), '(string-append "left" "right")', "asan",
    ),
    _runtime(
        "double-free", "string_object.c", "list->string frees a buffer twice",
        frozenset({FaultKind.DOUBLE_FREE}), "(list->string (list #\\a #\\b #\\c))", "asan",
    ),
    _runtime(
        "out-of-bounds", "string_object.c", "make-string writes behind the last character",
        frozenset({FaultKind.OUT_OF_BOUNDS}), "(string-length (make-string 5 #\\x))", "asan",
    ),
    _runtime(
        "undefined-shift", "mathematics.c", "arithmetic-shift shifts without looking at the distance",
        frozenset({FaultKind.UNDEFINED}),
        "(define (shift n k) (arithmetic-shift n k)) (guard (e (#t 'overflow)) (shift 3 80))", "asan",
    ),
    _runtime(
        "data-race", "symbol.c", "gensym counts in two threads without a lock",
        frozenset({FaultKind.DATA_RACE}), "(symbol? (gensym))", "tsan",
    ),
    _runtime(
        "wrong-error-kind", "vector.c", "vector-ref raises type-error for an index that is too large",
        frozenset({Divergence.WRONG_ERROR}), "(vector-ref (vector 1 2) 5)",
    ),
    _runtime(
        "cycle-skip", "cycles.c", "collections of cycles overlook a candidate",
        _LEAK, "(let ((p (list 1))) (set-cdr! p p) (car p))",
    ),
    _runtime(
        "append-error-leak", "list.c", "append forgets its last argument when another one is no list",
        _LEAK, '(guard (e (#t 0)) (append 5 (list "a")))',
    ),
    _runtime(
        "record-set-leak", "record.c", "setting a field of a record forgets what was in it",
        _LEAK, '(define-record-type p (make-p x) p? (x p-x p-x!)) (let ((p (make-p (list 1)))) (p-x! p 0) (p-x p))',
    ),
    _runtime(
        "generator-result-leak", "generator.c", "what the procedure of a generator returns is forgotten",
        _LEAK, '(generator-next! (make-generator (lambda () (list "a"))))',
    ),
    _runtime(
        "vector-fill-no-dup", "vector.c", "vector-fill! takes no references to what it fills with",
        _FREED, "(let ((v (make-vector 2 0))) (vector-fill! v (list 1)) (car (vector-ref v 0)))", "asan",
    ),
    _runtime(
        "vector-append-no-dup", "vector.c", "vector-append takes no references to the elements of later arguments",
        _FREED, "(vector-append (vector 1) (vector (list 2)))", "asan",
    ),
    _runtime(
        "hash-replace-extra-drop", "hash_table.c", "replacing the value of a key drops the old one twice",
        _FREED, "(let ((h (make-hash-table))) (hash-set! h 1 (list 1)) (hash-set! h 1 2) (hash-ref h 1))", "asan",
    ),
    _runtime(
        "hash-keys-after-growth", "hash_table.c", "when a table grows, the order of its keys is reversed",
        _VALUE,
        "(let ((h (make-hash-table))) (for-each (lambda (k) (hash-set! h k k)) '(1 2 3 4 5 6 7 8 9)) (hash-keys h))",
    ),
    _runtime(
        "hash-index-uninitialised", "hash_table.c", "half of the index of a table that grew is not initialised",
        frozenset({FaultKind.UNINITIALISED}),
        "(let ((h (make-hash-table))) (for-each (lambda (k) (hash-set! h k k)) '(1 2 3 4 5 6 7 8 9)) (hash-ref h 9))",
        "valgrind",
    ),
    _runtime(
        "string-ref-limit", "string_object.c", "string-ref admits the length of the string as an index",
        frozenset({FaultKind.OUT_OF_BOUNDS}), '(guard (e (#t 0)) (string-ref (string #\\a) 1))', "asan",
    ),
    _runtime(
        "substring-start", "string_object.c", "parts of strings begin one character early if it is the third or later",
        _VALUE, '(substring "abcd" 2 4)',
    ),
    _runtime(
        "bytevector-append-short", "bytevector.c", "bytevector-append leaves out the last byte of later arguments",
        frozenset({FaultKind.UNINITIALISED}), "(bytevector-append (bytevector 1) (bytevector 2 3))", "valgrind",
    ),
    _runtime(
        "equal-bytevectors", "equal.c", "equal? takes bytevectors of one length for equal",
        _VALUE, "(equal? (bytevector 1 2) (bytevector 1 3))",
    ),
    _runtime(
        "vector-copy-overlap", "vector.c", "vector-copy! within one vector copies forwards always",
        _VALUE, "(let ((v (vector 1 2 3))) (vector-copy! v 1 v 0 2) v)",
    ),
    _runtime(
        "modulo-negative", "arithmetic.c", "modulo has the sign of the dividend if the divisor is negative",
        _VALUE, "(let loop ((n 7)) (modulo n -2))",
    ),
    _runtime(
        "square-boundary", "arithmetic.c", "square keeps 31 bits of what needs more",
        _VALUE, "(let loop ((n 100000)) (square n))",
    ),
    _runtime(
        "round-half-up", "mathematics.c", "round moves halves away from zero",
        _VALUE, "(let loop ((x 2.5)) (round x))",
    ),
    _runtime(
        "negative-radix-text", "number_text.c", "number->string loses the sign in other radixes than ten",
        _VALUE, "(number->string -255 16)",
    ),
    _runtime(
        "large-float-text", "number_text.c", "large floats are printed without the sign of their exponent",
        _VALUE, "1e100",
    ),
    _runtime(
        "member-last", "list.c", "memq, memv and member do not look at the last element",
        _VALUE, "(member 2 (list 1 2))",
    ),
    _runtime(
        "lost-wind", "winding.c", "a jump out of several dynamic-winds leaves the outermost without its after thunk",
        _OUTPUT,
        "(define (wind name thunk) (dynamic-wind (lambda () 0) thunk (lambda () (display name))))\n"
        '(call/cc (lambda (k) (wind "outer" (lambda () (wind "inner" (lambda () (k 1)))))))',
    ),
    _runtime(
        "promise-forgets", "promise.c", "promises that share their content after delay-force do not",
        _OUTPUT,
        "(define p (delay (begin (display 1) 5))) (define q (delay-force p)) (force q) (force p)",
    ),
)  # fmt: skip

_COMPILER: Final = (
    _compiler(
        "wrong-fold", "passes/fold_constants.py", "folded integers are one too large",
        _VALUE, "(print (+ 1 2)) (* 2 21)", detectors=_PLAIN,
    ),
    _compiler(
        "lost-drop", "passes/ownership.py", "a drop that stands alone is forgotten",
        frozenset({FaultKind.OWNERSHIP, FaultKind.LEAK}),
        '(define (size text) (string-length text)) (size (string-append "ab" "c"))', VERIFIER, (VERIFIER, *_MEMORY),
    ),
    _compiler(
        "extra-drop", "passes/ownership.py", "the last of several drops is made twice",
        _OWNERSHIP | _FREED,
        "(define (first a b c) (map car (list a a))) (first (list 1) (list 2) (list 3))",
        VERIFIER, (VERIFIER, *_MEMORY),
    ),
    _compiler(
        "fold-minus-negative", "passes/fold_constants.py", "folded differences with a negative operand change sign",
        _VALUE, "(- 1 -2)",
    ),
    _compiler(
        "dead-code-errors", "passes/dead_code.py", "operations whose value nobody wants are removed with their error",
        frozenset({Divergence.MISSING_ERROR}), "(define (f x) (car x) 1) (f 5)",
    ),
    _compiler(
        "contify-argument-order", "passes/flatten_function.py", "loops get their arguments in reverse order",
        _VALUE, "(let loop ((a 3) (b 0)) (if (= a 0) b (loop (- a 1) (+ b 2))))",
    ),
    _compiler(
        "known-calls-swap", "passes/flatten_function.py", "direct calls with three arguments swap the last two",
        _VALUE, "(define (f a b c) (- a b c b)) (+ (f 1 2 3) 0)",
    ),
    _compiler(
        "simplify-blocks-move", "passes/simplify_blocks.py", "merging blocks gives all parameters the first argument",
        _OWNERSHIP | _VALUE, "(define (f a b) (- a b)) (+ (f 7 2) 0)",
    ),
    _compiler(
        "branch-edge-keeps", "passes/ownership.py", "what dies on one branch only is not dropped",
        _OWNERSHIP, "(define (f a b) (if (car a) b 0)) (f (list #f) (list 1))", VERIFIER,
    ),
    _compiler(
        "jump-extra-dup", "passes/ownership.py", "jumps take references of their own to what dies anyway",
        _OWNERSHIP, "(define (f a) (if (pair? a) (f (cdr a)) a)) (f (list 1))", VERIFIER,
    ),
    _compiler(
        "resumable-slots", "passes/resumable.py", "the first two values of a frame are restored in each other's place",
        _VALUE,
        "(define (f a b) (let ((c (call/cc (lambda (k) (+ a 1))))) (list a b c))) (f 1 2)",
    ),
    _compiler(
        "inlining-swap", "passes/inlining.py", "the first two arguments of what is inlined change places",
        _VALUE, "(define (f a b) (- a b)) (+ (f 7 2) 0)",
    ),
    _compiler(
        "inlining-uncaught", "passes/inlining.py", "errors of what is inlined pass by the guard around the call",
        frozenset({Divergence.UNEXPECTED_ERROR}), "(define (f a) (car a)) (guard (e (#t 'caught)) (f 5))",
    ),
    _compiler(
        "float-literal-sign", "pipeline.py", "literals lose the sign of floats",
        _VALUE, "-1.5",
    ),
)  # fmt: skip

_REFERENCE: Final = Plant(
    WRONG_REFERENCE, "reference", "omnitest/engines/reference.py", "every value is another one: a list of it",
    _VALUE, "(* 6 7)", FOREIGN_NAMES[0], FOREIGN_NAMES,
)  # fmt: skip

#: All planted faults by name.
PLANTS: Final[dict[str, Plant]] = {plant.name: plant for plant in (*_RUNTIME, *_COMPILER, _REFERENCE)}
