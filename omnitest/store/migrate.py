"""Bringing the tables of a store to the form that this version works with.

Alembic is imported here and nowhere else, and this module only where a store is not up to date: most commands
find it so, and importing it takes longer than all that they do with the store.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from omnitest.store.problems import NewerSchema, StoreProblem
from omnitest.store.schema import HEAD, METADATA

FOLDER: Final = Path(__file__).with_name("migrations")


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration: migrations from this package, run on ``connection``."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(connection: Connection, stored: str | None, location: str, revision: str = "head") -> None:
    """Run the migrations that are missing, inside the transaction of ``connection``.

    ``stored`` is the revision that the data base is at, ``None`` if it has no tables of ours. Raises
    :class:`NewerSchema` for a revision that this version does not know, and :class:`StoreProblem` for a data base
    that belongs to something else.
    """
    config = configuration(connection)
    if stored is None:
        _must_be_free(connection, location)
    elif stored not in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}:
        raise NewerSchema(
            f"{location} was written by a newer omnitest (its schema is {stored}, this version knows {HEAD}); "
            "update omnitest, or choose another store with --store"
        )
    command.upgrade(config, revision)


def _must_be_free(connection: Connection, location: str) -> None:
    """A file is ours alone; a data base on a server may hold tables of others that are called otherwise."""
    taken = set(inspect(connection).get_table_names())
    if connection.dialect.name != "sqlite":
        taken &= set(METADATA.tables)
    if taken:
        raise StoreProblem(
            f"{location} is a data base of something else (it has a table {min(taken)!r}); "
            "choose another store with --store"
        )
