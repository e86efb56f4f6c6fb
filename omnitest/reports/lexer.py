"""A Pygments lexer for OmniLisp."""

from __future__ import annotations

import re
from typing import ClassVar

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

_DEFINING = ("define", "define-record-type", "define-syntax")
_FORMS = (
    "and begin case cond delay do else fn guard if lambda let let* letrec letrec* match or parameterize "
    "quasiquote quote set! unless unquote unquote-splicing when with-region =>"
).split()
_END = r"(?=[\s()\[\]{}\";'`,]|$)"


class OmniLispLexer(RegexLexer):
    """Colours for people; it accepts any text and is no judge of what is a program."""

    name = "OmniLisp"
    aliases: ClassVar[list[str]] = ["omnilisp", "omni"]
    filenames: ClassVar[list[str]] = ["*.omni"]
    mimetypes: ClassVar[list[str]] = []
    url = ""
    flags = re.MULTILINE

    tokens: ClassVar = {
        "root": [
            (r"\s+", Text),
            (r";.*$", Comment.Single),
            (r"#\|", Comment.Multiline, "block-comment"),
            (r"#;", Comment.Special),
            (r'"', String, "string"),
            (r"#\\(?:x[0-9a-fA-F]+|[a-z]{2,}|.)", String.Char),
            (r"#(?:true|false|[tf])" + _END, Keyword.Constant),
            (words(("true", "false", "nothing"), suffix=_END), Keyword.Constant),
            (r"[+-](?:inf|nan)\.0" + _END, Number.Float),
            (r"[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?" + _END, Number.Float),
            (r"(?:#[xbodXBOD])?[+-]?[0-9a-fA-F]*\d[0-9a-fA-F]*" + _END, Number.Integer),
            (words(_DEFINING, suffix=_END), Keyword.Declaration),
            (words(_FORMS, suffix=_END), Keyword),
            (r"'|`|,@|,", Operator),
            (r"#?\(|[()\[\]{}]", Punctuation),
            (r"\|(?:[^|\\]|\\.)*\|", Name),
            (r"[^\s()\[\]{}\";'`,|]+", Name),
            (r".", Text),
        ],
        "string": [
            (r'[^"\\]+', String),
            (r"\\(?:x[0-9a-fA-F]+;|\s*\n\s*|.)", String.Escape),
            (r'"', String, "#pop"),
            (r"\\", String),
        ],
        "block-comment": [
            (r"[^#|]+", Comment.Multiline),
            (r"#\|", Comment.Multiline, "#push"),
            (r"\|#", Comment.Multiline, "#pop"),
            (r"[#|]", Comment.Multiline),
        ],
    }
