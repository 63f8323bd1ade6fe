"""One queue for Slack and Telegram; what waits for an answer on Telegram goes on waiting."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0003_channels"
down_revision = "0002_telegram"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 500
WAITING = ("number", "body", "at", "worker", "held_until", "sent")


def upgrade() -> None:
    """Make the tables, move what is in Telegram's own, and drop those, and Slack's, which was made without a revision."""
    op.create_table(
        "channel_taken",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
        sa.Column("work", sa.String(64)),
    )
    op.create_table(
        "channel_waiting",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("person", sa.String(64), nullable=False, index=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("worker", sa.String(32)),
        sa.Column("held_until", sa.DateTime),
        sa.Column("sent", sa.Integer, nullable=False),
    )
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["telegram_updates", "telegram_waiting", "channel_taken", "channel_waiting"])
    updates, waiting = tables.tables["telegram_updates"], tables.tables["telegram_waiting"]
    rows = connection.execute(sa.select(updates)).mappings()
    while some := rows.fetchmany(ROWS_AT_ONCE):
        taken = [{"key": key_of(row["id"]), "at": row["at"]} for row in some]
        connection.execute(sa.insert(tables.tables["channel_taken"]), taken)
    for row in connection.execute(sa.select(waiting)).mappings().all():
        moved = {"id": key_of(row["id"]), "channel": "telegram", "person": row["chat"], **{n: row[n] for n in WAITING}}
        connection.execute(sa.insert(tables.tables["channel_waiting"]), moved)
    op.drop_table("telegram_waiting")
    op.drop_table("telegram_updates")
    if "slack_taken" in sa.inspect(connection).get_table_names():
        op.drop_table("slack_taken")


def key_of(id: str) -> str:
    """The key under which an update of Telegram is known from now on.

    Args:
        id: `<bot>:<update_id>`.
    """
    return hashlib.sha256(f"telegram:{id}".encode()).hexdigest()
