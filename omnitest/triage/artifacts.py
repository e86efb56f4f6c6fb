"""The files that belong to a finding: its programs, the C that the compiler makes of it, and the checker's report."""

from __future__ import annotations

from dataclasses import replace

from omnitest.engines.protocol import Case
from omnitest.prepare import prepare
from omnitest.store.finding import Finding
from omnitest.store.records import Attachment
from omnitest.triage.replay import settings_of

_PROGRAM = "text/x-scheme; charset=utf-8"


def attachments_of(finding: Finding) -> tuple[Attachment, ...]:
    """The reduced and the original program, the input if there is any, the emitted C if there is any, the report."""
    files = [_text("reduced.omni", _PROGRAM, finding.reduced), _text("original.omni", _PROGRAM, finding.original)]
    if finding.stdin:
        files.append(Attachment("stdin", "application/octet-stream", finding.stdin))
    prepared = prepare(finding.reduced, "reduced.omni", "p1", replace(settings_of(finding), verify=False))
    if isinstance(prepared, Case):
        files.append(_text("reduced.c", "text/x-c; charset=utf-8", prepared.compiled.c_text))
    if finding.diagnostics:
        files.append(_text("report.txt", "text/plain; charset=utf-8", finding.diagnostics))
    return tuple(files)


def _text(name: str, media_type: str, text: str) -> Attachment:
    return Attachment(name, media_type, text.encode("utf-8", "backslashreplace"))
