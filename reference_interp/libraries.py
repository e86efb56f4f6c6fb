"""``import`` and ``cond-expand``: the names of standard libraries, and the features of this language.

All of the language is visible in every program, so an import only has to name what exists.
"""

from __future__ import annotations

from typing import Final

from reference_interp.reader import problem_at
from reference_interp.syntax import Kind, Syntax, unparse

#: The feature identifiers that ``cond-expand`` finds true and ``(features)`` lists.
FEATURES: Final = ("r7rs", "ieee-float", "full-unicode", "omnilisp")

_R7RS_LIBRARIES: Final = frozenset(
    "base case-lambda char cxr file inexact lazy process-context r5rs read time write".split()
)
#: Standard libraries of which the language has nothing. An import of one says what a portable program may want;
#: the names that it brings are unbound where they are used.
_ABSENT_LIBRARIES: Final = frozenset("complex eval load repl".split())
# Errors, multiple values, case-lambda, records, string ports, lists, parameters, ... as far as R7RS adopted them.
_SRFI_LIBRARIES: Final = frozenset({1, 6, 9, 11, 16, 23, 30, 39, 46, 62, 87})

_IMPORT_SHAPE: Final = "write (import (scheme base) (only (scheme write) display) ...)"
_CLAUSE_SHAPE: Final = "write (cond-expand (requirement form ...) ... (else form ...))"


def check_import(form: Syntax) -> None:
    """Check that every import set of an ``import`` form names a library that exists. Raises SyntaxProblem."""
    for import_set in form.items[1:]:
        current = import_set
        while _head(current) in ("only", "except", "prefix", "rename") and _is_library_name(current.items[1:2]):
            _check_modifier(current)
            current = current.items[1]
        if not _is_library_name([current]):
            raise problem_at(current.span, "import: a library name is a list of symbols and numbers", _IMPORT_SHAPE)
        if not _exists(current) and not _is_absent(current):
            raise problem_at(
                current.span,
                f"import: there is no library {_written(current)}",
                "the libraries are " + ", ".join(f"(scheme {name})" for name in sorted(_R7RS_LIBRARIES)),
            )


def _check_modifier(import_set: Syntax) -> None:
    modifier = _head(import_set)
    if modifier in ("prefix", "rename"):
        raise problem_at(
            import_set.span,
            f"import: {modifier} is not supported",
            "all names of the language are visible as they are; give them other names with define",
        )
    if any(name.symbol is None for name in import_set.items[2:]):
        raise problem_at(import_set.span, f"import: names follow the library of {modifier}", _IMPORT_SHAPE)


def selected_forms(form: Syntax) -> tuple[Syntax, ...]:
    """The forms of the first clause of a ``cond-expand`` whose requirement holds; none if there is no such clause."""
    for position, clause in enumerate(form.items[1:], start=2):
        if not clause.is_proper_list or not clause.items:
            raise problem_at(clause.span, "cond-expand: a clause is a list", _CLAUSE_SHAPE)
        requirement = clause.items[0]
        if requirement.symbol == "else" and position != len(form.items):
            raise problem_at(clause.span, "cond-expand: else is the last clause", "move it to the end")
        if requirement.symbol == "else" or _holds(requirement):
            return clause.items[1:]
    return ()


def _holds(requirement: Syntax) -> bool:
    """Whether a feature requirement is fulfilled; its words are taken by their spelling."""
    if requirement.symbol is not None:
        return requirement.symbol in FEATURES
    operands = requirement.items[1:]
    if requirement.is_proper_list:
        match _head(requirement):
            case "and":
                return False not in [_holds(operand) for operand in operands]
            case "or":
                return True in [_holds(operand) for operand in operands]
            case "not" if len(operands) == 1:
                return not _holds(operands[0])
            case "library" if len(operands) == 1 and _is_library_name(operands):
                return _exists(operands[0])
            case _:
                pass
    raise problem_at(
        requirement.span,
        "cond-expand: this is not a feature requirement",
        "write a feature, (library name), (and ...), (or ...) or (not requirement)",
    )


def _head(syntax: Syntax) -> str | None:
    return syntax.items[0].symbol if syntax.is_proper_list and syntax.items else None


def _is_library_name(syntaxes: tuple[Syntax, ...] | list[Syntax]) -> bool:
    """Whether there is one datum in ``syntaxes`` and it has the shape of a library name or import set."""
    return len(syntaxes) == 1 and syntaxes[0].is_proper_list and len(syntaxes[0].items) > 0


def _exists(name: Syntax) -> bool:
    if len(name.items) != 2 or any(part.kind is not Kind.ATOM for part in name.items):
        return False
    kind, which = _head(name), name.items[1]
    return (kind == "scheme" and which.symbol in _R7RS_LIBRARIES) or (
        kind == "srfi" and type(which.datum) is int and which.datum in _SRFI_LIBRARIES
    )


def _is_absent(name: Syntax) -> bool:
    return len(name.items) == 2 and _head(name) == "scheme" and name.items[1].symbol in _ABSENT_LIBRARIES


def _written(name: Syntax) -> str:
    return unparse([name]).strip()
