"""Looks for something in every column of every table, whatever tables there are; and fills them all for one person."""

from __future__ import annotations

from datetime import date, timedelta, timezone
from typing import Any

import sqlalchemy as sa

from actions.records.channel_tables import channel_waiting
from actions.records.effects import Assessed, CheckedIn, HandedOff, Planned, Reminded
from actions.records.store import Records
from actions.records.tables import handoff_notes, plan_links, replies, talk_events, turns
from actions.records.telegram_tables import telegram_keyboards

SAID = "my secret words about the calf"
HOUSE = {
    "deletions",
    "secret_checks",
    "clinicians",
    "sessions",
    "alembic_version",
    "channel_taken",
    "telegram_payloads",
}
"""Tables that hold nothing of people."""


def places_of(records: Records, *wanted: str) -> set[str]:
    """`table.column` of every place that holds one of the texts, in any table of the database."""
    found = set()
    with records.engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings():
                found |= {f"{name}.{column}" for column, value in row.items() if any(w in str(value) for w in wanted)}
    return found


def counts(records: Records) -> dict[str, int]:
    """Rows by table, of all tables of the database that may hold something of people."""
    with records.engine.connect() as connection:
        names = set(sa.inspect(connection).get_table_names()) - HOUSE
        return {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() or 0 for name in names}


def fill(records: Records, sender: str, mark: str) -> None:
    """Something of a person in every table that holds something of people.

    Args:
        records: where to.
        sender: whose.
        mark: makes ids of this person's own.
    """
    person, now = records.person(sender), records.now()
    records.apply("web", sender, [
        Assessed("urgent", ("RF07",), {"calf_swollen_or_tender": "yes"}, "1"), Planned(f"plan-{mark}", "1", {"a": SAID}),
        CheckedIn(date(2026, 3, 1), {"pain_now": 4}, "stay"), Reminded(3),
        HandedOff(f"K-{mark}", "urgent", SAID, {"words": [SAID]}),
    ])  # fmt: skip
    rows: list[tuple[sa.Table, dict[str, Any]]] = [
        (handoff_notes, {"id": mark, "reference": f"K-{mark}", "at": now, "by": "ana", "kind": "note", "text": SAID}),
        (replies, {"id": mark, "person": person, "reference": f"K-{mark}", "at": now, "text": SAID}),
        (talk_events, {"sender_id": person, "number": 0, "amount": 2, "at": now,
                       "data": f'[{{"event": "user", "text": "{SAID}"}}, {{"event": "bot", "text": "I see."}}]'}),
        (plan_links, {"secret": f"plan-{mark}", "sender_id": person}),
        (turns, {"sender_id": person, "message_id": "once:1", "at": now.replace(tzinfo=timezone.utc).timestamp(), "answer": SAID}),
        (channel_waiting, {"id": mark, "channel": "slack", "number": 1, "person": person, "body": records.seal(SAID), "at": now, "sent": 0}),
        (telegram_keyboards, {"person": person, "message": 1, "content": {}, "ticked": [], "open": True, "at": now}),
    ]  # fmt: skip
    with records.engine.begin() as connection:
        for table, row in rows:
            connection.execute(sa.insert(table), row)


def days_later(records: Records, days: float) -> None:
    """Set the clock of the records forward."""
    then = records.now() + timedelta(days=days)
    records.clock = lambda: then
