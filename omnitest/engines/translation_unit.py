"""Many programs in one translation unit, in which definitions that are the same exist once.

Generated programs repeat the library procedures that they use, the procedures of records and much of what small
programs consist of. C compilers take time in proportion to the functions that they see, so a unit contains one
definition of each. Two definitions of emitted C are the same if their texts agree but for the numbering of names,
and the things that they name in the same places are the same: the coarsest such partition, found by refinement as
for the states of an automaton (Moore 1956), so that procedures that call one another are merged as well.

Programs of such a unit share a table of program-level variables and one of literals, and say which entries are
theirs. A variable has an entry for its name and a literal for its code, and another for each further time that one
program has it, since equal literals of a program are different objects. A program that is alone in its unit is left
as the compiler wrote it, and so is one that is not of the form that the compiler writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from omnitest.engines.protocol import Case

_GLOBALS: Final = "omni_batch_globals"
_CODES: Final = "omni_batch_literal_codes"
_LITERALS: Final = "omni_batch_literals"

#: Stands for the prefix of a program: searching for one character is several times faster than for words.
_MARK: Final = "\x01"
_NAME: Final = re.compile(r"\x01(?<!\w\x01)(?:globals\[(\d+)\]|literals, (\d+)|[fl]\d+\w*)", re.ASCII)

_STRING: Final = r'"(?:[^"\\]|\\.)*"'
#: What tells definitions of the same name apart.
_NUMBER: Final = re.compile(r"(?<=^_[fl])\d+")

_DIRECTIVE: Final = re.compile(r"#line [^\n]*\n")
_PROTOTYPE: Final = re.compile(r"static omni_pending \w+\([^\n]*\);\n")
_FUNCTION: Final = re.compile(r"static omni_pending (\w+)\([^\n]*\) \{\n")
_CODE: Final = re.compile(r"static const omni_code (?:\*const )?(\w+)[^\n]* = \{[^\n]*\};\n")
_TABLE: Final = re.compile(r"static (?:const )?omni_(global|literal|form) \w+\[\d+\] = \{\n")
_VALUES: Final = re.compile(r"static omni_value \w+\[\d+\];\n")
_STRINGS: Final = re.compile(_STRING)
_DESCRIPTOR: Final = re.compile(rf"const omni_program \w+ = \{{({_STRING}), [^\n]*\}};\n")


def translation_unit(cases: Sequence[Case]) -> str:
    """One C file that defines the programs of ``cases`` and the table of them, ``omni_batch_table``."""
    programs = _programs(tuple((case.compiled.prefix, case.compiled.symbol, case.compiled.c_text) for case in cases))
    rows = "".join(f"    &{case.compiled.symbol},\n" for case in cases)
    return (
        '#include "omni.h"\n#include "omni_host.h"\n\n'
        f"{programs}"
        '#line 1 "batch.c"\n'
        f"static const omni_program *const omni_batch_list[] = {{\n{rows}}};\n"
        f"const omni_batch omni_batch_table = {{omni_batch_list, {len(cases)}}};\n"
    )


@lru_cache(maxsize=2)  # the engines get the same batch one after the other
def _programs(programs: tuple[tuple[str, str, str], ...]) -> str:
    """The definitions of programs given as prefix, symbol and text."""
    merger = _Merger()
    unmerged = [text for prefix, symbol, text in programs if len(programs) == 1 or not merger.add(prefix, symbol, text)]
    return "".join(f"{text}\n" for text in (*unmerged, merger.text()))


@dataclass(frozen=True, slots=True)
class _Definition:
    """A function, a procedure's code or a group: its text around the names of such definitions, its own among them.

    ``label`` is its name without prefix and number, ``targets`` are the positions in the unit of what it names.
    """

    name: str
    label: str
    is_function: bool
    fragments: tuple[str, ...]
    targets: tuple[int, ...]


@dataclass(slots=True)
class _Table:
    """A table that programs share: the rows, and the entry for the n-th occurrence of a row in one program."""

    rows: list[str] = field(default_factory=list)
    entries: dict[tuple[str, int], int] = field(default_factory=dict)

    def add(self, rows: Iterable[str]) -> list[int]:
        """The entries for the rows of one program."""
        seen: dict[str, int] = {}
        found = []
        for row in rows:
            occurrence = seen[row] = seen.get(row, 0) + 1
            entry = self.entries.setdefault((row, occurrence), len(self.rows))
            if entry == len(self.rows):
                self.rows.append(row)
            found.append(entry)
        return found

    def text(self) -> str:
        """The rows as C text."""
        return ",\n".join(self.rows)


@dataclass(frozen=True, slots=True)
class _Program:
    """What the descriptor of a program says: ``forms`` are positions among the definitions of the unit."""

    symbol: str
    file: str
    forms: list[int]
    globals: list[int]
    literals: list[int]


@dataclass(slots=True)
class _Pieces:
    """The text of one program taken apart."""

    definitions: list[tuple[str, str, bool]] = field(default_factory=list)  # name, text, whether a function
    forms: list[str] = field(default_factory=list)
    globals: list[str] = field(default_factory=list)
    literals: list[str] = field(default_factory=list)
    file: str = ""


def _take_apart(text: str) -> _Pieces | None:
    """The pieces of an emitted program; None when it contains anything else."""
    pieces = _Pieces()
    position = 0
    while position < len(text):
        start = position
        if (directive := _DIRECTIVE.match(text, position)) is not None:
            position = directive.end()
        if (function := _FUNCTION.match(text, position)) is not None:
            position = text.find("\n}\n", function.end()) + 3
            if position < start:
                return None
            pieces.definitions.append((function[1], text[start:position], True))
        elif directive is not None:
            return None
        elif (found := _PROTOTYPE.match(text, position) or _VALUES.match(text, position)) is not None:
            position = found.end()
        elif (code := _CODE.match(text, position)) is not None:
            position = code.end()
            pieces.definitions.append((code[1], code[0], False))
        elif (table := _TABLE.match(text, position)) is not None:
            end = text.find("\n};\n", table.end())
            rows = [row.removesuffix(",") for row in text[table.end() : end].split("\n")]
            if table[1] == "global":
                pieces.globals = rows
            elif table[1] == "literal":
                pieces.literals = rows
            else:
                pieces.forms = [row.strip() for row in rows]
            position = end + 4
        elif (descriptor := _DESCRIPTOR.match(text, position)) is not None:
            position = descriptor.end()
            pieces.file = descriptor[1]
        else:
            return None
    return pieces if pieces.file else None


class _Merger:
    """Collects programs and writes them with what they have in common."""

    def __init__(self) -> None:
        self._definitions: list[_Definition] = []
        self._programs: list[_Program] = []
        self._globals = _Table()
        self._literals = _Table()

    def add(self, prefix: str, symbol: str, text: str) -> bool:
        """Take a program, unless its text is not of the form that the compiler emits."""
        pieces = _take_apart(text)
        if pieces is None or any(f"{prefix}_" in string for string in _STRINGS.findall(text)):
            return False  # foreign text, or a string that may look like a name
        positions = {name: i for i, (name, _, _) in enumerate(pieces.definitions, start=len(self._definitions))}
        program = _Program(
            symbol,
            pieces.file,
            [positions[name] for name in pieces.forms],
            self._globals.add(pieces.globals),
            self._literals.add(pieces.literals),
        )
        for name, definition, is_function in pieces.definitions:
            marked = definition.replace(f"{prefix}_", _MARK)
            fragments, targets = [""], []
            end = 0
            for found in _NAME.finditer(marked):
                target = positions.get(f"{prefix}_{found[0][1:]}")
                fragments[-1] += marked[end : found.start()]
                end = found.end()
                if found[1] is not None:
                    fragments[-1] += f"{_GLOBALS}[{program.globals[int(found[1])]}]"
                elif found[2] is not None:
                    fragments[-1] += f"{_LITERALS}, {program.literals[int(found[2])]}"
                elif target is not None:
                    targets.append(target)
                    fragments.append("")
                else:  # a local variable that happens to be called so
                    fragments[-1] += found[0]
            fragments[-1] += marked[end:]
            fragments = [fragment.replace(_MARK, f"{prefix}_") for fragment in fragments]
            label = _NUMBER.sub("", name.removeprefix(prefix))
            self._definitions.append(_Definition(name, label, is_function, tuple(fragments), tuple(targets)))
        self._programs.append(program)
        return True

    def text(self) -> str:
        """The shared tables, one definition of each class, and the descriptors of the programs."""
        classes = self._classes()
        names: dict[int, str] = {}  # of the first definition of each class
        for definition, number in zip(self._definitions, classes, strict=True):
            names.setdefault(number, definition.name)
        functions: list[str] = []
        codes: list[str] = []
        for definition, number in zip(self._definitions, classes, strict=True):
            if names[number] == definition.name:
                targets = [names[classes[target]] for target in definition.targets]
                text = definition.fragments[0] + "".join(
                    target + fragment for target, fragment in zip(targets, definition.fragments[1:], strict=True)
                )
                (functions if definition.is_function else codes).append(text)
        prototypes = [f"{_DIRECTIVE.sub('', text).partition(' {')[0]};\n" for text in functions]
        descriptors = [
            self._descriptor(program, [names[classes[form]] for form in program.forms]) for program in self._programs
        ]
        return "".join((*prototypes, *self._tables(), *codes, *functions, *descriptors))

    def _classes(self) -> list[int]:
        """A number for each definition: the same for those that are the same."""
        numbers: dict[object, int] = {}
        classes = [numbers.setdefault((d.label, d.fragments), len(numbers)) for d in self._definitions]
        while True:
            refined: dict[object, int] = {}
            finer = [
                refined.setdefault((own, *[classes[target] for target in d.targets]), len(refined))
                for own, d in zip(classes, self._definitions, strict=True)
            ]
            if len(refined) == len(numbers):
                return classes
            numbers, classes = refined, finer

    def _tables(self) -> Iterator[str]:
        if self._globals.rows:
            yield f"static omni_global {_GLOBALS}[] = {{\n{self._globals.text()}\n}};\n"
        if self._literals.rows:
            yield f"static const omni_literal {_CODES}[] = {{\n{self._literals.text()}\n}};\n"
            yield f"static omni_value {_LITERALS}[{len(self._literals.rows)}];\n"

    @staticmethod
    def _descriptor(program: _Program, forms: list[str]) -> str:
        symbol = program.symbol
        text = f"static const omni_form {symbol}_forms[] = {{{', '.join(forms)}}};\n" if forms else ""
        fields = [program.file, f"{symbol}_forms" if forms else "0", str(len(forms))]
        entries: list[str] = []
        for what, tables, numbers in (
            ("global", [_GLOBALS], program.globals),
            ("literal", [_CODES, _LITERALS], program.literals),
        ):
            if numbers:
                text += f"static const int {symbol}_{what}_entries[] = {{{', '.join(map(str, numbers))}}};\n"
            entries.append(f"{symbol}_{what}_entries" if numbers else "0")
            fields += [*(tables if numbers else ["0"] * len(tables)), str(len(numbers))]
        return f"{text}const omni_program {symbol} = {{{', '.join((*fields, *entries))}}};\n"
