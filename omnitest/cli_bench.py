"""The commands that measure: ``omnitest bench``."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group, RenderableType

from omnitest import console as show
from omnitest.cli_errors import STATUSES, errors, user_errors
from omnitest.cli_options import JOBS, Disable, Json
from omnitest.cli_output import show_result

if TYPE_CHECKING:
    from omnitest.benchmarks.language import Result

app = typer.Typer(
    name="bench",
    help="Measure this harness on this machine. Results are ratios within one run.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def group() -> None:
    """Measurements, one command each."""


@app.command(epilog=STATUSES)
def throughput(
    programs: Annotated[int, typer.Option(min=2, help="Programs that go through everything.")] = 128,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Processes, the same for all that is compared.")
    ] = JOBS,
    seed: Annotated[int, typer.Option(min=0, help="Where the generator starts.")] = 1,
    growth: Annotated[bool, typer.Option(help="Also judge programs ten times as large.")] = True,
    json_to: Json = None,
) -> None:
    """Compare both tiers with a naive loop.

    The naive loop takes every program by itself through the interpreter, gcc -O0,
    gcc -O2, clang, tcc, ASan+UBSan, TSan and valgrind. The same programs go
    through the fast tier and the full tier, in as many processes.

    \b
    Example: omnitest bench throughput --programs 64 --json -
    """
    from omnitest.benchmarks import throughput as measuring

    with user_errors():
        with errors.status("generating programs") as status:
            result = measuring.measure(programs, jobs, seed, growth, lambda stage: status.update(show.plain(stage)))
        show_result(_text(result), result.to_json(), json_to)


@app.command(epilog=STATUSES)
def lang(
    programs: Annotated[
        list[str], typer.Argument(metavar="[PROGRAM]...", help="Programs of the corpus; all without.")
    ] = [],
    peers: Annotated[
        str,
        typer.Option(help="Peers, separated by commas: chez, guile, gambit, chicken."),
    ] = "chez",
    seconds: Annotated[
        float, typer.Option(min=0.01, help="CPU time of the fastest, for which programs are sized.")
    ] = 0.5,
    rounds: Annotated[int, typer.Option(min=1, help="How often each program runs everywhere.")] = 5,
    compiler: Annotated[str, typer.Option("--cc", help="C compiler: gcc-O2, gcc-O0 or clang.")] = "gcc-O2",
    disable: Disable = [],
    json_to: Json = None,
) -> None:
    """Compare compiled programs with other implementations.

    Every program of corpora/benchmarks is made so large that it takes about the time
    asked for, then it runs alternately as OmniLisp's executable and on each peer
    that is installed. Shown are OmniLisp's CPU time and peak memory as ratios to the
    peer's: below 1 OmniLisp is ahead. The time of an empty program is subtracted.

    Exit status 1 means that a program failed or that a peer is missing.

    \b
    Examples: omnitest bench lang --peers chez,guile
              omnitest bench lang fib nqueens --seconds 2 --json -
    """
    from omnitest.benchmarks import language
    from omnitest.benchmarks.corpus import CorpusProblem, names
    from omnitest.benchmarks.peers import PEERS

    with user_errors():
        chosen_peers = [name for name in peers.split(",") if name]
        _refuse_unknown("--peers", chosen_peers, list(PEERS))
        _refuse_unknown("--cc", [compiler], ["gcc-O2", "gcc-O0", "clang"])
        try:
            known = names()
        except CorpusProblem as problem:
            raise typer.BadParameter(str(problem)) from None
        _refuse_unknown("PROGRAM", programs, known)
        with errors.status("building") as status:
            result = language.measure(
                programs or known,
                chosen_peers,
                seconds,
                rounds,
                compiler,
                frozenset(disable),
                lambda stage: status.update(show.plain(stage)),
            )
        show_result(_language_text(result), result.to_json(), json_to)
    if result.failures:
        raise typer.Exit(1)


def _refuse_unknown(option: str, given: list[str], known: list[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise typer.BadParameter(f"{option}: there is no {', '.join(unknown)}; there are {', '.join(known)}")


def _language_text(result: Result) -> RenderableType:
    from omnitest.benchmarks.language import OWN

    peers = [name for name in result.versions if name != OWN]
    table = show.make_table("Program", "Size", "ms", "MiB", *(f"× {name} (least to greatest)" for name in peers))
    ratios = {name: result.time(name).by_program for name in peers}
    for program in result.programs:
        runs = program.runs.get(OWN, [])
        if not runs:
            continue
        cells = [
            "{1:.2f} ({0:.2f} to {2:.2f})".format(*ratios[name][program.name]) if program.name in ratios[name] else "-"
            for name in peers
        ]
        milliseconds = statistics.median(run.milliseconds for run in runs)
        kilobytes = statistics.median(run.kilobytes for run in runs)
        table.add_row(program.name, str(program.size), f"{milliseconds:.0f}", f"{kilobytes / 1024:.1f}", *cells)
    lines = []
    for name in peers:
        time, memory = result.time(name), result.memory(name)
        if time.by_program:
            worst, ratio = time.worst
            lines.append(
                f"{name} ({result.versions[name]}): {time.mean:.2f} × its time, {memory.mean:.2f} × its memory, "
                f"geometric means of {len(time.by_program)} programs; most: {worst} {ratio:.2f} ×"
            )
    return Group(table, *map(show.plain, [*lines, *result.failures]))


def _text(result: object) -> RenderableType:
    from omnitest.benchmarks.throughput import Throughput

    assert isinstance(result, Throughput)
    table = show.make_table("Arm", "ms each", "Times faster", "Where the time goes", right=("ms each", "Times faster"))
    for arm, ratio in ((result.naive, 1.0), (result.fast, result.ratio_fast), (result.full, result.ratio_full)):
        total = sum(arm.stages.values()) or 1
        shares = sorted(arm.stages.items(), key=lambda item: -item[1])
        stages = ", ".join(f"{name} {100 * ms / total:.0f} %" for name, ms in shares)
        table.add_row(arm.name, f"{arm.each * 1000:.1f}", f"{ratio:.1f}", show.plain(stages))
    lines = [f"programs of {result.nodes:.0f} syntax nodes on average, {result.jobs} processes"]
    lines += [f"ten times as large: {name} {ratio:.1f} times the cost" for name, ratio in result.growth.items()]
    if result.naive.unfinished:
        lines.append(f"{result.naive.unfinished} runs of the naive loop came to no outcome")
    if result.undecided:
        lines.append(f"{result.undecided} judgements were not `agree`")
    return Group(table, *lines)
