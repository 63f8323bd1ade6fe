"""Whatever fails, the person gets the safety card with the emergency number (promise 7)."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy
from rasa.shared.core.events import BotUttered

import actions.conversation
from actions import cards
from actions.dialogue import Talk
from actions.wording import service
from bot.channels import turns
from bot.channels.rest import turn
from bot.trackers import TalkStore
from tests.conftest import card

SECRET = "my secret words about the calf"


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
