"""What is said to people outside a turn: reminders that are due become messages, and each message goes out once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from actions.records.database import insert
from actions.records.store import Records
from actions.records.tables import people, reminders, replies
from actions.records.writing import drop_unneeded_addresses

LEASE = timedelta(seconds=60)
"""How long a message belongs to who took it; after that, another worker may try."""
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Letter:
    """One message to one person."""

    id: str
    channel: str
    sender: str
    """The id by which the channel knows the person."""
    reference: str | None
    """Of the hand-off that it answers; None for a reminder."""
    text: str


def write_reminders(records: Records, now: datetime, text: str) -> int:
    """Turn reminders that are due into messages; one that was missed for days comes once.

    Args:
        records: where the reminders are.
        now: in UTC.
        text: what a reminder says.

    Returns:
        How many were written.
    """
    due = sa.select(reminders.c.person, reminders.c.every_days, reminders.c.next_at).where(reminders.c.next_at <= now)
    written = 0
    with records.engine.begin() as connection:
        for person, every_days, next_at in connection.execute(due.limit(MOST_AT_ONCE)).all():
            periods = (now - next_at) // timedelta(days=every_days) + 1
            moved = sa.update(reminders).where(reminders.c.person == person, reminders.c.next_at == next_at)
            if not connection.execute(moved.values(next_at=next_at + periods * timedelta(days=every_days))).rowcount:
                continue
            row = {"id": f"reminder:{person[:32]}:{next_at:%Y%m%d%H%M%S}", "person": person, "at": now, "text": text}
            done = connection.execute(insert(connection, replies).values(**row).on_conflict_do_nothing())
            written += done.rowcount
    return written


def take(records: Records, channels: Collection[str], now: datetime) -> list[Letter]:
    """Take messages that wait for people of some channels; nobody else gets them while the lease lasts.

    Args:
        records: where they are.
        channels: those that can be written to.
        now: in UTC.
    """
    free = sa.or_(replies.c.leased_until.is_(None), replies.c.leased_until < now)
    waiting = (
        sa.select(replies.c.id, replies.c.text, replies.c.reference, people.c.channel, people.c.address)
        .join(people, people.c.person == replies.c.person)
        .where(replies.c.delivered_at.is_(None), free, people.c.address.is_not(None))
        .where(people.c.channel.in_(list(channels)))
        .order_by(replies.c.at)
        .limit(MOST_AT_ONCE)
    )
    taken = []
    with records.engine.begin() as connection:
        for id, text, reference, channel, address in connection.execute(waiting).all():
            mine = sa.update(replies).where(replies.c.id == id, replies.c.delivered_at.is_(None), free)
            if connection.execute(mine.values(leased_until=now + LEASE)).rowcount:
                taken.append(Letter(id, channel, records.unseal(address), reference, text))
    return taken


def delivered(records: Records, letter: Letter) -> None:
    """The person has it; where nothing else waits for them, their address is forgotten."""
    records.mark_delivered([letter.id])
    with records.engine.begin() as connection:
        drop_unneeded_addresses(connection, records.person(letter.sender))
