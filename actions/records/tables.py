"""The tables of the records. A person is a keyed hash everywhere; a message address is kept only sealed.

Times are UTC, without zone, whole microseconds. Ids are texts that the program makes, so that writing twice what
came twice does nothing the second time.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

PERSON = sa.String(64)
"""HMAC-SHA256 of channel and sender, hexadecimal."""

people = sa.Table(
    "people",
    metadata,
    sa.Column("person", PERSON, primary_key=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("address", sa.Text),
    sa.Column("first_seen", sa.DateTime, nullable=False),
    sa.Column("last_seen", sa.DateTime, nullable=False, index=True),
)
"""`address` is the sender's id sealed, kept only while a reminder or an open hand-off needs it."""

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("person", PERSON, nullable=False, index=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("given_at", sa.DateTime, nullable=False),
    sa.Column("withdrawn_at", sa.DateTime),
)
"""`kind` is `handoff` or `reminder`."""

assessments = sa.Table(
    "assessments",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("person", PERSON, nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("level", sa.String(32), nullable=False),
    sa.Column("protocol_version", sa.String(32), nullable=False),
    sa.Column("rules", sa.JSON, nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
)

plans = sa.Table(
    "plans",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("person", PERSON, nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("version", sa.String(32), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
)

check_ins = sa.Table(
    "check_ins",
    metadata,
    sa.Column("person", PERSON, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("answers", sa.JSON, nullable=False),
    sa.Column("step", sa.String(16), nullable=False),
)
"""`answers`: {pain_now, pain_worst, pain_next_morning, sessions_done, swelling, giving_way}; `step`: what the plan did."""

reminders = sa.Table(
    "reminders",
    metadata,
    sa.Column("person", PERSON, primary_key=True),
    sa.Column("every_days", sa.Integer, nullable=False),
    sa.Column("next_at", sa.DateTime, nullable=False, index=True),
)

handoffs = sa.Table(
    "handoffs",
    metadata,
    sa.Column("reference", sa.String(32), primary_key=True),
    sa.Column("person", PERSON, nullable=False, index=True),
    sa.Column("assessment", sa.String(64)),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("level", sa.String(32), nullable=False),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("contact", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("by", sa.String(64)),
    sa.Column("changed_at", sa.DateTime, nullable=False),
    sa.Index("handoffs_listed", "status", "urgency", "created_at", "reference", "by", "changed_at"),
)
"""`urgency`: 0 for an ambulance, rising with less haste. `status`: waiting, acknowledged, taken_over, closed.
The index holds all that finding a page of the inbox needs: the rows themselves are large. `contact` is sealed. `content` is what the person agreed to send (`actions/handoff/summary.py`)."""

handoff_notes = sa.Table(
    "handoff_notes",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("reference", sa.String(32), nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
"""`kind`: note, reply, acknowledge, take_over, hand_back, close, reopen."""

replies = sa.Table(
    "replies",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("person", PERSON, nullable=False, index=True),
    sa.Column("reference", sa.String(32)),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("leased_until", sa.DateTime),
    sa.Column("delivered_at", sa.DateTime, index=True),
)
"""What is to be said to a person outside a turn: a clinician's reply, or a reminder (no reference)."""

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("key", sa.String(96), primary_key=True),
    sa.Column("person", PERSON, nullable=False, index=True),
    sa.Column("reference", sa.String(32), nullable=False, index=True),
    sa.Column("target", sa.String(16), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", sa.DateTime, nullable=False),
    sa.Column("leased_until", sa.DateTime),
    sa.Column("last_error", sa.String(200)),
    sa.Index("outbox_due", "state", "next_at"),
)
"""`key` is the idempotency key the receiver sees. `target`: webhook or slack. `state`: waiting, sent, dead."""

deletions = sa.Table(
    "deletions",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
)
"""Proof that something was deleted: rows by table, and nothing about whom."""

talk_events = sa.Table(
    "talk_events",
    metadata,
    sa.Column("sender_id", PERSON, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("amount", sa.Integer, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)
"""The talk, for Rasa: a row holds the events of one turn as JSON, `amount` of them, the first of which is the talk's
event `number`. `sender_id` is a person, here and below; the name is Rasa's."""

plan_links = sa.Table(
    "plan_links",
    metadata,
    sa.Column("secret", sa.String(64), primary_key=True),
    sa.Column("sender_id", PERSON, nullable=False, index=True),
)
"""Whose plan an address of a printable plan belongs to; the plan itself is made anew from the talk."""

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("sender_id", PERSON, primary_key=True),
    sa.Column("message_id", sa.String(160), primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
)
"""What a message that may be delivered twice was answered, written together with the events of its turn. `at`: Unix
time in seconds."""

secret_checks = sa.Table("secret_checks", metadata, sa.Column("value", sa.String(64), primary_key=True))
"""One row, derived from the secret that this database was written with; another secret would find nobody again."""

clinicians = sa.Table(
    "clinicians",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("password", sa.String(200), nullable=False),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("locked_until", sa.DateTime),
)
"""`password`: argon2."""

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("expires_at", sa.DateTime, nullable=False),
)
"""`token`: SHA-256 of the cookie."""
