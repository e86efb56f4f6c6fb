"""The commands that measure: ``omnitest bench``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Group, RenderableType

from omnitest import console as show
from omnitest.cli_errors import STATUSES, errors, user_errors
from omnitest.cli_options import JOBS, Json
from omnitest.cli_output import show_result

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
