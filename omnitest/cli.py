"""The ``omnitest`` command: arguments, exit statuses and where results go. The work is done elsewhere.

Each command imports its part when it runs: ``--help`` and ``doctor`` answer at once, also on a machine where
some part cannot work.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from compiler.source import SourceUnreadable, read_source
from omnitest import console as show
from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.summary import CampaignSummary, SelfTestRow
from omnitest.cli_errors import STATUSES, Exit, errors, fail, user_errors
from omnitest.cli_options import Directory, Disable, Engines, FindingName, Json, Plant, Report, StoreFolder
from omnitest.compare import Agree, Diverged, Verdict
from omnitest.engines.factory import ALL, ENGINE_NAMES, FOREIGN_NAMES
from omnitest.engines.protocol import Limits
from omnitest.guide.commands import corpus_app, enumerate_programs
from omnitest.guide.guided import GUIDED_STEPS, guided_engines
from omnitest.prepare import Settings
from omnitest.reports import render_campaign, render_findings
from omnitest.reports.page import installed_version
from omnitest.store.finding import Finding, FindingProblem
from omnitest.store.store import Store

app = typer.Typer(
    name="omnitest",
    help="Find where compiled OmniLisp disagrees with the reference interpreter, leaks, or touches memory it must not.",
    epilog="Example: omnitest fuzz --seconds 60",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

out: Final = Console(soft_wrap=True, highlight=False)

_SUFFIX: Final = ".omni"


_STDOUT: Final = Path("-")


def _result(text: Any, document: Any, json_to: Path | None) -> None:
    """Show a command's result: ``text`` for people, unless stdout is wanted for JSON; ``document`` for scripts."""
    if json_to != _STDOUT:
        out.print(text)
    if json_to is not None:
        data = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        if json_to == _STDOUT:
            sys.stdout.write(data)
        else:
            _write(json_to, data)


def _writable_folder(folder: Path, option: str) -> Path:
    """The folder, made if need be, after a file was really written in it: before the work, not after."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / f".trial-{os.getpid()}"
        trial.write_bytes(b"omnitest")
        trial.unlink()
    except OSError as problem:
        fail(
            f"{folder}: reports cannot be written there: {problem.strerror}",
            Exit.CANNOT_WRITE,
            "choose another folder with --report",
        )
    return folder


def _write(path: Path, text: str) -> None:
    try:
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as problem:
        fail(f"{path}: cannot be written: {problem.strerror}", Exit.CANNOT_WRITE)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"omnitest {installed_version()}")
        raise typer.Exit


app.add_typer(corpus_app)
app.command("enumerate", epilog=STATUSES)(enumerate_programs)


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """The options of the command as a whole."""


# ---- programs ---------------------------------------------------------------------------------------


def programs_below(paths: list[Path]) -> list[Path]:
    """The files among ``paths``, with every folder replaced by the ``.omni`` files below it, in order.

    Raises :class:`~compiler.source.SourceUnreadable` for a folder without programs.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        below = sorted(path.rglob(f"*{_SUFFIX}"))
        if not below:
            raise SourceUnreadable(f"{path}: no {_SUFFIX} file in this folder or below it")
        found += below
    return found


def _status(verdicts: Sequence[Verdict]) -> Exit:
    """The worst that can be said about several programs."""
    if any(isinstance(verdict, Diverged) for verdict in verdicts):
        return Exit.FOUND
    decided = all(isinstance(verdict, Agree) for verdict in verdicts)
    return Exit.FINE if decided else Exit.INCONCLUSIVE


@app.command(epilog=STATUSES)
def run(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Programs, or folders of .omni files.", show_default=False),
    ],
    engines: Engines = [ALL],
    disable: Disable = [],
    directory: Directory = None,
    plant: Plant = None,
    json_to: Json = None,
) -> None:
    """Compare programs from files on several engines.

    Each engine is compared with the reference interpreter. A file
    NAME.expected beside NAME.omni is what the program must write.

    \b
    Examples: omnitest run corpora/examples
              omnitest run -e gcc-O2,valgrind queens.omni
    """
    from omnitest import matrix

    with user_errors():
        programs, settings = programs_below(paths), Settings(frozenset(disable), plant, directory=directory)
        with errors.status(f"{len(programs)} programs on {len(engines)} engines"):
            on_result = None if json_to == _STDOUT else lambda result: out.print(show.file_result(result))
            results = matrix.run_files(programs, engines, settings, on_result)
        _result(show.file_totals(results), [result.to_json() for result in results], json_to)
    raise typer.Exit(_status([result.verdict for result in results]))


@app.command(epilog=STATUSES)
def reduce(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A program that fails.", show_default=False)],
    engines: Engines = [ALL],
    disable: Disable = [],
    plant: Plant = None,
    seconds: Annotated[float, typer.Option(min=0.0, help="End after so many seconds with the best so far.")] = 60.0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write it; stdout without it.")] = None,
    json_to: Json = None,
) -> None:
    """Make a failing program smaller.

    It goes on failing in the same way, on the same engine.

    \b
    Example: omnitest reduce -e asan failing.omni -o small.omni
    """
    from omnitest.oracle import Oracle
    from omnitest.triage.triage import shrink

    with user_errors():
        source = read_source(file)
        if output is not None:
            _writable_folder(output.absolute().parent, "-o")
        settings = Settings(frozenset(disable), plant)
        with errors.status(f"running {file.name}") as status, Oracle(engines, settings) as oracle:
            (judgement,) = oracle.judge([source], file.name)
            if not isinstance(judgement.verdict, Diverged):
                errors.print(show.verdict_text(judgement.verdict))
                fail(f"{file}: nothing to reduce", Exit.INCONCLUSIVE)

            def on_better(text: str) -> None:
                status.update(show.plain(f"reducing {file.name}: {len(source)} characters, now {len(text)}"))

            reduced = shrink(oracle, source, judgement.verdict, seconds, on_better=on_better).text
        document = {"kind": judgement.verdict.kind.value, "original": source, "reduced": reduced}
        _result(show.plain(reduced.rstrip("\n") if output is None else f"{output}: written"), document, json_to)
    if output is not None:
        _write(output, reduced)


# ---- campaigns and findings -------------------------------------------------------------------------


@app.command(epilog=STATUSES)
def fuzz(
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="End after so many seconds; 60 if no end is given.")
    ] = None,
    programs: Annotated[int | None, typer.Option(min=1, help="End after so many programs.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Where the generator starts; random without it.")] = None,
    engines: Engines = [ALL],
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes.")] = os.cpu_count() or 1,
    disable: Disable = [],
    plant: Plant = None,
    self_test: Annotated[bool, typer.Option(help="First let each engine find the fault planted for it.")] = True,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Count the forms, procedures, errors and passes that programs exercise.")
    ] = False,
    guided: Annotated[
        bool,
        typer.Option("--guided/--blind", help="Change programs that reached something new, or only generate them."),
    ] = False,
    corpus: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", show_default=False, help="Programs to begin with, and to add to, if guided."),
    ] = None,
    store: StoreFolder = None,
    report_to: Report = Path("reports"),
    json_to: Json = None,
) -> None:
    """Look for bugs with generated programs.

    All engines are compared on them; what is wrong is reduced and kept, once per bug.

    Exit status 1 means that something was found. Ctrl-C ends a campaign early and keeps its findings.

    \b
    Examples: omnitest fuzz --seconds 600
              omnitest fuzz --programs 1000 --seed 7 -e tcc,valgrind --json result.json
    """
    from omnitest.campaign import scheduler as campaign

    if seconds is None and programs is None:
        seconds = 60.0
    settings = Settings(frozenset(disable), plant)
    if corpus is not None and not guided:
        raise typer.BadParameter("a corpus is for guided campaigns: add --guided", param_hint="--corpus")
    if guided:
        if set(engines) & set(FOREIGN_NAMES):
            raise typer.BadParameter("mutants are in no subset of the language: use --blind", param_hint="--guided")
        engines = list(guided_engines(engines))
        settings = replace(settings, limits=replace(settings.limits, steps=GUIDED_STEPS))
    wanted = CampaignOptions(
        seed=secrets.randbits(32) if seed is None else seed,
        engines=tuple(engines),
        seconds=seconds,
        programs=programs,
        jobs=jobs,
        settings=settings,
        self_test=self_test,
        coverage=coverage,
        guided=guided,
        corpus=corpus,
    )
    with user_errors():
        folder = _writable_folder(report_to, "--report")
        try:
            with show.CampaignProgress(errors, seconds) as progress:
                summary = campaign.fuzz(wanted, Store(store), progress, progress.stage)
        except campaign.Blind as blind:
            errors.print(show.self_test_table(blind.rows))
            fail(str(blind), Exit.TOOL)
        _result(show.summary_text(summary), summary.to_json(), json_to)
        page = _write_report(folder, summary)
        errors.print(show.plain(f"report: {page}"))
    raise typer.Exit(_campaign_status(summary))


def _campaign_status(summary: CampaignSummary) -> Exit:
    if summary.findings:
        return Exit.FOUND
    compared = summary.verdicts.agree + summary.verdicts.diverged
    return Exit.FINE if compared else Exit.INCONCLUSIVE


def _write_report(folder: Path, summary: CampaignSummary) -> Path:
    """Write the page and the data beside it; the path of the page."""
    name = f"campaign-{summary.started:%Y%m%d-%H%M%S}-{summary.seed}"
    page = folder / f"{name}.html"
    _write(folder / f"{name}.json", json.dumps(summary.to_json(), ensure_ascii=False, indent=2) + "\n")
    _write(page, render_campaign(summary))
    return page


@app.command(epilog=STATUSES)
def replay(
    finding: FindingName,
    original: Annotated[bool, typer.Option("--original", help="Run the program as it was generated.")] = False,
    store: StoreFolder = None,
    json_to: Json = None,
) -> None:
    """Run a finding again.

    Its reduced program is run with the settings and limits it was found with;
    a .omni file, such as a regression, is run on all engines.

    Exit status 1: it still fails. 0: it does not fail any more.

    \b
    Examples: omnitest replay leak-3f9a01c2d4
              omnitest replay ~/Downloads/leak-3f9a01c2d4.json
    """
    from omnitest.triage.replay import replay as run_again

    if Path(finding).suffix == _SUFFIX:
        run([Path(finding)], [*ENGINE_NAMES], [], json_to=json_to)
    with user_errors():
        known = _finding(finding, Store(store))
        with errors.status(f"running {known.fingerprint}"):
            result = run_again(known, original)
        verdict = result.judgement.verdict
        seen = show.judgement_json(verdict, result.judgement.observations)
        document = known.to_json() | {"reproduced": result.reproduced, "replayed": seen}
        _result(show.replay_text(known, result), document, json_to)
    raise typer.Exit(_status([verdict]))


def _finding(name: str, store: Store) -> Finding:
    """The finding that a user named by fingerprint or by file."""
    path = Path(name)
    if path.suffix != ".json":
        return store.get(name)
    try:
        return Finding.from_text(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fail(f"{path}: no such file", Exit.NO_INPUT)
    except UnicodeDecodeError:
        fail(f"{path}: not UTF-8", Exit.NO_INPUT)
    except OSError as problem:
        fail(f"{path}: cannot be read: {problem.strerror}", Exit.NO_INPUT)
    except FindingProblem as problem:
        fail(f"{path}: not a finding: {problem}", Exit.NO_INPUT)


@app.command(epilog=STATUSES)
def report(
    store: StoreFolder = None,
    report_to: Report = Path("reports"),
    json_to: Json = None,
) -> None:
    """List all findings and write them as a page.

    \b
    Examples: omnitest report
              omnitest report --store shared/findings --json -
    """
    with user_errors():
        findings = Store(store)
        contents = findings.load()
        skipped = [{"path": str(item.path), "reason": item.reason} for item in contents.skipped]
        document = {"findings": [item.to_json() for item in contents.findings], "skipped": skipped}
        folder = _writable_folder(report_to, "--report")
        _result(show.store_table(contents, findings.folder), document, json_to)
        page = folder / "findings.html"
        _write(page, render_findings(contents, findings.folder))
        errors.print(show.plain(f"report: {page}"))


# ---- trust in the machine ---------------------------------------------------------------------------


@app.command(epilog=STATUSES)
def selftest(engines: Engines = [ALL], json_to: Json = None) -> None:
    """Check that engines see planted faults.

    Each fault that an engine exists for is planted, and the engine must report it.

    \b
    Example: omnitest selftest -e valgrind
    """
    from omnitest import selftest as self_testing

    with user_errors():
        with errors.status("planting faults") as status:

            def on_row(row: SelfTestRow) -> None:
                status.update(show.plain(f"planting faults: {row.engine} and {row.plant} done"))

            rows = self_testing.run(engines, Limits(), on_row)
        _result(show.self_test_table(rows), [row.to_json() for row in rows], json_to)
    raise typer.Exit(Exit.FINE if all(row.detected for row in rows) else Exit.FOUND)


@app.command(epilog=STATUSES)
def doctor(json_to: Json = None) -> None:
    """Check the tools of this machine.

    Every tool that an engine needs is tried; what is missing comes with the command that installs it.

    \b
    Example: omnitest doctor --json -
    """
    from omnitest.doctor import examine

    with user_errors():
        results = examine()
        _result(show.doctor_table(results), [result.to_json() for result in results], json_to)
    raise typer.Exit(Exit.FINE if all(result.found for result in results) else Exit.FOUND)


def main() -> None:
    """Entry point of the ``omnitest`` command."""
    app()


if __name__ == "__main__":
    main()
