"""The reduction problem: the best program so far, and the test that a better one must pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final

from omnitest.reduce.forest import Forest, Forms
from reference_interp.syntax import count_nodes, unparse, walk

#: The caller's test: for each of several program texts, whether it still shows what is looked for.
Interesting = Callable[[Sequence[str]], list[bool]]

#: What a pass proposes: for the nodes of a forest from a given number on, in order, candidates that
#: would change that node.
Proposals = Callable[[Forest, int], Iterable[tuple[int, Forms]]]

Measure = tuple[int, int, int, str]


class OutOfTime(Exception):
    """The time for the reduction is over."""


def measure(forms: Forms, text: str) -> Measure:
    """What a reduction makes smaller: nodes, then length of the text, then symbols (a constant says more
    than a name), then the text.

    There is no infinite descent, so every reduction ends.
    """
    nodes = symbols = 0
    for node in walk(forms):
        nodes += 1
        symbols += node.symbol is not None
    return nodes, len(text), symbols, text


@dataclass(frozen=True, slots=True)
class _Candidate:
    node: int
    forms: Forms
    text: str


class Problem:
    """The best program so far (``forms``, ``text``), and how to find a better one.

    A candidate is better when its :func:`measure` is smaller and it is interesting. Candidates are
    tested several at a time, but always the *first* interesting one in the order of proposals is
    taken: the size of batches does not change the result.
    """

    def __init__(
        self,
        forms: Forms,
        text: str,
        interesting: Interesting,
        *,
        seconds: float,
        progress: Callable[[str], None] | None,
        batch_size: int,
    ) -> None:
        self.forms = forms
        self.text = text
        self.steps = 0  # improvements so far
        self.tried = 0  # programs tested so far
        self._interesting: Final = interesting
        self._progress: Final = progress
        self._deadline: Final = monotonic() + seconds
        self._largest_batch: Final = max(1, batch_size)
        self._batch = 1
        self._answers: Final[dict[str, bool]] = {}

    def normalise(self) -> None:
        """Go on with the program as :func:`unparse` writes it, if that is still interesting."""
        text = unparse(self.forms)
        if text != self.text:
            self._check_time()
            self._ask([text])
            if self._answers[text]:
                self._accept(self.forms, text)

    def sweep(self, proposals: Proposals) -> None:
        """Go over the nodes once, taking at each what is better, as often as something is."""
        node: int | None = 0
        while node is not None:
            node = self._first_better(proposals(Forest(self.forms), node))

    def _first_better(self, proposed: Iterable[tuple[int, Forms]]) -> int | None:
        """Accept the first better candidate; its node, or None when there is none."""
        candidates = self._worth_testing(proposed)
        while batch := self._next_batch(candidates):
            self._ask([candidate.text for candidate in batch if candidate.text not in self._answers])
            for candidate in batch:
                if self._answers[candidate.text]:
                    self._accept(candidate.forms, candidate.text)
                    self._batch = max(1, self._batch // 2)
                    return candidate.node
            self._batch = min(self._largest_batch, 2 * self._batch)
        return None

    def _worth_testing(self, proposed: Iterable[tuple[int, Forms]]) -> Iterator[_Candidate]:
        """The candidates that are smaller and not known to be uninteresting."""
        current = measure(self.forms, self.text)
        seen: set[str] = set()
        for node, forms in proposed:
            self._check_time()
            if count_nodes(forms) > current[0]:
                continue  # spare the printing
            text = unparse(forms)
            if text not in seen and self._answers.get(text, True) and measure(forms, text) < current:
                seen.add(text)
                yield _Candidate(node, forms, text)

    def _next_batch(self, candidates: Iterator[_Candidate]) -> list[_Candidate]:
        batch: list[_Candidate] = []
        for candidate in candidates:
            batch.append(candidate)
            if len(batch) == self._batch or candidate.text in self._answers:
                break
        return batch

    def _ask(self, texts: list[str]) -> None:
        if texts:
            self._answers.update(zip(texts, self._interesting(texts), strict=True))
            self.tried += len(texts)

    def _accept(self, forms: Forms, text: str) -> None:
        self.forms, self.text = forms, text
        self.steps += 1
        if self._progress is not None:
            self._progress(text)

    def _check_time(self) -> None:
        if monotonic() >= self._deadline:
            raise OutOfTime
