"""What is told of the bot's state: enough to keep it running, and nothing of anybody."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
import threading
import uuid
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from bot import logs, metrics, watching
from bot.channels.turns import turn
from tests.servers import Server

EMERGENCY = "i can't breathe and my chest hurts, my calf is huge"


def value(name: str, **labels: str) -> float:
    text = metrics.written({}).decode()
    told = ",".join(f'{key}="{given}"' for key, given in labels.items())
    found = re.search(rf"^{name}(?:{{{re.escape(told)}}})? (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def say(agent: Any, loop: asyncio.AbstractEventLoop, text: str, sender: str = "", id: str | None = None) -> None:
    loop.run_until_complete(turn(agent, sender or uuid.uuid4().hex, text, "rest", id))


def test_turns_are_counted_by_what_came_of_them(
    agent: Any, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def turns(outcome: str) -> float:
        return value("kneewise_turns_total", channel="rest", outcome=outcome)

    before = {outcome: turns(outcome) for outcome in (metrics.ANSWERED, metrics.REPEATED, metrics.FAILED)}
    level = value("kneewise_levels_total", level="ambulance")
    for _ in range(2):
        say(agent, loop, EMERGENCY, "counted-once", "m-1")
    monkeypatch.setattr(agent.processor, "handle_message", None)
    say(agent, loop, "hello")
    assert {outcome: turns(outcome) - count for outcome, count in before.items()} == {
        metrics.ANSWERED: 1, metrics.REPEATED: 1, metrics.FAILED: 1,
    }  # fmt: skip
    assert value("kneewise_levels_total", level="ambulance") == level + 1, "a repeated result is not one more"


def test_what_is_not_understood_is_counted(agent: Any, loop: asyncio.AbstractEventLoop) -> None:
    before = value("kneewise_fallbacks_total")
    for text in ("my knee hurts on the stairs", "qwrtz plmkn vbxy", "why"):
        say(agent, loop, text, "not-understood")
    assert value("kneewise_fallbacks_total") == before + 1


def test_hand_offs_that_wait_are_told() -> None:
    assert b'kneewise_handoff_posts{state="dead"} 2.0' in metrics.written({"dead": 2})


def test_alive_and_ready(server: Server) -> None:
    assert requests.get(f"{server.url}/health", timeout=5).json() == {"status": "ok"}
    assert requests.get(f"{server.url}/ready", timeout=5).json() == {"model": True, "database": True, "outbox": True}


def test_numbers_are_for_this_machine_and_who_knows_the_token(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = requests.get(f"{server.url}/metrics", timeout=5)
    assert "kneewise_live_talks" in numbers.text
    through_a_proxy = {"X-Forwarded-For": "203.0.113.9"}
    assert requests.get(f"{server.url}/metrics", headers=through_a_proxy, timeout=5).status_code == 404
    monkeypatch.setenv(watching.TOKEN, "a token")
    far = SimpleNamespace(ip="203.0.113.9", headers={"authorization": "Bearer a token"})
    assert watching._may_see(far)
    assert not watching._may_see(SimpleNamespace(ip="203.0.113.9", headers={"authorization": "Bearer wrong"}))
    assert not watching._may_see(SimpleNamespace(ip="203.0.113.9", headers={}))


def test_a_database_that_hangs_is_asked_by_one_thread_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "SECONDS_FOR_THE_DATABASE", 0.05)
    back, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        back.wait(20)

    async def look() -> None:
        database = watching.Asked()
        for _ in range(3):
            with pytest.raises(asyncio.TimeoutError):
                await database.answers(hang)
        assert len(asked) == 1
        back.set()
        await database.answers(lambda: None)

    asyncio.run(look())


@pytest.mark.parametrize("error", [sa.exc.OperationalError("select", {}, Exception()), asyncio.TimeoutError()])
def test_without_its_database_it_is_not_ready(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    async def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(watching.Asked, "answers", fails)
    agent = SimpleNamespace(is_ready=lambda: True, tracker_store=SimpleNamespace(records=None))
    request = SimpleNamespace(app=SimpleNamespace(ctx=SimpleNamespace(agent=agent, background=None)))
    parts = asyncio.run(watching._parts(request, watching.Asked()))
    assert parts == {"model": True, "database": False, "outbox": False}


def test_a_line_of_the_log_has_a_talk_and_no_words(agent: Any, loop: asyncio.AbstractEventLoop) -> None:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(logs.JsonLines().format(record))  # type: ignore[method-assign]
    logs.turns.addHandler(handler)
    before = logs.turns.level
    logs.turns.setLevel(logging.INFO)
    try:
        say(agent, loop, "my xylophone hurts", "anna-5f3a")
    finally:
        logs.turns.removeHandler(handler)
        logs.turns.setLevel(before)
    line = json.loads(lines[0])
    assert line["talk"] == agent.tracker_store.records.person("anna-5f3a")[:12]
    assert (line["channel"], line["outcome"]) == ("rest", "answered")
    assert "xylophone" not in lines[0]
    assert "anna" not in lines[0]


def test_an_error_is_told_without_its_text() -> None:
    try:
        raise ValueError("my secret words")
    except ValueError:
        record = logging.LogRecord("any", logging.ERROR, "", 0, "it failed", (), sys.exc_info())
    line = logs.JsonLines().format(record)
    assert "my secret words" not in line
    assert json.loads(line)["error"].startswith("ValueError at test_watching.py")
