"""The prelude: the part of the library that is written in OmniLisp, and programs linked with it.

The files of ``prelude/`` are expanded once. A program receives the definitions that it uses, transitively, in
front of its own forms. Their globals are called ``%map``, ``%filter``, …: names that a program cannot
use for its own program-level variables, so neither can disturb the other.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from reference_interp.core import PRELUDE_FILE, Define, Expr, GlobalRef, PrimRef, Program, Span
from reference_interp.expander import EXPRESSION_NESTING_LIMIT, Expander
from reference_interp.forms import KEYWORDS
from reference_interp.primitives import PRIMITIVES
from reference_interp.reader import SyntaxProblem, decode_source, problem_at, read_program
from reference_interp.syntax import Syntax

#: What the Core names of prelude globals begin with.
RESERVED_PREFIX: Final = "%"

# Python frames that expanding one level of nested expressions takes, at most.
_FRAMES_PER_LEVEL: Final = 20


@dataclass(frozen=True, slots=True)
class Library:
    """The expanded prelude: definitions in order, and for each global the prelude globals that it mentions."""

    definitions: tuple[Define, ...]
    mentions: dict[str, frozenset[str]]

    def needed_by(self, names: Iterable[str]) -> tuple[Define, ...]:
        """The definitions of ``names`` and of all they mention, in the order of the prelude."""
        needed: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in needed:
                needed.add(name)
                pending.extend(self.mentions[name])
        return tuple([definition for definition in self.definitions if definition.name in needed])


@cache
def prelude() -> Library:
    """The prelude that belongs to this version of the language."""
    forms = [
        form
        for path in sorted(Path(__file__).with_name("prelude").glob("*.omni"))
        for form in read_program(decode_source(path.read_bytes(), PRELUDE_FILE), PRELUDE_FILE)
    ]
    names = _PreludeNames(forms)
    definitions: list[Define] = []
    mentions: dict[str, frozenset[str]] = {}
    for form in forms:
        expander = Expander(KEYWORDS, names)
        (definition,) = expander.expand_program([form])
        assert isinstance(definition, Define), "the prelude consists of definitions"
        definitions.append(definition)
        mentions[definition.name] = frozenset(expander.mentioned)
    return Library(tuple(definitions), mentions)


@cache
def _numbers() -> dict[str, int]:
    return {definition.name: number for number, definition in enumerate(prelude().definitions)}


def definition_number(name: str) -> int | None:
    """Which definition of the prelude the Core name of a global belongs to; None for names of programs."""
    return _numbers().get(name)


def is_library(form: Expr) -> bool:
    """Whether ``form`` defines a procedure of the library: the same in each program that has it."""
    return isinstance(form, Define) and form.name in _numbers()


def library_procedures() -> tuple[str, ...]:
    """The names of the prelude's procedures, as programs use them, in the order of the prelude."""
    return tuple([d.name.removeprefix(RESERVED_PREFIX) for d in prelude().definitions if not _is_internal(d.name)])


def _is_internal(core_name: str) -> bool:
    return core_name.startswith(RESERVED_PREFIX * 2)


class _PreludeNames:
    """Names as the prelude sees them: its own procedures, then the primitives, internal ones included."""

    def __init__(self, forms: Sequence[Syntax]) -> None:
        self._own = {form.items[1].items[0].symbol for form in forms}

    def core_name(self, name: str, span: Span) -> str:
        return RESERVED_PREFIX + name

    def reference(self, name: str, span: Span) -> Expr:
        if name in self._own:
            return GlobalRef(RESERVED_PREFIX + name, span)
        if name not in PRIMITIVES:
            raise problem_at(span, f"the prelude does not define {name}")
        return PrimRef(name, span)

    def library_name(self, name: str) -> str:
        return RESERVED_PREFIX + name


class _ProgramNames:
    """Names as a program sees them: its own variables, then primitives, then the prelude.

    ``own`` are the names that the program defines or assigns anywhere.
    """

    def __init__(self, library: Library, own: frozenset[str]) -> None:
        self._library = library
        self._own = own
        self.builtins_used: set[str] = set()  # names that were taken for the language's own
        self.library_used: set[str] = set()  # Core names of prelude globals

    def core_name(self, name: str, span: Span) -> str:
        if _is_reserved(name):
            raise problem_at(span, f"{name}: names that begin with % are reserved", "choose another name")
        return name

    def reference(self, name: str, span: Span) -> Expr:
        self.core_name(name, span)
        if name in self._own:
            return GlobalRef(name, span)
        if name in PRIMITIVES:
            self.builtins_used.add(name)
            return PrimRef(name, span)
        library_name = RESERVED_PREFIX + name
        if library_name in self._library.mentions:
            self.builtins_used.add(name)
            self.library_used.add(library_name)
            return GlobalRef(library_name, span)
        return GlobalRef(name, span)

    def library_name(self, name: str) -> str:
        library_name = RESERVED_PREFIX + name
        self.library_used.add(library_name)
        return library_name


def _is_reserved(name: str) -> bool:
    """Whether a program must not have a global called ``name``; ``%`` itself is the remainder procedure."""
    return name.startswith(RESERVED_PREFIX) and name != RESERVED_PREFIX


def expand_program(forms: Sequence[Syntax], file: str, source: str = "") -> Program:
    """The Core of a whole program, linked with what it uses of the prelude. Raises SyntaxProblem."""
    with _deep_recursion(file):
        library = prelude()
        names = _ProgramNames(library, frozenset())
        expander = Expander(KEYWORDS, names)
        own_forms = expander.expand_program(forms)
        if names.builtins_used & expander.globals.keys():
            # The program defines or assigns a name that was resolved as the language's own.
            names = _ProgramNames(library, frozenset(expander.globals))
            expander = Expander(KEYWORDS, names)
            own_forms = expander.expand_program(forms)
        for macro in expander.late_macros:
            if macro.symbol not in expander.globals:
                raise problem_at(
                    macro.span,
                    f"the macro {macro.symbol} is used above its definition, as a variable",
                    "define macros above their uses",
                )

    starts: list[Expr] = []
    for name in expander.globals:
        library_name = RESERVED_PREFIX + name
        if library_name in library.mentions and name not in expander.defined_first:
            # Like a primitive's, the name starts with the library's procedure as its value.
            names.library_used.add(library_name)
            nowhere = Span(PRELUDE_FILE, 0, 0)
            starts.append(Define(name, GlobalRef(library_name, nowhere), nowhere))
    linked = library.needed_by(names.library_used)
    return Program(
        forms=(*linked, *starts, *own_forms),
        globals=(*[definition.name for definition in linked], *expander.globals),
        file=file,
        prelude_forms=len(linked) + len(starts),
        source=source,
        warnings=tuple(expander.warnings),
        special_forms=tuple(expander.special_forms),
    )


@contextmanager
def _deep_recursion(file: str) -> Iterator[None]:
    """Room for the expander's recursion, which its own nesting limit bounds."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, before + EXPRESSION_NESTING_LIMIT * _FRAMES_PER_LEVEL))
    try:
        yield
    except SyntaxProblem as problem:
        # Without the traceback, which would keep alive what a hundred thousand frames hold.
        raise problem.with_traceback(None) from None
    except RecursionError:
        # Parts of a form that are no expressions, such as patterns, nest deeper than any source does.
        raise SyntaxProblem(
            "the program nests too deeply when its macros are expanded", file, 0, 0, "do macros expand without an end?"
        ) from None
    finally:
        sys.setrecursionlimit(before)
