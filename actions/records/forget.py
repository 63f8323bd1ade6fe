"""The person's rights: a copy of everything stored, deletion of everything stored, and an end to keeping.

No table is named here where it need not be: a table belongs to people when it has a column for them, so a table
that is added later is copied and deleted too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa

from actions.records.database import insert
from actions.records.identity import Identity
from actions.records.tables import deletions, handoff_notes, handoffs, metadata, people, sessions, talk_events, turns

OWNERS = ("person", "sender_id")
"""Names of the column that holds a person's key."""
TWICE_WITHIN = timedelta(days=7)
"""A channel that delivers a message again does so within this time."""
SEALED = {"people": "address", "handoffs": "contact", "channel_waiting": "body"}


def owned() -> Iterator[tuple[sa.Table, Any]]:
    """Each table that holds something of people, with its column for them or for a hand-off of theirs."""
    yield handoff_notes, None
    for table in metadata.sorted_tables:
        column = next((table.c[name] for name in OWNERS if name in table.c), None)
        if column is not None:
            yield table, column


def rows_of(table: sa.Table, column: Any, person: str) -> Any:
    """The condition that a row of the table is this person's."""
    if column is not None:
        return column == person
    return table.c.reference.in_(sa.select(handoffs.c.reference).where(handoffs.c.person == person))


def export(connection: sa.engine.Connection, identity: Identity, sender: str) -> dict[str, Any]:
    """Everything stored of a person, as JSON can hold it.

    Args:
        connection: reads only.
        identity: unseals.
        sender: the id by which the channel knows the person.

    Returns:
        Rows by table, without the person's key; texts of the talk in order under `talk`.
    """
    person = identity.person(sender)
    stored: dict[str, Any] = {"sender": sender}
    for table, column in owned():
        query = sa.select(table).where(rows_of(table, column, person)).order_by(*table.primary_key.columns)
        rows = [dict(row) for row in connection.execute(query).mappings()]
        stored[table.name] = [_readable(table.name, row, identity) for row in rows]
    stored["talk"] = list(_talk(stored["talk_events"]))
    return stored


def _readable(table: str, row: dict[str, Any], identity: Identity) -> dict[str, Any]:
    sealed = SEALED.get(table)
    if sealed and row[sealed] is not None:
        row[sealed] = identity.unseal(row[sealed])
    if table == "talk_events":
        row["data"] = json.loads(row["data"])
    return {name: _plain(value) for name, value in row.items() if name not in OWNERS}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return value.isoformat() if isinstance(value, date) else value


def _talk(rows: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Who said what, in order."""
    for row in sorted(rows, key=lambda row: row["number"]):
        for event in row["data"]:
            if event.get("event") in ("user", "bot") and event.get("text"):
                yield {"from": "person" if event["event"] == "user" else "bot", "text": event["text"]}


def erase(connection: sa.engine.Connection, person: str) -> dict[str, int]:
    """Delete everything of a person.

    Args:
        connection: in a transaction.
        person: the key.

    Returns:
        Rows deleted, by table, where there were any.
    """
    counts = {}
    for table, column in owned():
        gone = connection.execute(sa.delete(table).where(rows_of(table, column, person))).rowcount
        if gone:
            counts[table.name] = int(gone)
    return counts


def write_receipt(connection: sa.engine.Connection, receipt: str, now: datetime, counts: Mapping[str, int]) -> None:
    """Note that something was deleted; a receipt that is there stays as it is."""
    made = insert(connection, deletions).values(id=receipt, at=now, counts=dict(counts))
    connection.execute(made.on_conflict_do_nothing())


def not_seen_since(connection: sa.engine.Connection, before: datetime, person: str | None = None) -> list[str]:
    """Keys of the people, known or only talked with, who were last here before a time.

    Args:
        connection: reads only.
        before: in UTC.
        person: only this one; everybody when None.
    """
    known = sa.select(people.c.person, people.c.last_seen.label("at"))
    talked = sa.select(talk_events.c.sender_id.label("person"), sa.func.max(talk_events.c.at).label("at"))
    if person is not None:
        known, talked = known.where(people.c.person == person), talked.where(talk_events.c.sender_id == person)
    seen = sa.union_all(known, talked.group_by(talk_events.c.sender_id)).subquery()
    query = sa.select(seen.c.person).group_by(seen.c.person).having(sa.func.max(seen.c.at) < before)
    return list(connection.execute(query).scalars())


def end_of_use(connection: sa.engine.Connection, now: datetime) -> dict[str, int]:
    """Delete sign-ins of clinicians that have run out, and answers kept for messages that come twice.

    Args:
        connection: in a transaction.
        now: in UTC.

    Returns:
        Rows deleted, by table, where there were any.
    """
    long_ago = (now - TWICE_WITHIN).replace(tzinfo=timezone.utc).timestamp()
    ends = {sessions: sessions.c.expires_at < now, turns: turns.c.at < long_ago}
    counts = {table.name: connection.execute(sa.delete(table).where(end)).rowcount for table, end in ends.items()}
    return {name: int(count) for name, count in counts.items() if count}
