"""The commands about corpora and enumeration: ``omnitest corpus …`` and ``omnitest enumerate``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from omnitest.cli_errors import STATUSES, Exit, errors, fail, user_errors
from omnitest.cli_options import Engines
from omnitest.compare import Agree, Diverged, Inconclusive
from omnitest.console import plain, verdict_text
from omnitest.engines.protocol import Limits
from omnitest.generate.exhaustive import Enumeration
from omnitest.guide.corpus import CorpusProblem, Entry, FolderCorpus, merge, minimise
from omnitest.oracle import Oracle
from omnitest.prepare import Settings

corpus_app = typer.Typer(
    name="corpus", help="Look after corpora: folders of programs that guided campaigns change.", no_args_is_help=True
)

#: Steps of an enumerated program; so small a program needs more only if it does not end.
_STEPS: Final = 20_000
_BATCH: Final = 50

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A corpus.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@contextmanager
def _corpus_errors() -> Iterator[None]:
    with user_errors():
        try:
            yield
        except CorpusProblem as problem:
            fail(str(problem), Exit.CANNOT_WRITE)


def _existing(folder: Path) -> FolderCorpus:
    if not folder.is_dir():
        fail(f"{folder}: no such folder", Exit.NO_INPUT, "guided campaigns write one: omnitest fuzz --guided --corpus")
    return FolderCorpus(folder)


def _show(text: str, document: Any, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    else:
        errors.print(plain(text))


@corpus_app.command("merge", epilog=STATUSES)
def merge_command(
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The corpus to add to.", show_default=False)],
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE...", help="Other corpora.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Add the programs of other corpora, each program once.

    \b
    Example: omnitest corpus merge all-nights monday tuesday
    """
    with _corpus_errors():
        stores = [_existing(source) for source in sources]
        kept = FolderCorpus(target)
        new = merge(kept, stores)
        total = len(kept.entries())
        skipped = [line for store in stores for line in store.skipped]
    for line in skipped:
        errors.print(plain(f"skipped {line}"))
    _show(f"{target}: {new} new, {total} programs", {"new": new, "programs": total, "skipped": skipped}, as_json)


@corpus_app.command("list", epilog=STATUSES)
def list_command(folder: Folder, as_json: AsJson = False) -> None:
    """Show the programs of a corpus, oldest first.

    \b
    Example: omnitest corpus list nightly
    """
    with _corpus_errors():
        store = _existing(folder)
        entries = store.entries()
    for line in store.skipped:
        errors.print(plain(f"skipped {line}"))
    if as_json:
        sys.stdout.write(json.dumps([_row(entry) for entry in entries], ensure_ascii=False, indent=2) + "\n")
        return
    table = Table("Key", "Nodes", "Features", "Begins", box=None, pad_edge=False, header_style="bold")
    for entry in entries:
        begins = plain(" ".join(entry.text.split())[:60])
        table.add_row(entry.key[:12], str(entry.nodes), str(len(entry.features)), begins)
    errors.print(table)


def _row(entry: Entry) -> dict[str, Any]:
    return {"key": entry.key, **entry.to_json()}


@corpus_app.command("minimise", epilog=STATUSES)
def minimise_command(folder: Folder, as_json: AsJson = False) -> None:
    """Remove programs whose features others have as well.

    What remains has every feature that the corpus had.

    \b
    Example: omnitest corpus minimise nightly
    """
    with _corpus_errors():
        store = _existing(folder)
        removed = minimise(store)
        total = len(store.entries())
    _show(f"{folder}: {removed} removed, {total} programs", {"removed": removed, "programs": total}, as_json)


def enumerate_programs(
    nodes: Annotated[int, typer.Option(min=1, max=12, help="Most nodes of a program.")] = 3,
    first: Annotated[int, typer.Option("--from", min=0, help="Number of the first program.")] = 0,
    end: Annotated[
        int | None,
        typer.Option("--to", min=0, help="Number behind the last program; all without it.", show_default=False),
    ] = None,
    engines: Engines = ["tcc"],
    as_json: AsJson = False,
) -> None:
    """Compare engines on all small programs.

    The programs of a compact grammar are numbered, the smallest first. --from and --to choose a part.

    \b
    Examples: omnitest enumerate --nodes 3
              omnitest enumerate --nodes 5 --from 20000 --to 30000 -e gcc-O0,asan
    """
    enumeration = Enumeration()
    total = enumeration.up_to(nodes)
    end = total if end is None else min(end, total)
    verdicts: Counter[str] = Counter()
    diverged: list[dict[str, Any]] = []
    settings = Settings(limits=Limits(steps=_STEPS))
    with _corpus_errors(), errors.status("starting") as status, Oracle(engines, settings, observe=True) as oracle:
        for start in range(first, end, _BATCH):
            status.update(f"programs {start} to {end} of {total}, {len(diverged)} diverged")
            texts = list(enumeration.programs(start, min(end, start + _BATCH)))
            for number, judgement in enumerate(oracle.judge(texts), start=start):
                match judgement.verdict:
                    case Agree():
                        verdicts["agree"] += 1
                    case Inconclusive(reason=reason):
                        verdicts[reason] += 1
                    case Diverged() as verdict:
                        verdicts["diverged"] += 1
                        diverged.append({"number": number, "text": judgement.source, "detail": verdict.detail})
                        wrong = plain(f"{number}: {judgement.source}").append("\n")
                        errors.print(wrong.append_text(verdict_text(verdict)))
    document = {"programs": total, "from": first, "to": end, "verdicts": dict(verdicts), "diverged": diverged}
    counts = ", ".join(f"{count} {word}" for word, count in sorted(verdicts.items()))
    _show(f"{max(0, end - first)} of {total} programs: {counts or 'none'}", document, as_json)
    if diverged:
        raise typer.Exit(Exit.FOUND)
