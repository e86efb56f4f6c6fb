"""C spellings: identifiers and string literals."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def c_identifier(name: str) -> str:
    """The letters, digits and underscores of ``name``; may be empty, never checked for keywords."""
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")


def c_string(data: bytes) -> str:
    """A C string literal with exactly these bytes (and the terminating zero)."""
    out = []
    for byte in data:
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif 32 <= byte < 127 and char != "?":
            out.append(char)
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '"'
