"""Where findings are kept: what a user writes, as the URL of a data base."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from omnitest.store.problems import StoreProblem

FILE_NAME: Final = "omnitest.sqlite3"
_SUFFIXES: Final = frozenset({".sqlite3", ".sqlite", ".db"})
_SQLITE: Final = "sqlite+pysqlite"
_POSTGRESQL: Final = "postgresql+psycopg"
#: What people write for each, as the driver that is meant.
_DRIVERS: Final = {
    "sqlite": _SQLITE,
    _SQLITE: _SQLITE,
    "postgres": _POSTGRESQL,
    "postgresql": _POSTGRESQL,
    _POSTGRESQL: _POSTGRESQL,
}
_WANTED: Final = f"expected a folder, a file NAME.sqlite3 or {_POSTGRESQL}://USER@HOST/NAME"


def default_folder() -> Path:
    """``$OMNITEST_HOME``, else ``omnitest`` in the user's data folder (XDG base directories)."""
    home = os.environ.get("OMNITEST_HOME")
    if home:
        return Path(home)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "omnitest"


def store_url(location: str | Path | None = None) -> URL:
    """The data base at ``location`` (a URL, a file, a folder), else at ``$OMNITEST_STORE``, else in the default folder.

    Raises :class:`StoreProblem` for what is none of these.
    """
    if location is None:
        location = os.environ.get("OMNITEST_STORE") or default_folder()
    if "://" in str(location):
        return _from_url(str(location))
    if not str(location) or "\0" in str(location):
        raise StoreProblem(f"not a store: {str(location)!r}; {_WANTED}")
    return URL.create(_SQLITE, database=str(_file(Path(location))))


def _file(path: Path) -> Path:
    """The file that is meant: what does not exist yet is a folder unless it is called like a data base."""
    is_file = path.is_file() or (not path.exists() and path.suffix in _SUFFIXES)
    return (path if is_file else path / FILE_NAME).absolute()


def _from_url(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # the text may hold a password, so it is not repeated
        raise StoreProblem(f"not the URL of a store; {_WANTED}") from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise StoreProblem(f"{url.drivername} is no data base that findings can be kept in; {_WANTED}")
    if driver == _SQLITE:
        if not url.database or url.database == ":memory:" or url.query:
            raise StoreProblem(f"a SQLite store is a file on disk, without options; {_WANTED}")
        return URL.create(_SQLITE, database=str(_file(Path(url.database))))
    if not url.database:
        raise StoreProblem(f"the URL names no data base; {_WANTED}")
    return url.set(drivername=driver)
