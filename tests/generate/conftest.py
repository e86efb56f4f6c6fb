"""Generated programs make files: each module of tests runs them in a folder that is empty at first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir

import pytest


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with chdir(tmp_path_factory.mktemp("programs")):
        yield
