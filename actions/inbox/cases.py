"""What the inbox reads: the list of hand-offs, and one of them with everything that was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from actions.records.database import reading
from actions.records.tables import handoff_notes, handoffs, replies

PAGE = 50
"""Hand-offs on one page of the list."""
OPEN = ("waiting", "acknowledged", "taken_over")
SHOWN = ("open", *OPEN, "mine", "closed")
"""The filters of the list, in the order in which they stand."""
NO_REASON = "No reason was given"


@dataclass(frozen=True)
class Entry:
    """One line of the list."""

    reference: str
    created_at: datetime
    level: str
    status: str
    by: str | None
    reason: str
    """The first, the one that counts most."""


@dataclass(frozen=True)
class Worklist:
    """One page of the list."""

    shown: str
    page: int
    pages: int
    counts: Mapping[str, int]
    """Filter to how many there are."""
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Note:
    """One thing that a clinician did."""

    at: datetime
    by: str
    kind: str
    text: str
    is_reply: bool
    delivered_at: datetime | None


@dataclass(frozen=True)
class Case:
    """One hand-off as it is stored, and what was done about it, oldest first."""

    row: Mapping[str, Any]
    notes: tuple[Note, ...]


class Cases:
    """Reads hand-offs.

    Args:
        engine: the records' database.
    """

    def __init__(self, engine: sa.engine.Engine):
        self._engine = engine

    def worklist(self, shown: str, page: int, clinician: str) -> Worklist:
        """The most urgent first, the oldest first among equals; closed ones by when they were closed.

        Args:
            shown: one of `SHOWN`.
            page: from 1; one beyond the last gives the last.
            clinician: whose are `mine`.
        """
        with reading(self._engine) as connection:
            counts = _counts(connection, clinician)
            pages = max(1, -(-counts[shown] // PAGE))
            page = min(max(1, page), pages)
            rows = connection.execute(_page(shown, page, clinician)).all()
        entries = (
            Entry(row.reference, row.created_at, row.level, row.status, row.by, row.reason or row.headline or NO_REASON)
            for row in rows
        )
        return Worklist(shown, page, pages, counts, tuple(entries))

    def case(self, reference: str) -> Case | None:
        """One hand-off; None when there is none of that reference, or its person has deleted everything."""
        done = (
            sa.select(handoff_notes, replies.c.id.label("reply"), replies.c.delivered_at)
            .outerjoin(replies, replies.c.id == handoff_notes.c.id)
            .where(handoff_notes.c.reference == reference)
            .order_by(handoff_notes.c.at, handoff_notes.c.id)
        )
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(handoffs).where(handoffs.c.reference == reference)).mappings().first()
            if row is None:
                return None
            notes = tuple(
                Note(note.at, note.by, note.kind, note.text, note.reply is not None, note.delivered_at)
                for note in connection.execute(done)
            )
        return Case(dict(row), notes)


def _shown(shown: str, clinician: str) -> Any:
    if shown == "open":
        return handoffs.c.status.in_(OPEN)
    if shown == "mine":
        return handoffs.c.status.in_(OPEN) & (handoffs.c.by == clinician)
    return handoffs.c.status == shown


def _counts(connection: sa.engine.Connection, clinician: str) -> dict[str, int]:
    theirs = sa.func.sum(sa.case((handoffs.c.by == clinician, 1), else_=0))
    query = sa.select(handoffs.c.status, sa.func.count(), theirs).group_by(handoffs.c.status)
    found = {status: (int(all_), int(mine)) for status, all_, mine in connection.execute(query)}
    of_open = [found.get(status, (0, 0)) for status in OPEN]
    counts = {"open": sum(all_ for all_, _ in of_open), "mine": sum(mine for _, mine in of_open)}
    return {shown: counts.get(shown, found.get(shown, (0, 0))[0]) for shown in SHOWN}


def _page(shown: str, page: int, clinician: str) -> Any:
    """References first, by the index alone, then the rows of one page; of their contents only what is shown."""
    order = [handoffs.c.urgency, handoffs.c.created_at, handoffs.c.reference]
    if shown == "closed":
        order = [handoffs.c.changed_at.desc(), handoffs.c.reference]
    chosen = sa.select(handoffs.c.reference).where(_shown(shown, clinician)).order_by(*order)
    references = chosen.limit(PAGE).offset((page - 1) * PAGE).subquery()
    columns = (
        handoffs.c.reference,
        handoffs.c.created_at,
        handoffs.c.level,
        handoffs.c.status,
        handoffs.c.by,
        handoffs.c.content[("reasons", 0, "text")].as_string().label("reason"),
        handoffs.c.content["headline"].as_string().label("headline"),
    )
    return sa.select(*columns).join(references, references.c.reference == handoffs.c.reference).order_by(*order)
