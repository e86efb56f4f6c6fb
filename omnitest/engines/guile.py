"""The guile engine: GNU Guile 3."""

from __future__ import annotations

import re
from typing import Final

from omnitest.engines.protocol import Tool
from omnitest.engines.scheme import Implementation

GUILE: Final = Implementation(
    name="guile",
    command=("guile", "--no-auto-compile", "guile.scm"),
    tool=Tool("guile", ("guile", "--version"), "guile-3.0"),
    # The collector's words, and those of the stack that cannot grow any more.
    out_of_memory=re.compile(
        r"[Oo]ut of memory|Too many heap sections|GC Warning|[Uu]nable to (allocate|expand)|"
        r"mmap.*failed|Memory exhausted|[Ff]ailed to allocate"
    ),
)
