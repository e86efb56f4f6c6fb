"""The names that the language itself gives a meaning: special forms and builtin procedures."""

from __future__ import annotations

from typing import Final

from reference_interp.forms import FORMS as SPECIAL_FORMS
from reference_interp.library import library_procedures
from reference_interp.primitives import PRIMITIVES

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
