"""The C tables of character classes and cases, from the data that the reference interpreter uses.

:func:`unicode_source` is the text of ``runtime/src/unicode_tables.c``; :mod:`compiler.runtime_tables` writes it.
"""

from __future__ import annotations

from typing import Final

from reference_interp import unicode_data
from reference_interp.characters import Run, expansions_of, runs_of

#: C name of each set and simple mapping (see ``unicode.h``), and its table of ``unicode_data``.
RUN_TABLES: Final = {
    "omni_alphabetic": unicode_data.ALPHABETIC,
    "omni_upper_case": unicode_data.UPPER_CASE,
    "omni_lower_case": unicode_data.LOWER_CASE,
    "omni_white_space": unicode_data.WHITE_SPACE,
    "omni_digits": unicode_data.DIGITS,
    "omni_upcase": unicode_data.UPCASE,
    "omni_downcase": unicode_data.DOWNCASE,
    "omni_foldcase": unicode_data.FOLDCASE,
}
EXPANSION_TABLES: Final = {
    "omni_upcase_expansions": unicode_data.UPCASE_EXPANSIONS,
    "omni_downcase_expansions": unicode_data.DOWNCASE_EXPANSIONS,
    "omni_foldcase_expansions": unicode_data.FOLDCASE_EXPANSIONS,
}

_EXPANSION_MAX: Final = 3  # OMNI_EXPANSION_MAX
_COLUMN_LIMIT: Final = 100  # as in .clang-format


def unicode_source(notice: str) -> str:
    """The C source; ``notice`` says where it comes from."""
    lines = [
        f"/* unicode_tables.c: classes and cases of characters, Unicode {unicode_data.VERSION}; see unicode.h.",
        f" * {notice} */",
        '#include "unicode.h"',
        "",
        "/* clang-format off */",
    ]
    for name, table in RUN_TABLES.items():
        runs = runs_of(table)
        lines += _table("omni_code_run", f"{name}_runs", [_run(run) for run in runs])
        lines += [f"const omni_code_map {name} = {{{name}_runs, {len(runs)}}};"]
    for name, table in EXPANSION_TABLES.items():
        expansions = expansions_of(table)
        rows = [_expansion(code, parts) for code, parts in sorted(expansions.items())]
        lines += _table("omni_expansion", f"{name}_rows", rows)
        lines += [f"const omni_expansion_map {name} = {{{name}_rows, {len(rows)}}};"]
    return "\n".join(lines) + "\n"


def _table(of: str, name: str, rows: list[str]) -> list[str]:
    lines = ["", f"static const {of} {name}[] = {{"]
    line = " "
    for row in rows:
        if len(line) + len(row) + 2 > _COLUMN_LIMIT:
            lines.append(line)
            line = " "
        line += f" {row},"
    return [*lines, line, "};"]


def _run(run: Run) -> str:
    return f"{{0x{run.first:X}, 0x{run.last:X}, {run.step}, {run.distance}}}"


def _expansion(code: int, parts: tuple[int, ...]) -> str:
    assert 2 <= len(parts) <= _EXPANSION_MAX
    return f"{{0x{code:X}, {len(parts)}, {{{', '.join(f'0x{part:X}' for part in parts)}}}}}"
