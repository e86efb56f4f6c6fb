"""Campaigns described in a TOML file: reading it, and saying exactly what is wrong with it.

::

    [campaign]
    hours = 8
    engines = "fast"            # what every program runs on
    full_engines = "full"       # what a share of them runs on as well
    full_percent = 20
    seed = 7
    reduce_seconds = 60
    regressions = ["corpora/regressions"]

    [quotas]                    # weights of profiles
    everything = 60
    deep = 40

    [profiles.deep]             # a profile of one's own, made from a built-in one
    base = "control"
    size = 300
    error_percent = 40
    disable_percent = 0
    without = ["FILES", "UNICODE"]

    [limits]                    # of one run of a program
    cpu_seconds = 2
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from omnitest.campaign.options import CAMPAIGN_LIMITS
from omnitest.campaign.profiles import PROFILES, Profile, UnknownProfile, profile_named
from omnitest.engines.factory import UnknownEngine, engine_names
from omnitest.engines.protocol import Limits
from omnitest.generate.config import Feature


class ConfigProblem(ValueError):
    """The file cannot be read or does not describe a campaign; the message says where and why."""


@dataclass(frozen=True, slots=True)
class CampaignFile:
    """What a file says; None where it is silent."""

    hours: float | None = None
    engines: tuple[str, ...] | None = None
    full_engines: tuple[str, ...] | None = None
    full_percent: int | None = None
    seed: int | None = None
    jobs: int | None = None
    reduce_seconds: float | None = None
    regressions: tuple[Path, ...] | None = None
    quotas: Mapping[str, int] | None = None
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    limits: Limits = CAMPAIGN_LIMITS


_CAMPAIGN: Final = (
    *("hours", "engines", "full_engines", "full_percent", "seed", "jobs"),
    *("reduce_seconds", "regressions"),
)
_PROFILE: Final = ("base", "about", "size", "error_percent", "control_percent", "disable_percent", "only", "without")
_SECTIONS: Final = ("campaign", "quotas", "profiles", "limits")

_Number = TypeVar("_Number", int, float)


def read(path: Path) -> CampaignFile:
    """The campaign that the file at ``path`` describes. Raises :class:`ConfigProblem`."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigProblem(f"{path}: cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigProblem(f"{path}: not UTF-8") from None
    except tomllib.TOMLDecodeError as problem:
        raise ConfigProblem(f"{path}: not TOML: {problem}") from None
    return _Reader(str(path)).campaign(document)


class _Reader:
    """Takes a document apart; ``where`` begins every message."""

    def __init__(self, where: str) -> None:
        self._where = where

    def campaign(self, document: Mapping[str, Any]) -> CampaignFile:
        self._only(document, _SECTIONS, "")
        table = self._table(document, "campaign")
        self._only(table, _CAMPAIGN, "campaign.")
        profiles = {
            name: self._profile(name, self._is_table(entry, f"profiles.{name}"))
            for name, entry in self._table(document, "profiles").items()
        }
        return CampaignFile(
            hours=self._number(table, "campaign.", "hours", 0.0),
            engines=self._engines(table, "engines"),
            full_engines=self._engines(table, "full_engines"),
            full_percent=self._number(table, "campaign.", "full_percent", 0, 100),
            seed=self._number(table, "campaign.", "seed", 0),
            jobs=self._number(table, "campaign.", "jobs", 1),
            reduce_seconds=self._number(table, "campaign.", "reduce_seconds", 0.0),
            regressions=self._paths(table, "regressions"),
            quotas=self._quotas(self._table(document, "quotas"), profiles),
            profiles=profiles,
            limits=self._limits(self._table(document, "limits")),
        )

    def _fail(self, key: str, message: str) -> ConfigProblem:
        return ConfigProblem(f"{self._where}: {key}: {message}")

    def _only(self, table: Mapping[str, Any], known: Sequence[str], prefix: str) -> None:
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
                suggestion = f" Did you mean {near[0]}?" if near else ""
                raise self._fail(f"{prefix}{key}", f"no such setting.{suggestion} There are: {', '.join(known)}")

    def _is_table(self, value: object, key: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self._fail(key, f"expected a table, got {value!r}")
        return value

    def _table(self, document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        return self._is_table(document.get(name, {}), name)

    def _number(
        self, table: Mapping[str, Any], prefix: str, name: str, least: _Number, most: _Number | None = None
    ) -> _Number | None:
        """A number between ``least`` and ``most``, of the type of ``least``."""
        value = table.get(name)
        if value is None:
            return None
        kind = type(least)
        wanted = f"expected {'a whole number' if kind is int else 'a number'}"
        limits = f" from {least}" + (f" to {most}" if most is not None else " on")
        fits = isinstance(value, int) if kind is int else isinstance(value, (int, float))
        if not fits or isinstance(value, bool) or not least <= value or (most is not None and value > most):
            raise self._fail(f"{prefix}{name}", f"{wanted}{limits}, got {value!r}")
        return kind(value)

    def _texts(self, table: Mapping[str, Any], prefix: str, name: str) -> tuple[str, ...] | None:
        value = table.get(name)
        if value is None:
            return None
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise self._fail(f"{prefix}{name}", f"expected text, or a list of texts, got {value!r}")
        return tuple(texts)

    def _engines(self, table: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
        texts = self._texts(table, "campaign.", name)
        if texts is None:
            return None
        try:
            return engine_names(part.strip() for text in texts for part in text.split(","))
        except UnknownEngine as problem:
            raise self._fail(f"campaign.{name}", str(problem)) from None

    def _paths(self, table: Mapping[str, Any], name: str) -> tuple[Path, ...] | None:
        texts = self._texts(table, "campaign.", name)
        if texts is None:
            return None
        paths = tuple(Path(text) for text in texts)
        for path in paths:
            if not path.exists():
                raise self._fail(f"campaign.{name}", f"{path}: no such file or folder")
        return paths

    def _quotas(self, table: Mapping[str, Any], own: Mapping[str, Profile]) -> Mapping[str, int] | None:
        quotas = {}
        for name in table:
            try:
                profile_named(name, own)
            except UnknownProfile as problem:
                raise self._fail(f"quotas.{name}", str(problem)) from None
            weight = self._number(table, "quotas.", name, 0, 1000)
            if weight:
                quotas[name] = weight
        if table and not quotas:
            raise self._fail("quotas", "all are zero: no program would be generated")
        return quotas or None

    def _profile(self, name: str, table: Mapping[str, Any]) -> Profile:
        prefix = f"profiles.{name}."
        self._only(table, _PROFILE, prefix)
        base_name = table.get("base", "everything")
        try:
            base = profile_named(str(base_name))
        except UnknownProfile as problem:
            raise self._fail(f"{prefix}base", str(problem)) from None
        if name in PROFILES:
            raise self._fail(f"profiles.{name}", "is built in; choose another name")
        config = base.config
        only, without = self._features(table, prefix, "only"), self._features(table, prefix, "without")
        numbers: dict[str, Any] = {
            key: value
            for key, least, most in (("size", 10, 20_000), ("error_percent", 0, 100), ("control_percent", 0, 100))
            if (value := self._number(table, prefix, key, least, most)) is not None
        }
        features = (config.features if only is None else only) - (without or frozenset())
        disable = self._number(table, prefix, "disable_percent", 0, 100)
        return Profile(
            name,
            str(table.get("about", base.about)),
            replace(config, features=features, **numbers),
            base.disable_percent if disable is None else disable,
        )

    def _features(self, table: Mapping[str, Any], prefix: str, name: str) -> frozenset[Feature] | None:
        texts = self._texts(table, prefix, name)
        if texts is None:
            return None
        known = [feature.name for feature in Feature]
        for text in texts:
            if text not in known:
                near = difflib.get_close_matches(text, known, n=1, cutoff=0.4)
                suggestion = f" Did you mean {near[0]}?" if near else ""
                raise self._fail(f"{prefix}{name}", f"no feature {text!r}.{suggestion} There are: {', '.join(known)}")
        return frozenset(Feature[text] for text in texts)

    def _limits(self, table: Mapping[str, Any]) -> Limits:
        known = {one.name: one.default for one in fields(Limits)}
        self._only(table, tuple(known), "limits.")
        values: dict[str, Any] = {}
        for name, default in known.items():
            value = (
                self._number(table, "limits.", name, 1)
                if isinstance(default, int)
                else self._number(table, "limits.", name, 0.1)
            )
            if value is not None:
                values[name] = value
        return replace(CAMPAIGN_LIMITS, **values)
