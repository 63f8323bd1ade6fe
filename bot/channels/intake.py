"""Writes deliveries down before they are acknowledged: those that come at the same time in one go, in a thread of their own."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from bot.channels.queue import Delivery, Queue, Taken

MOST_AT_ONCE = 100


class Intake:
    """The way into a queue.

    A transaction costs about the same for one delivery as for twenty. The threads that all others share may be busy with
    turns and pictures for long; who delivered wants to hear soon.

    Args:
        queue: where deliveries wait.
    """

    def __init__(self, queue: Queue):
        self._queue = queue
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._come: list[tuple[Delivery, asyncio.Future[Taken]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, delivery: Delivery) -> Taken:
        """Write a delivery down.

        Raises:
            Exception: whatever the database fails with; nothing was written then.
        """
        loop = asyncio.get_running_loop()
        written: asyncio.Future[Taken] = loop.create_future()
        self._come.append((delivery, written))
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        return await written

    async def _write(self) -> None:
        """Write until nothing has come meanwhile."""
        try:
            while self._come:
                some, self._come = self._come[:MOST_AT_ONCE], self._come[MOST_AT_ONCE:]
                await self._write_some([delivery for delivery, _ in some], [written for _, written in some])
        finally:
            self._writing = None

    async def _write_some(self, deliveries: list[Delivery], written: list[asyncio.Future[Taken]]) -> None:
        loop = asyncio.get_running_loop()
        try:
            outcomes = await loop.run_in_executor(self._thread, self._queue.take, deliveries)
        except Exception as error:  # noqa: BLE001  told to each who waits
            for one in written:
                if not one.done():
                    one.set_exception(error)
            return
        for one, outcome in zip(written, outcomes):
            if not one.done():
                one.set_result(outcome)

    def close(self) -> None:
        """Let the thread go, once it has written what it writes."""
        self._thread.shutdown(wait=False)
