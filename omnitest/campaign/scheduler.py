"""A campaign: generated programs through the engines until the time is over, findings triaged.

The parent only schedules: it keeps tasks under way in the workers, merges what comes back and decides which suspects
are worth a triage. One bug is triaged once, however many programs hit it. A worker that dies costs nothing but time:
its task is done again, alone, and only one that kills three is given up, as a failure of the harness.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from omnitest.campaign.options import CampaignOptions
from omnitest.campaign.pace import Pace
from omnitest.campaign.progress import Journal, Key, NoJournal, alike, key_of
from omnitest.campaign.summary import CampaignSummary, SelfTestRow, TimelinePoint, summarise
from omnitest.campaign.tally import Tally
from omnitest.campaign.tasks import (
    BATCH_SIZE,
    GUESSES,
    Chosen,
    FullTask,
    GenerateTask,
    ReplayTask,
    Task,
    TaskResult,
    TriageTask,
    generate_task,
)
from omnitest.campaign.worker import run_task, run_triage, warm_up
from omnitest.campaign.workers import ClusterWorkers, LocalWorkers, WorkerDied, Workers, exchange_folder
from omnitest.reduce import Subject
from omnitest.selftest import prove
from omnitest.store.finding import Finding
from omnitest.store.store import StoreProblem
from omnitest.triage.triage import Suspect, describe

#: Wall seconds for the findings that are not reduced yet when the time is up.
GRACE_SECONDS: Final = 90.0
#: A task that takes longer than this hangs: its worker is killed.
TASK_SECONDS: Final = 1800.0
#: A task is given up when so many workers have died with it, all but the first time alone.
MOST_DEATHS: Final = 3
_SAVE_SECONDS: Final = 1.0
_TIMELINE_SECONDS: Final = 2.0
_TIMELINE_POINTS: Final = 600
_SUFFIX: Final = ".omni"


class Blind(Exception):
    """An engine did not see a planted fault: its silence would mean nothing. ``rows`` say which."""

    def __init__(self, rows: tuple[SelfTestRow, ...]) -> None:
        missed = ", ".join(f"{row.engine} missed {row.plant}" for row in rows if not row.detected)
        super().__init__(
            f"the self test failed: {missed}; `omnitest selftest` shows more, `omnitest doctor` checks tools"
        )
        self.rows = rows


@dataclass(slots=True)
class _Running:
    """A task under way since a time of the monotonic clock. It was interrupted by the ``deaths`` of so many workers,
    and runs alone since the first of them."""

    work: Task | TriageTask
    since: float
    deaths: int = 0


class Campaign:
    """Runs one campaign; ``on_progress`` gets a summary of the state after everything that happens."""

    def __init__(
        self,
        options: CampaignOptions,
        journal: Journal | None = None,
        on_progress: Callable[[CampaignSummary], None] | None = None,
        on_stage: Callable[[str], None] | None = None,
    ) -> None:
        self._exchange = exchange_folder()
        self.options = replace(options, corpus=options.corpus or Path(self._exchange.name))
        self.journal: Journal = journal or NoJournal()
        self.on_progress = on_progress or (lambda summary: None)
        self.on_stage = on_stage or (lambda stage: None)
        self.proof: tuple[SelfTestRow, ...] = ()
        self.started_at = datetime.now(UTC)
        self.stopping = False
        self._pace = Pace(GUESSES)
        self._restore()
        self._replays = deque(_replay_tasks(options))
        self._chosen: list[Chosen] = []
        self._again: deque[tuple[Task | TriageTask, int]] = deque()  # what dying workers interrupted, how often
        self._running: dict[Future[Any], _Running] = {}
        self._unsaved: list[tuple[Key, Suspect]] = []
        self._from_files: set[Key] = set()  # these are not among the generated programs
        self._saved = time.monotonic()
        self._begun = time.monotonic()
        self._ended: float | None = None
        self._proving: Future[list[SelfTestRow]] | None = None

    def _restore(self) -> None:
        """Take up what the journal kept."""
        self.progress, suspects, findings = self.journal.load()
        self._before = self.progress.seconds
        self._unfinished = deque(sorted(self.progress.unfinished))
        by_name = {finding.fingerprint: finding for finding in findings}
        self._findings: dict[Key, Finding] = {
            key: by_name[name] for key, name in self.progress.settled.items() if name in by_name
        }
        self._untriaged: dict[Key, Suspect] = dict(suspects)
        self._waiting = deque(self._untriaged)

    # ---- the run ----

    def run(self) -> CampaignSummary:
        """Run until the options say stop or the user interrupts; everything found is in the summary.

        :raises Blind: when the self test shows that an engine cannot see its faults.
        """
        options = self.options
        self.on_stage("starting the engines")
        workers: Workers = LocalWorkers(options.jobs) if options.cluster is None else ClusterWorkers(options.cluster)
        with ThreadPoolExecutor(1) as prover:
            if options.self_test:
                self._proving = prover.submit(lambda: prove(options.all_engines, options.settings.limits))
            try:
                self._warm(workers)
                self.on_stage("running")
                self.started_at, self._begun = datetime.now(UTC), time.monotonic()
                self._run_in(workers)
                self._believe(self._proving)
            except Blind:
                workers.close(wait=False)
                raise
            except KeyboardInterrupt:
                self.progress.problems.append("interrupted again: tasks under way were dropped")
                self.stopping = True
                workers.close(wait=False)
            except BaseException:
                workers.close(wait=False)
                raise
            else:
                workers.close()
        self._end()
        self._exchange.cleanup()
        self._save()
        self._describe_the_rest()
        self._write(lambda: self.journal.end(self.progress, "interrupted" if self.stopping else "finished"))
        return self.summary()

    def _warm(self, workers: Workers) -> None:
        """Start the engines in the workers; what fails here will fail, and be shown, with the first batch."""
        options = self.options
        warming = [
            workers.submit(warm_up, engines, options.settings, options.guided and engines == options.engines)
            for engines in (options.engines, options.further_engines)
            for _ in range(workers.count)
            if engines
        ]
        wait(warming)
        if any(isinstance(future.exception(), WorkerDied) for future in warming):
            workers.restart()

    def _believe(self, proving: Future[list[SelfTestRow]] | None) -> None:
        """Take the result of the self test, waiting for it if need be."""
        if proving is not None:
            self.proof = tuple(proving.result())
            if not all(row.detected for row in self.proof):
                raise Blind(self.proof)
            self._proving = None

    def _run_in(self, workers: Workers) -> None:
        """Run to the end; the first interrupt only ends the submission of new batches."""
        try:
            self._schedule(workers)
        except KeyboardInterrupt:
            self.progress.problems.append("interrupted")
            self.on_stage("stopping: tasks under way are finished (interrupt again to drop them)")
            self.stopping = True
            self._schedule(workers)

    def _schedule(self, workers: Workers) -> None:
        while True:
            self._fill(workers)
            if not self._working() and self._ended is None:
                self._end()
            if not self._running:
                return
            if self._ended is not None and time.monotonic() - self._ended > GRACE_SECONDS:
                self.progress.problems.append(f"{len(self._running)} findings are not reduced: the time was up")
                workers.restart()
                return
            if self._proving is not None and self._proving.done():
                self._believe(self._proving)
            done, _ = wait(self._running, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                if future in self._running:
                    self._come_back(future, workers)
            self._kill_what_hangs(workers)
            self._tick()

    def _working(self) -> bool:
        """Whether anything but triage is under way."""
        return any(not isinstance(running.work, TriageTask) for running in self._running.values())

    # ---- giving out work ----

    def _fill(self, workers: Workers) -> None:
        """Keep the workers busy, with one task more than there are workers so that none waits for the parent."""
        if self._again:  # one at a time, so that the one that kills workers is known
            if not self._running:
                self._submit(workers, *self._again.popleft())
            return
        if any(running.deaths for running in self._running.values()):
            return
        while len(self._running) <= workers.count:
            work = self._next(workers)
            if work is None:
                return
            self._submit(workers, work)

    def _submit(self, workers: Workers, work: Task | TriageTask, deaths: int = 0) -> None:
        try:
            if isinstance(work, TriageTask):
                future: Future[Any] = workers.submit(run_triage, work)
            else:
                future = workers.submit(run_task, work)
        except WorkerDied:
            self._again.appendleft((work, deaths))
            self._revive(workers)
            return
        self._running[future] = _Running(work, time.monotonic(), deaths)

    def _next(self, workers: Workers) -> Task | TriageTask | None:
        """What to do next: triage at most in half of the workers, then regressions, then what fills a batch."""
        triages = sum(isinstance(running.work, TriageTask) for running in self._running.values())
        if self._waiting and triages < max(1, workers.count // 2):
            key = self._waiting.popleft()
            return TriageTask(key, self._untriaged[key], self.options.reduce_seconds)
        if self._replays:
            return self._replays.popleft()
        generating = not self._over(workers)
        if len(self._chosen) >= BATCH_SIZE or (self._chosen and not generating and not self._generating()):
            return self._full_task(workers)
        return self._generate_task(workers) if generating else None

    def _generating(self) -> bool:
        return any(isinstance(running.work, GenerateTask) for running in self._running.values())

    def _seconds(self) -> float:
        """Wall seconds of the campaign so far."""
        return self._before + (self._ended or time.monotonic()) - self._begun

    def _left(self) -> float | None:
        return None if self.options.seconds is None else self.options.seconds - self._seconds()

    def _over(self, workers: Workers) -> bool:
        """Whether no further programs are to be generated: what there is takes the rest of the time."""
        left, programs = self._left(), self.options.programs
        if self.stopping or (programs is not None and self._submitted() >= programs):
            return True
        return left is not None and left <= self._owed(workers)

    def _owed(self, workers: Workers) -> float:
        """Wall seconds that all workers together need for what is under way and for the programs chosen so far."""
        return (self._under_way() + self._pace.seconds(FullTask, len(self._chosen))) / workers.count

    def _under_way(self) -> float:
        """Seconds of workers that the tasks under way still take."""
        now = time.monotonic()
        return sum(
            max(0.0, self._pace.seconds(type(running.work), running.work.programs) - (now - running.since))
            for running in self._running.values()
            if not isinstance(running.work, TriageTask)
        )

    def _submitted(self) -> int:
        """Programs that were generated or are being generated."""
        under_way = sum(r.work.size for r in self._running.values() if isinstance(r.work, GenerateTask))
        waiting = sum(work.size for work, _ in self._again if isinstance(work, GenerateTask))
        return self.progress.tally.programs + under_way + waiting

    def _generate_task(self, workers: Workers) -> GenerateTask:
        if self._unfinished:
            number = self._unfinished.popleft()
        else:
            number = self.progress.batches
            self.progress.batches += 1
        self.progress.unfinished.add(number)
        task = generate_task(self.options, number)
        size, left = task.size, self._left()
        if self.options.programs is not None:
            size = min(size, self.options.programs - self._submitted())
        if left is not None:
            size = min(size, self._pace.programs(GenerateTask, left - self._owed(workers), size))
        return replace(task, size=max(size, 1))

    def _full_task(self, workers: Workers) -> FullTask | None:
        left, size = self._left(), BATCH_SIZE
        if left is not None:
            size = min(size, self._pace.programs(FullTask, left - self._under_way() / workers.count, size))
        if size < 1 or self.stopping:
            self._chosen.clear()  # they agreed on the engines of every program; there is no time for more
            return None
        taken, self._chosen = self._chosen[:size], self._chosen[size:]
        return FullTask(tuple(taken), self.options.further_engines, self.options.settings)

    # ---- taking results ----

    def _come_back(self, future: Future[Any], workers: Workers) -> None:
        running = self._running.pop(future)
        work = running.work
        failure = future.exception()
        if isinstance(failure, WorkerDied):
            if running.deaths + 1 == MOST_DEATHS:
                self._give_up(work, f"its worker process died {MOST_DEATHS} times")
            else:
                self._again.append((work, running.deaths + 1))
            self._revive(workers)
        elif failure is not None:
            self._give_up(work, _with_cause(failure))
        elif isinstance(work, TriageTask):
            self._triaged(work.key, future.result())
        else:
            result = future.result()
            self._pace.note(type(work), work.programs, result.seconds)
            self._merge(work, result)

    def _revive(self, workers: Workers) -> None:
        """New workers; what was under way is done again, one task at a time."""
        self._again.extend((running.work, max(running.deaths, 1)) for running in self._running.values())
        self._running.clear()
        workers.restart()

    def _kill_what_hangs(self, workers: Workers) -> None:
        now = time.monotonic()
        hung = [future for future, running in self._running.items() if now - running.since > TASK_SECONDS]
        for future in hung:
            self._give_up(self._running.pop(future).work, f"it took more than {TASK_SECONDS:.0f} seconds")
        if hung:
            self._revive(workers)

    def _give_up(self, work: Task | TriageTask, why: str) -> None:
        """A failure of the harness costs its task, and is shown."""
        if isinstance(work, TriageTask):
            self.progress.problems.append(f"a finding could not be reduced: {why}")
            return
        tally = Tally()
        tally.problems[f"{work}: {why}"] = work.programs
        if isinstance(work, GenerateTask):
            tally.programs = work.size
            tally.inconclusive["harness-failure"] = work.size
        self._merge(work, TaskResult(tally))

    def _merge(self, task: Task, result: TaskResult) -> None:
        if isinstance(task, GenerateTask):
            self.progress.unfinished.discard(task.number)
        self.progress.tally.add(result.tally)
        self.progress.replayed += result.replayed
        self._chosen += result.chosen
        for suspect in result.suspects:
            key = self._suspect(suspect)
            if isinstance(task, ReplayTask):
                self._from_files.add(key)

    def _suspect(self, suspect: Suspect) -> Key:
        hits = self.progress.hits
        key = key_of(suspect, sum(count for other, count in hits.items() if alike(other) == suspect.signature))
        self._unsaved.append((key, suspect))
        if key not in hits:
            self._untriaged[key] = suspect
            self._waiting.append(key)
        hits[key] = hits.get(key, 0) + 1
        return key

    def _triaged(self, key: Key, finding: Finding | None) -> None:
        progress = self.progress
        del self._untriaged[key]
        if finding is None:  # it did not happen again: not to be believed, and to be counted
            hits = progress.hits.pop(key)
            if key not in self._from_files:
                progress.tally.diverged -= hits
                progress.tally.inconclusive["flaky"] += hits
        else:
            self._findings[key] = finding
            progress.settled[key] = finding.fingerprint
        self._settle(key, finding)

    # ---- what is known so far ----

    def _end(self) -> None:
        if self._ended is None:
            self._ended = time.monotonic()

    def _describe_the_rest(self) -> None:
        """Findings out of suspects that no triage got to: their programs as they were generated.

        A campaign that was interrupted keeps the suspects, for when it is resumed.
        """
        known = {alike(key): finding for key, finding in self._findings.items()}
        for key, suspect in self._untriaged.items():
            finding = known.get(alike(key))  # one that looks like a known bug is taken for it
            if finding is None:
                finding = describe(suspect, Subject(suspect.source, suspect.stdin), suspect.diverged)
                known[alike(key)] = finding
            self._findings[key] = finding
            if not self.stopping:
                self._settle(key, finding)

    def _settle(self, key: Key, finding: Finding | None) -> None:
        self._save()
        self._write(lambda: self.journal.settle(self.progress, key, finding))

    def _save(self) -> None:
        unsaved, self._unsaved = self._unsaved, []
        self._write(lambda: self.journal.save(self.progress, unsaved))
        self._saved = time.monotonic()

    def _tick(self) -> None:
        progress, seconds = self.progress, self._seconds()
        progress.seconds = seconds
        points = progress.timeline
        apart = max(_TIMELINE_SECONDS, seconds / _TIMELINE_POINTS)
        if not points or seconds - points[-1].seconds >= apart:
            bugs = {*progress.settled.values(), *(alike(key) for key in self._untriaged)}
            points.append(TimelinePoint(seconds, progress.tally.programs, len(bugs)))
            if len(points) > 2 * _TIMELINE_POINTS:
                del points[1::2]
        if self._unsaved or time.monotonic() - self._saved >= _SAVE_SECONDS:
            self._save()
        self.on_progress(self.summary())

    def _write(self, write: Callable[[], None]) -> None:
        try:
            write()
        except StoreProblem as problem:
            text = f"{problem} (the findings are in this report)"
            if text not in self.progress.problems:
                self.progress.problems.append(text)

    def findings(self) -> tuple[Finding, ...]:
        """One finding per fingerprint, the hits of all its signatures added up."""
        merged: dict[str, Finding] = {}
        for key, finding in self._findings.items():
            one = replace(finding, hits=self.progress.hits.get(key, finding.hits))
            known = merged.get(one.fingerprint)
            merged[one.fingerprint] = one if known is None else known.merged(one)
        return tuple(merged.values())

    def summary(self) -> CampaignSummary:
        """The state of the campaign as data."""
        return summarise(self.options, self.started_at, self._seconds(), self.progress, self.findings(), self.proof)


def _replay_tasks(options: CampaignOptions) -> Iterator[ReplayTask]:
    """The regressions, in groups that are judged together."""
    files = [file for path in options.regressions for file in _programs_in(path)]
    for start in range(0, len(files), BATCH_SIZE):
        yield ReplayTask(tuple(files[start : start + BATCH_SIZE]), options.all_engines, options.settings)


def _programs_in(path: Path) -> Sequence[Path]:
    return sorted(path.rglob(f"*{_SUFFIX}")) if path.is_dir() else [path]


def _with_cause(failure: BaseException) -> str:
    """A worker's failure in one line, with the innermost place of the remote traceback."""
    remote = str(failure.__cause__ or "").strip().splitlines()
    place = next((line.strip() for line in reversed(remote) if line.lstrip().startswith("File ")), "")
    return f"{type(failure).__name__}: {failure}" + (f" ({place})" if place else "")


def fuzz(
    options: CampaignOptions,
    journal: Journal | None = None,
    on_progress: Callable[[CampaignSummary], None] | None = None,
    on_stage: Callable[[str], None] | None = None,
) -> CampaignSummary:
    """Run a campaign to its end; see :class:`Campaign`."""
    return Campaign(options, journal, on_progress, on_stage).run()
