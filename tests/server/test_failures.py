"""Whatever fails, the person gets the safety card with the emergency number (promise 7)."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from typing import Any

import pytest
import sqlalchemy
from rasa.shared.core.events import BotUttered

import actions.conversation
from actions import cards, known
from actions.dialogue import Talk
from actions.records.tables import plans
from actions.wording import service
from bot.actions_in_process import InProcessActions
from bot.channels import turns
from bot.channels.rest import turn
from bot.play import play, read_script
from bot.trackers import TalkStore
from tests.conftest import ROOT, card

SECRET = "my secret knee hurts on the stairs"
NONE_OF_THESE = '/answer{"question":"emergency_screen","value":[]}'


def say(agent: Any, loop: asyncio.AbstractEventLoop, text: str) -> list[dict[str, Any]]:
    return loop.run_until_complete(turn(agent, uuid.uuid4().hex, text, "rest"))


def raising(*_: object, **__: object) -> Any:
    raise ValueError(SECRET)


@pytest.mark.parametrize(
    ("place", "name"),
    [(Talk, "reply"), (actions.conversation, "message_of"), (cards, "question")],
    ids=["dialogue", "message", "card"],
)
def test_a_failing_action_gives_the_safety_card(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    place: Any, name: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(place, name, raising)
    with caplog.at_level(logging.DEBUG):
        messages = say(agent, loop, SECRET)
    safety = card(messages, "safety")
    assert safety is not None
    assert service()["emergency"] in safety["text"]
    assert SECRET not in caplog.text
    assert "ValueError at test_failures.py" in caplog.text


@pytest.mark.parametrize("name", ["_rows", "_append"], ids=["reading", "writing"])
def test_a_failing_database_gives_the_safety_card(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def broken(*_: object) -> Any:
        raise sqlalchemy.exc.OperationalError("select", {}, Exception("disk is full"))

    monkeypatch.setattr(agent.tracker_store, name, broken)
    messages = say(agent, loop, "my knee hurts")
    assert [message["custom"]["card"]["kind"] for message in messages if "custom" in message] == ["safety"]


def test_an_answer_that_hangs_gives_the_safety_card(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(turns, "SECONDS_FOR_A_TURN", 0.05)
    monkeypatch.setattr(agent.processor, "handle_message", hangs)
    messages = say(agent, loop, "my knee hurts")
    assert card(messages, "safety") is not None


def test_a_lock_that_hangs_when_it_is_given_back_does_not_hold_up_the_safety_card(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()

    class Hangs:
        @contextlib.asynccontextmanager
        async def lock(self, _: str) -> AsyncIterator[None]:
            try:
                yield
                await never.wait()
            finally:
                await asyncio.shield(never.wait())

    monkeypatch.setattr(turns, "SECONDS_FOR_A_TURN", 0.3)
    monkeypatch.setattr(agent, "lock_store", Hangs())
    begun = time.monotonic()
    assert card(say(agent, loop, "my knee hurts"), "safety") is not None
    assert time.monotonic() - begun < 4
    never.set()
    loop.run_until_complete(asyncio.sleep(0))


def test_an_empty_answer_becomes_the_safety_card(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_: Any) -> None:
        return None

    monkeypatch.setattr(agent.processor, "handle_message", silent)
    assert card(say(agent, loop, "hello"), "safety") is not None


def test_the_talk_goes_on_after_a_failure(
    talk: Callable[[str], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    talk("my knee hurts on the stairs, i am 34")
    with monkeypatch.context() as broken:
        broken.setattr(Talk, "reply", raising)
        assert card(talk("no"), "safety") is not None
    assert "34 years" in " ".join(message.get("text", "") for message in talk("/summary"))


NONSENSE: list[Any] = [
    None, "sorry", {}, {"events": [], "responses": []}, {"events": [], "responses": [{"text": 7}]},
    {"events": [{"event": "no such event"}], "responses": [{"text": "my knee is a teapot"}]},
    {"events": [{"event": "slot", "name": "record", "value": "gone"}], "responses": [{"text": "wrong"}]},
    {"events": [{"event": "slot", "name": "record", "value": {"findings": 5}}], "responses": [{"text": "wrong"}]},
    {"events": [{"event": "restart"}], "responses": []},
]  # fmt: skip


@pytest.mark.parametrize("nonsense", NONSENSE, ids=range(len(NONSENSE)))
def test_an_action_that_answers_nonsense_gives_the_safety_card_and_leaves_the_talk_as_it_was(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, nonsense: Any
) -> None:
    sender = uuid.uuid4().hex

    def says(text: str, id: str) -> list[dict[str, Any]]:
        return loop.run_until_complete(turn(agent, sender, text, "rest", id))

    async def request(*_: Any, **__: Any) -> Any:
        return deepcopy(nonsense)

    says("my knee hurts on the stairs, i am 34", "one")
    with monkeypatch.context() as broken:
        broken.setattr(InProcessActions, "request", request)
        assert card(says(NONE_OF_THESE, "two"), "safety") is not None
    asked = card(says(NONE_OF_THESE, "two"), "question")
    assert asked is not None
    assert asked["id"] == "recent_injury"
    assert "34 years" in json.dumps(says("/summary", "three"))


def test_what_failed_is_worked_when_it_comes_again_under_its_id(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = uuid.uuid4().hex
    with monkeypatch.context() as broken:
        broken.setattr(Talk, "reply", raising)
        assert card(loop.run_until_complete(turn(agent, sender, "i am 34", "rest", "one")), "safety") is not None
    again = loop.run_until_complete(turn(agent, sender, "i am 34", "rest", "one"))
    assert card(again, "safety") is None
    assert loop.run_until_complete(turn(agent, sender, "i am 34", "rest", "one")) == again


def test_a_plan_that_is_worked_again_after_a_failed_save_is_one_plan(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, store = uuid.uuid4().hex, agent.tracker_store
    script = read_script(ROOT / "tests/conversations/self_care_by_tapping.yml")
    numbers, failed = itertools.count(), []

    async def send(text: str) -> list[dict[str, Any]]:
        id = f"m{next(numbers)}"
        with monkeypatch.context() as broken:
            broken.setattr(store, "_append", raising)
            failed.append(await turn(agent, sender, text, "rest", id))
        return await turn(agent, sender, text, "rest", id)

    played = loop.run_until_complete(play(script, send))
    assert not played.problems
    assert all(card(messages, "safety") is not None for messages in failed)
    with known.records().reading() as connection:
        mine = sqlalchemy.select(plans.c.id).where(plans.c.person == known.records().person(sender))
        assert len(connection.execute(mine).all()) == 1


def test_a_talk_that_another_worker_wrote_to_meanwhile_is_worked_once_more(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, sender = agent.tracker_store, uuid.uuid4().hex
    other = TalkStore(agent.domain, records=store.records)
    loop.run_until_complete(turn(agent, sender, "my knee hurts on the stairs", "rest"))
    append, late = store._append, []

    def other_first(*given: Any) -> Any:
        if not late:
            late.append(1)
            talk = loop_of_its_own(other.retrieve(sender))
            talk.update(BotUttered("from another worker"), agent.domain)
            loop_of_its_own(other.save(talk))
        return append(*given)

    monkeypatch.setattr(store, "_append", other_first)
    messages = loop.run_until_complete(turn(agent, sender, "i am 34", "rest"))
    assert card(messages, "safety") is None
    events = loop.run_until_complete(store.stored(sender, 100))
    said = [event["text"] for event in events if event["event"] == "user"]
    assert said == ["my knee hurts on the stairs", "i am 34"]
    assert "from another worker" in [event["text"] for event in events if event["event"] == "bot"]


def loop_of_its_own(work: Any) -> Any:
    return asyncio.new_event_loop().run_until_complete(work)
