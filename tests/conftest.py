"""For all tests: programs below this folder are data of the tests around them, not tests of their own."""

from __future__ import annotations

import pytest

collect_ignore_glob = ["*.omni"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the golden files of the tests that run")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update"))
