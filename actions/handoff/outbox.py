"""The outbox: posts that wait, taken by one worker at a time, sent or dead. Blocking; called in threads.

A worker takes a post by one conditional UPDATE, so that on SQLite and on PostgreSQL only one of many gets it. The
time until which it is leased is also the worker's token: who comes back too late changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from actions.records.store import Records
from actions.records.tables import handoffs, outbox

WAITING, SENT, DEAD = "waiting", "sent", "dead"


@dataclass(frozen=True)
class Post:
    """One post that this worker has to itself until the lease ends."""

    key: str
    target: str
    attempts: int
    """This one counted."""
    leased_until: datetime
    handoff: Mapping[str, Any]
    """Reference, level, created_at, content, and the contact as it is stored: sealed."""


def take(records: Records, now: datetime, lease: timedelta, most: int) -> list[Post]:
    """Take posts that are due, the most urgent first; nobody else gets them while the lease lasts.

    Args:
        records: holds the outbox.
        now: in UTC, without zone.
        lease: for how long.
        most: how many at once.
    """
    due = sa.and_(
        outbox.c.state == WAITING,
        outbox.c.next_at <= now,
        sa.or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now),
    )
    ordered = (
        sa.select(outbox.c.key)
        .join(handoffs, handoffs.c.reference == outbox.c.reference)
        .where(due)
        .order_by(handoffs.c.urgency, outbox.c.next_at)
        .limit(most)
    )
    with records.reading() as connection:
        keys = connection.execute(ordered).scalars().all()
    taken = []
    for key in keys:
        mine = {"leased_until": now + lease, "attempts": outbox.c.attempts + 1}
        with records.engine.begin() as connection:
            claim = sa.update(outbox).where(outbox.c.key == key, due).values(mine)
            if connection.execute(claim).rowcount == 1:
                taken += _read(connection, key)
    return taken


def _read(connection: sa.engine.Connection, key: str) -> list[Post]:
    """The post of a key; none when its hand-off is gone."""
    sent = [handoffs.c[name] for name in ("reference", "level", "created_at", "contact", "content")]
    rows = connection.execute(
        sa.select(outbox.c.target, outbox.c.attempts, outbox.c.leased_until, *sent)
        .join(handoffs, handoffs.c.reference == outbox.c.reference)
        .where(outbox.c.key == key)
    ).mappings()
    return [
        Post(
            key, row["target"], row["attempts"], row["leased_until"], {column.name: row[column.name] for column in sent}
        )
        for row in rows
    ]


def settle(records: Records, post: Post, state: str, next_at: datetime, error: str = "") -> bool:
    """Write how it went, and give the post back.

    Args:
        records: holds the outbox.
        post: from `take`.
        state: waiting, sent or dead.
        next_at: when it is due again, where it waits.
        error: what went wrong.

    Returns:
        False when the lease was over and another worker has it, or it was deleted meanwhile.
    """
    mine = sa.and_(outbox.c.key == post.key, outbox.c.leased_until == post.leased_until, outbox.c.state == WAITING)
    change = {"state": state, "next_at": next_at, "leased_until": None, "last_error": error[:200] or None}
    with records.engine.begin() as connection:
        return bool(connection.execute(sa.update(outbox).where(mine).values(change)).rowcount == 1)


def next_due(records: Records) -> datetime | None:
    """When the next post is due or the lease of one ends; None when none waits."""
    leased = outbox.c.leased_until > outbox.c.next_at
    at = sa.case((leased, outbox.c.leased_until), else_=outbox.c.next_at)
    with records.reading() as connection:
        return connection.execute(
            sa.select(sa.func.min(at, type_=sa.DateTime)).where(outbox.c.state == WAITING)
        ).scalar()


def counts(records: Records) -> dict[str, int]:
    """How many posts are waiting, sent and dead."""
    query = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
    with records.reading() as connection:
        found = dict(connection.execute(query).all())
    return {state: found.get(state, 0) for state in (WAITING, SENT, DEAD)}


def unsent(records: Records) -> list[dict[str, Any]]:
    """The posts that are dead or wait, dead ones first: key, state, attempts, next_at, last_error."""
    shown = [outbox.c[name] for name in ("key", "state", "attempts", "next_at", "last_error")]
    query = sa.select(*shown).where(outbox.c.state != SENT).order_by(outbox.c.state, outbox.c.next_at)
    with records.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def retry(records: Records, key: str, now: datetime) -> bool:
    """Make a dead or waiting post due now, with all its attempts before it again.

    Returns:
        False when there is no such post, or it was sent, or is under way.
    """
    free = sa.or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)
    unsent = sa.and_(outbox.c.key == key, outbox.c.state != SENT, free)
    change = {"state": WAITING, "attempts": 0, "next_at": now, "leased_until": None}
    with records.engine.begin() as connection:
        return bool(connection.execute(sa.update(outbox).where(unsent).values(change)).rowcount == 1)
