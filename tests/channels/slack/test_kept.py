"""What Slack was acknowledged for is answered: after a kill, a stop, and when Slack is away in the middle of an answer."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actions import cards
from actions.records.store import Records, utc_now
from actions.wording import say
from bot.channels.queue import HELD_SECONDS
from bot.channels.slack.incoming import HomeOpened, Incoming, Person, Said, Tapped, Turned
from bot.channels.slack.intake import delivery_of, incoming_of
from tests.channels.slack.house import House
from tests.channels.slack.test_talk import YES, YES_NO

ROOT = Path(__file__).resolve().parents[3]
CHILD = """
import asyncio, itertools, sys
from tests.channels.slack.house import House

async def never(message):
    print("working", flush=True)
    await asyncio.Event().wait()

async def main():
    house = House(None, database=sys.argv[1])
    house.agent.handle_message = never
    house.slack.url = sys.argv[2]
    house.records = await house._opened()
    print((await house.serve())[0], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
ANA = Person("T1", "U1", "D1", "1.5")


@pytest.fixture
def much_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the databases' clock is so far ahead that a worker that says nothing is taken for dead."""
    then = utc_now() + timedelta(seconds=HELD_SECONDS + 60)
    return lambda: monkeypatch.setattr(Records, "now", lambda self: then)


def test_a_tap_and_a_message_outlive_kill_9(within: Any, much_later: Callable[[], None]) -> None:
    """A process that has acknowledged, and works the first of two, is killed; another one answers both, in order."""

    async def story(house: House) -> None:
        house.agent.reply = lambda text: [YES_NO]
        person = house.person()
        await person.say("hello")
        await house.finished()
        asked = house.slack.messages[person.room][0]
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, house.database, house.slack.url,
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert child.stdout is not None
        try:
            url = (await asyncio.wait_for(child.stdout.readline(), 60)).decode().strip()
            there = house.person(url=url)
            assert await there.tap(YES) == 200
            assert await there.say("and my calf is huge") == 200
            assert await asyncio.wait_for(child.stdout.readline(), 20) == b"working\n"
        finally:
            child.kill()
            await child.wait()
        assert [text for _, text in house.agent.turns] == ["hello"]
        much_later()
        _, server, _ = await house.serve()
        await house.slack.until(lambda: len(house.slack.said_in(person.room)) == 3)
        await house.stop(server)
        assert [text for _, text in house.agent.turns] == ["hello", YES, "and my calf is huge"]
        assert say("slack_chosen", choice="Yes") in asked["text"]
        assert house.slack.refusals == []

    within(story)


def test_what_waits_when_the_server_stops_is_answered_after_the_next_start(within: Any) -> None:
    async def story(house: House) -> None:
        url, server, _ = await house.serve()
        person = house.person(url=url)
        for number in range(5):
            assert await person.say(f"message {number}") == 200
        await house.stop(server)
        _, again, _ = await house.serve()
        await house.slack.until(lambda: len(house.slack.said_in(person.room)) == 5)
        await house.stop(again)
        assert [text for _, text in house.agent.turns] == [f"message {number}" for number in range(5)]

    within(story)


def test_an_answer_goes_on_later_where_slack_went_away(
    within: Any, monkeypatch: pytest.MonkeyPatch, much_later: Callable[[], None]
) -> None:
    monkeypatch.setattr("bot.channels.slack.api.FIRST_WAIT", 0.001)

    async def story(house: House) -> None:
        house.agent.reply = lambda text: [{"text": "one"}, {"text": "two"}]
        house.slack.failures["chat.postMessage"] += ["", *["503"] * 4]
        person = house.person()
        await person.say("hello")
        await house.finished()
        assert house.slack.said_in(person.room) == ["one"]
        much_later()
        _, server, _ = await house.serve()
        await house.slack.until(lambda: len(house.slack.said_in(person.room)) == 2)
        await house.stop(server)
        assert house.slack.said_in(person.room) == ["one", "two"]
        assert len(house.agent.turns) == 1

    within(story)


def test_what_the_bot_fails_at_is_excused_later_when_slack_is_away_too(
    within: Any, monkeypatch: pytest.MonkeyPatch, much_later: Callable[[], None]
) -> None:
    monkeypatch.setattr("bot.channels.slack.api.FIRST_WAIT", 0.001)

    async def story(house: House) -> None:
        house.agent.reply = lambda text: [{"text": "?", "buttons": [{"no": "title"}]}]
        house.slack.failures["chat.postMessage"] += ["503"] * 4
        person = house.person()
        await person.say("hello")
        await house.finished()
        assert house.slack.said_in(person.room) == []
        much_later()
        _, server, _ = await house.serve()
        await house.slack.until(lambda: house.slack.said_in(person.room))
        await house.stop(server)
        assert cards.safety().text.split("\n")[0] in house.slack.said_in(person.room)[0]

    within(story)


@pytest.mark.parametrize(
    "incoming",
    [
        Said(ANA, "my <calf> & 🦵", ("event:E1", "said:T1:D1:1.5"), 1.5),
        Tapped(ANA, {"action_id": "tap:0"}, {"ts": "1.5", "blocks": []}, {"b": {}}, ("tap:1",), 2.000001),
        HomeOpened(replace(ANA, channel=None, thread=None), ("event:E2",), 3.0),
        Turned(ANA, "slack_elsewhere", ("event:E3", "elsewhere:1"), 4.0, False),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_written_down_is_read_as_it_was(incoming: Incoming) -> None:
    delivery = delivery_of(incoming)
    assert incoming_of(delivery.body) == incoming
    assert (delivery.names, delivery.sender) == (incoming.keys, "slack:T1:U1")
    assert delivery.number == round(incoming.at * 1_000_000)
