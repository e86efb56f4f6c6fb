"""Program text as HTML: numbered, coloured, one line marked."""

from __future__ import annotations

from markupsafe import Markup, escape
from pygments import lex
from pygments.token import STANDARD_TYPES

from omnitest.reports.lexer import OmniLispLexer
from omnitest.reports.wording import printable


def _lines(text: str) -> list[list[tuple[str, str]]]:
    """The text's lines as runs of (CSS class, characters)."""
    lines: list[list[tuple[str, str]]] = [[]]
    for kind, value in lex(text, OmniLispLexer(stripnl=False, ensurenl=False)):
        while kind not in STANDARD_TYPES and kind.parent is not None:
            kind = kind.parent
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append((STANDARD_TYPES[kind], part))
    if lines and not lines[-1]:
        lines.pop()
    return lines


def highlight(text: str, faulty_line: int = 0) -> Markup:
    """The program as a ``<pre>``; ``faulty_line`` (from 1; 0 for none) carries an arrow as well as a colour."""
    rows = []
    for number, runs in enumerate(_lines(printable(text.replace("\r\n", "\n").replace("\r", "\n"))), start=1):
        code = Markup("").join(
            Markup('<span class="{}">{}</span>').format(css, part) if css else escape(part) for css, part in runs
        )
        marked = number == faulty_line
        rows.append(
            Markup('<span class="row{}"><span class="no">{}{}</span> {}</span>\n').format(
                " faulty" if marked else "", "▶" if marked else "", number, code
            )
        )
    return Markup('<pre class="code" tabindex="0">{}</pre>').format(Markup("").join(rows))
