"""Writes what a turn brought about: each kind of effect so that a second time changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from actions.records import tables
from actions.records.database import insert
from actions.records.effects import Assessed, CheckedIn, Effect, HandedOff, Planned, Reminded
from actions.records.identity import Identity
from actions.triage.model import Level

CLOSED = "closed"
WAITING = "waiting"

BodyOf = Callable[[str, Mapping[str, Any]], str]
"""What is sent to a target, from {reference, level, urgency, created_at, contact, content} of a hand-off."""


@dataclass(frozen=True)
class Writer:
    """One transaction for one person.

    Attributes:
        connection: in a transaction, which the caller commits.
        identity: seals.
        person: the key.
        sender: the id by which the channel knows the person.
        now: in UTC.
        targets: where hand-offs are sent.
        body_of: makes what is sent.
    """

    connection: sa.engine.Connection
    identity: Identity
    person: str
    sender: str
    now: datetime
    targets: tuple[str, ...]
    body_of: BodyOf

    def seen(self, channel: str) -> None:
        """The person was here."""
        table = tables.people
        row = {"person": self.person, "channel": channel, "first_seen": self.now, "last_seen": self.now}
        change = {"last_seen": self.now, "channel": channel}
        made = insert(self.connection, table).values(row)
        self.connection.execute(made.on_conflict_do_update(index_elements=["person"], set_=change))

    def write(self, effect: Effect) -> None:
        """Write one effect.

        Raises:
            TypeError: there is no such effect.
        """
        if isinstance(effect, Assessed):
            self._assessed(effect)
        elif isinstance(effect, Planned):
            self._planned(effect)
        elif isinstance(effect, CheckedIn):
            self._checked_in(effect)
        elif isinstance(effect, HandedOff):
            self._handed_off(effect)
        elif isinstance(effect, Reminded):
            self._reminded(effect)
        else:
            raise TypeError(f"no such effect: {type(effect).__name__}")

    def _assessed(self, effect: Assessed) -> None:
        findings = dict(effect.findings)
        id = digest(self.person, findings, effect.level, self.now.date().isoformat())
        row = {"id": id, "person": self.person, "at": self.now, "level": effect.level, "findings": findings,
               "protocol_version": effect.protocol_version, "rules": list(effect.rules)}  # fmt: skip
        self._once(tables.assessments, row)

    def _planned(self, effect: Planned) -> None:
        """A plan that this person has already is brought up to date."""
        table = tables.plans
        change = {"at": self.now, "version": effect.version, "content": dict(effect.content)}
        made = insert(self.connection, table).values(id=digest(self.person, effect.id), person=self.person, **change)
        self.connection.execute(made.on_conflict_do_update(index_elements=["id"], set_=change))

    def _checked_in(self, effect: CheckedIn) -> None:
        change = {"at": self.now, "answers": dict(effect.answers), "step": effect.step}
        made = insert(self.connection, tables.check_ins).values(person=self.person, day=effect.day, **change)
        self.connection.execute(made.on_conflict_do_update(index_elements=["person", "day"], set_=change))

    def _handed_off(self, effect: HandedOff) -> None:
        urgency = Level.AMBULANCE - Level.of(effect.level)
        row = {"reference": effect.reference, "person": self.person, "assessment": self._last_assessment(),
               "created_at": self.now, "level": effect.level, "urgency": int(urgency), "status": WAITING,
               "contact": self.identity.seal(effect.contact), "content": dict(effect.content),
               "changed_at": self.now}  # fmt: skip
        if not self._once(tables.handoffs, row):
            return
        sent = {**row, "contact": effect.contact, "created_at": self.now.isoformat() + "Z"}
        shown = {key: sent[key] for key in ("reference", "level", "urgency", "created_at", "contact", "content")}
        for target in self.targets:
            post = {"key": f"{effect.reference}.{target}", "person": self.person, "reference": effect.reference,
                    "target": target, "body": self.body_of(target, shown), "state": WAITING, "attempts": 0,
                    "next_at": self.now}  # fmt: skip
            self._once(tables.outbox, post)
        self._consent("handoff", effect.reference)
        self._keep_address()

    def _last_assessment(self) -> str | None:
        table = tables.assessments
        query = sa.select(table.c.id).where(table.c.person == self.person).order_by(table.c.at.desc()).limit(1)
        return self.connection.execute(query).scalar()

    def _reminded(self, effect: Reminded) -> None:
        table = tables.reminders
        if effect.every_days <= 0:
            self.connection.execute(sa.delete(table).where(table.c.person == self.person))
            self._withdraw("reminder")
            drop_unneeded_addresses(self.connection, self.person)
            return
        change = {"every_days": effect.every_days, "next_at": self.now + timedelta(days=effect.every_days)}
        made = insert(self.connection, table).values(person=self.person, **change)
        same = table.c.every_days != effect.every_days
        self.connection.execute(made.on_conflict_do_update(index_elements=["person"], set_=change, where=same))
        self._consent_again("reminder")
        self._keep_address()

    def _consent(self, kind: str, about: str) -> None:
        id = digest(self.person, kind, about)
        self._once(tables.consents, {"id": id, "person": self.person, "kind": kind, "given_at": self.now})

    def _consent_again(self, kind: str) -> None:
        """A consent that can be withdrawn and given anew: one row for each time, one at most in force."""
        table = tables.consents
        query = sa.select(table.c.withdrawn_at).where(table.c.person == self.person, table.c.kind == kind)
        before = self.connection.execute(query).scalars().all()
        if all(withdrawn is not None for withdrawn in before):
            self._consent(kind, str(len(before)))

    def _withdraw(self, kind: str) -> None:
        table = tables.consents
        open = (table.c.person == self.person) & (table.c.kind == kind) & table.c.withdrawn_at.is_(None)
        self.connection.execute(sa.update(table).where(open).values(withdrawn_at=self.now))

    def _keep_address(self) -> None:
        table = tables.people
        unknown = (table.c.person == self.person) & table.c.address.is_(None)
        self.connection.execute(sa.update(table).where(unknown).values(address=self.identity.seal(self.sender)))

    def _once(self, table: sa.Table, row: dict[str, Any]) -> bool:
        """Insert a row unless it is there; whether it was not."""
        made = insert(self.connection, table).values(row).on_conflict_do_nothing()
        return bool(self.connection.execute(made).rowcount == 1)


def drop_unneeded_addresses(connection: sa.engine.Connection, person: str | None = None) -> int:
    """Forget where to write to people who wait for nothing: no reminder, no open hand-off, no reply under way.

    Args:
        connection: in a transaction.
        person: only this one; everybody when None.

    Returns:
        How many were forgotten.
    """
    people, reminders, handoffs, replies = tables.people, tables.reminders, tables.handoffs, tables.replies
    waits = [
        sa.exists().where(reminders.c.person == people.c.person),
        sa.exists().where(handoffs.c.person == people.c.person, handoffs.c.status != CLOSED),
        sa.exists().where(replies.c.person == people.c.person, replies.c.delivered_at.is_(None)),
    ]
    change = sa.update(people).where(people.c.address.is_not(None), ~sa.or_(*waits)).values(address=None)
    if person is not None:
        change = change.where(people.c.person == person)
    return int(connection.execute(change).rowcount)


def digest(*parts: Any) -> str:
    """The same 64 characters for the same parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def plain_body(_: str, handoff: Mapping[str, Any]) -> str:
    """What is sent when nothing else is said: the content that the person agreed to send."""
    return json.dumps(handoff["content"])
