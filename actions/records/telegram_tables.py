"""What the Telegram channel keeps of its buttons. A chat is a keyed hash."""

from __future__ import annotations

import sqlalchemy as sa

from actions.records.tables import PERSON, metadata

telegram_keyboards = sa.Table(
    "telegram_keyboards",
    metadata,
    sa.Column("person", PERSON, primary_key=True),
    sa.Column("message", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("question", sa.String(64)),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("ticked", sa.JSON, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("changed_by", sa.BigInteger),
    sa.Column("answer", sa.String(200)),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
)
"""Buttons that were shown under a message, and what came of them. `changed_by`: number of the last
update that ticked or answered. `answer`: what was chosen, once it is."""

telegram_payloads = sa.Table(
    "telegram_payloads",
    metadata,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)
"""What a button stands for that is too long to be carried; made from the program's own words."""
