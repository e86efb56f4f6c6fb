"""``define-record-type``: a new type of records and the procedures that make, recognise, read and change them.

The procedures are plain lambda expressions over internal primitives. They count as library procedures: what
goes wrong in them is shown where the program calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reference_interp.core import PRELUDE_FILE, Call, Const, Expr, If, Lambda, Let, LocalRef, Seq, Span, Variable
from reference_interp.definitions import CompoundDefinition, DefinitionForm
from reference_interp.expander import Expander, malformed, primitive_call
from reference_interp.reader import problem_at
from reference_interp.syntax import Syntax
from reference_interp.values import String, intern

_SHAPE = "(define-record-type name (constructor field ...) predicate (field accessor modifier) ...)"
_INSIDE = Span(PRELUDE_FILE, 0, 0)

# Given how to refer to the record type, the value of a variable.
_Value = Callable[[Callable[[], Expr]], Expr]


def parse_record_definition(expander: Expander, form: Syntax) -> CompoundDefinition:
    """``(define-record-type name constructor predicate (field accessor [modifier]) ...)``

    The constructor is ``(name field ...)``, ``name`` (which takes all fields in order) or ``#f`` (none); the
    predicate a name or ``#f``.
    """
    if len(form.items) < 4:
        raise malformed(form, "a name, a constructor and a predicate are needed", _SHAPE)
    type_name, constructor, predicate, specs = form.items[1], form.items[2], form.items[3], form.items[4:]
    if type_name.is_list:
        raise problem_at(
            type_name.span, "define-record-type: a record type has no parent", "the name of the type is a symbol"
        )
    for spec in specs:
        if not spec.is_proper_list or len(spec.items) not in (2, 3):
            raise problem_at(spec.span, "define-record-type: a field has an accessor", f"write {_SHAPE}")
    name = _bare_name(expander.variable(type_name).name)
    fields = expander.variables([spec.items[0] for spec in specs])

    parts: list[tuple[Syntax, _Value]] = [(type_name, lambda record_type: record_type())]
    if not _is_absent(constructor):
        made, arguments = _constructor(expander, constructor, specs)
        parts.append((made, _construction(expander.variable(made).name, fields, arguments)))
    if not _is_absent(predicate):
        parts.append((predicate, _predicate(expander.variable(predicate).name)))
    for index, spec in enumerate(specs):
        accessor = spec.items[1]
        parts.append((accessor, _access(expander.variable(accessor).name, name, index)))
        if len(spec.items) == 3:
            modifier = spec.items[2]
            parts.append((modifier, _change(expander.variable(modifier).name, name, index, fields[index].name)))
    expander.variables([defined for defined, _ in parts])  # their names differ

    def source(_scope: object) -> Expr:
        arguments = [Const(intern(name), form.span), Const(len(fields), form.span)]
        return primitive_call("%make-record-type", arguments, form.span)

    field_names = tuple([field.name for field in fields])
    return CompoundDefinition(form, name, source, tuple(parts), record=(type_name, field_names))


DEFINE_RECORD_TYPE = DefinitionForm(parse_record_definition)


def _bare_name(name: str) -> str:
    """``<point>`` → ``point``: what records are called in print and in messages."""
    return name[1:-1] if len(name) > 2 and name.startswith("<") and name.endswith(">") else name


def _is_absent(syntax: Syntax) -> bool:
    return syntax.datum is False


def _constructor(expander: Expander, syntax: Syntax, specs: Sequence[Syntax]) -> tuple[Syntax, list[int]]:
    """The constructor's name, and for each of its parameters the index of the field that it gives."""
    if not syntax.is_list:
        return syntax, list(range(len(specs)))
    if not syntax.is_proper_list or not syntax.items:
        raise problem_at(syntax.span, "define-record-type: a constructor has a name and fields", f"write {_SHAPE}")
    index = {expander.binder(spec.items[0]): position for position, spec in enumerate(specs)}
    expander.variables(syntax.items[1:])  # their names differ
    for field in syntax.items[1:]:
        if expander.binder(field) not in index:
            name = expander.variable(field).name
            raise problem_at(
                field.span, f"define-record-type: {name} is not a field", "the fields follow the predicate"
            )
    return syntax.items[0], [index[expander.binder(field)] for field in syntax.items[1:]]


def _construction(name: str, fields: Sequence[Variable], arguments: Sequence[int]) -> _Value:
    """The constructor: the fields that it is not given are ``nothing``."""

    def value(record_type: Callable[[], Expr]) -> Expr:
        made = Variable("record")
        record = LocalRef(made, _INSIDE)
        parameters = [Variable(fields[index].name) for index in arguments]
        steps: list[Expr] = [
            _call("%record-set!", record, Const(index, _INSIDE), LocalRef(parameter, _INSIDE))
            for index, parameter in zip(arguments, parameters, strict=True)
        ]
        fill = Seq((*steps, record), _INSIDE)
        body = Let((made,), (_call("%make-record", record_type()),), fill, _INSIDE)
        return Lambda(name, tuple(parameters), None, body, _INSIDE)

    return value


def _predicate(name: str) -> _Value:
    def value(record_type: Callable[[], Expr]) -> Expr:
        anything = Variable("object")
        body = _call("%record-is?", LocalRef(anything, _INSIDE), record_type())
        return Lambda(name, (anything,), None, body, _INSIDE)

    return value


def _access(name: str, type_name: str, index: int) -> _Value:
    def value(record_type: Callable[[], Expr]) -> Expr:
        record = Variable("record")
        read = _call("%record-ref", LocalRef(record, _INSIDE), Const(index, _INSIDE))
        return Lambda(name, (record,), None, _if_record(record, record_type(), read, name, type_name), _INSIDE)

    return value


def _change(name: str, type_name: str, index: int, field: str) -> _Value:
    def value(record_type: Callable[[], Expr]) -> Expr:
        record, new = Variable("record"), Variable(field)
        write = _call("%record-set!", LocalRef(record, _INSIDE), Const(index, _INSIDE), LocalRef(new, _INSIDE))
        return Lambda(name, (record, new), None, _if_record(record, record_type(), write, name, type_name), _INSIDE)

    return value


def _if_record(variable: Variable, record_type: Expr, action: Expr, who: str, type_name: str) -> Expr:
    """``action`` if the variable holds a record of the type; otherwise a type error."""
    record = LocalRef(variable, _INSIDE)
    article = "an" if type_name[0] in "aeiouAEIOU" else "a"
    explanation = [Const(String(text, immutable=True), _INSIDE) for text in (who, f"{article} {type_name}")]
    complaint = _call("%raise-type", *explanation, record)
    return If(_call("%record-is?", record, record_type), action, complaint, _INSIDE)


def _call(primitive: str, *args: Expr) -> Call:
    return primitive_call(primitive, args, _INSIDE)
