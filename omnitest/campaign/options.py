"""What a user decides about a campaign."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from omnitest.prepare import Settings


@dataclass(frozen=True, slots=True)
class CampaignOptions:
    """``seconds`` of wall time and number of ``programs`` both end a campaign; ``None`` is no such end.

    ``engines`` are names (see :mod:`omnitest.engines.factory`), ``jobs`` worker processes. ``self_test`` is
    whether the engines first prove themselves, ``coverage`` whether to count what the programs exercise. ``guided`` is
    whether programs that reached something new are changed (see :mod:`omnitest.guide`); ``corpus`` is the folder that
    such programs come from and go to, None for one that ends with the campaign.
    """

    seed: int
    engines: tuple[str, ...]
    seconds: float | None = 60.0
    programs: int | None = None
    jobs: int = 1
    settings: Settings = field(default_factory=Settings)
    self_test: bool = True
    coverage: bool = False
    guided: bool = False
    corpus: Path | None = None
