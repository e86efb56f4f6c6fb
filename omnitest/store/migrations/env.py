"""What Alembic runs to migrate a store, inside of the transaction that ``omnitest.store.migrate`` has begun."""

from __future__ import annotations

from alembic import context

from omnitest.store.schema import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, version_table=VERSION_TABLE
)
with context.begin_transaction():
    context.run_migrations()
