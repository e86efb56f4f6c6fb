"""Ports in memory: writing to and reading from strings and bytevectors, data that are read back."""

from __future__ import annotations

from typing import Final

from omnitest.generate.builder import PER_ITEM, Builder, production
from omnitest.generate.config import Feature
from omnitest.generate.constants import string_literal
from omnitest.generate.template import tree
from omnitest.generate.tree import Form, Tree, Var
from omnitest.generate.types import (
    ANY,
    BYTE,
    CHAR,
    NOTHING,
    TEXT,
    Any,
    Bytes,
    Gen,
    Int,
    List,
    Nothing,
    Pair,
    Proc,
    Promise,
    Rec,
    Str,
    Table,
    Type,
    Vec,
    storable,
)
from omnitest.generate.types import Fresh as FreshType

#: Text to read data and characters from; some of it is malformed at the end.
_TEXTS: Final = (
    "(a . b) #(1 \"s\") #;(no) 'x ; end", "one\ntwo\r\n\nlast", "", "\n", "#u8(1 2 255)#\\a#\\space\"\\x3bb;\"",
    "-1.5e3 +inf.0 1",
    "`(a ,b ,@c) . d", "#|#|nested|#|#|x y|", "(#0=(a) #0# . #1=(b . #1))", "#t#f #true#false", "((((()))))",
    "#!fold-case ABC",
    "λx → \U0001f600", "(1 2", ")", "#(1 . 2)", "\"open", "#\\x41 #\\nosuch", "a;b\nc", "12abc 1.2.3 ...",
    "#0=(a . #0#)", "'",
    "(a #;b c #;(d) . #;e f)", "|a\\x20;b| |", "#;", "#x-ff #b102", "#d1 #e1.0 #i1", "(quote x)'(x)", "#;#;a b c",
)  # fmt: skip
_PRINTERS: Final = ("write", "display", "write-shared", "write-simple", "print")


def readable(type_: Type) -> bool:
    """Whether what ``write`` prints for values of ``type_`` reads back as an equal value of ``type_``."""
    match type_:
        case Any() | Nothing() | Proc() | Gen() | Promise() | Rec() | Table() | FreshType():
            return False
        case List() | Vec():
            return readable(type_.item)
        case Pair():
            return readable(type_.car) and readable(type_.cdr)
        case _:
            return True


@production(weight=4, needs=(Feature.PORTS, Feature.OUTPUT))
def read_back(g: Builder, type_: Type, size: int) -> Tree | None:
    """A value that was written to a string and is read from there."""
    of = type_.of if isinstance(type_, FreshType) else type_
    if not readable(of) or size < 6:
        return None
    g.charge(60)
    port = Var(NOTHING, hint="port")
    printer = g.pick(("write", "write", "write-shared", "write-simple", "print"))
    body: Tree = [printer, g.expr(of, size - 6), port]
    return [
        "read",
        ["open-input-string", ["call-with-output-string", Form(["lambda", [port], body], ([port], [body]))]],
    ]


@production(weight=3, needs=(Feature.PORTS, Feature.OUTPUT, Feature.ASSIGNMENT))
def output_kept(g: Builder, type_: Type, size: int) -> Tree | None:
    """A value whose computation writes into a string, which is printed or dropped afterwards."""
    if size < 8 or not storable(type_):
        return None
    g.charge(40)
    left, right = g.split(size - 6, 2)
    result = Var(NOTHING, hint="result")
    thunk = ["lambda", [], g.expr(NOTHING, left), ["set!", result, g.expr(type_, right)]]
    text: Tree = ["with-output-to-string", thunk]
    shown: Tree = [g.pick(("write", "display", "string-length")), text]
    body = [shown, result]
    return Form(["let", [[result, g.constant(type_)]], *body], ([result], body))


def _guarded(g: Builder, expression: Tree) -> Tree:
    """``expression``, or what is wrong with the text that it reads."""
    if not g.has(Feature.GUARD):
        return expression
    return tree("(guard (e ((read-error? e) (list 'read-error (error-object-message e)))) $e)", e=expression)


def _reading(g: Builder, port: Var, count: int) -> list[Tree]:
    """Some expressions that read from the textual ``port``."""
    parts: list[Tree] = []
    for _ in range(count):
        choice = g.randrange(9)
        if choice < 3:
            parts.append([g.pick(("read-char", "peek-char")), port])
        elif choice == 3:
            parts.append(["read-line", port])
        elif choice == 4:
            parts.append(["read-string", str(g.pick((0, 1, 2, 5))), port])
        elif choice == 5:
            parts.append(["char-ready?", port])
        elif choice == 6:
            parts.append(["eof-object?", ["peek-char", port]])
        elif g.has(Feature.GUARD):
            parts.append(_guarded(g, ["read", port]))
    return parts


@production(Any, weight=6, needs=(Feature.PORTS,))
def what_a_text_holds(g: Builder, type_: Any, size: int) -> Tree | None:
    """A few reads from one text, of data, characters and lines in turn."""
    if size < 6:
        return None
    g.charge(100)
    port = Var(NOTHING, hint="in")
    literal: Tree = string_literal(g.pick(_TEXTS))
    source = literal if g.randrange(3) else g.expr(TEXT, size // 2)
    reads = _reading(g, port, g.between(1, 5))
    if g.randrange(4) == 3:
        reads += [["close-input-port", port], ["input-port-open?", port]]
    body: Tree = ["list", *reads]
    if g.randrange(4) == 3:
        procedure = Form(["lambda", [port], body], ([port], [body]))
        return ["call-with-port", ["open-input-string", source], procedure]
    return Form(["let", [[port, ["open-input-string", source]]], body], ([port], [body]))


@production(Any, weight=3, needs=(Feature.PORTS,))
def standard_input_from_text(g: Builder, type_: Any, size: int) -> Tree | None:
    """Reads from the current input port while that is a text."""
    if size < 6:
        return None
    g.charge(80)
    reads = [["read-char"], ["peek-char"], ["read-line"], ["read-string", "2"], ["char-ready?"]]
    chosen: list[Tree] = [[*g.pick(reads)] for _ in range(g.between(1, 4))]
    if g.has(Feature.GUARD):
        chosen.insert(g.randrange(len(chosen)), _guarded(g, ["read"]))
    return ["with-input-from-string", g.expr(TEXT, size - 5), ["lambda", [], ["list", *chosen]]]


@production(Any, weight=5, needs=(Feature.PORTS, Feature.OUTPUT))
def text_written(g: Builder, type_: Any, size: int) -> Tree | None:
    """What was written to a port, asked for once or twice, also when it is closed."""
    if size < 8:
        return None
    g.charge(100)
    port = Var(NOTHING, hint="out")
    writes: list[Tree] = []
    for piece in g.split(size - 5, g.between(1, 4)):
        choice = g.randrange(9)
        if choice < 4:
            writes.append([g.pick(_PRINTERS), g.expr(ANY, piece), port])
        elif choice == 4:
            writes.append(["write-char", g.expr(CHAR, piece), port])
        elif choice == 5:
            writes.append(["write-string", g.expr(Str(2, 12), piece), port, *["1", "2"][: g.randrange(3)]])
        elif choice == 6:
            writes.append(["newline", port])
        elif choice == 7:
            writes.append(["flush-output-port", port])
        else:
            inner = Var(NOTHING, hint="inner")
            nested: Tree = ["write", g.expr(ANY, piece), inner]
            text: Tree = ["call-with-output-string", Form(["lambda", [inner], nested], ([inner], [nested]))]
            writes.append(["write", text, port])
    choice = g.randrange(4)
    if choice == 3:
        procedure = Form(["lambda", [port], *writes], ([port], writes))
        return ["call-with-output-string", procedure]
    tail: list[Tree] = [["get-output-string", port]]
    if choice == 2:
        tail = [["close-output-port", port], ["list", ["get-output-string", port], ["output-port-open?", port]]]
    if choice == 1:
        tail = [["list", ["get-output-string", port], ["begin", ["write", ["quote", "more"], port], "1"],
                 ["get-output-string", port]]]  # fmt: skip
    body = [*writes, *tail]
    return Form(["let", [[port, ["open-output-string"]]], *body], ([port], body))


@production(Any, weight=4, needs=(Feature.PORTS, Feature.BYTEVECTORS))
def bytes_read(g: Builder, type_: Any, size: int) -> Tree | None:
    """A few reads from a binary port, one of them into a bytevector."""
    if size < 8:
        return None
    g.charge(100)
    port, target = Var(NOTHING, hint="in"), Var(NOTHING, hint="target")
    options: tuple[Tree, ...] = (
        ["read-u8", port], ["peek-u8", port], ["u8-ready?", port], ["read-bytevector", "2", port], ["read-bytevector",
        "0", port],
        ["read-bytevector!", target, port], ["read-bytevector!", target, port, "1", "2"], target,
    )  # fmt: skip
    body: Tree = ["list", *(g.one_of(options) for _ in range(g.between(1, 5))), target]
    bindings: list[Tree] = [
        [port, ["open-input-bytevector", g.expr(Bytes(0, 8), size - 6)]],
        [target, ["make-bytevector", "3", g.expr(BYTE, 2)]],
    ]
    return Form(["let", bindings, body], ([port, target], [body]))


@production(Bytes, weight=2, needs=(Feature.PORTS, Feature.OUTPUT))
def bytes_written(g: Builder, type_: Bytes, size: int) -> Tree | None:
    if type_.least > 4 or size < 6:
        return None
    g.charge(60)
    port = Var(NOTHING, hint="out")
    count = g.between(0, type_.least)
    writes: list[Tree] = [["write-u8", g.expr(BYTE, 1), port] for _ in range(count)]
    left_over = type_.least - count
    writes.append(["write-bytevector", g.expr(Bytes(left_over + 1, left_over + 1), size - 6), port, "1"])
    body: list[Tree] = [*writes, ["get-output-bytevector", port]]
    return Form(["let", [[port, ["open-output-bytevector"]]], *body], ([port], body))


@production(Any, weight=2, needs=(Feature.PORTS,))
def kind_of_port(g: Builder, type_: Any, size: int) -> Tree | None:
    """What the predicates say of a port, open and closed."""
    ports: tuple[Tree, ...] = (
        ["open-input-string", '"a"'], ["open-output-string"], ["open-input-bytevector", "#u8(1)"],
        ["open-output-bytevector"],
        ["current-input-port"], ["current-output-port"], ["current-error-port"], g.expr(ANY, size // 2),
    )  # fmt: skip
    port = Var(NOTHING, hint="port")
    tests: list[Tree] = [
        [name, port] for name in ("port?", "input-port?", "output-port?", "textual-port?", "binary-port?")
    ]
    body: Tree = ["list", port, *tests[g.randrange(4) :]]
    return Form(["let", [[port, g.one_of(ports)]], body], ([port], [body]))


@production(Nothing, weight=4, needs=(Feature.PORTS, Feature.OUTPUT))
def output_to_named_port(g: Builder, type_: Nothing, size: int) -> Tree | None:
    g.charge(40)
    port = g.pick(("current-output-port", "current-output-port", "current-error-port"))
    choice = g.randrange(4)
    if choice == 0:
        return ["write-string", g.expr(TEXT, size - 3), [port]]
    if choice == 1:
        return ["newline", [port]]
    return [g.pick(("write", "display", "write-simple", "print")), g.expr(ANY, size - 3), [port]]


@production(Int, weight=1, needs=(Feature.PORTS, Feature.OUTPUT))
def printed_length(g: Builder, type_: Int, size: int) -> Tree | None:
    if type_.low > 0 or type_.high < 10**6 or size < 6:
        return None
    g.charge(2 * PER_ITEM)
    port = Var(NOTHING, hint="port")
    body: Tree = [g.pick(_PRINTERS), g.expr(ANY, size - 5), port]
    return ["string-length", ["call-with-output-string", Form(["lambda", [port], body], ([port], [body]))]]
