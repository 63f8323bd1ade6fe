"""Messages of one person are worked one after the other, whichever worker has them; others never wait."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.lock_store import LockError

from bot.keepers import PREFIX, DatabaseKeeper, RedisKeeper, redis_of
from bot.locks import QuickLockStore
from tests.databases import postgres
from tests.scale.conftest import started

NOWHERE = "redis://127.0.0.1:1"
Make = Callable[[], QuickLockStore]


def key_of(sender: str) -> str:
    return hashlib.sha256(sender.encode()).hexdigest()


def store(*keepers: Any) -> QuickLockStore:
    return QuickLockStore(keepers=keepers, key_of=key_of)


@pytest.fixture(params=["here", "redis", "database", "redis is gone"])
def worker(request: pytest.FixtureRequest) -> Make:
    """Makes the lock store of one more worker; without a keeper all are the same one."""
    if request.param == "here":
        only = QuickLockStore()
        return lambda: only
    if request.param == "redis":
        url = request.getfixturevalue("valkey")
        return lambda: store(RedisKeeper(redis_of(url)))
    if request.param == "database":
        return lambda: store(DatabaseKeeper(postgres()))
    return lambda: store(RedisKeeper(redis_of(NOWHERE)), DatabaseKeeper(postgres()))


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 20))


def test_only_one_is_inside_and_everybody_gets_in(worker: Make) -> None:
    async def work() -> None:
        workers = [worker() for _ in range(3)]
        inside, most, done = 0, 0, 0

        async def enter(locks: QuickLockStore) -> None:
            nonlocal inside, most, done
            async with locks.lock("anna"):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1
                done += 1

        await asyncio.gather(*(enter(workers[number % 3]) for number in range(24)))
        assert (most, done) == (1, 24)
        for one in workers:
            await one.close()

    run(work())


def test_another_person_does_not_wait(worker: Make) -> None:
    async def work() -> None:
        one, other = worker(), worker()
        async with one.lock("anna"), other.lock("ben"), one.lock("cleo"):
            pass
        await one.close()
        await other.close()

    run(work())


def test_an_error_inside_lets_go(worker: Make) -> None:
    async def work() -> None:
        one, other = worker(), worker()
        with suppress(ValueError):
            async with one.lock("anna"):
                raise ValueError
        async with other.lock("anna", wait_time_in_seconds=0):
            pass
        await one.close()
        await other.close()

    run(work())


def test_who_waits_for_too_long_is_told(valkey: str) -> None:
    async def work() -> None:
        one, other = store(RedisKeeper(redis_of(valkey))), store(RedisKeeper(redis_of(valkey)))
        async with one.lock("anna"):
            with pytest.raises(LockError):
                async with other.lock("anna", wait_time_in_seconds=0.05):
                    pass

    run(work())


def test_a_place_lasts_as_long_as_its_turn_and_ends_with_its_worker(valkey: str) -> None:
    async def work() -> None:
        short = [RedisKeeper(redis_of(valkey), seconds=0.3) for _ in range(2)]
        one, other = store(short[0]), store(short[1])
        begun = time.monotonic()
        async with one.lock("anna"):
            while time.monotonic() - begun < 0.7:
                assert await short[1].take(key_of("anna")) is None
                await asyncio.sleep(0.02)
        assert await short[0].take(key_of("anna")) is not None  # and its worker dies
        begun = time.monotonic()
        async with other.lock("anna"):
            assert 0.2 < time.monotonic() - begun < 5

    run(work())


def test_a_lost_place_is_not_taken_from_the_next(valkey: str) -> None:
    async def work() -> None:
        keeper = RedisKeeper(redis_of(valkey))
        mine = await keeper.take("a")
        await redis_of(valkey).delete(PREFIX + "a")
        theirs = await keeper.take("a")
        assert mine is not None
        assert theirs is not None
        assert not await keeper.hold("a", mine)
        await keeper.give_back("a", mine)
        assert await keeper.take("a") is None
        await keeper.give_back("a", theirs)
        assert await keeper.take("a") is not None

    run(work())


def test_redis_that_comes_back_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.locks.SECONDS_OUT", 0.0)

    async def work() -> None:
        with started() as first:
            port = first.port
        redis = redis_of(f"redis://127.0.0.1:{port}")
        locks = store(RedisKeeper(redis), DatabaseKeeper(postgres()))
        async with locks.lock("anna"):
            pass
        with started(port):
            async with locks.lock("anna"):
                assert await redis.exists(PREFIX + key_of("anna"))
        async with locks.lock("anna"):
            pass
        await locks.close()

    run(work())


def test_a_cancelled_wait_leaves_no_place_taken() -> None:
    async def work() -> None:
        one, other = store(DatabaseKeeper(postgres())), store(DatabaseKeeper(postgres()))
        for _ in range(5):
            waiting = asyncio.ensure_future(one.lock("anna").__aenter__())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                await waiting
        async with other.lock("anna", wait_time_in_seconds=5):
            pass
        await one.close()
        await other.close()

    run(work())


@pytest.fixture
def killer() -> Iterator[sa.engine.Engine]:
    engine = sa.create_engine(postgres(), future=True, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def test_a_cut_connection_to_the_database_frees_its_places_and_is_opened_again(killer: sa.engine.Engine) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"

    async def work() -> None:
        one, other = store(DatabaseKeeper(postgres())), store(DatabaseKeeper(postgres()))
        async with one.lock("anna"):
            with killer.connect() as connection:
                connection.execute(sa.text(cut))
            async with other.lock("anna", wait_time_in_seconds=5):
                pass
        async with one.lock("anna"):
            pass
        await one.close()
        await other.close()

    run(work())
