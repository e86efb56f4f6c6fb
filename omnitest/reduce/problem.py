"""The reduction problem: the best subject so far, and the search for a better one among candidates."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from omnitest.reduce.forest import Forest, Forms
from omnitest.reduce.subject import Interesting, Subject, measure
from reference_interp.reader import read_program
from reference_interp.syntax import count_nodes, same_syntax, unparse

#: What a pass proposes: for the nodes of a forest from a given number on, in order, candidates that
#: would change that node.
Proposals = Callable[[Forest, int], Iterable[tuple[int, Forms]]]


#: Where testing a batch takes more seconds, the next one is smaller: time is looked at between batches only, and some
#: candidates run until they are stopped.
_LONG: Final = 2.0


class OutOfTime(Exception):
    """The time for the reduction is over."""


@dataclass(frozen=True, slots=True)
class Search:
    """How candidates are tested; see :func:`omnitest.reduce.reduce`.

    As many calls of ``interesting`` are under way at once as ``executor`` has ``workers``; without an executor calls
    are made in this process, one after the other. ``deadline`` is a reading of the monotonic clock.
    """

    interesting: Interesting
    confirm: Callable[[Subject], bool]
    on_better: Callable[[Subject], None]
    deadline: float
    batch_size: int
    executor: Executor | None
    workers: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    """``position`` is that of the node it would change, ``number`` its own among the candidates looked at."""

    position: int
    number: int
    subject: Subject


@dataclass(frozen=True, slots=True)
class _Batch:
    """Candidates in order, those of their subjects that are being tested, and the test under way, if it runs
    elsewhere.
    """

    candidates: list[_Candidate]
    unknown: list[Subject]
    future: Future[list[bool]] | None


class Problem:
    """The best subject so far (``subject``, and its program's ``forms``), and how to find a better one.

    A candidate is better when its :func:`measure` is smaller, it is interesting, and it is confirmed. Candidates are
    tested several at a time, perhaps in several processes, but always the *first* better one in the order of
    proposals is taken, and what was tested behind it has no influence on the result: so neither have batches and
    workers.
    """

    def __init__(
        self, subject: Subject, forms: Forms, search: Search, suspicious: frozenset[int] = frozenset()
    ) -> None:
        self.subject = subject
        self.forms = forms
        self.suspicious = suspicious  # nodes, by number in the order of the text, where the failure may be; a hint
        self.steps = 0  # improvements so far
        self.tried = 0  # subjects tested so far
        self.proposed = 0  # candidates looked at up to the ones accepted, whether they had to be tested or not
        self._search: Final = search
        self._batch = 1
        self._drawn = 0  # candidates that the search under way has looked at, speculation included
        self._answers: Final[dict[Subject, bool]] = {}

    @property
    def nodes(self) -> int:
        """Syntax nodes of the best program."""
        return count_nodes(self.forms)

    def normalise(self) -> None:
        """Go on with the program as :func:`unparse` writes it, if that is still interesting."""
        subject = replace(self.subject, program=unparse(self.forms))
        if subject != self.subject:
            self._check_time()
            self._first(iter([_Candidate(0, 1, subject)]))

    def sweep(self, proposals: Proposals) -> None:
        """Go over the nodes once, taking at each what is better, as often as something is."""
        node: int | None = 0
        while node is not None:
            node = self.first_better(proposals(Forest(self.forms), node))

    def first_better(self, proposed: Iterable[tuple[int, Forms]]) -> int | None:
        """Accept the first better program; its number as proposed, or None when there is none."""
        return self._first(self._better_programs(proposed))

    def first_better_subject(self, proposed: Iterable[Subject]) -> int | None:
        """Accept the first better one of subjects that differ from the best in other parts than the program; its
        place.
        """
        return self._first(self._better_subjects(proposed))

    def _better_programs(self, proposed: Iterable[tuple[int, Forms]]) -> Iterator[_Candidate]:
        """The candidates with a smaller measure, each text once."""
        current = measure(self.subject, self.forms)
        seen: set[str] = set()
        for node, forms in proposed:
            self._check_time()
            if count_nodes(forms) > current[0]:
                continue  # spare the printing
            subject = replace(self.subject, program=unparse(forms))
            if subject.program not in seen and measure(subject, forms) < current:
                seen.add(subject.program)
                yield _Candidate(node, len(seen), subject)

    def _better_subjects(self, proposed: Iterable[Subject]) -> Iterator[_Candidate]:
        current = measure(self.subject, self.forms)
        number = 0
        for place, subject in enumerate(proposed):
            self._check_time()
            if measure(subject, self.forms) < current:
                number += 1
                yield _Candidate(place, number, subject)

    # ---- testing ----------------------------------------------------------------------------------------

    def _first(self, candidates: Iterator[_Candidate]) -> int | None:
        """Accept the first candidate that is interesting and confirmed; its position, or None."""
        under_way: deque[_Batch] = deque()
        self._drawn = 0
        try:
            while True:
                while len(under_way) < self._search.workers and (batch := self._next_batch(candidates)):
                    under_way.append(self._start(batch))
                if not under_way:
                    self.proposed += self._drawn
                    return None
                started = monotonic()
                batch = self._finish(under_way.popleft())
                long = monotonic() - started > _LONG
                for place, candidate in enumerate(batch):
                    if candidate.subject not in self._answers:  # the test stopped at an earlier one, which was refused
                        under_way.appendleft(self._start(batch[place:]))
                        break
                    if self._answers[candidate.subject] and self._confirmed(candidate.subject):
                        self.proposed += candidate.number
                        self._batch = max(1, self._batch // 2)
                        self._accept(candidate.subject)
                        return candidate.position
                self._check_time()
                self._batch = max(1, self._batch // 4) if long else min(self._search.batch_size, 2 * self._batch)
        finally:
            for rest in under_way:
                if rest.future is not None:
                    rest.future.cancel()

    def _next_batch(self, candidates: Iterator[_Candidate]) -> list[_Candidate]:
        """The next candidates that may be interesting, up to the first one that certainly is."""
        batch: list[_Candidate] = []
        for candidate in candidates:
            self._drawn = candidate.number
            if self._answers.get(candidate.subject, True):
                batch.append(candidate)
                if len(batch) == self._batch or candidate.subject in self._answers:
                    break
        return batch

    def _start(self, candidates: list[_Candidate]) -> _Batch:
        unknown = [candidate.subject for candidate in candidates if candidate.subject not in self._answers]
        self.tried += len(unknown)
        executor = self._search.executor
        future = executor.submit(self._search.interesting, unknown) if executor is not None and unknown else None
        return _Batch(candidates, unknown, future)

    def _finish(self, batch: _Batch) -> list[_Candidate]:
        """The candidates of a batch, once there are answers up to the first that is interesting."""
        if batch.future is not None:
            try:
                answers = batch.future.result(max(0.0, self._search.deadline - monotonic()))
            except TimeoutError:
                batch.future.cancel()
                raise OutOfTime from None
        else:
            answers = self._search.interesting(batch.unknown) if batch.unknown else []
        self._answers.update(zip(batch.unknown, answers, strict=False))
        return batch.candidates

    def _confirmed(self, subject: Subject) -> bool:
        confirmed = self._answers[subject] = self._search.confirm(subject)
        return confirmed

    def _accept(self, subject: Subject) -> None:
        if subject.program != self.subject.program:
            before, self.forms = self.forms, tuple(read_program(subject.program, "<reduced>"))
            if not same_syntax(before, self.forms):
                self.suspicious = frozenset()
        self.subject = subject
        self.steps += 1
        self._search.on_better(subject)

    def _check_time(self) -> None:
        if monotonic() >= self._search.deadline:
            raise OutOfTime
