"""Reminders and replies reach their person once, however many postmen walk, and whatever a channel does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.shared.core.events import BotUttered

from actions.records import mail, tables
from actions.records.effects import HandedOff, Reminded
from actions.records.store import Records
from bot.channels import push
from bot.postman import Postman
from tests.databases import SECRET, database_url

__all__ = ["database_url"]

NOON = datetime(2026, 1, 5, 12)
SENDER = "tg:4711"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


class NoTalks:
    """Stands where the loaded bot is; nobody has a stored talk."""

    def __init__(self) -> None:
        self.lock_store = self.tracker_store = self
        self.domain = None

    @contextlib.asynccontextmanager
    async def lock(self, _: str) -> AsyncIterator[None]:
        yield

    async def retrieve(self, _: str) -> None:
        return None


class Talks(NoTalks):
    """One stored talk; what is said to its person is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []

    async def retrieve(self, _: str) -> Talks:
        return self

    def update(self, event: BotUttered, _: None) -> None:
        self.kept.append(str(event.text))

    async def save(self, _: Talks) -> None:
        return None


class Channel:
    """Takes messages, or does not."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.works = True

    async def __call__(self, sender: str, messages: list[dict[str, Any]]) -> bool:
        if not self.works:
            raise ConnectionError("the words of a person: tg:4711")
        self.got += [(sender, message["text"]) for message in messages]
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(database_url: str, clock: Clock) -> Iterator[Records]:
    made = Records(database_url, SECRET, clock=clock)
    yield made
    made.engine.dispose()


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Channel:
    made = Channel()
    monkeypatch.setattr(push, "_pushers", {"telegram": made})
    return made


def walk(records: Records) -> int:
    return asyncio.run(Postman(NoTalks(), records).round())  # type: ignore[arg-type]


def reply(records: Records, id: str, text: str) -> None:
    row = {"id": id, "person": records.person(SENDER), "reference": "K-1", "at": records.now(), "text": text}
    with records.engine.begin() as connection:
        connection.execute(sa.insert(tables.replies).values(**row))


def handed_off(records: Records) -> None:
    records.apply("telegram", SENDER, [HandedOff("K-1", "urgent", "here", {"level": "urgent"})])


def test_a_reminder_comes_when_it_is_due_and_then_again(records: Records, clock: Clock, channel: Channel) -> None:
    records.apply("telegram", SENDER, [Reminded(2)])
    assert walk(records) == 0
    clock.later(days=2, minutes=1)
    assert walk(records) == 1
    assert walk(records) == 0
    clock.later(days=2)
    assert walk(records) == 1
    assert [sender for sender, _ in channel.got] == [SENDER, SENDER]


def test_after_a_week_off_it_comes_once(records: Records, clock: Clock, channel: Channel) -> None:
    records.apply("telegram", SENDER, [Reminded(1)])
    clock.later(days=7, minutes=1)
    walk(records)
    walk(records)
    assert len(channel.got) == 1


def test_stopped_is_stopped(records: Records, clock: Clock, channel: Channel) -> None:
    records.apply("telegram", SENDER, [Reminded(1)])
    records.apply("telegram", SENDER, [Reminded(0)])
    clock.later(days=3)
    assert walk(records) == 0
    assert channel.got == []


def test_a_reply_reaches_the_person_once(records: Records, channel: Channel) -> None:
    handed_off(records)
    reply(records, "r1", "Come in at 3.")
    walk(records)
    walk(records)
    assert channel.got == [(SENDER, "From the care team: Come in at 3.")]


def test_what_was_brought_becomes_part_of_the_talk(records: Records, channel: Channel) -> None:
    handed_off(records)
    reply(records, "r1", "Come in at 3.")
    talks = Talks()
    asyncio.run(Postman(talks, records).round())  # type: ignore[arg-type]
    assert talks.kept == ["From the care team: Come in at 3."]


def test_two_postmen_at_once_bring_it_once(records: Records, channel: Channel) -> None:
    handed_off(records)
    for number in range(10):
        reply(records, f"r{number}", f"Line {number}.")
    with ThreadPoolExecutor(2) as two:
        taken = list(two.map(lambda _: mail.take(records, ("telegram",), records.now()), range(2)))
    ids = [letter.id for letters in taken for letter in letters]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == 10


def test_a_channel_that_fails_is_tried_again_later(
    records: Records, clock: Clock, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    handed_off(records)
    reply(records, "r1", "Come in at 3.")
    channel.works = False
    assert walk(records) == 0
    assert "4711" not in caplog.text
    channel.works = True
    assert walk(records) == 0
    clock.later(seconds=61)
    assert walk(records) == 1


def test_nobody_is_written_to_on_a_channel_that_is_not_there(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "_pushers", {})
    handed_off(records)
    reply(records, "r1", "Come in at 3.")
    assert walk(records) == 0
    assert records.memory(SENDER).replies == (("r1", "Come in at 3."),)
