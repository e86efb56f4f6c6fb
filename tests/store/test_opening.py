"""Opening a store: made and migrated when it is needed, fast when it is there, and clear about what is wrong."""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from omnitest.store.location import default_folder
from omnitest.store.migrate import configuration
from omnitest.store.problems import NewerSchema, StoreFull, StoreProblem
from omnitest.store.schema import HEAD, METADATA, VERSION_TABLE
from omnitest.store.store import Store
from tests.store.postgresql import PostgresqlServer
from tests.store.sample_findings import FINDING, RAISED

# ---- the schema ---------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    store.add(FINDING)
    with store._database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []
        assert context.get_current_revision() == HEAD


def test_the_newest_migration_is_the_one_that_the_code_expects() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [HEAD]


def test_a_store_of_a_newer_version_is_refused_and_left_alone(
    store: Store, place: str, change: Callable[[str], None]
) -> None:
    store.add(FINDING)
    change(f"UPDATE {VERSION_TABLE} SET version_num = 'v9999'")
    with Store(place) as older:
        with pytest.raises(NewerSchema, match=r"newer omnitest \(its schema is v9999.*update omnitest"):
            older.load()
        with pytest.raises(NewerSchema) as caught:
            older.add(RAISED)
    assert caught.value.finding == RAISED
    assert store.load().findings == (FINDING,)


def test_a_data_base_of_something_else_is_refused_and_left_alone(
    store: Store, place: str, change: Callable[[str], None]
) -> None:
    store.add(FINDING)
    change(f"DROP TABLE {VERSION_TABLE}")
    with Store(place) as other, pytest.raises(StoreProblem, match="a data base of something else"):
        other.add(FINDING)


def _add(place: str) -> None:
    with Store(place) as store:
        store.add(FINDING)


def test_processes_that_make_a_store_at_once_make_one(place: str) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_add, args=(place,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert Store(place).get(FINDING.fingerprint).hits == 4 * FINDING.hits


def test_opening_a_store_that_is_up_to_date_is_fast_and_does_without_alembic(tmp_path: Path) -> None:
    Store(tmp_path).add(FINDING)
    code = (
        "import sys, time; from omnitest.store.store import Store; times = []\n"
        "for _ in range(5):\n"
        "    started = time.process_time(); store = Store(sys.argv[1]); assert len(store.load().records) == 1\n"
        "    times.append(time.process_time() - started); store.close()\n"
        "assert 'alembic' not in sys.modules; print(min(times))"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], check=True, capture_output=True, text=True)
    assert float(done.stdout) < 0.05


def test_the_command_explains_itself_without_loading_the_data_base() -> None:
    code = "import sys, omnitest.cli; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_sqlite_loses_nothing_and_lets_readers_read(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.add(FINDING)
        with store._database.writing() as connection:
            settings = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
            assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 60_000}
            assert Store(tmp_path).load().findings == (FINDING,)  # while a writer is at work


# ---- where it is ---------------------------------------------------------------------------------------


def test_where_findings_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OMNITEST_STORE", "OMNITEST_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_folder() == tmp_path / ".local" / "share" / "omnitest"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_folder() == tmp_path / "data" / "omnitest"
    monkeypatch.setenv("OMNITEST_HOME", str(tmp_path / "own"))
    assert Store().location == str(tmp_path / "own" / "omnitest.sqlite3")
    monkeypatch.setenv("OMNITEST_STORE", str(tmp_path / "x.db"))
    assert Store().location == str(tmp_path / "x.db")
    assert Store(tmp_path / "y.sqlite3").location == str(tmp_path / "y.sqlite3")


def test_a_file_a_folder_and_a_url_name_a_store(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    assert Store(tmp_path / "folder.db").location == str(tmp_path / "folder.db" / "omnitest.sqlite3")
    assert Store(tmp_path / "new").location == str(tmp_path / "new" / "omnitest.sqlite3")
    assert Store(f"sqlite:///{tmp_path}/a.sqlite3").location == str(tmp_path / "a.sqlite3")
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert Store(f"{scheme}://ada:secret@host/name").location == "postgresql+psycopg://ada:***@host/name"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("mysql://ada:secret@host/name", "mysql is no data base that findings can be kept in"),
        ("postgresql+psycopg2://host/name", "postgresql.psycopg2 is no data base"),
        ("postgresql://ada:secret@host", "names no data base"),
        ("postgresql://ada:secret@host:port/name", "not the URL of a store"),
        ("://", "not the URL of a store"),
        ("sqlite://", "a file on disk"),
        ("sqlite:///:memory:", "a file on disk"),
        ("", "not a store"),
        ("a\0b", "not a store"),
    ],
)
def test_what_is_no_place_for_a_store_is_refused_without_its_password(place: str, words: str) -> None:
    with pytest.raises(StoreProblem, match=words) as caught:
        Store(place)
    assert "expected a folder, a file NAME.sqlite3 or postgresql+psycopg://" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert Store(tmp_path / "a").load().records == ()
    assert not (tmp_path / "a").exists()


# ---- what can be wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"x", b"no data base " * 1000])
def test_a_file_that_is_no_data_base_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(StoreProblem, match="no SQLite data base; choose another place with --store"):
        Store(path).load()
    with pytest.raises(StoreProblem) as caught:
        Store(path).add(FINDING)
    assert caught.value.finding == FINDING
    assert path.read_bytes() == content


def test_a_file_in_the_place_of_a_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    store = Store(tmp_path / "taken" / "below" / "x.db")
    with pytest.raises(StoreProblem, match=r"cannot write the findings in .*--store"):
        store.add(FINDING)
    with pytest.raises(StoreProblem, match="cannot read"):
        store.load()


def test_a_damaged_file_is_reported(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.add(FINDING)
    with open(store.location, "r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (Path(store.location).stat().st_size - 4096))
    with pytest.raises(StoreProblem, match="the file is damaged"):
        Store(tmp_path).load()


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_device_that_takes_no_more_gives_the_finding_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.add(FINDING)
    big = replace(RAISED, original="(f 1)" * 100_000)
    with file_size_limit(Path(store.location).stat().st_size + 20_000):
        with pytest.raises(StoreProblem, match=r"cannot write .*a quota or a limit on the size") as caught:
            store.add(big)
        assert caught.value.finding == big
        assert store.load().findings == (FINDING,)
    assert store.add(big).new  # and goes on when there is room


def test_a_full_device_is_recognised_for_what_it_is(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.add(FINDING)
    with store._database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # of this connection
    big = replace(RAISED, original="(f 1)" * 100_000)
    with pytest.raises(StoreFull, match="no room left") as caught:
        store.add(big)
    assert caught.value.finding == big
    assert store.load().findings == (FINDING,)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_folder_that_cannot_be_made_for_want_of_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreFull) as caught:
        Store(tmp_path / "x").add(FINDING)
    assert caught.value.finding == FINDING


@pytest.fixture
def readable() -> Iterator[Path]:
    """A folder that everybody can reach, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="omnitest-store-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def without_the_right_to_write(folder: Path) -> Iterator[None]:
    """As a user who may read the folder and what is in it; root becomes somebody else for a while."""
    for path in (folder, *folder.iterdir()):
        path.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_store_that_may_not_be_written_can_be_read(readable: Path) -> None:
    with Store(readable) as store:
        store.add(FINDING)
    with without_the_right_to_write(readable):
        with Store(readable) as store:
            assert store.load().findings == (FINDING,)
            assert store.get("leak") == FINDING
            with pytest.raises(StoreProblem, match=r"cannot write .*choose another place with --store") as caught:
                store.add(RAISED)
            assert caught.value.finding == RAISED
        with pytest.raises(StoreProblem, match=r"cannot write .*--store"):
            Store(readable / "new").add(FINDING)


def test_a_writer_that_does_not_end_is_not_waited_for_forever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path).add(FINDING)
    monkeypatch.setattr("omnitest.store.connection.TURN_SECONDS", 0.1)
    with Store(tmp_path)._database.writing(), pytest.raises(StoreProblem, match="another process has been writing"):
        Store(tmp_path).add(RAISED)


def test_a_writer_on_a_server_is_not_waited_for_forever(
    postgresql: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = postgresql.new_place()
    Store(place).add(FINDING)
    monkeypatch.setattr("omnitest.store.connection.TURN_SECONDS", 1)
    with Store(place)._database.writing(), pytest.raises(StoreProblem, match="another process has been writing"):
        Store(place).add(RAISED)


def test_a_server_that_cannot_be_reached(postgresql: PostgresqlServer) -> None:
    started = time.monotonic()
    for place in ("postgresql://ada:secret@127.0.0.1:1/name", "postgresql://ada:secret@/name?host=/nowhere"):
        with pytest.raises(StoreProblem, match=r"cannot write .*is the server running") as caught:
            Store(place).add(FINDING)
        assert caught.value.finding == FINDING
        assert "secret" not in str(caught.value)
    assert time.monotonic() - started < 30
    missing = postgresql.url.replace("/postgres?", "/missing?")
    with pytest.raises(StoreProblem, match="createdb"):
        Store(missing).load()


def test_a_user_of_a_server_without_the_right_to_write(postgresql: PostgresqlServer) -> None:
    place = postgresql.new_place()
    Store(place).add(FINDING)
    reader = f"{place} -cdefault_transaction_read_only=on"
    assert Store(reader).load().findings == (FINDING,)
    with pytest.raises(StoreProblem, match="the right to make tables and to write them"):
        Store(reader).add(RAISED)


def test_without_the_driver_a_url_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreProblem, match=r"pip install 'omnitest\[postgresql\]'"):
        Store("postgresql://ada@host/name").load()


def test_a_connection_that_broke_is_replaced(postgresql: PostgresqlServer) -> None:
    with Store(postgresql.new_place()) as store, Store(postgresql.url) as other:
        store.add(FINDING)
        with other._database.reading() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            )
        assert store.add(RAISED).new


def test_foreign_keys_are_kept(store: Store, change: Callable[[str], None]) -> None:
    with pytest.raises(StoreProblem):
        change("INSERT INTO batches (campaign_id, first, stop, tally) VALUES (99, 0, 1, '{}')")


def test_an_interrupted_transaction_leaves_nothing(store: Store) -> None:
    store.add(FINDING)
    with pytest.raises(KeyboardInterrupt), store._database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM findings")
        raise KeyboardInterrupt
    assert store.load().findings == (FINDING,)


def test_files_of_sqlite_are_ordinary_ones(tmp_path: Path) -> None:
    """Other tools read a store while it is in use."""
    with Store(tmp_path) as store:
        store.add(FINDING)
        with sqlite3.connect(store.location) as connection:
            assert connection.execute("SELECT fingerprint, status FROM findings").fetchall() == [("leak-3f9a01", "new")]
