"""Generated updates: forged, replayed, doubled, reordered, oversized, malformed. None is taken wrongly, lost or doubled.

`KNEEWISE_CASES=5000 pytest …` generates more.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.routes import HEADER, PATH
from tests.channels.telegram.bench import SECRET, Bench, Stub, bench
from tests.fakes.telegram_people import DEADLINE, Shown

CASES = int(os.environ.get("KNEEWISE_CASES", "520"))
QUICKLY = settings(max_examples=CASES * 3 // 8, deadline=None, suppress_health_check=list(HealthCheck), database=None)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = ["message", "edited_message", "callback_query", "channel_post", "my_chat_member", "chat", "from", "text",
         "caption", "id", "type", "data", "message_id", "photo", "is_bot", "reply_to_message"]  # fmt: skip
odd_updates = st.recursive(
    json_values
    | st.sampled_from(["private", "group", "/start", "d:emergency_screen", "k:00", "t::", "a:age:", 1, -1, 2**70]),
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)
secrets = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=40) | st.sampled_from(
    [SECRET[:-1], SECRET + "a", SECRET.upper(), SECRET[::-1], ""]
)


class Errors(logging.Handler):
    """What was logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())


@dataclass
class House:
    """A running channel that all cases share."""

    loop: asyncio.AbstractEventLoop
    made: Bench
    stub: Stub
    session: aiohttp.ClientSession
    errors: list[str]
    number: int = 0

    def next(self) -> int:
        self.number += 1
        return self.number

    async def post(self, body: bytes, secret: str) -> int:
        headers = {HEADER: secret.encode("latin-1").decode("latin-1")}
        async with self.session.post(self.made.url + PATH, data=body, headers=headers) as reply:
            return reply.status

    async def still_answers(self) -> None:
        """Somebody new is answered, so nothing before has stopped the channel."""
        chat = 10**6 + self.next()
        kim = self.made.telegram.person(chat)
        assert await self.post(body_of(self.next(), kim.message(text="hello")), SECRET) == 200
        await kim.reads(1, DEADLINE)


def body_of(number: int, message: Any) -> bytes:
    return json.dumps({"update_id": number, "message": message}).encode()


@pytest.fixture(scope="module")
def house(loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    stack, stub, errors = AsyncExitStack(), Stub(), Errors()
    logging.getLogger().addHandler(errors)
    logging.getLogger("sanic.error").addHandler(errors)
    database = f"sqlite:///{tmp_path_factory.mktemp('generated') / 'telegram.db'}"

    async def start() -> House:
        made = await stack.enter_async_context(bench(stub, database))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        return House(loop, made, stub, session, errors.told)

    yield loop.run_until_complete(start())
    loop.run_until_complete(stack.aclose())
    logging.getLogger().removeHandler(errors)
    logging.getLogger("sanic.error").removeHandler(errors)


@QUICKLY
@given(secret=secrets, text=st.text(max_size=50))
def test_what_is_forged_is_refused(house: House, secret: str, text: str) -> None:
    async def scenario() -> None:
        before = len(house.stub.asked)
        body = body_of(house.next(), house.made.telegram.person(1).message(text=text))
        assert await house.post(body, secret) in ((200,) if secret == SECRET else (400, 401))
        assert len(house.stub.asked) == before

    house.loop.run_until_complete(scenario())


@QUICKLY
@given(update=odd_updates, raw=st.none() | st.binary(max_size=60), cut=st.integers(0, 400))
def test_what_is_malformed_is_told_or_left_and_stops_nothing(
    house: House, update: Any, raw: bytes | None, cut: int
) -> None:
    async def scenario() -> None:
        number = house.next()
        whole = json.dumps({**update, "update_id": number} if isinstance(update, dict) else update).encode()
        bodies = [whole, whole[:cut], *([raw] if raw is not None else [])]
        for body in bodies:
            assert await house.post(body, SECRET) in (200, 400)

    house.loop.run_until_complete(scenario())


@settings(QUICKLY, max_examples=CASES // 8)
@given(
    order=st.permutations(range(4)),
    again=st.lists(st.integers(0, 3), max_size=8),
    at_once=st.booleans(),
)
def test_what_is_doubled_replayed_or_reordered_is_worked_once(
    house: House, order: list[int], again: list[int], at_once: bool
) -> None:
    async def scenario() -> None:
        chat = 10**7 + house.next()
        sam = house.made.telegram.person(chat)
        bodies = [body_of(house.next(), sam.message(text=f"message {n}")) for n in range(4)]
        posts = [house.post(bodies[n], SECRET) for n in [*order, *again]]
        statuses = await asyncio.gather(*posts) if at_once else [await post for post in posts]
        assert set(statuses) == {200}
        await sam.reads(4)
        await asyncio.gather(*(house.post(body, SECRET) for body in bodies))
        await house.still_answers()
        asked = [text for sender, text, _ in house.stub.asked if sender == f"tg:{chat}"]
        assert sorted(asked) == [f"message {n}" for n in range(4)]
        assert len(sam.seen) == 4

    house.loop.run_until_complete(scenario())


@settings(QUICKLY, max_examples=CASES // 8)
@given(data=st.text(max_size=80) | st.sampled_from(["a:age:3", "d:x", "r:x", "t:x:y", "k:" + "0" * 32, "p:/restart"]),
       message=st.integers(-(2**60), 2**60))  # fmt: skip
def test_a_forged_tap_answers_nothing_that_was_not_shown(house: House, data: str, message: int) -> None:
    async def scenario() -> None:
        chat = 10**8 + house.next()
        sam = house.made.telegram.person(chat)
        tap = sam.tap_data(sam_shown(message), data)
        body = json.dumps({**tap, "update_id": house.next()}).encode()
        assert await house.post(body, SECRET) == 200
        assert await house.post(body_of(house.next(), sam.message(text="and now")), SECRET) == 200
        await house.made.telegram.until(lambda: any(one.text == "You said: and now" for one in sam.seen))
        asked = [text for sender, text, _ in house.stub.asked if sender == f"tg:{chat}"]
        assert len(asked) <= 2
        assert asked[-1] == "and now"

    house.loop.run_until_complete(scenario())


def sam_shown(message: int) -> Any:
    return Shown(message, "")


@pytest.mark.parametrize("amount", [4_000, 100_000, 999_000, 1_100_000, 5_000_000])
def test_what_is_oversized_is_refused_or_read(house: House, amount: int) -> None:
    async def scenario() -> None:
        sam = house.made.telegram.person(3)
        status = await house.post(body_of(house.next(), sam.message(text="x" * amount)), SECRET)
        assert status == (200 if amount < 999_900 else 413)
        await house.still_answers()

    house.loop.run_until_complete(scenario())


def test_no_turn_is_doubled_and_nothing_goes_unhandled(house: House) -> None:
    """Looks at what the cases before have left, however many there were."""
    house.loop.run_until_complete(house.still_answers())
    ids = [id for _, _, id in house.stub.asked]
    assert len(ids) == len(set(ids)) >= 1
    assert house.errors == []
