"""Deliberate errors about records, tables, text, bytes, ports, promises and patterns, as text of expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from omnitest.generate.template import tree
from omnitest.generate.tree import Tree

if TYPE_CHECKING:
    from omnitest.generate.builder import Builder
from omnitest.generate.config import Feature

TYPE_ERRORS: Final = (
    "(let () (define-record-type <point> (make-point x y) point? (x point-x) (y point-y)) (point-x $v))",
    "(let () (define-record-type account (make-account id) account? (id account-id set-id!)) (set-id! '(1) $v))",
    "(let () (define-record-type <a> (make-a) a?) (define-record-type <b> (make-b x) b? (x b-x)) (b-x (make-a)))",
    "(force (delay-force $v))",
    "(force (delay (car $v)))",
    "(let ((p (delay (vector-ref '() 0)))) (force p))",
    "(hash-for-each 5 (make-hash-table))",
    "(hash-map car (list 1))",
    "(hash-fold + 0 'table)",
    "(hash-update! (make-hash-table) 1 'f 0)",
    "(let ((t (make-hash-table))) (hash-set! t 'a \"x\") (hash-update! t 'a -))",
    '(string-map char->integer "ab")',
    '(string-for-each display "a" \'b)',
    '(list->string (list #\\a "b"))',
    "(vector->string (vector #\\a 1))",
    '(string-set! (make-string 2 #\\a) 0 "b")',
    '(string-fill! (string-copy "abc") 1)',
    "(bytevector 1 256)",
    "(bytevector 1 -1)",
    "(make-bytevector 2 1.0)",
    "(bytevector-u8-set! (bytevector 1) 0 256)",
    "(write-u8 300 (open-output-bytevector))",
    "(read-char (open-output-string))",
    '(read-u8 (open-input-string "a"))',
    '(write-char #\\a (open-input-string "a"))',
    "(get-output-string (open-output-bytevector))",
    "(get-output-bytevector (open-output-string))",
    "(close-input-port (open-output-string))",
    "(call-with-port 5 read)",
    "(with-output-to-string 5)",
    "(with-input-from-string 'a read)",
    '(call-with-output-string "f")',
    "(exact-integer-sqrt -1)",
    "(floor/ 7 2.5)",
    "(exact 1.5)",
    "(number->string 1.5 2)",
    "(vector-map + #(1) '(2))",
    "(list-tabulate 3 'f)",
    "(append-map - '(1))",
    "`(1 ,@$v . 2)",
)
ARITY_ERRORS: Final = (
    "((case-lambda ((a) a) ((a b . rest) rest)))",
    "((case-lambda ((a b) a) ((a b c) b)) $v)",
    "(let ((f (case-lambda (() 0) ((a b) $v)))) (f 1))",
    "(let () (define-record-type <point> (make-point x y) point? (x point-x) (y point-y)) (make-point $v))",
    "(let () (define-record-type <point> (make-point x) point? (x point-x)) (point-x))",
    "(let-values (((a b) (floor/ 7 2)) ((c) (exact-integer-sqrt 17))) (list a b c))",
    "(call-with-values (lambda () (truncate/ 7 2)) (lambda (a) a))",
    "(hash-for-each (lambda (k) k) (let ((t (make-hash-table))) (hash-set! t 1 $v) t))",
    '(string-map (lambda (a b) a) "abc")',
    "(call-with-output-string (lambda () $v))",
    "(with-output-to-string (lambda (port) $v))",
    "(vector-map (lambda (a) a) #(1) #(2))",
    "(((lambda (a) (lambda (b . c) c)) $v))",
)
INDEX_ERRORS: Final = (
    "(hash-ref (make-hash-table) $v)",
    '(hash-ref (make-eqv-hash-table) "missing")',
    "(hash-update! (make-hash-table) 'missing -)",
    "(string-set! (make-string 2 #\\a) 2 #\\b)",
    "(string-fill! (make-string 2 #\\a) #\\b 1 3)",
    '(string-copy! (make-string 2 #\\a) 1 "abc")',
    '(string-copy! (make-string 2 #\\a) 3 "")',
    '(string->vector "abc" 2 1)',
    "(vector->string #(#\\a) 2)",
    "(vector-fill! (vector 1 2) $v 2 1)",
    "(vector-copy! (vector 1 2) 1 #(a b))",
    "(list-set! (list 1 2) 2 $v)",
    "(bytevector-u8-ref (bytevector 1) 1)",
    "(bytevector-u8-set! (make-bytevector 0) 0 1)",
    "(bytevector-copy #u8(1 2) 1 3)",
    "(bytevector-copy! (bytevector 1) 1 #u8(2))",
    "(bytevector-fill! (bytevector 1 2) 0 3)",
    "(utf8->string #u8(97) 2)",
    '(string->utf8 "a" 1 0)',
    '(write-string "abc" (open-output-string) 2 4)',
    "(write-bytevector #u8(1) (open-output-bytevector) 2)",
    "(read-bytevector! (bytevector 1 2) (open-input-bytevector #u8(1)) 3)",
    "(number->string 10 37)",
    "(take '(1 2) 3)",
)
IMMUTABLE: Final = (
    '(string-set! "abc" 0 #\\x)',
    '(string-set! "" 5 #\\x)',
    '(string-fill! "abc" #\\x)',
    '(string-copy! "abc" 0 "x")',
    "(bytevector-u8-set! #u8(1 2) 0 5)",
    "(bytevector-fill! #u8(1 2) 5)",
    "(bytevector-copy! #u8(1 2) 0 #u8(3))",
    "(read-bytevector! #u8(1 2) (open-input-bytevector #u8(1)))",
    "(vector-copy! #(1 2) 0 #(3))",
    "(list-set! '(1 2) 1 $v)",
    '(let ((s "abc")) (string-set! s 1 #\\λ))',
)
MATCH_FAILURES: Final = (
    "(match (list 1 2 $v) ((list a b) a) ((list a b c d) d))",
    "(match (cons 1 $v) (#(a b) a) ((cons 2 _) 'two) (\"text\" 'text))",
    "(match $v (x :when #f x))",
    "(match (vector 1 2) ((vec @ #(a)) vec) ((or #(2 _) #(_ 1)) 'one))",
    "(let () (define-record-type <point> (make-point x y) point? (x point-x) (y point-y))"
    " (match (make-point 1 $v) ((point 2 y) y) ((list x y) x)))",
    "(match \"abc\" ('abc 'symbol) (#\\a 'char) ((list . _) :when nothing 'never))",
    "(match 1.0 (1 'integer) (-1.0 'negative))",
    "(match '(1 . 2) ((list a) a) ((list a b) b))",
)
#: Texts of which ``read`` cannot make a datum.
_UNREADABLE: Final = (
    "(a (b", ")", "[a]", "(. a)", "(a . b c)", "(')", "\\\"\\\\q\\\"", "#\\\\xD800", "#\\\\nosuch", "a#b", "#nosuch",
    "#xfg", "#e1.5",
    "#u8(256)", "#1234567890=a", "#0#", "(#0=a #0=b)", "#0=#0#", "{", "\\\"open", "#(1 . 2)", "#u8(1 a)", "#|open",
    "|open", "#;",
    "'", "(1 . )", "99999999999999999999", "#;)", "(#;a", "#\\\\x110000", "(#;#0=a #0#)", "#u8(-1)", "(a . #;b)",
)  # fmt: skip
CLOSED_PORTS: Final = (
    '(let ((in (open-input-string "abc"))) (close-port in) (read-char in))',
    '(let ((in (open-input-string "abc"))) (close-input-port in) (read-line in))',
    '(let ((in (open-input-string "(a)"))) (close-port in) (read in))',
    "(let ((in (open-input-bytevector (bytevector 1 2)))) (close-port in) (peek-u8 in))",
    "(let ((out (open-output-string))) (close-port out) (write $v out))",
    "(let ((out (open-output-string))) (close-output-port out) (newline out))",
    "(let ((out (open-output-bytevector))) (close-port out) (write-u8 1 out))",
    '(let ((in (open-input-string "abc"))) (call-with-port in read-char) (peek-char in))',
)
_MISSING: Final = '"no such folder/file"'
#: No file can be in a folder that is not there.
MISSING_FILES: Final = (
    f"(call-with-input-file {_MISSING} read)",
    f"(call-with-output-file {_MISSING} newline)",
    f"(with-input-from-file {_MISSING} read)",
    f"(with-output-to-file {_MISSING} list)",
)


def from_text(g: Builder, texts: tuple[str, ...]) -> Tree:
    """One of the expressions ``texts`` that the program's features have, where ``$v`` stands for a number."""
    return tree(g.pick([text for text in texts if _is_wanted(g, text)]), v=str(g.between(0, 99)))


#: What a text may contain only with a feature.
_NEEDED: Final = (
    ("define-record-type", Feature.RECORDS),
    ("let-values", Feature.SEVERAL_VALUES),
    ("call-with-values", Feature.SEVERAL_VALUES),
    ("newline", Feature.OUTPUT),
)


def _is_wanted(g: Builder, text: str) -> bool:
    return all(g.has(feature) for word, feature in _NEEDED if word in text)


def match_failure(g: Builder, size: int) -> Tree:
    return from_text(g, MATCH_FAILURES)


def file_error(g: Builder, size: int) -> Tree:
    return from_text(g, CLOSED_PORTS if g.randrange(2) else MISSING_FILES)


def read_error(g: Builder, size: int) -> Tree:
    text = f'"{g.pick(_UNREADABLE)}"'
    if g.randrange(3) == 2:
        return ["with-input-from-string", text, "read"]
    return ["read", ["open-input-string", text]]
