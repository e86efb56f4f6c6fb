"""The server of the tests ends with whoever started it, however that ends."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
_KEEPS_A_SERVER = """
from tests.store.postgresql import PostgresqlServer
with PostgresqlServer() as server:
    print(server.folder, flush=True)
    input()
"""


def servers(folder: Path) -> list[psutil.Process]:
    """The processes that work in a folder."""
    return [process for process in psutil.process_iter(["cmdline"]) if str(folder) in str(process.info["cmdline"])]


def test_a_killed_test_process_leaves_no_server_and_no_file() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _KEEPS_A_SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert servers(folder) and folder.exists()
        process.kill()
    deadline = time.monotonic() + 60
    while (servers(folder) or folder.exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not servers(folder) and not folder.exists()
