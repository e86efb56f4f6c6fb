"""What a suspect consists of as JSON and back: it waits for its triage in the store, and a kill must not lose it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from omnitest.compare import Diverged, Divergence
from omnitest.json_fields import FieldProblem, Fields
from omnitest.outcome import FaultKind
from omnitest.outcome_json import fault_from_json, fault_to_json, observation_from_json, observation_to_json
from omnitest.prepare import Settings
from omnitest.store.finding import limits_from_json


def diverged_to_json(diverged: Diverged) -> dict[str, Any]:
    """A divergence whole, with both observations."""
    return {
        "kind": diverged.kind.value,
        "detail": diverged.detail,
        "expected": observation_to_json(diverged.expected),
        "observation": observation_to_json(diverged.observation),
        "engines": list(diverged.engines),
        "fault": fault_to_json(diverged.fault) if diverged.fault is not None else None,
    }


def diverged_from_json(fields: Fields) -> Diverged:
    """The inverse of :func:`diverged_to_json`. Raises :class:`FieldProblem`."""
    return Diverged(
        _kind(fields),
        fields.text("detail"),
        observation_from_json(fields.fields("expected")),
        observation_from_json(fields.fields("observation")),
        fields.texts("engines"),
        fields.optional("fault", lambda name: fault_from_json(fields.fields(name))),
    )


def _kind(fields: Fields) -> FaultKind | Divergence:
    value = fields.text("kind")
    for kinds in (FaultKind, Divergence):
        for kind in kinds:
            if kind.value == value:
                return kind
    raise FieldProblem(f"{fields.place('kind')}: unknown kind of divergence {value!r}")


def settings_to_json(settings: Settings) -> dict[str, Any]:
    """How a program was compiled and run."""
    return {
        "disabled": sorted(settings.disabled),
        "plants": sorted(settings.plants),
        "limits": asdict(settings.limits),
        "verify": settings.verify,
        "directory": str(settings.directory) if settings.directory is not None else None,
    }


def settings_from_json(fields: Fields) -> Settings:
    """The inverse of :func:`settings_to_json`. Raises :class:`FieldProblem`."""
    directory = fields.optional("directory", fields.text)
    return Settings(
        frozenset(fields.texts("disabled")),
        frozenset(fields.texts("plants")),
        limits_from_json(fields.fields("limits")),
        fields.boolean("verify"),
        Path(directory) if directory is not None else None,
    )
