"""One message of a conversation after the other: in this process, and over all workers.

In a process they come in the order of asking. Between workers whoever holds the place in Redis goes on, or in
PostgreSQL while Redis is not there. A lock can be lost: a worker that was stopped for longer than its place lasts,
a Redis that forgot, two workers of which one sees Redis and the other does not. That costs nothing but time, because
`TalkStore.save` refuses to write to a talk that is not as it was read; the database's own count is the fence.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol
from weakref import WeakValueDictionary

from rasa.core.lock_store import LOCK_LIFETIME, LockError, LockStore

logger = logging.getLogger(__name__)

SHORTEST_WAIT = 0.01
LONGEST_WAIT = 0.02
"""Seconds between two looks at a place that another worker holds; by chance, so that workers do not keep in step."""
SECONDS_TO_WAIT = 30.0
"""After so long a place is not waited for any more."""
SECONDS_OUT = 1.0
"""So long a keeper that failed is left alone."""


class Keeper(Protocol):
    """Keeps places that one worker at a time can hold. What it raises means that it cannot be reached."""

    name: str

    async def take(self, key: str) -> str | None:
        """Try to take a place; None when somebody holds it, else what proves that it is ours."""

    async def hold(self, key: str, proof: str) -> bool:
        """Make a place last longer; False when it is not ours any more."""

    async def give_back(self, key: str, proof: str) -> None:
        """Let the next one have it; a place that is not ours any more stays as it is."""

    async def close(self) -> None:
        """Close connections."""

    seconds_between_holds: float | None
    """How often to `hold` a place; None where it lasts as long as its worker."""


class QuickLockStore(LockStore):  # type: ignore[misc]
    """Rasa's lock store; it never waits the whole second that Rasa's own waits."""

    def __init__(
        self, host: Any = None, keepers: Sequence[Keeper] = (), key_of: Callable[[str], str] = lambda sender: sender
    ) -> None:
        """Make the store.

        Args:
            host: the endpoint configuration of stock Rasa, which holds nothing for us.
            keepers: shared by all workers; the first that can be reached is asked. None for a single worker.
            key_of: the name of a conversation's place, from its id.
        """
        self._keepers, self._key_of = tuple(keepers), key_of
        self._here: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._out: dict[str, float] = {}

    def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = SECONDS_TO_WAIT,
    ) -> AbstractAsyncContextManager[None]:
        """Wait for the turn of this message, then hold the conversation.

        Args:
            conversation_id: the sender's id.
            lock_lifetime: Rasa's; a place here lasts as long as its holder works.
            wait_time_in_seconds: how long to wait for another worker.

        Raises:
            LockError: another worker did not let go in time.
        """
        return self._lock(conversation_id, wait_time_in_seconds)

    async def close(self) -> None:
        """Close the keepers' connections."""
        for keeper in self._keepers:
            await keeper.close()

    @asynccontextmanager
    async def _lock(self, sender: str, seconds: float) -> AsyncIterator[None]:
        here = self._here.setdefault(sender, asyncio.Lock())
        async with here:
            if not self._keepers:
                yield
                return
            async with self._shared(self._key_of(sender), time.monotonic() + seconds):
                yield

    @asynccontextmanager
    async def _shared(self, key: str, end: float) -> AsyncIterator[None]:
        taken = await self._taken(key, end)
        if taken is None:
            yield
            return
        keeper, proof = taken
        holding = asyncio.ensure_future(_keep_holding(keeper, key, proof))
        try:
            yield
        finally:
            holding.cancel()
            await asyncio.shield(self._given_back(keeper, key, proof))

    async def _taken(self, key: str, end: float) -> tuple[Keeper, str] | None:
        """A place at the first keeper that can be reached; None when there is no such."""
        for keeper in self._keepers:
            if time.monotonic() < self._out.get(keeper.name, 0.0):
                continue
            try:
                return keeper, await _wait_for(keeper, key, end)
            except LockError:
                raise
            except Exception as error:  # noqa: BLE001  each keeper has errors of its own; the fence stays
                self._is_out(keeper, error)
        return None

    async def _given_back(self, keeper: Keeper, key: str, proof: str) -> None:
        try:
            await keeper.give_back(key, proof)
        except Exception as error:  # noqa: BLE001  the turn is over and saved; the place ends by itself
            self._is_out(keeper, error)

    def _is_out(self, keeper: Keeper, error: Exception) -> None:
        logger.warning("%s keeps no locks at the moment: %s", keeper.name, type(error).__name__)
        self._out[keeper.name] = time.monotonic() + SECONDS_OUT


async def _wait_for(keeper: Keeper, key: str, end: float) -> str:
    """Take a place as soon as it is free.

    Raises:
        LockError: it was not in time.
    """
    while True:
        proof = await keeper.take(key)
        if proof is not None:
            return proof
        if time.monotonic() > end:
            raise LockError("another worker did not let go of the conversation in time")
        await asyncio.sleep(random.uniform(SHORTEST_WAIT, LONGEST_WAIT))  # noqa: S311  no secret


async def _keep_holding(keeper: Keeper, key: str, proof: str) -> None:
    """Hold a place until cancelled. Whether that works is no matter: see the fence above."""
    while keeper.seconds_between_holds is not None:
        await asyncio.sleep(keeper.seconds_between_holds)
        try:
            if not await keeper.hold(key, proof):
                return
        except Exception as error:  # noqa: BLE001  tried again until the turn is over
            logger.warning("a place is not held: %s", type(error).__name__)
