"""What emitted functions save in heap frames, so that those who continue them can be held to it.

A frame is filled in one function and taken apart in another. This module reads the first half from the
text: for every resume function and state, the kinds of the slots.
"""

from __future__ import annotations

import re
from collections import defaultdict

_STEP = re.compile(r"\bomni_suspend\(ctx, (\w+), (\d+), (\d+), [01]\)|\bomni_save(_immediate)?\(ctx, \d+, ")

#: By resume function and state: a letter per slot, ``r`` a reference or ``i`` an immediate. Several
#: where a state is saved in several places, which must agree.
Frames = dict[str, dict[int, set[str]]]


def saved_frames(c_text: str) -> Frames:
    """The frames that the functions of an emitted text save."""
    frames: Frames = defaultdict(lambda: defaultdict(set))
    if "omni_suspend(" not in c_text:
        return frames
    resume, state, kinds = "", 0, ""

    def finish() -> None:
        if resume:
            frames[resume][state].add(kinds)

    for step in _STEP.finditer(c_text):
        if step[1] is not None:
            finish()
            resume, state, kinds = step[1], int(step[2]), ""
        else:
            kinds += "r" if step[4] is None else "i"
    finish()
    return frames
