"""Programs from files through the engine matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from compiler.source import SourceUnreadable, read_source
from omnitest.compare import Agree, Diverged, Divergence, Inconclusive, Verdict
from omnitest.oracle import Judgement, Oracle
from omnitest.outcome import Observation
from omnitest.outcome_json import observation_to_json
from omnitest.prepare import Settings
from reference_interp import SyntaxProblem

#: Suffix of the file beside a program that says what the program must write.
EXPECTED_SUFFIX = ".expected"

_BATCH = 6


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file's verdict; ``detail`` says in words what is wrong or unknown, empty when all agree."""

    path: Path
    verdict: Verdict
    observations: tuple[Observation, ...] = ()
    source: str = ""

    @property
    def detail(self) -> str:
        """What is wrong or unknown, in words."""
        match self.verdict:
            case Agree():
                return ""
            case Diverged(kind=kind, detail=detail, engines=engines):
                return f"{kind.value}: {detail} ({', '.join(engines)})"
            case Inconclusive(reason=reason, detail=detail):
                return f"{reason}: {detail}" if detail else reason

    def to_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "verdict": type(self.verdict).__name__.lower(),
            "detail": self.detail,
            "observations": [observation_to_json(o) for o in self.observations],
        }


def run_files(
    paths: Sequence[Path],
    engines: Iterable[str],
    settings: Settings | None = None,
    on_result: Callable[[FileResult], None] | None = None,
) -> list[FileResult]:
    """Run each file on ``engines`` and compare with the reference (and with its ``.expected`` file).

    Files that cannot be read or are no programs are inconclusive, with the reason.
    """
    with Oracle(engines, settings or Settings()) as oracle:
        return run_with(oracle, paths, on_result)


def run_with(
    oracle: Oracle, paths: Sequence[Path], on_result: Callable[[FileResult], None] | None = None
) -> list[FileResult]:
    """As :func:`run_files`, with engines that are running already."""
    results: list[FileResult] = []
    for start in range(0, len(paths), _BATCH):
        for result in _run_some(oracle, paths[start : start + _BATCH]):
            results.append(result)
            if on_result is not None:
                on_result(result)
    return results


def _run_some(oracle: Oracle, paths: Sequence[Path]) -> list[FileResult]:
    sources: dict[Path, str] = {}
    unread: dict[Path, FileResult] = {}
    for path in paths:
        try:
            sources[path] = read_source(path)
        except SourceUnreadable as problem:
            unread[path] = FileResult(path, Inconclusive("unreadable", str(problem)))
        except SyntaxProblem as problem:
            unread[path] = FileResult(path, Inconclusive("malformed", str(problem)))
    judged: dict[Path, Judgement] = {}
    if sources:
        named = [(path, source, path.name) for path, source in sources.items()]
        for (path, _, _), judgement in zip(named, oracle.judge_files([(s, n) for _, s, n in named]), strict=True):
            judged[path] = judgement
    return [unread.get(path) or _with_expected(path, judged[path]) for path in paths]


def _with_expected(path: Path, judgement: Judgement) -> FileResult:
    """The verdict, corrected by what the file beside the program says about its output."""
    result = FileResult(path, judgement.verdict, judgement.observations, judgement.source)
    wanted = path.with_suffix(EXPECTED_SUFFIX)
    if not isinstance(judgement.verdict, Agree) or not wanted.exists():
        return result
    expected = judgement.observations[0]
    if expected.output == wanted.read_bytes():
        return result
    verdict = Diverged(
        Divergence.WRONG_OUTPUT,
        f"every engine's output differs from {wanted.name}",
        replace(expected, engine=wanted.name, output=wanted.read_bytes()),
        expected,
        tuple(o.engine for o in judgement.observations),
    )
    return replace(result, verdict=verdict)
