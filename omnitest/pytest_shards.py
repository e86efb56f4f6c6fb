"""One campaign as tests: a shard per pytest worker, disjoint seeds, one merged result.

With ``--omni-seconds`` a session gets one item per pytest-xdist worker (one without xdist). Shard k of n generates
the batches k, k + n, k + 2n … of one campaign, so the shards never judge the same program. What diverges is reduced
and named; a bug that several shards meet is reported by the first, as a failure of its own with the command that
replays it. Failing programs are kept in Hypothesis's database and tried first the next time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any, Final

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis.database import ExampleDatabase
from rich.console import Console

from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.pace import Pace
from omnitest.campaign.tally import Tally
from omnitest.campaign.tasks import GUESSES, GenerateTask, generate_task
from omnitest.campaign.worker import close_oracles, run_task
from omnitest.compare import Agree, Diverged
from omnitest.console import finding_text
from omnitest.oracle import Oracle
from omnitest.reports.wording import number, percent
from omnitest.store.finding import Finding
from omnitest.store.store import Store, StoreProblem
from omnitest.triage.triage import Suspect, triage

#: The attribute of a shard's report that carries what it counted and found, as JSON.
ATTRIBUTE: Final = "omnitest"

#: The key of failing programs in Hypothesis's database.
_KEY: Final = b"omnitest.failing-programs"


@dataclass(frozen=True, slots=True)
class Shard:
    """Number ``index`` of ``count`` shards of the campaign ``options``."""

    options: CampaignOptions
    index: int
    count: int


class ShardItem(pytest.Item):
    """A shard of the campaign as a test. It fails for failures of the harness; findings are reported beside it."""

    def __init__(self, *, shard: Shard, **rest: Any) -> None:
        super().__init__(**rest)
        self.shard = shard
        self.tally = Tally()
        self.findings: list[Finding] = []

    def runtest(self) -> None:
        self.findings = []
        try:
            for suspect in _suspects(self.shard, self.tally):
                finding = triage(suspect, self.shard.options.reduce_seconds)
                if finding is not None:
                    self.findings.append(finding)
                    try:
                        _keep(finding)
                    except StoreProblem as problem:
                        self.tally.problems[f"{finding.fingerprint} cannot be replayed: {problem}"] += 1
        finally:
            close_oracles()
        if self.tally.problems:
            raise HarnessProblem("\n".join(self.tally.problems))

    def to_json(self) -> dict[str, Any]:
        """What the controller of the session needs to know."""
        return {"tally": self.tally.to_json(), "findings": [finding.to_json() for finding in self.findings]}

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, HarnessProblem):
            return f"failures of the harness, which say nothing about the programs:\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        return self.path, None, f"{self.name} on {', '.join(self.shard.options.engines)}"


class HarnessProblem(Exception):
    """The harness or a tool failed."""


def _suspects(shard: Shard, tally: Tally) -> Iterator[Suspect]:
    """The programs that diverge, one per signature: first those that failed before, then generated ones."""
    options, seen = shard.options, set[tuple[str, ...]]()
    deadline = time.monotonic() + (options.seconds or 0.0)
    if shard.index == 0:
        yield from _failed_before(options)
    number, pace = shard.index, Pace(GUESSES)
    while (left := deadline - time.monotonic()) > 0:
        task = generate_task(options, number)
        task = replace(task, size=max(1, pace.programs(GenerateTask, left, task.size)))
        result = run_task(task)
        pace.note(GenerateTask, task.size, result.seconds)
        tally.add(result.tally)
        number += shard.count
        for suspect in result.suspects:
            if suspect.signature not in seen:
                seen.add(suspect.signature)
                yield suspect


def _database() -> ExampleDatabase | None:
    """Hypothesis's database, if it keeps one here."""
    default = hypothesis_settings.default
    return default.database if default is not None else None


def _failed_before(options: CampaignOptions) -> Iterator[Suspect]:
    """The programs in Hypothesis's database that still diverge; those that agree now are taken out of it."""
    database = _database()
    if database is None:
        return
    with Oracle(options.engines, options.settings) as oracle:
        for entry in list(database.fetch(_KEY)):
            source = entry.decode("utf-8", "replace")
            (judgement,) = oracle.judge([source])
            if isinstance(judgement.verdict, Diverged):
                yield Suspect(source, judgement.verdict, options.settings, options.engines)
            elif isinstance(judgement.verdict, Agree):  # and not because it could not be judged
                database.delete(_KEY, entry)


def _keep(finding: Finding) -> None:
    """Remember a finding: in the store, for its replay, and in Hypothesis's database, for the next session."""
    Store().add(finding)
    database = _database()
    if database is not None:
        database.save(_KEY, finding.reduced.encode())


class Merged:
    """A plugin of the session's controller: one result of all shards, each bug once, as a failure of its own."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tally = Tally()
        self._shards = 0
        self._seen: set[str] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        carried = getattr(report, ATTRIBUTE, None)
        if carried is None:
            return
        self._shards += 1
        self._tally.add(Tally.from_json(carried["tally"]))
        for document in carried["findings"]:
            finding = Finding.from_json(document)
            if finding.fingerprint not in self._seen:
                self._seen.add(finding.fingerprint)
                self._config.hook.pytest_runtest_logreport(report=_finding_report(report.nodeid, finding))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        total, judged = self._tally, max(self._tally.programs, 1)
        reasons = ", ".join(f"{reason} {number(n)}" for reason, n in sorted(total.inconclusive.items()) if n)
        terminalreporter.section(f"omnitest, seed {self._config.option.omni_seed}")
        terminalreporter.line(
            f"{number(total.programs)} programs in {self._shards} shard{'' if self._shards == 1 else 's'}, "
            f"{percent(total.valid / judged)} valid, {percent(total.agree / judged)} agree, "
            f"{number(total.diverged)} diverged" + (f", inconclusive: {reasons}" if reasons else "")
        )


def _finding_report(nodeid: str, finding: Finding) -> pytest.TestReport:
    """A finding as a failed test of its own."""
    text = StringIO()
    Console(width=110, color_system=None, file=text).print(finding_text(finding))
    return pytest.TestReport(
        nodeid=f"{nodeid}::{finding.fingerprint}",
        location=("omnitest", None, finding.fingerprint),
        keywords={finding.kind: 1},
        outcome="failed",
        longrepr=text.getvalue().strip("\n"),
        when="call",
    )
