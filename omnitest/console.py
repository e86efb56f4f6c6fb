"""What the ``omnitest`` command shows: tables, findings and live progress.

Everything that comes from programs, tools or file names goes through :func:`plain`: it is neither markup nor
control sequences.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from omnitest import doctor
from omnitest.campaign.coverage import CoverageRow, Part
from omnitest.campaign.summary import CampaignSummary, SelfTestRow
from omnitest.compare import Agree, Diverged, Inconclusive, Verdict
from omnitest.matrix import FileResult
from omnitest.outcome import Observation
from omnitest.outcome_json import observation_to_json
from omnitest.reports.wording import comparison_lines, duration, number, percent, printable
from omnitest.store.finding import Finding
from omnitest.store.records import Attachment, Contents, FindingRecord, Suppression
from omnitest.triage.replay import Replay

_GOOD: Final = Text("✓ ", "green")
_BAD: Final = Text("✗ ", "red")


def plain(text: str, style: str = "") -> Text:
    """Text from outside, to be shown as it is."""
    return Text(printable(text), style)


def make_table(*columns: str, title: str = "", right: Sequence[str] = ()) -> Table:
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        # the first column holds names that people copy
        whole = column == columns[0]
        table.add_column(column, justify="right" if column in right else "left", overflow="fold", no_wrap=whole)
    return table


def _mark(good: bool, words: str) -> Text:
    return (_GOOD if good else _BAD).copy().append(words)


def doctor_table(results: Sequence[doctor.Result]) -> RenderableType:
    """One row per tool, then how to install what is missing."""
    table = make_table("Tool", "Found", "Version", "Needed by", "Install with")
    for result in results:
        table.add_row(
            plain(result.name),
            _mark(result.found, "yes" if result.found else "no"),
            plain(result.version),
            plain(", ".join(result.needed_by)),
            plain(result.install),
        )
    missing = [result for result in results if not result.found]
    if not missing:
        return Group(table, "", _mark(True, "everything is here and works"))
    lines = [
        Text.assemble("  ", plain(result.name, "bold"), ": ", plain(result.problem), "\n    ", plain(result.install))
        for result in missing
    ]
    return Group(table, "", _mark(False, f"{len(missing)} missing or not working:"), *lines)


def self_test_table(rows: Sequence[SelfTestRow]) -> RenderableType:
    """Which engine saw which planted fault."""
    table = make_table("Planted fault", "Engine", "Result", "Report", "Seconds", right=("Seconds",))
    for row in rows:
        table.add_row(
            plain(row.plant),
            plain(row.engine),
            _mark(row.detected, "detected" if row.detected else "missed"),
            plain(row.detail),
            f"{row.seconds:.2f}",
        )
    return table


def summary_text(summary: CampaignSummary) -> RenderableType:
    """A campaign: verdicts, engines, and each finding with its replay command."""
    verdicts = make_table("Verdict", "Programs", "Share", right=("Programs", "Share"))
    total = summary.verdicts.total
    rows = [("agree", summary.verdicts.agree), ("diverged", summary.verdicts.diverged)]
    rows += [(f"inconclusive: {reason}", count) for reason, count in sorted(summary.verdicts.inconclusive.items())]
    for name, count in rows:
        verdicts.add_row(plain(name), number(count), percent(count / total) if total else "")
    parts: list[RenderableType] = [verdicts, "", _engines_text(summary), "", *_honesty(summary), _headline(summary)]
    if summary.coverage:
        parts[:0] = [_coverage_text(summary.coverage), ""]
    parts += [_mark(False, "regression: ").append_text(plain(f"{r.path}: {r.detail}")) for r in summary.regressed]
    parts += [finding_text(finding) for finding in summary.findings]
    parts += [Text.assemble(("⚠ ", "yellow"), plain(problem)) for problem in summary.problems]
    return Group(*parts)


def _engines_text(summary: CampaignSummary) -> RenderableType:
    """One row per engine: what it ran, how that was judged, what it cost."""
    table = make_table(
        "Engine", "Runs", "Agree", "Diverged", "Inconclusive", "Seconds", right=("Runs", "Agree", "Seconds")
    )
    for engine in summary.engines:
        diverged = sum(n for word, n in engine.verdicts.items() if word.startswith("diverged"))
        known = ("agree", "ran")
        rest = {w: n for w, n in engine.verdicts.items() if w not in known and not w.startswith("diverged")}
        table.add_row(
            plain(engine.name),
            number(engine.runs),
            percent(engine.verdicts.get("agree", 0) / engine.runs) if "ran" not in engine.verdicts else "",
            number(diverged) if diverged else "",
            plain(", ".join(f"{reason} {number(count)}" for reason, count in sorted(rest.items()))),
            f"{engine.seconds:.1f}",
        )
    return table


def _honesty(summary: CampaignSummary) -> list[RenderableType]:
    """What the verdicts do not say: which oracles had nothing to check, what was flaky, where the time went."""
    lines: list[RenderableType] = []
    if summary.full:
        share = summary.full / summary.programs if summary.programs else 0.0
        lines.append(plain(f"all engines: {number(summary.full)} programs ({percent(share)}), new coverage first"))
    if summary.replayed:
        agree = len(summary.replayed) - len(summary.regressed)
        lines.append(plain(f"regressions: {number(agree)} of {number(len(summary.replayed))} agree"))
    if summary.profiles:
        profiles = ", ".join(f"{name} {number(count)}" for name, count in summary.profiles.items())
        lines.append(plain(f"profiles: {profiles}"))
    lines.append(plain(f"did not happen again (flaky): {percent(summary.flaky_rate)}"))
    if summary.vacuous and summary.programs:
        lines.append(Text.assemble(("⚠ ", "yellow"), plain(f"nothing to check for: {', '.join(summary.vacuous)}")))
    total = sum(summary.stages.values())
    if total:
        shares = sorted(summary.stages.items(), key=lambda item: -item[1])
        lines.append(plain("time: " + ", ".join(f"{name} {percent(seconds / total)}" for name, seconds in shares)))
    return lines


def _coverage_text(rows: Sequence[CoverageRow]) -> RenderableType:
    """All that programs can exercise, and in a line for each part what was never generated or never reached."""
    table = make_table("Exercised", "Part", "Generated", "Reached", right=("Generated", "Reached"))
    for row in rows:
        style = "" if row.reached else "red"
        counts = (plain(number(row.generated), style), plain(number(row.reached), style))
        table.add_row(plain(row.name, style), plain(row.part.value, style), *counts)
    parts: list[RenderableType] = [table]
    missed = [row for row in rows if not row.reached]
    for part in Part:
        names = [row.name for row in missed if row.part is part]
        if names:
            parts.append(_mark(False, f"never reached, {part.value}: {', '.join(names)}"))
    if not missed:
        parts.append(_mark(True, f"all {len(rows)} were reached"))
    return Group(*parts)


def _headline(summary: CampaignSummary) -> Text:
    found = len(summary.findings)
    words = "no findings" if not found else f"{found} finding{'' if found == 1 else 's'}"
    return _mark(not found, words).append(
        f" in {number(summary.programs)} programs ({percent(summary.valid_rate)} valid), {duration(summary.seconds)}, "
        f"{summary.programs_per_second:.1f} programs per second, seed {summary.seed}"
    )


def finding_text(finding: Finding) -> RenderableType:
    """A finding whole: program, expected, actual, replay command."""
    body = [
        Text.assemble("\n", ("✗ ", "red"), plain(finding.fingerprint, "bold"), "  ", plain(finding.summary)),
        plain(f"  {finding.kind}, seen by {finding.engine} ({number(finding.hits)}×)"),
        *program_lines(finding.reduced, finding.faulty_line),
    ]
    body += _comparison(finding.expected, finding.actual)
    body.append(Text.assemble("  replay: ", plain(finding.replay, "bold")))
    return Group(*body)


def program_lines(program: str, faulty_line: int = 0) -> list[Text]:
    """The program with line numbers; an arrow at ``faulty_line`` (from 1)."""
    return [
        plain(f"  {'▶' if line == faulty_line else ' '}{line:4} {text}", "bold" if line == faulty_line else "")
        for line, text in enumerate(program.splitlines(), start=1)
    ]


def verdict_text(verdict: Verdict) -> Text:
    """One line with a mark."""
    match verdict:
        case Agree():
            return _mark(True, "agree")
        case Diverged(kind, detail):
            return _mark(False, f"{kind.value}: ").append_text(plain(detail))
        case Inconclusive(reason, detail):
            return Text.assemble(("? ", "yellow"), plain(f"{reason}: {detail}" if detail else reason))


def file_result(result: FileResult) -> RenderableType:
    """One line for a file; what was expected and seen below it when that is wrong."""
    line = Text.assemble(plain(str(result.path), "bold"), ": ", verdict_text(result.verdict))
    if isinstance(result.verdict, Diverged):
        return Group(line, *_comparison(result.verdict.expected, result.verdict.observation))
    return line


def file_totals(results: Sequence[FileResult]) -> RenderableType:
    """How many files agree, are wrong, or could not be decided."""
    wrong = sum(isinstance(result.verdict, Diverged) for result in results)
    unknown = sum(isinstance(result.verdict, Inconclusive) for result in results)
    agree = len(results) - wrong - unknown
    return _mark(not wrong, f"{agree} agree, {wrong} wrong, {unknown} inconclusive")


def _comparison(expected: Observation, actual: Observation) -> list[Text]:
    return [plain(f"  {line}") for line in comparison_lines(expected, actual)]


def replay_text(finding: Finding, replay: Replay, reproduced: int, times: int) -> RenderableType:
    """What a finding's program does now, ``replay`` being one of ``times`` runs, ``reproduced`` of which show it."""
    verdict = replay.judgement.verdict
    heading = Text.assemble(plain(finding.fingerprint, "bold"), ": ", verdict_text(verdict))
    again = isinstance(verdict, Diverged)
    if again and not replay.reproduced:
        heading.append_text(plain(f" (it was found as {finding.kind})"))
    program = program_lines(replay.judgement.source, finding.faulty_line if again else 0)
    seen = _comparison(verdict.expected, verdict.observation) if isinstance(verdict, Diverged) else []
    if times > 1:
        seen.append(_mark(not reproduced, f"{reproduced} of {times} runs show it"))
    return Group(heading, *program, *seen)


def judgement_json(verdict: Verdict, observations: Sequence[Observation]) -> dict[str, Any]:
    """A verdict with what it rests on, for ``--json``."""
    match verdict:
        case Agree():
            words: dict[str, Any] = {"verdict": "agree"}
        case Diverged(kind, detail, engines=engines):
            words = {"verdict": "diverged", "kind": kind.value, "detail": detail, "engines": list(engines)}
        case Inconclusive(reason, detail):
            words = {"verdict": "inconclusive", "reason": reason, "detail": detail}
    return words | {"observations": [observation_to_json(observation) for observation in observations]}


def store_table(contents: Contents, location: str) -> RenderableType:
    """The findings of a store, and those in it that could not be read."""
    columns = ("Finding", "Status", "Engine", "Programs", "Replays", "First seen", "Last seen", "Summary")
    table = make_table(*columns, right=("Programs", "Replays"))
    for record in contents.records:
        finding = record.finding
        table.add_row(
            plain(finding.fingerprint),
            plain(record.state),
            plain(finding.engine),
            number(finding.hits),
            record.reproducibility,
            f"{finding.first_seen:%Y-%m-%d}",
            f"{finding.last_seen:%Y-%m-%d}",
            plain(finding.summary),
        )
    skipped = [
        Text.assemble(("⚠ ", "yellow"), "skipped ", plain(item.name), ": ", plain(item.reason))
        for item in contents.skipped
    ]
    count = len(contents.records)
    total = plain(f"{count} finding{'' if count == 1 else 's'} in {location}")
    return Group(table, *skipped, total) if count else Group(*skipped, total)


def record_text(record: FindingRecord, attachments: Sequence[Attachment]) -> RenderableType:
    """A finding whole, what was decided about it, what each engine said, and the files kept with it."""
    lines = [f"status: {record.state}" + (f" ({record.reason})" if record.reason else "")]
    if record.suppression is not None:
        rule = record.suppression
        lines.append(f"suppression {rule.id}, until {rule.expires}: {rule.reason} {rule.issue}".rstrip())
    if record.tried:
        lines.append(f"reproduced: {record.reproduced} of {record.tried} replays")
    for when, time, revision in (
        ("first", record.finding.first_seen, record.first_revision),
        ("last", record.finding.last_seen, record.last_revision),
    ):
        lines.append(f"{when} seen: {time:%Y-%m-%d %H:%M:%S} UTC, at {revision or 'an unknown revision'}")
    matrix = make_table("Engine", "Verdict", "Programs", right=("Programs",))
    for cell in record.engines:
        matrix.add_row(plain(cell.engine), plain(cell.verdict), number(cell.count))
    parts: list[RenderableType] = [finding_text(record.finding), "", *(plain(line) for line in lines), "", matrix]
    if attachments:
        files = make_table("File", "Type", "Bytes", "SHA-256", right=("Bytes",))
        for file in attachments:
            files.add_row(plain(file.name), plain(file.media_type), number(len(file.content)), file.hash[:16])
        parts += ["", files]
    return Group(*parts)


def suppressions_table(rules: Sequence[Suppression]) -> RenderableType:
    """The rules about findings that are not to be reported."""
    if not rules:
        return plain("no suppressions")
    table = make_table("Rule", "Fits", "Until", "Counts", "Reason", "Issue")
    for rule in rules:
        patterns = ", ".join(f"{name} {pattern}" for name, pattern in rule.patterns.items())
        table.add_row(
            str(rule.id),
            plain(patterns),
            rule.expires.isoformat(),
            _mark(not rule.expired(), "no: expired" if rule.expired() else "yes"),
            plain(rule.reason),
            plain(rule.issue),
        )
    return table


class CampaignProgress:
    """A line on the terminal that keeps up with a campaign; silent where ``console`` is no terminal.

    Call it with the summary so far, from any thread.
    """

    def __init__(self, console: Console, seconds: float | None) -> None:
        self._console = console
        self._seconds = seconds
        self._lock = threading.Lock()
        self._live = Live(console=console, transient=True, auto_refresh=False) if console.is_terminal else None

    def __enter__(self) -> CampaignProgress:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def stage(self, name: str) -> None:
        """Show what is being done while there is nothing to count yet."""
        self._show(plain(name))

    def __call__(self, summary: CampaignSummary) -> None:
        left = "" if self._seconds is None else f" of {duration(self._seconds)}"
        inconclusive = sum(summary.verdicts.inconclusive.values())
        line = Text.assemble(
            f"{duration(summary.seconds)}{left}  {number(summary.programs)} programs  "
            f"{summary.programs_per_second:.1f}/s  {number(inconclusive)} inconclusive  ",
            (f"findings: {len(summary.findings)}", "red" if summary.findings else "green"),
        )
        self._show(line)

    def _show(self, line: Text) -> None:
        if self._live is not None:
            with self._lock:
                self._live.update(line, refresh=True)
