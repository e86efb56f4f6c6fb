"""Files that the program makes itself, and what it finds around it.

A program runs in a folder of its own that is empty at first. What it asks about the rest of the world has the same
answer everywhere.
"""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import string_literal
from omnitest.generate.template import tree
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import ANY, NOTHING, Any, Bytes

_NAMES: Final = ('"notes.txt"', '"a b"', '"λ.data"')
_LINES: Final = ("", "one\ntwo\n", '\r\n(1 . 2) "x\\n"', "λ\U0001f600", "no end")
_TEXT_WRITERS: Final = (
    "(call-with-output-file $f (lambda (port) (write $d port) (write-string $s port)))",
    "(with-output-to-file $f (lambda () (display $d) (newline) (write-string $s)))",
    "(let ((port (open-output-file $f))) (write-string $s port) (write $d port) (close-port port))",
    "(let ((port (open-output-file $f))) (write-char #\\x port) (write-shared $d port) (close-output-port port))",
    "(let ((port (open-output-file $f))) (write-string $s port) (newline port) (flush-output-port port))",
    "(call-with-output-file $f (lambda (port) nothing))",
)
_TEXT_READERS: Final = (
    "(call-with-input-file $f (lambda (in) (list (read-line in) (read-char in) (peek-char in) (read-string 5 in))))",
    "(call-with-input-file $f read-line)",
    "(with-input-from-file $f read-char)",
    "(with-input-from-file $f (lambda () (list (peek-char) (read-string 3) (read-line) (char-ready?))))",
    "(let* ((port (open-input-file $f)) (got (read-string 200 port))) (close-port port) got)",
    "(let* ((port (open-input-file $f)) (got (list (read-line port) (read-line port)))) (close-input-port port) got)",
)
_READERS_OF_DATA: Final = (
    "(guard (e ((read-error? e) 'unreadable)) (call-with-input-file $f read))",
    "(let ((port (open-input-file $f))) (close-port port) (guard (e ((file-error? e) 'closed)) (read-line port)))",
)
_BYTE_WRITERS: Final = (
    "(let ((port (open-binary-output-file $f))) (write-bytevector $b port) (write-u8 255 port) (close-port port))",
    "(call-with-port (open-binary-output-file $f) (lambda (port) (write-bytevector $b port)))",
)
_BYTE_READERS: Final = (
    "(call-with-port (open-binary-input-file $f) (lambda (i) (list (peek-u8 i) (read-u8 i) (read-bytevector 9 i))))",
    "(let ((port (open-binary-input-file $f))) (list (u8-ready? port) (read-bytevector 3 port) (input-port? port)))",
)
_QUESTIONS: Final = (
    "(file-exists? $f)",
    "(begin (delete-file $f) (file-exists? $f))",
    "(let ((before (file-exists? $f))) (delete-file $f) (list before (file-exists? $f)))",
)
_MISSED: Final = (
    '(delete-file "never made")',
    '(open-input-file "never made")',
    '(open-binary-input-file "never made")',
    '(call-with-input-file "never made" read)',
    '(with-input-from-file "never made" read)',
    '(open-output-file "no folder/file")',
    '(open-binary-output-file "no folder/file")',
    '(with-output-to-file "no folder/file" newline)',
)
_SURROUNDINGS: Final = (
    "(list? (command-line))",
    "(string? (car (command-line)))",
    '(get-environment-variable "NO VARIABLE HAS THIS NAME")',
    "(list? (get-environment-variables))",
    "(<= (current-jiffy) (current-jiffy))",
    "(exact-integer? (jiffies-per-second))",
    "(< 1e9 (current-second))",
    '(file-exists? "never made")',
)


@production(Any, weight=4, needs=(Feature.FILES, Feature.OUTPUT))
def file_of_text(g: Builder, type_: Any, size: int) -> Tree | None:
    """A text file that is written, read in one or two ways, and asked about; some remove it."""
    if size < 12:
        return None
    g.charge(300)
    readers = _TEXT_READERS + (_READERS_OF_DATA if g.has(Feature.GUARD) else ())
    datum = Var(ANY, hint="datum")
    line: Tree = string_literal(g.pick(_LINES))
    name = g.pick(_NAMES)
    body = [tree(g.pick(_TEXT_WRITERS), f=name, d=datum, s=line)]
    reads = [tree(g.pick(readers), f=name) for _ in range(g.between(1, 2))]
    body.append(["list", *reads, *_asked(g, name)])
    return Form(["let", [[datum, g.expr(ANY, size - 10)]], *body], ([datum], body))


@production(Any, weight=3, needs=(Feature.FILES, Feature.OUTPUT, Feature.BYTEVECTORS))
def file_of_bytes(g: Builder, type_: Any, size: int) -> Tree | None:
    """The same of a file of bytes."""
    if size < 12:
        return None
    g.charge(300)
    name, octets = g.pick(_NAMES), Var(NOTHING, hint="octets")
    body = [tree(g.pick(_BYTE_WRITERS), f=name, b=octets)]
    body.append(["list", tree(g.pick(_BYTE_READERS), f=name), *_asked(g, name)])
    return Form(["let", [[octets, g.expr(Bytes(0, 8), size - 10)]], *body], ([octets], body))


@production(Any, weight=3, needs=(Feature.FILES, Feature.OUTPUT, Feature.GUARD))
def file_that_is_not_there(g: Builder, type_: Any, size: int) -> Tree | None:
    g.charge(100)
    problem: Tree = ["list", ["file-error?", "e"], ["error-object-irritants", "e"], ["condition-kind", "e"]]
    return tree("(guard (e ((file-error? e) $p)) $m)", p=problem, m=tree(g.pick(_MISSED)))


@production(Any, weight=6, needs=(Feature.FILES,))
def surroundings(g: Builder, type_: Any, size: int) -> Tree | None:
    g.charge(100)
    return tree(g.pick(_SURROUNDINGS))


def _asked(g: Builder, name: str) -> list[Tree]:
    return [tree(g.pick(_QUESTIONS), f=name)] if g.randrange(3) else []
