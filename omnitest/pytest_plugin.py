"""A pytest plugin: every ``.omni`` file in a test tree is a test over the engine matrix, and campaigns are tests.

The engines must agree with the reference interpreter, and where ``NAME.expected`` stands beside ``NAME.omni``
the program must write exactly that. A verdict that is not *agree* fails: a program that could not be
compared has not passed. To leave files out, use pytest's own ``collect_ignore_glob``.

With ``--omni-seconds S`` the session also looks for bugs with generated programs for S seconds, in one shard for each
worker of pytest-xdist (see :mod:`omnitest.pytest_shards`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # what is needed to run a program is loaded when there is one
    from omnitest.campaign.options import CampaignOptions
    from omnitest.matrix import FileResult
    from omnitest.oracle import Oracle

_ORACLE: pytest.StashKey[Oracle] = pytest.StashKey()
_OPTION = "--omni-engines"
_ALL = "all"
_SUFFIX = ".omni"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("omnitest", "OmniLisp programs as tests")
    group.addoption(
        _OPTION,
        metavar="NAMES",
        default=_ALL,
        help="engines that run .omni files and generated programs, separated by commas (default: all; for generated "
        "programs the fast tier)",
    )
    group.addoption(
        "--omni-seconds",
        metavar="S",
        type=float,
        default=None,
        help="look for bugs with generated programs for S seconds, in one shard for each worker of pytest-xdist",
    )
    group.addoption(
        "--omni-profile",
        metavar="NAMES",
        default=None,
        help="profiles that generated programs follow in turn, separated by commas (default: a mixture of all)",
    )
    group.addoption(
        "--omni-seed",
        metavar="N",
        type=int,
        default=None,
        help="where the generator starts (default: another one each time; the report names it)",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(_OPTION) != _ALL:
        _engines(config)  # a wrong name is reported before anything is collected
    if config.getoption("--omni-seconds") is not None:
        _configure_campaign(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    oracle = config.stash.get(_ORACLE, None)
    if oracle is not None:
        oracle.close()


# ---- generated programs ---------------------------------------------------------------------------


def _configure_campaign(config: pytest.Config) -> None:
    """Agree on the seed of all shards: the controller chooses it and tells the workers."""
    if hasattr(config, "workerinput"):
        config.option.omni_seed = config.workerinput["omni_seed"]
        return
    from omnitest.pytest_shards import Merged

    if config.option.omni_seed is None:
        config.option.omni_seed = secrets.randbits(32)
    _campaign(config)  # a wrong name is reported before anything is collected
    config.pluginmanager.register(Merged(config), "omnitest-merged")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist what the controller has decided."""
    node.workerinput["omni_seed"] = node.config.option.omni_seed


def _campaign(config: pytest.Config) -> CampaignOptions:
    from omnitest.campaign.options import CampaignOptions
    from omnitest.campaign.profiles import DEFAULT_QUOTAS, UnknownProfile, profile_named
    from omnitest.engines.factory import FAST_TIER

    names = config.getoption("--omni-profile")
    try:
        profiles = [profile_named(name.strip()).name for name in names.split(",")] if names else []
    except UnknownProfile as problem:
        raise pytest.UsageError(f"--omni-profile: {problem}") from None
    return CampaignOptions(
        seed=config.option.omni_seed,
        engines=FAST_TIER if config.getoption(_OPTION) == _ALL else _engines(config),
        seconds=config.getoption("--omni-seconds"),
        quotas=dict.fromkeys(profiles, 1) or dict(DEFAULT_QUOTAS),
    )


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the shards: as many as there are workers, the same in each of them."""
    if config.getoption("--omni-seconds") is None:
        return
    from omnitest.pytest_shards import Shard, ShardItem

    count = config.workerinput["workercount"] if hasattr(config, "workerinput") else 1
    options = _campaign(config)
    for index in range(count):
        name = f"omnitest[{index + 1}/{count}]"
        items.append(ShardItem.from_parent(session, name=name, shard=Shard(options, index, count)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Let the report of a shard carry what it counted and found to the controller."""
    report = yield
    if call.when == "call" and item.config.getoption("--omni-seconds") is not None:
        from omnitest.pytest_shards import ATTRIBUTE, ShardItem

        if isinstance(item, ShardItem):
            setattr(report, ATTRIBUTE, item.to_json())
    return report


# ---- programs from files --------------------------------------------------------------------------


def _oracle(config: pytest.Config, engines: tuple[str, ...]) -> Oracle:
    """The engines of this session (of this worker, under xdist), started for the first program."""
    from omnitest.oracle import Oracle
    from omnitest.prepare import Settings

    if _ORACLE not in config.stash:
        config.stash[_ORACLE] = Oracle(engines, Settings())
    return config.stash[_ORACLE]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != _SUFFIX:
        return None
    return OmniFile.from_parent(parent, path=file_path)


class OmniFile(pytest.File):
    """One program; it holds one test."""

    def collect(self) -> Iterator[pytest.Item]:
        yield OmniItem.from_parent(self, name=self.path.stem, engines=_engines(self.config))


def _engines(config: pytest.Config) -> tuple[str, ...]:
    from omnitest.engines.factory import UnknownEngine, engine_names

    try:
        return engine_names(name.strip() for name in config.getoption(_OPTION).split(","))
    except UnknownEngine as problem:
        raise pytest.UsageError(f"{_OPTION}: {problem}") from None


class Disagreement(Exception):
    """The engines do not all give what is expected."""

    def __init__(self, result: FileResult) -> None:
        super().__init__(result.detail)
        self.result = result


class OmniItem(pytest.Item):
    """The program on all the chosen engines."""

    def __init__(self, *, engines: tuple[str, ...], **rest: Any) -> None:
        super().__init__(**rest)
        self.engines = engines

    def runtest(self) -> None:
        from omnitest.compare import Agree
        from omnitest.matrix import run_with

        (result,) = run_with(_oracle(self.config, self.engines), [self.path])
        if not isinstance(result.verdict, Agree):
            raise Disagreement(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What disagrees and how, without the harness's own frames."""
        if isinstance(excinfo.value, Disagreement):
            return "\n".join(_report(excinfo.value.result))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        return self.path, None, f"{self.path.name} on {', '.join(self.engines)}"


def _report(result: FileResult) -> list[str]:
    from omnitest.compare import Diverged
    from omnitest.reports.wording import comparison_lines, printable

    lines = [f"{result.path}: {result.detail}"]
    if isinstance(result.verdict, Diverged):
        lines += comparison_lines(result.verdict.expected, result.verdict.observation)
    return [printable(line) for line in lines]
