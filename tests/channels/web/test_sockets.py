"""A talk over Socket.IO with the real bot: what is promised to a page, and what nobody else may do."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
import socketio

from bot.channels import push
from bot.channels.turns import turn
from bot.channels.web.limits import MOST_LISTENERS, SAYING, Buckets
from bot.channels.web.talks import HISTORY_TURNS
from tests.channels.web.conftest import Run, Site
from tests.channels.web.page import Page, kinds, texts

CALF = "my calf is swollen and tender since the flight"
NO = '/answer{"question":"breathless_or_chest_pain","value":"no"}'


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_a_message_is_answered_and_acked(site: Site, run: Run, transport: str) -> None:
    """The stock channel sends no answer with this version of python-socketio (fact 1), and loses cards (fact 4)."""

    async def test() -> None:
        page = await site.page().open(None, (transport,))
        assert await page.say(CALF, id="one") == {"ok": True}
        await page.until(lambda: page.typing == [True, False])
        said, *answer = page.entries
        assert (said["from"], said["id"], said["text"]) == ("person", "one", CALF)
        assert answer[-1]["card"]["id"] == "breathless_or_chest_pain"
        assert answer[-1]["buttons"][0]["payload"] == '/answer{"question":"breathless_or_chest_pain","value":"yes"}'
        assert answer[-1]["card"]["prompt"] in answer[-1]["text"]

    run(test())


def test_begin_tells_what_a_page_needs(site: Site, run: Run) -> None:
    async def test() -> None:
        begun = (await site.page().open()).begun
        assert (begun["ok"], begun["new"], begun["history"]) == (True, True, [])
        assert begun["limits"] == {"characters": 1000}
        numbers = {one["country"]: one["number"] for one in begun["emergency"]["numbers"]}
        assert (numbers["GB"], numbers["DE"], numbers["US"], numbers["NO"]) == ("999", "112", "911", "113")
        assert "not a clinician" in begun["intro"]

    run(test())


def test_reload_brings_the_same_talk_back(site: Site, run: Run) -> None:
    """The stock channel has no history, and every reload is somebody new."""

    async def test() -> None:
        page = await site.page().open()
        await page.say(CALF)
        await page.say(NO)
        live = await page.settled()
        again = await site.page().open(page.token)
        assert again.begun["new"] is False
        assert again.begun["history"] == live
        assert texts(live, "person") == [CALF, "No"]
        assert [entry["n"] for entry in live] == sorted({entry["n"] for entry in live})

    run(test())


def test_two_tabs_see_both_sides(site: Site, run: Run) -> None:
    async def test() -> None:
        one = await site.page().open()
        two = await site.page().open(one.token)
        await one.say(CALF, id="from one")
        await two.say(NO, id="from two")
        await one.until(
            lambda: len([e for e in one.entries if e["from"] == "person"]) == 2 and one.typing[-1:] == [False]
        )
        assert await one.settled() == await two.settled()
        assert [e["id"] for e in one.entries if e["from"] == "person"] == ["from one", "from two"]
        assert one.typing == two.typing == [True, False, True, False]

    run(test())


def test_a_message_sent_again_is_worked_once(site: Site, run: Run) -> None:
    """The stock channel works it twice: a red flag's answer would go to the next question."""

    async def test() -> None:
        page = await site.page().open()
        await page.say(CALF)
        assert [await page.say(NO, id="same") for _ in range(2)] == [{"ok": True}] * 2
        assert await asyncio.gather(*[page.say(NO, id="same") for _ in range(5)]) == [{"ok": True}] * 5
        assert texts(await page.settled(), "person") == [CALF, "No"]
        assert (await site.page().open(page.token)).begun["history"] == page.entries

    run(test())


def test_the_same_message_from_two_sockets_at_once_is_worked_once(site: Site, run: Run) -> None:
    async def test() -> None:
        one = await site.page().open()
        two = await site.page().open(one.token)
        await asyncio.gather(one.say(CALF, id="same"), two.say(CALF, id="same"))
        assert texts(await one.settled(), "person") == texts(await two.settled(), "person") == [CALF]

    run(test())


def test_an_answer_of_another_worker_comes_when_the_message_is_sent_again(site: Site, run: Run, agent: Any) -> None:
    async def test() -> None:
        page = await site.page().open()
        await page.say("my knee hurts")
        had = len(await page.settled())
        await page.begin(page.token)
        await turn(agent, f"web:{site.talks.sessions.read(page.token)}", CALF, "web", "elsewhere")
        assert await page.say(CALF, id="elsewhere") == {"ok": True}
        new = (await page.settled())[had:]
        assert (new[0]["id"], new[0]["text"], kinds(new)[-1]) == ("elsewhere", CALF, "question")

    run(test())


def test_what_another_worker_writes_comes_by_itself(site: Site, run: Run, agent: Any) -> None:
    async def test() -> None:
        site.talks.watch.seconds_of_a_round = 0.05
        page, plain = await site.page().open(), site.plain()
        plain.token = page.token
        waiting = asyncio.ensure_future(plain.wait(0))
        await turn(agent, f"web:{site.talks.sessions.read(page.token)}", CALF, "web", "elsewhere")
        await page.heard("coughing")
        assert texts(await waiting, "person") == texts(await page.settled(), "person") == [CALF]

    run(test())


def test_what_is_said_while_a_page_loads_is_not_missed(
    site: Site, run: Run, agent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        site.talks.watch.seconds_of_a_round = 60.0
        first, second = await site.page().open(), site.page()
        read = agent.tracker_store.stored

        async def while_reading(sender: str, last: int) -> Any:
            events = await read(sender, last)
            if last == HISTORY_TURNS:
                await first.say(CALF)
            return events

        with monkeypatch.context() as slow:
            slow.setattr(agent.tracker_store, "stored", while_reading)
            await second.open(first.token)
        assert second.begun["history"] == []
        await second.heard(CALF)
        assert await second.settled() == await first.settled()

    run(test())


def test_the_id_of_one_session_is_not_that_of_another(site: Site, run: Run) -> None:
    async def test() -> None:
        one, two = await site.page().open(), await site.page().open()
        await one.say(CALF, id="same")
        await two.say("i am 34, my knee hurts", id="same")
        assert texts(await two.settled(), "person") == ["i am 34, my knee hurts"]

    run(test())


def test_a_session_cannot_be_taken_over(site: Site, run: Run) -> None:
    """On the stock channel, who knows a session's id reads along and speaks for its person."""

    async def test() -> None:
        victim = await site.page().open()
        session = site.talks.sessions.read(victim.token)
        thief = await site.page().connect()
        for token in (session, f"web:{session}", victim.token[:-2], {"sub": session}, victim.token + "x"):
            begun = await thief.call(
                "begin", {"token": token, "session_id": session, "session": session, "sid": session}
            )
            assert (begun["new"], begun["history"]) == (True, [])
            assert site.talks.sessions.read(begun["token"]) != session
        await victim.say(CALF)
        assert (await thief.say("hello", id="one"))["ok"]
        assert CALF not in texts(await thief.settled())
        assert "hello" not in texts(await victim.settled())

    run(test())


def test_a_socket_that_has_not_begun_can_do_nothing(site: Site, run: Run) -> None:
    async def test() -> None:
        page = await site.page().connect()
        assert [(await page.call(event, {"id": "1", "text": "hello"}))["error"]["code"] for event in ("say", "delete")] == [
            "session", "session"]  # fmt: skip

    run(test())


@pytest.mark.parametrize("namespace", ["/", "/other"])
def test_there_is_one_namespace(site: Site, run: Run, namespace: str) -> None:
    """On the stock channel another namespace connects and never hears an answer."""

    async def test() -> None:
        page = site.page()
        refused: list[object] = []
        page.socket.on("connect_error", refused.append, namespace=namespace)
        try:
            await page.socket.connect(site.url, namespaces=[namespace], transports=["websocket"])
        except socketio.exceptions.ConnectionError:
            refused.append(namespace)
        assert bool(refused) == (namespace != "/")

    run(test())


def test_leaving_forgets_nothing(site: Site, run: Run) -> None:
    async def test() -> None:
        page = await site.page().open()
        await page.say(CALF)
        assert await page.call("leave") == {"ok": True}
        assert (await page.say("hello"))["error"]["code"] == "session"
        before = list(page.entries)
        await page.begin(page.token)
        assert page.begun["history"] == before

    run(test())


def test_1000_characters_are_read_and_1001_are_not(site: Site, run: Run) -> None:
    async def test() -> None:
        page = await site.page().open()
        assert await page.say("knee " * 200) == {"ok": True}
        told = await page.say("knee " * 200 + "!")
        assert (told["ok"], told["error"]["code"]) == (False, "too_long")
        assert "1000 characters" in told["error"]["text"]
        assert len(texts(await page.settled(), "person")) == 1

    run(test())


def test_who_is_too_fast_is_told_so_and_loses_nothing(site: Site, run: Run) -> None:
    async def test() -> None:
        site.talks.saying = Buckets(*SAYING, clock=lambda: 0.0)
        page = await site.page().open()
        told = [await page.say("my knee hurts", id=f"number {number}") for number in range(SAYING[1] + 1)]
        assert [one["ok"] for one in told] == [True] * SAYING[1] + [False]
        assert told[-1]["error"]["code"] == "too_fast"
        site.talks.saying = Buckets(*SAYING)
        assert await page.say("my knee hurts", id=f"number {SAYING[1]}") == {"ok": True}

    run(test())


def test_an_address_gets_so_many_new_sessions(site: Site, run: Run) -> None:
    async def test() -> None:
        site.talks.beginning = Buckets(1, 2, clock=lambda: 0.0)
        page = await site.page().open()
        told = [await page.call("begin", {}) for _ in range(2)]
        assert [one["ok"] for one in told] == [True, False]
        assert told[1]["error"]["code"] == "too_fast"
        assert (await page.call("begin", {"token": page.token}))["new"] is False

    run(test())


def test_only_so_many_sockets_are_in_one_session(site: Site, run: Run) -> None:
    async def test() -> None:
        first = await site.page().open()
        others = [await site.page().open(first.token) for _ in range(MOST_LISTENERS)]
        await asyncio.wait_for(first.closed.wait(), 10)
        assert await others[-1].say(CALF) == {"ok": True}
        assert not any(page.closed.is_set() for page in others)

    run(test())


def test_deleting_erases_and_ends_the_session(site: Site, run: Run) -> None:
    async def test() -> None:
        page = await site.page().open()
        other = await site.page().open(page.token)
        await page.say("i am 34 and my knee hurts")
        session = site.talks.sessions.read(page.token)
        told = await page.call("delete", {})
        assert (told["ok"], len(told["receipt"])) == (True, 32)
        stored = site.talks._agent().tracker_store.records.export(f"web:{session}")
        assert [name for name, rows in stored.items() if rows and name != "sender"] == []
        assert (await other.say("hello"))["error"]["code"] == "session"
        await page.begin(page.token)
        assert (page.begun["new"], page.begun["history"]) == (True, [])
        assert site.talks.sessions.read(page.token) != session

    run(test())


def test_deleting_in_the_talk_is_confirmed_and_the_session_goes_on(site: Site, run: Run) -> None:
    async def test() -> None:
        page = await site.page().open()
        for text in (
            "i am 34 and my knee hurts",
            "delete my data",
            '/answer{"question":"delete_my_data","value":"yes"}',
        ):
            assert await page.say(text) == {"ok": True}
        assert texts(await page.settled(), "bot")[-1].startswith("Done.")
        await page.begin(page.token)
        assert (page.begun["new"], page.begun["history"]) == (False, [])
        assert await page.say("my knee hurts") == {"ok": True}

    run(test())


def test_a_clinicians_reply_comes_at_once_and_stays(site: Site, run: Run) -> None:
    async def test() -> None:
        page = await site.page().open()
        await page.say(CALF)
        sender = f"web:{site.talks.sessions.read(page.token)}"
        pusher = push.pusher_of("web")
        assert pusher is not None
        assert await pusher(sender, [{"text": "Please come in today.", "from": "clinician"}])
        entry = await page.heard("Please come in today.")
        assert entry["from"] == "clinician"
        await page.say(NO)
        assert (await site.page().open(page.token)).begun["history"] == await page.settled()

    run(test())


def test_a_reply_that_cannot_be_shown_at_once_is_not_brought_twice(
    site: Site, run: Run, agent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        site.talks.watch.seconds_of_a_round = 0.05
        page = await site.page().open()
        await page.say(CALF)
        sender = f"web:{site.talks.sessions.read(page.token)}"

        async def broken(*_: object) -> None:
            raise OSError

        with monkeypatch.context() as failing:
            failing.setattr(agent.tracker_store, "stored", broken)
            assert await site.talks.push(sender, [{"text": "Please come in today.", "from": "clinician"}])
        await page.heard("Please come in today.")
        assert texts(await page.settled(), "clinician") == ["Please come in today."]

    run(test())


def test_nobody_can_be_written_to_who_has_no_talk(site: Site, run: Run) -> None:
    async def test() -> None:
        pusher = push.pusher_of("web")
        assert pusher is not None
        assert not await pusher(f"web:{uuid.uuid4().hex}", [{"text": "hello"}])

    run(test())


def test_a_long_turn_of_one_person_does_not_hold_up_another(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        go = asyncio.Event()

        async def slow(agent: object, sender: str, text: str, *more: object) -> object:
            if text == "wait for it":
                await go.wait()
            return await turn(agent, sender, text, *more)  # type: ignore[arg-type]

        monkeypatch.setattr("bot.channels.web.talks.turn", slow)
        one, two = await site.page().open(), await site.page().open()
        waiting = asyncio.ensure_future(one.say("wait for it"))
        await one.until(lambda: one.typing == [True])
        assert await two.say(CALF) == {"ok": True}
        assert not waiting.done()
        go.set()
        assert await waiting == {"ok": True}

    run(test())


def test_messages_of_one_session_are_worked_in_their_order(site: Site, run: Run) -> None:
    async def test() -> None:
        page = await site.page().open()
        said = ["my knee hurts", "i am 34", "the left one", "since 3 weeks", "on the stairs"]
        await asyncio.gather(*[page.say(text) for text in said])
        assert texts(await page.settled(), "person") == said

    run(test())


def test_a_socket_that_goes_away_does_not_fail_its_turn(site: Site, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        go, worked = asyncio.Event(), asyncio.Event()

        async def slow(*given: object) -> object:
            await go.wait()
            answer = await turn(*given)  # type: ignore[arg-type]
            worked.set()
            return answer

        monkeypatch.setattr("bot.channels.web.talks.turn", slow)
        page = await site.page().open()
        asking = asyncio.ensure_future(page.say(CALF))
        await page.until(lambda: page.typing == [True])
        asking.cancel()
        await page.close()
        go.set()
        await asyncio.wait_for(worked.wait(), 10)
        again: Page = await site.page().open(page.token)
        assert texts(again.begun["history"], "person") == [CALF]
        assert "question" in kinds(again.begun["history"])

    run(test())
