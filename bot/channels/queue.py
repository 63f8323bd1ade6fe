"""What a chat service delivered and waits for its answer: written down before it is acknowledged, worked once, in order for each person."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from actions.records.channel_tables import channel_taken, channel_waiting
from actions.records.store import Records

MOST_OF_ONE = 20
"""Deliveries of one person that wait."""
MOST_OF_ALL = 1000
HELD_SECONDS = 15
"""A worker that has not said for so long that it is alive is gone, and another one takes over."""
GIVE_UP_AFTER = timedelta(hours=24)
LONGEST_PAUSE = timedelta(minutes=10)
KNOWN_FOR = timedelta(days=14)
"""Telegram delivers again for a day, Slack for an hour; a choice on a message that stays in sight is known for longer."""

taken, waiting = channel_taken.c, channel_waiting.c
Taken = Literal["new", "known", "full"]


class Interrupted(Exception):
    """The service cannot be reached in the middle of an answer.

    Args:
        sent: messages of the answer that were sent, with those of before.
        seconds: when to go on.
    """

    def __init__(self, sent: int, seconds: float):
        super().__init__()
        self.sent = sent
        self.seconds = seconds


@dataclass(frozen=True)
class Delivery:
    """Something that a service brought.

    Args:
        names: what it is known by; it is taken only when none of them was taken before.
        sender: whose it is, by the sender id.
        number: its place among those of the same sender.
        body: what happened, as text; sealed while it waits.
    """

    names: tuple[str, ...]
    sender: str
    number: int
    body: str


@dataclass(frozen=True)
class Work:
    """One delivery to be answered."""

    id: str
    person: str
    number: int
    body: str
    sent: int
    since: datetime


class Queue:
    """The deliveries of one channel, in the database. Its methods block: call them in a thread.

    Args:
        records: database, keyed hash and seal.
        channel: the channel's name.
        worker: a name that no other process has.
        clock: the time in UTC; that of the records when None.
    """

    def __init__(self, records: Records, channel: str, worker: str, clock: Callable[[], datetime] | None = None):
        self._records = records
        self._channel = channel
        self._worker = worker
        self._clock = clock or records.now

    def person(self, sender: str) -> str:
        """The keyed hash of a sender."""
        return self._records.person(sender)

    def take(self, deliveries: Sequence[Delivery]) -> list[Taken]:
        """Write deliveries down, all in one transaction.

        Returns:
            For each `new`; `known` when it was taken before; `full` when too much waits: it shall be brought again.
        """
        try:
            return self._take(deliveries)
        except IntegrityError:  # another worker was brought one of them at the same moment
            return ["known"] if len(deliveries) == 1 else [self.take([one])[0] for one in deliveries]

    def _take(self, deliveries: Sequence[Delivery]) -> list[Taken]:
        now, keys = self._clock(), [[self._key(name) for name in one.names] for one in deliveries]
        outcome: list[Taken] = []
        marks, rows = [], []
        with self._records.engine.begin() as connection:
            known, amounts = self._known({key for some in keys for key in some}, connection), self._amounts(connection)
            for delivery, some in zip(deliveries, keys):
                person = self.person(delivery.sender)
                if not known.isdisjoint(some):
                    outcome.append("known")
                    continue
                if amounts.get(person, 0) >= MOST_OF_ONE or sum(amounts.values()) >= MOST_OF_ALL:
                    outcome.append("full")
                    continue
                outcome.append("new")
                known.update(some)
                amounts[person] = amounts.get(person, 0) + 1
                marks += [{"key": key, "at": now} for key in some]
                rows.append(self._row(delivery, some[0], person, now))
            if rows:
                # In order, or two workers with the same deliveries could wait for each other.
                connection.execute(sa.insert(channel_taken), sorted(marks, key=lambda mark: str(mark["key"])))
                connection.execute(sa.insert(channel_waiting), rows)
        return outcome

    def _row(self, delivery: Delivery, id: str, person: str, now: datetime) -> dict[str, object]:
        return {"id": id, "channel": self._channel, "number": delivery.number, "person": person,
                "body": self._records.seal(delivery.body), "at": now, "sent": 0}  # fmt: skip

    def _key(self, name: str) -> str:
        return hashlib.sha256(f"{self._channel}:{name}".encode("utf-8", "replace")).hexdigest()

    @staticmethod
    def _known(keys: Collection[str], connection: Connection) -> set[str]:
        return set(connection.execute(sa.select(taken.key).where(taken.key.in_(list(keys)))).scalars())

    def _amounts(self, connection: Connection) -> dict[str, int]:
        """How much waits, by person."""
        mine = sa.select(waiting.person, sa.func.count()).where(waiting.channel == self._channel)
        return {row[0]: row[1] for row in connection.execute(mine.group_by(waiting.person))}

    def claim(self, name: str, work: str) -> bool:
        """Let something happen once, while a delivery is worked.

        Args:
            name: what must happen once.
            work: id of the delivery; when it is worked again, it may claim the same again.

        Returns:
            False when it was claimed before.
        """
        key, now = self._key(name), self._clock()
        try:
            with self._records.engine.begin() as connection:
                connection.execute(sa.insert(channel_taken), {"key": key, "at": now, "work": work})
        except IntegrityError:
            with self._records.reading() as connection:
                by = connection.execute(sa.select(taken.work).where(taken.key == key)).scalar()
            return bool(by == work)
        return True

    def next(self, person: str) -> Work | None:
        """The first delivery of a person, now held by this worker; None when there is none, or another one works."""
        now = self._clock()
        mine = sa.and_(waiting.channel == self._channel, waiting.person == person)
        first = sa.select(channel_waiting).where(mine).order_by(waiting.number, waiting.id).limit(1)
        held = sa.select(waiting.id).where(mine, waiting.held_until > now)
        free = sa.or_(waiting.held_until.is_(None), waiting.held_until <= now)
        with self._records.engine.begin() as connection:
            row = connection.execute(first).mappings().first()
            if row is None or connection.execute(held).first() is not None:
                return None
            values = {"worker": self._worker, "held_until": now + timedelta(seconds=HELD_SECONDS)}
            got = connection.execute(
                sa.update(channel_waiting).where(waiting.id == row["id"], free).values(**values)
            ).rowcount
        if got != 1:
            return None
        return Work(row["id"], person, row["number"], self._records.unseal(row["body"]), row["sent"], row["at"])

    def done(self, work: Work) -> None:
        """It is answered; what was said is gone from here."""
        with self._records.engine.begin() as connection:
            connection.execute(sa.delete(channel_waiting).where(waiting.id == work.id))

    def later(self, work: Work, sent: int, seconds: float) -> bool:
        """Try the rest of an answer again.

        Args:
            work: what could not be answered in full.
            sent: messages of the answer that were.
            seconds: from now at least; the longer it has been tried, the longer the pause.

        Returns:
            False when it has been tried for long enough; it is dropped then.
        """
        now = self._clock()
        age = now - work.since
        if age > GIVE_UP_AFTER:
            self.done(work)
            return False
        pause = max(timedelta(seconds=seconds), min(age / 2, LONGEST_PAUSE))
        values = {"worker": None, "held_until": now + pause, "sent": sent}
        with self._records.engine.begin() as connection:
            connection.execute(sa.update(channel_waiting).where(waiting.id == work.id).values(**values))
        return True

    def alive(self, people: Collection[str]) -> None:
        """Hold on to what this worker works on, for these people."""
        until = self._clock() + timedelta(seconds=HELD_SECONDS)
        mine = sa.and_(waiting.worker == self._worker, waiting.person.in_(list(people)))
        with self._records.engine.begin() as connection:
            connection.execute(sa.update(channel_waiting).where(mine).values(held_until=until))

    def left(self) -> list[str]:
        """People with something to work on that nobody holds: of a worker that is gone, or due again."""
        mine = waiting.channel == self._channel
        held = sa.select(waiting.person).where(mine, waiting.held_until > self._clock())
        free = sa.select(waiting.person).distinct().where(mine, waiting.person.not_in(held))
        with self._records.reading() as connection:
            return list(connection.execute(free).scalars())

    def forget(self) -> None:
        """Drop the names of what was taken long ago."""
        before = self._clock() - KNOWN_FOR
        with self._records.engine.begin() as connection:
            connection.execute(sa.delete(channel_taken).where(taken.at < before))
