"""Whatever comes and whatever fails: an answer, the safety card, and no word of the person in the log."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import Any

import pytest
import sqlalchemy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.dialogue import Talk
from actions.wording import service
from tests.channels.web.conftest import Run, Site
from tests.channels.web.page import Page, kinds, texts

SECRET = "zanzibarish words about the calf"
EVENTS = ("begin", "say", "delete", "leave", "connect", "disconnect", "message", "typing", "unknown", "*", "")
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SHAPED = st.fixed_dictionaries(
    {}, optional={"id": ANY_JSON, "text": ANY_JSON, "token": ANY_JSON, "n": ANY_JSON, "event": ANY_JSON}
)


def broken(*_: object, **__: object) -> Any:
    raise sqlalchemy.exc.OperationalError("select", {}, Exception(SECRET))


@pytest.mark.parametrize(
    "place", ["stored", "_append", "_rows", "answer_to"], ids=["showing", "saving", "reading", "asking"]
)
def test_a_failing_store_gives_the_safety_card(
    site: Site, run: Run, agent: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, place: str
) -> None:
    """REST and Socket.IO of Rasa turn a failure into silence (fact 5)."""

    async def test() -> None:
        page = await site.page().open()
        with monkeypatch.context() as failing, caplog.at_level(logging.INFO):
            failing.setattr(agent.tracker_store, place, broken)
            told = await page.say(SECRET, id="one")
            assert (told["ok"], told["error"]["code"]) == (False, "failed")
            assert service()["emergency"] in told["error"]["text"]
            assert (await page.heard(service()["emergency"]))["card"]["kind"] == "safety"
            assert page.typing == [True, False]
        assert SECRET not in caplog.text
        assert "OperationalError at" in caplog.text
        assert await page.say(SECRET, id="one") == {"ok": True}
        assert "safety" not in kinds((await site.page().open(page.token)).begun["history"])

    run(test())


@pytest.mark.parametrize("place", ["is_ended", "stored"], ids=["before the turn", "after it"])
def test_a_store_that_hangs_is_not_waited_for(
    site: Site, run: Run, agent: Any, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    whole, let_go = agent.tracker_store.stored, asyncio.Event()
    ended = threading.Event()

    async def stored(*given: Any) -> Any:
        await let_go.wait()
        return await whole(*given)

    async def test() -> None:
        page = await site.page().open()
        with monkeypatch.context() as failing:
            failing.setattr("bot.channels.web.talks.SECONDS_TO_SAY", 0.5)
            if place == "stored":
                failing.setattr(agent.tracker_store, "stored", stored)
            else:
                failing.setattr(site.talks.sessions, "is_ended", lambda _: ended.wait(30) and False)
            told = await page.say("my knee hurts", id="one")
            assert (told["ok"], told["error"]["code"]) == (False, "failed")
            let_go.set()
            ended.set()
        assert await page.say("my knee hurts", id="one") == {"ok": True}
        history = (await site.page().open(page.token)).begun["history"]
        assert texts(history, "person") == ["my knee hurts"]

    run(test())


def test_a_failing_action_gives_the_safety_card_and_the_talk_goes_on(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        page = await site.page().open()
        await page.say("my knee hurts, i am 34")
        with monkeypatch.context() as failing:
            failing.setattr(Talk, "reply", broken)
            assert await page.say("no") == {"ok": True}
            assert kinds(page.entries)[-1] == "safety"
        await page.say("/summary")
        assert "34 years" in " ".join(texts(await page.settled()))

    run(test())


def test_an_answer_that_says_nothing_becomes_the_safety_card(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        page = await site.page().open()
        monkeypatch.setattr(Talk, "reply", lambda *_: [])
        assert await page.say("my knee hurts") == {"ok": True}
        assert kinds(await page.settled()) == ["safety"]
        assert texts(page.entries, "person") == ["my knee hurts"]

    run(test())


@pytest.mark.parametrize("event", ["begin", "delete"])
def test_a_handler_that_raises_is_acked_with_the_safety_card(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    async def test() -> None:
        page = await site.page().open()
        monkeypatch.setattr(site.talks.sessions, "is_ended", broken)
        told = await page.call(event, {"token": page.token})
        assert told["error"]["code"] == "failed"
        assert (await page.heard(service()["emergency"]))["card"]["kind"] == "safety"

    run(test())


def test_a_request_that_raises_is_answered_with_the_safety_text(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        page = site.plain()
        await page.begin()
        monkeypatch.setattr(site.talks.sessions, "is_ended", broken)
        told = await page.say("my knee hurts")
        assert (page.status, told["error"]["code"]) == (503, "failed")
        assert service()["emergency"] in told["error"]["text"]

    run(test())


def test_a_poll_hears_of_a_failure(site: Site, run: Run, agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        page = site.plain()
        await page.begin()
        with monkeypatch.context() as failing:
            failing.setattr(agent.tracker_store, "_append", broken)
            assert (await page.say("my knee hurts", id="one"))["error"]["code"] == "failed"
        said, safety = await page.wait(0)
        assert (said["id"], said["text"], kinds([safety])) == ("one", "my knee hurts", ["safety"])

    run(test())


def test_any_json_in_any_event_is_answered(
    site: Site, run: Run, loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    unhandled: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: unhandled.append(context))
    page = site.page()
    run(page.connect())  # type: ignore[arg-type]
    run(page.begin())  # type: ignore[arg-type]

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(event=st.sampled_from(EVENTS) | st.text(max_size=10), data=SHAPED | ANY_JSON)
    def check(event: str, data: Any) -> None:
        told = loop.run_until_complete(page.call(event, data))
        assert told.get("ok") in (True, False)
        assert told["ok"] or {"code", "text"} == told["error"].keys()

    check()
    run(page.call("begin", {}))  # type: ignore[arg-type]
    assert loop.run_until_complete(page.say("my knee hurts")) == {"ok": True}
    loop.set_exception_handler(None)
    assert unhandled == []
    assert "Traceback" not in caplog.text


BAD_PACKETS = ["290{}", "21[]", "22[5]", "23[{}]", "24[[]]", '25["say"', "26null", '27"say"', "28", "3", "9", "2", "",
               "2" + "[" * 3000, '2["say"' + "[" * 3000, "0/evil,{}", "1/evil,", '51-["say",{"_placeholder":true,"num":7}]',
               '2999999999999999999999["nothing"]', '2["say",1,2,3,4]']  # fmt: skip


@pytest.mark.parametrize("packet", BAD_PACKETS, ids=lambda packet: repr(packet[:20]))
def test_a_packet_that_is_no_event_harms_nobody_else(
    site: Site, run: Run, loop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture, packet: str
) -> None:
    unhandled: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: unhandled.append(context))

    async def test() -> None:
        bad: Page = await site.page().open()
        good = await site.page().open()
        await bad.socket.eio.send(packet)
        assert await good.say("my knee hurts") == {"ok": True}
        assert await good.call("leave") == {"ok": True}

    run(test())
    loop.set_exception_handler(None)
    assert unhandled == []
    assert packet not in caplog.text or len(packet) < 3


@pytest.mark.parametrize(("packet", "ack"), [("421[]", 1), ("422[5]", 2), ("423[{}]", 3), ("424null", 4), ("425{}", 5)])
def test_an_event_without_a_name_is_acked(site: Site, run: Run, packet: str, ack: int) -> None:
    async def test() -> None:
        page = await site.page().open()
        told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        page.socket.callbacks.setdefault("/", {})[ack] = lambda *data: told.set_result(data)
        await page.socket.eio.send(packet[1:])
        (answer,) = await asyncio.wait_for(told, 10)
        assert answer["error"]["code"] == "bad"

    run(test())


def test_the_log_holds_no_words_of_the_person(site: Site, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        page = await site.page().open()
        with caplog.at_level(logging.DEBUG):
            await page.say(SECRET)
            await page.call("say", {"text": SECRET})
            await page.call(SECRET, json.dumps(SECRET))
        written = [record.getMessage() for record in caplog.records if not record.name.startswith(("socketio.client", "engineio.client"))]  # fmt: skip
        assert not any("zanzibarish" in line for line in written)
        assert (await site.page().connect()).socket.connected

    run(test())
