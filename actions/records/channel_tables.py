"""What Slack and Telegram keep of deliveries. A person is a keyed hash; what somebody said is sealed, and gone once answered."""

from __future__ import annotations

import sqlalchemy as sa

from actions.records.tables import PERSON, metadata

channel_taken = sa.Table(
    "channel_taken",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("work", sa.String(64)),
)
"""Everything that was taken, by a hash of its name, for some days, so that nothing is taken twice. Nothing about whom.
`work`: for what is claimed while something is worked, by which `channel_waiting.id`; that one may claim it again."""

channel_waiting = sa.Table(
    "channel_waiting",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("person", PERSON, nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("worker", sa.String(32)),
    sa.Column("held_until", sa.DateTime),
    sa.Column("sent", sa.Integer, nullable=False, default=0),
)
"""What waits for its answer, in the order of `number` for each person. `held_until`: somebody works on it, or it is
tried again then. `sent`: messages of the answer that the service has taken already."""
