"""The conversation store: every event of a talk in a database, the live trackers at hand.

Rasa's own SQL store blocks the event loop and replays the whole talk from the database each turn. This one
writes in a thread, keeps the tracker of a talk in memory, and trusts it only while the database holds exactly
the events that it was saved with, so a second worker stays right. The tables are those of the records: a person is a
keyed hash there, never the channel's id. A failed write raises: the channel then shows
the safety card, instead of going on with a talk that would be lost.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from actions.records.database import insert, reading
from actions.records.store import Records
from actions.records.tables import plan_links, talk_events, turns

MOST_LIVE = 2000
"""Talks kept in memory; the least recently used one leaves first."""

ONCE = "once:"
"""Begins the id of a message that is worked once, however often it is delivered."""

LAST = (
    sa.select(talk_events.c.number + talk_events.c.amount, talk_events.c.at)
    .where(talk_events.c.sender_id == sa.bindparam("person"))
    .order_by(talk_events.c.number.desc())
    .limit(1)
)
INSERT = sa.insert(talk_events)

Saved = tuple[int, datetime]
"""How many events of a talk are stored, and when the last of them were. No two states of a talk share both."""

Result = TypeVar("Result")


class TalkStore(TrackerStore):  # type: ignore[misc]
    """Stores talks by `DATABASE_URL`; SQLite in the working folder when it is not set."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        url: str | None = None,
        records: Records | None = None,
        **_: Any,
    ):
        """Open the database.

        Args:
            domain: Rasa's domain; set later when None.
            host: ignored, given by Rasa for stores behind a host.
            event_broker: receives new events, when there is one.
            url: the database; `DATABASE_URL` or a SQLite file when None.
            records: hold the talks too; opened by `url` when None.
        """
        super().__init__(domain, event_broker)
        self.records = records or Records(url)
        self._engine = self.records.engine
        self._live: OrderedDict[str, tuple[DialogueStateTracker, Saved]] = OrderedDict()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The talk of one person, or None. The caller owns it until `save`."""
        live = self._live.pop(sender_id, None)
        if live is not None:
            tracker, saved = live
            if saved == await _in_thread(lambda: self._last(sender_id)):
                return tracker
        rows = await _in_thread(lambda: self._rows(sender_id))
        if not rows:
            return None
        stored = [event for data, _ in rows for event in json.loads(data)]
        events = [Event.from_parameters(event) for event in stored]
        tracker = self.init_tracker(sender_id)
        for event in events:
            if event is not None:
                tracker.update(event, self.domain)
        tracker.kneewise_saved = (len(stored), rows[-1][1])
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the events that are new since the talk was read; a restart deletes all, its own turn included."""
        saved: Saved | None = getattr(tracker, "kneewise_saved", None)
        events = list(tracker.events)
        at = 0 if saved is None else saved[0]
        new = events[at:]
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        if any(isinstance(event, Restarted) for event in new):
            await _in_thread(lambda: self._delete(tracker.sender_id))
            return
        if new:
            saved = (len(events), await _in_thread(lambda: self._append(tracker.sender_id, at, new)))
        if saved is None:
            return
        tracker.kneewise_saved = saved
        self._live[tracker.sender_id] = (tracker, saved)
        while len(self._live) > MOST_LIVE:
            self._live.popitem(last=False)

    async def delete(self, sender_id: str) -> None:
        """Forget one talk entirely."""
        self._live.pop(sender_id, None)
        await _in_thread(lambda: self._delete(sender_id))

    async def record_of_plan(self, secret: str) -> dict[str, Any] | None:
        """The record of the talk that a plan belongs to, as it is now; None when there is no such plan."""
        return await _in_thread(lambda: self._record_of_plan(secret))

    async def answer_to(self, sender_id: str, message_id: str) -> list[dict[str, Any]] | None:
        """What a message was answered, when it was worked before; None when it was not."""
        return await _in_thread(lambda: self._answer_to(sender_id, message_id))

    async def stored(self, sender_id: str, last: int) -> list[dict[str, Any]]:
        """The events of the last turns of a talk as they were saved, oldest first; the talk itself is not touched.

        Args:
            sender_id: whose talk.
            last: how many turns.
        """
        return await self.stored_of(self.records.person(sender_id), last)

    async def stored_of(self, person: str, last: int) -> list[dict[str, Any]]:
        """The same for a person by their key, as the records know them."""
        return await _in_thread(lambda: self._stored(person, last))

    async def lengths(self, senders: Iterable[str]) -> dict[str, int]:
        """How many events are stored of each of these talks that there is."""
        return await _in_thread(lambda: self._lengths(senders))

    async def keys(self) -> Iterable[str]:
        """The person's key of every stored talk; the senders themselves are not stored."""
        return await _in_thread(self._people)

    def _last(self, sender_id: str) -> Saved | None:
        with reading(self._engine) as connection:
            row = connection.execute(LAST, {"person": self.records.person(sender_id)}).first()
        return None if row is None else (row[0], row[1])

    def _rows(self, sender_id: str) -> list[tuple[str, datetime]]:
        mine = talk_events.c.sender_id == self.records.person(sender_id)
        query = sa.select(talk_events.c.data, talk_events.c.at).where(mine).order_by(talk_events.c.number)
        with reading(self._engine) as connection:
            return [(data, at) for data, at in connection.execute(query)]

    def _stored(self, person: str, last: int) -> list[dict[str, Any]]:
        mine = talk_events.c.sender_id == person
        query = sa.select(talk_events.c.data).where(mine).order_by(talk_events.c.number.desc()).limit(last)
        with reading(self._engine) as connection:
            rows = list(connection.execute(query).scalars())
        return [event for data in reversed(rows) for event in json.loads(data)]

    def _lengths(self, senders: Iterable[str]) -> dict[str, int]:
        people = {self.records.person(sender): sender for sender in senders}
        length = sa.func.max(talk_events.c.number + talk_events.c.amount)
        mine = talk_events.c.sender_id.in_(list(people))
        query = sa.select(talk_events.c.sender_id, length).where(mine).group_by(talk_events.c.sender_id)
        with reading(self._engine) as connection:
            return {people[person]: number for person, number in connection.execute(query)}

    def _record_of_plan(self, secret: str) -> dict[str, Any] | None:
        owner = sa.select(plan_links.c.sender_id).where(plan_links.c.secret == secret).scalar_subquery()
        query = sa.select(talk_events.c.data).where(talk_events.c.sender_id == owner)
        with reading(self._engine) as connection:
            for row in connection.execute(query.order_by(talk_events.c.number.desc())):
                record = _record_in([Event.from_parameters(event) for event in json.loads(row[0])])
                if record is not None:
                    return record
        return None

    def _append(self, sender_id: str, number: int, events: list[Event]) -> datetime:
        """Write one turn; when it was written."""
        person, now = self.records.person(sender_id), self.records.now()
        data = json.dumps([event.as_dict() for event in events])
        row = {"sender_id": person, "number": number, "amount": len(events), "data": data, "at": now}
        with self._engine.begin() as connection:
            connection.execute(INSERT, row)
            secret = (_record_in(events) or {}).get("plan_id")
            if secret is not None:
                link = insert(connection, plan_links).values(secret=secret, sender_id=person)
                connection.execute(link.on_conflict_do_nothing())
            answered = _answered(person, events)
            if answered is not None:
                connection.execute(sa.insert(turns), answered)
        return now

    def _answer_to(self, sender_id: str, message_id: str) -> list[dict[str, Any]] | None:
        mine = turns.c.sender_id == self.records.person(sender_id)
        query = sa.select(turns.c.answer).where(mine, turns.c.message_id == message_id)
        with reading(self._engine) as connection:
            answer = connection.execute(query).scalar()
        return None if answer is None else list(json.loads(answer))

    def _delete(self, sender_id: str) -> None:
        person = self.records.person(sender_id)
        with self._engine.begin() as connection:
            for table in (talk_events, plan_links, turns):
                connection.execute(sa.delete(table).where(table.c.sender_id == person))

    def _people(self) -> list[str]:
        with reading(self._engine) as connection:
            return list(connection.execute(sa.select(talk_events.c.sender_id).distinct()).scalars())


def _record_in(events: list[Event]) -> dict[str, Any] | None:
    """The last record that these events wrote."""
    for event in reversed(events):
        if isinstance(event, SlotSet) and event.key == "record" and isinstance(event.value, dict):
            return event.value
    return None


def _answered(person: str, events: list[Event]) -> dict[str, Any] | None:
    """The row of `turns` for the events of one turn; None when its message has no id of its own."""
    said = next((event for event in events if isinstance(event, UserUttered)), None)
    if said is None or not str(said.message_id or "").startswith(ONCE):
        return None
    answer = [_message_of(event) for event in events if isinstance(event, BotUttered)]
    return {"sender_id": person, "message_id": said.message_id, "at": time.time(), "answer": json.dumps(answer)}


def _message_of(event: BotUttered) -> dict[str, Any]:
    """A message as a channel got it."""
    message = {"text": event.text, "buttons": event.data.get("buttons"), "custom": event.data.get("custom")}
    return {key: value for key, value in message.items() if value}


async def _in_thread(work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(None, work)
