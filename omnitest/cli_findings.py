"""The commands ``omnitest findings ...``: what the store knows, decided about, exported, imported and suppressed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from omnitest import console as show
from omnitest.cli_errors import STATUSES, Exit, errors, fail, user_errors
from omnitest.cli_options import FindingName, Json, StorePlace
from omnitest.cli_output import STDOUT, show_result, writable_folder, write
from omnitest.store.finding import Finding, FindingProblem
from omnitest.store.records import Status, Suppression

findings_app = typer.Typer(
    name="findings",
    help="Look at the findings that are kept, decide about them, and move them between stores.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"expected a day such as 2026-12-31, got {text!r}") from None


@findings_app.command("list", epilog=STATUSES)
def list_findings(
    status: Annotated[Status | None, typer.Option("--status", help="Only findings with this status.")] = None,
    store: StorePlace = None,
    json_to: Json = None,
) -> None:
    """List the findings: status, how often replays showed them, when they were seen.

    \b
    Examples: omnitest findings list --status new
              omnitest findings list --json -
    """
    from omnitest.store.store import Store

    with user_errors(), Store(store) as place:
        contents = place.findings.load(status)
        show_result(show.store_table(contents, place.location), contents.to_json(), json_to)
        old = Path(place.location).with_name("findings")
        if status is None and not contents.records and old.is_dir() and list(_finding_files([old])):
            errors.print(show.plain(f"an earlier version kept findings as files: omnitest findings import {old}"))


@findings_app.command("show", epilog=STATUSES)
def show_finding(finding: FindingName, store: StorePlace = None, json_to: Json = None) -> None:
    """Show one finding with all that is known about it.

    \b
    Example: omnitest findings show leak-3f9a01c2d4
    """
    from omnitest.store.store import Store

    with user_errors(), Store(store) as place:
        record = place.findings.get(finding)
        attachments = place.findings.attachments(record.finding.fingerprint)
        listed = [
            {"name": a.name, "media_type": a.media_type, "bytes": len(a.content), "sha256": a.hash} for a in attachments
        ]
        show_result(show.record_text(record, attachments), record.to_json() | {"attachments": listed}, json_to)


@findings_app.command(epilog=STATUSES)
def mark(
    finding: FindingName,
    status: Annotated[Status, typer.Argument(metavar="STATUS", help="new, confirmed, fixed, flaky or wont-fix.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, such as the commit of the fix.")] = "",
    store: StorePlace = None,
    json_to: Json = None,
) -> None:
    """Say what was decided about a finding.

    One that is marked fixed and seen again becomes new again, as a regression.

    \b
    Example: omnitest findings mark leak-3f9a01c2d4 fixed --reason 'commit 1f2e3d'
    """
    from omnitest.store.store import Store

    with user_errors(), Store(store) as place:
        record = place.findings.mark(finding, status, reason)
        text = show.plain(f"{record.finding.fingerprint}: {record.state}")
        show_result(text, record.to_json(), json_to)


@findings_app.command(epilog=STATUSES)
def export(
    finding: FindingName,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; stdout without it.")
    ] = None,
    attachments: Annotated[
        Path | None,
        typer.Option("--attachments", metavar="DIR", help="Write the files that are kept with it into this folder."),
    ] = None,
    store: StorePlace = None,
) -> None:
    """Write a finding as a JSON file, which `omnitest replay` and `omnitest findings import` read anywhere.

    \b
    Example: omnitest findings export leak-3f9a01c2d4 -o leak.json
    """
    from omnitest.store.store import Store

    with user_errors(), Store(store) as place:
        found = place.findings.get(finding).finding
        kept = place.findings.attachments(found.fingerprint) if attachments is not None else ()
    if output is None or output == STDOUT:
        sys.stdout.write(found.to_text().encode("utf-8", "backslashreplace").decode())
    else:
        write(output, found.to_text())
        errors.print(show.plain(f"{output}: written"))
    if attachments is not None:
        folder = writable_folder(attachments, "--attachments")
        for attachment in kept:
            (folder / Path(attachment.name).name).write_bytes(attachment.content)
        errors.print(show.plain(f"{folder}: {len(kept)} files written"))


@findings_app.command("import", epilog=STATUSES)
def import_findings(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Findings, or folders of them.", show_default=False)
    ],
    store: StorePlace = None,
    json_to: Json = None,
) -> None:
    """Take over findings from JSON files.

    What is known already is united with them: the smaller program, the larger number of programs. Doing it
    twice changes nothing. A folder of findings, as earlier versions kept them, is taken over file by file; what is
    no finding is named and left out, and the exit status is 66.

    \b
    Example: omnitest findings import ~/.local/share/omnitest/findings
    """
    from omnitest.store.store import Store

    new: list[str] = []
    known: list[str] = []
    refused: list[dict[str, str]] = []
    with user_errors(), Store(store) as place:
        paths = list(_finding_files(files))
        with errors.status("importing") as status:
            for number, path in enumerate(paths, start=1):
                status.update(show.plain(f"importing {number} of {len(paths)}: {path.name}"))
                try:
                    finding = _read(path)
                except FindingProblem as problem:
                    refused.append({"path": str(path), "reason": str(problem)})
                    continue
                (new if place.findings.unite(finding).new else known).append(finding.fingerprint)
        for item in refused:
            errors.print(show.plain(f"skipped {item['path']}: {item['reason']}"))
        document = {"new": new, "known": known, "refused": refused}
        words = f"{len(new)} new, {len(known)} known already, {len(refused)} refused; {place.location}"
        show_result(show.plain(words), document, json_to)
    if refused:
        raise typer.Exit(Exit.NO_INPUT)


def _finding_files(paths: list[Path]) -> Iterator[Path]:
    """The files among ``paths``, with every folder replaced by the ``.json`` files in it, in order."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.glob("*.json") if not file.name.startswith("."))
        else:
            yield path


def _read(path: Path) -> Finding:
    """The finding in a file. Raises :class:`FindingProblem`."""
    try:
        return Finding.from_text(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as problem:
        raise FindingProblem(f"not UTF-8: {problem.reason} at byte {problem.start}") from None
    except OSError as problem:
        raise FindingProblem(f"cannot be read: {problem.strerror}") from None


@findings_app.command(epilog=STATUSES)
def suppress(
    reason: Annotated[str, typer.Option("--reason", help="Why it is not to be reported.", show_default=False)],
    expires: Annotated[
        str,
        typer.Option("--expires", metavar="YYYY-MM-DD", help="The last day on which it counts.", show_default=False),
    ],
    fingerprint: Annotated[str | None, typer.Argument(metavar="[FINGERPRINT]", show_default=False)] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="PATTERN", help="Such as leak, or wrong-*.")] = None,
    engine: Annotated[str | None, typer.Option("--engine", metavar="PATTERN", help="Such as tsan, or gcc-*.")] = None,
    summary: Annotated[str | None, typer.Option("--summary", metavar="PATTERN", help="Such as '*omni_cons*'.")] = None,
    issue: Annotated[str, typer.Option("--issue", help="Where it is being followed.")] = "",
    store: StorePlace = None,
    json_to: Json = None,
) -> None:
    """Keep known findings from being reported as found, until a day.

    A rule fits a finding if all its patterns do. Findings are kept as before, and shown as suppressed; when
    the rule has expired it counts no more, and is shown as expired.

    \b
    Example: omnitest findings suppress --kind leak --engine 'asan*' --reason 'fix under way' --expires 2026-12-31
    """
    from omnitest.store.store import Store
    from omnitest.store.suppressions import InvalidSuppression

    rule = Suppression(reason, _day(expires), fingerprint, kind, engine, summary, issue)
    with user_errors(), Store(store) as place:
        try:
            rule = place.suppressions.add(rule)
        except InvalidSuppression as problem:
            fail(str(problem), Exit.USAGE)
        show_result(show.plain(f"suppression {rule.id} until {rule.expires}"), rule.to_json(), json_to)


@findings_app.command(epilog=STATUSES)
def suppressions(
    remove: Annotated[int | None, typer.Option("--remove", metavar="NUMBER", help="Remove this rule.")] = None,
    store: StorePlace = None,
    json_to: Json = None,
) -> None:
    """List the rules about findings that are not to be reported, expired ones too.

    \b
    Example: omnitest findings suppressions --remove 3
    """
    from omnitest.store.store import Store

    with user_errors(), Store(store) as place:
        if remove is not None:
            place.suppressions.remove(remove)
        rules = place.suppressions.load()
        document: list[Any] = [rule.to_json() for rule in rules]
        show_result(show.suppressions_table(rules), document, json_to)
