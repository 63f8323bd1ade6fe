"""What the Telegram channel keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_telegram"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the channel's tables."""
    op.create_table(
        "telegram_updates",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
    )
    op.create_table(
        "telegram_waiting",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.String(64), nullable=False, index=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("worker", sa.String(32)),
        sa.Column("held_until", sa.DateTime),
        sa.Column("sent", sa.Integer, nullable=False),
    )
    op.create_table(
        "telegram_keyboards",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("message", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("question", sa.String(64)),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("ticked", sa.JSON, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("changed_by", sa.BigInteger),
        sa.Column("answer", sa.String(200)),
        sa.Column("at", sa.DateTime, nullable=False, index=True),
    )
    op.create_table(
        "telegram_payloads",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("telegram_payloads", "telegram_keyboards", "telegram_waiting", "telegram_updates"):
        op.drop_table(name)
