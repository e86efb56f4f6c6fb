"""Trees from text have the shape of the text, with the parts in place."""

from __future__ import annotations

import pytest

from omnitest.generate.printing import flat
from omnitest.generate.template import names, tree


@pytest.mark.parametrize(
    "text",
    [
        "atom",
        "()",
        '(a (b . c) #(1 2) #u8(1 2) "(s \\" t)" #\\( #\\) #\\x41)',
        "'(a `(b ,c ,@d))",
        "(x 'y '())",
        "(... ...)",
    ],
)
def test_text_without_parts_prints_as_it_is(text: str) -> None:
    assert flat(tree(text)) == text


def test_parts_stand_where_their_names_were() -> None:
    made = tree("(f $one #($one) '$one ($*more) . $one)", one=["g", "1"], more=["a", ["b"]])
    assert flat(made) == "(f (g 1) #((g 1)) '(g 1) (a (b)) . (g 1))"


def test_the_names_of_the_parts_are_told_in_order() -> None:
    assert names("(f $b ($*rest) $a $b)") == ["b", "rest", "a"]


def test_a_part_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        tree("(f $a)")
