"""The conversation store: every event of a talk in a database, the live trackers at hand.

Rasa's own SQL store blocks the event loop and replays the whole talk from the database each turn. This one
writes in a thread, keeps the tracker of a talk in memory, cut down to its last turns, and trusts it only while the database
holds exactly the events that it was saved with, so a second worker stays right. The tables are those of the records: a person is a
keyed hash there, never the channel's id. A failed write raises: the channel then shows
the safety card, instead of going on with a talk that would be lost.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from actions.records.database import insert, reading
from actions.records.store import Records, one_at_a_time
from actions.records.tables import plan_links, talk_events, turns
from bot.history import TURNS, Saved, keep, kept_of, new_events, record_in, summary

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

ROWS_AT_ONCE = 20
"""Turns that are read at a time where one looks back for something."""


class TalkMovedOn(Exception):
    """Another worker has written to the talk, or deleted it, since it was read: what was to be saved is out of date."""


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
        if live is not None and live[1] == await asyncio.to_thread(self._last, sender_id):
            return live[0]
        rows = await asyncio.to_thread(self._rows, sender_id)
        if not rows:
            return None
        stored = [json.loads(row.data) for row in rows]
        record = None
        if rows[0].number > 0 and record_in([event for turn in stored for event in turn]) is None:
            record = await asyncio.to_thread(lambda: self._record_of(self.records.person(sender_id)))
        tracker = self.init_tracker(sender_id)
        before = summary(record) if rows[0].number > 0 else []
        for event in [*before, *(Event.from_parameters(event) for turn in stored for event in turn)]:
            if event is not None:
                tracker.update(event, self.domain)
        keep(tracker, (rows[-1].number + rows[-1].amount, rows[-1].at), [len(turn) for turn in stored])
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the events that are new since the talk was read; a restart deletes all, its own turn included.

        Raises:
            TalkMovedOn: it is not stored as it was read any more.
        """
        kept, new = kept_of(tracker), new_events(tracker)
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        if any(isinstance(event, Restarted) for event in new):
            await asyncio.to_thread(self._delete, tracker.sender_id)
            return
        saved = kept.saved if kept else None
        if new:
            saved = await asyncio.to_thread(self._append, tracker.sender_id, saved, new)
            keep(tracker, saved, [*(kept.turns if kept else ()), len(new)])
        if saved is None:
            return
        self._live[tracker.sender_id] = (tracker, saved)
        while len(self._live) > MOST_LIVE:
            self._live.popitem(last=False)

    def live(self, sender_id: str) -> DialogueStateTracker | None:
        """The talk of one person as this process last saved it, to look at only; None when it is not at hand."""
        return self._live.get(sender_id, (None,))[0]

    def live_talks(self) -> int:
        """How many talks are at hand."""
        return len(self._live)

    async def delete(self, sender_id: str) -> None:
        """Forget one talk entirely."""
        self._live.pop(sender_id, None)
        await asyncio.to_thread(self._delete, sender_id)

    async def record_of_plan(self, secret: str) -> dict[str, Any] | None:
        """The record of the talk that a plan belongs to, as it is now; None when there is no such plan."""
        return await asyncio.to_thread(self._record_of_plan, secret)

    async def answer_to(self, sender_id: str, message_id: str) -> list[dict[str, Any]] | None:
        """What a message was answered, when it was worked before; None when it was not."""
        return await asyncio.to_thread(self._answer_to, sender_id, message_id)

    async def stored(self, sender_id: str, last: int) -> list[dict[str, Any]]:
        """The events of the last turns of a talk as they were saved, oldest first; the talk itself is not touched.

        Args:
            sender_id: whose talk.
            last: how many turns.
        """
        return await self.stored_of(self.records.person(sender_id), last)

    async def stored_of(self, person: str, last: int) -> list[dict[str, Any]]:
        """The same for a person by their key, as the records know them."""
        return await asyncio.to_thread(self._stored, person, last)

    async def lengths(self, senders: Iterable[str]) -> dict[str, int]:
        """How many events are stored of each of these talks that there is."""
        return await asyncio.to_thread(self._lengths, senders)

    async def keys(self) -> Iterable[str]:
        """The person's key of every stored talk; the senders themselves are not stored."""
        return await asyncio.to_thread(self._people)

    def _last(self, sender_id: str) -> Saved | None:
        with reading(self._engine) as connection:
            row = connection.execute(LAST, {"person": self.records.person(sender_id)}).first()
        return None if row is None else (row[0], row[1])

    def _rows(self, sender_id: str) -> list[sa.engine.Row]:
        """The last turns, oldest first."""
        mine = talk_events.c.sender_id == self.records.person(sender_id)
        query = sa.select(talk_events).where(mine).order_by(talk_events.c.number.desc()).limit(TURNS)
        with reading(self._engine) as connection:
            return list(reversed(connection.execute(query).all()))

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
        with reading(self._engine) as connection:
            owner = sa.select(plan_links.c.sender_id).where(plan_links.c.secret == secret)
            person = connection.execute(owner).scalar()
        return None if person is None else self._record_of(person)

    def _record_of(self, person: str) -> dict[str, Any] | None:
        """What was last written down of a talk, however many turns ago."""
        mine = sa.select(talk_events.c.number, talk_events.c.data).where(talk_events.c.sender_id == person)
        newest_first = mine.order_by(talk_events.c.number.desc()).limit(ROWS_AT_ONCE)
        rows: list[Any] = []
        with reading(self._engine) as connection:
            while True:
                older = newest_first if not rows else newest_first.where(talk_events.c.number < rows[-1].number)
                rows = connection.execute(older).all()
                found = (record_in(json.loads(row.data)) for row in rows)
                record = next((one for one in found if one is not None), None)
                if record is not None or not rows:
                    return record

    def _append(self, sender_id: str, read: Saved | None, events: list[Event]) -> Saved:
        """Write one turn, if the talk is still stored as it was read; what is stored then."""
        person, now = self.records.person(sender_id), self.records.now()
        number = read[0] if read else 0
        stored = [event.as_dict() for event in events]
        row = {"sender_id": person, "number": number, "amount": len(events), "data": json.dumps(stored), "at": now}
        with self._engine.begin() as connection:
            one_at_a_time(connection, person)
            last = connection.execute(LAST, {"person": person}).first()
            if (None if last is None else (last[0], last[1])) != read:
                raise TalkMovedOn
            connection.execute(INSERT, row)
            secret = (record_in(stored) or {}).get("plan_id")
            if secret is not None:
                link = insert(connection, plan_links).values(secret=secret, sender_id=person)
                connection.execute(link.on_conflict_do_nothing())
            answered = _answered(person, events, now)
            if answered is not None:
                connection.execute(sa.insert(turns), answered)
        return number + len(events), now

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


def _answered(person: str, events: list[Event], now: datetime) -> dict[str, Any] | None:
    """The row of `turns` for the events of one turn.

    None when its message has no id of its own, and when the turn failed: the message is to be worked when it comes again.
    """
    said = next((event for event in events if isinstance(event, UserUttered)), None)
    if said is None or not str(said.message_id or "").startswith(ONCE):
        return None
    answer = [_message_of(event) for event in events if isinstance(event, BotUttered)]
    if not answer or any(is_safety(message) for message in answer):
        return None
    at = now.replace(tzinfo=timezone.utc).timestamp()
    return {"sender_id": person, "message_id": said.message_id, "at": at, "answer": json.dumps(answer)}


def _message_of(event: BotUttered) -> dict[str, Any]:
    """A message as a channel got it."""
    message = {"text": event.text, "buttons": event.data.get("buttons"), "custom": event.data.get("custom")}
    return {key: value for key, value in message.items() if value}


def is_safety(message: Mapping[str, Any]) -> bool:
    """Whether a message says that something failed."""
    return ((message.get("custom") or {}).get("card") or {}).get("kind") == "safety"
