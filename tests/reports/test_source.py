"""Programs in the page: the lexer loses nothing, the lines keep their numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pygments.token import Comment, Keyword, Number, String, Token

from omnitest.reports.lexer import OmniLispLexer
from omnitest.reports.source import highlight
from omnitest.reports.wording import printable
from tests.reports.page_reader import read_page


def kinds(text: str) -> dict[str, object]:
    return {value: kind for kind, value in OmniLispLexer().get_tokens(text) if value.strip()}


@given(st.text(st.sampled_from("()[]#|;\"'\\`,@ .-+ex019abdefinetf=>\nλ"), max_size=60))
def test_the_lexer_keeps_every_character_and_knows_them_all(text: str) -> None:
    tokens = list(OmniLispLexer(stripnl=False, ensurenl=False).get_tokens(text))
    assert "".join(value for _, value in tokens) == text
    assert Token.Error not in [kind for kind, _ in tokens]


def test_what_the_colours_mean() -> None:
    found = kinds('(define x 10) ; note\n(if #t "a\\n" 1.5e3) #| b |# #\\space (list-tail \'letx -7)')
    assert found["define"] is Keyword.Declaration
    assert found["if"] is Keyword
    assert found["#t"] is Keyword.Constant
    assert found["10"] is Number.Integer and found["-7"] is Number.Integer
    assert found["1.5e3"] is Number.Float
    assert found["; note"] is Comment.Single
    assert found["\\n"] is String.Escape
    assert found["#\\space"] is String.Char
    assert found["letx"] not in (Keyword, Keyword.Declaration)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=10), max_size=8),
    st.integers(0, 9),
)
def test_each_line_is_shown_under_its_own_number(lines: list[str], faulty: int) -> None:
    page = read_page(str(highlight("\n".join(lines), faulty)))
    assert page.faults == []
    shown = [
        f"{'▶' if number == faulty else ''}{number} {printable(line)}" for number, line in enumerate(lines, start=1)
    ]
    assert page.text.split("\n")[:-1] == shown


def test_control_characters_are_shown_as_pictures() -> None:
    assert printable("a\0b\x1b[1m\x7f\tc\n") == "a␀b␛[1m␡\tc\n"
    assert printable("\ud800") == "\\ud800"
