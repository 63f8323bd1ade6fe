"""All tables of the records; adopts the talks of a database from before the records.

A revision stands as it was written: tables that change later change by a revision of their own.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from actions.records.identity import Identity

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PERSON = sa.String(64)
OLD_TABLES = ("talk_events", "plan_links", "turns")
ROWS_AT_ONCE = 500


def upgrade() -> None:
    """Make the tables, and take over what is there."""
    found = set(sa.inspect(op.get_bind()).get_table_names())
    old = [name for name in OLD_TABLES if name in found]
    for name in old:
        for index in sa.inspect(op.get_bind()).get_indexes(name):
            op.drop_index(index["name"], name)
        op.rename_table(name, f"{name}_before")
    _make_people()
    _make_handoffs()
    _make_talks()
    _make_house()
    for name in old:
        _adopt(name, context.config.attributes["identity"])
        op.drop_table(f"{name}_before")


def _make_people() -> None:
    """What is known of people."""
    op.create_table(
        "people",
        sa.Column("person", PERSON, primary_key=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("address", sa.Text),
        sa.Column("first_seen", sa.DateTime, nullable=False),
        sa.Column("last_seen", sa.DateTime, nullable=False, index=True),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", PERSON, nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("given_at", sa.DateTime, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", PERSON, nullable=False, index=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("protocol_version", sa.String(32), nullable=False),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", PERSON, nullable=False, index=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
    )
    op.create_table(
        "check_ins",
        sa.Column("person", PERSON, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
    )
    op.create_table(
        "reminders",
        sa.Column("person", PERSON, primary_key=True),
        sa.Column("every_days", sa.Integer, nullable=False),
        sa.Column("next_at", sa.DateTime, nullable=False, index=True),
    )


def _make_handoffs() -> None:
    """What goes to clinicians, and comes back."""
    op.create_table(
        "handoffs",
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
    op.create_table(
        "handoff_notes",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("reference", sa.String(32), nullable=False, index=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "replies",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", PERSON, nullable=False, index=True),
        sa.Column("reference", sa.String(32)),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("leased_until", sa.DateTime),
        sa.Column("delivered_at", sa.DateTime, index=True),
    )
    op.create_table(
        "outbox",
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


def _make_talks() -> None:
    """The talks, and the addresses of plans."""
    op.create_table(
        "talk_events",
        sa.Column("sender_id", PERSON, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_table(
        "plan_links",
        sa.Column("secret", sa.String(64), primary_key=True),
        sa.Column("sender_id", PERSON, nullable=False, index=True),
    )
    op.create_table(
        "turns",
        sa.Column("sender_id", PERSON, primary_key=True),
        sa.Column("message_id", sa.String(160), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )


def _make_house() -> None:
    """The installation's own."""
    op.create_table(
        "deletions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
    )
    op.create_table("secret_checks", sa.Column("value", sa.String(64), primary_key=True))
    op.create_table(
        "clinicians",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False, default=0),
        sa.Column("locked_until", sa.DateTime),
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
    )


def _adopt(name: str, identity: Identity) -> None:
    """Copy the rows of an old table; the sender's id becomes the person's key."""
    connection = op.get_bind()
    new = sa.Table(name, sa.MetaData(), autoload_with=connection)
    before = sa.Table(f"{name}_before", sa.MetaData(), autoload_with=connection)
    rows = connection.execute(sa.select(before)).mappings()
    while some := rows.fetchmany(ROWS_AT_ONCE):
        connection.execute(sa.insert(new), [_adopted(dict(row), identity, "at" in new.c) for row in some])


def _adopted(row: dict[str, Any], identity: Identity, dated: bool) -> dict[str, Any]:
    row["sender_id"] = identity.person(row["sender_id"])
    if dated and "at" not in row:
        row["at"] = _time_of(row["data"])
    return row


def _time_of(data: str) -> datetime:
    """When the last event of a turn was, in UTC; now, when it does not say."""
    times = [event.get("timestamp") for event in json.loads(data)]
    last = max((time for time in times if time), default=None)
    now = datetime.now(timezone.utc) if last is None else datetime.fromtimestamp(last, timezone.utc)
    return now.replace(tzinfo=None)
