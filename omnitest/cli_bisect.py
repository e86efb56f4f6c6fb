"""``omnitest bisect``: since which commit a finding is there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from omnitest.cli_errors import Exit, errors, fail, user_errors
from omnitest.cli_options import FindingName, StorePlace, finding_named
from omnitest.console import plain
from omnitest.triage.bisect import Bisection, BisectProblem, Question, Step
from omnitest.triage.bisect import bisect as bisect_history

#: The repository that this package is part of, where it is run from one.
_PROJECT: Final = Path(__file__).resolve().parents[1]

STATUSES: Final = """
\b
Exit status: 0 the commit was found; 2 bad usage, the ends are not as they were
said to be, or too many revisions could not be asked; 66 the finding cannot be
read; 130 interrupted.
"""

out: Final = Console(soft_wrap=True, highlight=False)


def bisect(
    finding: FindingName,
    good: Annotated[str, typer.Option(metavar="REV", help="A revision at which the program does not fail.")],
    bad: Annotated[str, typer.Option(metavar="REV", help="A later one at which it does.")] = "HEAD",
    repository: Annotated[
        Path, typer.Option(metavar="FOLDER", exists=True, file_okay=False, help="The project's repository.")
    ] = _PROJECT,
    seconds: Annotated[float, typer.Option(min=1.0, help="Wall time that a revision may take.")] = 900.0,
    store: StorePlace = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Find the commit that brought a bug.

    The finding's reduced program is run on its engine at revisions of the project's
    history, each with its own compiler, runtime and reference; a revision that cannot
    be built or run is skipped. Your checkout is not touched.

    \b
    Example: omnitest bisect leak-3f9a01c2d4 --good v0.2 --bad HEAD
    """
    from omnitest.store.store import Store

    with user_errors():
        with Store(store) as place:
            known = finding_named(finding, place)
        question = Question.about(known, seconds)
        try:
            with errors.status(f"asking {good} and {bad}") as status:

                def on_step(step: Step, left: int) -> None:
                    errors.print(plain(_line(step)))
                    status.update(plain(f"bisecting: about {left} more revisions"))

                result = bisect_history(repository, good, bad, question.ask, on_step)
        except BisectProblem as problem:
            fail(str(problem), Exit.INCONCLUSIVE)
    if as_json:
        sys.stdout.write(json.dumps(result.to_json() | {"finding": known.fingerprint}, indent=2) + "\n")
    else:
        out.print(plain(_text(result)))
    raise typer.Exit(Exit.FINE if result.first_bad is not None else Exit.INCONCLUSIVE)


def _line(step: Step) -> str:
    reason = f" ({step.reason})" if step.reason else ""
    return f"{step.commit[:12]} {step.answer.value:4} {step.subject}{reason}"


def _text(result: Bisection) -> str:
    if result.first_bad is not None:
        subject = next((step.subject for step in result.steps if step.commit == result.first_bad), "")
        return f"first bad commit: {result.first_bad} {subject}".rstrip()
    listed = "\n".join(f"  {commit}" for commit in result.candidates)
    return f"the first bad commit is one of these, of which some could not be asked:\n{listed}"
