"""Run by Alembic: applies the revisions on the connection that `actions/records/migrate.py` hands over."""

from __future__ import annotations

from alembic import context

from actions.records import channel_tables, telegram_tables  # noqa: F401  the tables enter the metadata
from actions.records.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
