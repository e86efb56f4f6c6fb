"""The chez engine: Chez Scheme."""

from __future__ import annotations

import re
from typing import Final

from omnitest.engines.protocol import Tool
from omnitest.engines.scheme import Implementation

CHEZ: Final = Implementation(
    name="chez",
    command=("scheme", "--script", "chez.scm"),
    tool=Tool("chez", ("scheme", "--version"), "chezscheme"),
    out_of_memory=re.compile(r"out of memory"),
)
