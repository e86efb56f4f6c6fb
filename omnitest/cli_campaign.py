"""The commands that run campaigns: ``omnitest fuzz`` and ``omnitest campaign``."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from omnitest import console as show
from omnitest.campaign.config_file import CampaignFile, ConfigProblem, read
from omnitest.campaign.options import CAMPAIGN_LIMITS, REDUCE_SECONDS, CampaignOptions
from omnitest.campaign.profiles import DEFAULT_QUOTAS
from omnitest.campaign.summary import CampaignSummary
from omnitest.cli_errors import Exit, errors, fail, user_errors
from omnitest.cli_options import JOBS, Disable, EngineNames, Json, Plants, Profiles, Report, StorePlace
from omnitest.cli_output import show_result, writable_folder, write
from omnitest.engines.factory import FAST_TIER, FOREIGN_NAMES, FULL_TIER
from omnitest.guide.guided import GUIDED_STEPS, guided_engines
from omnitest.prepare import Settings
from omnitest.reports import render_campaign
from omnitest.store.records import CampaignState

if TYPE_CHECKING:
    from omnitest.store.finding import Finding
    from omnitest.store.store import Store

#: Of the programs, those that reached something new first, so many percent run on the engines of the full tier.
FULL_PERCENT: Final = 10

#: Where a project keeps the programs that once failed.
_REGRESSIONS: Final = Path("corpora/regressions")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes.")]
Guided = Annotated[
    bool,
    typer.Option("--guided/--blind", help="Change programs that reached something new, or only generate them."),
]
Corpus = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", show_default=False, help="Programs to begin with, and to add to, if guided."),
]
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
    plants: Plants = [],
    self_test: Annotated[bool, typer.Option(help="Let each engine find the fault planted for it.")] = True,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Count the forms, procedures, errors and passes that programs exercise.")
    ] = False,
    guided: Guided = False,
    corpus: Corpus = None,
    store: StorePlace = None,
    report_to: Report = Path("reports"),
    json_to: Json = None,
) -> None:
    """Look for bugs with generated programs.

    Every program runs on the engines of the fast tier, and a share of them,
    new coverage first, on all engines. With --engines every program runs on
    those. What is wrong is reduced and kept, once per bug.

    Exit status 1 means that something was found that is not suppressed
    (see omnitest findings suppress). Ctrl-C ends a campaign early and keeps its findings.

    \b
    Examples: omnitest fuzz --seconds 600
              omnitest fuzz --programs 1000 --seed 7 -e tcc,valgrind --json result.json
    """
    from omnitest.campaign.progress import FindingsJournal
    from omnitest.campaign.scheduler import Blind
    from omnitest.campaign.scheduler import fuzz as run
    from omnitest.store.store import Store

    if seconds is None and programs is None:
        seconds = 60.0
    wanted = CampaignOptions(
        seed=secrets.randbits(32) if seed is None else seed,
        engines=tuple(engines) or FAST_TIER,
        seconds=seconds,
        programs=programs,
        jobs=jobs,
        settings=Settings(frozenset(disable), frozenset(plants), CAMPAIGN_LIMITS),
        self_test=self_test,
        coverage=coverage,
        full_engines=() if engines else FULL_TIER,
        full_percent=0 if engines else full_percent,
        quotas=dict.fromkeys(profile, 1) or dict(DEFAULT_QUOTAS),
    )
    wanted = _guided(wanted, guided, corpus)
    with user_errors(), Store(store) as place:
        folder = writable_folder(report_to, "--report")
        try:
            with show.CampaignProgress(errors, seconds) as progress:
                summary = run(wanted, FindingsJournal(place), progress, progress.stage)
        except Blind as blind:
            errors.print(show.self_test_table(blind.rows))
            fail(str(blind), Exit.TOOL)
        show_result(show.summary_text(summary), summary.to_json(), json_to)
        name = f"campaign-{summary.started:%Y%m%d-%H%M%S}-{summary.seed}"
        page = _write_report(folder, name, summary)
        errors.print(show.plain(f"report: {page}"))
        suppressed = _suppressed(summary.findings, place)
    raise typer.Exit(_status(summary, suppressed))


def _guided(options: CampaignOptions, guided: bool, corpus: Path | None) -> CampaignOptions:
    """The options with what guidance takes: an engine that sees edges, programs that may not end."""
    if corpus is not None and not guided:
        raise typer.BadParameter("a corpus is for guided campaigns: add --guided", param_hint="--corpus")
    if not guided:
        return options
    if set(options.all_engines) & set(FOREIGN_NAMES):
        raise typer.BadParameter("mutants are in no subset of the language: use --blind", param_hint="--guided")
    settings = options.settings
    return replace(
        options,
        engines=guided_engines(options.engines),
        settings=replace(settings, limits=replace(settings.limits, steps=GUIDED_STEPS)),
        guided=True,
        corpus=corpus.absolute() if corpus is not None else None,
    )


def campaign(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the campaign is called.", show_default=False)],
    hours: Annotated[
        float | None, typer.Option(min=0.0, help="How long it runs in all; 1 if no end is given.", show_default=False)
    ] = None,
    programs: Annotated[int | None, typer.Option(min=1, help="End after so many programs.")] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="What the campaign does.", show_default=False)
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last campaign of this name.")] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Where the generator starts; random without it.")] = None,
    engines: EngineNames = [],
    full_percent: Annotated[
        int | None,
        typer.Option(min=0, max=100, help=f"Share of the programs on all engines; {FULL_PERCENT} without it."),
    ] = None,
    profile: Profiles = [],
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Worker processes.")] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Use the workers of this scheduler of distributed.", show_default=False),
    ] = None,
    plants: Plants = [],
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Count the forms, procedures, errors and passes that programs exercise.")
    ] = False,
    guided: Guided = False,
    corpus: Corpus = None,
    store: StorePlace = None,
    report_to: Report = Path("reports"),
    json_to: Json = None,
) -> None:
    """Look for bugs for hours, and survive whatever happens.

    The project's regressions run first. Progress and findings are kept in the
    store: after an interrupt, a crash or a power cut, --resume goes on where
    it was. Page, data and findings are written to a folder NAME below --report.
    Options given here win over those of the file.

    Exit status 1: there is a finding that no rule suppresses (`omnitest findings suppress`), or a regression.

    \b
    Examples: omnitest campaign nightly --hours 8 --config nightly.toml
              omnitest campaign nightly --resume
    """
    from omnitest.campaign.journal import StoreJournal
    from omnitest.campaign.scheduler import Blind
    from omnitest.campaign.scheduler import fuzz as run
    from omnitest.campaign.workers import ClusterProblem
    from omnitest.store.store import Store

    if not _NAME.fullmatch(name):
        raise typer.BadParameter(f"{name!r} must be lower-case letters, digits, '.', '_' and '-'", param_hint="NAME")
    try:
        file = read(config) if config is not None else CampaignFile()
    except ConfigProblem as problem:
        fail(str(problem), Exit.USAGE)
    with user_errors(), Store(store) as place:
        folder = writable_folder(report_to / name, "--report")
        given = _Given(hours, programs, seed, tuple(engines), full_percent, tuple(profile), jobs, cluster)
        if resume:
            _refuse_changes(given, config is not None or guided or corpus is not None or bool(plants) or coverage)
            record = place.campaigns.resume(place.campaigns.latest(name).id)
            options = CampaignOptions.from_json(record.options, jobs or JOBS, cluster)
            if hours is not None or programs is not None:
                options = replace(options, seconds=hours * 3600 if hours is not None else None, programs=programs)
        else:
            options = _guided(_options(file, given, frozenset(plants), coverage), guided, corpus)
            _refuse_unfinished(place, name)
            record = place.campaigns.begin(name, options.seed, options.to_json())
        try:
            with show.CampaignProgress(errors, options.seconds) as progress:
                summary = run(options, StoreJournal(place, record), progress, progress.stage)
        except Blind as blind:
            # What was judged meanwhile counts for nothing: a resumed campaign judges it again.
            place.campaigns.end(record.id, CampaignState.INTERRUPTED, record.progress)
            errors.print(show.self_test_table(blind.rows))
            fail(str(blind), Exit.TOOL)
        except ClusterProblem as problem:
            place.campaigns.end(record.id, CampaignState.INTERRUPTED)
            fail(str(problem), Exit.TOOL)
        show_result(show.summary_text(summary), summary.to_json() | {"name": name}, json_to)
        suppressed = _suppressed(summary.findings, place)
        page = _write_report(folder, "campaign", summary)
        (folder / "findings").mkdir(exist_ok=True)
        for finding in summary.findings:
            write(folder / "findings" / f"{finding.fingerprint}.json", finding.to_text())
        errors.print(show.plain(f"report: {page}"))
    raise typer.Exit(_status(summary, suppressed))


@dataclass(frozen=True, slots=True)
class _Given:
    """What the command line says about a campaign; None and empty where it is silent."""

    hours: float | None
    programs: int | None
    seed: int | None
    engines: tuple[str, ...]
    full_percent: int | None
    profiles: tuple[str, ...]
    jobs: int | None
    cluster: str | None


def _options(file: CampaignFile, given: _Given, plants: frozenset[str], coverage: bool) -> CampaignOptions:
    """The campaign that the file describes, changed by what the command line says."""
    hours = given.hours if given.hours is not None else file.hours
    if hours is None and given.programs is None:
        hours = 1.0
    first = given.engines or file.engines or FAST_TIER
    percent = given.full_percent if given.full_percent is not None else file.full_percent
    if percent is None:
        percent = 0 if given.engines else FULL_PERCENT
    seed = given.seed if given.seed is not None else file.seed
    regressions = file.regressions
    if regressions is None:
        regressions = (_REGRESSIONS,) if _REGRESSIONS.is_dir() else ()
    return CampaignOptions(
        seed=secrets.randbits(32) if seed is None else seed,
        engines=first,
        seconds=hours * 3600 if hours is not None else None,
        programs=given.programs,
        jobs=given.jobs or file.jobs or JOBS,
        settings=Settings(plants=plants, limits=file.limits),
        coverage=coverage,
        full_engines=file.full_engines or FULL_TIER,
        full_percent=percent,
        quotas=dict.fromkeys(given.profiles, 1) or dict(file.quotas or DEFAULT_QUOTAS),
        profiles=file.profiles,
        regressions=tuple(path.absolute() for path in regressions),
        reduce_seconds=file.reduce_seconds if file.reduce_seconds is not None else REDUCE_SECONDS,
        cluster=given.cluster,
    )


def _refuse_changes(given: _Given, others: bool) -> None:
    """A campaign goes on as it was begun: only where it runs and how long may be another matter."""
    if others or given.seed is not None or given.engines or given.full_percent is not None or given.profiles:
        raise typer.BadParameter(
            "a campaign goes on as it was begun; besides it there may be --hours, --programs, --jobs and --cluster",
            param_hint="--resume",
        )


def _refuse_unfinished(store: Store, name: str) -> None:
    """A campaign that could be resumed is not started anew by accident."""
    for record in store.campaigns.load(name)[:1]:
        if record.state is not CampaignState.FINISHED:
            how = "was interrupted" if record.abandoned or record.state is CampaignState.INTERRUPTED else "is running"
            fail(
                f"campaign {name!r} of {record.started:%Y-%m-%d %H:%M} {how}",
                Exit.USAGE,
                "go on with it by --resume, or choose another name",
            )


def _write_report(folder: Path, name: str, summary: CampaignSummary) -> Path:
    """Write the page and the data beside it; the path of the page."""
    page = folder / f"{name}.html"
    write(folder / f"{name}.json", json.dumps(summary.to_json(), ensure_ascii=False, indent=2) + "\n")
    write(page, render_campaign(summary))
    return page


def _suppressed(findings: Sequence[Finding], store: Store) -> int:
    """How many findings a rule keeps from counting, after each rule that fits one was named."""
    known = 0
    for finding in findings:
        rule = store.suppressions.of(finding)
        if rule is not None:
            known += not rule.expired()
            effect = f"has expired on {rule.expires}" if rule.expired() else f"suppresses it until {rule.expires}"
            errors.print(show.plain(f"{finding.fingerprint}: suppression {rule.id} {effect}: {rule.reason}"))
    return known


def _status(summary: CampaignSummary, suppressed: int) -> Exit:
    if len(summary.findings) > suppressed or any(one.verdict == "diverged" for one in summary.replayed):
        return Exit.FOUND
    compared = summary.verdicts.agree + summary.verdicts.diverged
    return Exit.FINE if compared and not summary.regressed else Exit.INCONCLUSIVE
