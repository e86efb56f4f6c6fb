"""Connections to the data base of a store: transactions, and what can go wrong with them.

Writers take turns, in SQLite because it has one writer at a time, in PostgreSQL through an advisory lock. A
transaction never has to be tried again, and what it has read stays true until it ends.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from omnitest.store.problems import StoreFull, StoreProblem
from omnitest.store.schema import HEAD, METADATA, VERSION_TABLE

#: Seconds that a writer waits for its turn.
TURN_SECONDS: Final = 60
#: Seconds after which a connection to a server is given up.
_CONNECT_SECONDS: Final = 10
#: The advisory lock of all writers of a store: "omnitest" as a number.
_LOCK: Final = int.from_bytes(b"omnitest", "big")
#: How every SQLite file begins.
_MAGIC: Final = b"SQLite format 3\0"
_WRITES: Final = "omnitest_writes"
_ELSEWHERE: Final = "choose another place with --store or OMNITEST_HOME"
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Database:
    """The data base at ``url``. It is opened, made and migrated by the first transaction that needs it.

    An SQLite file that does not exist yet is empty for readers; only a writer makes it. Threads may share an
    object; a process that was forked opens connections of its own.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        #: What people call it; without its password.
        self.location = str(self.file) if self.file is not None else url.render_as_string(hide_password=True)
        self._engine: Engine | None = None
        self._process = 0
        self._opening = threading.Lock()

    def close(self) -> None:
        """Close what is open; the next transaction opens it again."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose(close=self._process == os.getpid())
                self._engine = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that changes nothing and sees one state of the store."""
        with self._translated("read"):
            engine = self._open_to_read()
            try:
                with engine.connect() as connection:
                    if self.file is None:
                        connection = connection.execution_options(isolation_level="REPEATABLE READ")
                    with connection.begin():
                        yield connection
            finally:
                if engine is not self._engine:
                    engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, alone among writers: when it ends without an exception, everything in it lasts."""
        with self._translated("write"):
            engine = self._open()
            with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
                self._take_turn(connection)
                yield connection

    # ---- opening ----

    def _open(self) -> Engine:
        """The engine, after the tables were made or brought up to date."""
        with self._opening:
            if self._engine is not None and self._process != os.getpid():
                self._engine.dispose(close=False)  # the connections are the parent's
                self._engine = None
            if self._engine is None:
                engine = self._connectable()
                try:
                    self._bring_up_to_date(engine)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine, self._process = engine, os.getpid()
            return self._engine

    def _open_to_read(self) -> Engine:
        """As :meth:`_open`, but makes no file, and reads one that this user may not write."""
        if self.file is None or self._engine is not None:
            return self._open()
        try:
            self.file.stat()
        except FileNotFoundError:
            return _empty()
        try:
            return self._open()
        except DBAPIError as error:
            # To read a file in WAL mode SQLite makes another beside it, unless it may believe that nobody writes.
            unwritable = _sqlite_name(error).startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))
            log = self.file.with_name(f"{self.file.name}-wal")
            if not unwritable or (log.exists() and log.stat().st_size):
                raise
            engine = self._unchanging()
            with engine.connect() as connection:
                if _revision(connection) != HEAD:
                    raise
            return engine

    def _connectable(self) -> Engine:
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self._must_be_sqlite(self.file)
            engine = create_engine(self.url, connect_args={"timeout": TURN_SECONDS})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        try:
            engine = create_engine(
                self.url,
                pool_pre_ping=True,
                connect_args={"connect_timeout": _CONNECT_SECONDS, "prepare_threshold": None},
            )
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise StoreProblem(
                f"PostgreSQL needs a Python package that is missing ({error}); install it with: "
                "pip install 'omnitest[postgresql]'"
            ) from None
        event.listen(engine, "connect", _prepare_postgresql)
        return engine

    def _must_be_sqlite(self, file: Path) -> None:
        """SQLite takes a few bytes of something else for an empty data base, and would write over them."""
        try:
            with file.open("rb") as content:
                start = content.read(len(_MAGIC))
        except FileNotFoundError:
            return
        if start and start != _MAGIC:
            raise StoreProblem(f"{file} is no SQLite data base; {_ELSEWHERE}")

    def _unchanging(self) -> Engine:
        """Reads the file as one that nobody can change while it is open."""
        assert self.file is not None
        uri = f"{self.file.as_uri()}?mode=ro&immutable=1"
        engine = create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(uri, uri=True, check_same_thread=False), poolclass=StaticPool
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _bring_up_to_date(self, engine: Engine) -> None:
        with engine.connect() as connection:
            if _revision(connection) == HEAD:
                return
        from omnitest.store.migrate import migrate

        if self.file is not None:
            _log_ahead(engine)
        with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            self._take_turn(connection)
            stored = _revision(connection)  # again: another process may have had its turn in between
            if stored != HEAD:
                migrate(connection, stored, self.location)

    def _take_turn(self, connection: Connection) -> None:
        if self.file is None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})

    # ---- errors ----

    @contextmanager
    def _translated(self, verb: str) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._problem(error, verb) from error
        except OSError as error:
            raise self._file_problem(error, verb) from error

    def _file_problem(self, error: OSError, verb: str) -> StoreProblem:
        if error.errno in _NO_ROOM:
            return StoreFull(f"no room left for findings in {self.location}: {error.strerror}")
        return StoreProblem(f"cannot {verb} the findings in {self.location}: {error.strerror or error}; {_ELSEWHERE}")

    def _problem(self, error: DBAPIError, verb: str) -> StoreProblem:
        words = " ".join(str(error.orig).split())
        reason, advice = _sqlite_reason(error) if self.file is not None else _postgresql_reason(error)
        if reason is None:
            return StoreFull(f"no room left for findings in {self.location}: {words}; {advice}")
        return StoreProblem(f"cannot {verb} the findings in {self.location}: {reason or words}; {advice}")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so, see _begin_sqlite
    for setting in ("foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that begins by reading and goes on to write can fail when another has written in between.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{TURN_SECONDS}s'")
        # A writer that hangs must not hold up the others for ever.
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{2 * TURN_SECONDS}s'")
        cursor.execute("SET synchronous_commit = on")
    connection.commit()


def _log_ahead(engine: Engine) -> None:
    """Put a file into WAL mode, in which readers and a writer do not wait for each other.

    This one statement does not wait for its turn by itself.
    """
    deadline = time.monotonic() + TURN_SECONDS
    while True:
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                raise DBAPIError.instance(None, None, error, sqlite3.Error) from error
            time.sleep(0.02)
        finally:
            connection.close()


def _revision(connection: Connection) -> str | None:
    """The migration that the data base is at; ``None`` if it is none of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return str(found) if found is not None else None


def _empty() -> Engine:
    """The tables with nothing in them, for readers of a store that nobody has written to."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    METADATA.create_all(engine)
    return engine


def _sqlite_name(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlite_errorname", None) or "")


def _sqlite_reason(error: DBAPIError) -> tuple[str | None, str]:
    """What is wrong (empty: in SQLite's words; ``None``: no room) and what to do about it."""
    name = _sqlite_name(error)
    if name.startswith("SQLITE_FULL"):
        return None, f"make room or {_ELSEWHERE}"
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return "", "the file is damaged: keep a copy, and try `sqlite3 FILE .recover`"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"another process has been writing for {TURN_SECONDS} seconds", "end it, and try again"
    if name.startswith("SQLITE_IOERR"):
        return "", f"the device failed, or a quota or a limit on the size of files is reached: {_ELSEWHERE}"
    return "", _ELSEWHERE


def _postgresql_reason(error: DBAPIError) -> tuple[str | None, str]:
    """As :func:`_sqlite_reason`, from the SQLSTATE; there is none when the server could not be asked."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    match state[:2], state:
        case "53", "53100":
            return None, "make room on the server"
        case _, "3D000":
            return "", "make it with: createdb NAME"
        case _, "42501" | "25006":
            return "", "the user of the data base needs the right to make tables and to write them"
        case _, "55P03":
            return f"another process has been writing for {TURN_SECONDS} seconds", "end it, and try again"
        case "", _ if "does not exist" in str(error.orig):
            return "", "make it with: createdb NAME"
        case (("" | "08" | "57" | "28"), _):
            return "", "is the server running, and are host, port, user and password in the URL right?"
    return "", _ELSEWHERE
