"""Updates that wait for their answer: written down before Telegram is told so, worked once, in order for each chat."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from actions.records.store import Records
from actions.records.telegram_tables import telegram_keyboards, telegram_updates, telegram_waiting
from bot.channels.telegram.updates import Event, Refused, Said, Tapped

MOST_OF_A_CHAT = 20
MOST_OF_ALL = 1000
HELD_SECONDS = 15
"""A worker that has not said for so long that it is alive is gone, and another one takes over."""
GIVE_UP_AFTER = timedelta(hours=24)
LONGEST_PAUSE = timedelta(minutes=10)
SEEN_FOR = timedelta(days=3)
"""Telegram delivers again for a day at most."""
KEYBOARDS_FOR = timedelta(days=90)
KINDS: dict[str, type[Said] | type[Tapped] | type[Refused]] = {"said": Said, "tapped": Tapped, "refused": Refused}

waiting = telegram_waiting.c
Taken = Literal["new", "known", "full"]


def utc() -> datetime:
    """Now, as the database keeps it."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


@dataclass(frozen=True)
class Work:
    """One update to be answered."""

    id: str
    number: int
    event: Event
    sent: int
    since: datetime


class Waiting:
    """The updates of one bot, in the database. Its methods block: call them in a thread.

    Args:
        records: database, keyed hash and seal.
        bot: the bot's number.
        worker: a name that no other process has.
        clock: the time in UTC.
    """

    def __init__(self, records: Records, bot: str, worker: str, clock: Callable[[], datetime] = utc):
        self._records = records
        self._bot = bot
        self._worker = worker
        self._clock = clock

    def chat_of(self, event: Event) -> str:
        """The keyed hash of the chat."""
        return self._records.person(f"tg:{event.chat}")

    def take(self, number: int, event: Event) -> Taken:
        """Write an update down.

        Returns:
            `new`; `known` when it was taken before; `full` when too much waits: Telegram shall bring it again.
        """
        id, now, chat = f"{self._bot}:{number}", self._clock(), self.chat_of(event)
        row = {"id": id, "number": number, "chat": chat, "body": self._records.seal(_body(event)), "at": now, "sent": 0}
        with self._records.engine.connect() as connection:
            try:
                connection.execute(sa.insert(telegram_updates), {"id": id, "at": now})
            except IntegrityError:
                return "known"
            if self._is_full(connection, chat):
                connection.rollback()
                return "full"
            connection.execute(sa.insert(telegram_waiting), row)
            connection.commit()
        return "new"

    @staticmethod
    def _is_full(connection: Connection, chat: str) -> bool:
        mine = sa.func.coalesce(sa.func.sum(sa.case((waiting.chat == chat, 1), else_=0)), 0)
        of_chat, of_all = connection.execute(sa.select(mine, sa.func.count()).select_from(telegram_waiting)).one()
        return of_chat >= MOST_OF_A_CHAT or of_all >= MOST_OF_ALL

    def next(self, chat: str) -> Work | None:
        """The oldest update of a chat, now held by this worker; None when there is none, or another one works."""
        now = self._clock()
        first = sa.select(telegram_waiting).where(waiting.chat == chat).order_by(waiting.number).limit(1)
        held = sa.select(waiting.id).where(waiting.chat == chat, waiting.held_until > now)
        free = sa.or_(waiting.held_until.is_(None), waiting.held_until <= now)
        with self._records.engine.begin() as connection:
            row = connection.execute(first).mappings().first()
            if row is None or connection.execute(held).first() is not None:
                return None
            mine = {"worker": self._worker, "held_until": now + timedelta(seconds=HELD_SECONDS)}
            taken = connection.execute(
                sa.update(telegram_waiting).where(waiting.id == row["id"], free).values(**mine)
            ).rowcount
        if taken != 1:
            return None
        return Work(row["id"], row["number"], _event(self._records.unseal(row["body"])), row["sent"], row["at"])

    def done(self, work: Work) -> None:
        """It is answered; what was said is gone from here."""
        with self._records.engine.begin() as connection:
            connection.execute(sa.delete(telegram_waiting).where(waiting.id == work.id))

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
            connection.execute(sa.update(telegram_waiting).where(waiting.id == work.id).values(**values))
        return True

    def alive(self, chats: Collection[str]) -> None:
        """Hold on to what this worker works on, for these chats."""
        until = self._clock() + timedelta(seconds=HELD_SECONDS)
        mine = sa.and_(waiting.worker == self._worker, waiting.chat.in_(list(chats)))
        with self._records.engine.begin() as connection:
            connection.execute(sa.update(telegram_waiting).where(mine).values(held_until=until))

    def left(self) -> list[str]:
        """Chats with something to work on that nobody holds: of a worker that is gone, or due again."""
        held = sa.select(waiting.chat).where(waiting.held_until > self._clock())
        free = sa.select(waiting.chat).distinct().where(waiting.chat.not_in(held))
        with self._records.reading() as connection:
            return [row[0] for row in connection.execute(free)]

    def forget(self) -> None:
        """Drop what has grown old."""
        now = self._clock()
        with self._records.engine.begin() as connection:
            connection.execute(sa.delete(telegram_updates).where(telegram_updates.c.at < now - SEEN_FOR))
            old = telegram_keyboards.c.at < now - KEYBOARDS_FOR
            connection.execute(sa.delete(telegram_keyboards).where(old))


def _body(event: Event) -> str:
    kind = next(name for name, kind in KINDS.items() if isinstance(event, kind))
    return json.dumps({"kind": kind, **asdict(event)})


def _event(body: str) -> Event:
    data = json.loads(body)
    return KINDS[data.pop("kind")](**data)
