"""The stores that tests run on: each test on a new SQLite file and on a new data base of a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from omnitest.store.store import Store
from tests.store.postgresql import PostgresqlServer


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A server for the tests of this process; without PostgreSQL they fail."""
    with PostgresqlServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store can be made: a path or a URL."""
    if request.param == "sqlite":
        return str(tmp_path / "a" / "store.sqlite3")
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return server.new_place()


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    """A store that nobody has written to."""
    with Store(place) as opened:
        yield opened


@pytest.fixture
def change(store: Store) -> Callable[[str], None]:
    """Runs an SQL statement on the data base behind the store's back."""

    def run(statement: str) -> None:
        with store._database.writing() as connection:
            connection.exec_driver_sql(statement)

    return run
