"""Program trees as indented text."""

from __future__ import annotations

from typing import Final

from omnitest.generate.tree import Tree, Var

_WIDTH: Final = 88
_ABBREVIATIONS: Final = {"quote": "'", "quasiquote": "`", "unquote": ",", "unquote-splicing": ",@"}
#: How many parts of a form stay on its first line when it is broken; the other forms keep one.
_KEPT: Final = {"cond": 0, "begin": 0, "and": 0, "or": 0, "do": 1, "let": 1, "guard": 1}


def program_text(forms: list[Tree]) -> str:
    """The top-level ``forms``, one after the other, ending in a newline."""
    return "".join(f"{_pretty(form, 0)}\n" for form in forms)


def _pretty(tree: Tree, indent: int) -> str:
    text = flat(tree)
    if len(text) + indent <= _WIDTH or not isinstance(tree, list) or len(tree) < 2 or _abbreviated(tree):
        return text
    if isinstance(tree[0], list):
        kept, step = 0, 1
    else:
        head = flat(tree[0])
        kept, step = _KEPT.get(head, 1), 2
        if head in ("let", "fn") and isinstance(tree[1], Var):
            kept = 2
    kept_at = indent + 1
    first = []
    for part in tree[: kept + 1]:
        first.append(_pretty(part, kept_at))
        kept_at += len(first[-1]) + 1
    break_ = "\n" + " " * (indent + step)
    rest = [_pretty(part, indent + step) for part in tree[kept + 1 :]]
    return "(" + break_.join([" ".join(first), *rest]) + ")"


def _abbreviated(tree: list[Tree]) -> bool:
    return len(tree) == 2 and isinstance(tree[0], str) and tree[0] in _ABBREVIATIONS


def flat(tree: Tree) -> str:
    """``tree`` on one line."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Var):
        return tree.name
    if isinstance(tree, tuple):
        return "#(" + " ".join(map(flat, tree)) + ")"
    if _abbreviated(tree):
        return _ABBREVIATIONS[str(tree[0])] + flat(tree[1])
    return "(" + " ".join(map(flat, tree)) + ")"
