"""Answers what waits in a queue: one delivery of a person at a time, in order, and a few people at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Protocol

from actions.conversation import where
from bot.channels.gate import Gate
from bot.channels.intake import Intake
from bot.channels.queue import HELD_SECONDS, Delivery, Interrupted, Queue, Taken, Work

logger = logging.getLogger(__name__)

SECONDS_TO_STOP = 10.0
LOOK_AGAIN = HELD_SECONDS / 3
LOOKS_BETWEEN_FORGETTING = 700
"""About an hour."""


class Desk(Protocol):
    """Where a delivery becomes an answer."""

    async def work(self, work: Work) -> None:
        """Answer one delivery.

        Raises:
            Interrupted: the service cannot be reached; try again later.
        """

    async def excuse(self, work: Work) -> None:
        """Say the safety card instead, because `work` failed.

        Raises:
            Interrupted: the service cannot be reached; try again later.
        """


class Worker:
    """Takes deliveries and answers them.

    Args:
        channel: the channel's name, for the log.
        queue: where they wait.
        desk: works one.
        gate: deliveries are taken before turns begin.
        forget: drops what else has grown old; blocks.
    """

    def __init__(self, channel: str, queue: Queue, desk: Desk, gate: Gate, forget: Callable[[], None] = lambda: None):
        self._channel, self._queue, self._desk, self._gate = channel, queue, desk, gate
        self._forget = (queue.forget, forget)
        self._intake = Intake(queue)
        self._people: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._stopped = asyncio.Event()

    async def take(self, delivery: Delivery) -> Taken:
        """Write a delivery down and have it answered soon.

        Raises:
            Exception: whatever the database fails with.
        """
        with self._gate.taking():
            taken = await self._intake.take(delivery)
        if taken == "new":
            self.wake(self._queue.person(delivery.sender))
        return taken

    def wake(self, person: str) -> None:
        """See to it that a person's deliveries are answered."""
        if self._stopped.is_set():
            return
        if person in self._people:
            self._again.add(person)
            return
        self._people[person] = asyncio.get_running_loop().create_task(self._answer_all(person))

    async def keep(self) -> None:
        """Until stopped: pick up what a worker left behind that is gone, or what is due again."""
        looks = 0
        while not self._stopped.is_set():
            try:
                await self._look(forget=looks % LOOKS_BETWEEN_FORGETTING == 0)
            except Exception as error:  # noqa: BLE001  a database that is away now may be back at the next look
                logger.error("%s cannot look for what waits: %s", self._channel, where(error))
            looks += 1
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), LOOK_AGAIN)

    async def idle(self) -> None:
        """Wait until nothing is being answered."""
        while self._people:
            await asyncio.wait(list(self._people.values()))

    async def stop(self) -> None:
        """Begin nothing more, and finish what is begun; the rest is found again at the next start, or by another worker."""
        self._stopped.set()
        begun = list(self._people.values())
        if begun:
            _, late = await asyncio.wait(begun, timeout=SECONDS_TO_STOP)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._intake.close()

    async def _look(self, *, forget: bool) -> None:
        if forget:
            for drop in self._forget:
                await asyncio.to_thread(drop)
        if self._people:
            people = list(self._people)
            await asyncio.to_thread(self._queue.alive, people)
        for person in await asyncio.to_thread(self._queue.left):
            self.wake(person)

    async def _answer_all(self, person: str) -> None:
        """Everything of one person that waits, the first first."""
        try:
            while not self._stopped.is_set():
                self._again.discard(person)
                work = await asyncio.to_thread(self._queue.next, person)
                if work is not None:
                    await self._answer(work)
                elif person not in self._again:
                    return
        except Exception as error:  # noqa: BLE001  the delivery stays in the database, and is found at the next look
            logger.error("%s cannot reach its database: %s", self._channel, where(error))
        finally:
            del self._people[person]

    async def _answer(self, work: Work) -> None:
        """Answer one delivery; whatever fails, the person gets the safety card."""
        try:
            try:
                await self._desk.work(work)
            except Interrupted:
                raise
            except Exception as error:  # noqa: BLE001  nothing may leave the person without an answer
                logger.error("a delivery of %s failed: %s", self._channel, where(error))
                await self._desk.excuse(work)
        except Interrupted as stop:
            if not await asyncio.to_thread(self._queue.later, work, stop.sent, stop.seconds):
                logger.error("%s: an answer was given up after a day", self._channel)
            return
        await asyncio.to_thread(self._queue.done, work)
