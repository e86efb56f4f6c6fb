"""The names that the language itself gives a meaning: special forms and builtin procedures."""

from __future__ import annotations

from typing import Final

from omnitest.generate.config import Feature
from reference_interp.forms import FORMS as SPECIAL_FORMS
from reference_interp.library import library_procedures
from reference_interp.primitives import PRIMITIVES, Primitive, Type

FORMS: Final = tuple(SPECIAL_FORMS)

#: Words that have a meaning inside of some forms only.
AUXILIARY: Final = ("else", "=>")

#: Procedures of the library written in OmniLisp.
PRELUDE: Final = library_procedures()


def public(name: str) -> bool:
    """Whether programs may use the primitive ``name``; ``%word`` is for the library alone."""
    return not (name.startswith("%") and len(name) > 1)


PUBLIC_PRIMITIVES: Final = tuple(name for name in PRIMITIVES if public(name))
BUILTINS: Final = frozenset(FORMS + AUXILIARY + PRELUDE + PUBLIC_PRIMITIVES)

#: The features of the primitives that capture, replace or extend the continuation, or give it several values.
FEATURE_OF: Final = {
    "call-with-current-continuation": Feature.CONTINUATIONS,
    "call/cc": Feature.CONTINUATIONS,
    "dynamic-wind": Feature.WINDS,
    "with-exception-handler": Feature.HANDLERS,
    "raise-continuable": Feature.HANDLERS,
    "exit": Feature.EXIT,
    "emergency-exit": Feature.EXIT,
    "values": Feature.SEVERAL_VALUES,
}


def feature_of(row: Primitive) -> Feature | None:
    """The feature group that ``row`` belongs to; None where it belongs to data of all programs."""
    if Type.GENERATOR in (row.result, *row.params) or row.name == "yield":
        return Feature.GENERATORS
    return FEATURE_OF.get(row.name)
