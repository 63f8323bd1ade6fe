"""Where workers keep the places of conversations: Redis, and PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import sqlalchemy as sa
from redis.asyncio import Redis

from actions.records.database import make_engine
from bot.locks import Keeper

PREFIX = "kneewise:lock:"
SECONDS_A_PLACE_LASTS = 3.0
"""After so long without a sign of its holder, a place in Redis is free: the worker has died. Less than a turn may take, so
that whose worker died has an answer from the next one at the first try."""
SECONDS_FOR_REDIS = 1.0

EXTEND = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


def redis_of(url: str) -> Redis:
    """A client that gives up soon, so that nobody waits for a Redis that is gone."""
    return Redis.from_url(url, socket_timeout=SECONDS_FOR_REDIS, socket_connect_timeout=SECONDS_FOR_REDIS)


class RedisKeeper:
    """Places as keys that expire, taken and freed in one step each.

    Args:
        redis: opened by `redis_of`.
        seconds: how long a place lasts without `hold`.
    """

    name = "Redis"

    def __init__(self, redis: Redis, seconds: float = SECONDS_A_PLACE_LASTS):
        self._redis, self._milliseconds = redis, int(seconds * 1000)
        self.seconds_between_holds: float | None = seconds / 3
        self._extend, self._release = redis.register_script(EXTEND), redis.register_script(RELEASE)

    async def take(self, key: str) -> str | None:
        """Try to take a place."""
        proof = secrets.token_hex(16)
        taken = await self._redis.set(PREFIX + key, proof, nx=True, px=self._milliseconds)
        return proof if taken else None

    async def hold(self, key: str, proof: str) -> bool:
        """Make it last longer."""
        return bool(await self._extend(keys=[PREFIX + key], args=[proof, self._milliseconds]))

    async def give_back(self, key: str, proof: str) -> None:
        """Free it, if it is still ours."""
        await self._release(keys=[PREFIX + key], args=[proof])

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.close()


class DatabaseKeeper:
    """Advisory locks of PostgreSQL, all of them held by one connection: they end with it, and so with the worker.

    A connection never refuses a lock to itself; inside a worker `QuickLockStore` lets only one ask at a time.

    Args:
        url: a PostgreSQL database; not behind a pooler that gives each transaction another connection.
    """

    name = "PostgreSQL"
    seconds_between_holds: float | None = None

    def __init__(self, url: str):
        self._engine = make_engine(url).execution_options(isolation_level="AUTOCOMMIT")
        self._connection: sa.engine.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "locks")
        self._opened = 0

    async def take(self, key: str) -> str | None:
        """Try to take a place."""
        try:
            return await self._in_thread(partial(self._take, key))
        except asyncio.CancelledError:
            # the thread goes on and may take the place, which nobody would give back
            self._thread.submit(self._unlock, key)
            raise

    async def hold(self, key: str, proof: str) -> bool:
        """It lasts as long as the connection."""
        return proof == str(self._opened)

    async def give_back(self, key: str, proof: str) -> None:
        """Free it, unless its connection has ended, and it with that."""
        await self._in_thread(partial(self._give_back, key, proof))

    async def close(self) -> None:
        """Close the connection."""
        await self._in_thread(self._drop)
        self._thread.shutdown(wait=False)

    def _take(self, key: str) -> str | None:
        taken = self._asked("SELECT pg_try_advisory_lock(:space, :number)", key)
        return str(self._opened) if taken else None

    def _give_back(self, key: str, proof: str) -> None:
        if proof == str(self._opened):
            self._unlock(key)

    def _unlock(self, key: str) -> None:
        if self._connection is not None:
            self._asked("SELECT pg_advisory_unlock(:space, :number)", key)

    def _asked(self, question: str, key: str) -> bool:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._opened += 1
        try:
            return bool(self._connection.execute(sa.text(question), _number_of(key)).scalar())
        except sa.exc.DBAPIError:
            self._drop()
            raise

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _number_of(key: str) -> dict[str, int]:
    """Two signed numbers of 32 bits, as advisory locks are called; apart from those of the records, which use one of 64."""
    first, second = (int.from_bytes(bytes.fromhex(key[start : start + 8]), "big", signed=True) for start in (0, 8))
    return {"space": first, "number": second}


def keepers_of_settings(database: str) -> list[Keeper]:
    """Redis when `REDIS_URL` is set, and PostgreSQL when the talks are there; none where one worker has it all.

    Args:
        database: URL of the records.
    """
    redis = os.environ.get("REDIS_URL")
    keepers: list[Keeper] = [RedisKeeper(redis_of(redis))] if redis else []
    if not database.startswith("sqlite"):
        keepers.append(DatabaseKeeper(database))
    return keepers
