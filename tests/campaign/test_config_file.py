"""Campaign files: what they may say, and what users are told about mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnitest.campaign.config_file import ConfigProblem, read
from omnitest.generate.config import ALL_FEATURES, Feature

FULL = """
[campaign]
hours = 8
engines = "tcc, asan"
full_engines = ["gcc-O2", "clang"]
full_percent = 20
seed = 7
jobs = 3
reduce_seconds = 60.5
regressions = ["{folder}"]

[quotas]
everything = 60
deep = 40
control = 0

[profiles.deep]
base = "control"
size = 300
error_percent = 40
disable_percent = 0
without = ["FILES", "UNICODE"]

[limits]
cpu_seconds = 2
steps = 1000
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "nightly.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_that_can_be_said_is_read(tmp_path: Path) -> None:
    file = read(written(tmp_path, FULL.replace("{folder}", str(tmp_path))))
    assert (file.hours, file.full_percent, file.seed, file.jobs, file.reduce_seconds) == (8.0, 20, 7, 3, 60.5)
    assert (file.engines, file.full_engines) == (("tcc", "asan"), ("gcc-O2", "clang"))
    assert file.regressions == (tmp_path,)
    assert file.quotas == {"everything": 60, "deep": 40}
    deep = file.profiles["deep"]
    assert (deep.config.size, deep.config.error_percent, deep.config.control_percent) == (300, 40, 100)
    assert deep.config.features == ALL_FEATURES - {Feature.FILES, Feature.UNICODE}
    assert deep.disable_percent == 0
    assert (file.limits.cpu_seconds, file.limits.steps) == (2.0, 1000)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    file = read(written(tmp_path, ""))
    assert (file.hours, file.engines, file.quotas, dict(file.profiles)) == (None, None, None, {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[campaign", "not TOML: "),
        ("[campain]", "campain: no such setting. Did you mean campaign?"),
        ("campaign = 3", "campaign: expected a table, got 3"),
        ("[campaign]\nhour = 8", "campaign.hour: no such setting. Did you mean hours?"),
        ('[campaign]\nhours = "8"', "campaign.hours: expected a number from 0.0 on, got '8'"),
        ("[campaign]\nhours = -1", "campaign.hours: expected a number from 0.0 on, got -1"),
        ("[campaign]\nfull_percent = 101", "campaign.full_percent: expected a whole number from 0 to 100, got 101"),
        ("[campaign]\nseed = true", "campaign.seed: expected a whole number from 0 on, got True"),
        ('[campaign]\nengines = "gcc-03"', "campaign.engines: there is no engine 'gcc-03'. Did you mean gcc-O0?"),
        ("[campaign]\nengines = [1]", "campaign.engines: expected text, or a list of texts, got [1]"),
        ('[campaign]\nregressions = "nowhere"', "campaign.regressions: nowhere: no such file or folder"),
        ("[quotas]\ncontrl = 1", "quotas.contrl: there is no profile 'contrl'. Did you mean control?"),
        ("[quotas]\ncontrol = 0", "quotas: all are zero"),
        ("[profiles.control]\nsize = 10", "profiles.control: is built in"),
        ("[profiles.deep]\nsize = 1", "profiles.deep.size: expected a whole number from 10 to 20000, got 1"),
        ('[profiles.deep]\nbase = "depth"', "profiles.deep.base: there is no profile 'depth'"),
        ('[profiles.deep]\nonly = ["FLOAT"]', "profiles.deep.only: no feature 'FLOAT'. Did you mean FLOATS?"),
        ("[limits]\nseconds = 1", "limits.seconds: no such setting."),
        ("[limits]\nsteps = 0.5", "limits.steps: expected a whole number from 1 on, got 0.5"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigProblem) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"none\.toml: cannot be read: No such file"):
        read(tmp_path / "none.toml")
