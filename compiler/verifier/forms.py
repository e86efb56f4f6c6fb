"""The statements of emitted functions as the verifier looks at them, made from pycparser's trees.

Everything outside of the small language that the compiler emits becomes :class:`Odd`, which the verifier
rejects where it meets it: nothing passes unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pycparser import c_ast

from compiler.verifier.parse import type_name
from reference_interp.records import record


@record
class Name:
    """An identifier used as an expression."""

    name: str


@record
class Integer:
    """A decimal constant."""

    value: int


@record
class Call:
    """A call of the function with this name."""

    function: str
    args: tuple[Expr, ...]


@record
class Odd:
    """An expression or statement that has no form of its own here; ``kind`` is pycparser's name for it."""

    kind: str


Expr = Name | Integer | Call | Odd


@record
class Assign:
    """``target = value;``"""

    target: str
    value: Expr


@record
class Test:
    """``if (condition) goto label;``"""

    condition: Call
    label: str


@record
class Goto:
    """``goto label;``"""

    label: str


@record
class Return:
    """``return value;``"""

    value: Expr


Statement = Assign | Call | Test | Goto | Return | Odd


@record
class Local:
    """The declaration of one local variable."""

    name: str
    type: str
    initialised: bool


@record
class Label:
    """``name:`` before the statement that follows."""

    name: str


Item = Statement | Local | Label


#: A file and a line in it.
Place = tuple[str, int]


@dataclass(slots=True)
class Definition:
    """One function: parameters with their types, locals, and the statements, which labels number.

    ``places`` says where each statement comes from, by the text's ``#line`` directives.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    locals: list[tuple[Local, Place]] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)

    def add(self, item: Item, place: Place) -> None:
        """Append the next item of the body."""
        if isinstance(item, Local):
            self.locals.append((item, place))
        elif isinstance(item, Label):
            self.labels[item.name] = len(self.statements)
        else:
            self.statements.append(item)
            self.places.append(place)


#: What is left open in a form that stands for many: identifiers and digits, in the order of the text.
Atoms = Sequence[str]
#: Names and numbers of a parsed text that stand for an atom, which they number.
Slots = Mapping[str, int]

_NO_SLOTS: Slots = {}


def definition(tree: c_ast.FuncDef) -> Definition:
    """The form of a parsed function."""
    result = Definition(tree.decl.name, parameters(tree.decl.type))
    work = list(reversed(tree.body.block_items or []))
    while work:
        node = work.pop()
        if isinstance(node, c_ast.Label):
            work.append(node.stmt)
        place = (str(node.coord.file), int(node.coord.line)) if node.coord is not None else ("", 0)
        result.add(item(node)(()), place)
    return result


def parameters(declaration: c_ast.FuncDecl) -> tuple[tuple[str, str], ...]:
    """Names and types of a function's parameters."""
    params = declaration.args.params if declaration.args is not None else []
    return tuple((p.name or "", type_name(p.type)) for p in params if isinstance(p, c_ast.Decl))


def item(node: c_ast.Node, slots: Slots = _NO_SLOTS) -> Callable[[Atoms], Item]:
    """What makes the form of a block item, once it is known what the names and numbers in ``slots`` stand for."""
    match node:
        case c_ast.Decl():
            declared, kind, initialised = _text(node.name or "", slots), type_name(node.type), node.init is not None
            return lambda atoms: Local(declared(atoms), kind, initialised)
        case c_ast.Label():
            label = _text(node.name, slots)
            return lambda atoms: Label(label(atoms))
        case c_ast.FuncCall(name=c_ast.ID()):
            return _call(node, slots)
        case c_ast.Assignment(op="=", lvalue=c_ast.ID(name=name)):
            target, value = _text(name, slots), _expression(node.rvalue, slots)
            return lambda atoms: Assign(target(atoms), value(atoms))
        case c_ast.If(cond=c_ast.FuncCall(name=c_ast.ID()), iftrue=c_ast.Goto(name=name), iffalse=None):
            label, condition = _text(name, slots), _call(node.cond, slots)
            return lambda atoms: Test(condition(atoms), label(atoms))
        case c_ast.Goto(name=name):
            label = _text(name, slots)
            return lambda atoms: Goto(label(atoms))
        case c_ast.Return(expr=c_ast.Node() as expr):
            value = _expression(expr, slots)
            return lambda atoms: Return(value(atoms))
        case _:
            return _odd(node)


def _odd(node: c_ast.Node) -> Callable[[Atoms], Odd]:
    odd = Odd(type(node).__name__)
    return lambda atoms: odd


def _expression(node: c_ast.Node, slots: Slots) -> Callable[[Atoms], Expr]:
    match node:
        case c_ast.ID(name=name):
            text = _text(name, slots)
            return lambda atoms: Name(text(atoms))
        case c_ast.Constant(type="int", value=digits) if digits.isdecimal():
            number = _text(digits, slots)
            return lambda atoms: Integer(int(number(atoms)))
        case c_ast.FuncCall(name=c_ast.ID()):
            return _call(node, slots)
        case _:
            return _odd(node)


def _call(node: c_ast.FuncCall, slots: Slots) -> Callable[[Atoms], Call]:
    function = _text(node.name.name, slots)
    args = [_expression(arg, slots) for arg in (node.args.exprs if node.args is not None else ())]
    return lambda atoms: Call(function(atoms), tuple([arg(atoms) for arg in args]))


def _text(text: str, slots: Slots) -> Callable[[Atoms], str]:
    if text in slots:
        index = slots[text]
        return lambda atoms: atoms[index]
    return lambda atoms: text
