"""What the Telegram channel keeps. A chat is a keyed hash; what somebody said is sealed, and gone once answered."""

from __future__ import annotations

import sqlalchemy as sa

from actions.records.tables import PERSON, metadata

telegram_updates = sa.Table(
    "telegram_updates",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
)
"""Every update that was taken, `<bot>:<update_id>`, for some days, so that none is taken twice. Nothing about whom."""

telegram_waiting = sa.Table(
    "telegram_waiting",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("chat", PERSON, nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("worker", sa.String(32)),
    sa.Column("held_until", sa.DateTime),
    sa.Column("sent", sa.Integer, nullable=False, default=0),
)
"""What waits for its answer, in the order of `number` for each chat. `held_until`: somebody works on it, or it is tried
again then. `sent`: messages of the answer that Telegram has taken already."""

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
