"""The names that the language itself gives a meaning: special forms, library procedures, reserved names."""

from __future__ import annotations

from typing import Final

from reference_interp.primitives import PRIMITIVES

FORMS: Final = (
    "define", "lambda", "fn", "let", "let*", "letrec", "letrec*", "if", "cond", "case", "when", "unless",
    "and", "or", "do", "begin", "set!", "quote", "quasiquote", "guard",
)  # fmt: skip

#: Words that have a meaning inside of some forms only.
AUXILIARY: Final = ("else", "=>", "unquote", "unquote-splicing")

RESERVED: Final = ("true", "false", "nothing")

#: Procedures of the library written in OmniLisp.
PRELUDE: Final = (
    "map", "for-each", "vector-map", "vector-for-each", "filter", "fold", "foldl", "foldr", "reduce", "compose",
    "flip", "identity", "range", "iota", "take", "drop", "sort", "any", "every", "delete", "string-join",
    "list-index",
)  # fmt: skip


def public(name: str) -> bool:
    """Whether programs may use the primitive ``name``; ``%word`` is for the library alone."""
    return not (name.startswith("%") and len(name) > 1)


PUBLIC_PRIMITIVES: Final = tuple(name for name in PRIMITIVES if public(name))
BUILTINS: Final = frozenset(FORMS + AUXILIARY + PRELUDE + PUBLIC_PRIMITIVES)
