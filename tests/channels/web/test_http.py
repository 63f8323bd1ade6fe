"""The HTTP fallback, alone and beside a socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.channels.turns import turn
from bot.channels.web.limits import LARGEST_BODY, MOST_LISTENERS
from tests.channels.web.conftest import Run, Site
from tests.channels.web.page import Plain, kinds, texts

CALF = "my calf is swollen and tender since the flight"


def answer_to(entry: dict[str, Any]) -> str:
    """A calm answer to a question card: nothing of a list, no, the smallest sensible number."""
    card = entry["card"]
    values: dict[str, Any] = {
        "any_of": [],
        "yes_no": "no",
        "number": {"age": 34, "duration_weeks": 3}.get(card["id"], 2),
    }
    one_of = {"side": "left", "trend": "same", "onset": "gradual", "for_whom": "self"}
    value = values.get(card["input"], one_of.get(card["id"]) or (card["options"] or [{"value": ""}])[0]["value"])
    return "/answer" + json.dumps({"question": card["id"], "value": value})


async def next_after(page: Plain, after: int, text: str) -> tuple[list[dict[str, Any]], int]:
    """Say something while a poll waits, as a page does; the new entries and the last number."""
    waiting = asyncio.ensure_future(page.wait(after))
    assert await page.say(text) == {"ok": True}
    entries = await waiting
    return entries, entries[-1]["n"]


def test_a_whole_triage_by_long_poll_alone(site: Site, run: Run) -> None:
    async def test() -> None:
        page = site.plain()
        assert (await page.begin())["history"] == []
        entries, after = await next_after(
            page, 0, "front of my left knee aches on the stairs since i run more, i am 34"
        )
        for _ in range(25):
            if "assessment" in kinds(entries):
                break
            question = next(
                entry for entry in reversed(entries) if entry["card"] and entry["card"]["kind"] == "question"
            )
            entries, after = await next_after(page, after, answer_to(question))
        result = next(entry["card"] for entry in entries if entry["card"] and entry["card"]["kind"] == "assessment")
        assert result["level"] == "self_care"
        again = site.plain()
        again.token = page.token
        assert await again.wait(0) == (await again.begin())["history"]

    run(test())


def test_a_poll_hears_what_a_socket_of_the_same_session_says(site: Site, run: Run) -> None:
    async def test() -> None:
        page, plain = await site.page().open(), site.plain()
        plain.token = page.token
        waiting = asyncio.ensure_future(plain.wait(0))
        await page.say(CALF)
        assert await waiting == await page.settled()

    run(test())


def test_a_poll_ends_without_news(site: Site, run: Run) -> None:
    async def test() -> None:
        site.talks.seconds_of_a_poll = 0.05
        page = site.plain()
        await page.begin()
        assert await page.wait(0) == []

    run(test())


def test_only_so_many_polls_wait(site: Site, run: Run) -> None:
    async def test() -> None:
        page = site.plain()
        await page.begin()
        polls = [asyncio.ensure_future(page.wait(0)) for _ in range(MOST_LISTENERS + 1)]
        done, waiting = await asyncio.wait(polls, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        assert [poll.result() for poll in done] == [[]]
        await page.say(CALF)
        assert [texts(await poll, "person") for poll in waiting] == [[CALF]] * MOST_LISTENERS

    run(test())


def test_a_message_sent_again_is_worked_once(site: Site, run: Run) -> None:
    async def test() -> None:
        page = site.plain()
        await page.begin()
        assert await asyncio.gather(*[page.say(CALF, id="same") for _ in range(4)]) == [{"ok": True}] * 4
        assert texts(await page.wait(0), "person") == [CALF]

    run(test())


def test_a_client_that_goes_away_does_not_fail_its_turn(site: Site, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        begun, go = asyncio.Event(), asyncio.Event()

        async def slow(*given: Any) -> Any:
            begun.set()
            await go.wait()
            return await turn(*given)

        monkeypatch.setattr("bot.channels.web.talks.turn", slow)
        page = site.plain()
        await page.begin()
        asking = asyncio.ensure_future(page.say(CALF))
        await begun.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert (await page.begin())["history"] == []  # the server has seen the connection close by now
        waiting = asyncio.ensure_future(page.wait(0))
        go.set()
        assert texts(await waiting, "person") == [CALF]

    run(test())


def test_deleting_ends_the_session(site: Site, run: Run) -> None:
    async def test() -> None:
        page = site.plain()
        await page.begin()
        await page.say(CALF)
        assert (await page.ask("POST", "delete", {}))["ok"]
        for method, path in (("POST", "say"), ("POST", "delete"), ("GET", "wait")):
            told = await page.ask(method, path, {} if method == "POST" else None)
            assert (page.status, told["error"]["code"]) == (401, "session")
        assert (await page.begin())["new"]

    run(test())


@pytest.mark.parametrize("token", [None, "", "a.b.c", "nonsense", "ümlaut"])
def test_without_a_good_token_there_is_no_talk(site: Site, run: Run, token: str | None) -> None:
    async def test() -> None:
        page = site.plain()
        page.token = token
        assert (await page.say("hello"))["error"]["code"] == "session"
        assert page.status == 401

    run(test())


@pytest.mark.parametrize(
    "raw",
    [b"nonsense", b"[]", b"5", b'"text"', b"\xff\xfe", b"[" * 5000, b'{"id": 5, "text": "hello"}',
     b'{"id": "", "text": "hello"}', b'{"id": "' + b"x" * 65 + b'", "text": "hello"}', b'{"id": "a\\nb", "text": "hello"}',
     b'{"id": "\\ud83d", "text": "hello"}', b'{"id": "1", "text": null}', b'{"id": "1", "text": ["a"]}', b""],
)  # fmt: skip
def test_what_cannot_be_read_is_told_so(site: Site, run: Run, raw: bytes) -> None:
    async def test() -> None:
        page = site.plain()
        await page.begin()
        told = await page.ask("POST", "say", raw=raw)
        assert (page.status, told["ok"], told["error"]["code"]) == (400, False, "bad")

    run(test())


def test_a_large_body_is_not_read(site: Site, run: Run) -> None:
    async def test() -> None:
        page = site.plain()
        await page.begin()
        told = await page.ask("POST", "say", raw=b'{"id": "1", "text": "' + b"a" * LARGEST_BODY + b'"}')
        assert (page.status, told["error"]["code"]) == (413, "too_long")

    run(test())


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 17, "%C2%B2"])
def test_a_poll_after_nonsense_is_told_so(site: Site, run: Run, after: str) -> None:
    async def test() -> None:
        page = site.plain()
        await page.begin()
        assert (await page.ask("GET", f"wait?after={after}"))["error"]["code"] == "bad"

    run(test())


def test_the_settings_of_the_place(site: Site, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        told = await site.plain().ask("GET", "settings")
        assert {one["country"] for one in told["emergency"]["numbers"]} >= {"GB", "IE", "US", "CA", "AU", "NZ", "IN"}
        assert told["emergency"]["number"] is None

    run(test())


@pytest.mark.parametrize(("set_to", "number"), [("112", "112"), ("call 112 or 144", None)])
def test_the_operators_number_goes_before_those_of_the_countries(
    site: Site, run: Run, monkeypatch: pytest.MonkeyPatch, set_to: str, number: str | None
) -> None:
    from actions import wording

    async def test() -> None:
        told = await site.plain().ask("GET", "settings")
        assert told["emergency"] == {"text": set_to, "number": number, "numbers": []}

    with monkeypatch.context() as place:
        place.setenv("KNEEWISE_EMERGENCY", set_to)
        wording.service.cache_clear()
        run(test())
    wording.service.cache_clear()


def test_nothing_private_is_kept_on_the_way(site: Site, run: Run) -> None:
    async def test() -> None:
        page = site.plain()
        await page.begin()
        assert page.headers["cache-control"] == "no-store"
        assert "set-cookie" not in page.headers

    run(test())
