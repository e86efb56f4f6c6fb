"""One bug, with all that is needed to see it again on another machine."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, Final

from omnitest.engines.protocol import Limits
from omnitest.json_fields import FieldProblem, Fields, parse_json
from omnitest.outcome import Observation, Raised
from omnitest.outcome_json import bytes_from_json, bytes_to_json, observation_from_json, observation_to_json

SCHEMA: Final = 1

#: A fingerprint names a file and stands in commands.
FINGERPRINT: Final = re.compile(r"[a-z0-9][a-z0-9-]{2,99}")

#: More hits are no count of programs but a mistake; sums of such counts must fit into 64 bits.
MOST_HITS: Final = 10**15


class FindingProblem(ValueError):
    """A text does not describe a finding; the message says which part of it is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A program that an engine, compared with the reference, is wrong about.

    ``kind`` is a :class:`~omnitest.outcome.FaultKind` value or a kind of divergence such as ``wrong-value``.
    ``expected`` is what the reference observed, ``actual`` what ``engine`` did; ``engines`` are all that were wrong.
    ``disabled_passes`` and ``plants`` are how it was compiled. ``seed`` produced ``original``; ``None``
    for programs from a file. ``tools`` gives the version of each tool in use; ``diagnostics`` is text
    for people, such as a sanitizer's report. ``stdin`` is what ``reduced`` reads, and ``original`` unless that has an
    ``original_stdin`` of its own. Times are in UTC. ``hits`` counts the programs that showed it.
    ``matrix`` is what each engine that took part says of ``reduced``: ``agree``, ``inconclusive`` or a kind of
    divergence. ``revision`` is the code that was tested (:func:`omnitest.store.revision.revision`).
    """

    fingerprint: str
    kind: str
    engine: str
    summary: str
    original: str
    reduced: str
    expected: Observation
    actual: Observation
    stdin: bytes = b""
    engines: tuple[str, ...] = ()
    disabled_passes: tuple[str, ...] = ()
    plants: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    seed: int | None = None
    diagnostics: str = ""
    tools: tuple[tuple[str, str], ...] = ()
    omnitest_version: str = ""
    first_seen: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    last_seen: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    hits: int = 1
    matrix: tuple[tuple[str, str], ...] = ()
    revision: str = ""
    original_stdin: bytes | None = None

    @property
    def replay(self) -> str:
        """The command that runs it again."""
        return f"omnitest replay {self.fingerprint}"

    @property
    def faulty_line(self) -> int:
        """The line of ``reduced`` that the engine's reports point at; 0 when they point at none."""
        for fault in self.actual.faults:
            for stack in fault.stacks:
                for frame in stack:
                    if frame.file.endswith(".omni") and frame.line > 0:
                        return frame.line
        for observation in (self.actual, self.expected):
            if isinstance(observation.end, Raised) and observation.end.line > 0:
                return observation.end.line
        return 0

    def merged(self, other: Finding) -> Finding:
        """This finding and another sighting of the same bug as one: the smaller program, the hits of both."""
        return self._with(other, self.hits + other.hits)

    def united(self, other: Finding) -> Finding:
        """This finding and what somebody else knows about it, the smaller program and the larger number of hits.

        How many of the hits are the same cannot be known. Uniting twice gives the same as uniting once.
        """
        return self._with(other, max(self.hits, other.hits))

    def _with(self, other: Finding, hits: int) -> Finding:
        smaller = min(self, other, key=lambda one: (len(one.reduced), len(one.original)))
        return replace(
            smaller,
            hits=hits,
            first_seen=min(self.first_seen, other.first_seen),
            last_seen=max(self.last_seen, other.last_seen),
        )

    def to_json(self) -> dict[str, Any]:
        program: dict[str, Any] = {
            "original": self.original,
            "reduced": self.reduced,
            "stdin": bytes_to_json(self.stdin),
        }
        if self.original_stdin is not None:
            program["original_stdin"] = bytes_to_json(self.original_stdin)
        return {
            "schema": SCHEMA,
            "fingerprint": self.fingerprint,
            "kind": self.kind,
            "summary": self.summary,
            "program": program,
            "run": {
                "engine": self.engine,
                "engines": list(self.engines),
                "matrix": dict(self.matrix),
                "disabled_passes": list(self.disabled_passes),
                "plants": list(self.plants),
                "limits": asdict(self.limits),
                "seed": self.seed,
            },
            "expected": observation_to_json(self.expected),
            "actual": observation_to_json(self.actual),
            "diagnostics": self.diagnostics,
            "versions": {
                "omnitest": self.omnitest_version,
                "revision": self.revision,
                "tools": dict(self.tools),
            },
            "first_seen": _time_to_json(self.first_seen),
            "last_seen": _time_to_json(self.last_seen),
            "hits": self.hits,
            "replay": self.replay,
        }

    def to_text(self) -> str:
        """The finding as a file holds it."""
        return json.dumps(self.to_json(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, document: object) -> Finding:
        """The inverse of :meth:`to_json`. Raises :class:`FindingProblem`."""
        try:
            return _read(Fields(document))
        except FieldProblem as problem:
            raise FindingProblem(str(problem)) from None

    @classmethod
    def from_text(cls, text: str) -> Finding:
        """The inverse of :meth:`to_text`. Raises :class:`FindingProblem`."""
        try:
            return cls.from_json(parse_json(text))
        except FieldProblem as problem:
            raise FindingProblem(str(problem)) from None


def _time_to_json(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(record: Fields, name: str) -> datetime:
    text = record.text(name)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise FieldProblem(f"{record.place(name)}: expected a time in ISO 8601, got {text!r}") from None
    if time.tzinfo is None:
        raise FieldProblem(f"{record.place(name)}: expected a time with its time zone, got {text!r}")
    return time.astimezone(UTC)


def limits_from_json(record: Fields) -> Limits:
    """Limits that were written as an object with one field for each. Raises :class:`FieldProblem`."""
    values: dict[str, Any] = {}
    for limit in fields(Limits):
        read = record.integer if isinstance(limit.default, int) else record.number
        values[limit.name] = read(limit.name)
    return Limits(**values)


def _plants(run: Fields) -> tuple[str, ...]:
    """The planted faults. Documents of before there could be several have ``plant``: one name, or null."""
    if "plant" not in run.names():
        return run.texts("plants")
    plant = run.optional("plant", run.text)
    return () if plant is None else (plant,)


def _matrix(run: Fields) -> tuple[tuple[str, str], ...]:
    if "matrix" not in run.names():  # a file from before it was kept
        return ()
    matrix = run.fields("matrix")
    return tuple((engine, matrix.text(engine)) for engine in sorted(matrix.names()))


def _hits(record: Fields) -> int:
    hits = record.integer("hits", 1)
    if hits > MOST_HITS:
        raise FieldProblem(f"hits: expected at most {MOST_HITS}, got {hits}")
    return hits


def _read(record: Fields) -> Finding:
    schema = record.integer("schema")
    if schema != SCHEMA:
        raise FieldProblem(f"schema: this version reads schema {SCHEMA}, the file has {schema}")
    fingerprint = record.text("fingerprint")
    if not FINGERPRINT.fullmatch(fingerprint):
        raise FieldProblem(f"fingerprint: expected lower-case letters, digits and hyphens, got {fingerprint!r}")
    program, run, versions = record.fields("program"), record.fields("run"), record.fields("versions")
    tools = versions.fields("tools")
    return Finding(
        fingerprint=fingerprint,
        kind=record.text("kind"),
        engine=run.text("engine"),
        summary=record.text("summary"),
        original=program.text("original"),
        reduced=program.text("reduced"),
        expected=observation_from_json(record.fields("expected")),
        actual=observation_from_json(record.fields("actual")),
        stdin=bytes_from_json(program.fields("stdin")),
        original_stdin=(
            bytes_from_json(program.fields("original_stdin")) if "original_stdin" in program.names() else None
        ),
        engines=run.texts("engines"),
        disabled_passes=run.texts("disabled_passes"),
        plants=_plants(run),
        limits=limits_from_json(run.fields("limits")),
        seed=run.optional("seed", run.integer),
        diagnostics=record.text("diagnostics"),
        tools=tuple((name, tools.text(name)) for name in sorted(tools.names())),
        omnitest_version=versions.text("omnitest"),
        first_seen=_time(record, "first_seen"),
        last_seen=_time(record, "last_seen"),
        hits=_hits(record),
        matrix=_matrix(run),
        revision=versions.text("revision") if "revision" in versions.names() else "",
    )
