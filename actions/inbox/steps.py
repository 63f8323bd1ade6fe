"""What a clinician does about a hand-off. Each is one transaction, and is refused when somebody else was first."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Union

import sqlalchemy as sa

from actions.inbox.accounts import Clock
from actions.inbox.cases import OPEN
from actions.records.store import one_at_a_time
from actions.records.tables import handoff_notes, handoffs, replies
from actions.records.writing import drop_unneeded_addresses

LONGEST_TEXT = 4000
"""Characters of a note or a reply."""


@dataclass(frozen=True)
class Move:
    """What a step asks of the status, and makes of it."""

    allowed: tuple[str, ...]
    becomes: Mapping[str, str]
    """Old status to new; one that is missing stays."""


def _all_become(status: str, *allowed: str) -> Move:
    return Move(allowed, dict.fromkeys(allowed, status))


MOVES: Mapping[str, Move] = {
    "acknowledge": _all_become("acknowledged", "waiting"),
    "take_over": _all_become("taken_over", *OPEN),
    "hand_back": _all_become("acknowledged", "taken_over"),
    "close": _all_become("closed", *OPEN),
    "reopen": _all_become("waiting", "closed"),
    "reply": Move(OPEN, {"waiting": "acknowledged"}),
    "note": Move((*OPEN, "closed"), {}),
}
WITH_TEXT = ("note", "reply")


@dataclass(frozen=True)
class Step:
    """One press of a button.

    Args:
        kind: a key of `MOVES`.
        reference: which hand-off.
        by: the clinician.
        seen: when the hand-off had last changed, on the page where the button stood.
        once: made for that page: the same one twice is one press.
        text: of a note or a reply.
    """

    kind: str
    reference: str
    by: str
    seen: datetime
    once: str
    text: str = ""

    @property
    def id(self) -> str:
        """The same for the same press."""
        parts = "\n".join((self.kind, self.reference, self.by, self.once))
        return hashlib.sha256(parts.encode()).hexdigest()


@dataclass(frozen=True)
class Done:
    """The step was taken, now or before."""


@dataclass(frozen=True)
class Gone:
    """There is no such hand-off any more."""


@dataclass(frozen=True)
class TooLate:
    """Somebody else did something since the page was made."""

    by: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class NotFit:
    """The step does not fit the status."""

    status: str
    by: str | None


Outcome = Union[Done, Gone, TooLate, NotFit]


class Steps:
    """Takes steps.

    Args:
        engine: the records' database.
        clock: the time now, UTC.
    """

    def __init__(self, engine: sa.engine.Engine, clock: Clock):
        self._engine = engine
        self._clock = clock

    def take(self, step: Step) -> Outcome:
        """Do it, unless somebody else was first; a note always finds its place."""
        with self._engine.begin() as connection:
            return self._take(connection, step)

    def _take(self, connection: sa.engine.Connection, step: Step) -> Outcome:
        one = handoffs.c.reference == step.reference
        person = connection.execute(sa.select(handoffs.c.person).where(one)).scalar()
        if person is None:
            return Gone()
        # A deletion by the person waits for us, or we find nothing: no word is left behind about somebody who left.
        one_at_a_time(connection, person)
        row = connection.execute(sa.select(handoffs).where(one).with_for_update()).mappings().first()
        if row is None:
            return Gone()
        if connection.execute(sa.select(handoff_notes.c.id).where(handoff_notes.c.id == step.id)).first():
            return Done()
        refused = _refused(connection, step, row)
        if refused is not None:
            return refused
        now = self._clock()
        if step.kind != "note":
            connection.execute(sa.update(handoffs).where(one).values(**_changes(step, row, now)))
        self._write_down(connection, step, person, now)
        if step.kind == "close":
            drop_unneeded_addresses(connection, person)
        return Done()

    @staticmethod
    def _write_down(connection: sa.engine.Connection, step: Step, person: str, now: datetime) -> None:
        note = {"id": step.id, "reference": step.reference, "at": now, "by": step.by}
        connection.execute(sa.insert(handoff_notes), {**note, "kind": step.kind, "text": step.text})
        if step.kind == "reply":
            reply = {"id": step.id, "person": person, "reference": step.reference, "at": now, "text": step.text}
            connection.execute(sa.insert(replies), reply)


def _refused(connection: sa.engine.Connection, step: Step, row: Mapping[str, Any]) -> Outcome | None:
    if step.kind != "note" and row["changed_at"] != step.seen:
        last = connection.execute(
            sa.select(handoff_notes.c.by, handoff_notes.c.kind, handoff_notes.c.at)
            .where((handoff_notes.c.reference == step.reference) & (handoff_notes.c.kind != "note"))
            .order_by(handoff_notes.c.at.desc())
        ).first()
        if last is not None:
            return TooLate(last.by, last.kind, last.at)
    status, by = row["status"], row["by"]
    elsewhere = step.kind == "reply" and status == "taken_over" and by != step.by
    if status not in MOVES[step.kind].allowed or elsewhere:
        return NotFit(status, by)
    return None


def _changes(step: Step, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """New values of the hand-off; `changed_at` grows even where the clock stands still."""
    before = row["status"]
    status = MOVES[step.kind].becomes.get(before, before)
    changes: dict[str, Any] = {"status": status, "changed_at": max(now, row["changed_at"] + timedelta(microseconds=1))}
    if status == "waiting":
        changes["by"] = None
    elif status != before or step.kind == "take_over":
        changes["by"] = step.by
    return changes
