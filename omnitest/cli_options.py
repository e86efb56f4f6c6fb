"""Options that commands of ``omnitest`` share: what they are called, check and complete to."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from compiler.pipeline import OPTIONAL_PASSES
from omnitest.campaign.profiles import PROFILES, UnknownProfile, profile_named
from omnitest.cli_errors import Exit, fail
from omnitest.engines.factory import ALL_NAMES, GROUPS, UnknownEngine, engine_names
from omnitest.plants import PLANTS
from omnitest.store.finding import Finding, FindingProblem
from omnitest.store.problems import StoreProblem

if TYPE_CHECKING:
    from omnitest.store.store import Store

#: As many worker processes as there are cores.
JOBS: Final = os.cpu_count() or 1


def _engines(names: list[str]) -> list[str]:
    try:
        return list(engine_names(part.strip() for name in names for part in name.split(",")))
    except UnknownEngine as problem:
        raise typer.BadParameter(str(problem)) from None


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    suggestion = f" Did you mean {near[0]}?" if near else ""
    return f"there is no {what} {name!r}.{suggestion} There are: {', '.join(known)}"


def _passes(names: list[str]) -> list[str]:
    for name in names:
        if name not in OPTIONAL_PASSES:
            raise typer.BadParameter(_unknown("optional pass", name, OPTIONAL_PASSES))
    return names


def _plants(names: list[str]) -> list[str]:
    wanted = [part.strip() for name in names for part in name.split(",")]
    for name in wanted:
        if name not in PLANTS:
            raise typer.BadParameter(_unknown("fault to plant", name, list(PLANTS)))
    return wanted


def _profiles(names: list[str]) -> list[str]:
    try:
        return [profile_named(part.strip()).name for name in names for part in name.split(",")]
    except UnknownProfile as problem:
        raise typer.BadParameter(str(problem)) from None


def _complete_profile(start: str) -> list[str]:
    return [name for name in PROFILES if name.startswith(start)]


def _complete_engine(start: str) -> list[str]:
    return [name for name in (*ALL_NAMES, *GROUPS) if name.startswith(start)]


def _complete_finding(start: str) -> list[str]:
    from omnitest.store.store import Store

    try:
        findings = Store().load().findings
    except StoreProblem:  # while a line is being typed there is nobody to tell
        return []
    return [finding.fingerprint for finding in findings if finding.fingerprint.startswith(start)]


Engines = Annotated[
    list[str],
    typer.Option(
        "--engines", "-e", metavar="LIST", callback=_engines, autocompletion=_complete_engine,
        help=f"Engines, separated by commas: {', '.join([*ALL_NAMES, *GROUPS])}.",
    ),
]  # fmt: skip
EngineNames = Annotated[
    list[str],
    typer.Option(
        "--engines", "-e", metavar="LIST", callback=_engines, autocompletion=_complete_engine, show_default=False,
        help=f"Run every program on these engines only, separated by commas: {', '.join([*ALL_NAMES, *GROUPS])}.",
    ),
]  # fmt: skip
Profiles = Annotated[
    list[str],
    typer.Option(
        "--profile", metavar="LIST", callback=_profiles, autocompletion=_complete_profile, show_default=False,
        help=f"Generate by these profiles in turn, separated by commas: {', '.join(PROFILES)}.",
    ),
]  # fmt: skip
Disable = Annotated[
    list[str],
    typer.Option("--disable", metavar="PASS", callback=_passes, help="Leave out an optional pass; repeatable."),
]
StorePlace = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="PLACE", show_default=False,
        help="Where findings are kept: a folder, a file NAME.sqlite3 or postgresql+psycopg://USER@HOST/NAME; "
        "without it $OMNITEST_STORE, $OMNITEST_HOME or the user's data folder.",
    ),
]  # fmt: skip
Report = Annotated[Path, typer.Option("--report", metavar="DIR", help="Folder that the HTML page is written to.")]
Json = Annotated[
    Path | None,
    typer.Option(
        "--json", metavar="OUT", show_default=False,
        help="Write the result as JSON to this file; - writes it, and nothing else, to stdout.",
    ),
]  # fmt: skip


FindingName = Annotated[
    str,
    typer.Argument(
        metavar="FINDING", autocompletion=_complete_finding, show_default=False,
        help="A fingerprint, the beginning of one, a finding's JSON file, or a program.",
    ),
]  # fmt: skip
Directory = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        exists=True,
        file_okay=False,
        help="Where programs find and leave files. Without it each run gets an empty folder.",
        show_default=False,
    ),
]
Plants = Annotated[
    list[str],
    typer.Option(
        "--plant", callback=_plants, metavar="FAULT", hidden=True,
        help="Plant a fault, to see it found; repeatable, or separated by commas.",
    ),
]  # fmt: skip


def finding_named(name: str, store: Store) -> Finding:
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
