"""The records of one installation: what is known of a person, written and forgotten. Blocking; called in threads."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa

from actions.records import forget
from actions.records.database import IN_MEMORY, ServerClock, database_url, make_engine, reading
from actions.records.effects import Effect, Erased, Memory
from actions.records.identity import Identity, server_secret
from actions.records.migrate import migrate
from actions.records.reading import memory_of
from actions.records.tables import clinicians, deletions, replies
from actions.records.writing import BodyOf, Writer, drop_unneeded_addresses, plain_body

TARGETS = {"webhook": "KNEEWISE_WEBHOOK_URL", "slack": "KNEEWISE_CLINICIANS_SLACK"}
"""Where a hand-off is sent, by the setting that turns it on."""


def utc_now() -> datetime:
    """The time as the tables hold it: UTC, without zone."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


def targets() -> list[str]:
    """Where hand-offs are sent, as set up."""
    return [target for target, setting in TARGETS.items() if os.environ.get(setting)]


class Records:
    """Everything remembered beyond the talk.

    Attributes:
        engine: for parts with queries of their own; a transaction of `engine.begin()` may write, `reading()` may not.
        identity: person keys and sealing.
        clock: the time, in UTC without zone.
    """

    def __init__(
        self,
        url: str | None = None,
        secret: bytes | None = None,
        targets: Callable[[], Sequence[str]] = targets,
        body_of: BodyOf = plain_body,
        clock: Callable[[], datetime] | None = None,
    ):
        """Open the database and bring its tables to the newest revision.

        Args:
            url: the database; `DATABASE_URL` or a SQLite file in the working folder when None.
            secret: that of the installation when None.
            targets: where hand-offs are sent.
            body_of: makes what is sent to a target.
            clock: the time, in UTC without zone; that of the PostgreSQL server, or of this machine, when None.

        Raises:
            BadSecret: the secret cannot be used, or is not the one that the database was written with.
        """
        self.url = url or database_url()
        self.identity = Identity(server_secret() if secret is None else secret)
        self.engine = make_engine(self.url)
        self._targets, self._body_of = targets, body_of
        self.clock = clock or (utc_now if self.url.startswith("sqlite") else ServerClock(self.engine))
        migrate(self.engine, self.identity)

    def now(self) -> datetime:
        """The time, in UTC without zone."""
        return self.clock()

    def reading(self) -> Any:
        """A connection that only reads, as a context."""
        return reading(self.engine)

    def person(self, sender: str) -> str:
        """The key of a person, from the id by which the channel knows them."""
        return self.identity.person(sender)

    def seal(self, text: str) -> str:
        """The text so that only this installation can read it."""
        return self.identity.seal(text)

    def unseal(self, sealed: str) -> str:
        """The text that was sealed."""
        return self.identity.unseal(sealed)

    def open_link(self, link: str, seconds: int | None = None) -> str | None:
        """What was sealed into a link; None when it is not ours, or older than `seconds`."""
        return self.identity.open_link(link, seconds)

    def has_clinicians(self) -> bool:
        """Whether anybody can sign in to the inbox."""
        with self.reading() as connection:
            return connection.execute(sa.select(clinicians.c.name).limit(1)).first() is not None

    def memory(self, sender: str, diary: bool = True) -> Memory:
        """What is known of a person before the turn; empty for somebody new.

        Args:
            sender: the id by which the channel knows the person.
            diary: with the check-ins, of which there may be hundreds.
        """
        with self.reading() as connection:
            return memory_of(connection, self.person(sender), self.now(), diary)

    def apply(self, channel: str, sender: str, effects: Iterable[Effect]) -> None:
        """Write what a turn brought about: all of it or nothing. A second time changes nothing.

        Args:
            channel: the name of the channel.
            sender: the id by which the channel knows the person.
            effects: after `Erased`, nothing else of them is kept.
        """
        effects = list(effects)
        if not effects:
            return
        with self.engine.begin() as connection:
            self.apply_in(connection, channel, sender, effects)
        if any(isinstance(effect, Erased) for effect in effects):
            self.empty_log()

    def apply_in(self, connection: sa.engine.Connection, channel: str, sender: str, effects: Sequence[Effect]) -> None:
        """The same as `apply`, in a transaction that the caller has begun and commits.

        Args:
            connection: of `engine.begin()`.
            channel: the name of the channel.
            sender: the id by which the channel knows the person.
            effects: after `Erased`, nothing else of them is kept; the caller calls `empty_log` after the commit.
        """
        person, now = self.person(sender), self.now()
        one_at_a_time(connection, person)
        erased = next((effect for effect in effects if isinstance(effect, Erased)), None)
        if erased is not None:
            forget.write_receipt(connection, erased.receipt, now, forget.erase(connection, person))
            return
        writer = Writer(connection, self.identity, person, sender, now, tuple(self._targets()), self._body_of)
        writer.seen(channel)
        for effect in effects:
            writer.write(effect)

    def mark_delivered(self, ids: Iterable[str]) -> None:
        """Replies that the person has been shown."""
        shown = sa.update(replies).where(replies.c.id.in_(list(ids)), replies.c.delivered_at.is_(None))
        with self.engine.begin() as connection:
            connection.execute(shown.values(delivered_at=self.now()))

    def export(self, sender: str) -> dict[str, Any]:
        """Everything stored of a person, unsealed, as JSON can hold it."""
        with self.reading() as connection:
            return forget.export(connection, self.identity, sender)

    def receipt(self, id: str) -> dict[str, int] | None:
        """Rows deleted, by table, under a receipt; None when there is no such receipt."""
        with self.reading() as connection:
            return connection.execute(sa.select(deletions.c.counts).where(deletions.c.id == id)).scalar()

    def purge(self, before: datetime) -> dict[str, int]:
        """Delete everything of the people who were last here before a time, and what has served its time.

        Args:
            before: in UTC; the longest ago there is deletes nobody.

        Returns:
            Rows deleted, by table.
        """
        with self.reading() as connection:
            unseen = forget.not_seen_since(connection, before)
        total: Counter[str] = Counter()
        for person in unseen:
            with self.engine.begin() as connection:
                one_at_a_time(connection, person)
                if forget.not_seen_since(connection, before, person):
                    total.update(forget.erase(connection, person))
        with self.engine.begin() as connection:
            if total:
                forget.write_receipt(connection, f"purge-{secrets.token_hex(8)}", self.now(), total)
            total.update(forget.end_of_use(connection, self.now()))
            drop_unneeded_addresses(connection)
        self.empty_log()
        return dict(total)

    def empty_log(self) -> None:
        """What SQLite wrote ahead would still hold what was deleted; it is emptied as soon as nobody reads it."""
        if self.engine.dialect.name == "sqlite" and self.url not in IN_MEMORY:
            with self.engine.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def one_at_a_time(connection: sa.engine.Connection, person: str) -> None:
    """Wait for another transaction of this person; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        number = int(person[:15], 16)
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
