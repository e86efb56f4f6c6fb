"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket in it, gone with whoever started it."""

from __future__ import annotations

import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import psycopg

#: Keeps the server until the other end of its stdin is closed, as it is when the tests end or are killed, then stops
#: it and removes the folder. Arguments: the folder, then the command of the server.
_KEEPER = """
folder=$1; shift
trap '' INT TERM HUP
"$@" </dev/null >"$folder/log" 2>&1 &
while read -r _; do :; done
kill -QUIT $! 2>/dev/null
wait $!
rm -rf "$folder"
"""


class PostgresqlServer:
    """The server; a context manager. Every :meth:`new_place` is empty."""

    def __init__(self) -> None:
        self.programs = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="omnitest-pg-"))
        self._numbers = itertools.count(1)
        # The server refuses to run as root, so root steps down to nobody.
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._as_user = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
        self._keeper = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        data = str(self.folder / "data")
        step_down = ["setpriv", *self._as_user, "--pdeathsig=QUIT"]
        make = [str(self.programs / "initdb"), "-D", data, "-U", "omnitest", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run([*step_down, *make, "--no-sync"], check=True, capture_output=True, cwd=self.folder, timeout=120)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",  # the tests kill clients, never the machine
            "shared_buffers": "16MB",
            "max_connections": "60",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        serve = [str(self.programs / "postgres"), "-D", data, *options]
        return subprocess.Popen(
            ["sh", "-c", _KEEPER, "sh", str(self.folder), *step_down, *serve],
            stdin=subprocess.PIPE, cwd=self.folder, start_new_session=True,
        )  # fmt: skip

    def wait(self, seconds: float = 60.0) -> None:
        """Wait until it takes connections."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._connection().close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL does not start: {(self.folder / 'log').read_text()}") from None
                time.sleep(0.02)

    def new_place(self) -> str:
        """The URL of a place for tables with nothing in it: a schema, which costs less than a data base."""
        name = f"store{next(self._numbers)}"
        with self._connection() as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{self.url}&options=-csearch_path%3D{name}"

    @property
    def url(self) -> str:
        """The URL of the server's one data base."""
        return f"postgresql+psycopg://omnitest@/postgres?host={self.folder}"

    def _connection(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(f"host={self.folder} user=omnitest dbname=postgres", connect_timeout=5)

    def stop(self) -> None:
        """Stop it and remove its folder."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        try:
            self._keeper.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._keeper.pid, signal.SIGKILL)
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def __enter__(self) -> PostgresqlServer:
        self.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _programs() -> Path:
    """The folder with the programs of the newest PostgreSQL that Debian's packages installed, or that PATH has."""
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda path: int(re.sub(r"\D.*", "", path.parent.name) or 0))
    found = shutil.which("initdb")
    if found is None:
        raise RuntimeError("the tests of the store need PostgreSQL: apt-get install --no-install-recommends postgresql")
    return Path(found).parent
