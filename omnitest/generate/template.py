"""Trees from text: ``tree("(if $test $then 0)", test=…, then=…)``.

``$name`` in the text stands for the part of that name, ``$*name`` for the trees of a list of parts.
Everything else is read as it would be in a program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from omnitest.generate.tree import Tree

_TOKEN: Final = re.compile(r"""\s*(#u8\([^)]*\)|"(?:\\.|[^"\\])*"|\#\\.[^\s()]*|\#?\(|\)|,@|[',`]|[^\s()'"`,]+)""")
_PREFIXES: Final = {"'": "quote", "`": "quasiquote", ",": "unquote", ",@": "unquote-splicing"}

Part = Tree | Sequence[Tree]


def tree(text: str, **parts: Part) -> Tree:
    """The only datum of ``text`` with its parts in place."""
    return instantiate(text, parts)


def instantiate(text: str, parts: Mapping[str, Part]) -> Tree:
    """Like :func:`tree`, with the parts in a mapping."""
    return _filled(_parsed(text), parts)


def names(text: str) -> list[str]:
    """The names of the parts that ``text`` wants, in order."""
    return list(dict.fromkeys(re.findall(r"\$\*?([a-z0-9-]+)", text)))


def _filled(shape: Tree, parts: Mapping[str, Part]) -> Tree:
    if isinstance(shape, str):
        return parts[shape[1:]] if shape[0] == "$" else shape  # type: ignore[return-value]  # $name: one tree
    assert isinstance(shape, (list, tuple))
    items: list[Tree] = []
    for item in shape:
        if isinstance(item, str) and item.startswith("$*"):
            items.extend(parts[item[2:]])  # type: ignore[arg-type]  # $*name: a list of trees
        else:
            items.append(_filled(item, parts))
    return items if isinstance(shape, list) else tuple(items)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Tree:
    tokens = _TOKEN.findall(text)
    shape, end = _datum(tokens, 0)
    assert end == len(tokens), text
    return shape


def _datum(tokens: list[str], at: int) -> tuple[Tree, int]:
    token = tokens[at]
    if token in _PREFIXES:
        quoted, at = _datum(tokens, at + 1)
        return [_PREFIXES[token], quoted], at
    if token not in ("(", "#("):
        return token, at + 1
    items: list[Tree] = []
    at += 1
    while tokens[at] != ")":
        item, at = _datum(tokens, at)
        items.append(item)
    return (items if token == "(" else tuple(items)), at + 1
