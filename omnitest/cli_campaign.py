"""The commands that run campaigns: ``omnitest fuzz`` and ``omnitest campaign``."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path
from typing import Annotated, Final

import typer

from omnitest import console as show
from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.profiles import DEFAULT_QUOTAS
from omnitest.campaign.summary import CampaignSummary
from omnitest.cli_errors import Exit, errors, fail, user_errors
from omnitest.cli_options import JOBS, Disable, EngineNames, Json, Plant, Profiles, Report, StorePlace
from omnitest.cli_output import show_result, writable_folder, write
from omnitest.engines.factory import FAST_TIER, FULL_TIER
from omnitest.prepare import Settings
from omnitest.reports import render_campaign
from omnitest.store.store import Store

#: Of the programs, those that reached something new first, so many percent run on the engines of the full tier.
FULL_PERCENT: Final = 10

#: Where a project keeps the programs that once failed.
_REGRESSIONS: Final = Path("corpora/regressions")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes.")]
FullPercent = Annotated[
    int,
    typer.Option(min=0, max=100, help="Share of the programs that all compilers and sanitizers compile, too."),
]


def fuzz(
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="End after so many seconds; 60 if no end is given.")
    ] = None,
    programs: Annotated[int | None, typer.Option(min=1, help="End after so many programs.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Where the generator starts; random without it.")] = None,
    engines: EngineNames = [],
    full_percent: FullPercent = FULL_PERCENT,
    profile: Profiles = [],
    jobs: Jobs = JOBS,
    disable: Disable = [],
    plant: Plant = None,
    self_test: Annotated[bool, typer.Option(help="Let each engine find the fault planted for it.")] = True,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Count the forms, procedures, errors and passes that programs exercise.")
    ] = False,
    store: StorePlace = None,
    report_to: Report = Path("reports"),
    json_to: Json = None,
) -> None:
    """Look for bugs with generated programs.

    Every program runs on the engines of the fast tier, and a share of them,
    new coverage first, on all engines. With --engines every program runs on
    those. What is wrong is reduced and kept, once per bug.

    Exit status 1 means that something was found. Ctrl-C ends a campaign early and keeps its findings.

    \b
    Examples: omnitest fuzz --seconds 600
              omnitest fuzz --programs 1000 --seed 7 -e tcc,valgrind --json result.json
    """
    from omnitest.campaign.progress import FindingsJournal
    from omnitest.campaign.scheduler import Blind
    from omnitest.campaign.scheduler import fuzz as run

    if seconds is None and programs is None:
        seconds = 60.0
    wanted = CampaignOptions(
        seed=secrets.randbits(32) if seed is None else seed,
        engines=tuple(engines) or FAST_TIER,
        seconds=seconds,
        programs=programs,
        jobs=jobs,
        settings=Settings(frozenset(disable), plant),
        self_test=self_test,
        coverage=coverage,
        full_engines=() if engines else FULL_TIER,
        full_percent=0 if engines else full_percent,
        quotas=dict.fromkeys(profile, 1) or dict(DEFAULT_QUOTAS),
    )
    with user_errors():
        folder = writable_folder(report_to, "--report")
        try:
            with show.CampaignProgress(errors, seconds) as progress:
                summary = run(wanted, FindingsJournal(Store(store)), progress, progress.stage)
        except Blind as blind:
            errors.print(show.self_test_table(blind.rows))
            fail(str(blind), Exit.TOOL)
        show_result(show.summary_text(summary), summary.to_json(), json_to)
        name = f"campaign-{summary.started:%Y%m%d-%H%M%S}-{summary.seed}"
        page = _write_report(folder, name, summary)
        errors.print(show.plain(f"report: {page}"))
    raise typer.Exit(_status(summary))


def _write_report(folder: Path, name: str, summary: CampaignSummary) -> Path:
    """Write the page and the data beside it; the path of the page."""
    page = folder / f"{name}.html"
    write(folder / f"{name}.json", json.dumps(summary.to_json(), ensure_ascii=False, indent=2) + "\n")
    write(page, render_campaign(summary))
    return page


def _status(summary: CampaignSummary) -> Exit:
    if summary.findings or any(one.verdict == "diverged" for one in summary.replayed):
        return Exit.FOUND
    compared = summary.verdicts.agree + summary.verdicts.diverged
    return Exit.FINE if compared else Exit.INCONCLUSIVE
