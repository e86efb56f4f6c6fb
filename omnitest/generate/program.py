"""Whole programs: definitions, statements, and an expression whose value is the program's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from omnitest.generate import (
    access,
    arithmetic,
    bytevectors,
    clauses,
    cycles,
    data,
    files,
    generators,
    handlers,
    labels,
    matching,
    numbers,
    ports,
    promises,
    prompts,
    ranges,
    strings,
    table_calls,
    tables,
    text,
    truth,
    vectors,
)
from omnitest.generate.builder import Builder
from omnitest.generate.config import SUSPENDING, Feature, GeneratorConfig, with_control
from omnitest.generate.continuations import captured, value_passed
from omnitest.generate.control import guard_form, reaches_no_procedure
from omnitest.generate.definitions import definitions as define_procedures
from omnitest.generate.definitions import plain_definition
from omnitest.generate.dynamic import parameter
from omnitest.generate.effects import assigned_variable
from omnitest.generate.errors import error_kinds, raising, raising_body
from omnitest.generate.loops import do_loop, folded, named_let
from omnitest.generate.macros import definition as macro_definition
from omnitest.generate.macros import new_macro
from omnitest.generate.naming import assign_names
from omnitest.generate.printing import program_text
from omnitest.generate.procedures import arguments
from omnitest.generate.records import record_definition
from omnitest.generate.sequencing import sequence_operands
from omnitest.generate.several_values import values_definition
from omnitest.generate.storage import RESUMPTION_COST, fuel
from omnitest.generate.syntax import import_declaration, spliced
from omnitest.generate.tree import Form, Tree, Var, count_nodes
from omnitest.generate.types import ANY, NOTHING, Gen, Int, List, Proc, Type
from omnitest.generate.vocabulary import BUILTINS, feature_of
from reference_interp.primitives import PRIMITIVES

#: Modules of productions that are used in no other way: importing them is what registers the productions.
TOPICS: Final = (
    access, arithmetic, bytevectors, clauses, cycles, data, files, generators, handlers, labels, matching, numbers,
    ports, promises, prompts, ranges, strings, table_calls, tables, text, truth, vectors,
)  # fmt: skip
#: Of the nodes asked for, so many are given out as sizes; leaves that are literals of data add the rest.
_BUDGET_PERCENT: Final = 30
#: Primitives that a program may redefine: those that are called most, and some that change objects.
_WRAPPED: Final = (
    "car", "cons", "not", "length", "append", "reverse", "abs", "vector-ref", "modulo", "equal?", "string-length",
    "char-upcase", "list", "+", "*", "string-append", "<", "set-car!", "vector-set!",
)  # fmt: skip
#: The same of those that :data:`SUSPENDING` features are about.
_WRAPPED_CONTROL: Final = (
    "call/cc", "yield", "generator-next!", "dynamic-wind", "with-exception-handler", "raise-continuable",
)  # fmt: skip
_PER_FORM: Final = 20  # steps of a top-level form besides its expressions


@dataclass(frozen=True, slots=True)
class GeneratedProgram:
    """A program and what is known about it.

    ``nodes`` counts atoms and lists; ``uses`` how often each special form, primitive and library
    procedure occurs (``error:KIND`` for deliberate errors); ``may_raise`` are the kinds that can end
    the program, empty for programs that reach a value; ``steps`` bounds the evaluation steps.
    """

    text: str
    nodes: int
    uses: Counter[str]
    may_raise: frozenset[str]
    steps: int


def generate(random: Random, config: GeneratorConfig) -> str:
    """The text of a random program. The same state of ``random`` and the same ``config`` give the same text."""
    return generate_program(random, config).text


def generate_program(
    random: Random, config: GeneratorConfig, seen: Mapping[str, int] | None = None
) -> GeneratedProgram:
    """Like :func:`generate`, with what is known about the program.

    ``seen`` says in how many programs each name has occurred: wherever one name of the language is as good as
    another, those that were seen less often are preferred.
    """
    g = Builder(random, with_control(random, config), seen)
    top = _Top(g)
    may_raise = top.build()
    forms = top.forms
    if g.portable:
        sequence_operands(forms, g.raising, g.shapes)
        for variable in top.names:  # from where a keyword is a variable is open
            variable.forward = True
    assign_names(Form(forms, (top.names, forms)), random, g.has(Feature.SHADOWING), config.subset)
    uses: Counter[str] = Counter()
    for form in forms:
        _count_uses(form, uses)
    for kind in g.planted:
        uses[f"error:{kind}"] += 1
    return GeneratedProgram(program_text(forms), sum(map(count_nodes, forms)), uses, may_raise, g.frame.spent)


def _count_uses(tree: Tree, uses: Counter[str]) -> None:
    if isinstance(tree, str):
        if tree in BUILTINS:
            uses[tree] += 1
    elif isinstance(tree, list):
        if tree and tree[0] == "quote":
            uses["quote"] += 1
            return
        for child in tree:
            _count_uses(child, uses)


class _Top:
    """The top level of one program."""

    def __init__(self, g: Builder) -> None:
        self.g: Final = g
        self.forms: Final[list[Tree]] = []
        self.names: Final[list[Var]] = []
        self._wrapped: Final[set[str]] = set()
        self._running_once = True

    def build(self) -> frozenset[str]:
        """Add all forms; the result is :attr:`GeneratedProgram.may_raise`."""
        g = self.g
        size = g.config.size * _BUDGET_PERCENT // 100
        left = g.between(size // 2, 2 * size - size // 2)
        if g.features & SUSPENDING:  # what jumps needs something to jump over
            left += size // 2
        kind = g.pick(error_kinds(g)) if g.randrange(100) >= 100 - g.config.error_percent else None
        uncaught = kind is not None and (kind == "exit" or not g.has(Feature.GUARD) or g.randrange(3) == 2)
        g.error_kind = kind
        last = min(left // 2, g.between(12, 36) if g.features & SUSPENDING else g.between(4, 20))
        left -= last
        again = g.has(Feature.CONTINUATIONS) and g.has(Feature.ASSIGNMENT) and g.randrange(5) == 4
        if again:
            part = left // g.between(1, 3)
            left -= part
            self._entered_again(part)
        self._items(left)
        if g.randrange(3):
            self._unusual(g.between(8, 20))
        self._work()
        if kind is None:
            self.forms.append(g.expr(self._final_type(), last))
            return frozenset()
        if not uncaught:
            self.forms.append(self._caught(kind, last))
            return frozenset()
        self.forms.extend(raising_body(g, self._final_type(), last, kind))
        if g.features & SUSPENDING:  # that body may leave early or keep the error in a procedure nobody calls
            self.forms.append(raising(g, kind, 8))
        return frozenset({kind})

    def _final_type(self) -> Type:
        g = self.g
        return g.any_type() if g.randrange(8) == 0 and not g.portable else g.familiar_type()

    def _caught(self, kind: str, size: int) -> Tree:
        type_ = self._final_type()
        while not reaches_no_procedure(type_):
            type_ = self.g.data_type()
        return guard_form(self.g, type_, max(size, 12), kind)

    def _items(self, left: int) -> None:
        g = self.g
        while left > 4:
            about_control = bool(g.features & SUSPENDING) and g.randrange(3) > 0
            size = min(left, g.between(30, 60) if about_control else g.between(12, 36))
            left -= size
            g.charge(_PER_FORM)
            if about_control and size > 15:
                self._control(size)
            else:
                self._item(size)

    def _entered_again(self, size: int) -> None:
        """Items that a continuation of the top level runs again: what they define is defined again, too."""
        g = self.g
        paid, passed = fuel(g.between(1, 2)), value_passed(g)
        k, kept, first = Var(ANY), Var(Proc((passed,), NOTHING, 0)), Var(passed)
        self.names.extend((kept, paid.counter))
        self.forms.extend((["define", kept, "#f"], ["define", paid.counter, str(paid.units)]))
        left, right = g.split(size // 3, 2)
        self._running_once = False
        with g.repeated(paid.units + 1):
            self.forms.append(["define", first, captured(g, k, [["set!", kept, k], g.expr(passed, left)])])
            self._visible(first)
            self._items(size - left - right)
            g.charge(RESUMPTION_COST)
            self.forms.append(paid.pay(1, [kept, g.expr(passed, right)], "nothing"))
        self._running_once = True

    def _item(self, size: int) -> None:
        """One definition or statement of about ``size`` nodes."""
        g = self.g
        choice = g.randrange(16)
        if choice > 11 and self._special_item(choice, size):
            return
        if choice < 2 and g.has(Feature.OUTPUT):
            self.forms.append([g.pick(("print", "print", "write", "display")), g.expr(g.familiar_type(), size - 1)])
        elif choice < 3:
            self.forms.append(g.expr(NOTHING, size))
        elif choice < 4:
            self._variable(size, in_a_loop=False)
        elif choice < 6:
            self._variable(max(size, 16), in_a_loop=True)
        elif choice == 6 and self._running_once and g.has(Feature.SHADOWING) and size > 10:
            self._wrapped_builtin()
        elif choice == 7 and g.has(Feature.SEVERAL_VALUES) and g.randrange(2):
            names, form = values_definition(g, size)
            self.forms.append(form)
            self._visible(*names)
        elif choice == 8 and g.has(Feature.PARAMETERS) and g.randrange(2):
            variable, made = parameter(g, min(size, 12))
            self.forms.append(["define", variable, made])
            self._visible(variable)
        elif choice == 9 and g.has(Feature.GENERATORS) and g.randrange(2):
            variable = Var(Gen(g.scalar_type(), endless=g.chance(30)))
            self.forms.append(["define", variable, g.expr(variable.type, size)])
            self._visible(variable)
        else:
            names, forms = define_procedures(g, size, g.config.steps // g.pick((10, 30, 100)))
            self.forms.extend(forms)
            self._visible(*names)
            if g.randrange(2):
                self._exercise(g.pick(names))

    def _control(self, size: int) -> None:
        """A procedure, a statement or a variable that is about the continuation."""
        g = self.g
        if g.randrange(5) > 2:
            names, forms = plain_definition(g, size, g.config.steps // g.pick((10, 30, 100)), about=SUSPENDING)
            self.forms.extend(forms)
            self._visible(*names)
            self._exercise(names[0])
            return
        types: tuple[Type, ...] = (NOTHING, ANY, List(g.scalar_type(), 0, 6))
        type_ = g.data_type() if g.randrange(3) else g.pick(types)
        value = g.expr_with(SUSPENDING, type_, size - 1)
        if type_ == NOTHING or not g.has(Feature.OUTPUT) or g.randrange(3) == 2:
            variable = Var(type_)
            self.forms.append(["define", variable, value])
            self._visible(variable)
        else:
            self.forms.append([g.pick(("print", "write", "display")), value])

    def _special_item(self, choice: int, size: int) -> bool:
        """Define a record type or a macro, import something, or use a construct that is rare elsewhere."""
        g = self.g
        if choice == 12 and self._running_once and g.has(Feature.RECORDS):
            names, form = record_definition(g)
            self.forms.append(form)
            self._visible(*names)
            g.know(next(reversed(g.constructors)))
            return True
        if choice == 13 and g.has(Feature.MACROS):
            macro = new_macro(g)
            self.forms.append(macro_definition(macro))
            self.names.append(macro.name)
            g.macros.append(macro)
            return True
        if choice > 14:
            self._unusual(size)
            return True
        if choice == 14 and g.has(Feature.RARE_SYNTAX) and g.randrange(4) == 3:
            self.forms.append(import_declaration(g))
            return True
        return False

    def _unusual(self, size: int) -> None:
        """A statement of constructs that fit few places, or some calls straight from the primitive table."""
        g = self.g
        kind = g.pick((ANY, ANY, NOTHING, g.familiar_type()))
        if g.randrange(2):
            pieces = g.split(min(size, 14), g.between(1, 5))
            value: Tree = ["list", *(table_calls.call_from_table(g, ANY, piece) or "0" for piece in pieces)]
        else:
            value = g.unusual(kind, size - 1)
        printed = g.has(Feature.OUTPUT) and kind is not NOTHING
        self.forms.append([g.pick(("print", "write", "display")), value] if printed else value)

    def _work(self) -> None:
        """Call defined procedures until the program has something to do."""
        g = self.g
        enough = g.pick((0, 3000, 10_000, 20_000, 20_000))
        for _ in range(4):
            procedures = g.variables(lambda variable: isinstance(variable.type, Proc))
            if g.frame.spent >= enough or not procedures:
                return
            self._exercise(g.pick(procedures))

    def _exercise(self, procedure: Var) -> None:
        """Call ``procedure``: once, in a loop, or for each item of a list that is kept."""
        g = self.g
        type_ = procedure.type
        assert isinstance(type_, Proc)
        times = g.iterations(type_.cost + 60, g.pick((1, 5, 20, 50, 100, 200)))
        if times == 0:
            return
        if not g.has(Feature.LOOPS):
            times = min(times, 12 if g.has(Feature.HIGHER_ORDER) and type_.result != NOTHING else 1)
        index = Var(Int(0, times - 1))
        with g.repeated(times), g.visible(index):
            g.charge(type_.cost + 60)
            operands = arguments(g, type_.params, 2 * len(type_.params))
            for position, param in enumerate(type_.params):
                if isinstance(param, Int) and 0 < param.high <= 1000 and g.randrange(2):
                    operands[position] = str(param.high)  # most likely a counter: go all the way
            call: Tree = [procedure, *operands]
        keep = g.has(Feature.HIGHER_ORDER) and type_.result != NOTHING and 1 < times <= 30
        if keep and (g.randrange(2) or not g.has(Feature.LOOPS)):
            kept = Var(List(type_.result, times, times))
            body = [call]
            mapping = Form(["lambda", [index], *body], ([index], body))
            self.forms.append(["define", kept, ["map", mapping, ["iota", str(times)]]])
            self._visible(kept)
            return
        if g.has(Feature.OUTPUT) and type_.result != NOTHING and g.printable(type_.result):
            call = [g.pick(("print", "print", "write", "display")), call]
        if times == 1:
            call = Form(["let", [[index, "0"]], call], ([index], [call]))
            self.forms.append(call)
            return
        binding: Tree = [index, "0", ["+", index, "1"]]
        test: Tree = [["=", index, str(times)]]
        self.forms.append(Form(["do", [binding], test, call], ([index], [binding, test, call])))

    def _variable(self, size: int, in_a_loop: bool) -> None:
        """Define a variable; with ``in_a_loop``, by the result of a loop if its type allows that."""
        g = self.g
        if g.has(Feature.ASSIGNMENT) and not in_a_loop and g.randrange(3) == 2:
            variable = assigned_variable(g)
        else:
            variable = Var(g.any_type())
        type_ = variable.stores or variable.type
        value: Tree | None = None
        if in_a_loop:
            loops_ = [named_let, do_loop] * g.has(Feature.LOOPS) + [folded] * g.has(Feature.HIGHER_ORDER)
            value = g.pick(loops_)(g, type_, size) if loops_ else None
        form: Tree = ["define", variable, value or g.expr(type_, size - 2)]
        self.forms.append(spliced(g, form) if g.has(Feature.RARE_SYNTAX) and g.randrange(6) == 5 else form)
        self._visible(variable)

    def _wrapped_builtin(self) -> None:
        """Redefine a primitive by a procedure that does the same: later calls go through the program's."""
        g = self.g
        name = g.pick(_WRAPPED_CONTROL if g.features & SUSPENDING and g.randrange(3) == 2 else _WRAPPED)
        row = PRIMITIVES[name]
        feature = feature_of(row)
        if feature is not None and not g.has(feature):
            return
        arity = row.max_args if row.max_args == row.min_args else None
        if name in self._wrapped:
            return
        self._wrapped.add(name)
        original = Var(Proc((), NOTHING, 0))
        self.names.append(original)
        self.forms.append(["define", original, name])
        params = [Var(Int(0, 0)) for _ in range(arity or 1)]
        if arity is None:
            body: list[Tree] = [["apply", original, params[0]]]
            self.forms.append(Form(["define", [name, ".", *params], *body], (params, body)))
        else:
            body = [[original, *params]]
            self.forms.append(Form(["define", [name, *params], *body], (params, body)))

    def _visible(self, *variables: Var) -> None:
        self.names.extend(variables)
        self.g.scope.extend(variables)
