"""What comes in: who may bring it, what is taken once, what waits, and what outlives a crash."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from actions.records.effects import Erased
from actions.records.store import Records, utc_now
from bot.channels.queue import HELD_SECONDS, MOST_OF_ONE
from bot.channels.telegram.keyboards import Keyboard, Keyboards
from bot.channels.telegram.routes import HEADER, LARGEST_BODY, PATH
from tests.channels.telegram.bench import SECRET, Bench, Stub
from tests.channels.telegram.conftest import OnBench

ROOT = Path(__file__).resolve().parents[3]


async def post(made: Bench, body: bytes, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {HEADER: secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(made.url + PATH, data=body, headers=headers) as reply,
    ):
        return reply.status


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "sécret"])
def test_who_does_not_know_the_secret_is_refused(on_bench: OnBench, secret: str | None) -> None:
    async def scenario(made: Bench) -> None:
        made.telegram.person(1)
        body = b'{"update_id": 1, "message": {"text": "hello", "chat": {"id": 1, "type": "private"}}}'
        assert await post(made, body, secret) == 401
        assert await post(made, body) == 200

    stub = Stub()
    on_bench(stub, scenario)
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"\xff\xfe\x00", 400),
        (b"[1, 2]", 400),
        (b'"text"', 400),
        (b"{}", 400),
        (b'{"update_id": "1"}', 400),
        (b'{"update_id": true}', 400),
        (b'{"update_id": -4}', 400),
        (b'{"update_id": 1e400}', 400),
        (b'{"update_id": 99999999999999999999999}', 400),
        (b"[" * 100_000, 400),
        (b'{"update_id": 7}', 200),
        (b'{"update_id": 7, "message": 5}', 200),
        (b'{"update_id": 7, "message": {"chat": {"id": "1"}, "text": "x"}}', 200),
        (b'{"update_id": 7, "callback_query": {"id": 5, "message": [], "data": {}}}', 200),
        (b'{"update_id": 7, "message": {"text": "' + b"x" * LARGEST_BODY + b'"}}', 413),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_makes_no_sense_is_told_or_left(on_bench: OnBench, body: bytes, status: int) -> None:
    async def scenario(made: Bench) -> None:
        assert await post(made, body) == status

    stub = Stub()
    on_bench(stub, scenario)
    assert stub.asked == []


def test_an_update_brought_often_is_worked_once(on_bench: OnBench) -> None:
    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        update = sam.words("hello")
        await asyncio.gather(*(made.telegram.deliver(update) for _ in range(10)))
        await sam.reads(1)
        await made.telegram.deliver(update)
        await sam.says("the end")
        assert [one.text for one in await sam.reads(2)] == ["You said: hello", "You said: the end"]

    async def again(made: Bench) -> None:
        sam = made.telegram.person(1)
        made.telegram._number = 1000
        await made.telegram.deliver(sam.words("hello"))
        made.telegram._number = 3000
        await sam.says("after a restart")
        assert [one.text for one in await sam.reads(1)] == ["You said: after a restart"]

    stub = Stub()
    on_bench(stub, scenario)
    assert stub.texts == ["hello", "the end"]
    on_bench(stub, again)


def test_an_update_is_acknowledged_before_it_is_worked_and_a_chat_keeps_its_order(on_bench: OnBench) -> None:
    released = asyncio.Event()
    stub = Stub()

    async def slow(sender: str, text: str, id: str) -> list[dict[str, Any]]:
        await released.wait()
        return await stub(sender, text, id)

    async def scenario(made: Bench) -> None:
        sam, kim = made.telegram.person(1), made.telegram.person(2)
        for number in range(5):
            await sam.says(f"message {number}")
        assert stub.asked == []
        assert len(made.telegram.acknowledged) == 5
        released.set()
        await sam.reads(5)
        await kim.says("and me")
        await kim.reads(1)

    on_bench(slow, scenario)
    assert stub.texts[:5] == [f"message {number}" for number in range(5)]


def test_a_turn_that_hangs_holds_up_nobody_else(on_bench: OnBench) -> None:
    released = asyncio.Event()
    stub = Stub()

    async def slow(sender: str, text: str, id: str) -> list[dict[str, Any]]:
        if text == "hang":
            await released.wait()
        return await stub(sender, text, id)

    async def scenario(made: Bench) -> None:
        sam, kim = made.telegram.person(1), made.telegram.person(2)
        await sam.says("hang")
        await kim.says("and me")
        await kim.reads(1)
        assert sam.seen == []
        released.set()
        await sam.reads(1)

    on_bench(slow, scenario)


def test_too_much_of_one_chat_is_brought_again_later_and_nothing_is_lost(on_bench: OnBench) -> None:
    released = asyncio.Event()
    stub = Stub()

    async def slow(sender: str, text: str, id: str) -> list[dict[str, Any]]:
        await released.wait()
        return await stub(sender, text, id)

    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        for number in range(MOST_OF_ONE):
            await sam.says(f"{number}")
        late = asyncio.ensure_future(made.telegram.deliver(sam.words("late")))
        before = made.telegram.deliveries
        await made.telegram.until(lambda: made.telegram.deliveries >= before + 3)
        assert not late.done()
        released.set()
        assert await late > 3
        await sam.reads(MOST_OF_ONE + 1)

    on_bench(slow, scenario)
    assert stub.texts == [*map(str, range(MOST_OF_ONE)), "late"]


def test_a_keyboard_is_kept_ticked_answered_closed_and_erased_with_its_person(records: Records) -> None:
    boards = Keyboards(records)
    person = records.person("tg:1")
    board = Keyboard("<b>?</b>", (("Yes", "a:q:yes"),), "q", (("one", "One"),), True)
    boards.save(person, 5, board)
    boards.save(person, 6, board)
    boards.save(person, 6, board)
    assert boards.find(person, 5) == board
    boards.tick(person, 5, 100, ["one"])
    assert boards.find(person, 5) == replace(board, ticked=("one",), changed_by=100)
    boards.answer(person, 5, 101, "One")
    assert boards.close(person, []) == [6]
    assert boards.close(person, []) == []
    boards.keep("key", "text")
    boards.keep("key", "text")
    assert (boards.kept("key"), boards.kept("other")) == ("text", None)
    records.apply("telegram", "tg:1", [Erased("receipt")])
    assert boards.find(person, 5) is None


def test_what_was_said_is_sealed_while_it_waits_and_gone_when_it_is_answered(on_bench: OnBench, tmp_path: Path) -> None:
    released, asked = asyncio.Event(), asyncio.Event()

    async def slow(sender: str, text: str, id: str) -> list[dict[str, Any]]:
        asked.set()
        await released.wait()
        return [{"text": "done"}]

    def kept(made: Bench) -> str:
        with made.records.reading() as connection:
            tables = ("channel_taken", "channel_waiting", "telegram_keyboards", "telegram_payloads")
            return repr([connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in tables])

    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(987654)
        await sam.says("my zanzibarish calf")
        await asked.wait()
        person = made.records.person("tg:987654")
        assert person in kept(made)
        released.set()
        await sam.says("next")
        await sam.reads(2)
        await made.telegram.until(lambda: person not in kept(made))
        assert "zanzibarish" not in kept(made)
        assert "987654" not in kept(made)

    on_bench(slow, scenario)


CHILD = """
import asyncio, sys
from tests.channels.telegram.bench import bench
from tests.fakes.telegram import FakeTelegram

async def never(sender, text, id):
    print("working", flush=True)
    await asyncio.Event().wait()

async def main():
    fake = FakeTelegram()
    async with fake, bench(never, sys.argv[1], telegram=fake):
        await fake.person(1).says("my calf is huge")
        print("acknowledged", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def test_an_acknowledged_message_outlives_kill_9(
    on_bench: OnBench, tmp_path: Path, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that has acknowledged, and works, is killed; the next one answers."""

    async def killed() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, f"sqlite:///{tmp_path / 'telegram.db'}",
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        lines = {(await asyncio.wait_for(process.stdout.readline(), 60)).strip() for _ in range(2)}
        assert lines == {b"working", b"acknowledged"}
        process.kill()
        await process.wait()

    async def scenario(made: Bench) -> None:
        sam = made.telegram.person(1)
        assert (await sam.reads(1))[0].text == "You said: my calf is huge"

    loop.run_until_complete(killed())
    later = utc_now() + timedelta(seconds=HELD_SECONDS + 1)
    monkeypatch.setattr(Records, "now", lambda self: later)
    on_bench(Stub(), scenario)
