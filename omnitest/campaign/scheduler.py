"""A campaign: generated programs through all engines until the time is over, findings triaged.

The parent only schedules: it keeps a few batches under way in the worker processes, merges what comes
back and decides which suspects are worth a triage. One bug is triaged once, however many programs hit it.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.summary import CampaignSummary, EngineSummary, SelfTestRow, TimelinePoint, Verdicts
from omnitest.campaign.worker import BatchResult, BatchTask, Tally, batches, run_batch, run_triage, start_worker
from omnitest.selftest import prove
from omnitest.store.finding import Finding
from omnitest.store.store import Store, StoreProblem
from omnitest.triage.triage import Suspect, describe

BATCH_SIZE = 40
#: Wall seconds for reducing one finding, and for the findings left over when the time is up.
REDUCE_SECONDS = 25.0
GRACE_SECONDS = 90.0
_TIMELINE_SECONDS = 2.0


class Blind(Exception):
    """An engine did not see a planted fault: its silence would mean nothing. ``rows`` say which."""

    def __init__(self, rows: tuple[SelfTestRow, ...]) -> None:
        missed = ", ".join(f"{row.engine} missed {row.plant}" for row in rows if not row.detected)
        super().__init__(
            f"the self test failed: {missed}; `omnitest selftest` shows more, `omnitest doctor` checks tools"
        )
        self.rows = rows


@dataclass(slots=True)
class _Bug:
    """One signature: its first suspect, how many programs hit it, and its finding when triaged."""

    suspect: Suspect
    hits: int = 1
    finding: Finding | None = None


class Campaign:
    """Runs one campaign; ``on_progress`` gets a summary of the state after every batch."""

    def __init__(
        self,
        options: CampaignOptions,
        store: Store | None = None,
        on_progress: Callable[[CampaignSummary], None] | None = None,
        on_stage: Callable[[str], None] | None = None,
    ) -> None:
        self.options = options
        self.store = store
        self.on_progress = on_progress or (lambda summary: None)
        self.on_stage = on_stage or (lambda stage: None)
        self.tally = Tally()
        self.bugs: dict[tuple[str, ...], _Bug] = {}
        self.proof: tuple[SelfTestRow, ...] = ()
        self.problems: list[str] = []
        self.timeline: list[TimelinePoint] = []
        self.started_at = datetime.now(UTC)
        self.started = time.monotonic()
        self.ended: float | None = None
        self.stopping = False
        self.submitted = 0
        self.exchange = tempfile.TemporaryDirectory(prefix="omnitest-corpus-")
        corpus = (options.corpus or Path(self.exchange.name)) if options.guided else None
        self.tasks = batches(options.seed, options.engines, options.settings, BATCH_SIZE, options.coverage, corpus)
        self.running: dict[Future[BatchResult], BatchTask] = {}
        self.triages: dict[Future[Finding | None], tuple[str, ...]] = {}

    # ---- the run ----

    def run(self) -> CampaignSummary:
        """Run until the options say stop or the user interrupts; everything found is in the summary.

        :raises Blind: when the short self test shows that an engine cannot see its faults.
        """
        if self.options.self_test:
            self.on_stage("proving that the engines see planted faults")
            self.proof = tuple(prove(self.options.engines, self.options.settings.limits))
            if not all(row.detected for row in self.proof):
                raise Blind(self.proof)
        self.on_stage("running")
        self.started_at, self.started = datetime.now(UTC), time.monotonic()
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self.options.jobs, context, start_worker) as pool:
            try:
                self._run_in(pool)
            except KeyboardInterrupt:
                self.problems.append("interrupted again: batches under way were dropped")
                pool.shutdown(wait=False, cancel_futures=True)
            except BrokenProcessPool:
                self.problems.append("a worker process died (out of memory?): the campaign ended early")
        self._end()
        self._describe_the_rest()
        self._save()
        self.exchange.cleanup()
        return self.summary()

    def _run_in(self, pool: Executor) -> None:
        """Run to the end; the first interrupt only ends the submission of new batches."""
        try:
            self._schedule(pool)
        except KeyboardInterrupt:
            self.problems.append("interrupted")
            self.on_stage("stopping: batches under way are finished (interrupt again to drop them)")
            self.stopping = True
            self._schedule(pool)

    def _schedule(self, pool: Executor) -> None:
        options, running, triages = self.options, self.running, self.triages
        while True:
            while len(running) + len(triages) <= options.jobs and not self._over():
                task = self._fitted(next(self.tasks))
                self.submitted += task.size
                running[pool.submit(run_batch, task)] = task
            if not running and self.ended is None:
                self._end()
            if not running and not triages:
                return
            if self.ended is not None and time.monotonic() - self.ended > GRACE_SECONDS:
                self.problems.append(f"{len(triages)} findings are not reduced: the time was up")
                for triage in triages:
                    triage.cancel()
                return
            pending: list[Future[Any]] = [*running, *triages]
            wait(pending, timeout=1.0, return_when=FIRST_COMPLETED)
            for triage in [t for t in triages if t.done()]:
                self._triaged(triages.pop(triage), triage)
            for batch in [b for b in running if b.done()]:
                self._merge(batch, running.pop(batch), pool)
            self._tick()

    def _over(self) -> bool:
        seconds, programs = self.options.seconds, self.options.programs
        late = seconds is not None and time.monotonic() - self.started >= seconds
        return self.stopping or late or (programs is not None and self.submitted >= programs)

    def _fitted(self, task: BatchTask) -> BatchTask:
        """The task, made smaller when so many programs are not wanted or cannot be judged in the time left."""
        options, size = self.options, task.size
        if options.programs is not None:
            size = min(size, options.programs - self.submitted)
        if options.seconds is not None and self.tally.programs:
            now = time.monotonic() - self.started
            each = now * options.jobs / self.tally.programs
            size = min(size, int((options.seconds - now) / each))
        return replace(task, size=max(size, 1))

    def _merge(self, future: Future[BatchResult], task: BatchTask, pool: Executor) -> None:
        try:
            batch = future.result()
        except BrokenProcessPool:
            raise
        except Exception as failure:  # a failure of the harness costs its batch, and is shown
            batch = BatchResult(Tally(programs=task.size))
            batch.tally.inconclusive["harness-failure"] = task.size
            where = f"batch from program {task.first} of seed {task.seed}"
            batch.tally.problems[f"{where}: {_with_cause(failure)}"] = task.size
        self.tally.add(batch.tally)
        for suspect in batch.suspects:
            known = self.bugs.get(suspect.signature)
            if known is not None:
                known.hits += 1
                continue
            self.bugs[suspect.signature] = _Bug(suspect)
            self.triages[pool.submit(run_triage, suspect, REDUCE_SECONDS)] = suspect.signature

    def _triaged(self, signature: tuple[str, ...], future: Future[Finding | None]) -> None:
        bug = self.bugs[signature]
        try:
            finding = future.result()
        except BrokenProcessPool:
            raise
        except Exception as failure:  # the finding stands, unreduced
            self.problems.append(f"a finding could not be reduced: {_with_cause(failure)}")
            return
        if finding is None:
            # It did not happen again: not to be believed, and to be counted.
            self.tally.diverged -= bug.hits
            self.tally.inconclusive["flaky"] += bug.hits
            del self.bugs[signature]
        else:
            bug.finding = finding

    # ---- what is known so far ----

    def _end(self) -> None:
        if self.ended is None:
            self.ended = time.monotonic()

    def _describe_the_rest(self) -> None:
        """Findings out of suspects that no triage got to: their programs as they were generated."""
        for bug in self.bugs.values():
            if bug.finding is None:
                bug.finding = describe(bug.suspect, bug.suspect.source, bug.suspect.diverged, ())

    def _tick(self) -> None:
        seconds = (self.ended or time.monotonic()) - self.started
        if not self.timeline or seconds - self.timeline[-1].seconds >= _TIMELINE_SECONDS:
            self.timeline.append(TimelinePoint(seconds, self.tally.programs, len(self.bugs)))
        self.on_progress(self.summary())

    def _findings(self) -> Iterator[Finding]:
        """One finding per fingerprint, the hits of all its signatures added up."""
        merged: dict[str, Finding] = {}
        for bug in self.bugs.values():
            if bug.finding is not None:
                finding = replace(bug.finding, hits=bug.hits)
                known = merged.get(finding.fingerprint)
                merged[finding.fingerprint] = finding if known is None else known.merged(finding)
        yield from merged.values()

    def _save(self) -> None:
        for finding in self._findings():
            if self.store is None:
                continue
            try:
                self.store.add(finding)
            except StoreProblem as problem:
                self.problems.append(f"{problem} (the finding is in this report)")

    def summary(self) -> CampaignSummary:
        """The state of the campaign as data."""
        tally = self.tally
        problems = [*self.problems, *(f"{text} ({n} programs)" for text, n in tally.problems.items())]
        names = [name for name in tally.busy if name != "prepare"]
        return CampaignSummary(
            started=self.started_at,
            seconds=(self.ended or time.monotonic()) - self.started,
            seed=self.options.seed,
            programs=tally.programs,
            valid_rate=tally.valid / tally.programs if tally.programs else 0.0,
            verdicts=Verdicts(tally.agree, tally.diverged, dict(tally.inconclusive)),
            engines=tuple(EngineSummary(n, tally.runs[n], tally.busy[n], tally.faults[n]) for n in names),
            findings=tuple(self._findings()),
            self_test=self.proof,
            timeline=tuple(self.timeline),
            passes=dict(sorted(tally.passes.items())),
            problems=tuple(problems),
            coverage=tally.coverage.rows() if self.options.coverage else (),
        )


def _with_cause(failure: BaseException) -> str:
    """A worker's failure in one line, with the innermost place of the remote traceback."""
    remote = str(failure.__cause__ or "").strip().splitlines()
    place = next((line.strip() for line in reversed(remote) if line.lstrip().startswith("File ")), "")
    return f"{type(failure).__name__}: {failure}" + (f" ({place})" if place else "")


def fuzz(
    options: CampaignOptions,
    store: Store | None = None,
    on_progress: Callable[[CampaignSummary], None] | None = None,
    on_stage: Callable[[str], None] | None = None,
) -> CampaignSummary:
    """Run a campaign to its end; see :class:`Campaign`."""
    return Campaign(options, store, on_progress, on_stage).run()
