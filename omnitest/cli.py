"""The ``omnitest`` command: arguments, exit statuses and where results go. The work is done elsewhere.

Each command imports its part when it runs: ``--help`` and ``doctor`` answer at once, also on a machine where
some part cannot work.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from compiler.source import SourceUnreadable
from omnitest import cli_bench, cli_bisect, cli_campaign
from omnitest import console as show
from omnitest.campaign.summary import SelfTestRow
from omnitest.cli_corpus import corpus_app, enumerate_programs
from omnitest.cli_errors import STATUSES, Exit, errors, fail, user_errors
from omnitest.cli_findings import findings_app
from omnitest.cli_options import (
    Directory,
    Disable,
    Engines,
    FindingName,
    Json,
    Plants,
    Report,
    StorePlace,
    finding_named,
)
from omnitest.cli_output import STDOUT, out, show_result, writable_folder, write
from omnitest.compare import Agree, Diverged, Verdict
from omnitest.engines.factory import ALL, ENGINE_NAMES
from omnitest.engines.protocol import Limits
from omnitest.prepare import Settings
from omnitest.reports import render_findings
from omnitest.reports.page import installed_version
from omnitest.store.finding import Finding

if TYPE_CHECKING:
    from omnitest.store.store import Store
    from omnitest.triage.replay import Replay

app = typer.Typer(
    name="omnitest",
    help="Find where compiled OmniLisp disagrees with the reference interpreter, leaks, or touches memory it must not.",
    epilog="Example: omnitest fuzz --seconds 60",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(findings_app)

_SUFFIX: Final = ".omni"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"omnitest {installed_version()}")
        raise typer.Exit


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
    plants: Plants = [],
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
        programs, settings = programs_below(paths), Settings(frozenset(disable), frozenset(plants), directory=directory)
        with errors.status(f"{len(programs)} programs on {len(engines)} engines"):
            on_result = None if json_to == STDOUT else lambda result: out.print(show.file_result(result))
            results = matrix.run_files(programs, engines, settings, on_result)
        show_result(show.file_totals(results), [result.to_json() for result in results], json_to)
    raise typer.Exit(_status([result.verdict for result in results]))


@app.command(epilog=STATUSES)
def reduce(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A program that fails.", show_default=False)],
    engines: Engines = [ALL],
    disable: Disable = [],
    plants: Plants = [],
    stdin: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What the program reads; made smaller, too.", show_default=False)
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.0, help="End after so many seconds with the best so far.")] = 60.0,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes.")] = 1,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write it; stdout without it.")] = None,
    json_to: Json = None,
) -> None:
    """Make a failing program smaller.

    It goes on failing in the same way, on the cheapest engine that shows it. The
    result does not depend on the number of workers, unless the time runs out.
    Ctrl-C ends it early, with the best so far.

    \b
    Examples: omnitest reduce -e asan failing.omni -o small.omni
              omnitest reduce --jobs 2 --json - failing.omni
    """
    from omnitest.reducing import NothingToReduce, reduce_file

    with user_errors():
        if output is not None:
            writable_folder(output.absolute().parent, "-o")
        settings = Settings(frozenset(disable), frozenset(plants))
        with errors.status(f"running {file.name}") as status:

            def on_better(nodes: int) -> None:
                status.update(show.plain(f"reducing {file.name}: {nodes} syntax nodes left"))

            try:
                result = reduce_file(file, stdin, engines, settings, seconds, jobs, on_better)
            except NothingToReduce as problem:
                errors.print(show.verdict_text(problem.verdict))
                fail(f"{file}: nothing to reduce", Exit.INCONCLUSIVE)
        program = result.reduction.subject.program
        shown = show.plain(program.rstrip("\n") if output is None else f"{output}: written")
        if output is not None:
            write(output, program)
        show_result(shown, result.to_json(), json_to)
        errors.print(show.plain(result.summary))
    if result.interrupted:
        raise typer.Exit(Exit.INTERRUPTED)


# ---- campaigns and findings -------------------------------------------------------------------------


app.command(epilog=STATUSES)(cli_campaign.fuzz)
app.command(epilog=STATUSES)(cli_campaign.campaign)
app.add_typer(cli_bench.app)
app.add_typer(corpus_app)
app.command("enumerate", epilog=STATUSES)(enumerate_programs)


@app.command(epilog=STATUSES)
def replay(
    finding: FindingName,
    original: Annotated[bool, typer.Option("--original", help="Run the program as it was generated.")] = False,
    times: Annotated[int, typer.Option("--times", "-n", min=1, help="Run it so many times.")] = 1,
    store: StorePlace = None,
    json_to: Json = None,
) -> None:
    """Run a finding again.

    Its reduced program is run with the settings and limits it was found with;
    a .omni file, such as a regression, is run on all engines. The store
    counts how often a finding of its own was replayed and failed.

    Exit status 1: it still fails, at least once. 0: it does not fail any more.

    \b
    Examples: omnitest replay leak-3f9a01c2d4
              omnitest replay --times 20 leak-3f9a01c2d4
              omnitest replay ~/Downloads/leak-3f9a01c2d4.json
    """
    from omnitest.store.store import Store
    from omnitest.triage.replay import replay as run_again

    if Path(finding).suffix == _SUFFIX:
        run([Path(finding)], [*ENGINE_NAMES], [], json_to=json_to)
    with user_errors(), Store(store) as findings:
        known = finding_named(finding, findings)
        results: list[Replay] = []
        with errors.status(f"running {known.fingerprint}") as status:
            for number in range(times):
                status.update(show.plain(f"running {known.fingerprint}, {number + 1} of {times}"))
                results.append(run_again(known, original))
        reproduced = sum(result.reproduced for result in results)
        telling = next((result for result in results if result.reproduced), results[-1])
        seen = show.judgement_json(telling.judgement.verdict, telling.judgement.observations)
        counts = {"reproduced": bool(reproduced), "times": times, "times_reproduced": reproduced}
        document = known.to_json() | counts | {"replayed": seen}
        show_result(show.replay_text(known, telling, reproduced, times), document, json_to)
        if not original and Path(finding).suffix != ".json":
            _count_replays(findings, known, reproduced, times)
    raise typer.Exit(_status([result.judgement.verdict for result in results]))


def _count_replays(store: Store, finding: Finding, reproduced: int, times: int) -> None:
    """Keep how often a finding was reproduced; a store that is only to be read is no reason to fail."""
    from omnitest.store.problems import StoreProblem

    try:
        store.findings.record_runs(finding.fingerprint, reproduced, times)
    except StoreProblem as problem:
        errors.print(show.plain(f"the store does not count this: {problem}"))


@app.command(epilog=STATUSES)
def report(
    store: StorePlace = None,
    report_to: Report = Path("reports"),
    json_to: Json = None,
) -> None:
    """List all findings and write them as a page.

    \b
    Examples: omnitest report
              omnitest report --store shared --json -
    """
    from omnitest.store.store import Store

    with user_errors(), Store(store) as findings:
        contents = findings.load()
        folder = writable_folder(report_to, "--report")
        show_result(show.store_table(contents, findings.location), contents.to_json(), json_to)
        page = folder / "findings.html"
        write(page, render_findings(contents, findings.location))
        errors.print(show.plain(f"report: {page}"))


app.command(epilog=cli_bisect.STATUSES)(cli_bisect.bisect)


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
        show_result(show.self_test_table(rows), [row.to_json() for row in rows], json_to)
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
        show_result(show.doctor_table(results), [result.to_json() for result in results], json_to)
    raise typer.Exit(Exit.FINE if all(result.found for result in results) else Exit.FOUND)


def main() -> None:
    """Entry point of the ``omnitest`` command."""
    app()


if __name__ == "__main__":
    main()
