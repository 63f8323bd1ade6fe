"""What reaches the webhooks: forged, replayed, doubled, reordered, oversized and malformed requests, and speed."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.channels.slack.routes import LARGEST_BODY
from tests.channels.slack.house import House, StubAgent
from tests.fakes.slack import TEAM, Person, signed

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PATHS = {"events": JSON, "actions": FORM, "commands": FORM}
SOME = random.Random(20_261_122)
ODD = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x" * 300,
    "\x00",
    "U1\n",
    "../..",
    [],
    {},
    [[]],
    {"a": {}},
    "nan",
    10**30,
    "😭",
    "<@U1>",
]
FORGERIES = 240
MALFORMED = 300


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Any:
    """What went wrong without being handled."""
    return lambda: [one.getMessage() for one in caplog.records if one.exc_info or "uncaught" in one.getMessage()]


async def post(person: Person, path: str, body: bytes, headers: dict[str, str]) -> int:
    address = f"{person.bot}/webhooks/slack/{path}"
    async with person.session.post(address, data=body, headers={"Content-Type": PATHS[path], **headers}) as answer:
        await answer.read()
        return answer.status


def tap_of(person: Person, value: str = "/start") -> dict[str, Any]:
    message = {"ts": person.slack.moment(), "text": "?", "blocks": []}
    element = {"type": "button", "action_id": "tap:0", "value": value, "text": {"type": "plain_text", "text": "Yes"}}
    return person.action(element, "question:age:0", message)


def request_to(person: Person, path: str) -> bytes:
    """A request that would be taken."""
    if path == "events":
        return json.dumps(person.event("my knee hurts")).encode()
    if path == "actions":
        return urlencode({"payload": json.dumps(tap_of(person))}).encode()
    ids = {"user_id": person.user, "team_id": TEAM, "trigger_id": person.slack.moment()}
    return urlencode({"command": "/knee", "text": "hurts", **ids}).encode()


def forged(number: int, body: bytes) -> dict[str, str]:
    """Headers that prove nothing."""
    now = time.time()
    right = signed(body)
    kinds = [
        dict,
        lambda: {**right, "X-Slack-Signature": "v0=" + "0" * 64},
        lambda: signed(body, "another secret"),
        lambda: signed(body + b" "),
        lambda: signed(body, at=now - 301 - number),
        lambda: signed(body, at=now + 400 + number),
        lambda: {**right, "X-Slack-Request-Timestamp": SOME.choice(["", "now", "-1", "1e9", "nan", "9" * 400, "١٢٣"])},
        lambda: {**right, "X-Slack-Signature": SOME.choice(["", "v0=", "v1=" + "a" * 64, "v0=é", "x" * 5000])},
        lambda: {"X-Slack-Request-Timestamp": right["X-Slack-Request-Timestamp"]},
        lambda: {"X-Slack-Signature": right["X-Slack-Signature"]},
    ]
    return kinds[number % len(kinds)]()


def test_nothing_forged_is_taken(within: Any, log: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        seen: Counter[int] = Counter()
        for number in range(FORGERIES):
            path = list(PATHS)[number % 3]
            body = request_to(person, path)
            seen[await post(person, path, body, forged(number // 3, body))] += 1
        await house.finished()
        assert (seen, house.agent.turns, house.slack.calls) == (Counter({401: FORGERIES}), [], [])

    within(story)
    assert log() == []


def test_the_same_request_is_taken_when_it_is_signed(within: Any) -> None:
    """Without this the test above could pass because everything is refused."""

    async def story(house: House) -> None:
        person = house.person()
        for path in PATHS:
            body = request_to(person, path)
            assert await post(person, path, body, signed(body)) == 200
        await house.finished()
        assert len(house.agent.turns) == 3

    within(story)


def spoiled(data: Any, number: int) -> Any:
    """A copy in which something is missing, or of another shape."""
    data = json.loads(json.dumps(data))
    places = []

    def walk(node: Any) -> None:
        for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
            places.append((node, key))
            if isinstance(value, (dict, list)):
                walk(value)

    walk(data)
    node, key = places[number % len(places)]
    if SOME.random() < 0.3 and isinstance(node, dict):
        del node[key]
    else:
        node[key] = SOME.choice(ODD)
    return data


def test_malformed_but_signed_requests_break_nothing(within: Any, log: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        statuses: Counter[int] = Counter()
        for number in range(MALFORMED):
            path = list(PATHS)[number % 3]
            if path == "events":
                body = json.dumps(spoiled(person.event("my knee"), number // 3)).encode()
            elif path == "actions":
                body = urlencode({"payload": json.dumps(spoiled(tap_of(person), number // 3))}).encode()
            else:
                form = {"text": "hurts", "user_id": "U1", "team_id": TEAM, "trigger_id": f"1.{number}"}
                body = urlencode({key: str(value) for key, value in spoiled(form, number // 3).items()}).encode()
            statuses[await post(person, path, body, signed(body))] += 1
            await house.finished()
        assert set(statuses) == {200, 400}, statuses
        assert statuses[400] > MALFORMED / 5

    within(story)
    assert log() == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("events", b"", 400), ("events", b"[]", 400), ("events", b"{", 400), ("events", b"\xff\xfe", 401),
        ("events", b"[" * 50_000, 400), ("events", b"{}", 200), ("events", b'{"type": "url_verification"}', 400),
        ("actions", b"", 400), ("actions", b"payload=", 400), ("actions", b"payload=%5B%5D", 400), ("actions", b"a=1&" * 90, 400),
        ("commands", b"", 400), ("commands", b"ssl_check=1", 200), ("commands", b"\xff", 401),
        ("events", b"x" * (LARGEST_BODY + 1), 413),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else str(value),
)  # fmt: skip
def test_unusable_bodies_get_a_clear_answer(within: Any, log: Any, path: str, body: bytes, status: int) -> None:
    async def story(house: House) -> None:
        assert await post(house.person(), path, body, signed(body)) == status
        assert house.agent.turns == []

    within(story)
    assert log() == []


def test_the_address_is_verified(within: Any) -> None:
    async def story(house: House) -> None:
        body = json.dumps({"type": "url_verification", "token": "x", "challenge": "c" * 60}).encode()
        async with house.session.post(f"{house.url}/webhooks/slack/events", data=body, headers=signed(body)) as answer:
            assert (answer.status, await answer.text()) == (200, "c" * 60)

    within(story)


def test_what_comes_again_is_not_worked_again(within: Any) -> None:
    """The same event, tap and command: at once, with retry headers, and replayed with their own signature."""

    async def story(house: House) -> None:
        person = house.person()
        for path in PATHS:
            body = request_to(person, path)
            again = [{}, {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}, {}]
            statuses = await asyncio.gather(*[post(person, path, body, {**signed(body), **more}) for more in again])
            assert statuses == [200, 200, 200]
        await house.finished()
        assert (len(house.agent.turns), len(house.slack.said_in(person.room))) == (3, 3)

    within(story)


def test_what_comes_again_is_not_worked_again_by_another_worker_or_after_a_restart(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        requests = {path: request_to(person, path) for path in PATHS}
        for path, body in requests.items():
            await post(person, path, body, signed(body))
        await house.finished()
        url, server, _ = await house.serve()
        other = house.person(url=url)
        for path, body in requests.items():
            assert await post(other, path, body, {**signed(body), "X-Slack-Retry-Num": "2"}) == 200
        await house.stop(server)
        assert (len(house.agent.turns), len(house.slack.said_in(person.room))) == (3, 3)

    within(story)


def test_one_message_in_two_events_is_one_turn(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        event = person.event("my knee hurts")
        await person.send_event(event)
        await person.send_event({**event, "event_id": "Ev999"})
        await house.finished()
        assert len(house.agent.turns) == 1

    within(story)


def test_what_waits_is_worked_in_the_order_it_was_said(within: Any) -> None:
    async def story(house: House) -> None:
        person = house.person()
        gate = asyncio.Event()
        handle = house.agent.handle_message

        async def slowly(message: Any) -> None:
            await gate.wait()
            await handle(message)

        house.agent.handle_message = slowly
        events = [person.event(f"message {number}") for number in range(6)]
        for event in [events[0], events[3], events[1], events[5], events[4], events[2]]:
            await person.send_event(event)
        gate.set()
        await house.finished()
        assert [text for _, text in house.agent.turns] == [f"message {number}" for number in range(6)]

    within(story)


def test_a_flood_is_refused_and_delivered_again_and_others_are_answered(within: Any) -> None:
    async def story(house: House) -> None:
        flooder, other = house.person("U1"), house.person("U2")
        gate = asyncio.Event()
        handle = house.agent.handle_message

        async def slowly(message: Any) -> None:
            if message.sender_id.endswith("U1"):
                await gate.wait()
            await handle(message)

        house.agent.handle_message = slowly
        bodies = [json.dumps(flooder.event(f"message {number}")).encode() for number in range(30)]
        statuses = [await post(flooder, "events", body, signed(body)) for body in bodies]
        assert (statuses[0], statuses[-1]) == (200, 503)
        assert await other.say("hello") == 200
        await house.slack.until(lambda: house.slack.said_in(other.room))
        gate.set()
        await house.finished()
        for body, status in zip(bodies, statuses):
            if status == 503:
                assert await post(flooder, "events", body, signed(body)) == 200
                await house.finished()
        assert sorted(text for sender, text in house.agent.turns if sender.endswith("U1")) == sorted(
            f"message {number}" for number in range(30)
        )

    within(story)


def test_no_words_and_no_ids_in_the_log(within: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def story(house: House) -> None:
        person = house.person("UZANZIBAR")
        house.agent.reply = lambda text: 1 / 0
        await person.say("my zanzibarish knee")
        house.slack.failures["chat.postMessage"] += ["account_inactive"]
        await person.say("my zanzibarish calf")
        await person.command("zanzibarish", channel="C1")
        await house.finished()

    caplog.set_level(0)
    within(story)
    own = [one for one in caplog.records if one.name.startswith(("bot.", "slack", "kneewise", "rasa"))]
    assert own
    assert [one.getMessage() for one in own if "zanzibar" in one.getMessage().lower()] == []


def test_acknowledged_in_time_while_twenty_people_talk(within: Any) -> None:
    """20 people, 10 messages each; the stub holds the event loop for 20 ms a turn, as a turn of Rasa would.

    Counted in turns that a request has to wait for, which no other load of the machine changes: two are 40 ms, below
    the 50 ms that are promised. The wall clock is printed.
    """

    async def talk(house: House, person: Person, waits: list[tuple[int, float]]) -> None:
        for number in range(10):
            body = json.dumps(person.event(f"message {number}")).encode()
            turns, begun = len(house.agent.turns), time.perf_counter()
            assert await post(person, "events", body, signed(body)) == 200
            waits.append((len(house.agent.turns) - turns, time.perf_counter() - begun))
            await house.slack.until(lambda seen=number + 1: len(house.slack.said_in(person.room)) >= seen)

    async def story(house: House) -> list[tuple[int, float]]:
        waits: list[tuple[int, float]] = []
        await asyncio.gather(*[talk(house, house.person(f"U{number}"), waits) for number in range(100, 120)])
        return waits

    waits = within(story, agent=StubAgent(busy=0.02))
    turns, seconds = (sorted(column) for column in zip(*waits))
    at = int(len(waits) * 0.95)
    print(
        f"acknowledged: p50 {seconds[len(waits) // 2] * 1000:.1f} ms, p95 {seconds[at] * 1000:.1f} ms, {turns[at]} turns"
    )
    assert turns[at] <= 2
