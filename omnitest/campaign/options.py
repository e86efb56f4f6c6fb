"""What a user decides about a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from omnitest.campaign.profiles import DEFAULT_QUOTAS, Profile
from omnitest.engines.protocol import Limits
from omnitest.generate.config import Feature, GeneratorConfig
from omnitest.prepare import Settings

#: What one run of a program may take. Generated programs need milliseconds, and a bug makes some of them endless: the
#: engines, which allow many times this (up to 16), would wait for each of those and for every candidate like it.
CAMPAIGN_LIMITS: Final = Limits(cpu_seconds=1.0)

#: Wall seconds for reducing one finding.
REDUCE_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class CampaignOptions:
    """``seconds`` of wall time and number of ``programs`` both end a campaign; ``None`` is no such end.

    ``engines`` are names (see :mod:`omnitest.engines.factory`): every program runs on them. ``full_percent`` of the
    programs, those that reached something new first, run on ``full_engines`` as well. ``quotas`` are weights of
    profiles, ``profiles`` the user's own ones by name. ``regressions`` are programs, and folders of them, that are
    run before anything is generated. ``jobs`` is the number of worker processes, ``cluster`` the address of a
    scheduler of ``distributed`` whose workers are used instead. ``self_test`` is whether the engines first prove
    themselves, ``coverage`` whether to count what the programs exercise. ``guided`` is whether programs that reached
    something new are changed (see :mod:`omnitest.guide`); ``corpus`` is the folder that such programs come from and
    go to, None for one that ends with the campaign.
    """

    seed: int
    engines: tuple[str, ...]
    seconds: float | None = 60.0
    programs: int | None = None
    jobs: int = 1
    settings: Settings = field(default_factory=lambda: Settings(limits=CAMPAIGN_LIMITS))
    self_test: bool = True
    coverage: bool = False
    full_engines: tuple[str, ...] = ()
    full_percent: int = 0
    quotas: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_QUOTAS))
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    regressions: tuple[Path, ...] = ()
    reduce_seconds: float = REDUCE_SECONDS
    cluster: str | None = None
    guided: bool = False
    corpus: Path | None = None

    @property
    def further_engines(self) -> tuple[str, ...]:
        """What a share of the programs runs on besides ``engines``."""
        return tuple(name for name in self.full_engines if name not in self.engines) if self.full_percent else ()

    @property
    def all_engines(self) -> tuple[str, ...]:
        """The engines of both tiers, each once."""
        return (*self.engines, *self.further_engines)

    def to_json(self) -> dict[str, Any]:
        """What :meth:`from_json` reads: all but where the campaign runs (``jobs``, ``cluster``)."""
        settings = self.settings
        return {
            "seed": self.seed,
            "engines": list(self.engines),
            "seconds": self.seconds,
            "programs": self.programs,
            "disabled": sorted(settings.disabled),
            "plants": sorted(settings.plants),
            "limits": asdict(settings.limits),
            "self_test": self.self_test,
            "coverage": self.coverage,
            "full_engines": list(self.full_engines),
            "full_percent": self.full_percent,
            "quotas": dict(self.quotas),
            "profiles": [_profile_to_json(profile) for profile in self.profiles.values()],
            "regressions": [str(path) for path in self.regressions],
            "reduce_seconds": self.reduce_seconds,
            "guided": self.guided,
            "corpus": str(self.corpus) if self.corpus is not None else None,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any], jobs: int = 1, cluster: str | None = None) -> CampaignOptions:
        """The inverse of :meth:`to_json`."""
        profiles = [_profile_from_json(one) for one in document["profiles"]]
        return cls(
            seed=document["seed"],
            engines=tuple(document["engines"]),
            seconds=document["seconds"],
            programs=document["programs"],
            jobs=jobs,
            settings=Settings(
                frozenset(document["disabled"]), frozenset(document["plants"]), Limits(**document["limits"])
            ),
            self_test=document["self_test"],
            coverage=document["coverage"],
            full_engines=tuple(document["full_engines"]),
            full_percent=document["full_percent"],
            quotas=document["quotas"],
            profiles={profile.name: profile for profile in profiles},
            regressions=tuple(Path(path) for path in document["regressions"]),
            reduce_seconds=document["reduce_seconds"],
            cluster=cluster,
            guided=document["guided"],
            corpus=Path(document["corpus"]) if document["corpus"] is not None else None,
        )


#: What of a generator's configuration is plain numbers.
_NUMBERS = ("size", "error_percent", "control_percent", "steps")


def _profile_to_json(profile: Profile) -> dict[str, Any]:
    config = profile.config
    return {
        "name": profile.name,
        "about": profile.about,
        "disable_percent": profile.disable_percent,
        "features": sorted(feature.name for feature in config.features),
        **{name: getattr(config, name) for name in _NUMBERS},
    }


def _profile_from_json(document: Mapping[str, Any]) -> Profile:
    features = frozenset(Feature[name] for name in document["features"])
    config = GeneratorConfig(features, **{name: document[name] for name in _NUMBERS})
    return Profile(document["name"], document["about"], config, document["disable_percent"])
