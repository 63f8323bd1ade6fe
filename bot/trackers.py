"""The conversation store: every event of a talk in a database, the live trackers at hand.

Rasa's own SQL store blocks the event loop and replays the whole talk from the database each turn. This one
writes in a thread, keeps the tracker of a talk in memory, and trusts it only while the database holds exactly
the events that it was saved with, so a second worker stays right. A failed write raises: the channel then shows
the safety card, instead of going on with a talk that would be lost.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

DEFAULT_URL = "sqlite:///kneewise.db"
MOST_LIVE = 2000
"""Talks kept in memory; the least recently used one leaves first."""

metadata = sa.MetaData()
talk_events = sa.Table(
    "talk_events",
    metadata,
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("amount", sa.Integer, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)
"""A row holds the events of one turn as JSON: `amount` of them, the first of which is the talk's event `number`."""

plan_links = sa.Table(
    "plan_links",
    metadata,
    sa.Column("secret", sa.String(64), primary_key=True),
    sa.Column("sender_id", sa.String(255), nullable=False, index=True),
)
"""Whose plan an address of a printable plan belongs to; the plan itself is made anew from the talk."""

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("message_id", sa.String(160), primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
)
"""What a message that may be delivered twice was answered, written together with the events of its turn. `at`: Unix
time in seconds."""

ONCE = "once:"
"""Begins the id of a message that is worked once, however often it is delivered."""

COUNT = sa.select(sa.func.sum(talk_events.c.amount)).where(talk_events.c.sender_id == sa.bindparam("sender"))
INSERT = sa.insert(talk_events)

Result = TypeVar("Result")


def make_engine(url: str) -> sa.engine.Engine:
    """An engine for the store; SQLite writes ahead, so that readers never wait for a writer."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, future=True, pool_pre_ping=True)
    # SQLAlchemy opens a SQLite file anew for each statement, unless told to keep connections.
    pool = sa.pool.StaticPool if url in ("sqlite://", "sqlite:///:memory:") else sa.pool.QueuePool
    connect = {"check_same_thread": False, "timeout": 10}
    engine = sa.create_engine(url, future=True, connect_args=connect, poolclass=pool)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


class TalkStore(TrackerStore):  # type: ignore[misc]
    """Stores talks by `DATABASE_URL`; SQLite in the working folder when it is not set."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        url: str | None = None,
        **_: Any,
    ):
        """Open the database and make its table.

        Args:
            domain: Rasa's domain; set later when None.
            host: ignored, given by Rasa for stores behind a host.
            event_broker: receives new events, when there is one.
            url: the database; `DATABASE_URL` or a SQLite file when None.
        """
        super().__init__(domain, event_broker)
        self._engine = make_engine(url or os.environ.get("DATABASE_URL", DEFAULT_URL))
        self._live: OrderedDict[str, tuple[DialogueStateTracker, int]] = OrderedDict()
        metadata.create_all(self._engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The talk of one person, or None. The caller owns it until `save`."""
        live = self._live.pop(sender_id, None)
        if live is not None:
            tracker, saved = live
            if saved == await _in_thread(lambda: self._count(sender_id)):
                return tracker
        rows = await _in_thread(lambda: self._rows(sender_id))
        if not rows:
            return None
        stored = [event for row in rows for event in json.loads(row)]
        events = [Event.from_parameters(event) for event in stored]
        tracker = self.init_tracker(sender_id)
        for event in events:
            if event is not None:
                tracker.update(event, self.domain)
        tracker.kneewise_saved = len(stored)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the events that are new since the talk was read; a restart deletes all before it."""
        saved = getattr(tracker, "kneewise_saved", 0)
        events = list(tracker.events)
        new = events[saved:]
        restarts = [index for index, event in enumerate(new) if isinstance(event, Restarted)]
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        if restarts:
            kept = new[restarts[-1] + 1 :]
            await _in_thread(lambda: self._replace(tracker.sender_id, kept))
            return
        await _in_thread(lambda: self._append(tracker.sender_id, saved, new))
        tracker.kneewise_saved = len(events)
        self._live[tracker.sender_id] = (tracker, len(events))
        while len(self._live) > MOST_LIVE:
            self._live.popitem(last=False)

    async def delete(self, sender_id: str) -> None:
        """Forget one talk entirely."""
        self._live.pop(sender_id, None)
        await _in_thread(lambda: self._replace(sender_id, []))

    async def record_of_plan(self, secret: str) -> dict[str, Any] | None:
        """The record of the talk that a plan belongs to, as it is now; None when there is no such plan."""
        return await _in_thread(lambda: self._record_of_plan(secret))

    async def answer_to(self, sender_id: str, message_id: str) -> list[dict[str, Any]] | None:
        """What a message was answered, when it was worked before; None when it was not."""
        return await _in_thread(lambda: self._answer_to(sender_id, message_id))

    async def keys(self) -> Iterable[str]:
        """Every sender with a stored talk."""
        return await _in_thread(self._senders)

    def _count(self, sender_id: str) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(COUNT, {"sender": sender_id}).scalar() or 0)

    def _rows(self, sender_id: str) -> list[str]:
        query = sa.select(talk_events.c.data).where(talk_events.c.sender_id == sender_id).order_by(talk_events.c.number)
        with self._engine.connect() as connection:
            return [row[0] for row in connection.execute(query)]

    def _record_of_plan(self, secret: str) -> dict[str, Any] | None:
        owner = sa.select(plan_links.c.sender_id).where(plan_links.c.secret == secret).scalar_subquery()
        query = sa.select(talk_events.c.data).where(talk_events.c.sender_id == owner)
        with self._engine.connect() as connection:
            for row in connection.execute(query.order_by(talk_events.c.number.desc())):
                record = _record_in([Event.from_parameters(event) for event in json.loads(row[0])])
                if record is not None:
                    return record
        return None

    def _append(self, sender_id: str, at: int, events: list[Event]) -> None:
        if events:
            with self._engine.begin() as connection:
                connection.execute(INSERT, _row(sender_id, at, events))
                secret = (_record_in(events) or {}).get("plan_id")
                if secret is not None and not self._is_linked(connection, secret):
                    connection.execute(sa.insert(plan_links), {"secret": secret, "sender_id": sender_id})

                answered = _answered(sender_id, events)
                if answered is not None:
                    connection.execute(sa.insert(turns), answered)

    def _answer_to(self, sender_id: str, message_id: str) -> list[dict[str, Any]] | None:
        query = sa.select(turns.c.answer).where(turns.c.sender_id == sender_id, turns.c.message_id == message_id)
        with self._engine.connect() as connection:
            answer = connection.execute(query).scalar()
        return None if answer is None else list(json.loads(answer))

    @staticmethod
    def _is_linked(connection: sa.engine.Connection, secret: str) -> bool:
        query = sa.select(plan_links.c.secret).where(plan_links.c.secret == secret)
        return connection.execute(query).first() is not None

    def _replace(self, sender_id: str, events: list[Event]) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(talk_events).where(talk_events.c.sender_id == sender_id))
            connection.execute(sa.delete(plan_links).where(plan_links.c.sender_id == sender_id))
            connection.execute(sa.delete(turns).where(turns.c.sender_id == sender_id))
            if events:
                connection.execute(INSERT, _row(sender_id, 0, events))

    def _senders(self) -> list[str]:
        with self._engine.connect() as connection:
            return [row[0] for row in connection.execute(sa.select(talk_events.c.sender_id).distinct())]


def _record_in(events: list[Event]) -> dict[str, Any] | None:
    """The last record that these events wrote."""
    for event in reversed(events):
        if isinstance(event, SlotSet) and event.key == "record" and isinstance(event.value, dict):
            return event.value
    return None


def _answered(sender_id: str, events: list[Event]) -> dict[str, Any] | None:
    """The row of `turns` for the events of one turn; None when its message has no id of its own."""
    said = next((event for event in events if isinstance(event, UserUttered)), None)
    if said is None or not str(said.message_id or "").startswith(ONCE):
        return None
    answer = [_message_of(event) for event in events if isinstance(event, BotUttered)]
    return {"sender_id": sender_id, "message_id": said.message_id, "at": time.time(), "answer": json.dumps(answer)}


def _message_of(event: BotUttered) -> dict[str, Any]:
    """A message as a channel got it."""
    message = {"text": event.text, "buttons": event.data.get("buttons"), "custom": event.data.get("custom")}
    return {key: value for key, value in message.items() if value}


def _row(sender_id: str, at: int, events: list[Event]) -> dict[str, Any]:
    data = json.dumps([event.as_dict() for event in events])
    return {"sender_id": sender_id, "number": at, "amount": len(events), "data": data}


async def _in_thread(work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(None, work)
